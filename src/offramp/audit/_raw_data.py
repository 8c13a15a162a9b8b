"""Everything that an audit has found, as plain values."""

from __future__ import annotations

import math
from typing import Any

from offramp.audit import _verdicts
from offramp.audit._found import Carried, Found, plain


def data_of(found: Found) -> dict[str, Any]:
    """Everything as plain values."""

    def cell(c: _verdicts.Cell) -> dict[str, Any]:
        return {
            "verdict": c.word, "share": plain(c.share), "low": plain(c.low), "high": plain(c.high),
            "draws": c.draws, "clear": c.clear, "margin": plain(c.margin), "reason": c.reason,
        }  # fmt: skip

    def carried(x: Carried) -> dict[str, Any]:
        def one(load: Any) -> dict[str, Any] | None:
            if load is None:
                return None
            return {
                "value": [float(v) for v in load.value],
                "low": [float(v) for v in load.low],
                "high": [float(v) for v in load.high],
                "total": load.total,
                "pairs": load.pairs,
            }

        return {"truth": one(x.truth), "margin": one(x.margin), "why": x.why}

    return {
        "draws": found.draws,
        "first": found.first,
        "cross": found.cross,
        "pairs": found.pairs,
        "resolution": found.resolution,
        "finer": found.finer,
        "agreement": found.agreement,
        "differing": [list(x) for x in found.differing],
        "transplant": found.transplant,
        "structural": list(found.structural),
        "stale": found.stale,
        "solves": found.solves,
        "claims": {k: {"reading": r, "kind": kind, "text": t} for k, (r, kind, t) in found.claims.items()},
        "readings": {
            a.id: {
                "label": a.label,
                "as_of": a.as_of,
                "cells": {k: cell(c) for k, c in a.cells.items()},
                "premises": list(a.premises),
                "loads": {k: carried(x) for k, x in a.loads.items()},
                "idle": list(a.idle),
                "unread": list(a.unread),
                "off": {k: cell(c) for k, c in a.off.items()},
                "grid": dict(a.grid),
                "hurting": {k: [list(p) for p in a.hurting(k)] for k in a.loads},
                "carrying": {k: [list(p) for p in a.carrying(k)] for k in a.loads},
                "swapped": {k: list(v) for k, v in a.swapped.items()},
                "triggers": {
                    k: {
                        "trigger": t.trigger, "response": t.response, "rest": t.rest,
                        "stated": t.stated, "fires": t.fires, "contradicts": t.contradicts,
                    }
                    for k, t in a.triggers.items()
                },
                "reports": [
                    {
                        "claim": r.claim,
                        "label": r.label,
                        "value": plain(r.value)
                        if isinstance(r.value, float) and not math.isfinite(r.value)
                        else r.value,
                    }
                    for r in a.reports
                ],
            }
            for a in found.authors
        },
    }  # fmt: skip
