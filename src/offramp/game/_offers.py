"""Offers: points of the Pareto frontier of the two blocs, and the named contracts.

For a weight om in [0, 1] the efficient terms maximise ``om W_A(x) + (1 - om) W_B(x)`` issue by
issue. With linear loss the optimum of each issue lies at a breakpoint (a voice's ideal, the edge
of a red line or of what is on the table, an end of the scale, a possible point), so the frontier is
a chain of vertices along which one issue after another changes hands (log-rolling). With quadratic
loss each issue has the closed form ``x_m(om) = sum_v om_v w_vm ideal_vm / span_vm^2 / sum_v om_v
w_vm / span_vm^2``, projected on the feasible interval, or the best breakpoint if that is better (the
edge of a soft red line). Hard red lines and locked parts of issues
are intersected first; soft red lines enter as their penalties. Dominated points are removed, the
rest is sampled evenly in W_B.

Source: log-rolling and contract curves, Raiffa 1982; the quadratic closed form is the weighted
mean of ideal points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from offramp.crisis._schema import Crisis
from offramp.game._preferences import EDGE, Floats, Stakes, on_the_table

SPELT_OUT = 3
"""Most issues at which efficient terms are named by their terms."""
SWEEP = 201
"""Weights tried on the quadratic frontier before resampling."""


@dataclass(frozen=True)
class Enforcement:
    """How a settlement is watched: detection, response, B's loss when answered, its lever."""

    detection: float
    response: float
    loss: float
    lever: str | None

    @property
    def expected_loss(self) -> float:
        """Expected loss of a violator, d * phi * G (stake units)."""
        return self.detection * self.response * self.loss


@dataclass(frozen=True)
class Offer:
    """A contract that can be proposed.

    ``frontier`` is the rank along the Pareto frontier (0 = best for B) or -1 for a named contract.
    ``imposed``: put to A by outsiders; neither side proposes it.
    """

    id: str
    name: str
    terms: tuple[float, ...]
    relief: str
    enforcement: Enforcement
    guarantee: str | None
    lasts_months: float | None
    frontier: int
    contract: str | None
    imposed: bool = False


NO_ENFORCEMENT = Enforcement(0.0, 0.0, 0.0, None)


def enforcement_of(crisis: Crisis, guarantee: str | None) -> Enforcement:
    """Enforcement that a guarantee provides; none if there is no guarantee."""
    if guarantee is None:
        return NO_ENFORCEMENT
    g = crisis.guarantees[guarantee]
    return Enforcement(g.detection.value, g.response.value, g.loss.value, g.lever)


def guarantee_at(crisis: Crisis, terms: Floats) -> str | None:
    """Guarantee named by the scale point that the terms sit on, if any."""
    for m, issue in enumerate(crisis.issues.values()):
        for point in issue.scale:
            if point.guarantee is not None and abs(point.at - terms[m]) < 1e-6:
                return point.guarantee
    return None


def _candidates(crisis: Crisis, stakes: Stakes, limit: Floats) -> list[Floats]:
    """Feasible breakpoints of each issue."""
    columns = []
    for m, issue in enumerate(crisis.issues.values()):
        if issue.divisible:
            points = {0.0, 1.0, issue.status_quo, float(limit[m])}
            points |= {float(x) for x in stakes.ideal[:, m]}
            points |= {line.bound for line in stakes.lines if line.issue == m}
        else:
            points = set(issue.points)
        kept = [
            x
            for x in sorted(points)
            if 0 <= x <= 1
            and x <= limit[m] + EDGE
            and not any(
                line.hard and line.issue == m and line.sign * (x - line.bound) > EDGE
                for line in stakes.lines
            )
        ]
        columns.append(np.array(kept))
    return columns


def frontier(crisis: Crisis, stakes: Stakes, limit: Floats) -> Floats:
    """Vertices of the Pareto frontier, best for B first, shape (n, M); empty if none is feasible."""
    columns = _candidates(crisis, stakes, limit)
    if any(len(c) == 0 for c in columns):
        return np.zeros((0, len(columns)))
    gains: list[tuple[Floats, Floats]] = []
    for m, column in enumerate(columns):
        probe = np.tile(stakes.status_quo, (len(column), 1))
        probe[:, m] = column
        base = np.tile(stakes.status_quo, (1, 1))
        value = stakes.plain(probe) - stakes.plain(base)
        for line in stakes.lines:
            if line.issue == m and line.actor in stakes.voices:
                value[stakes.voices.index(line.actor)] -= line.penalty * line.crossed(probe)
        gains.append((stakes.bloc(value, 0), stakes.bloc(value, 1)))
    if stakes.exponent == 2:
        rows = [_quadratic(crisis, stakes, columns, om) for om in np.linspace(0, 1, SWEEP)]
        return _undominated(stakes, np.array(rows))
    ratios = {0.0, 1.0}
    for a, b in gains:
        for i in range(len(a)):
            for j in range(i):
                da, db = a[i] - a[j], b[i] - b[j]
                if da * db < 0:
                    ratios.add(float(abs(db) / (abs(da) + abs(db))))
    steps = sorted(ratios)
    middles = [0.5 * (lo + hi) for lo, hi in pairwise(steps)]
    rows = [
        np.array(
            [
                column[int(np.argmax(om * a + (1 - om) * b))]
                for column, (a, b) in zip(columns, gains, strict=True)
            ]
        )
        for om in middles
    ]
    chain: list[Floats] = []
    for row in rows:
        if not chain:
            chain.append(row)
            continue
        current = chain[-1].copy()
        changed = np.flatnonzero(np.abs(row - current) > EDGE)
        for m in changed.tolist():
            current = current.copy()
            current[m] = row[m]
            chain.append(current)
    return _undominated(stakes, np.array(chain))


