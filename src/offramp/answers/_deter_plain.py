"""The deterrence answer as plain values, and the inputs it rests on."""

from __future__ import annotations

import math
from typing import Any

from offramp.answers._answer import Support
from offramp.answers._deter_facts import COSTS, CREDIBILITIES, Found
from offramp.answers._deter_guarantee import SIZES
from offramp.answers._deter_risk import SOURCES
from offramp.answers._facts import supports
from offramp.crisis import quantities
from offramp.solution import Solution


def _number(value: float) -> float | None:
    """None for what is not defined: JSON has no such number."""
    return float(value) if math.isfinite(value) else None


def _numbers(values: Any) -> list[float | None]:
    return [_number(float(v)) for v in values]


def plain(solution: Solution, found: Found) -> dict[str, Any]:
    """Raw figures for programs and tests."""
    types, n = solution.game.types, found.month
    step, threat = found.step, found.threat

    def by_type(values: Any) -> dict[str, float | None]:
        return {
            t: None if v is None else _number(float(v)) for t, v in zip(types, values, strict=True)
        }

    return {
        "month": n,
        "cap": found.cap,
        "step": None
        if step is None
        else {
            "what": step.what,
            "gain": by_type(step.gain),
            "chance_in_a_round": by_type(step.chance),
            "all_out_in_a_round": by_type(step.all_out),
            "expected_steps": _numbers(step.expected),
        },
        "later": {
            "months": list(found.months),
            "chance_given_initiative": {
                t: _numbers(found.later[:, j]) for j, t in enumerate(types)
            },
        },
        "reciprocal": None
        if threat is None
        else {
            "lever": threat.lever,
            "benefit": by_type(threat.benefit),
            "cost": threat.cost,
            "credibility": threat.credibility,
            "critical": by_type(threat.critical),
            "critical_if_kept": by_type(threat.critical_kept),
            "deters": {t: threat.deters(j) for j, t in enumerate(types)},
        },
        "threat": {
            "costs": list(COSTS),
            "credibilities": list(CREDIBILITIES),
            "chance": [_numbers(row) for row in found.surface],
            "halves_at": found.halves,
            "standing": None
            if found.standing is None
            else {
                "cost": found.standing.cost,
                "steps": list(found.standing.steps),
                "disaster": list(found.standing.disaster),
                "settled": list(found.standing.settled),
                "value_a": list(found.standing.value_a),
                "value_b": list(found.standing.value_b),
            },
        },
        "risk": {
            "disaster": _numbers(found.risk.disaster),
            "low": _numbers(found.risk.low),
            "high": _numbers(found.risk.high),
            "source": {name: _numbers(found.risk.source[i]) for i, name in enumerate(SOURCES)},
            "months_at_base": float(found.risk.rung_months[0]),
            "months_above": float(found.risk.rung_months[1]),
        },
        "moved_by_the_sweep_grid": None if found.moved is None else list(found.moved),
        "plans": {
            p.plan: {
                "disaster": p.risk,
                "low": p.low,
                "high": p.high,
                "value_a": p.value_a,
                "above_cap": p.risk > found.cap,
            }
            for p in found.plans
        },
        "reach": None
        if found.reach is None
        else {
            "lever": found.reach.lever,
            "own_rung": found.reach.own,
            "rung": list(found.reach.rung),
            "hazard": _numbers(found.reach.hazard),
            "gain_a": _numbers(found.reach.gain),
            "gain_b": _numbers(found.reach.gain_b),
            "disaster": _numbers(found.reach.risk),
            "disaster_without": found.reach.risk_without,
            "flips": list(found.reach.flips),
        },
        "guarantees": {
            h.id: {
                "guarantee": h.guarantee,
                "expected_loss": h.enforcement.expected_loss,
                "temptation": by_type(h.temptation),
                "margin": by_type(h.margin),
                "solved_margin": by_type(h.solved),
                "breaks_at_first_review": by_type(h.breaks),
                "survives": by_type(h.survives),
            }
            for h in found.holds
        },
        "pledge": found.pledge.id if found.pledge is not None else None,
        "engagement": {
            "sizes": list(SIZES),
            "rules": [
                {
                    "rules": e.rules,
                    "answer": _numbers(e.answer),
                    "margin": _numbers(e.margin),
                    "taken": _numbers(e.taken),
                    "risk_a_year": None if e.risk is None else _numbers(e.risk),
                }
                for e in found.engagements
            ],
        },
        **_behind(solution, found),
    }


