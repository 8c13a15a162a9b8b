"""Which deals could both sides accept, by type and date; and if none, which line empties the range?

Definition. On the hold path (nobody acts before), contract x is acceptable to A at month t if signing
it is worth at least as much to A as letting the round pass (``gap_A >= 0``) and A's voices are more
likely than not to ratify it; to type theta of B if ``gap_theta >= 0``. The *range* at t is the set of
contracts acceptable to A and to the type in question. A contract beyond a hard red line is outside
every range. For the offer that is on the table, every red line it crosses is lifted in turn and the
game is solved again: the line *empties the range* if lifting it puts the offer inside.

The two-issue map holds the other issues, the guarantee and the relief of the nearest contract, looks at B
over its types, and keeps A to what is on the table. A point is inside a side's set if its W
there is at least the W at which that side's gap is zero: with the same guarantee the value of signing
moves one for one with W for as long as the deal is kept, so the map is exact for deals that are
kept and an approximation for deals that break.

Where a gap is no larger than the certificate's error of that side's value, the side is said to see no
distinguishable difference between signing and waiting.

Units: stake of each side. Classical comparator: Fearon's bargaining range [p - c_A, p + c_B].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Answer, Trace
from offramp.answers._deal_facts import (
    Lifted,
    blockers,
    capital,
    close_calls,
    close_words,
    crossed,
    line_words,
)
from offramp.answers._deal_views import (
    dates_table,
    gains_chart,
    lifted_table,
    map_chart,
    strip_chart,
    today_table,
)
from offramp.answers._facts import (
    join,
    owner,
    percent,
    quoted,
    settings,
    side_names,
    stake,
    supports,
    type_name,
)
from offramp.answers._measures import Gaps, best_placed, gaps
from offramp.crisis import Crisis, override
from offramp.game import Game, compile_game
from offramp.solution import DEFAULT_PRECISION, Certificate, Solution, solve

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

DATES = (0, 3, 6, 9, 12, 18)
"""Months on the hold path at which acceptance is read."""
MOST_RESOLVES = 4
"""Red lines lifted one at a time with a full solve each."""


def deal(
    solution: Solution,
    offer: str | None = None,
    progress: Progress | None = None,
    certificate: Certificate | None = None,
) -> Answer:
    """The range of deals, what empties it, and the map.

    Args:
        solution: The solved game.
        offer: Contract on the table; left out, the plan's own, else the first offer of any plan.
        progress: Told (label, done, total) while red lines are lifted.
        certificate: What gaps are held against; left out, the solution's own, which knows no error
            from refinements.

    Raises:
        ValueError: if no contract can be signed, or ``offer`` is unknown.
    """
    game = solution.game
    if not game.offers:
        raise ValueError(
            "no contract can be signed in this game: every one crosses a hard red line"
        )
    told = certificate or solution.certificate
    months = tuple(t for t in DATES if t <= min(game.shown, game.months - 1))
    all_gaps = gaps(solution, months)
    table_offer = _on_the_table(game, offer)
    near = best_placed(solution, all_gaps[0])
    lifted = _lift_lines(solution, table_offer, progress)
    headline = _headline(game, all_gaps[0], told)
    shown = [i for i, o in enumerate(game.offers) if o.contract is not None] or list(
        range(len(game.offers))
    )
    signable = {
        i
        for i in range(len(game.offers))
        if game.offers[i].contract is None
        and any(
            all_gaps[0].accepts_a(i) and all_gaps[0].accepts_b(i, j) for j in range(len(game.types))
        )
    }
    shown += sorted(signable - set(shown))
    charts = [strip_chart(solution, all_gaps, shown, headline)]
    if len(game.stakes.issues) >= 2 and near is not None:
        charts.append(map_chart(solution, all_gaps[0], near))
    looked_at = table_offer if table_offer is not None else near
    if looked_at is not None:
        charts.append(gains_chart(solution, all_gaps[0], looked_at, told))
    tables = [today_table(game, all_gaps[0], shown, told), dates_table(game, all_gaps, shown, told)]
    if lifted:
        tables.append(lifted_table(game, lifted, table_offer))
    return Answer(
        name="deal",
        question="Which deal could both sides accept; if none, why not?",
        headline=headline,
        paragraphs=_paragraphs(game, all_gaps, table_offer, near, lifted, shown, told),
        tables=tuple(tables),
        charts=tuple(charts),
        evidence_trace=Trace(
            formula="gap_i(x, t) = E[ C_i(sign x) + lump - C_i(no deal this round) ] on the hold path",
            supports=supports(game.crisis, _paths(game, table_offer, near)),
            certificate=(told.summary(),),
            met=told.met,
            settings=settings(solution),
        ),
        flips=_flips(game, all_gaps[0], table_offer, near),
        data={
            "months": list(months),
            "offer": game.offers[table_offer].id if table_offer is not None else None,
            "best_placed": game.offers[near].id if near is not None else None,
            "gap_a": {o.id: [float(g.a[i]) for g in all_gaps] for i, o in enumerate(game.offers)},
            "gap_b": {
                o.id: {t: [float(g.b[i, j]) for g in all_gaps] for j, t in enumerate(game.types)}
                for i, o in enumerate(game.offers)
            },
            "ratified": {
                o.id: [float(g.ratified[i]) for g in all_gaps] for i, o in enumerate(game.offers)
            },
            "range": {
                t: [
                    [
                        o.id
                        for i, o in enumerate(game.offers)
                        if g.accepts_a(i) and g.accepts_b(i, j)
                    ]
                    for g in all_gaps
                ]
                for j, t in enumerate(game.types)
            },
            "lifted": [
                {"line": x.line, "opens_for": list(x.opens_for), "gap_b": list(x.gap_b)}
                for x in lifted
            ],
        },
    )


def _on_the_table(game: Game, offer: str | None) -> int | None:
    ids = [o.contract for o in game.offers]
    if offer is not None:
        if offer not in ids:
            raise ValueError(
                f"there is no contract {offer!r} that can be signed; there are "
                + join(o.id for o in game.offers)
            )
        return ids.index(offer)
    own = game.plan.offer
    if own is None:
        own = next((p.offer for p in game.crisis.plans.values() if p.offer is not None), None)
    return ids.index(own) if own is not None and own in ids else None


def _whose(game: Game, offer: int) -> str:
    """``"Contract", the offer of "Plan",``: with the plan whose offer it is, if there is one."""
    contract = game.offers[offer].contract
    plans = [game.plan, *game.crisis.plans.values()]
    owner = next((p for p in plans if p.offer is not None and p.offer == contract), None)
    name = quoted(game.offers[offer].name)
    return f"{name}, the offer of {quoted(owner.name)}," if owner is not None else name


def _without(crisis: Crisis, line: str) -> Crisis:
    return override(crisis, {f"red_lines.{line}.penalty": 0.0, f"red_lines.{line}.hard": False})


def _lift_lines(
    solution: Solution, offer: int | None, progress: Progress | None
) -> tuple[Lifted, ...]:
    """Solve again without each red line that the offer crosses."""
    if offer is None:
        return ()
    game = solution.game
    before = gaps(solution, (0,))[0]
    today = {
        j for j in range(len(game.types)) if before.accepts_a(offer) and before.accepts_b(offer, j)
    }
    if len(today) == len(game.types):
        return ()
    lines = crossed(game, offer)[:MOST_RESOLVES]
    found = []
    for done, line in enumerate(lines):
        if progress is not None:
            progress("lifting red lines", done, len(lines))
        crisis = _without(game.crisis, line.id)
        other = solve(
            compile_game(
                crisis,
                game.plan,
                None,
                game.resolution,
                frozen_beliefs=game.grid.frozen is not None,
            ),
            solution.precision if solution.mode == "logit" else DEFAULT_PRECISION,
            "exact" if solution.mode == "exact" else "logit",
        )
        where = [o.id for o in other.game.offers].index(game.offers[offer].id)
        now = gaps(other, (0,))[0]
        opens = tuple(
            t
            for j, t in enumerate(game.types)
            if j not in today and now.accepts_a(where) and now.accepts_b(where, j)
        )
        found.append(
            Lifted(
                line.id,
                line.actor,
                float(now.a[where]),
                tuple(float(v) for v in now.b[where]),
                float(now.ratified[where]),
                opens,
            )
        )
    return tuple(found)


def _headline(game: Game, now: Gaps, told: Certificate) -> str:
    a, b = side_names(game)
    inside = {
        j: [i for i in range(len(game.offers)) if now.accepts_a(i) and now.accepts_b(i, j)]
        for j in range(len(game.types))
    }
    everyone = set.intersection(*(set(v) for v in inside.values()))
    if everyone:
        best = max(everyone, key=lambda i: (not close_calls(game, now, i, told), float(now.a[i])))
        close = close_words(game, now, best, told)
        return f"{quoted(game.offers[best].name)} is acceptable to both sides today" + (
            f", though {close}" if close else ""
        )
    some = [j for j, v in inside.items() if v]
    if len(some) == len(game.types):
        return f"Every type of {b} would sign some deal today, but no one deal suits them all"
    if some:
        kinds = join((type_name(game, j) for j in some), "or")
        chance = percent(float(sum(game.opening[j] for j in some)))
        return f"A deal exists today only if {b}'s type is {kinds} (believed at {chance})"
    return f"No deal today suits both {b} and {a} with its voices"


def _paragraphs(
    game: Game,
    all_gaps: tuple[Gaps, ...],
    offer: int | None,
    near: int | None,
    lifted: tuple[Lifted, ...],
    shown: list[int],
    told: Certificate,
) -> tuple[str, ...]:
    a, b = side_names(game)
    now = all_gaps[0]
    said = []
    if offer is not None:
        stops = blockers(game, now, offer)
        name = quoted(game.offers[offer].name)
        if stops:
            said.append(f"{_whose(game, offer)} has no range today: {join(stops)}.")
            worst = float(now.b[offer].max())
            ready = f"For the type of {b} most ready to sign" if len(game.types) > 1 else f"For {b}"
            said.append(
                f"{ready}, signing {name} is worth {stake(worst, True)} of its stake against letting the "
                "round pass."
            )
        else:
            said.append(f"{_whose(game, offer)} is acceptable to both sides.")
        close = close_words(game, now, offer, told)
        if close:
            said.append(f"{capital(close)}.")
        untried = crossed(game, offer)[MOST_RESOLVES:]
        if untried and stops:
            said.append(f"Not tried: {join(line_words(game, x.id) for x in untried)}.")
        for x in lifted:
            barely = x.opens_for and not told.distinguishable(max(x.gap_b), 0.0, "value_b")
            effect = (
                "opens the range, by no distinguishable difference between signing and waiting"
                if barely
                else "opens the range"
                if len(x.opens_for) == len(game.types)
                else "opens it in part"
                if x.opens_for
                else f"does not open it ({b} still {stake(max(x.gap_b), True)} at best)"
            )
            said.append(f"Lifting {line_words(game, x.line)} alone {effect}.")
        if stops and not crossed(game, offer):
            said.append("It crosses no red line: the terms themselves fall short.")
    if near is not None and near != offer:
        stops = blockers(game, now, near)
        said.append(
            f"Of the named contracts the nearest to acceptance is {quoted(game.offers[near].name)}: "
            + (f"{join(stops)}." if stops else "both sides gain.")
            + f" {a} gains {stake(float(now.a[near]), True)}; {b} "
            + join(
                f"{stake(float(now.b[near, j]), True)} ({type_name(game, j)})"
                for j in range(len(game.types))
            )
            + f"; chance of ratification {percent(float(now.ratified[near]))}"
            + (f"; {close}." if (close := close_words(game, now, near, told)) else ".")
        )
    taken = [i for i in shown if all(now.accepts_b(i, j) for j in range(len(game.types)))]
    if taken:
        whatever = f"Whatever its type, {b}" if len(game.types) > 1 else b
        said.append(
            f"{whatever} would sign {join((quoted(game.offers[i].name) for i in taken), 'or')}; "
            + (
                f"of these none suits {a} and its voices."
                if not any(now.accepts_a(i) for i in taken)
                else f"of these {a} and its voices could sign "
                + join(quoted(game.offers[i].name) for i in taken if now.accepts_a(i))
                + "."
            )
        )
    if len(game.types) > 1 or not any(
        now.accepts_a(i) and now.accepts_b(i, 0) for i in range(len(game.offers))
    ):
        said.append(
            "A range that is empty or narrow today does not mean that nothing is ever signed: the front, "
            "cohesion, pressure and beliefs move, and better choices are likelier, not certain."
        )
    last = all_gaps[-1]
    opened = [
        quoted(game.offers[i].name)
        for i in shown
        if any(last.accepts_a(i) and last.accepts_b(i, j) for j in range(len(game.types)))
        and not any(now.accepts_a(i) and now.accepts_b(i, j) for j in range(len(game.types)))
    ]
    if opened:
        said.append(f"By month {last.month} the range has come to hold {join(opened)}.")
    return tuple(said)


def _flips(game: Game, now: Gaps, offer: int | None, near: int | None) -> tuple[str, ...]:
    _, b = side_names(game)
    found = []
    for i in dict.fromkeys(x for x in (near, offer) if x is not None):
        name = quoted(game.offers[i].name)
        need_b = -float(game.opening @ now.b[i])
        if need_b > 0:
            found.append(
                f"{capital(name)} would tempt {b} (over its types) if it were worth "
                f"{stake(need_b)} more of its stake."
            )
        short = {
            actor: floor - float(game.signed_value[v, i])
            for v, actor in enumerate(game.stakes.voices)
            if (floor := game.opening_floor(v)) is not None
        }
        short = {actor: by for actor, by in short.items() if by > 0}
        if short and now.ratified[i] < 0.5:
            fall = join(
                f"{owner(game.crisis.actors[actor].name)} floor fell by {stake(by)}"
                for actor, by in short.items()
            )
            found.append(f"{name} could be ratified if {fall}.")
    return tuple(found)


def _paths(game: Game, offer: int | None, near: int | None) -> list[tuple[str, str]]:
    paths: list[tuple[str, str]] = []
    for i in dict.fromkeys(x for x in (offer, near) if x is not None):
        paths += [
            (f"red_lines.{line.id}.penalty", "what signing beyond this line costs")
            for line in crossed(game, i)
        ]
    paths += [
        (f"actors.{actor}.floor.value", "least that this voice can ratify")
        for actor in game.stakes.voices
        if game.crisis.actors[actor].floor is not None
    ]
    paths += [
        ("war.cost.B", "what B escapes by signing"),
        ("war.collapse.A", "what B may still win by waiting"),
        ("blocs.B.audience.cost", "what signing costs B's leader at home"),
        ("blocs.B.audience.vagueness", "how much of that can be explained away"),
    ]
    return list(dict.fromkeys(paths))
