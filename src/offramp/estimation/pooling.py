"""Several experts, one number: pooling rules that are stated, and weights that are earned.

Expert e gives quantiles q5 < q50 < q95 of a quantity. Each becomes the density of least information
that meets them: uniform between quantiles on the intrinsic range [L, U], which holds every expert's
quantiles (and the true value, where it is known) and :data:`OVERSHOOT` of their span beyond at each end. The
four intervals hold p = (.05, .45, .45, .05).

- **Linear pool**: F(x) = sum_e w_e F_e(x). Keeps disagreement: two sharp experts who differ give two humps.
- **Quantile average**: q = sum_e w_e q_e, level by level. Keeps sharpness: the result is as narrow as its
  members (Lichtendahl, Grushka-Cockayne and Winkler 2013).
- **Performance weights**, Cooke's classical model (Cooke 1991; Colson and Cooke 2018). On N seed questions
  whose answers are known, s_j is the share of answers in interval j of the expert's::

      I(s, p) = sum_j s_j ln(s_j / p_j)
      calibration  C = 1 - F_chi2,3( 2 N I(s, p) )
      information  K = mean over items of sum_j p_j ln( p_j / ((u_j - l_j)/(U - L)) )
      weight  w = C K if C >= alpha, else 0;  normalised

  alpha is given, or chosen so that the combined expert ("decision maker") has the highest C K of its
  own. C is the p-value of a likelihood-ratio test and is only asymptotic: fewer than
  :data:`FEW_SEEDS` seeds say little, and :attr:`Performance.few` says so.

Units: those of the quantity; C and weights in [0, 1]; K in nats. Raises :class:`ValueError` for
quantiles that do not rise, weights that are negative or all zero, and experts without common seeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

LEVELS = (0.05, 0.50, 0.95)
"""Quantiles that are asked for."""
MASSES = (0.05, 0.45, 0.45, 0.05)
"""Probability between them."""
OVERSHOOT = 0.10
"""Share of the span added at either end of the intrinsic range (Cooke's default)."""
FEW_SEEDS = 8
"""Seed questions below which calibration can hardly tell experts apart."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """An expert's 5th, 50th and 95th percentile of one quantity."""

    low: float
    middle: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.middle < self.high:
            raise ValueError(
                f"quantiles must rise: 5 % {self.low:g}, 50 % {self.middle:g}, 95 % {self.high:g}"
            )

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """The three, in order."""
        return (self.low, self.middle, self.high)


@dataclass(frozen=True, slots=True)
class Seed:
    """A question whose answer is known, with each expert's assessment made before."""

    name: str
    truth: float
    answers: Mapping[str, Assessment]


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooled quantity: its 5th, 50th and 95th percentile, by a rule and weights that are stated."""

    rule: str
    low: float
    middle: float
    high: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Performance:
    """What seed questions say about each expert.

    Attributes:
        calibration, information: C and K by expert.
        weights: Normalised weights at ``alpha``.
        alpha: Least calibration that gets a weight.
        maker: C and K of the combined expert at these weights, and at equal weights.
    """

    seeds: int
    calibration: Mapping[str, float]
    information: Mapping[str, float]
    weights: Mapping[str, float]
    alpha: float
    maker: tuple[float, float]
    equal: tuple[float, float]

    @property
    def few(self) -> bool:
        """Whether there are too few seeds to tell experts apart."""
        return self.seeds < FEW_SEEDS


# --- Pools ---------------------------------------------------------------------------------


def quantile_average(
    answers: Mapping[str, Assessment], weights: Mapping[str, float] | None = None
) -> Pool:
    """Weighted means of the quantiles, level by level."""
    w = _weights(answers, weights)
    low, middle, high = (
        sum(w[e] * answers[e].quantiles[k] for e in answers) for k in range(len(LEVELS))
    )
    return Pool("quantile average", low, middle, high, w)


def linear_pool(
    answers: Mapping[str, Assessment],
    weights: Mapping[str, float] | None = None,
    truth: float | None = None,
) -> Pool:
    """Quantiles of the weighted mixture of the experts' densities."""
    w = _weights(answers, weights)
    span = intrinsic_range(answers.values(), truth)
    low, middle, high = (_mixture_quantile(answers, w, span, level) for level in LEVELS)
    return Pool("linear pool", low, middle, high, w)


def intrinsic_range(answers: object, truth: float | None = None) -> tuple[float, float]:
    """Smallest interval with all quantiles and the truth, and the overshoot at either end."""
    found = [q for a in answers for q in a.quantiles]  # type: ignore[attr-defined]
    if truth is not None:
        found.append(truth)
    low, high = min(found), max(found)
    more = OVERSHOOT * (high - low)
    return low - more, high + more


def distribution(answer: Assessment, span: tuple[float, float], x: Floats) -> Floats:
    """F_e(x): piecewise linear through the quantiles."""
    knots = np.array([span[0], *answer.quantiles, span[1]])
    levels = np.array([0.0, *LEVELS, 1.0])
    return np.asarray(np.interp(x, knots, levels), dtype=float)


def _mixture_quantile(
    answers: Mapping[str, Assessment],
    weights: Mapping[str, float],
    span: tuple[float, float],
    level: float,
) -> float:
    """Where the mixture reaches ``level``: linear between the knots of all experts."""
    knots = np.unique([span[0], span[1], *(q for a in answers.values() for q in a.quantiles)])
    total = sum(
        (weights[e] * distribution(a, span, knots) for e, a in answers.items()),
        np.zeros(len(knots)),
    )
    return float(np.interp(level, total, knots))


# --- Cooke's classical model -----------------------------------------------------------------


def calibration(counts: Sequence[int]) -> float:
    """C from the number of true values in each of the four intervals.

    Raises:
        ValueError: if there are not four counts, or none at all.
    """
    if len(counts) != len(MASSES) or min(counts) < 0 or sum(counts) == 0:
        raise ValueError(f"four counts of seeds are needed; got {list(counts)}")
    n = sum(counts)
    surprise = math.fsum(
        (k / n) * math.log(k / n / p) for k, p in zip(counts, MASSES, strict=True) if k
    )
    # Relative information is never negative; rounding may leave it at -1e-17.
    return float(special.chdtrc(len(MASSES) - 1, max(2 * n * surprise, 0.0)))


def information(answer: Assessment, span: tuple[float, float]) -> float:
    """Relative information of one assessment against the uniform on the intrinsic range."""
    edges = (span[0], *answer.quantiles, span[1])
    width = span[1] - span[0]
    return math.fsum(
        p * math.log(p * width / (b - a))
        for p, a, b in zip(MASSES, edges, edges[1:], strict=False)
        if p > 0
    )


def performance(seeds: Sequence[Seed], alpha: float | None = 0.0) -> Performance:
    """Calibration, information and weights of experts who all answered the same seeds.

    Args:
        seeds: The seed questions.
        alpha: Least calibration that gets a weight; None: the one that serves the combined expert best.

    Raises:
        ValueError: without seeds or experts, if somebody left one out, or if nobody reaches ``alpha``.
    """
    experts = _experts(seeds)
    counts = {e: [0] * len(MASSES) for e in experts}
    spans = [intrinsic_range(s.answers.values(), s.truth) for s in seeds]
    for seed in seeds:
        for e in experts:
            counts[e][_interval(seed.answers[e].quantiles, seed.truth)] += 1
    C = {e: calibration(counts[e]) for e in experts}
    K = {
        e: math.fsum(information(s.answers[e], r) for s, r in zip(seeds, spans, strict=True)) / len(seeds)
        for e in experts
    }  # fmt: skip
    if alpha is None:
        # The combined expert changes only where somebody drops out: at the experts' own calibrations.
        options = [a for a in sorted(set(C.values())) if _earned(C, K, a) is not None]
        if not options:
            raise ValueError("no expert has both calibration and information above zero")
        alpha = max(
            options,
            key=lambda a: math.prod(_maker(seeds, spans, _earned(C, K, a) or {})),
        )
    weights = _earned(C, K, alpha)
    if weights is None:
        raise ValueError(f"no expert reaches a calibration of {alpha:g}")
    even = dict.fromkeys(experts, 1 / len(experts))
    return Performance(
        len(seeds), C, K, weights, alpha,
        _maker(seeds, spans, weights), _maker(seeds, spans, even),
    )  # fmt: skip


def _earned(
    C: Mapping[str, float], K: Mapping[str, float], alpha: float
) -> dict[str, float] | None:
    raw = {e: C[e] * K[e] if C[e] >= alpha else 0.0 for e in C}
    total = sum(raw.values())
    return {e: x / total for e, x in raw.items()} if total > 0 else None


def _maker(
    seeds: Sequence[Seed], spans: Sequence[tuple[float, float]], weights: Mapping[str, float]
) -> tuple[float, float]:
    """C and K of the linear pool with these weights on the seeds."""
    counts = [0] * len(MASSES)
    told = 0.0
    for seed, span in zip(seeds, spans, strict=True):
        q = [_mixture_quantile(seed.answers, weights, span, level) for level in LEVELS]
        counts[_interval(q, seed.truth)] += 1
        told += _mixture_information(seed.answers, weights, span)
    return calibration(counts), told / len(seeds)


def _mixture_information(
    answers: Mapping[str, Assessment], weights: Mapping[str, float], span: tuple[float, float]
) -> float:
    """Relative information of the mixture density against the uniform, piece by piece."""
    knots = np.unique([span[0], span[1], *(q for a in answers.values() for q in a.quantiles)])
    mass = sum(
        (weights[e] * np.diff(distribution(a, span, knots)) for e, a in answers.items()),
        np.zeros(len(knots) - 1),
    )
    uniform = np.diff(knots) / (span[1] - span[0])
    held = mass > 0
    return float(np.sum(mass[held] * np.log(mass[held] / uniform[held])))


def _interval(quantiles: Sequence[float], truth: float) -> int:
    """Interval that holds the true value: at or below q5 is the first."""
    return int(np.searchsorted(np.asarray(quantiles), truth, side="left"))


def _experts(seeds: Sequence[Seed]) -> list[str]:
    if not seeds:
        raise ValueError("performance needs seed questions")
    experts = list(seeds[0].answers)
    if not experts:
        raise ValueError("nobody answered the seed questions")
    for seed in seeds:
        if set(seed.answers) != set(experts):
            missing = ", ".join(sorted(set(experts) ^ set(seed.answers)))
            raise ValueError(f"not everybody answered the seed {seed.name!r}: {missing}")
    return experts


def _weights(
    answers: Mapping[str, Assessment], weights: Mapping[str, float] | None
) -> dict[str, float]:
    if not answers:
        raise ValueError("there is nothing to pool")
    raw = {e: 1.0 if weights is None else float(weights.get(e, 0.0)) for e in answers}
    total = sum(raw.values())
    if min(raw.values()) < 0 or total <= 0:
        raise ValueError("weights are at least 0, and one of them is above it")
    return {e: x / total for e, x in raw.items()}
