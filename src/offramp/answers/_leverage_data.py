"""Raw figures of the lever half of the answer about leverage, as plain lists and numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from offramp.answers._leverage_ledger import Ledger, Marginal
from offramp.answers._leverage_levers import package_shares
from offramp.answers._leverage_pressure import Leak, PlanFlows, Rate, Theorem, WarMonth
from offramp.answers._leverage_runs import Change
from offramp.game import Game


def raw(
    game: Game,
    ledger: Ledger | None,
    flows: PlanFlows,
    theorem: Theorem | None,
    rates: tuple[Rate, ...],
    slopes: dict[str, float],
    war: tuple[WarMonth, ...],
    backer: str | None,
    leaks: tuple[Leak, ...],
) -> dict[str, Any]:
    """Everything the lever half computed, ready for JSON."""
    found: dict[str, Any] = {
        "pressure": {"pain_b": flows.pain.tolist(), "own_cost_a": flows.own.tolist()},
        "felt_package": package_shares(game.crisis, game.plan),
        "exchange": {"rates": [asdict(r) for r in rates], "issue_slopes": slopes},
        "war_month": [{**asdict(w), "sign": w.sign} for w in war],
        "theorem": None if theorem is None else asdict(theorem),
        "leaks": {"backer": backer, "levers": [asdict(x) for x in leaks]},
        "levers": None,
    }
    if ledger is None:
        return found
    e = ledger.errors
    found["levers"] = {
        "grid": ledger.grid,
        "errors": asdict(e.most),
        "errors_each": {key: asdict(x) for key, x in e.each.items()},
        "checked_on": e.finer,
        "left_out": dict(ledger.out),
        "weighed": [
            {
                "id": x.id,
                "used": x.used,
                "rung": x.rung,
                "pain": x.pain,
                "own_cost": x.own_cost,
                "felt": dict(x.felt),
                "channels": list(x.channels),
                "net": _change(game, x.net),
                "parts": {p: _change(game, c) for p, c in x.parts.items()},
                "rest": None if x.rest is None else _change(game, x.rest),
            }
            for x in ledger.levers
        ],
        "delay_without": {
            name: {"a": seen.delay_a, "b": _by_type(game, seen.delay_b)}
            for name, seen in {"nothing": ledger.base, **ledger.delay}.items()
        },
        "marginal": {
            "finer": _marginal(game, ledger.marginal_finer),
            "levers": _marginal(game, ledger.marginal),
        },
        "backer": None
        if ledger.leaks is None
        else {
            end: {"offset": x.level, **_change(game, x.change)} for end, x in ledger.leaks.items()
        },
    }
    return found


def _marginal(game: Game, x: Marginal) -> dict[str, Any]:
    return {
        "slope_a": _change(game, x.slope_a),
        "slope_b": _change(game, x.slope_b),
        "flows": None if x.flows is None else _change(game, x.flows),
    }


def _by_type(game: Game, values: tuple[float, ...] | None) -> dict[str, float] | None:
    return None if values is None else dict(zip(game.types, values, strict=True))


def _change(game: Game, x: Change) -> dict[str, Any]:
    return {
        "value_a": x.a,
        "value_b": _by_type(game, x.b),
        "value_b_mean": x.mean_b,
        "settled": x.settled,
        "known": x.known,
        "terms_a": x.terms_a,
    }
