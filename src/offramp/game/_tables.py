"""A game written down directly as tables: states, what happens in each, where it leads.

A table game has T periods, a list of states and a start. A state is one of

* ``End(a, b)``: play stops; A gets ``a``, B's type theta gets ``b_theta``;
* ``Chance``: nature moves, with probabilities that may depend on B's type (then the outcome is
  evidence and beliefs follow Bayes' rule);
* ``MoveA``: A chooses an act; it does not know B's type and reckons with its belief mu;
* ``MoveB``: B chooses, knowing its type, so every act is a signal;
* ``MoveBoth``: both choose at once; every pair (row, column) has a post-state and payments, which
  may depend on *private kinds*, drawn for one side for this state alone and never shown;
* ``Proposal``: one side names a point tau in [0, 1]; the other accepts or does something else. A deal
  at tau is worth ``(1 - tau) V(low) + tau V(high)`` to either side.

With s' the post-state of act k, and t' = t + 1 (discounted by delta_i) if the act is ``later`` or t'
= t (not discounted) if not, the payoff of act k in state s of period t is::

    Q_i(k) = lump_i(k) + delta_i^(t' - t) V_i(t', s', mu'),      V_i = flow_i(s) + E[Q_i]

so a flow is paid once per visit and lumps when the act is taken. Acts of one period must not run
in a circle. A state that can be entered when time is up (after T periods) needs ``at_end``, its
worth to both. Lumps, flows and ends may be one number or a number for each of B's types.

Weights w are prior weights of logit choice, 0 for an act that is not available. Acts may be grouped
in *nests*: weights inside a nest sum to 1 and the nest has a weight of its own. ``top`` is the
precision among nests and single acts as a share of the precision inside nests.

Units: payoffs in one unit per side ("stake units" if lambda is to be compared with a crisis);
probabilities in [0, 1]; discount factors per period in (0, 1].

Source: extensive-form games with perfect recall of public acts; multi-level logit as in McFadden
(1978). Raises :class:`offramp.game.CompileError` with everything that is wrong in one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offramp.game._beliefs import BeliefGrid, simplex_grid
from offramp.game._game import CompileError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
ByType = float | Mapping[str, float]
"""One number for all of B's types, or one for each."""
Kind = Literal["end", "chance", "a", "b", "both", "proposal"]
ACCEPT = "accept"
"""Name of the answer that every proposal has."""


@dataclass(frozen=True)
class Act:
    """Something a side can do.

    Attributes:
        name: Unique among the acts of its state.
        to: The state it leads to.
        weight: Prior weight; in a nest, the share of the nest.
        a, b: Lumps paid to A and to B (by type) when it is taken.
        nest: The nest it belongs to.
        later: Whether the post-state is in the next period.
    """

    name: str
    to: str
    weight: float = 1.0
    a: float = 0.0
    b: ByType = 0.0
    nest: str | None = None
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What all states but ends share: flows per visit, and worth when time is up (A's, B's)."""

    flow_a: float = 0.0
    flow_b: ByType = 0.0
    at_end: tuple[float, ByType] | None = None


@dataclass(frozen=True)
class End:
    """Play stops; ``a`` to A and ``b`` to B (by type)."""

    a: float
    b: ByType


@dataclass(frozen=True)
class Chance(_Place):
    """Nature moves: probability of each next state, one number or one for each of B's types."""

    to: Mapping[str, ByType]
    later: bool = False


@dataclass(frozen=True)
class MoveA(_Place):
    """A moves. ``nests`` names the weight of each nest; ``top`` see the module."""

    acts: Sequence[Act]
    nests: Mapping[str, float] = field(default_factory=dict)
    top: float = 1.0


@dataclass(frozen=True)
class MoveB(_Place):
    """B moves, knowing its type. Fields as in :class:`MoveA`."""

    acts: Sequence[Act]
    nests: Mapping[str, float] = field(default_factory=dict)
    top: float = 1.0


