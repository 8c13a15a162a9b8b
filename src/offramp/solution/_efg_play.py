"""The tree of a compiled game, place by place (:mod:`offramp.solution._efg`).

With t the month, s the public state and theta B's type, places are

    type                      nature draws theta
    open, t, s, theta         triggers, then ``round``
    round, t, s, theta        recognition, or a review
    own, .., side             ``side`` has the initiative
    answer, .., side, k       the other side answers proposal k of ``side``
    signed, .., side, k       ratification
    kept, t, s, theta         B keeps a settlement under review, A chooses
    after, t, s, theta        flows of month t in s, nature's move
    news, t, s, theta         the public signal at the end of month t - 1; nature has moved to s

A place where one thing only can happen is no node of the tree: the next one stands for it. Payments
are discounted to the first month. A place from which no choice can be reached is a leaf worth

    X_i(t, s) = sum over triggers of C_i(t, .),     C_i(t, s) = (1 - d) u_i(t, s) + d sum P_t X_i(t + 1, .)

Units: stake units.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.game._acts import Acts
from offramp.game._states import CEASEFIRE, STANDOFF
from offramp.solution._efg_text import Branch, Leaf, Move, Nature, Place

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LABELS = {
    "hold": "hold", "up": "escalate", "down": "step down", "fight": "fight it out",
    "commit": "commit in public", "activate": "begin the next stage",
}  # fmt: skip


class Play:
    """A compiled game from month ``first`` to the start of month ``last``."""

    def __init__(self, game: Game, first: int, last: int, end_a: Floats, end_b: Floats) -> None:
        self.game, self.first, self.last = game, first, last
        n_s = game.layout.size
        self.row = np.full(n_s, -1)
        self.row[game.acts.states] = np.arange(len(game.acts.states))
        self.review = np.full(n_s, -1)
        self.review[game.reviews.states] = np.arange(len(game.reviews.states))
        self.types = np.flatnonzero(game.opening > 0).tolist()
        self.names = (game.crisis.blocs["A"].name, game.crisis.blocs["B"].name)
        self.quiet: dict[int, Bools] = {last: np.ones(n_s, dtype=bool)}
        self.quiet_after: dict[int, Bools] = {}
        self.open_worth: dict[int, tuple[Floats, Floats]] = {last: (end_a, end_b)}
        self.after_worth: dict[int, tuple[Floats, Floats]] = {}
        for t in range(last - 1, first - 1, -1):
            self._passive(t)
        start = Place(("type",))
        if len(self.types) == 1:
            start = Place(("open", first, game.start, self.types[0]))
        self.root = start

    def _passive(self, t: int) -> None:
        """Worth of month t without choices, and where there are none."""
        game, every = self.game, np.arange(self.game.layout.size)
        chance, (next_a, next_b) = game.chance[t], self.open_worth[t + 1]
        d_a, d_b = game.discount
        a = (1 - d_a) * game.flow_a[t][:, None] + d_a * (chance @ next_a)
        b = (1 - d_b) * game.flow_b[:, t].T + d_b * (chance @ next_b)
        self.after_worth[t] = a, b
        loud = chance @ (~self.quiet[t + 1]).astype(float) > 0
        self.quiet_after[t] = ~loud
        chooses = (self.row >= 0) | (self.review >= 0)
        still = ~loud & ~(chooses & (game.protocol.recognition[t].sum() > 0))
        lottery = self._lottery(t, every)
        self.open_worth[t] = (
            sum((p * a[moved] for moved, p in lottery), np.zeros_like(a)),
            sum((p * b[moved] for moved, p in lottery), np.zeros_like(b)),
        )
        self.quiet[t] = np.logical_and.reduce([still[moved] for moved, _ in lottery])

    def _lottery(
        self, t: int, states: NDArray[np.intp]
    ) -> tuple[tuple[NDArray[np.intp], float], ...]:
        """Where triggers take states, as B believes; they do not read beliefs."""
        beliefs = np.tile(self.game.opening, (len(states), 1))
        return self.game.trigger_lottery(t, states, beliefs)

    def expand(self, place: Place) -> Leaf | Nature | Move:
        """What happens at a place."""
        while True:
            found = getattr(self, f"_{place.at[0]}")(place, *place.at[1:])
            if isinstance(found, Place):
                place = found
                continue
            if isinstance(found, (Nature, Move)) and len(found.branches) == 1:
                place = found.branches[0].place
                continue
            assert isinstance(found, (Leaf, Nature, Move))
            return found

    # --- One month -------------------------------------------------------------------------------

    def _type(self, place: Place) -> Nature:
        game = self.game
        kinds = [game.crisis.types[theta].name for theta in game.types]
        total = float(game.opening[self.types].sum())
        branches = [
            Branch(
                kinds[j], float(game.opening[j]) / total,
                place.to("open", self.first, game.start, j, seen=("type", j), by="B"),
            )
            for j in self.types
        ]  # fmt: skip
        return Nature(f"the type of {self.names[1]}", tuple(branches))

    def _open(self, place: Place, t: int, s: int, j: int) -> Leaf | Nature:
        if self.quiet[t][s]:
            return self._leaf(place, s, j, t, self.open_worth[t])
        branches = [
            Branch(
                "the plan is followed" if i == 0 else "the plan is not followed", p,
                place.to("round", t, int(moved[0]), j, seen=("plan", i)),
            )
            for i, (moved, p) in enumerate(self._lottery(t, np.array([s])))
        ]  # fmt: skip
        return Nature(f"month {t}: whether the plan is followed; {self._state(s)}", tuple(branches))

    def _round(self, place: Place, t: int, s: int, j: int) -> Nature | Move | Place:
        after = place.to("after", t, s, j)
        shares = self.game.protocol.recognition[t].tolist()
        if sum(shares) <= 0 or (self.row[s] < 0 and self.review[s] < 0):
            return after
        if self.review[s] >= 0:
            return self._review(place, t, s, j)
        options: list[tuple[str, float, tuple[Hashable, ...]]] = [
            (f"{self.names[side]} has the initiative", p, ("own", t, s, j, side))
            for side, p in enumerate(shares)
        ]
        options.append(("nobody moves", 1.0 - sum(shares), after.at))
        branches = [
            Branch(label, p, place.to(*at, seen=("initiative", i)))
            for i, (label, p, at) in enumerate(options)
            if p > 0
        ]
        return Nature(f"month {t}: who has the initiative; {self._state(s)}", tuple(branches))

    def _own(self, place: Place, t: int, s: int, j: int, side: int) -> Move:
        game, row = self.game, self.row[s]
        p = game.acts.proposals
        branches = [
            Branch(
                "propose a ceasefire" if k == len(game.offers) else f"propose {game.offers[k].name}",
                float(p.weight[side][row, k]),
                place.to("answer", t, s, j, side, int(k), seen=("propose", int(k))),
            )
            for k in np.flatnonzero(p.weight[side][row] > 0)
        ]  # fmt: skip
        branches += self._acts(place, t, s, j, game.acts.own[side])
        return self._move(side, t, s, j, "to move", branches)

    def _answer(self, place: Place, t: int, s: int, j: int, side: int, k: int) -> Move:
        game = self.game
        branches = [
            Branch("accept", 1.0, place.to("signed", t, s, j, side, k, seen="accept")),
            Branch("refuse", 1.0, place.to("after", t, s, j, seen="refuse")),
            *self._acts(place, t, s, j, game.acts.reply[1 - side]),
        ]
        what = "a ceasefire" if k == len(game.offers) else game.offers[k].name
        said = f"to answer the proposal of {what}"
        return self._move(1 - side, t, s, j, said, branches)

    def _signed(self, place: Place, t: int, s: int, j: int, side: int, k: int) -> Nature:
        p, row = self.game.acts.proposals, self.row[s]
        r = float(p.ratify[row, k])
        pay = self._now(t, float(p.lump_a[row, k]), float(p.lump_b[row, k]))
        options = (
            ("ratified", r, place.to("after", t, int(p.target[row, k]), j, pay=pay, seen="yes")),
            ("not ratified", 1.0 - r, place.to("after", t, s, j, seen="no")),
        )
        branches = tuple(Branch(label, q, where) for label, q, where in options if q > 0)
        return Nature(f"month {t}: whether it is ratified", branches)

    def _review(self, place: Place, t: int, s: int, j: int) -> Move:
        reviews, row = self.game.reviews, self.review[s]
        broken, w = int(reviews.broken[row]), self.game.weights.renege
        pay = self._now(t, 0.0, float(reviews.gain_b[row, j]))
        branches = [Branch("keep", 1.0, place.to("kept", t, s, j, seen="keep"))]
        if w > 0:
            where = place.to("after", t, broken, j, pay=pay, seen="break")
            branches.append(Branch("break", w, where))
        return self._move(1, t, s, j, "to keep or break it", branches)

    def _kept(self, place: Place, t: int, s: int, j: int) -> Move:
        reviews, row = self.game.reviews, self.review[s]
        broken, w = int(reviews.broken[row]), self.game.weights.renege
        pay = self._now(t, float(reviews.gain_a[row]), 0.0)
        branches = [Branch("keep", 1.0, place.to("after", t, s, j, seen="keep"))]
        if w > 0:
            where = place.to("after", t, broken, j, pay=pay, seen="break")
            branches.append(Branch("break", w, where))
        return self._move(0, t, s, j, "to keep or break it", branches)

    def _after(self, place: Place, t: int, s: int, j: int) -> Leaf | Nature:
        game = self.game
        if self.quiet_after[t][s]:
            return self._leaf(place, s, j, t, self.after_worth[t])
        d_a, d_b = game.discount
        pay = self._now(
            t, (1 - d_a) * float(game.flow_a[t, s]), (1 - d_b) * float(game.flow_b[j, t, s])
        )
        chance = game.chance[t]
        row = slice(chance.indptr[s], chance.indptr[s + 1])
        targets = zip(chance.indices[row].tolist(), chance.data[row].tolist(), strict=True)
        branches = [
            Branch(self._state(to), p, place.to("news", t + 1, to, j, pay=pay, seen=("to", to)))
            for to, p in sorted(targets)
        ]
        return Nature(f"end of month {t}: nature moves; {self._state(s)}", tuple(branches))

    def _news(self, place: Place, t: int, s: int, j: int) -> Leaf | Nature | Place:
        likelihood = self.game.signals[t - 1]
        if likelihood is None or len(self.types) == 1 or self.quiet[t][s]:
            return place.to("open", t, s, j)
        branches = [
            Branch(f"signal {y + 1}", p, place.to("open", t, s, j, seen=("signal", y)))
            for y, p in enumerate(likelihood[:, j].tolist())
            if p > 0
        ]
        return Nature(f"end of month {t - 1}: a public signal; {self._state(s)}", tuple(branches))

    # --- Pieces ----------------------------------------------------------------------------------

    def _acts(self, place: Place, t: int, s: int, j: int, acts: Acts) -> list[Branch]:
        """A side's own acts, or its answers beside yes and no."""
        row = self.row[s]
        return [
            Branch(
                self._label(kind, s),
                float(acts.weight[row, k]),
                place.to(
                    "after", t, int(acts.target[row, k]), j, seen=("act", kind),
                    pay=self._now(t, float(acts.lump_a[row, k]), float(acts.lump_b[row, k, j])),
                ),
            )
            for k, kind in enumerate(acts.names)
            if acts.weight[row, k] > 0
        ]  # fmt: skip

    def _label(self, kind: str, s: int) -> str:
        regime = int(self.game.layout.regime[s])
        if kind == "up" and regime in (STANDOFF, CEASEFIRE):
            return "attack"
        return LABELS[kind]

    def _move(
        self, side: int, t: int, s: int, j: int, what: str, branches: Sequence[Branch]
    ) -> Move:
        who = self.names[side]
        if side == 1 and len(self.types) > 1:
            who += f" ({self.game.crisis.types[self.game.types[j]].name})"
        return Move(side, t, f"month {t}: {who} {what}; {self._state(s)}", tuple(branches))

    def _leaf(self, place: Place, s: int, j: int, t: int, worth: tuple[Floats, Floats]) -> Leaf:
        a, b = self._now(t, float(worth[0][s, j]), float(worth[1][s, j]))
        return Leaf(self._state(s), (place.paid[0] + a, place.paid[1] + b))

    def _now(self, t: int, a: float, b: float) -> tuple[float, float]:
        """Payments of month t discounted to the first month."""
        d_a, d_b = self.game.discount
        return a * d_a ** (t - self.first), b * d_b ** (t - self.first)

    def _state(self, s: int) -> str:
        return self.game.state_name(s)
