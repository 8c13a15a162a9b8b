"""The answer of an audit: small crises, degenerate ones, words, JSON, and pieces that are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.audit.audit_crises import reference, starter

import offramp
from offramp.answers._answer import Answer
from offramp.audit import Author, Sizes, audit, found_of, setting_of, verdict
from offramp.audit._views import disagreement_table
from offramp.crisis import Crisis, UnknownPath

SMALL = Sizes(own=6, cross=3, off=4, pairs=6, check=1)
FEW = Sizes(own=8, cross=8, off=2, pairs=2, check=0, spare=1, swaps=0)


@cache
def two_readings() -> Crisis:
    """The starter crisis as two authors see it."""
    crisis = starter()
    raw: dict[str, Any] = crisis.model_dump(mode="json")
    plan = next(iter(crisis.plans))
    raw["war"]["cost"]["B"] = [0.15, 0.10, 0.20]
    day = str(crisis.as_of)
    raw["epochs"] = {"now": {"name": "Now", "as_of": day, "regime": crisis.regime}}

    def premise(path: str, low: float, high: float) -> dict[str, Any]:
        return {"path": path, "value": [(low + high) / 2, low, high], "source": "default"}

    base = {"epoch": "now", "as_of": day, "stance": "Says something."}
    raw["readings"] = {
        "dear": {
            **base, "label": "War is dear",
            "premises": [premise("war.cost.B", 0.4, 0.5), premise("blocs.B.patience", 0.9, 0.95)],
            "claims": {
                "dear_1": {"kind": "conclusion", "text": "War costs B much.",
                           "expression": "war.cost.B > 0.3"},
                "dear_2": {"kind": "tension", "text": "And a deal follows.",
                           "expression": f"P_settle(6 | {plan}) > 0.3"},
                "dear_3": {"kind": "step", "text": "Always so.", "expression": "2 > 1"},
                "dear_4": {"kind": "step", "text": "Not a matter of this game.",
                           "not_expressed": "Nobody in this game could know."},
                "dear_5": {"kind": "step", "text": "A ledger says so.",
                           "expression": "concessions(A) > concessions(B)"},
            },
        },
        "cheap": {
            **base, "label": "War is cheap",
            "premises": [premise("war.cost.B", 0.02, 0.05)],
            "claims": {
                "cheap_1": {"kind": "conclusion", "text": "War costs B little.",
                            "expression": "war.cost.B < 0.3",
                            "reports": {"how much": "war.cost.B"}},
            },
        },
    }  # fmt: skip
    return offramp.load(raw)


@cache
def answer() -> Answer:
    return audit(two_readings(), sizes=SMALL)


def test_verdicts_and_loads_of_a_case_that_is_known() -> None:
    data = answer().to_dict()["data"]
    dear, cheap = data["readings"]["dear"], data["readings"]["cheap"]
    assert dear["cells"]["dear_1"]["verdict"] == "follows"
    assert dear["cells"]["cheap_1"]["verdict"] == "contradicts"
    assert cheap["cells"]["cheap_1"]["verdict"] == "follows"
    assert cheap["cells"]["dear_1"]["verdict"] == "contradicts"
    assert cheap["cells"]["dear_1"]["draws"] == 3
    loads = dict(zip(dear["premises"], dear["loads"]["dear_1"]["truth"]["value"], strict=True))
    assert loads["blocs.B.patience"] == pytest.approx(0, abs=1e-9)
    assert loads["war.cost.B"] == pytest.approx(dear["loads"]["dear_1"]["truth"]["total"])
    assert data["structural"] == ["dear_3"]
    assert cheap["reports"] == [
        {"claim": "cheap_1", "label": "how much", "value": pytest.approx(0.035)}
    ]


def test_what_cannot_be_asked_or_expressed_says_why() -> None:
    cells = answer().to_dict()["data"]["readings"]["dear"]["cells"]
    assert cells["dear_4"]["verdict"] == "not expressed"
    assert "Nobody" in cells["dear_4"]["reason"]
    assert cells["dear_5"]["verdict"] == "not asked"
    assert "no ledger" in cells["dear_5"]["reason"]


def test_the_answer_goes_through_json_and_has_its_parts() -> None:
    found = answer()
    again = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert again["answer"] == "audit"
    assert again["data"]["draws"] == 6
    assert found.table().title == "All claims under all readings"
    titles = [t.title for t in found.tables]
    assert titles[-3:] == [
        "Where the readings part",
        "Which premises make readings part",
        "What would tell two readings apart",
    ]
    assert {c.name for c in found.charts} == {"verdicts", "loads", "telling"}
    assert found.trace().settings
    assert any("6 draws instead of 500" in w for w in found.warnings)
    assert any("War is dear" in p for p in found.paragraphs)
    assert "not the world" in " ".join(found.warnings) or "not about the world" in " ".join(
        found.warnings
    )


def test_readings_are_never_averaged() -> None:
    """No figure of the answer joins two readings: every cell belongs to one."""
    for table in answer().tables:
        assert not any(
            "mean" in c.heading.lower() or "average" in c.heading.lower() for c in table.columns
        )


def test_two_readings_of_one_name_both_stand_where_they_part() -> None:
    raw: dict[str, Any] = two_readings().model_dump(mode="json")
    for reading in raw["readings"].values():
        reading["label"] = "The war"
    found = found_of(offramp.load(raw), claims=["dear_1", "cheap_1"], sizes=FEW)
    table = disagreement_table(offramp.load(raw), found)
    assert table is not None
    assert [row[2:4] for row in table.rows] == [("The war", "The war")] * 2


def test_a_verdict_that_is_not_clear_is_not_said_to_be_the_same() -> None:
    """16 of 16 draws are clear, 10 of 10 are not: a few draws without the premises settle nothing."""
    many, few = (verdict(np.ones(n), np.ones(n)) for n in (16, 10))
    assert (many.clear, few.clear, many.word, few.word) == (True, False, "follows", "follows")
    for on, off, same in ((many, many, ("c",)), (many, few, ()), (few, many, ())):
        author = Author("r", "R", "2025-04-01", ("c",), {"c": on}, (), off={"c": off})
        assert author.alike == same


def test_how_far_the_grid_moves_a_claim_is_left_out_where_it_was_not_asked() -> None:
    found = found_of(two_readings(), readings=["dear"], claims=["dear_1", "dear_5"], sizes=FEW)
    assert dict(found.author("dear").grid) == {}
    checked = found_of(
        two_readings(), readings=["dear"], claims=["dear_1", "dear_5"], sizes=replace(FEW, check=1)
    )
    assert set(checked.author("dear").grid) == {"dear_1"}


def test_a_crisis_without_readings_says_so() -> None:
    found = audit(starter(), sizes=SMALL)
    assert found.headline == "This crisis has no readings to audit"
    assert found.charts == ()
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_reading_whose_claims_cannot_be_asked_says_so() -> None:
    found = audit(two_readings(), readings=["dear"], claims=["dear_5"], sizes=SMALL)
    assert found.headline == "None of the readings' claims can be asked of this game"


def test_the_same_seed_gives_the_same_figures_and_another_seed_other_draws() -> None:
    few = Sizes(own=4, cross=1, off=2, pairs=4, check=1)
    one, two, three = (
        audit(two_readings(), readings=["dear"], claims=["dear_2"], sizes=few, seed=s)
        for s in (1, 1, 2)
    )

    def figures(a: Answer) -> Any:
        return a.to_dict()["data"]

    assert figures(one) == figures(two)
    assert figures(one) != figures(three)


def test_pieces_are_kept_and_an_interrupted_audit_goes_on(tmp_path: Path) -> None:
    few = Sizes(own=4, cross=1, off=2, pairs=4, check=1)

    class Stop(Exception):
        pass

    def stop(_label: str, done: int, _total: int) -> None:
        if done == 2:
            raise Stop

    ask: dict[str, Any] = {
        "readings": ["dear"],
        "claims": ["dear_2"],
        "sizes": few,
        "folder": tmp_path,
    }
    with pytest.raises(Stop):
        audit(two_readings(), progress=stop, **ask)
    kept = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert len(kept) == 2
    told: list[int] = []
    found = audit(two_readings(), progress=lambda _, done, n: told.append(n - done), **ask)
    assert told[-1] == 0
    assert all((tmp_path / name).read_bytes() == content for name, content in kept.items())
    fresh = audit(two_readings(), **{**ask, "folder": None})
    assert found.to_dict()["data"]["readings"] == fresh.to_dict()["data"]["readings"]


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(UnknownPath, match="dear"):
        audit(two_readings(), readings=["deer"])
    with pytest.raises(UnknownPath, match="no claim"):
        audit(two_readings(), claims=["x_1"])
    with pytest.raises(ValueError, match="at least two draws"):
        audit(two_readings(), draws=1)


def test_the_package_may_be_called() -> None:
    package: Any = offramp.audit
    found = package(two_readings(), readings=["cheap"], claims=["cheap_1"], sizes=SMALL)
    assert found.name == "audit"


def test_every_reading_of_the_reference_case_can_be_set_and_carried() -> None:
    for key in reference().readings:
        for transplant in (False, True):
            assert setting_of(reference(), key, transplant).named.types
