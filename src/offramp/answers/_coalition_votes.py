"""Rules of consent and the members' power under them, exact for integer weights.

A rule holds if every member of ``needed`` is in, at least ``count`` members are in, and the weights of
those in reach ``quota``. Unanimity needs everybody; "three contributors, two of them named" needs the two
and counts three; a qualified majority has a quota, or a quota and a count.

With p_i the chance that member i is in, independently, the chance W(p) that the rule holds is a sum over
the joint distribution of (number, weight), built one member at a time (the generating function
``prod_i (1 - p_i + p_i x^w_i y)``). For each member the distribution of the *others* comes from dividing its
own factor out again, from the end at which the division loses nothing. So one pass yields for all i::

    pivotal_i(p) = W(p | i in) - W(p | i out)                   pivotality by outcome (Birnbaum 1969)
    Shapley-Shubik_i = integral_0^1 pivotal_i(p, ..., p) dp     Owen's multilinear extension (1972)
    Banzhaf_i        = pivotal_i(1/2, ..., 1/2)                 absolute; normalised it sums to 1

``pivotal_i(p, ..., p)`` is a polynomial of degree n - 1 in p, so Gauss and Legendre's rule with n/2 nodes
integrates it exactly; results carry rounding only. Work: nodes x members x total weight.

Units: chances and shares. Comparator: :func:`offramp.theory.coalitions.shapley_shubik` and ``banzhaf``.
Sources: Owen (1972), *Management Science* 18(5), 64-79; Birnbaum (1969), in Krishnaiah (ed.),
*Multivariate Analysis II*, 581-592.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MOST_CELLS = 20_000_000
"""Cells of a batch of nodes: bounds the memory that a large vote takes."""


@dataclass(frozen=True)
class Rule:
    """Who must be in for a decision.

    Attributes:
        key, name: Machine name and the words readers see.
        members: Who is asked.
        needed: Who must be in.
        count: Least number of members in, ``needed`` among them.
        weights: Integer weight per member (empty: none count); ``quota`` the least total.
        note: Where the weights come from, or what the rule leaves out.
    """

    key: str
    name: str
    members: tuple[str, ...]
    needed: frozenset[str] = frozenset()
    count: int = 0
    weights: tuple[int, ...] = ()
    quota: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError(f"rule {self.key!r} asks nobody")
        if len(set(self.members)) < len(self.members):
            raise ValueError(f"rule {self.key!r} asks a member twice")
        if not self.needed <= set(self.members):
            raise ValueError(f"rule {self.key!r} needs members whom it does not ask")
        if self.weights and len(self.weights) != len(self.members):
            raise ValueError(f"rule {self.key!r} has weights for {len(self.weights)} members")
        if any(w != int(w) or w < 0 for w in self.weights):
            raise ValueError(f"rule {self.key!r}: weights must be integers, at least 0")
        if self.quota > sum(self.weights) or self.count > len(self.members):
            raise ValueError(f"rule {self.key!r} can never be met")

    def holds(self, inside: frozenset[str]) -> bool:
        """Whether the rule is met by these members."""
        weight = (
            sum(w for m, w in zip(self.members, self.weights, strict=True) if m in inside)
            if (self.weights)
            else 0
        )
        number = sum(m in inside for m in self.members)
        return self.needed <= inside and number >= self.count and weight >= self.quota


def unanimity(key: str, name: str, members: Sequence[str], note: str = "") -> Rule:
    """Everybody must be in."""
    return Rule(key, name, tuple(members), frozenset(members), note=note)


@dataclass(frozen=True)
class Chances:
    """Chance that a rule holds, and with each member surely in and surely out; (rows, members)."""

    holds: Floats
    with_member: Floats
    without: Floats

    @property
    def pivotal(self) -> Floats:
        """What each member's presence adds to the chance that the rule holds."""
        return self.with_member - self.without


def chances(rule: Rule, inside: Floats) -> Chances:
    """Exact chances for each row of presence probabilities, (rows, members)."""
    p = np.atleast_2d(np.asarray(inside, dtype=np.float64))
    if p.shape[1] != len(rule.members):
        raise ValueError(f"rule {rule.key!r} asks {len(rule.members)} members, not {p.shape[1]}")
    if p.size and (p.min() < 0 or p.max() > 1):
        raise ValueError("probabilities of being in must lie in [0, 1]")
    must = np.array([m in rule.needed for m in rule.members])
    steps, target = _lattice(rule)
    free = np.flatnonzero(~must)
    base = int(steps[must].sum())
    spread = _spread(p[:, free], steps[free], base)
    wins = target(np.arange(spread.shape[1]))
    needed = p[:, must]
    all_needed = needed.prod(1)
    tail = spread @ wins
    with_member, without = np.zeros_like(p), np.zeros_like(p)
    known: dict[tuple[int, bytes], tuple[Floats, Floats]] = {}
    for i in free:
        step = int(steps[i])
        alike = (step, p[:, i].tobytes())
        if alike not in known:
            others = _divided(spread, p[:, i], step)
            up = np.concatenate([wins[step:], np.full(step, wins[-1])]) if step else wins
            known[alike] = (others @ up, others @ wins)
        with_member[:, i], without[:, i] = (all_needed * x for x in known[alike])
    for i in np.flatnonzero(must):
        rest = np.delete(p, np.flatnonzero(~must), axis=1)
        place = int(must[:i].sum())
        with_member[:, i] = np.delete(rest, place, axis=1).prod(1) * tail
    return Chances(all_needed * tail, with_member, without)


