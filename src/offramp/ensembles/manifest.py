"""The manifest of a run: what was solved, by which program, from which draws.

It holds nothing about the machine, the date or the number of workers, so the same run has the same
manifest everywhere. It is what decides whether results in a folder are those of a run: a run goes on
where an interrupted one stopped only if every entry is equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from offramp.crisis import Crisis, Plan, crisis_hash
from offramp.ensembles.code import code_hash
from offramp.ensembles.design import Design
from offramp.ensembles.measures import Measure, name_of
from offramp.ensembles.work import plan_name
from offramp.game import Resolution

SCHEMA = "offramp.ensemble/1"
VERSION = version("offramp")
"""The installed version: results of two versions are not mixed."""


class OtherRun(ValueError):
    """A folder holds the results of another run; the message says what differs."""


def manifest_of(
    crisis: Crisis,
    design: Design,
    *,
    plans: Sequence[str | Plan],
    readings: Sequence[str | None],
    transplant: bool,
    resolution: Resolution,
    precision: float,
    months: Sequence[int],
    measures: Sequence[Measure],
    block: int,
) -> dict[str, Any]:
    """Everything that the results of a run depend on, ready for JSON."""
    return {
        "schema": SCHEMA,
        "offramp": VERSION,
        "program": code_hash(),
        "crisis": crisis.id,
        "crisis_hash": crisis_hash(crisis),
        "design": {
            "hash": design.hash,
            "method": design.method,
            "seed": design.seed,
            "draws": design.draws,
            "parameters": len(design.paths),
            "reading": design.reading,
            "base": design.base,
        },
        "plans": [plan_name(p) for p in plans],
        "plans_not_in_file": {
            p.name: hashlib.sha256(p.model_dump_json().encode()).hexdigest()
            for p in plans
            if not isinstance(p, str)
        },
        "readings": list(readings),
        "transplant": transplant,
        "resolution": asdict(resolution) | {"belief_steps": list(resolution.belief_steps)},
        "precision": precision,
        "months": list(months),
        "measures": [name_of(m) for m in measures],
        "draws_per_block": block,
    }


def written(manifest: dict[str, Any]) -> str:
    """A manifest as text, the same bytes for equal manifests."""
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def refuse_other(found: dict[str, Any], wanted: dict[str, Any], folder: str) -> None:
    """Refuse to add to another run's results.

    Raises:
        OtherRun: naming every entry that differs.
    """
    keys = sorted(found.keys() | wanted.keys())
    other = [key for key in keys if found.get(key) != wanted.get(key)]
    if other:
        raise OtherRun(
            f"{folder} holds results of another run (different: {', '.join(other)}); "
            "choose another folder, or take the old results away"
        )
