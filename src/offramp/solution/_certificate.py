"""The certificate: how far a result can be trusted as a solution of its game.

It says nothing about whether the crisis file is right. What every solve shows by itself:

* the probability-weighted share of choices whose fixed point is solved to 1e-10 and the largest residual
  where the path of play goes with probability above 1e-6 (log-odds);
* whether more than one solution was found where the solver looked for others;
* one-deviation regret: what each side would gain by the best act in place of the logit mixture, choice by
  choice with everything else given, added up over the path of play. It is reported and does not gate:
  logit players blur payoffs that differ by about 1/lambda, so some regret is what the precision assumes;
* conservation of probability, and of beliefs for each type (a martingale).

What more solves show (:func:`certify`): the change of every headline figure under one refinement
at a time, see :mod:`offramp.solution._refinements`. The *error* of a figure is the largest change, in
size, over the checks that count (finer grids and clock, a later end). A difference up to the error, or below
what readers see printed, is no distinguishable difference: :func:`distinguishable` is the one place where
that is decided. The precision band is a range of behaviour, not an error.

Symbols: kappa precision per round, lambda precision per stake unit. Units: values in each side's own
stake; probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from offramp.solution import _certificate_words as words
from offramp.solution._refinements import Refinement, left_out, neighbours
from offramp.solution.kernels import Kernel

if TYPE_CHECKING:
    from offramp.game import Game
    from offramp.solution._multiplicity import Probe
    from offramp.solution._solution import Solution

Metric = Literal["value_a", "value_b", "settled", "disaster"]
METRICS: tuple[Metric, ...] = ("value_a", "value_b", "settled", "disaster")

PRINTED: Mapping[Metric, float] = {
    "value_a": 0.005,
    "value_b": 0.005,
    "settled": 0.005,
    "disaster": 0.0005,
}
"""Half of the last figure that readers see (.01 of a stake, 1 %, .1 %): the least error of words."""

BAND = (3.0, 8.0, 20.0)
"""Precisions at which headline results are reported."""
UNSOLVED_LIMIT, MASS_LIMIT, MARTINGALE_LIMIT = 0.01, 1e-12, 1e-9
"""Tolerances: share of choices unsolved, conservation of probability, of each type's beliefs."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Headline:
    """The numbers that plans are compared by, with the month they are read at.

    ``value_b`` is by type; ``settled``, ``war``, ``ceasefire``, ``disaster`` are probabilities at
    the month of reading.
    """

    month: int
    value_a: float
    value_b: tuple[float, ...]
    settled: float
    war: float
    ceasefire: float
    disaster: float


@dataclass(frozen=True)
class Check:
    """What one refinement changed (the refined game's figure less the game's own).

    Attributes:
        name, what, counts: As in :class:`Refinement`.
        month: Month at which both probabilities were read.
        unsolved: Share of choices that the refined solve left unsolved.
    """

    name: str
    what: str
    counts: bool
    month: int
    value_a: float
    value_b: tuple[float, ...]
    settled: float
    disaster: float
    unsolved: float

    def change(self, metric: Metric) -> float:
        """Change of a figure; of B's values the largest in size over types."""
        if metric == "value_b":
            return max(self.value_b, key=abs)
        return float(getattr(self, metric))


def check_of(refinement: Refinement, base: Headline, other: Headline, unsolved: float) -> Check:
    """Compare two headlines of the same month.

    Raises:
        ValueError: if the months differ.
    """
    if base.month != other.month:
        raise ValueError(f"cannot compare month {other.month} with month {base.month}")
    return Check(
        refinement.name,
        refinement.what,
        refinement.counts,
        base.month,
        other.value_a - base.value_a,
        tuple(y - x for x, y in zip(base.value_b, other.value_b, strict=True)),
        other.settled - base.settled,
        other.disaster - base.disaster,
        unsolved,
    )


def largest(checks: Iterable[Check], metric: Metric) -> float | None:
    """Error of a figure: the largest change, in size, over the checks that count (None without)."""
    return max((abs(c.change(metric)) for c in checks if c.counts), default=None)


def distinguishable(x: float, y: float, metric: Metric, error: float | None) -> bool:
    """Whether two figures differ by more than their error, and by enough to be seen in print.

    Args:
        x: A figure.
        y: Another of its kind.
        metric: The kind.
        error: Their error; None where no check was run, so that only print decides.
    """
    return abs(x - y) > max(PRINTED[metric], error or 0.0)


