"""What A can give to make a deal at least as good as waiting for B, and what each thing costs.

*Terms.* A divisible issue moves towards B within what A lets onto the table, within every hard red line and
without crossing a further line of A's own; nothing that is offered is taken back. A move of issue m from x to y
is worth to a side::

    dW_i = sum_v influence_v [ W_v(.. y ..) - W_v(.. x ..) ]

Pieces between breakpoints (voices' ideals, lines) are straight with linear loss, so that giving the pieces in
the order of A's cost per unit of B's gain is the cheapest way to a wanted gain: the fractional knapsack,
which is the log-rolling order of :func:`offramp.theory.logroll_order` when each issue is one piece.
Quadratic losses are cut into short pieces.

*Instruments.* Other points of issues that cannot be divided (the wording of the guarantee goes with them), a
fuller relief schedule, and levers that take audience cost off B (a ladder out).

Units: stake of each side itself; issues in [0, 1].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deter_runs import levers_of
from offramp.crisis import Crisis, Plan
from offramp.game import Game
from offramp.game._offers import guarantee_at
from offramp.game._preferences import EDGE, Stakes, on_the_table

Floats = NDArray[np.float64]

PIECES = 20
"""Pieces into which a way along an issue with quadratic loss is cut."""
LEAST = 1e-9
"""Gains of B up to this are no gains."""


@dataclass(frozen=True)
class Piece:
    """A straight part of the way along an issue: from ``start`` to ``end``, B's gain and A's cost.

    ``whole``: a red line of B's is met at its end, so that a part of it gives less than its share.
    """

    issue: int
    start: float
    end: float
    gain: float
    cost: float
    whole: bool


@dataclass(frozen=True)
class Filled:
    """Terms that give B a wanted gain at the least cost to A's W; ``short`` is what they cannot give."""

    terms: tuple[float, ...]
    cost: float
    short: float


@dataclass(frozen=True)
class Instrument:
    """A concession other than terms: ``kind`` is ``point``, ``relief`` or ``ladder``.

    Attributes:
        key: What it is called among the others.
        issue, at: Of a point: the issue and its new place.
        word: Of relief: the schedule.
        lever: Of a ladder: the lever that is on from the first day.
    """

    key: str
    kind: str
    issue: int = -1
    at: float = 0.0
    word: str = ""
    lever: str = ""


