"""What breaks the plan: every event forced, alone and in pairs, and what helps against it.

Definition. With V(s) A's value at the start of scene s and V(s | e) the same with event e made to happen
in the first month, the effect of e is D(e) = V(s | e) - V(s); of a pair, D(e, f), and its interaction is
D(e, f) - D(e) - D(f). The same differences are taken of B's values by type, of the chances of a
settlement and a disaster at month 12, and of the chance that the coalition is whole at months 12 and 24
while nobody acts. Each effect is solved twice: in full, and *with the terms held*,
``conversions.fracture_to_terms`` = 0 in both games, so that what the voices hold out for does not fall
with cohesion. A driver *dominates* if its |D| on A's value exceeds the second by more than the error.
*Time to recover* is the months until the largest difference of mean cohesion, or of the front's drift,
has halved on the path on which nobody acts.

*Error.* The sweep runs on a coarse grid (:mod:`._stress_runs`); the two largest effects are solved again
on a finer one. The error is the larger of the certificate's and of the largest change of these effects.

The parts are defined in :mod:`._stress_events` (forcing), :mod:`._stress_runs` (figures),
:mod:`._stress_broker` (the broker's five roles, imposed terms) and :mod:`._stress_plan` (members, host,
failure modes, mitigations). Losses and their threshold are those of the deterrence answer, the stop of
aid and the chain of steps those of contribution planning.

Classical comparators: a quota of contributors (:func:`offramp.theory.quota_probability`), the compliance
margin (:func:`offramp.theory.compliance_margin`) for the tolerance of losses, and the conjunction of
steps. For the effect of events in a bargaining game there is no closed form.

Units: stake of each side or voice itself; points of probability; months.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from offramp.answers._answer import Answer, Trace
from offramp.answers._facts import settings, supports
from offramp.answers._stress_charts import charts_of
from offramp.answers._stress_draws import Drawn, drawn
from offramp.answers._stress_draws import chart as draws_chart
from offramp.answers._stress_draws import sentence as draws_sentence
from offramp.answers._stress_draws import table as draws_table
from offramp.answers._stress_facts import Found, gather
from offramp.answers._stress_views import failures, tables_of
from offramp.answers._stress_words import dominant, flips, headline, paragraphs, warnings
from offramp.crisis import Crisis, quantities
from offramp.solution import Certificate, Solution

Progress = Callable[[str, int, int], None]
QUESTION = (
    "Which single event, pair or role of the broker breaks the plan, and what helps against it?"
)


def stress(
    solution: Solution,
    *,
    progress: Progress | None = None,
    workers: int | None = 1,
    certificate: Certificate | None = None,
    pairs: bool = True,
    draws: int = 0,
    seed: int = 0,
    folder: str | Path | None = None,
) -> Answer:
    """Events, the broker's roles and failure modes of a plan under stress.

    Args:
        solution: The solved game.
        progress: Told (label, done, total) while games are solved again.
        workers: Processes; None means one per core.
        certificate: What differences are held against; left out, the solution's own.
        pairs: Also force events in pairs where both can happen.
        draws: Also force every event in so many draws from the ranges of the file; 0: in none.
        seed: Of the draws.
        folder: Where finished draws are kept, so that an interrupted run can go on.

    Raises:
        ValueError: for draws that are fewer than eight, or that cannot be solved.
    """
    told = certificate or solution.certificate
    found = gather(solution, told, pairs, workers, progress)
    over = None
    if draws:
        over = drawn(solution, draws, seed=seed, folder=folder, workers=workers, progress=progress)
    title = headline(solution, found)
    crisis = solution.game.crisis
    return Answer(
        name="stress",
        question=QUESTION,
        headline=title,
        paragraphs=(
            *paragraphs(solution, found),
            *((draws_sentence(solution, over),) if over else ()),
        ),
        tables=(*tables_of(solution, found), *((draws_table(solution, over),) if over else ())),
        charts=(
            *charts_of(solution, found, title),
            *((draws_chart(solution, over),) if over else ()),
        ),
        evidence_trace=Trace(
            formula="D(e) = V(s | e in the first month) - V(s); beyond(e, f) = D(e, f) - D(e) - D(f)",
            supports=supports(crisis, _paths(crisis, found)),
            certificate=(told.summary(),),
            met=told.met,
            settings=(
                *settings(solution),
                ("swept on", found.grid),
                ("checked on", found.finer if found.checked else "nothing to check"),
                ("games solved", str(found.solved)),
            ),
        ),
        flips=flips(solution, found),
        warnings=warnings(solution, found),
        data={**_data(solution, found), "draws": None if over is None else _draws_data(over)},
    )


def _paths(crisis: Crisis, found: Found) -> list[tuple[str, str]]:
    known = quantities(crisis)
    paths = [
        *(
            (f"events.{s.driver.key}.hazard", f"how likely {s.driver.name} is")
            for s in found.shocks[:4]
        ),
        ("conversions.fracture_to_terms", "how far a fall of cohesion lowers what A holds out for"),
        ("coalition.substitution", "how fast others replace what is lost"),
        ("coalition.casualty_tolerance", "whether contributors stay after losses"),
    ]
    if found.roles:
        paths += [
            ("broker.aid", "what the broker can take away"),
            ("broker.sides_with_b", "how likely terms are imposed at all"),
        ]
    return [p for p in paths if p[0] in known]


def _draws_data(over: Drawn) -> dict[str, object]:
    return {
        "events": list(over.events),
        "effects": over.effects.tolist(),
        "asked": over.asked,
        "failed": over.failed,
        "worst": over.worst().tolist(),
    }


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _data(solution: Solution, found: Found) -> dict[str, object]:
    first, second, margin = dominant(found)
    held, _, held_margin = dominant(found, held=True)
    x, host, members = found.imposed, found.host, found.members
    return {
        "month": found.months,
        "grid": found.grid,
        "error": found.error.record(),
        "moved_by_finer_grid": found.moved.record(),
        "checked": list(found.checked),
        "events": {
            s.driver.key: {
                "scene": s.driver.scene.place, "contract": s.driver.scene.contract,
                "likely": s.driver.likely, "unread": s.driver.unread, **s.effect.record(),
                "held": s.held.record(),
                "cohesion_half_back": _number(s.cohesion), "front_half_back": _number(s.front),
                "cohesion_shocked": not (s.cohesion is not None and math.isnan(s.cohesion)),
                "front_shocked": not (s.front is not None and math.isnan(s.front)),
            }
            for s in found.shocks
        },
        "left": list(found.left),
        "dominant": {
            "event": first.driver.key if first else None,
            "second": second.driver.key if second else None,
            "margin": margin,
            "dominates": bool(first and found.seen(first.effect) and margin > found.error.value_a),
            "terms_held": held.driver.key if held else None,
            "terms_held_margin": held_margin,
        },
        "pairs": [
            {
                "events": [p.first.key, p.second.key], **p.effect.record(),
                "beyond": p.beyond.record(),
            }
            for p in found.pairs
        ],
        "roles": {
            r.role.key: {
                "nothing": r.role.nothing, "offer": r.role.offer,
                "full": r.effect.record() if r.effect else None,
                "held": r.held.record() if r.held else None,
            }
            for r in found.roles
        },
        "sides_with_b_alone": found.sides.record() if found.sides else None,
        "imposed": None
        if x is None
        else {
            "contract": x.contract, "refused": x.refused, "weakest": x.weakest.voice,
            "threats": list(x.threats), "shift": x.shift,
            "voices": {
                c.voice: {
                    "accept": c.accept, "without_red_lines": c.bare, "refuse": list(c.refuse),
                    "alone": list(c.alone), "ratifies": c.ratifies, "switch": c.switch,
                    "switch_without_red_lines": c.switch_bare, "switch_alone": c.switch_alone,
                }
                for c in x.voices
            },
        },
        "members": None
        if members is None
        else {
            "rule": members.rule.key, "holds": list(members.holds),
            "blow": {m.member: m.blow for m in members.blows},
        },
        "host": None
        if host is None
        else {
            "calm": {str(k): list(v) for k, v in host.calm.items()},
            "shaken": {str(k): list(v) for k, v in host.shaken.items()},
            "recovered": {str(k): host.recovered(k) for k in host.calm if k},
        },
        "losses": None
        if found.losses is None
        else {
            "deaths": found.losses.deaths, "tolerance": found.losses.tolerance,
            "fewest": found.losses.fewest, "apart": found.losses.apart,
            "together": found.losses.together,
            "by_year": None if found.losses.by_year is None else found.losses.by_year.tolist(),
        },
        "tolerance": None if found.tolerance is None else list(found.tolerance.threshold),
        "failures": [list(r) for r in failures(solution, found)],
        "blocked": [p.lever for p in found.blocked],
        "worst": found.worst.driver.key if found.worst else None,
        "mitigations": [
            {
                "id": r.remedy.key, "recovered": r.recovered, "share": r.share,
                "cost": r.remedy.cost,
            }
            for r in found.reliefs
        ],
        "aid_left": None if found.aid is None else list(found.aid.left),
        "aid_half_back": None if found.aid is None else list(found.aid.half),
    }  # fmt: skip
