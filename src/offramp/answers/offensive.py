"""What would gains on the ground do: is there a window, should one wait, who tires first?

Definition. The solved game is started from other positions of the front, everything else the same:
``S(g)`` is the chance that a first settlement is signed by month m after a gain of g steps, ``E(g)`` the
expected number of times that B climbs (:mod:`offramp.answers._offensive_front`). The window between too little
and too far is the set of gains with S(g) above S(0) by more than the certificate's error and E(g) up to a
stated level. It is read twice: with the terms of the file, and with terms that follow the front. On that
rest the offensive as a lottery, when to start it, what B does after a setback
(:mod:`offramp.answers._offensive_choice`), the race between production and support
(:mod:`offramp.answers._offensive_race`) and whether a B that risks failure gets serious
(:mod:`offramp.answers._offensive_risk`).

Classical comparator: gambler's ruin (Smith 1998; Smith and Stam 2004): with odds p that a step goes to A, the
chance of reaching A's end of the lattice before B's, were the war fought on to an end; next to an end
the range of deals narrows, which is one reason why gains need not bring settlement nearer.

Heavy games are swept at draft resolution; the answer then says so and holds today's figure against the finer
one. Units: probabilities; steps of the front; values in each side's own stake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from offramp.answers._answer import Answer, Support, Trace
from offramp.answers._facts import settings, supports
from offramp.answers._offensive_choice import (
    READY_NOW,
    Outcome,
    Reaction,
    Timing,
    outcomes,
    reactions,
    timing,
)
from offramp.answers._offensive_front import (
    Board,
    Standing,
    Window,
    board,
    gains,
    mixed,
    settled_at,
    sweep,
    sweep_redrawn,
    window,
)
from offramp.answers._offensive_race import Race, race
from offramp.answers._offensive_risk import direction, risks
from offramp.answers._offensive_views import (
    lottery_table,
    position_table,
    race_chart,
    race_table,
    reaction_chart,
    reaction_table,
    risk_table,
    sweep_chart,
    timing_chart,
    timing_table,
)
from offramp.answers._offensive_words import (
    Found,
    cases,
    flips,
    headline,
    paragraphs,
    race_title,
    reaction_title,
    sweep_title,
    timing_title,
)
from offramp.answers._runs import Progress
from offramp.crisis import quantities
from offramp.game import Game
from offramp.solution import Certificate, Solution
from offramp.theory import gamblers_ruin

MONTH = 12
"""Month by which settlement and escalation are counted (or the horizon, if it is shorter)."""
TOLERATED = 0.05
"""How many more climbs than today the window allows, if nothing is said."""


def offensive(
    solution: Solution,
    *,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
    most_climbs: float | None = None,
    gained: Mapping[str, float] | None = None,
    ready_now: float = READY_NOW,
    ready_after: float | None = None,
    lever: str | None = None,
) -> Answer:
    """Settlement and escalation against gains, timing, the race, and B after a setback.

    Args:
        solution: The solved game (logit).
        certificate: What differences are held against; left out, the solution's own, which knows no
            error from refinements.
        progress: Told (label, done, total).
        most_climbs: Most times that B may climb, in expectation, inside the window; left out, today's
            plus ``TOLERATED``.
        gained: Gain in steps of outcomes whose words are not known, or another gain for them.
        ready_now: Readiness of the offensive today, as a share.
        ready_after: Months to full readiness; left out, from the file.
        lever: Production lever for the race; left out, A's slowest that helps in battle.

    Raises:
        ValueError: for an exact solution, or numbers that make no sense.
        KeyError: for an unknown lever.
    """
    if solution.mode != "logit":
        raise ValueError("the offensive is read from a logit solution; solve with mode='logit'")
    game = solution.game
    told = certificate or solution.certificate
    month = min(MONTH, game.shown)
    _tell(progress, 0)
    b = board(solution, month)
    swept = b.solution.game
    written = sweep(b)
    _tell(progress, 1)
    redrawn, missing = sweep_redrawn(b)
    _tell(progress, 2)
    lottery, remarks = outcomes(swept, gained)
    at = {x.gain: x for x in written}
    today = at[0.0]
    mix = mixed(0.0, [(o.chance, at[o.read_at]) for o in lottery]) if lottery else None
    when = timing(b, lottery, ready_now, ready_after) if lottery and len(gains(swept)) > 1 else None
    after = reactions(b)
    _tell(progress, 3)
    danger = risks(b)
    _tell(progress, 4)
    ahead = [x for x in written if x.gain > 0]
    apart = abs(today.settled - settled_at(solution, month))
    least = max(told.least("settled"), apart)
    level = today.climbs + TOLERATED if most_climbs is None else most_climbs
    found = Found(
        game=swept,
        months=month,
        written=tuple(written),
        redrawn=tuple(redrawn),
        window=window(today, ahead, least, level),
        window_redrawn=window(today, redrawn, least, level),
        least=least,
        level=level,
        lottery=lottery,
        mix=mix,
        timing=when,
        reactions=tuple(after),
        race=race(solution, lever),
        risks=tuple(danger),
        told=told,
        offensive=game.crisis.war.offensive is not None,
    )
    tables = [position_table(swept, written, redrawn, month)]
    if mix is not None:
        tables.append(lottery_table(swept, lottery, at, mix, today))
    if when is not None:
        tables.append(timing_table(swept, when))
    if after:
        tables.append(reaction_table(swept, after))
    tables.append(race_table(game, found.race))
    if danger:
        tables.append(risk_table(swept, danger, month, least))
    return Answer(
        name="offensive",
        question="What would gains on the ground do: is there a window, should one wait, who tires first?",
        headline=headline(found),
        paragraphs=paragraphs(found),
        tables=tuple(tables),
        charts=_charts(found, game),
        evidence_trace=_trace(solution, b, told),
        flips=flips(found),
        warnings=_warnings(b, found, apart, [*remarks, *missing]),
        data=_data(b, found, apart),
    )


def _tell(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress("offensive", done, 4)


def _charts(found: Found, game: Game) -> tuple[Any, ...]:
    redrawn = [x for x in found.written if x.gain == 0] + list(found.redrawn)
    by = f"By month {found.months}: chance of a first settlement, and how often the ladder is climbed"
    drawn = [
        sweep_chart(found.game, "gains", sweep_title(found, found.written, False), by, found.written),
        sweep_chart(
            found.game, "gains_redrawn", sweep_title(found, redrawn, True), f"{by}; terms follow the front",
            redrawn,
        ),
        timing_chart(found.game, found.timing, timing_title(found)) if found.timing else None,
        race_chart(game, found.race, race_title(found)),
        reaction_chart(found.game, found.reactions, reaction_title(found)),
    ]  # fmt: skip
    return tuple(x for x in drawn if x is not None)


def _warnings(b: Board, found: Found, apart: float, remarks: list[str]) -> tuple[str, ...]:
    said = list(remarks)
    if b.coarser:
        said.append(
            f"positions are swept at draft resolution; today's chance of settlement differs by "
            f"{100 * apart:.1f} percentage points from the finer grid, and smaller differences are not read"
        )
    if found.ahead and b.solution.game.layout.sizes[1] < 2:
        said.append(
            f"a game at {b.solution.game.resolution.name} resolution keeps no step up the ladder: only attacks "
            "that end a pause count as climbs, and too large a gain provokes none"
        )
    if b.extended:
        said.append(
            f"the front of this answer keeps {b.extended} step{'s' if b.extended > 1 else ''} more "
            "on either side "
            "than the file's war.reach, so that too large a gain can be read"
        )
    if found.timing is not None and found.timing.off_lattice > 0.05:
        said.append(
            f"with up to {found.timing.off_lattice:.0%} a later gain passes the last position kept "
            "and counts as "
            "reaching it"
        )
    return tuple(said)


def _trace(solution: Solution, b: Board, told: Certificate) -> Trace:
    crisis = solution.game.crisis
    known = quantities(crisis)
    wanted = [
        ("war.offensive.success", "chance of a gain of two steps"),
        ("war.offensive.too_far", "chance that B climbs after too large a gain"),
        ("war.intensity", "how fast the front moves by itself"),
        ("war.step_favours_b", "where it moves by itself"),
        ("war.production", "how fast A's strength grows"),
        ("coalition.fracture", "how fast support falls"),
        ("coalition.odds_loss", "what lost support costs on the ground"),
        ("coalition.floor_from_territory", "how far gains raise what A holds out for"),
        ("blocs.B.double_down", "judged chance of doubling down; the game does not read it"),
        ("ladder.cost.B", "what a step up costs B"),
    ]
    found: tuple[Support, ...] = supports(crisis, [w for w in wanted if w[0] in known])
    return Trace(
        formula="S(g) = P(first settlement by m | start at g); "
        "window = {g > 0: S(g) > S(0) + error, E(g) <= level}; "
        "D_i(n) = delta_i^n E[sum_o p_o(n) (V_i(n, g_o) - V_i(n, 0))]; gap = {t: L(t) > G(t)}",
        supports=found,
        certificate=(told.summary(),),
        met=told.met,
        settings=(*settings(solution), ("sweep", b.solution.game.resolution.name)),
    )


def _standing(x: Standing) -> dict[str, Any]:
    plain = asdict(x)
    plain["value_b"] = list(x.value_b)
    plain["terms"] = None if x.terms != x.terms else x.terms
    return plain


def _window(w: Window) -> dict[str, Any]:
    return {**asdict(w), "width": w.width}


def _ruin(game: Game) -> dict[str, float] | None:
    """A's chance to reach its end of the lattice first, were the war fought on."""
    p = 1.0 - game.crisis.war.step_favours_b.value
    reach = gains(game)[-1]
    if reach < 1 or not 0 < p < 1:
        return None
    course = gamblers_ruin(p, 2 * reach + 2, reach + 1)
    return {"A_reaches_its_end_first": course.win_probability, "battles": course.expected_length}


