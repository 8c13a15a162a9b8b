"""Functionals of one solve that several answers share.

*Holding.* The hold path is the distribution of public states if from month 0 nobody acts: nature and
the plan's triggers move, beliefs stay at their opening. *Waiting n months for contract x* is worth
to side i::

    wait_i(n) = sum_{t<n} (1 - delta_i) delta_i^t E u_i(t, s_t) + delta_i^n E S_i(n, s_n)

with S_i the continuation after signing x at month n (what has collapsed by then keeps its value).
wait(n) - wait(0) is the value of delay: positive, waiting pays; negative, it costs.

*Gap.* gap_i(x, t) = E[ C_i(signing x) + lump - C_i(nothing happens) | still open at month t on the
hold path ]: what side i gains by signing now rather than letting this round pass.

Units: stake of the side itself. Values of different sides share no unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.solution import Solution
from offramp.solution._induction import terminal_values

Floats = NDArray[np.float64]
OPEN_REGIMES = 2
"""Regimes up to this index (stand-off, war, ceasefire) are still open."""


@dataclass(frozen=True)
class HoldPath:
    """Distributions over states if nobody acts: (months+1, nS), after the triggers of each month."""

    chance: Floats


def hold_path(solution: Solution, months: int) -> HoldPath:
    """The hold path for months 0..months."""
    game = solution.game
    beliefs = np.tile(game.opening, (game.layout.size, 1))
    everywhere = np.arange(game.layout.size)
    p: Floats = np.zeros(game.layout.size)
    p[game.start] = 1.0
    rows: list[Floats] = []
    for t in range(months + 1):
        target = game.after_triggers(t, everywhere, beliefs)
        moved = np.bincount(target, p, game.layout.size).astype(np.float64)
        rows.append(moved)
        p = np.asarray(game.chance[t].T @ moved)
    return HoldPath(np.array(rows))


@dataclass(frozen=True)
class Waiting:
    """Value of waiting n months before signing, minus signing now.

    Attributes:
        months: n, 0..N.
        a: A's, shape (N+1,).
        b: B's by type, (types, N+1).
        voice: A's voices', kept settlements assumed, (voices, N+1).
        open_weight: Discounted share of the wait in which B's flow value of delay is paid, (N+1,).
        starts: First month in which a triggered step of the plan is more likely than not in force.
    """

    months: NDArray[np.intp]
    a: Floats
    b: Floats
    voice: Floats
    open_weight: Floats
    starts: int | None


def waiting(solution: Solution, offer: int, months: int) -> Waiting:
    """Value of delay for one contract.

    Args:
        solution: The solved game.
        offer: Index of the contract in ``game.offers``.
        months: Longest wait, below the solved months.
    """
    game = solution.game
    path = hold_path(solution, months)
    delta_a, delta_b = game.discount
    types, voices = len(game.types), len(game.voices)
    rows = game.moves.states
    index, share = game.grid.locate(game.opening[None])
    patience = np.array(
        [
            actor.patience.value if (actor := game.crisis.actors[v]).patience else delta_a
            for v in game.voices
        ]
    )

    def here(table: Floats) -> Floats:
        """(nS, types, NB) at the opening beliefs -> (nS, types)."""
        mixed: Floats = sum(share[v, 0] * table[:, :, index[v, 0]] for v in range(len(index)))
        return mixed

    total_a, total_b, total_v = 0.0, np.zeros(types), np.zeros(voices)
    out_a, out_b, out_v = [], [], []
    weight, paid = [], 0.0
    stage = np.array([node.stage for node in game.automaton.nodes])
    starts = None
    over = game.layout.regime > OPEN_REGIMES
    for n in range(months + 1):
        p = path.chance[n]
        c = solution.continuation(n)
        ca, cb = here(c.a) @ game.opening, here(c.b)
        signed_a, signed_b = np.zeros(game.layout.size), np.zeros((game.layout.size, types))
        signed_v = np.zeros((voices, game.layout.size))
        sign = game.moves.sign[:, offer]
        signed_a[rows] = ca[sign] + game.moves.lump_sign_a[:, offer]
        signed_b[rows] = cb[sign] + game.moves.lump_sign_b[:, offer][:, None]
        signed_v[:, rows] = game.flow_voice[:, n, sign]
        signed_a[over], signed_b[over] = ca[over], cb[over]
        signed_v[:, over] = game.flow_voice[:, n, over]
        out_a.append(total_a + delta_a**n * float(p @ signed_a))
        out_b.append(total_b + delta_b**n * (p @ signed_b))
        out_v.append(total_v + patience**n * (signed_v @ p))
        weight.append(paid)
        still = float(p[~over].sum())
        paid += (1 - delta_b) * delta_b**n * still
        begun = float(p[rows][stage[game.layout.node[rows]] > 0].sum())
        if starts is None and n > 0 and begun > still / 2:
            starts = n
        total_a += (1 - delta_a) * delta_a**n * float(p @ game.flow_a[n])
        total_b = total_b + (1 - delta_b) * delta_b**n * (game.flow_b[:, n] @ p)
        total_v = total_v + (1 - patience) * patience**n * (game.flow_voice[:, n] @ p)
    a, b, v = np.array(out_a), np.array(out_b).T, np.array(out_v).T
    return Waiting(
        np.arange(months + 1), a - a[0], b - b[:, :1], v - v[:, :1], np.array(weight), starts
    )


@dataclass(frozen=True)
class Gaps:
    """What each side gains by signing each contract rather than letting the round pass.

    Attributes:
        month: Month on the hold path.
        a: Shape (offers,); b: (offers, types).
        ratified: Chance of ratification by all voices with floors, (offers,).
    """

    month: int
    a: Floats
    b: Floats
    ratified: Floats

    def accepts_a(self, offer: int) -> bool:
        """A gains and its voices are more likely than not to ratify."""
        return bool(self.a[offer] >= 0 and self.ratified[offer] >= 0.5)

    def accepts_b(self, offer: int, theta: int) -> bool:
        """Type theta of B gains."""
        return bool(self.b[offer, theta] >= 0)


def gaps(solution: Solution, months: tuple[int, ...]) -> tuple[Gaps, ...]:
    """Gaps of every contract at the given months of the hold path."""
    game = solution.game
    path = hold_path(solution, max(months))
    rows, m = game.moves.states, game.moves
    index, share = game.grid.locate(game.opening[None])
    found = []
    for t in months:
        c = solution.continuation(t)
        weight = path.chance[t][rows]
        weight = weight / weight.sum()
        ca = sum(share[v, 0] * c.a[:, :, index[v, 0]] for v in range(len(index))) @ game.opening
        cb = sum(share[v, 0] * c.b[:, :, index[v, 0]] for v in range(len(index)))
        gain_a = ca[m.sign] + m.lump_sign_a - ca[rows][:, None]
        gain_b = cb[m.sign] + m.lump_sign_b[:, :, None] - cb[rows][:, None]
        found.append(
            Gaps(
                t,
                weight @ gain_a,
                np.einsum("s,sot->ot", weight, gain_b),
                weight @ m.ratify,
            )
        )
    return tuple(found)


def best_placed(solution: Solution, today: Gaps) -> int | None:
    """The named contract nearest to acceptance: first those that A gains from and its voices would
    ratify, then those ratified, and among these the one best for B over its types.

    None if the game has no contract; efficient terms stand in where the file names none.
    """
    offers = solution.game.offers
    named = [i for i, offer in enumerate(offers) if offer.contract is not None]
    if not offers:
        return None
    mean_b = today.b @ solution.game.opening
    return max(
        named or range(len(offers)),
        key=lambda i: (today.accepts_a(i), bool(today.ratified[i] >= 0.5), float(mean_b[i])),
    )


@dataclass(frozen=True)
class Span:
    """What each side could gain at all: from the stalemate to its best feasible deal.

    Kalai and Smorodinsky's normalisation: a value or a loss divided by the side's own span is a pure
    number, so that two sides can be compared. nan where a side has nothing to gain.
    """

    stalemate_a: float
    stalemate_b: float
    a: float
    b: float


def span(solution: Solution) -> Span:
    """Spans of A, and of B over its types, at the start."""
    game = solution.game
    end_a, end_b = terminal_values(game)
    at_start_a, at_start_b = float(end_a[game.start]), float(game.opening @ end_b[:, game.start])
    if not game.offers:
        return Span(at_start_a, at_start_b, float("nan"), float("nan"))
    best_a = float(game.stakes.bloc(game.signed_value, 0).max())
    best_b = float(game.stakes.bloc(game.signed_value, 1).max())
    return Span(
        at_start_a,
        at_start_b,
        best_a - at_start_a if best_a > at_start_a else float("nan"),
        best_b - at_start_b if best_b > at_start_b else float("nan"),
    )
