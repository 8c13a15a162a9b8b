"""A distribution over states as it stands at the start of each month, summed up; equations in :mod:`._forward`.

``Look`` is whole-array code and the reference; ``FastLook`` does the same by the compiled kernels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution._induction import Values
from offramp.solution._nodes import at_beliefs
from offramp.solution._particles import LIGHT, Cloud, Futures, Heavy, Tally

Floats = NDArray[np.float64]


class Look:
    """The distribution as it stands at the start of each month, summed up."""

    def __init__(self, game: Game, values: Values) -> None:
        n_t, lay, types = game.months + 1, game.layout, len(game.types)
        self.game, self.values = game, values
        self.regime = np.zeros((n_t, 8))
        self.by_type = np.zeros((types, n_t, 8))
        self.settled_on = np.zeros((n_t, len(game.offers)))
        self.first = np.zeros(n_t)
        self.belief = np.zeros((n_t, types, types))
        self.position, self.tier, self.node = (np.zeros((n_t, lay.sizes[i])) for i in (0, 3, 2))
        self.value_a, self.value_b = np.full(n_t, np.nan), np.full((types, n_t), np.nan)
        self.mass_error = 0.0
        self.martingale = np.zeros(types)

    def at(self, t: int, cloud: Cloud, spread: Floats) -> None:
        """Sum up a month."""
        game, lay = self.game, self.game.layout
        w, s = cloud.mass, cloud.state
        joint = w[:, None] * cloud.belief
        totals = joint.sum(0)
        self.mass_error = max(self.mass_error, abs(float(w.sum()) - 1.0))
        self.martingale = np.maximum(self.martingale, np.abs(totals - game.opening))
        self.regime[t] = np.bincount(lay.regime[s], w, 8)
        for j in range(len(game.types)):
            total = max(float(totals[j]), 1e-300)
            self.by_type[j, t] = np.bincount(lay.regime[s], joint[:, j], 8) / total
            self.belief[t, j] = spread[j] / total
        held = lay.regime[s] == SETTLED
        if len(game.offers):
            self.settled_on[t] = np.bincount(lay.offer[s[held]], w[held], len(game.offers))
        self.first[t] = w[cloud.signed].sum()
        on = lay.regime[s] <= CEASEFIRE
        self.position[t] = np.bincount(lay.position[s[on]], w[on], lay.sizes[0])
        self.tier[t] = np.bincount(lay.tier[s[on]], w[on], lay.sizes[3])
        self.node[t] = np.bincount(lay.node[s[on]], w[on], lay.sizes[2])
        if w[on].sum() > LIGHT:
            va = at_beliefs(game, self.values.a[t], s[on], cloud.belief[on])
            vb = at_beliefs(game, self.values.b[t], s[on], cloud.belief[on])
            self.value_a[t] = (joint[on] * va.T).sum() / w[on].sum()
            self.value_b[:, t] = (joint[on] * vb.T).sum(0) / np.maximum(joint[on].sum(0), 1e-300)

    def flows(self, t: int, cloud: Cloud) -> tuple[float, Floats, Floats]:
        """Expected flows of a month: A's, voices', B's by type given the type."""
        game, s = self.game, cloud.state
        joint = cloud.mass[:, None] * cloud.belief
        b = (joint.T * game.flow_b[:, t, s]).sum(1) / np.maximum(joint.sum(0), 1e-300)
        return float(cloud.mass @ game.flow_a[t, s]), game.flow_voice[:, t, s] @ cloud.mass, b

    def futures(
        self, tally: Tally, flow_a: Floats, flow_voice: Floats, flow_b: Floats, most: int,
        heavy: tuple[Heavy, ...],
    ) -> Futures:  # fmt: skip
        """Everything together."""
        return Futures(
            self.regime, self.by_type, self.settled_on, self.first, tally.acts, tally.signed,
            self.belief, self.position, self.tier, self.node, flow_a, flow_voice, flow_b, self.value_a,
            self.value_b, self.mass_error, float(self.martingale.max()), tally.worst,
            tally.unsolved / tally.looked if tally.looked else 0.0, most,
            tuple(float(e) for e in self.martingale), float(tally.regrets[0]),
            float(tally.regrets[1:].sum()), heavy,
        )  # fmt: skip


class FastLook(Look):
    """The same by the compiled kernels."""

    def at(self, t: int, cloud: Cloud, spread: Floats) -> None:
        """Sum up a month."""
        from offramp.solution.kernels._survey import survey

        game, lay, grid = self.game, self.game.layout, self.game.grid
        types = len(game.types)
        by_type = np.zeros((types, 8))
        still, sum_a, sum_b = np.zeros(types), np.zeros(types), np.zeros(types)
        self.first[t] = survey(
            cloud.state, cloud.belief, cloud.mass, cloud.signed, types, float(grid.steps), float(grid.size),
            lay.regime, lay.offer, lay.position, lay.tier, lay.node, self.values.a[t], self.values.b[t],
            by_type, self.settled_on[t], self.position[t], self.tier[t], self.node[t], still, sum_a, sum_b,
        )  # fmt: skip
        totals = by_type.sum(1)
        self.mass_error = max(self.mass_error, abs(float(totals.sum()) - 1.0))
        self.martingale = np.maximum(self.martingale, np.abs(totals - game.opening))
        self.regime[t] = by_type.sum(0)
        some = np.maximum(totals, 1e-300)[:, None]
        self.by_type[:, t], self.belief[t] = by_type / some, spread / some
        if still.sum() > LIGHT:
            self.value_a[t] = sum_a.sum() / still.sum()
            self.value_b[:, t] = sum_b / np.maximum(still, 1e-300)

    def flows(self, t: int, cloud: Cloud) -> tuple[float, Floats, Floats]:
        """Expected flows of a month: A's, voices', B's by type given the type."""
        from offramp.solution.kernels._survey import flows

        game, types = self.game, len(self.game.types)
        voice, b, totals = np.zeros(len(game.voices)), np.zeros(types), np.zeros(types)
        a = flows(
            cloud.state, cloud.belief, cloud.mass, types, game.flow_a[t], game.flow_voice[:, t],
            game.flow_b[:, t], voice, b, totals,
        )  # fmt: skip
        return a, voice, b / np.maximum(totals, 1e-300)
