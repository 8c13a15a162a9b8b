"""What to look for next: observations that would tell B's types apart, ranked by expected information.

Four sources: B's next public acts and its answers to an offer (the game's own chances by type), the next
signal of the evidence channel, and items of the crisis file that have not been seen or used yet. An item of
the file is seen or not; tempered by its grade w and its exponent e as the ledger would temper it,

    P(seen | theta) = m + min(1, e) w (L_theta - m),    m = mean_theta L

which moves beliefs to first order as ``e log L'`` does and is a probability. Expected information is the
mutual information of the observation and the type at the opening beliefs, in bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._bluff_ledger import LATER, LEFT_OUT, Ledger, graded
from offramp.answers._bluff_moves import Initiative, Probe, information, posterior
from offramp.answers._facts import side_names
from offramp.crisis import Crisis
from offramp.game import Game

Floats = NDArray[np.float64]

RARE = 0.005
"""Acts less likely than this from every type are left out: nobody waits for them."""


@dataclass(frozen=True)
class Outcome:
    """One way an observation can turn out: words, chance by type, posterior."""

    name: str
    chance: tuple[float, ...]
    belief: tuple[float, ...]


@dataclass(frozen=True)
class Observation:
    """Something that could be seen.

    Attributes:
        id, name: For machines and readers.
        source: ``act``, ``answer``, ``signal`` or ``item``.
        month: When it can be seen at the earliest (None: the file gives no month).
        chance: Probability that it can be seen then at all (B has the initiative, A makes the offer).
        bits: Expected information if it can.
        outcomes: What can be seen; the one that tells most first.
    """

    id: str
    name: str
    source: str
    month: int | None
    chance: float
    bits: float
    outcomes: tuple[Outcome, ...]


def observations(
    game: Game, book: Ledger, next_move: Initiative | None, probes: tuple[Probe, ...]
) -> tuple[Observation, ...]:
    """Everything that could be seen next, the most informative first."""
    _, b = side_names(game)
    mu = game.opening
    found: list[Observation] = []
    if next_move is not None:
        seen = [
            Outcome(f"{b} {m.name}", m.chance, m.belief)
            for m in next_move.moves
            if max(m.chance) >= RARE
        ]
        found.append(
            Observation(
                "act", f"what {b} does when it next has the initiative", "act", next_move.month,
                next_move.chance, next_move.bits, _sorted(seen, mu),
            )
        )  # fmt: skip
    for p in probes:
        seen = [Outcome(f"{b} {name}", chance, belief) for name, chance, belief in p.answers]
        found.append(
            Observation(
                f"answer:{p.id}", f"{b}'s answer to {p.name}", "answer", p.month,
                float(game.protocol.recognition[p.month, 0]), p.bits, _sorted(seen, mu),
            )
        )  # fmt: skip
    found += _signal(game)
    found += [_item(game, key) for key in unseen(game.crisis, book)]
    return tuple(sorted(found, key=lambda o: -o.bits))


def unseen(crisis: Crisis, book: Ledger) -> tuple[str, ...]:
    """Items about B with likelihoods that have not been used because they are later or left out."""
    return tuple(
        i.id
        for i in book.items
        if i.status in (LATER, LEFT_OUT)
        and i.item.about == "B"
        and set(i.item.likelihood) >= set(crisis.types)
    )


def chance_of_item(crisis: Crisis, key: str) -> Floats:
    """P(seen | theta) of an item of the file, tempered; shape (types,)."""
    item, rules = crisis.evidence[key], crisis.evidence_rules
    raw = np.array([item.likelihood[t] for t in crisis.types])
    ratio = rules.acts_over_words.value
    exponent = rules.hindsight.value * (2 / (1 + ratio)) * (ratio if item.kind == "act" else 1.0)
    for group in crisis.dependence.values():
        if key in group.items:
            exponent *= group.exponent
    weight = min(1.0, exponent) * graded(crisis, item.grade)
    if item.kind == "absence" and item.chance_of_seeing is not None:
        weight *= item.chance_of_seeing
    tempered: Floats = raw.mean() + weight * (raw - raw.mean())
    return tempered


def _item(game: Game, key: str) -> Observation:
    crisis, mu = game.crisis, game.opening
    yes = chance_of_item(crisis, key)
    outcomes = tuple(
        Outcome(name, _plain(p), _plain(posterior(mu, p)))
        for name, p in (("seen", yes), ("not seen", 1.0 - yes))
    )
    bits = information(np.stack([yes, 1.0 - yes]), mu)
    text = crisis.evidence[key].text.strip().rstrip(".")
    return Observation(f"item:{key}", text, "item", None, 1.0, bits, outcomes)


def _signal(game: Game) -> list[Observation]:
    months = [t for t in range(game.months) if game.signals[t] is not None]
    if not months:
        return []
    likelihood = game.signals[months[0]]
    assert likelihood is not None
    channel = game.plan.evidence_channel or game.crisis.evidence_channel
    stated = list(channel.likelihood) if channel is not None else []
    names = stated or [f"it points to {game.crisis.types[t].name.lower()}" for t in game.types]
    outcomes = [
        Outcome(name, _plain(row), _plain(posterior(game.opening, row)))
        for name, row in zip(names, likelihood, strict=True)
    ]
    return [
        Observation(
            "signal", "the next signal of the evidence channel", "signal", months[0] + 1, 1.0,
            information(likelihood, game.opening), _sorted(outcomes, game.opening),
        )
    ]  # fmt: skip


def _sorted(outcomes: list[Outcome], mu: Floats) -> tuple[Outcome, ...]:
    """Outcomes by how much they tell if seen, weighed by their chance."""

    def told(o: Outcome) -> float:
        moved = 0.5 * float(np.abs(np.array(o.belief) - mu).sum())
        return -moved * float(np.array(o.chance) @ mu)

    return tuple(sorted(outcomes, key=told))


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