@dataclass(frozen=True)
class MoveBoth(_Place):
    """Both move at once.

    Attributes:
        rows, columns: Names of A's and of B's acts, all different.
        to: Post-state of every pair: a name for all, or a table [row][column] of names.
        pay_a, pay_b: Payments, shape (rows, columns), or (kinds, rows, columns) if that side has
            private kinds.
        kinds_a, kinds_b: Probabilities of private kinds, by name.
        row_weights, column_weights: Prior weights, 1 each by default.
        later: Whether post-states are in the next period.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    to: str | Sequence[Sequence[str]]
    pay_a: ArrayLike = 0.0
    pay_b: ArrayLike = 0.0
    kinds_a: Mapping[str, float] = field(default_factory=lambda: {"A": 1.0})
    kinds_b: Mapping[str, float] = field(default_factory=lambda: {"B": 1.0})
    row_weights: Sequence[float] | None = None
    column_weights: Sequence[float] | None = None
    later: bool = False


@dataclass(frozen=True)
class Proposal(_Place):
    """One side proposes a point between two states; the other accepts or answers otherwise.

    Attributes:
        by: The proposer, "A" or "B".
        low, high: States of the deals at tau = 0 and tau = 1.
        answers: What the other side may do instead of accepting.
        accept_weight: Prior weight of accepting.
        later: Whether ``low`` and ``high`` are in the next period.
    """

    by: Literal["A", "B"]
    low: str
    high: str
    answers: Sequence[Act]
    accept_weight: float = 1.0
    later: bool = False


State = End | Chance | MoveA | MoveB | MoveBoth | Proposal


@dataclass(frozen=True)
class Node:
    """A state as arrays; K acts, outcomes, or pairs (row-major); theta runs over B's types.

    ``to``, ``later``, ``weight``, ``lump_a`` have shape (K,), ``lump_b`` and ``chance`` (types, K).
    ``nest`` is the nest of each act (every single act is a nest of one with weight ``weight`` and
    inner weight 1), ``nest_weight`` the weight of each nest. ``end_a`` and ``end_b`` are the worth
    of an end, or of the state when time is up (nan where it is not asked for). A proposal's
    first two acts are acceptance, split between ``low`` and ``high``.
    """

    name: str
    kind: Kind
    acts: tuple[str, ...]
    to: Ints
    later: Bools
    weight: Floats
    lump_a: Floats
    lump_b: Floats
    chance: Floats
    nest: Ints
    nest_weight: Floats
    top: float
    flow_a: float
    flow_b: Floats
    end_a: float
    end_b: Floats
    by: str = ""
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    row_weight: Floats = field(default_factory=lambda: np.ones(0))
    column_weight: Floats = field(default_factory=lambda: np.ones(0))
    kinds_a: Floats = field(default_factory=lambda: np.ones(1))
    kinds_b: Floats = field(default_factory=lambda: np.ones(1))
    pay_a: Floats = field(default_factory=lambda: np.zeros((1, 0, 0)))
    pay_b: Floats = field(default_factory=lambda: np.zeros((1, 0, 0)))


@dataclass(frozen=True, repr=False)
class TableGame:
    """A game as tables, checked.

    Attributes:
        nodes: The states.
        start: Index of the opening state.
        order: Indices of the states so that acts of one period lead to earlier entries.
        types: Names of B's types; ``prior`` their probabilities.
        periods: Number of periods T.
        discount: Discount factors per period (A, B).
        grid: Belief grid (one frozen belief where nothing can be learned that matters).
        informative: Names of the states at which A can learn something it may use.
    """

    title: str
    nodes: tuple[Node, ...]
    start: int
    order: tuple[int, ...]
    types: tuple[str, ...]
    prior: Floats
    periods: int
    discount: tuple[float, float]
    grid: BeliefGrid
    informative: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"<TableGame {self.title}: {len(self.nodes)} states, {len(self.types)} types, "
            f"{self.grid.size} beliefs, {self.periods} periods>"
        )

    @property
    def size(self) -> dict[str, int]:
        """Numbers of states, belief-states, periods, types and acts."""
        return {
            "states": len(self.nodes),
            "belief_states": len(self.nodes) * self.grid.size,
            "periods": self.periods,
            "types": len(self.types),
            "actions": sum(len(n.acts) for n in self.nodes if n.kind not in ("end", "chance")),
        }

    def index(self, state: str) -> int:
        """Index of a state.

        Raises:
            KeyError: if there is no state of that name.
        """
        for i, node in enumerate(self.nodes):
            if node.name == state:
                return i
        raise KeyError(f"no state {state!r} in this game")


def from_tables(
    states: Mapping[str, State],
    start: str,
    *,
    types: Mapping[str, float] | None = None,
    periods: int = 1,
    discount: float | tuple[float, float] = 1.0,
    belief_steps: int = 0,
    title: str = "tables",
) -> TableGame:
    """A game from tables.

    Args:
        states: The states by name.
        start: Name of the state in which period 0 opens.
        types: Prior probability of each of B's types; one type by default.
        periods: Number of periods.
        discount: Discount factor per period, common or (A, B).
        belief_steps: Steps per edge of the belief grid; needed where A can learn about B's type
            and act on it, otherwise leave 0.
        title: A name for messages.

    Raises:
        CompileError: listing everything that is wrong.
    """
    from offramp.game._table_checks import Checker

    kinds = {"B": 1.0} if types is None else types
    pair = discount if isinstance(discount, tuple) else (discount, discount)
    check = Checker(states, kinds, belief_steps)
    nodes = check.nodes()
    check.frame(start, periods, pair)
    order = check.order(nodes)
    informative = check.informative(nodes) if not check.wrong else ()
    if check.wrong:
        raise CompileError(
            f"{title}: these tables do not make a game\n"
            + "\n".join(f"- {text}" for text in check.wrong)
        )
    prior = np.array([float(p) for p in kinds.values()])
    prior /= prior.sum()
    if len(prior) == 1 or belief_steps:
        grid = simplex_grid(len(prior), belief_steps)
    else:
        grid = BeliefGrid(len(prior), 0, tuple(prior.tolist()))
    names = [node.name for node in nodes]
    return TableGame(
        title, nodes, names.index(start), order, tuple(kinds), prior, periods,
        (float(pair[0]), float(pair[1])), grid, informative,
    )  # fmt: skip
