"""Raw figures of the robustness answer as plain values."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from offramp.answers._ensemble_inputs import finite
from offramp.answers._robust_facts import Found, Under
from offramp.answers._robust_moments import moments_data
from offramp.ensembles.robust import Held, Robustness


def robust_data(found: Found) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "plans": list(found.plans),
        "readings": [u.reading for u in found.under],
        "draws": found.draws,
        "share": found.share,
        "thresholds": [asdict(bar) for bar in found.bars],
        "sets_the_bar": found.setter,
        "verdicts": {p: s.verdict for p, s in found.standings.items()},
        "holds_up": list(found.with_verdict("holds up")),
        "least_mean_regret_everywhere": list(found.everywhere("mean regret")),
        "best_most_often_everywhere": list(found.everywhere("domain")),
        "under": {u.reading or "base": _under(u) for u in found.under},
        "error": {
            "coarse": found.error.coarse,
            "finer": found.error.finer or None,
            "checked": found.error.checked,
            "partly_checked": found.error.partly,
            "failed": list(found.error.failed),
            "between": {m: e.tolist() for m, e in found.error.between.items()},
            "own": {m: e.tolist() for m, e in found.error.own.items()},
            "largest": dict(found.error.largest),
        },
        "moments": moments_data(found.moments),
        "certificate_missed": found.misses,
        "solves": found.solves,
    }


def _under(u: Under) -> dict[str, Any]:
    w = u.weighted
    return {
        "name": u.name,
        "held": {p: _held(h) for p, h in u.held.items()},
        "held_unweighted": {p: _held(h) for p, h in u.plain_held.items()},
        "regret": _regret(u.figures),
        "regret_unweighted": _regret(u.plain),
        "lost": {p: {"futures": n, "reason": why} for p, (n, why) in u.lost.items()},
        "fitted": u.fitted,
        "weights": None
        if w is None
        else {
            "effective": w.effective,
            "collapsed": w.collapsed,
            "before": [finite(v) for v in w.before],
            "after": [finite(v) for v in w.after],
            "each": w.weights.tolist(),
        },
    }


def _held(h: Held) -> dict[str, Any]:
    return {
        "share": None if math.isnan(h.share) else h.share,
        "low": h.low,
        "high": h.high,
        "hits": h.hits,
        "futures": h.futures,
        "lost": h.lost,
        "verdict": h.verdict,
    }


def _regret(r: Robustness | None) -> dict[str, Any] | None:
    if r is None:
        return None
    return {
        "futures": r.futures,
        "tied": r.tied,
        "best": {name: list(plans) for name, plans in r.best.items()},
        "plans": {
            p.plan: {
                "mean": p.mean,
                "mean_regret": p.mean_regret,
                "high_regret": p.high_regret,
                "worst_regret": p.worst_regret,
                "domain": p.domain,
                "domain_error": p.domain_error,
            }
            for p in r.plans
        },
    }
