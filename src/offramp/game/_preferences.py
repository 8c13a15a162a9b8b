"""Stakes: what settlements and positions are worth to each voice and bloc.

For voice v and terms x (one point per issue)::

    W_v(x) = 1 - sum_m w_vm (|x_m - ideal_vm| / span_vm)^e,   span_vm = max(ideal_vm, 1 - ideal_vm)

with weights normalised to sum 1 and exponent e of the crisis (1 or 2). A signed deal also pays
``min(cap, sum of the penalties of v's soft red lines that x crosses)``. A bloc's stake is the
weighted sum of its voices'. Hard red lines make terms infeasible. Issues partly off the table allow
A to offer only ``x_m <= q_m + open_m (1 - q_m)`` with q the status quo.

Units: stake (1 = the voice's best on every issue for ever, 0 = its worst).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.crisis._schema import Crisis

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_RULE = re.compile(r"^\s*x\s*(<=|>=|<|>)\s*([-+0-9.eE]+)\s*$")
EDGE = 1e-9
"""Slack at which terms count as touching a red line rather than crossing it."""


@dataclass(frozen=True)
class Line:
    """A red line in numbers: acceptable iff ``sign * (x_issue - bound) <= 0``."""

    id: str
    actor: str
    issue: int
    sign: float
    bound: float
    hard: bool
    penalty: float

    def crossed(self, terms: Floats) -> Bools:
        """Which rows of ``terms`` (..., issues) lie beyond the line."""
        return np.asarray(self.sign * (terms[..., self.issue] - self.bound) > EDGE)


@dataclass(frozen=True)
class Stakes:
    """Preferences of all voices over terms, as arrays.

    Attributes:
        issues: Issue ids, in order.
        status_quo: Today's terms, shape (M,).
        voices: Voice ids of blocs A then B.
        side: 0 for A's voices, 1 for B's.
        influence: Weight of each voice inside its bloc (sums to 1 per bloc).
        ideal, weight: Shape (voices, M).
        exponent: Loss exponent.
        lines: Red lines of voices.
        cap: Most stake that one actor's red lines can cost.
    """

    issues: tuple[str, ...]
    status_quo: Floats
    voices: tuple[str, ...]
    side: NDArray[np.intp]
    influence: Floats
    ideal: Floats
    weight: Floats
    exponent: int
    lines: tuple[Line, ...]
    cap: float

    def plain(self, terms: Floats) -> Floats:
        """W of each voice without penalties; ``terms`` (..., M) -> (voices, ...)."""
        span = np.maximum(self.ideal, 1 - self.ideal)
        shape = (len(self.voices),) + (1,) * (terms.ndim - 1) + (len(self.issues),)
        loss = np.abs(terms[None] - self.ideal.reshape(shape)) / span.reshape(shape)
        value: Floats = 1.0 - (self.weight.reshape(shape) * loss**self.exponent).sum(-1)
        return value

    def penalties(self, terms: Floats) -> Floats:
        """Capped red-line penalties of each voice on signed terms, (voices, ...)."""
        total = np.zeros((len(self.voices), *terms.shape[:-1]))
        for line in self.lines:
            if line.actor in self.voices:
                total[self.voices.index(line.actor)] += line.penalty * line.crossed(terms)
        return np.minimum(total, self.cap)

    def signed(self, terms: Floats) -> Floats:
        """W of each voice for signed terms, penalties included, (voices, ...)."""
        return self.plain(terms) - self.penalties(terms)

    def bloc(self, per_voice: Floats, side: int) -> Floats:
        """Weighted sum over the voices of one bloc: (voices, ...) -> (...)."""
        mine = self.side == side
        summed: Floats = np.tensordot(self.influence[mine], per_voice[mine], axes=1)
        return summed

    def feasible(self, terms: Floats) -> Bools:
        """True where no hard red line is crossed."""
        allowed = np.ones(terms.shape[:-1], dtype=bool)
        for line in self.lines:
            if line.hard:
                allowed &= ~line.crossed(terms)
        return allowed


def read_rule(rule: str) -> tuple[float, float]:
    """``x <= 0.65`` -> (sign, bound) with acceptable iff sign * (x - bound) <= 0.

    Raises:
        ValueError: if the rule is not a single comparison of x with a number.
    """
    match = _RULE.match(rule)
    if match is None:
        raise ValueError(
            f"red line rule {rule!r} is not of the form `x <= number` or `x >= number`"
        )
    return (1.0 if match[1] in ("<=", "<") else -1.0), float(match[2])


def stakes_of(crisis: Crisis) -> Stakes:
    """Collect voices, weights, ideals and red lines of a crisis into arrays."""
    issues = tuple(crisis.issues)
    voices: list[str] = []
    side: list[int] = []
    influence: list[float] = []
    for index, key in enumerate(("A", "B")):
        bloc = crisis.blocs[key]  # type: ignore[index]
        total = sum(q.value for q in bloc.voices.values())
        for actor, share in bloc.voices.items():
            voices.append(actor)
            side.append(index)
            influence.append(share.value / total)
    ideal = np.zeros((len(voices), len(issues)))
    weight = np.zeros((len(voices), len(issues)))
    for v, actor in enumerate(voices):
        preferences = crisis.actors[actor].preferences
        for m, issue in enumerate(issues):
            ideal[v, m] = preferences[issue].ideal
            weight[v, m] = preferences[issue].weight.value
    weight /= weight.sum(1, keepdims=True)
    lines = []
    for name, line in crisis.red_lines.items():
        sign, bound = read_rule(line.rule)
        lines.append(
            Line(
                name,
                line.actor,
                issues.index(line.issue),
                sign,
                bound,
                line.hard,
                line.penalty.value,
            )
        )
    return Stakes(
        issues=issues,
        status_quo=np.array([crisis.issues[m].status_quo for m in issues]),
        voices=tuple(voices),
        side=np.array(side),
        influence=np.array(influence),
        ideal=ideal,
        weight=weight,
        exponent=crisis.exponent,
        lines=tuple(lines),
        cap=crisis.penalty_cap,
    )


def on_the_table(crisis: Crisis) -> Floats:
    """Furthest point of each issue that A lets be discussed, shape (M,)."""
    return np.array(
        [i.status_quo + i.open.value * (1 - i.status_quo) for i in crisis.issues.values()]
    )
