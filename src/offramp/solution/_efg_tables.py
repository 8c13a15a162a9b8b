"""The tree of a table game, place by place (:mod:`offramp.solution._efg`).

Nature draws B's type; then states follow each other as in :mod:`offramp.game._tables`. Where both sides
move at once, nature draws private kinds (each side sees its own), A chooses a row and B, who does not see
it, a column; then both are known. A nest whose precision is that of single acts is plain weighted
logit and is written so. Flows and lumps are discounted to period 0.

Refused, with :class:`ValueError`: nests with a precision of their own, and continuous proposals, which
have no tree.

Units: payoffs as in the tables.
"""

from __future__ import annotations

import numpy as np

from offramp.game import TableGame
from offramp.game._tables import Node
from offramp.solution._efg_text import Branch, Leaf, Move, Nature, Place


class Tables:
    """A table game as a tree."""

    def __init__(self, game: TableGame) -> None:
        self.game = game
        for node in game.nodes:
            if node.top != 1.0:
                raise ValueError(
                    f"state {node.name!r} has nests with a precision of their own (top {node.top:g}); "
                    "a game tree has one level of choice"
                )
            if node.kind == "proposal":
                raise ValueError(
                    f"state {node.name!r} lets a side name any point between two deals; a game tree "
                    "has finitely many acts: list offers as acts"
                )
        self.root = Place(("type",))
        if len(game.types) == 1:
            self.root = Place(("at", 0, game.start, 0))

    def expand(self, place: Place) -> Leaf | Nature | Move:
        """What happens at a place; where one thing only can happen, what comes next."""
        while True:
            kind, *rest = place.at
            at = [int(str(x)) for x in rest]
            if kind == "type":
                found: Leaf | Nature | Move = self._draw(place)
            elif kind == "at":
                found = self._at(place, *at)
            elif kind == "row":
                found = self._row(place, *at)
            else:
                found = self._column(place, *at)
            if isinstance(found, Leaf) or len(found.branches) > 1:
                return found
            place = found.branches[0].place

    def _draw(self, place: Place) -> Nature:
        game = self.game
        branches = [
            Branch(
                name,
                float(p),
                place.to("at", 0, game.start, j, seen=("type", j), by="B"),
            )
            for j, (name, p) in enumerate(zip(game.types, game.prior, strict=True))
        ]
        return Nature("the type of B", tuple(branches))

    def _at(self, place: Place, t: int, i: int, j: int) -> Leaf | Nature | Move:
        node = self.game.nodes[i]
        if node.kind == "end" or t == self.game.periods:
            a, b = self._now(t, node.end_a, float(node.end_b[j]))
            return Leaf(node.name, (place.paid[0] + a, place.paid[1] + b))
        name = self._name(node, t)
        paid = place.to(*place.at, pay=self._now(t, node.flow_a, float(node.flow_b[j])))
        if node.kind == "both":
            return self._kinds(paid, node, t, i, j)
        nature = node.kind == "chance"
        weight = node.chance[j] if nature else node.nest_weight[node.nest] * node.weight
        branches = tuple(
            Branch(
                node.acts[k], float(weight[k]),
                paid.to(
                    "at", t + int(node.later[k]), int(node.to[k]), j, seen=("act", int(k)),
                    pay=self._now(t, float(node.lump_a[k]), float(node.lump_b[j, k])),
                ),
            )
            for k in np.flatnonzero(weight > 0)
        )  # fmt: skip
        if nature:
            return Nature(name, branches)
        side = 0 if node.kind == "a" else 1
        if side == 1 and len(self.game.types) > 1:
            name += f", {self.game.types[j]}"
        return Move(side, t, name, branches)

    def _kinds(self, place: Place, node: Node, t: int, i: int, j: int) -> Nature:
        """Private kinds, drawn together; each side sees its own."""
        several = (len(node.kinds_a) > 1, len(node.kinds_b) > 1)
        branches = []
        for m, p in enumerate(node.kinds_a.tolist()):
            for n, q in enumerate(node.kinds_b.tolist()):
                where = place.to("row", t, i, j, m, n, seen=("kind", m), by="A")
                where = where.to(*where.at, seen=("kind", n), by="B")
                said = [
                    f"{side} {number + 1}"
                    for side, number, drawn in zip("AB", (m, n), several, strict=True)
                    if drawn
                ]
                if p * q > 0:
                    branches.append(Branch(", ".join(said), p * q, where))
        return Nature(f"{self._name(node, t)}: private kinds", tuple(branches))

    def _row(self, place: Place, t: int, i: int, j: int, m: int, n: int) -> Move:
        node = self.game.nodes[i]
        branches = tuple(
            Branch(
                node.rows[r], float(node.row_weight[r]),
                place.to("column", t, i, j, m, n, int(r), seen=("row", int(r)), by="A"),
            )
            for r in np.flatnonzero(node.row_weight > 0)
        )  # fmt: skip
        return Move(0, t, f"{self._name(node, t)}, rows", branches)

    def _column(self, place: Place, t: int, i: int, j: int, m: int, n: int, r: int) -> Move:
        node = self.game.nodes[i]
        branches = []
        for c in np.flatnonzero(node.column_weight > 0).tolist():
            k = r * len(node.columns) + c
            pay = self._now(t, float(node.pay_a[m, r, c]), float(node.pay_b[n, r, c]))
            where = place.to(
                "at", t + int(node.later[k]), int(node.to[k]), j, pay=pay, seen=("column", c)
            )
            where = where.to(*where.at, seen=("row", r), by="B")
            branches.append(Branch(node.columns[c], float(node.column_weight[c]), where))
        name = f"{self._name(node, t)}, columns"
        return Move(1, t, name, tuple(branches))

    def _name(self, node: Node, t: int) -> str:
        return node.name if self.game.periods == 1 else f"period {t}: {node.name}"

    def _now(self, t: int, a: float, b: float) -> tuple[float, float]:
        """Payments of period t discounted to period 0."""
        return a * self.game.discount[0] ** t, b * self.game.discount[1] ** t
