"""Raw figures of the parts of the plans answer, as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from offramp.answers._comparison import Comparison
from offramp.answers._plans_lines import contested_levers, ledger
from offramp.answers._plans_runs import Portrait
from offramp.answers._plans_study import Study
from offramp.answers._plans_study_views import ratio_of, started


def study_data(c: Comparison, s: Study) -> dict[str, Any]:
    """Every figure that a part was made of."""
    return {
        "solved": s.solved,
        "through_time": {p: _portrait(c, s, p, x) for p, x in s.portraits.items()},
        "split": {
            x.plan: {
                "total": x.total,
                "shapley": dict(x.shapley),
                "alone": dict(x.alone),
                "interaction": x.interaction,
                "differing": list(x.differing),
            }
            for x in s.splits
        },
        "start": None if s.starts is None else _plain(asdict(s.starts)),
        "agreement": None
        if s.agreement is None
        else {
            "plan": s.agreement.plan,
            "contested": list(s.agreement.contested),
            "chance": s.agreement.chance,
            "month": s.agreement.month,
            "gain": s.agreement.gain,
            "modes": {k: _short(x) for k, x in s.agreement.cases.items()},
        },
        "lines": {
            x.plan: {
                "left": x.left,
                "written": x.written,
                "left_written": x.left_written,
                "added": list(x.added),
                "levers": {
                    k.lever: {
                        "rule": k.rule,
                        "before": k.before,
                        "after": k.after,
                        "fate": k.fate,
                        "against": list(k.against),
                        "took": list(k.took),
                        "written": k.written,
                        "said": list(k.said),
                    }
                    for k in x.kept
                },
                "terms": [_plain(asdict(line)) for line in x.lines],
            }
            for x in s.survivals
        },
        "ledgers": {
            key: [_plain(asdict(x)) for x in ledger(c.crisis, key)]
            for key in contested_levers(s.survivals)
        },
        "derived": None
        if s.derived is None
        else {
            "plan": s.derived.survival.plan,
            "whole": _short(s.derived.whole),
            "left": _short(s.derived.left),
            "written": None if s.derived.written is None else _short(s.derived.written),
        },
        "clause": None if s.clause is None else _plain(asdict(s.clause)),
        "regret": None
        if s.regret is None
        else {
            "columns": [list(x) for x in s.regret.columns],
            "value": {p: list(v) for p, v in s.regret.value.items()},
            "regret": {p: list(s.regret.of(p)) for p in s.regret.value},
            "worst": {p: s.regret.worst(p) for p in s.regret.value},
            "error": s.regret.error,
        },
    }


def _portrait(c: Comparison, s: Study, plan: str, x: Portrait) -> dict[str, Any]:
    bite = s.bites.get(plan)
    return {
        "started": started(c, x, plan),
        "begun": [list(b) for b in x.begun],
        "paused": list(x.paused),
        "pain": list(x.pain),
        "own": list(x.own),
        "ratio": list(ratio_of(x)),
        "intact": list(x.intact),
        "dispute": list(x.dispute),
        "signed_own": x.signed_own,
        "by_type": list(x.by_type),
        "bite": None if bite is None else _plain(asdict(bite)) | {"late": bite.late},
        "chain": None
        if x.chain is None
        else {
            "steps": [_plain(asdict(k)) for k in x.chain.steps],
            "product": x.chain.product,
            "weakest": None if x.chain.weakest is None else x.chain.weakest.id,
        },
    }


def _short(x: Portrait) -> dict[str, Any]:
    return {
        "value_a": x.value_a,
        "value_b": list(x.value_b),
        "settled": list(x.settled),
        "intact": list(x.intact),
        "dispute": list(x.dispute),
        "begun": [list(b) for b in x.begun],
    }


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