def _behind(solution: Solution, found: Found) -> dict[str, Any]:
    """Backstop, link, losses, tolerance, moves in reserve."""
    types = solution.game.types
    b, k, x, tol = found.backstop, found.link, found.losses, found.tolerance
    return {
        "backstop": None
        if b is None
        else {
            "lever": b.lever,
            "contract": b.contract,
            "response": list(b.response),
            "worth_a": list(b.worth_a),
            "price_of_a_token": b.worth_a[1] - b.worth_a[0],
            "breaks": list(b.breaks),
            "survives": {t: _numbers(b.survives[:, j]) for j, t in enumerate(types)},
            "incident_hazard": None if b.hazard is None else list(b.hazard),
        },
        "link": None
        if k is None
        else {
            "backer": k.backer,
            "wider": k.wider,
            "link": _numbers(k.link),
            "aversion": list(k.aversion),
            "stay": [_numbers(row) for row in k.stay],
            "response": [_numbers(row) for row in k.response],
            "entrapped": None if k.entrapped is None else [_numbers(row) for row in k.entrapped],
            "best": _numbers(k.best),
        },
        "losses": None
        if x is None
        else {
            "members": list(x.members),
            "stays": _numbers(x.stays),
            "deaths": x.deaths,
            "tolerance": x.tolerance,
            "fewest": x.fewest,
            "fewer_apart": x.apart,
            "fewer_together": x.together,
            "within_a_year": None if x.by_year is None else [_numbers(row) for row in x.by_year],
        },
        "tolerance": None
        if tol is None
        else {
            "now": tol.now,
            "threshold": dict(zip(types, tol.threshold, strict=True)),
            "response": tol.response,
            "margin": {t: float(tol.margin[j]) for j, t in enumerate(types)},
        },
        "reserves": [
            {
                "side": r.side,
                "lever": r.lever,
                "in_use": r.in_use,
                "talks": r.talks,
                "used": r.used,
                "hold": r.hold,
                "boundary": r.boundary,
                "range_before": list(r.before),
                "range_after": list(r.after),
                "off_the_table": list(r.lost),
                "room": _numbers(r.room),
            }
            for r in found.reserves
        ],
    }


def supporting(solution: Solution, found: Found) -> tuple[Support, ...]:
    """Inputs that carry the figures, by path; those that the file does not have are left out."""
    game = solution.game
    crisis = game.crisis
    at = {r.rung: i for i, r in enumerate(crisis.ladder.rungs)}
    base, above = crisis.ladder.base, crisis.ladder.base + crisis.ladder.step
    wanted = [
        ("blocs.A.threat_credibility", "how likely a threat by A is carried out"),
        (f"ladder.rungs.{at[base]}.accident", "accident hazard of the rung where the war stands"),
        ("ladder.exposure", "share of its rung's hazard that a lever in use adds"),
        ("ladder.cost.B", "what fighting one step higher costs B"),
        ("weights.escalate", "how near a step up is to routine"),
    ]
    if above in at:
        wanted.append((f"ladder.rungs.{at[above]}.accident", "accident hazard one step up"))
    if found.pledge is not None:
        key = game.offers[found.pledge.offer].guarantee
        wanted += [
            (f"guarantees.{key}.detection", "whether a breach is seen"),
            (f"guarantees.{key}.response", "whether it is answered"),
            (f"guarantees.{key}.loss", "what an answer costs B"),
        ]
    wanted += [(f"types.{t}.renege_gain", "what a breach brings this type") for t in game.types]
    if found.losses is not None:
        wanted.append(("coalition.casualty_tolerance", "whether contributors stay after losses"))
    if found.incidents is not None:
        wanted += [(f"events.{e}.hazard", "how often incidents come") for e in found.incidents.ids]
    known = quantities(crisis)
    return supports(crisis, [(path, why) for path, why in wanted if path in known])
