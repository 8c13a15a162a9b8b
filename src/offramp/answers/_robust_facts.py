"""The figures of the robustness answer, worked out from an ensemble. Definitions: :mod:`.robust`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._robust_bars import Bar, margins
from offramp.answers._robust_check import PlanError
from offramp.answers._robust_moments import Observed, weights_of
from offramp.crisis import Crisis
from offramp.ensembles import Ensemble
from offramp.ensembles.robust import Held, Robustness, Standing, held, quantile, robustness
from offramp.ensembles.weights import Weighted

Floats = NDArray[np.float64]

AS_IT_STANDS = "the file as it stands"
"""What readers are told instead of the name of a reading, where none is applied."""

WORTH = "value_a"


@dataclass(frozen=True, eq=False)
class Under:
    """Everything under one reading.

    Attributes:
        reading: Its id; None is the file as it stands. ``name`` is for readers, another for every reading.
        figures: Regret and domain over futures in which every plan has a worth; None if there is none.
        plain: The same with equal weights; ``figures`` itself without moments.
        held: By plan, how often it is good enough; ``plain_held`` with equal weights.
        margins: By bar, future and plan.
        lost: By plan, futures without an answer, and the first reason given.
        fitted: Futures in which what levers spare B was scaled down to its price of signing.
        weighted: The weights; None without moments.
    """

    reading: str | None
    name: str
    figures: Robustness | None
    plain: Robustness | None
    held: Mapping[str, Held]
    plain_held: Mapping[str, Held]
    margins: Floats
    lost: Mapping[str, tuple[int, str]]
    fitted: int
    weighted: Weighted | None

    @property
    def weights(self) -> Floats | None:
        """One a draw, or None if all count alike."""
        return None if self.weighted is None else self.weighted.weights


@dataclass(frozen=True, eq=False)
class Found:
    """What came of it.

    Attributes:
        plans: Those compared.
        bars: What is good enough; ``share``: in what share of futures a plan must be.
        setter: The plan that sets every bar and so is not judged, wherever it stands; None if there is none.
        under: Readings in the order asked for.
        standings: By plan that is judged, in the order of the plans.
        error: Of the grid.
        moments: What was observed.
        draws: Futures drawn.
        misses: Solves whose certificate misses its tolerance, of ``solves`` that gave a result.
    """

    plans: tuple[str, ...]
    bars: tuple[Bar, ...]
    share: float
    setter: str | None
    under: tuple[Under, ...]
    standings: Mapping[str, Standing]
    error: PlanError
    moments: tuple[Observed, ...]
    draws: int
    misses: int
    solves: int

    @property
    def judged(self) -> tuple[str, ...]:
        """Plans that do not set every bar themselves."""
        return tuple(self.standings)

    def with_verdict(self, verdict: str) -> tuple[str, ...]:
        """Plans whose standing over all readings is this."""
        return tuple(p for p, s in self.standings.items() if s.verdict == verdict)

    def allowed(self, bar: int, plan: str) -> float:
        """By how much a plan may miss a bar before that counts."""
        own = self.bars[bar]
        other = None if own.plan is None else self.plans.index(own.plan)
        return self.error.of(own.measure, self.plans.index(plan), other)

    def name(self, reading: str | None) -> str:
        """What readers call a reading."""
        return next(u.name for u in self.under if u.reading == reading)

    def best(self, criterion: str) -> dict[str | None, tuple[str, ...]]:
        """By id of the reading, the plans that are best by a criterion or cannot be told from the best."""
        return {u.reading: u.figures.best[criterion] for u in self.under if u.figures is not None}

    def alone(self, criterion: str) -> str | None:
        """The plan that is best by a criterion, and told from all others, under every reading."""
        sets = set(self.best(criterion).values())
        only = next(iter(sets)) if len(sets) == 1 and self.everywhere(criterion) else ()
        return only[0] if len(only) == 1 else None

    def everywhere(self, criterion: str) -> tuple[str, ...]:
        """Plans that are best by a criterion, or tie with the best, under every reading."""
        sets = [set(names) for names in self.best(criterion).values()]
        if len(sets) < len(self.under):
            return ()
        common = set.intersection(*sets)
        return tuple(p for p in self.plans if p in common)


def examine(
    crisis: Crisis,
    ensemble: Ensemble,
    bars: Sequence[Bar],
    share: float,
    error: PlanError,
    moments: Sequence[Observed],
) -> Found:
    """All figures of an ensemble.

    Raises:
        ValueError: if the moments cannot be met under a reading, or no plan has a worth under one.
    """
    plans = ensemble.plans
    own = bars[0].plan if bars else None
    setter = own if all(bar.plan == own and bar.level == 0 for bar in bars) else None
    measures = list(dict.fromkeys([WORTH, *(bar.measure for bar in bars)]))
    names = reading_names(crisis, ensemble.readings)
    under = tuple(
        _under(ensemble, r, names[r], bars, share, error, moments, measures)
        for r in ensemble.readings
    )
    met = ensemble.rows["met"].to_numpy(zero_copy_only=False)
    solved = met[np.isfinite(met)]
    return Found(
        plans,
        tuple(bars),
        share,
        setter,
        under,
        {
            p: Standing(p, {u.reading: u.held[p] for u in under}) for p in plans if p != setter
        },
        error,
        tuple(moments),
        ensemble.design.draws,
        int((solved == 0).sum()),
        len(solved),
    )  # fmt: skip


def reading_names(crisis: Crisis, readings: Sequence[str | None]) -> dict[str | None, str]:
    """What readers call each: its label; with its date, or else numbered, where two have the same."""
    found: dict[str | None, str] = {
        r: AS_IT_STANDS if r is None else crisis.readings[r].label for r in readings
    }
    for more in ("date", "number"):
        often = list(found.values())
        alike = [r for r in readings if r is not None and often.count(found[r]) > 1]
        for n, r in enumerate(alike, 1):
            assert r is not None
            found[r] += f" ({crisis.readings[r].as_of if more == 'date' else n})"
    return found


def _under(
    ensemble: Ensemble,
    reading: str | None,
    name: str,
    bars: Sequence[Bar],
    share: float,
    error: PlanError,
    moments: Sequence[Observed],
    measures: Sequence[str],
) -> Under:
    plans = ensemble.plans
    y = {m: np.column_stack([ensemble.column(m, p, reading) for p in plans]) for m in measures}
    found = weights_of(ensemble, reading, moments, name) if moments else None
    weights = None if found is None else found.weights
    apart = margins(bars, plans, y)
    slack = np.array(
        [
            [error.of(b.measure, p, None if b.plan is None else plans.index(b.plan)) for p in range(len(plans))]
            for b in bars
        ]
    )  # fmt: skip
    good = np.asarray((apart >= -slack[:, None, :]).all(axis=0))
    known = np.asarray(np.isfinite(apart).all(axis=0))

    def all_held(w: Floats | None) -> dict[str, Held]:
        return {p: held(good[:, k], known[:, k], bar=share, weights=w) for k, p in enumerate(plans)}

    def all_regret(w: Floats | None) -> Robustness | None:
        whole = np.isfinite(y[WORTH]).all(axis=1)
        if not (whole if w is None else whole & (w > 0)).any():
            return None
        return robustness(
            y[WORTH], plans, error=error.between[WORTH], good_enough=good, weights=w, sampled=True
        )

    figures, shares = all_regret(weights), all_held(weights)
    lost = {}
    for p in plans:
        reasons = ensemble.failures(p, reading)
        if reasons:
            lost[p] = (len(reasons), reasons[0][1])
    return Under(
        reading,
        name,
        figures,
        figures if weights is None else all_regret(None),
        shares,
        shares if weights is None else all_held(None),
        apart,
        lost,
        int(ensemble.fitted(reading).sum()),
        found,
    )


# --- Where the set of plans that hold up would change ---------------------------------------


def least_shares(found: Found) -> dict[str, tuple[float, str | None]]:
    """By plan judged, its lowest share and the reading under which it is; none for a plan without one."""
    known = {}
    for plan, standing in found.standings.items():
        share = standing.held[standing.least].share
        if np.isfinite(share):
            known[plan] = (share, standing.least)
    return known


def room_needed(found: Found, bar: int, plan: str) -> float:
    """How far a plan may miss one bar, the others as they are, to be good enough often enough everywhere.

    Negative: so much to spare. inf: no room is enough.
    """
    p = found.plans.index(plan)
    others = [k for k in range(len(found.bars)) if k != bar]
    needed = -np.inf
    for u in found.under:
        known = np.isfinite(u.margins[:, :, p]).all(axis=0)
        if not known.any():
            return float("inf")
        miss = -u.margins[bar, known, p]
        for k in others:
            blocked = u.margins[k, known, p] < -found.allowed(k, plan)
            miss = np.where(blocked, np.inf, miss)
        w = None if u.weights is None else u.weights[known]
        if w is not None and not w.sum() > 0:
            return float("inf")
        needed = max(needed, quantile(miss, found.share, w))
    return float(needed)
