"""A solved table game: named access to its policies, probabilities and values, and its certificate.

Certificate: ``residual`` is the largest fixed-point residual (log-odds for signals, probability for
simultaneous moves) at beliefs reached with probability above 1e-6; ``unsolved`` the
probability-weighted share of choices above ``TOLERANCE``; ``mass_error`` and ``martingale_error``
the departures from conservation of probability and of each type's probability.

Units: payoffs as in the game; probabilities in [0, 1]; periods from 0 to T, where T is the moment when
time is up. Names that do not exist raise ``KeyError``, questions without an answer ``ValueError``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.game._tables import ACCEPT, Node, TableGame
from offramp.solution._table_nodes import After, Play, play

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest residual of a choice that counts as solved."""


@dataclass(frozen=True)
class Visit:
    """What happens in one state of one period: beliefs (types, lanes), mass (lanes,), and play."""

    belief: Floats
    mass: Floats
    played: Play | None
    value_a: Floats
    value_b: Floats


@dataclass(frozen=True, repr=False)
class TableSolution:
    """A solved table game.

    Attributes:
        game: The game.
        precision: lambda of A and B per payoff unit.
        mode: "logit" or "exact".
        values_a, values_b: By period, state, type and grid belief, (T + 1, nS, types, NB); nan where
            a state is not asked for.
        visits: By period and index of state; period T holds what is left when time is up.
        residual, unsolved, mass_error, martingale_error: The certificate, see the module.
        branch_points: (period, state, lambda) at which a simultaneous move's principal branch
            crosses another one; if there are any, other equilibria exist beside the one shown.
    """

    game: TableGame
    precision: tuple[float, float]
    mode: str
    values_a: Floats
    values_b: Floats
    visits: tuple[dict[int, Visit], ...]
    residual: float
    unsolved: float
    mass_error: float
    martingale_error: float
    branch_points: tuple[tuple[int, str, float], ...]
    trace: bool

    def __repr__(self) -> str:
        return f"<TableSolution of {self.game!r}, {self.mode}, residual {self.residual:.2g}>"

    @property
    def met(self) -> bool:
        """Whether every choice that is reached is solved and probability is conserved."""
        return self.unsolved == 0 and self.mass_error <= 1e-12 and self.martingale_error <= 1e-9

    def reach(self, state: str, type: str | None = None, period: int | None = None) -> float:
        """Expected number of visits to a state (of ends: the probability), given B's type or not.

        Periods run from 0 to T; T counts what is there when time is up. None: all periods.
        """
        i, total = self.game.index(state), 0.0
        periods = range(self.game.periods + 1) if period is None else [self._period(period)]
        for t in periods:
            visit = self.visits[t].get(i)
            if visit is not None:
                total += float((visit.mass * self._weight(visit, type)).sum())
        return total

    def chance(self, state: str, act: str, type: str | None = None, period: int = 0) -> float:
        """Probability of an act (row, column, outcome, answer), given that its state is reached.

        With ``type``, given also that B is of that type.

        Raises:
            ValueError: if the state is not reached in that period; see :meth:`policy`.
            KeyError: for unknown names.
        """
        i = self.game.index(state)
        visit = self._visited(i, period)
        picks = _picks(self.game.nodes[i], act)
        assert visit.played is not None
        by_type = visit.played.share[:, picks].sum(1)
        joint = visit.mass * visit.belief
        if type is not None:
            j = self._type(type)
            return float(joint[j] @ by_type[j] / joint[j].sum())
        return float((joint * by_type).sum() / visit.mass.sum())

    def policy(
        self, state: str, type: str | None = None, period: int = 0, belief: object = None
    ) -> dict[str, float]:
        """Probability of every act at a belief (default: the prior), reached or not."""
        i = self.game.index(state)
        node = self.game.nodes[i]
        mu = self._belief(belief)
        found = self._play(i, self._period(period), mu)
        weight = mu[:, 0] if type is None else np.eye(len(mu))[self._type(type)]
        names = (*node.rows, *node.columns) if node.kind == "both" else node.acts
        return {a: float(weight @ found.share[:, _picks(node, a), 0].sum(1)) for a in names}

    def value(
        self, side: Literal["A", "B"], state: str, type: str | None = None, period: int = 0,
        belief: object = None,
    ) -> float:  # fmt: skip
        """Expected payoff of a side from a state on, discounted to that period.

        Args:
            side: "A" or "B".
            state: The state.
            type: Given B's type; None: expected over types.
            period: The period.
            belief: A belief over types; None: the beliefs with which the state is reached.

        Raises:
            ValueError: if no belief is given and the state is not reached in that period.
        """
        if side not in ("A", "B"):
            raise ValueError(f"side must be 'A' or 'B', got {side!r}")
        i, t = self.game.index(state), self._period(period)
        if belief is None and len(self.game.types) > 1:
            visit = self._visited(i, t)
            value = visit.value_a if side == "A" else visit.value_b
            joint = visit.mass * visit.belief
        else:
            joint = self._belief(belief)
            node = self.game.nodes[i]
            if node.kind == "end" or t == self.game.periods:
                if math.isnan(node.end_a):
                    raise ValueError(f"state {state!r} has no worth when time is up (at_end)")
                value = np.full_like(joint, node.end_a) if side == "A" else node.end_b[:, None]
            else:
                found = self._play(i, t, joint)
                value = found.value_a if side == "A" else found.value_b
        if type is None:
            return float((joint * value).sum() / joint.sum())
        j = self._type(type)
        return float(joint[j] @ value[j] / joint[j].sum()) if joint[j].sum() else float(value[j, 0])

    def belief(self, state: str, period: int = 0) -> dict[str, float]:
        """Mean belief over B's types on reaching a state in a period."""
        visit = self._visited(self.game.index(state), period)
        mean = visit.belief @ visit.mass / visit.mass.sum()
        return dict(zip(self.game.types, mean.tolist(), strict=True))

    def proposal(self, state: str, period: int = 0) -> float:
        """The point tau that is proposed, at the prior belief."""
        i = self.game.index(state)
        if self.game.nodes[i].kind != "proposal":
            raise ValueError(f"nothing is proposed in state {state!r}")
        return float(self._play(i, self._period(period), self._belief(None)).tau[0])

    # --- Inside ------------------------------------------------------------------------------

    def _play(self, i: int, t: int, belief: Floats) -> Play:
        node = self.game.nodes[i]
        if node.kind == "end" or t == self.game.periods:
            raise ValueError(f"nothing is chosen in state {node.name!r} in period {t}")
        after = after_acts(self.game, node, t, self.values_a, self.values_b)
        return play(node, after, belief, self.game.grid, self.precision, self.trace)

    def _visited(self, i: int, period: int) -> Visit:
        visit = self.visits[self._period(period)].get(i)
        name = self.game.nodes[i].name
        if visit is None:
            raise ValueError(
                f"state {name!r} is not reached in period {period}; ask policy(...) or "
                "value(..., belief=...) what would happen there"
            )
        return visit

    def _weight(self, visit: Visit, type: str | None) -> Floats:
        if type is None:
            return np.ones(len(visit.mass))
        j = self._type(type)
        return np.asarray(visit.belief[j] / self.game.prior[j])

    def _type(self, name: str) -> int:
        if name not in self.game.types:
            raise KeyError(f"no type {name!r}; there are {', '.join(self.game.types)}")
        return self.game.types.index(name)

    def _period(self, period: int) -> int:
        if not 0 <= period <= self.game.periods:
            raise ValueError(f"period must lie in 0..{self.game.periods}, got {period!r}")
        return period

    def _belief(self, belief: object) -> Floats:
        mu = self.game.prior if belief is None else np.asarray(belief, dtype=float)
        if mu.shape != self.game.prior.shape or (mu < 0).any() or abs(mu.sum() - 1) > TOLERANCE:
            raise ValueError(f"a belief must be {len(self.game.types)} shares that sum to 1")
        return mu[:, None]


def after_acts(game: TableGame, node: Node, t: int, a: Floats, b: Floats) -> After:
    """Discounted values after each act of a state in period t."""
    step = node.later.astype(int)
    scale = np.where(node.later[:, None], game.discount, 1.0)[:, :, None, None]
    return After(a[t + step, node.to] * scale[:, 0], b[t + step, node.to] * scale[:, 1])


def _picks(node: Node, act: str) -> list[int]:
    """Indices of the acts that a name stands for."""
    if node.kind == "both":
        c = len(node.columns)
        if act in node.rows:
            return [node.rows.index(act) * c + j for j in range(c)]
        if act in node.columns:
            return [i * c + node.columns.index(act) for i in range(len(node.rows))]
    elif node.kind == "proposal" and act == ACCEPT:
        return [0, 1]
    if act not in node.acts:
        raise KeyError(f"no act {act!r} in state {node.name!r}")
    return [node.acts.index(act)]