def _data(b: Board, found: Found, apart: float) -> dict[str, Any]:
    lottery: tuple[Outcome, ...] = found.lottery
    when: Timing | None = found.timing
    r: Race = found.race
    after: tuple[Reaction, ...] = found.reactions
    return {
        "month": found.months,
        "positions": [_standing(x) for x in found.written],
        "positions_redrawn": [_standing(x) for x in found.redrawn],
        "window": _window(found.window),
        "window_redrawn": _window(found.window_redrawn),
        "most_climbs": found.level,
        "least_difference": found.least,
        "grid_difference": apart,
        "swept_at": b.solution.game.resolution.name,
        "outcomes": [asdict(o) for o in lottery],
        "lottery": None if found.mix is None else _standing(found.mix),
        "timing": None
        if when is None
        else {**asdict(when), "best": when.best, "months": list(when.months)},
        "reactions": [asdict(x) for x in after],
        "cases": list(cases(b.solution.game.crisis)),
        "race": {
            "lever": r.lever,
            "gained": [float(x) for x in r.gained],
            "lost": [None if x != x else float(x) for x in r.lost],
            "cohesion": [None if x != x else float(x) for x in r.cohesion],
            "gap_months": list(r.gap),
            "gap_by_months_earlier": list(r.by_earlier),
            "closes_if_earlier_by": r.closes,
        },
        "risks": [
            {**asdict(x), "direction": [direction(series, found.least) for series in x.by_type]}
            for x in found.risks
        ],
        "gamblers_ruin": _ruin(found.game),
    }
