"""Checks of a game given as tables, and its states as arrays.

Everything that is wrong is collected in ``Checker.wrong``, one line each, so that it can be mended
in one go. Probabilities and weights of a nest may miss 1 by ``SUM_TOLERANCE`` (rounding of
hand-typed shares). A state *listens* if A may act in it or later; a state is *informative* if B's
act, or evidence, in it can reach a state that listens. Nothing here raises; the caller does.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offramp.game._tables import (
    ACCEPT,
    Act,
    ByType,
    Chance,
    End,
    Kind,
    MoveA,
    MoveB,
    MoveBoth,
    Node,
    Proposal,
    State,
    _Place,
)

Floats = NDArray[np.float64]

SUM_TOLERANCE = 1e-9
"""How far shares may be from summing to one."""


class Checker:
    """Turns states into arrays and lists what is wrong on the way."""

    def __init__(
        self, states: Mapping[str, State], types: Mapping[str, float], belief_steps: int
    ) -> None:
        self.states = states
        self.types = types
        self.belief_steps = belief_steps
        self.place = {name: i for i, name in enumerate(states)}
        self.wrong: list[str] = []

    # --- Small checks ------------------------------------------------------------------------

    def number(self, where: str, value: float) -> float:
        """A finite number."""
        try:
            read = float(value)
        except (TypeError, ValueError):
            self.wrong.append(f"{where} must be a number, got {value!r}")
            return 0.0
        if not math.isfinite(read):
            self.wrong.append(f"{where} must be finite, got {value!r}")
            return 0.0
        return read

    def by_type(self, where: str, value: ByType) -> Floats:
        """One number per type."""
        if not isinstance(value, Mapping):
            return np.full(len(self.types), self.number(where, value))
        for name in value:
            if name not in self.types:
                self.wrong.append(
                    f"{where} names the unknown type {name!r}{_near(name, self.types)}"
                )
        for name in self.types:
            if name not in value:
                self.wrong.append(f"{where} has no number for type {name!r}")
        return np.array([self.number(where, value.get(name, 0.0)) for name in self.types])

    def state(self, where: str, name: str) -> int:
        """Index of a state, -1 where there is none of that name."""
        if name not in self.place:
            self.wrong.append(
                f"{where} leads to the unknown state {name!r}{_near(name, self.place)}"
            )
            return -1
        return self.place[name]

    def weights(self, where: str, values: Floats) -> None:
        """Weights: none negative, at least one above 0."""
        if (values < 0).any():
            self.wrong.append(f"{where} has a negative weight")
        if not (values > 0).any():
            self.wrong.append(f"{where} has no act available: some weight must be above 0")

    def shares(self, where: str, values: Mapping[str, float]) -> Floats:
        """Probabilities that sum to 1, exactly so when handed on."""
        read = np.array([self.number(f"{where}, {k}", v) for k, v in values.items()])
        if not len(read):
            self.wrong.append(f"{where} must not be empty")
            return np.ones(1)
        if (read < 0).any():
            self.wrong.append(f"{where} has a negative probability")
        if abs(read.sum() - 1.0) > SUM_TOLERANCE:
            self.wrong.append(f"{where} must sum to 1, got {read.sum():.12g}")
            return np.full(len(read), 1.0 / len(read))
        return np.asarray(read / read.sum())

    def different(self, where: str, names: Sequence[str]) -> None:
        """Names that are all different."""
        twice = sorted(n for n, count in Counter(names).items() if count > 1)
        if twice:
            self.wrong.append(f"{where} uses a name twice: {', '.join(map(repr, twice))}")

    # --- The frame -----------------------------------------------------------------------------

    def frame(self, start: str, periods: int, discount: tuple[float, float]) -> None:
        """Start, types, periods, discount factors and the belief grid."""
        if start not in self.place:
            self.wrong.append(f"start is the unknown state {start!r}{_near(start, self.place)}")
        self.shares("the prior over types", self.types)
        if any(not p > 0 for p in self.types.values()):
            self.wrong.append("every type needs a prior probability above 0; drop the type instead")
        if periods != int(periods) or periods < 1:
            self.wrong.append(f"periods must be a whole number above 0, got {periods!r}")
        for side, delta in zip("AB", discount, strict=True):
            if not 0.0 < self.number(f"discount of {side}", delta) <= 1.0:
                self.wrong.append(f"discount of {side} must lie in (0, 1], got {delta!r}")
        if self.belief_steps != int(self.belief_steps) or self.belief_steps < 0:
            self.wrong.append(
                f"belief_steps must be a whole number of at least 0, got {self.belief_steps!r}"
            )

    def order(self, nodes: Sequence[Node]) -> tuple[int, ...]:
        """States so that acts of one period lead to earlier entries; circles are wrong."""
        done: dict[int, bool] = {}
        order: list[int] = []
        for root in range(len(nodes)):
            stack: list[tuple[int, int]] = [(root, 0)]
            while stack:
                i, at = stack.pop()
                if at == 0 and i in done:
                    continue
                done.setdefault(i, False)
                onward = sorted(set(nodes[i].to[~nodes[i].later].tolist()) - {-1})
                if at < len(onward):
                    stack.append((i, at + 1))
                    j = onward[at]
                    if done.get(j) is False:
                        self.wrong.append(
                            f"acts within one period run in a circle through {nodes[j].name!r} and "
                            f"{nodes[i].name!r}: make one of them later"
                        )
                    elif j not in done:
                        stack.append((j, 0))
                else:
                    done[i] = True
                    order.append(i)
        entered = {int(j) for node in nodes for j in node.to[node.later]} - {-1}
        for j in sorted(entered):
            if nodes[j].kind != "end" and math.isnan(nodes[j].end_a):
                self.wrong.append(
                    f"state {nodes[j].name!r} can be entered when time is up: give it at_end=(A, B)"
                )
        return tuple(order)

    def informative(self, nodes: Sequence[Node]) -> tuple[str, ...]:
        """States whose acts or evidence A may use, if there are several types."""
        if len(self.types) == 1:
            return ()
        listens = np.array([n.kind in ("a", "both", "proposal") for n in nodes])
        while True:
            more = listens | [bool(listens[n.to].any()) for n in nodes]
            if (more == listens).all():
                break
            listens = more
        found = []
        for node in nodes:
            heard = bool(len(node.to)) and bool(listens[node.to].any())
            if node.kind in ("both", "proposal"):
                who = "both sides move at once" if node.kind == "both" else "a proposal is answered"
                if heard:
                    self.wrong.append(
                        f"state {node.name!r}: {who} and B has types, so A must not act afterwards"
                    )
                if node.by == "B":
                    self.wrong.append(
                        f"state {node.name!r}: B proposes and has types; a continuous signal has no "
                        "solution here, list offers as acts of MoveB"
                    )
            elif heard and (
                (node.kind == "b" and (node.weight > 0).sum() > 1)
                or (node.kind == "chance" and (node.chance != node.chance[:1]).any())
            ):
                found.append(node.name)
        if found and not self.belief_steps:
            self.wrong.append(
                f"A can learn about B's type in {', '.join(map(repr, found))} and act on it: "
                "give belief_steps (50 to 200 for two types, 6 to 20 for three)"
            )
        return tuple(found)

    # --- States as arrays ----------------------------------------------------------------------

    def nodes(self) -> tuple[Node, ...]:
        """All states as arrays."""
        if not self.states:
            self.wrong.append("there must be at least one state")
        return tuple(self._node(name, state) for name, state in self.states.items())

    def _node(self, name: str, state: State) -> Node:
        where = f"state {name!r}"
        if isinstance(state, End):
            return self._make(name, "end", (), end=(state.a, state.b))
        if isinstance(state, Chance):
            return self._chance(name, state)
        if isinstance(state, MoveA | MoveB):
            acts = tuple(state.acts)
            node = self._make(name, "a" if isinstance(state, MoveA) else "b", acts, state)
            self.weights(where, node.weight)
            return self._nested(node, state)
        if isinstance(state, Proposal):
            if state.by not in ("A", "B"):
                self.wrong.append(f"{where}: by must be 'A' or 'B', got {state.by!r}")
            sides = [
                Act(f"{ACCEPT} {end}", to, state.accept_weight, later=state.later)
                for end, to in (("low", state.low), ("high", state.high))
            ]
            acts = (*sides, *state.answers)
            self.different(where, [ACCEPT, *(a.name for a in acts)])
            node = self._make(name, "proposal", acts, state, by=state.by)
            self.weights(where, node.weight)
            if not (node.weight[:1] > 0).all() or not (node.weight[2:] > 0).any():
                self.wrong.append(f"{where}: a proposal needs acceptance and another answer")
            if any(a.nest is not None for a in acts):
                self.wrong.append(f"{where}: answers to a proposal cannot be nested")
            return node
        if isinstance(state, MoveBoth):
            return self._both(name, state)
        self.wrong.append(f"{where} is not a state but {state!r}")
        return self._make(name, "end", (), end=(0.0, 0.0))

    def _make(
        self, name: str, kind: Kind, acts: Sequence[Act], state: _Place | None = None,
        end: tuple[float, ByType] | None = None, by: str = "",
    ) -> Node:  # fmt: skip
        where = f"state {name!r}"
        n = len(self.types)
        self.different(where, [a.name for a in acts])
        flow_a, flow_b = 0.0, np.zeros(n)
        if state is not None:
            flow_a = self.number(f"{where}, flow_a", state.flow_a)
            flow_b = self.by_type(f"{where}, flow_b", state.flow_b)
            end = state.at_end
        end_a, end_b = math.nan, np.full(n, math.nan)
        if end is not None:
            end_a = self.number(f"{where}, worth to A", end[0])
            end_b = self.by_type(f"{where}, worth to B", end[1])
        weight = np.array([self.number(f"{where}, act {a.name!r}, weight", a.weight) for a in acts])
        acts_b = [self.by_type(f"{where}, act {a.name!r}, b", a.b) for a in acts]
        return Node(
            name, kind, tuple(a.name for a in acts),
            np.array([self.state(f"{where}, act {a.name!r}", a.to) for a in acts], dtype=np.intp),
            np.array([a.later for a in acts], dtype=bool),
            weight,
            np.array([self.number(f"{where}, act {a.name!r}, a", a.a) for a in acts]),
            np.stack(acts_b, 1) if acts_b else np.zeros((n, 0)),
            np.zeros((n, len(acts))), np.arange(len(acts)), weight,
            1.0, flow_a, flow_b, end_a, end_b, by,
        )  # fmt: skip

    def _chance(self, name: str, state: Chance) -> Node:
        where = f"state {name!r}"
        acts = [Act(to, to, later=state.later) for to in state.to]
        rows = [self.by_type(f"{where}, chance of {k!r}", v) for k, v in state.to.items()]
        chance = np.stack(rows, 1) if rows else np.zeros((len(self.types), 0))
        if not rows:
            self.wrong.append(f"{where}: nature needs at least one outcome")
        if (chance < 0).any():
            self.wrong.append(f"{where} has a negative probability")
        total = chance.sum(1)
        for theta, sum_ in zip(self.types, total.tolist(), strict=True):
            if rows and abs(sum_ - 1.0) > SUM_TOLERANCE:
                said = f" given {theta!r}" if len(self.types) > 1 else ""
                self.wrong.append(f"{where}: probabilities{said} sum to {sum_:.12g}, not 1")
        node = self._make(name, "chance", acts, state)
        fixed = chance / np.where(total > 0, total, 1.0)[:, None]
        return replace(node, chance=fixed)

    def _nested(self, node: Node, state: MoveA | MoveB) -> Node:
        """Nests of a move: every single act is a nest of one."""
        where = f"state {node.name!r}"
        if not self.number(f"{where}, top", state.top) > 0:
            self.wrong.append(f"{where}: top must be above 0, got {state.top!r}")
        names = list(state.nests)
        inner, nest, weight = [], [], [float(state.nests[g]) for g in names]
        for g, w in state.nests.items():
            if not self.number(f"{where}, weight of nest {g!r}", w) >= 0:
                self.wrong.append(f"{where}: weight of nest {g!r} is negative")
            total = sum(a.weight for a in state.acts if a.nest == g)
            if abs(total - 1.0) > SUM_TOLERANCE:
                self.wrong.append(f"{where}: weights in nest {g!r} must sum to 1, got {total:.12g}")
        for act in state.acts:
            if act.nest is None:
                nest.append(len(weight))
                weight.append(float(act.weight))
                inner.append(1.0)
            elif act.nest in names:
                nest.append(names.index(act.nest))
                inner.append(float(act.weight))
            else:
                self.wrong.append(
                    f"{where}, act {act.name!r}: unknown nest {act.nest!r}{_near(act.nest, names)}"
                )
                nest.append(0)
                inner.append(1.0)
        groups = np.array(nest, dtype=np.intp)
        sizes = np.array(weight)
        if len(groups) and len(sizes) and not (sizes[groups] * np.array(inner) > 0).any():
            self.wrong.append(f"{where} has no act available: some nest weight must be above 0")
        return replace(
            node, weight=np.array(inner), nest=groups, nest_weight=sizes, top=float(state.top)
        )

    def _both(self, name: str, state: MoveBoth) -> Node:
        where = f"state {name!r}"
        rows, columns = tuple(state.rows), tuple(state.columns)
        shape = (len(rows), len(columns))
        self.different(f"{where} (rows and columns together)", [*rows, *columns])
        if not rows or not columns:
            self.wrong.append(f"{where}: both sides need at least one act")
        if isinstance(state.to, str):
            to = [[state.to] * shape[1] for _ in rows]
        else:
            to = [list(line) for line in state.to]
        if len(to) != shape[0] or any(len(line) != shape[1] for line in to):
            self.wrong.append(f"{where}: to must be a table of {shape[0]} rows by {shape[1]}")
            to = [[next(iter(self.place), "")] * shape[1] for _ in rows]
        acts = [
            Act(f"{r} / {c}", to[i][j], later=state.later)
            for i, r in enumerate(rows)
            for j, c in enumerate(columns)
        ]
        node = self._make(name, "both", acts, state)
        sides = (("rows", state.row_weights, shape[0]), ("columns", state.column_weights, shape[1]))
        prior = []
        for side, given, length in sides:
            listed = [1.0] * length if given is None else list(given)
            if len(listed) != length:
                self.wrong.append(f"{where}: weights of {side} must have {length} entries")
                listed = [1.0] * length
            prior.append(np.array([self.number(f"{where}, weight in {side}", w) for w in listed]))
            self.weights(f"{where}, {side}", prior[-1])
        return replace(
            node, rows=rows, columns=columns, row_weight=prior[0], column_weight=prior[1],
            kinds_a=self.shares(f"{where}, kinds_a", state.kinds_a),
            kinds_b=self.shares(f"{where}, kinds_b", state.kinds_b),
            pay_a=self._pay(f"{where}, pay_a", state.pay_a, len(state.kinds_a), shape),
            pay_b=self._pay(f"{where}, pay_b", state.pay_b, len(state.kinds_b), shape),
        )  # fmt: skip

    def _pay(self, where: str, pay: ArrayLike, kinds: int, shape: tuple[int, int]) -> Floats:
        read = np.asarray(pay, dtype=float)
        if read.shape not in ((), shape, (kinds, *shape)):
            self.wrong.append(
                f"{where} has shape {read.shape}; it must be {shape} or {(kinds, *shape)}"
            )
            return np.zeros((kinds, *shape))
        if not np.isfinite(read).all():
            self.wrong.append(f"{where} holds a number that is not finite")
            return np.zeros((kinds, *shape))
        return np.array(np.broadcast_to(read, (kinds, *shape)))


def _near(name: str, names: Iterable[str]) -> str:
    """A suggestion for a name that was not found."""
    close = difflib.get_close_matches(str(name), [str(n) for n in names], 1)
    return f"; did you mean {close[0]!r}?" if close else ""
