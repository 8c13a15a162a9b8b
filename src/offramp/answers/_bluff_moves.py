"""What B's next public acts would say, and what they would cost a type that does not mean them.

All at the opening: the state of month 0 (after the plan's triggers) and the opening beliefs mu.

*B's own acts*, when it has the initiative. sigma_theta(k) is the chance that type theta does k, Q_theta(k)
what it is then worth to it, with the belief p_k that follows. The type that likes k best is the one with
the largest sigma. The *price of mimicry* of k to another type is what it gives up by doing k instead of what
it does otherwise, and the *cost* what it gives up by doing k as often as the type that likes it best::

    price_theta(k) = sum_{j != k} sigma_theta(j) Q_theta(j) / (1 - sigma_theta(k)) - Q_theta(k)
    cost_theta(k)  = (sigma_*(k) - sigma_theta(k)) price_theta(k)

beliefs and everybody else's play held fixed. A price near zero is cheap talk: the act can be had by any type.

*Probe.* A makes offer k in its next round, whatever its plan says of it. ``gain`` is what that is worth to A
beyond letting the round pass; ``learning`` the part of it that is due to what the answer teaches
everybody: the same answers and outcomes with the value after them read at mu instead of at Bayes' posterior. It
can be negative: the answer is public.

*Expected information* of an observation y: I(theta; y) = H(mu) - E H(mu_y), in bits.

Classical comparator: costly signalling with sunk costs (Fearon 1997; :func:`offramp.theory.sink_costs`), in
which an act tells types apart exactly when its price is more than the mimic would gain.
Units: B's and A's own stake; bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._facts import quoted
from offramp.game import Game
from offramp.solution import Solution
from offramp.solution._nodes import answers_to, at_beliefs, b_tables
from offramp.solution._typed import solve_typed

Floats = NDArray[np.float64]

DOES = {
    "hold": "lets the round pass",
    "up": "climbs the ladder",
    "down": "steps down the ladder",
    "fight": "forces all-out war",
    "commit": "commits itself in public",
}
ANSWERS = {"up": "answers by climbing the ladder", "fight": "answers by all-out war"}


def entropy(p: Floats) -> float:
    """Uncertainty in bits."""
    kept = p[p > 0]
    return float(-(kept * np.log2(kept)).sum())


def information(likelihood: Floats, prior: Floats) -> float:
    """I(theta; y) in bits for P(y | theta) of shape (signals, types)."""
    joint = likelihood * prior
    total = joint.sum(1)
    seen = total > 0
    after = joint[seen] / total[seen, None]
    left = sum(w * entropy(p) for w, p in zip(total[seen], after, strict=True))
    return max(0.0, entropy(prior) - float(left))


def posterior(prior: Floats, likelihood: Floats) -> Floats:
    """Bayes' rule for one observation."""
    joint = prior * likelihood
    total = joint.sum()
    after: Floats = joint / total if total > 0 else prior.copy()
    return after


@dataclass(frozen=True)
class Move:
    """One public act of B at its own initiative.

    Attributes:
        id, name: ``propose:<contract>``, ``ceasefire``, ``hold``, ``up``, ...; words.
        chance: sigma by type.
        worth: Q by type (own stake).
        belief: Posterior after it.
        likes: The type most given to it; ``price``, ``cost`` of mimicry by type (nan for that type).
    """

    id: str
    name: str
    chance: tuple[float, ...]
    worth: tuple[float, ...]
    belief: tuple[float, ...]
    likes: int
    price: tuple[float, ...]
    cost: tuple[float, ...]


@dataclass(frozen=True)
class Initiative:
    """B's next initiative: the month, its chance in that month, its acts, what they tell in all."""

    month: int
    chance: float
    moves: tuple[Move, ...]
    bits: float
    residual: float


@dataclass(frozen=True)
class Probe:
    """An offer made by A in its next round.

    Attributes:
        id, name: Contract id or ``ceasefire``; words.
        planned: Whether the plan lets A make it.
        answers: (name, chance by type, posterior), accepted first, then refused.
        bits: Expected information of the answer.
        gain: Worth to A beyond letting the round pass; ``learning`` the part due to what is learned.
    """

    id: str
    name: str
    month: int
    planned: bool
    answers: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    bits: float
    gain: float
    learning: float
    residual: float

    @property
    def accepted(self) -> tuple[float, ...]:
        """Chance of acceptance by type."""
        return self.answers[0][1]


def _at(game: Game, side: int) -> tuple[int, int] | None:
    """First month in which a side may have the initiative, and the opening's row of acts then."""
    months = np.flatnonzero(game.protocol.recognition[:, side] > 0)
    if not len(months):
        return None
    month = int(months[0])
    state = game.after_triggers(month, np.array([game.start]), game.opening[None])
    rows = np.flatnonzero(game.acts.states == state[0])
    return (month, int(rows[0])) if len(rows) else None