def limits_of(game: Game, terms: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest place of every issue to which A may move it from ``terms``."""
    stakes = game.stakes
    low, high = np.zeros(len(terms)), np.maximum(on_the_table(game.crisis), terms)
    for line in stakes.lines:
        m = line.issue
        mine = line.actor in stakes.voices and stakes.side[stakes.voices.index(line.actor)] == 0
        if not (line.hard or mine) or line.sign * (terms[m] - line.bound) > EDGE:
            continue
        if line.sign > 0:
            high[m] = min(high[m], line.bound)
        else:
            low[m] = max(low[m], line.bound)
    return np.minimum(low, terms), np.maximum(high, terms)


def pieces(game: Game, terms: Floats, without: Iterable[int] = ()) -> list[Piece]:
    """Pieces of every divisible issue that give B something, cheapest per unit of its gain first."""
    stakes, low_high = game.stakes, limits_of(game, terms)
    found: list[Piece] = []
    left = set(without)
    for m, issue in enumerate(game.crisis.issues.values()):
        if not issue.divisible or m in left:
            continue
        for end in (low_high[0][m], low_high[1][m]):
            found += _way(stakes, terms, m, float(end))
    return sorted(found, key=lambda p: (p.cost / p.gain, p.issue, abs(p.start - terms[p.issue])))


def _way(stakes: Stakes, terms: Floats, m: int, end: float) -> list[Piece]:
    start = float(terms[m])
    if abs(end - start) < EDGE:
        return []
    stops = {start, end}
    stops |= {float(x) for x in stakes.ideal[:, m]}
    stops |= {line.bound for line in stakes.lines if line.issue == m}
    if stakes.exponent == 2:
        stops |= {float(x) for x in np.linspace(start, end, PIECES + 1)}
    inside = [x for x in stops if min(start, end) <= x <= max(start, end)]
    row = np.tile(terms, (len(inside), 1))
    row[:, m] = sorted(inside, reverse=end < start)
    worth, fines = stakes.signed(row), stakes.bloc(stakes.penalties(row), 1)
    a, b = stakes.bloc(worth, 0), stakes.bloc(worth, 1)
    found = []
    for i, j in pairwise(range(len(row))):
        gain, cost = float(b[j] - b[i]), float(a[i] - a[j])
        if gain <= LEAST:
            break  # beyond a place that B does not want, nothing further is given
        found.append(
            Piece(
                m, float(row[i, m]), float(row[j, m]), gain, cost, abs(fines[j] - fines[i]) > EDGE
            )
        )
    return found


def filled(
    game: Game, terms: Sequence[float], wanted: float, without: Iterable[int] = ()
) -> Filled:
    """The cheapest terms for A that are worth ``wanted`` more to B."""
    start = np.array(terms, dtype=float)
    at, cost, left = start.copy(), 0.0, wanted
    for piece in pieces(game, start, without):
        if left <= LEAST and piece.cost >= 0:
            continue
        if abs(at[piece.issue] - piece.start) > EDGE:
            continue  # an earlier part of this way was not given
        share = 1.0 if piece.cost < 0 or piece.whole else min(1.0, left / piece.gain)
        at[piece.issue] = piece.start + share * (piece.end - piece.start)
        cost += share * piece.cost
        left -= share * piece.gain
    return Filled(tuple(float(x) for x in at), cost, max(0.0, left))


def instruments(game: Game, contract: str) -> list[Instrument]:
    """What can be given besides terms that are divided."""
    crisis, stakes = game.crisis, game.stakes
    base = crisis.contracts[contract]
    terms = np.array([base.terms[m] for m in stakes.issues])
    found: list[Instrument] = []
    for m, (key, issue) in enumerate(crisis.issues.items()):
        if issue.divisible:
            continue
        limit = max(float(on_the_table(crisis)[m]), float(terms[m]))
        for point in issue.points:
            row = terms.copy()
            row[m] = point
            if abs(point - terms[m]) < EDGE or point > limit + EDGE:
                continue
            if bool(stakes.feasible(row[None])[0]):
                found.append(Instrument(f"{key}@{point:g}", "point", issue=m, at=float(point)))
    shares = crisis.relief.schedules
    for word, share in sorted(shares.items(), key=lambda pair: pair[1]):
        if share > shares[base.relief] and word in ("none", "partial", "phased", "full"):
            found.append(Instrument(f"relief@{word}", "relief", word=word))
    found += [Instrument(f"ladder@{k}", "ladder", lever=k) for k in ladders(crisis, game.plan)]
    return found


FACE = ("blocs.B.audience.cost", "blocs.B.audience.vagueness")
"""Numbers whose shift by a lever saves B's leader face."""


def ladders(crisis: Crisis, plan: Plan) -> tuple[str, ...]:
    """Levers, not yet in the plan, that take audience cost off B."""
    used = levers_of(plan)
    found = []
    for key, lever in crisis.levers.items():
        cost, vague = (lever.shifts.get(path) for path in FACE)
        helps = (cost is not None and cost.value < 0) or (vague is not None and vague.value > 0)
        if helps and key not in used and not lever.needs:
            found.append(key)
    return tuple(found)


def changed_contract(
    crisis: Crisis, contract: str, terms: Sequence[float], given: Iterable[Instrument] = ()
) -> dict[str, Any]:
    """The contract with other terms and what instruments change in it, as an entry of the file."""
    base = crisis.contracts[contract]
    at = np.array(terms, dtype=float)
    relief = base.relief
    moved_point = False
    for one in given:
        if one.kind == "point":
            at[one.issue] = one.at
            moved_point = True
        elif one.kind == "relief":
            relief = one.word  # type: ignore[assignment]
    guarantee = base.guarantee
    if moved_point:
        guarantee = guarantee_at(crisis, at) or guarantee
    plain = base.model_dump(mode="json")
    places = dict(zip(crisis.issues, (float(x) for x in at), strict=True))
    return {**plain, "terms": places, "relief": relief, "guarantee": guarantee}


def with_point(terms: Sequence[float], given: Iterable[Instrument]) -> tuple[float, ...]:
    """Terms after the points among instruments are taken."""
    at = list(terms)
    for one in given:
        if one.kind == "point":
            at[one.issue] = one.at
    return tuple(at)