def _quadratic(crisis: Crisis, stakes: Stakes, columns: list[Floats], om: float) -> Floats:
    terms = np.empty(len(columns))
    pull = np.where(stakes.side == 0, om, 1 - om) * stakes.influence
    for m, (issue, column) in enumerate(zip(crisis.issues.values(), columns, strict=True)):
        span = np.maximum(stakes.ideal[:, m], 1 - stakes.ideal[:, m])
        strength = pull * stakes.weight[:, m] / span**2
        if strength.sum() <= 0:
            best = stakes.status_quo[m]
        else:
            best = float((strength * stakes.ideal[:, m]).sum() / strength.sum())
        if issue.divisible:
            column = np.append(min(max(best, column[0]), column[-1]), column)
        loss = (strength[:, None] * (column[None] - stakes.ideal[:, m, None]) ** 2).sum(0)
        probe = np.tile(stakes.status_quo, (len(column), 1))
        probe[:, m] = column
        for line in stakes.lines:
            if line.issue == m and line.actor in stakes.voices:
                loss += pull[stakes.voices.index(line.actor)] * line.penalty * line.crossed(probe)
        terms[m] = column[int(np.argmin(loss))]
    return terms


def _undominated(stakes: Stakes, terms: Floats) -> Floats:
    """Drop duplicates and points that another point beats for both blocs; sort best for B first."""
    value = stakes.signed(terms)
    a, b = stakes.bloc(value, 0), stakes.bloc(value, 1)
    order = np.lexsort((-a, -b))
    kept: list[int] = []
    best_a = -np.inf
    for i in order:
        if a[i] > best_a + 1e-9:
            kept.append(int(i))
            best_a = float(a[i])
    return terms[kept]


def sample_chain(crisis: Crisis, stakes: Stakes, chain: Floats, count: int) -> Floats:
    """Points spread along the chain of vertices, evenly in W_B, ends included, undominated.

    Between neighbouring vertices only divisible issues are mixed.
    """
    if len(chain) <= 1 or count <= 1:
        return chain[:count]
    divisible = np.array([i.divisible for i in crisis.issues.values()])
    b = stakes.bloc(stakes.signed(chain), 1)
    wanted = np.linspace(b[0], b[-1], count)
    rows = []
    for target in wanted:
        right = int(np.searchsorted(-b, -target))
        if right == 0:
            rows.append(chain[0])
            continue
        left, right = right - 1, min(right, len(chain) - 1)
        gap = b[left] - b[right]
        share = 0.0 if gap <= 0 else (b[left] - target) / gap
        mixed = chain[left] + share * (chain[right] - chain[left])
        rows.append(np.where(divisible, mixed, chain[right if share > 0.5 else left]))
    points = np.array(rows)
    return _undominated(stakes, points[stakes.feasible(points)])


def _frontier_name(crisis: Crisis, terms: Floats, rank: int, count: int) -> str:
    """Efficient terms by what they say where that is short, else by their place on the frontier."""
    if len(terms) > SPELT_OUT:
        return f"efficient terms {rank + 1} of {count} (1 best for {crisis.blocs['B'].name})"
    parts = [
        f"{i.name.lower()} {x:.2f}" for i, x in zip(crisis.issues.values(), terms, strict=True)
    ]
    return f"efficient terms, {', '.join(parts)}"


def offers_of(
    crisis: Crisis, stakes: Stakes, count: int, imposed: frozenset[str] = frozenset()
) -> tuple[Offer, ...]:
    """All offers of a game: frontier points first (best for B first), then named contracts.

    ``imposed`` are the contracts that outsiders may put in force; others of that kind are left out.
    Contracts beyond a hard red line are left out; the deal answer reports them with the line.
    """
    offers: list[Offer] = []
    if count > 0:
        chain = frontier(crisis, stakes, on_the_table(crisis))
        points = sample_chain(crisis, stakes, chain, count) if len(chain) else chain
        for rank, terms in enumerate(points):
            guarantee = guarantee_at(crisis, terms)
            offers.append(
                Offer(
                    id=f"frontier_{rank + 1}",
                    name=_frontier_name(crisis, terms, rank, len(points)),
                    terms=tuple(float(x) for x in terms),
                    relief="none",
                    enforcement=enforcement_of(crisis, guarantee),
                    guarantee=guarantee,
                    lasts_months=None,
                    frontier=rank,
                    contract=None,
                )
            )
    for key, contract in crisis.contracts.items():
        terms = np.array([contract.terms[m] for m in stakes.issues])
        outside = contract.imposed and key not in imposed
        if outside or not bool(stakes.feasible(terms[None])[0]):
            continue
        offers.append(
            Offer(
                id=key,
                name=contract.name,
                terms=tuple(float(x) for x in terms),
                relief=contract.relief,
                enforcement=enforcement_of(crisis, contract.guarantee),
                guarantee=contract.guarantee,
                lasts_months=contract.lasts_months,
                frontier=-1,
                contract=key,
                imposed=contract.imposed,
            )
        )
    return tuple(offers)