def _lattice(rule: Rule) -> tuple[Ints, _Target]:
    """Each member's step on a line on which number and weight are both read off, and the wins."""
    weights = np.array(rule.weights or (0,) * len(rule.members), dtype=np.intp)
    if rule.count <= len(rule.needed):
        return weights, _Target(1, 0, rule.quota, int(weights.sum()))
    if not rule.quota:
        return np.ones(len(weights), dtype=np.intp), _Target(1, 0, rule.count, len(weights))
    width = int(weights.sum()) + 1
    return weights + width, _Target(width, rule.count, rule.quota, width - 1)


@dataclass(frozen=True)
class _Target:
    width: int
    count: int
    quota: int
    top: int

    def __call__(self, sums: Ints) -> Floats:
        if self.count == 0:
            return (sums >= self.quota).astype(np.float64)
        return ((sums // self.width >= self.count) & (sums % self.width >= self.quota)).astype(
            np.float64
        )


def _spread(p: Floats, steps: Ints, base: int) -> Floats:
    """Distribution of the total over the line for each row, (rows, total + 1)."""
    top = base + int(steps.sum())
    found = np.zeros((len(p), top + 1))
    found[:, base] = 1.0
    reached = base
    for i, step in enumerate(steps):
        s = int(step)
        share = p[:, i : i + 1]
        if s == 0:
            continue
        moved = found[:, base : reached + 1] * share
        found[:, base : reached + 1] -= moved
        found[:, base + s : reached + s + 1] += moved
        reached += s
    return found


def _divided(spread: Floats, p: Floats, step: int) -> Floats:
    """The distribution without one member: its factor ``1 - p + p x^step`` divided out."""
    if step == 0:
        return spread
    found = np.zeros_like(spread)
    low = p <= 0.5
    length = spread.shape[1]
    if low.any():
        part, q = spread[low], p[low][:, None]
        out = np.zeros_like(part)
        for at in range(0, length, step):
            end = min(at + step, length)
            before = out[:, at - step : end - step] if at else 0.0
            out[:, at:end] = (part[:, at:end] - q * before) / (1.0 - q)
        found[low] = out
    if not low.all():
        part, q = spread[~low], p[~low][:, None]
        out = np.zeros_like(part)
        for end in range(length, 0, -step):
            at = max(end - step, 0)
            source = part[:, min(at + step, length) : min(end + step, length)]
            after = out[:, min(at + step, length) : min(end + step, length)]
            take = source.shape[1]
            out[:, at : at + take] = (source - (1.0 - q) * after) / q
        found[~low] = out
    return found


def shapley_shubik(rule: Rule) -> tuple[float, ...]:
    """Shapley-Shubik power of each member; sums to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (len(rule.members) + 1) // 2))
    at = (nodes + 1) / 2
    members = len(rule.members)
    share = np.zeros(members)
    batch = max(1, MOST_CELLS // ((members + 1) * (sum(rule.weights) + 1)))
    for first in range(0, len(at), batch):
        some = slice(first, first + batch)
        p = np.repeat(at[some, None], members, axis=1)
        share += weights[some] / 2 @ chances(rule, p).pivotal
    return tuple(float(x) for x in share)


def banzhaf(rule: Rule) -> tuple[float, ...]:
    """Normalised Banzhaf power of each member; sums to 1."""
    swing = chances(rule, np.full((1, len(rule.members)), 0.5)).pivotal[0]
    total = float(swing.sum())
    if total <= 0:
        raise ValueError(f"rule {rule.key!r} gives nobody a swing")
    return tuple(float(x) for x in swing / total)


def kept_share(shares: Sequence[float], p: Floats, levels: Sequence[float]) -> Floats:
    """Chance that the share of contributions kept reaches each level, exact to 1/2000 of a share.

    Args:
        shares: Each member's share; they sum to 1.
        p: Chance that each is still in, (rows, members).
        levels: Shares of the whole, in [0, 1].

    Returns:
        (rows, levels).
    """
    units = np.rint(np.array(shares) * 2000).astype(np.intp)
    spread = _spread(np.atleast_2d(p), units, 0)
    total = int(units.sum())
    reach = [int(np.ceil(level * total - 1e-9)) for level in levels]
    return np.stack([spread[:, r:].sum(1) for r in reach], axis=1)
