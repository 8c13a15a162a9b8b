"""Export of small games as extensive forms, in the text format ``.efg``, for other solvers.

``to_efg`` writes the tree of a compiled game from its opening state for a few months, or the whole
tree of a table game (:mod:`offramp.solution._efg_tables`). The tree of a compiled game, month by month:

    nature draws B's type (opening beliefs); only B sees it
    each month t:  triggers (nature, if B doubts that A follows its plan)
                   who has the initiative (nature);  in a settlement under review: B, then A
                   the mover's choice, the other's answer, ratification (nature)
                   nature's move, the public signal (nature, by B's type)

A sees everything but B's type, B everything. Payoffs, discounted to the first month t0::

    sum_t d^(t - t0) [(1 - d) u_i(t, s_t) + lumps]  +  d^(T - t0) E V_i(T, s_T),      T = t0 + months

V(T) must not depend on beliefs, which a tree cannot read off: it is the end value that the game would
have if it were compiled for T months (the crisis's own numbers, or the same flows and chances for ever
without talks), by B's type. Solved values can be given in their place where they do not depend on
beliefs. Once nobody can choose any more, nature's remaining moves are averaged, exactly.

Precision: solvers of quantal response use one lambda for all. Without ``precision`` payoffs are in stake
units and the comment says which lambda stands for the default precision. With it, payoffs are
multiplied by each side's lambda, so that lambda = 1 there is that precision here. A choice k months on
counts d^k less in such payoffs; with ``players="periods"`` every side has a player for each month,
paid in that month's units, and agents' logit equilibria are those of this package in every month.

Not in the file: prior weights of acts (see ``weights``), and triggers that read beliefs, which are
refused if B has more than one type.

Units: stake units (table games: payoff units), times lambda if a precision is given.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import _expressions as ex
from offramp.game import Game, TableGame
from offramp.solution._choice import stake_precision
from offramp.solution._efg_play import Play
from offramp.solution._efg_tables import Tables
from offramp.solution._efg_text import LIMIT, Count, Expand, Place, Player, Weights, count, write
from offramp.solution._induction import Values, terminal_values
from offramp.solution._solution import DEFAULT_PRECISION

Floats = NDArray[np.float64]
Players = Literal["sides", "periods"]

SAME = 1e-12
"""Values that differ by less do not depend on beliefs (stake units)."""


def to_efg(
    game: Game | TableGame,
    months: int | None = None,
    start: int | None = None,
    *,
    precision: float | tuple[float, float] | None = None,
    continuation: Values | None = None,
    weights: Weights = "note",
    players: Players = "sides",
    limit: int = LIMIT,
) -> str:
    """The extensive form of a small game as ``.efg`` text.

    Args:
        game: A compiled game, or a table game, which is written whole.
        months: Months of play, 1 by default (compiled games only, as the next).
        start: First month, 0 by default; play opens there in the game's opening state and beliefs.
        precision: If given, payoffs are multiplied so that lambda = 1 is this precision: kappa per
            round for a compiled game, lambda per payoff unit, common or (A, B), for a table game.
        continuation: Solved values to end with, in place of end values by B's type that do not
            depend on beliefs. They must not depend on beliefs either.
        weights: "note": acts have equal weight in the file, and its comment says which weights
            the game gives them; "copies": acts are repeated in proportion to their weights.
        players: "sides": two players; "periods": each side is one player for each period in which it
            chooses, paid in units of that period.
        limit: Most nodes.

    Raises:
        ValueError: for a tree above the limit, and for what a tree cannot say (see the module).
    """
    if weights not in ("note", "copies") or players not in ("sides", "periods"):
        raise ValueError(
            f"weights must be 'note' or 'copies' and players 'sides' or 'periods', got {weights!r} "
            f"and {players!r}"
        )
    if isinstance(game, TableGame):
        return _table(game, months, start, precision, continuation, weights, players, limit)
    if isinstance(precision, tuple):
        raise ValueError("a compiled game has one precision per round for both sides")
    first, last = _span(game, months, start)
    _refuse_beliefs(game)
    end_a, end_b, ending = _end(game, last, continuation)
    play = Play(game, first, last, end_a, end_b)
    reduce = (
        "write fewer months, or compile the crisis with fewer offers, positions or types (a coarser "
        "resolution)"
    )
    found = count(play.expand, play.root, weights, limit, reduce)
    names = (game.crisis.blocs["A"].name, game.crisis.blocs["B"].name)
    kappa = DEFAULT_PRECISION if precision is None else precision
    lam = tuple(stake_precision(kappa, d, game.protocol.spacing) for d in game.discount)
    period = f"month {first}" if last == first + 1 else f"months {first} to {last - 1}"
    comment = [
        f"{game.crisis.title}: {game.plan.name or game.plan_id}, resolution {game.resolution.name}, "
        f"{period}. {found.nodes:,} nodes. Written by Offramp.",
        f"{names[0]} sees everything but the type of {names[1]}, which the first move draws with the "
        "opening beliefs."
        if play.root.at[0] == "type"
        else "Complete information.",
        f"Payoffs: flows of the month weighed (1 - d) and lumps, discounted to month {first}, d = "
        f"{game.discount[0]:g} and {game.discount[1]:g} a month, and an end value: {ending}.",
        "Once nobody can choose any more, nature's moves are averaged in the payoffs.",
    ]
    if game.credibility < 1 and any(game.automaton.trigger):
        comment.append("Whether the plan is followed: as the other side believes.")
    units = ("stake units", f"precision {kappa:g} per round", "month")
    return _file(
        game.crisis.title, comment, names, game.discount, first, units, (lam[0], lam[1]),
        precision is not None, play.expand, play.root, found, weights, players,
    )  # fmt: skip


def _table(
    game: TableGame, months: int | None, start: int | None,
    precision: float | tuple[float, float] | None, continuation: Values | None,
    weights: Weights, players: Players, limit: int,
) -> str:  # fmt: skip
    """The file of a table game."""
    if months is not None or start is not None or continuation is not None:
        raise ValueError(
            "a table game is written whole: months, start and continuation are for compiled games"
        )
    given = 1.0 if precision is None else precision
    lam = given if isinstance(given, tuple) else (given, given)
    if not all(0 < x < math.inf for x in lam):
        raise ValueError(f"precision must be positive and finite, got {precision!r}")
    tables = Tables(game)
    found = count(
        tables.expand, tables.root, weights, limit, "give the game fewer periods, states or acts"
    )
    d = game.discount
    comment = [
        f"{game.title}: {game.periods} period{'s' if game.periods > 1 else ''}, discount factors "
        f"{d[0]:g} and {d[1]:g}. {found.nodes:,} nodes. Written by Offramp.",
        "A sees everything but B's type, which the first move draws, and private kinds."
        if len(game.types) > 1
        else "",
    ]
    units = ("the units of the tables", f"precision {lam[0]:g} and {lam[1]:g}", "period")
    return _file(
        game.title, [line for line in comment if line], ("A", "B"), d, 0, units, lam,
        precision is not None, tables.expand, tables.root, found, weights, players,
    )  # fmt: skip


def _file(
    title: str, comment: list[str], names: tuple[str, str], discount: tuple[float, float],
    first: int, units: tuple[str, str, str], lam: tuple[float, float], scaled: bool, expand: Expand,
    root: Place, found: Count, weights: Weights, players: Players,
) -> str:  # fmt: skip
    """Say what payoffs and weights are, name the players, and write."""
    word = units[2]
    base = lam if scaled else (1.0, 1.0)
    if scaled:
        comment.append(
            f"Payoffs are in {units[0]} times {lam[0]:.17g} ({names[0]}) and {lam[1]:.17g} "
            f"({names[1]}): lambda 1 is {units[1]}."
        )
    else:
        comment.append(f"Payoffs are in {units[0]}.")
        if units[1].endswith("round"):
            comment.append(
                f"Lambda {lam[0]:.17g} for {names[0]} and {lam[1]:.17g} for {names[1]} is {units[1]}."
            )
    list_of = [
        Player(f"{names[side]}, {word} {t}", side, t, base[side] * discount[side] ** (first - t))
        for side, t in sorted(found.movers)
    ]
    if players == "sides" or not list_of:
        list_of = [Player(names[side], side, None, base[side]) for side in (0, 1)]
        if any(discount[side] < 1 and t > first for side, t in found.movers):
            comment.append(
                "Later choices count less by the discount factor in these payoffs, so quantal "
                "responses of later periods are noisier here than in Offramp, which measures each in "
                "units of its own period; players='periods' writes them the same."
            )
    if found.uneven:
        comment.append(
            "Acts have equal prior weights in this file. Offramp gives these less weight than the "
            "heaviest act of their choice, by this factor."
        )
        for side, name in enumerate(names):
            said = [
                f"{label} {' or '.join(sorted(shares))}"
                for (who, label), shares in sorted(found.uneven.items())
                if who == side
            ]
            if said:
                comment.append(f"{name}: {', '.join(said)}.")
    elif weights == "copies":
        comment.append("Acts are repeated in proportion to their prior weights.")
    else:
        comment.append("All acts of a choice have the same prior weight.")
    return write(title, comment, list_of, expand, root, weights)


def _span(game: Game, months: int | None, start: int | None) -> tuple[int, int]:
    """First month and the month at which the tree ends."""
    first = 0 if start is None else start
    last = first + (1 if months is None else months)
    if first < 0 or last <= first or last > game.months:
        raise ValueError(
            f"months {first} to {last - 1} cannot be written: the game has months 0 to "
            f"{game.months - 1}, and at least one is needed"
        )
    return first, last


def _refuse_beliefs(game: Game) -> None:
    """Refuse triggers that read beliefs that move."""
    if np.count_nonzero(game.opening) < 2:
        return
    for trigger in game.automaton.trigger:
        read = [] if trigger is None else [n for n, _ in ex.names(trigger) if "belief" in n]
        if read:
            raise ValueError(
                f"plan {game.plan_id!r} has a trigger on {', '.join(read)}: a game tree has no beliefs "
                "to read; export another plan, or a crisis with one type"
            )


def _end(game: Game, last: int, given: Values | None) -> tuple[Floats, Floats, str]:
    """End values of A and B, (nS, types) each, and what they are."""
    shape = (game.layout.size, len(game.types))
    if given is None:
        cut = replace(game, months=last, chance=game.chance[:last])
        a, b = terminal_values(cut)
        said = (
            "the same flows and chances for ever without talks"
            if game.terminal is None
            else "the crisis's own numbers for what is still open, settlements kept for ever"
        )
        return np.repeat(a[:, None], shape[1], axis=1), b.T, said + ", by type, at any belief"
    if given.a.shape[:3] != (game.months + 1, *shape):
        raise ValueError("`continuation` holds the values of another game")
    ends = []
    for table in (given.a[last], given.b[last]):
        if np.ptp(table, axis=2).max() > SAME:
            raise ValueError(
                f"the values given for month {last} depend on beliefs, which a game tree cannot read; "
                "leave `continuation` out"
            )
        ends.append(table[:, :, 0])
    return ends[0], ends[1], f"solved values of month {last}"