@dataclass(frozen=True)
class Certificate:
    """How well the game was solved.

    Attributes:
        residual: Largest log-odds residual at choices reached with probability above 1e-6.
        unsolved: Probability-weighted share of typed choices above tolerance.
        several: Share of the ``several_probed`` choices probed at which more than one solution is known.
        mass_error: Largest departure from conservation of probability; ``martingale`` of beliefs, by
            true type of B.
        regret: What A and B would gain by the best act instead of the noisy one, choice by choice with
            the rest given, added up over the path of play (own stake; None: choices have no noise).
        noise: 1/lambda of A and B: the size of payoff differences that choices blur (own stake).
        kernel: What computed it.
        sides: What A and B are called; ``types`` B's types, in order.
        checks: Refinements that were solved; ``skipped`` says why others do not apply.
        band: Headline at each precision of the band.
    """

    mode: str
    kernel: str
    resolution: str
    precision: float
    residual: float
    unsolved: float
    several: float
    several_probed: int
    mass_error: float
    martingale: tuple[float, ...]
    regret: tuple[float, float] | None
    noise: tuple[float, float]
    sides: tuple[str, str]
    types: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    skipped: tuple[str, ...] = ()
    band: tuple[tuple[float, Headline], ...] = ()

    @property
    def martingale_error(self) -> float:
        """Largest drift of the mean belief in any type."""
        return max(self.martingale, default=0.0)

    @property
    def met(self) -> bool:
        """Whether every tolerance is met."""
        return (
            self.unsolved <= UNSOLVED_LIMIT
            and self.mass_error <= MASS_LIMIT
            and all(drift <= MARTINGALE_LIMIT for drift in self.martingale)
        )

    def error(self, metric: Metric) -> float | None:
        """Largest change of a figure over the checks that count (None if none was run)."""
        return largest(self.checks, metric)

    def least(self, metric: Metric) -> float:
        """The size up to which a difference of two figures is no distinguishable difference."""
        return max(PRINTED[metric], self.error(metric) or 0.0)

    def distinguishable(self, x: float, y: float, metric: Metric) -> bool:
        """Whether two figures differ by more than the certificate's error."""
        return distinguishable(x, y, metric, self.error(metric))

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def summary(self) -> str:
        """The certificate in one line."""
        return words.summary(self)

    def lines(self, each: bool = True) -> tuple[str, ...]:
        """The certificate in words; without ``each``, what single checks moved is left to a table."""
        return words.lines(self, each)

    def to_dict(self) -> dict[str, Any]:
        """The certificate as plain values."""
        plain = asdict(self)
        plain["band"] = [{"precision": k, **asdict(head)} for k, head in self.band]
        return {
            **plain,
            "met": self.met,
            "tolerances": {
                "unsolved": UNSOLVED_LIMIT,
                "mass_error": MASS_LIMIT,
                "martingale": MARTINGALE_LIMIT,
            },
            "errors": {metric: self.error(metric) for metric in METRICS},
            "lines": list(self.lines()),
        }


def certify(
    solution: Solution,
    month: int = 12,
    band: Iterable[float] = BAND,
    progress: Progress | None = None,
    kernel: Kernel = "auto",
) -> Certificate:
    """The certificate with every refinement solved, one solve each, and the precision band.

    Args:
        solution: What to certify.
        month: Month at which probabilities are read (at most the horizon).
        band: Precisions to report; an exact solution has none.
        progress: Told (label, done, total).
        kernel: As in :func:`offramp.solution.solve`.
    """
    from offramp.solution._solution import solve

    game, exact = solution.game, solution.mode == "exact"
    others = [] if exact else [k for k in dict.fromkeys(band) if k != solution.precision]
    todo = neighbours(game)
    total, done = len(todo) + len(others), 0

    def again(changed: Game, precision: float) -> Solution:
        if exact:
            return solve(changed, mode="exact")
        return solve(changed, precision, kernel=kernel)

    def tell(label: str) -> None:
        if progress is not None:
            progress(label, done, total)

    checks = []
    for refinement in todo:
        tell(refinement.name)
        other = again(refinement.apply(game), solution.precision)
        common = min(month, game.shown, other.game.shown)
        here, there = solution.headline(common), other.headline(common)
        checks.append(check_of(refinement, here, there, other.futures.unsolved_mass))
        done += 1
    levels = {} if exact else {solution.precision: solution.headline(month)}
    for k in others:
        tell(f"precision {k:g}")
        levels[k] = again(game, k).headline(month)
        done += 1
    tell("certified")
    own = solution.certificate if exact else with_probe(solution.certificate, solution.several)
    return with_checks(own, checks, skipped=left_out(game), band=sorted(levels.items()))


def with_checks(
    certificate: Certificate,
    checks: Iterable[Check],
    skipped: Iterable[str] = (),
    band: Iterable[tuple[float, Headline]] = (),
) -> Certificate:
    """A certificate with the results of refinements and of the precision band."""
    return replace(certificate, checks=tuple(checks), skipped=tuple(skipped), band=tuple(band))


def with_probe(certificate: Certificate, several: Probe | None) -> Certificate:
    """A certificate with what a probe for several solutions found, if one was made."""
    if several is None:
        return certificate
    return replace(certificate, several=several.share, several_probed=several.probed)