def initiative(solution: Solution) -> Initiative | None:
    """B's next initiative; None if it never has one, or if choices have no noise to read."""
    game = solution.game
    where = _at(game, 1)
    if where is None or solution.mode == "exact":
        return None
    month, row = where
    rows = np.array([row])
    c = solution.continuation(month)
    _, table_b, weight, _ = b_tables(game, c, solution.values.precision, rows)
    kept = np.flatnonzero(weight[0] > 0)
    if not len(kept):
        return None
    mu = game.opening
    out = solve_typed(
        table_b[:, kept], weight[:, kept], solution.values.precision[1], np.array([0]), mu[None],
        game.grid,
    )  # fmt: skip
    sigma, belief = out.sigma[:, :, 0], out.posterior[:, :, 0]
    worth = np.stack(
        [
            at_beliefs(game, table_b[:, k], np.array([0]), out.fixed[:, i, 0][None])[:, 0]
            for i, k in enumerate(kept)
        ],
        1,
    )
    mean = (sigma * worth).sum(1)
    moves = []
    for i, k in enumerate(kept.tolist()):
        likes = int(np.argmax(sigma[:, i]))
        rest = np.maximum(1.0 - sigma[:, i], 1e-300)
        price = (mean - sigma[:, i] * worth[:, i]) / rest - worth[:, i]
        cost = (sigma[likes, i] - sigma[:, i]) * price
        price[likes] = cost[likes] = np.nan
        if len(kept) == 1:
            price[:] = cost[:] = np.nan
        key, name = _named(game, k)
        moves.append(
            Move(
                key, name, _plain(sigma[:, i]), _plain(worth[:, i]), _plain(belief[:, i]), likes,
                _plain(price), _plain(cost),
            )
        )  # fmt: skip
    return Initiative(
        month,
        float(game.protocol.recognition[month, 1]),
        tuple(moves),
        information(sigma.T, mu),
        float(out.residual[0]),
    )


def _named(game: Game, k: int) -> tuple[str, str]:
    n_o = len(game.offers)
    if k < n_o:
        offer = game.offers[k]
        return f"propose:{offer.contract or offer.id}", f"proposes {quoted(offer.name)}"
    if k == n_o:
        return "ceasefire", "proposes a ceasefire"
    key = game.acts.own[1].names[k - n_o - 1]
    return key, DOES[key]


def probes(solution: Solution) -> tuple[Probe, ...]:
    """Every offer that A could make in its next round, the most informative first.

    Efficient terms stand in only where the file names no contract that can be signed.
    """
    game = solution.game
    where = _at(game, 0)
    if where is None or solution.mode == "exact":
        return ()
    month, row = where
    rows, mu, lane = np.array([row]), game.opening, np.array([0])
    c = solution.continuation(month)
    pass_on = float(
        at_beliefs(game, c.a, game.acts.states[rows], mu[None])[:, 0] @ mu
    )  # what A has if the round passes
    table = game.acts.proposals
    named = any(offer.contract is not None for offer in game.offers)
    found = []
    for k in range(table.target.shape[1]):
        if table.target[row, k] < 0:
            continue
        if k < len(game.offers) and named and game.offers[k].contract is None:
            continue
        gains, pays, odds = answers_to(game, c, k, rows, 0)
        out = solve_typed(
            np.moveaxis(pays, 0, 1), odds.T, solution.values.precision[1], lane, mu[None], game.grid
        )
        sigma, belief = out.sigma[:, :, 0], out.posterior[:, :, 0]
        value, blind = 0.0, 0.0
        for b in range(sigma.shape[1]):
            share = mu * sigma[:, b]
            value += float(share @ at_beliefs(game, gains[b], lane, out.fixed[:, b, 0][None])[:, 0])
            blind += float(share @ at_beliefs(game, gains[b], lane, mu[None])[:, 0])
        offer = game.offers[k] if k < len(game.offers) else None
        names = ["accepts", "refuses", *(ANSWERS[n] for n in game.acts.reply[1].names)]
        found.append(
            Probe(
                (offer.contract or offer.id) if offer else "ceasefire",
                quoted(offer.name) if offer else "a ceasefire",
                month,
                bool(table.weight[0][row, k] > 0),
                tuple(
                    (name, _plain(sigma[:, b]), _plain(belief[:, b]))
                    for b, name in enumerate(names)
                    if odds[b, 0] > 0
                ),
                information(sigma.T, mu),
                value - pass_on,
                value - blind,
                float(out.residual[0]),
            )
        )
    return tuple(sorted(found, key=lambda p: -p.bits))


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
