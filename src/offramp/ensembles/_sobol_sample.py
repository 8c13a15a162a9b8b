"""The sample from which Sobol indices are estimated, and outcomes that know which sample they are of.

Symbols. d factors; A and B two independent samples of n points in the unit cube; AB_j is A with the
columns of factor j taken from B. A factor is one parameter or a group of parameters that move together.
The sample is the rows of A, of B, then of AB_1 .. AB_d: n (d + 2) points (Saltelli et al. 2010,
doi:10.1016/j.cpc.2009.09.018). A and B come from one scrambled Sobol sequence of 2 p dimensions.

An index estimated from another sample's outcomes is a plausible number about nothing. So the sample has
a key, a hash of its points; outcomes carry the key of the sample they were computed on; and estimators
refuse outcomes that carry another key, or that are too few or too many.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import qmc

Floats = NDArray[np.float64]


BITS = 30
"""Bits of a coordinate; points sit in the middle of their cell of this grid, so never at 0 or 1."""


class WrongSample(ValueError):
    """Outcomes that are not those of the sample at hand."""


def frozen(values: ArrayLike) -> Floats:
    """A copy that nobody can write to."""
    kept = np.array(values, dtype=np.float64)
    kept.flags.writeable = False
    return kept


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes of a sample's points, in its order, with the sample's key.

    A failed point is ``nan``. Make them with :meth:`SobolSample.evaluate` or
    :meth:`SobolSample.outcomes`.
    """

    key: str
    values: Floats


@dataclass(frozen=True, eq=False)
class SobolSample:
    """Points A, B, AB_1 .. AB_d in the unit cube, row after row.

    Attributes:
        names: Parameters, one a column of ``points``.
        base: n, rows of A; a power of two keeps the sequence balanced.
        points: All rows, shape (n (d + 2), parameters), read-only.
        factors: Factor names, and for each the parameters (columns) that move with it.
        key: Hash of names, factors and points: equal keys mean equal samples.
    """

    names: tuple[str, ...]
    base: int
    points: Floats
    factors: tuple[tuple[str, tuple[int, ...]], ...]
    key: str = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = self.points.shape
        if columns != len(self.names):
            raise ValueError(f"{columns} columns of points for {len(self.names)} names")
        if self.base < 2:
            raise ValueError("a sample needs at least two base points")
        if rows != self.base * (len(self.factors) + 2):
            raise ValueError(
                f"{rows} points are not base x (factors + 2) = {self.base} x {len(self.factors) + 2}"
            )
        used = sorted(c for _, group in self.factors for c in group)
        if used != list(range(columns)):
            raise ValueError("every parameter belongs to exactly one factor")
        object.__setattr__(self, "points", frozen(self.points))
        digest = hashlib.sha256()
        digest.update(repr((self.names, self.base, self.factors)).encode())
        digest.update(np.ascontiguousarray(self.points, dtype="<f8").tobytes())
        object.__setattr__(self, "key", digest.hexdigest())
        self._check_blocks()

    def _check_blocks(self) -> None:
        n = self.base
        a, b = self.points[:n], self.points[n : 2 * n]
        for j, (name, group) in enumerate(self.factors):
            block = self.points[(2 + j) * n : (3 + j) * n]
            swapped = a.copy()
            swapped[:, group] = b[:, group]
            if not np.array_equal(block, swapped):
                raise WrongSample(
                    f"the points of factor {name!r} are not those of A with its columns from B"
                )

    @property
    def factor_names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(name for name, _ in self.factors)

    @property
    def size(self) -> int:
        """Points to evaluate."""
        return len(self.points)

    def evaluate(self, model: Callable[[Floats], ArrayLike]) -> Outcomes:
        """Outcomes of a model that takes all points at once."""
        return self.outcomes(model(self.points), of=self.key)

    def outcomes(self, values: ArrayLike, *, of: str) -> Outcomes:
        """Outcomes computed elsewhere. ``of`` is the key that was recorded when they were.

        Raises:
            WrongSample: if they are of another sample, or not one for each point.
        """
        found = frozen(values)
        if of != self.key:
            raise WrongSample(
                f"these outcomes are of sample {of[:12]}, not of this one ({self.key[:12]})"
            )
        if found.shape != (self.size,):
            raise WrongSample(f"{found.shape} outcomes for {self.size} points")
        return Outcomes(of, found)

    def blocks(self, outcomes: Outcomes) -> tuple[Floats, int]:
        """Outcomes as rows (A, B, AB_1 .. AB_d) of a base point, and how many rows had a failure.

        A base point with a failed outcome in any block is left out whole.

        Raises:
            WrongSample: for another sample's outcomes.
            ValueError: if fewer than two complete base points are left.
        """
        self.outcomes(outcomes.values, of=outcomes.key)
        rows = outcomes.values.reshape(len(self.factors) + 2, self.base).T
        whole = np.isfinite(rows).all(axis=1)
        if whole.sum() < 2:
            raise ValueError(f"only {int(whole.sum())} of {self.base} base points are complete")
        kept: Floats = np.ascontiguousarray(rows[whole])
        return kept, int(self.base - whole.sum())


def halves(dimensions: int, base: int, seed: int) -> tuple[Floats, Floats]:
    """A and B, strictly inside the unit cube, from one scrambled Sobol sequence.

    The sequence is balanced over each power of two of its points; any number of them is valid.
    """
    sequence = qmc.Sobol(2 * dimensions, scramble=True, bits=BITS, rng=seed)
    both = sequence.random_base2((base - 1).bit_length())[:base] + math.ldexp(0.5, -BITS)
    return both[:, :dimensions], both[:, dimensions:]


def sobol_sample(
    names: Sequence[str],
    base: int,
    *,
    seed: int = 0,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> SobolSample:
    """A sample of ``base`` base points over the unit cube.

    Args:
        names: Parameters.
        base: Base points; ``base x (factors + 2)`` outcomes will be needed.
        seed: Seed of the scrambling.
        groups: Parameters that move together, by the group's name; the others are factors of their own.

    Raises:
        ValueError: for a group that names an unknown parameter, or one twice.
    """
    columns = {name: c for c, name in enumerate(names)}
    if len(columns) != len(names):
        raise ValueError("a parameter is named twice")
    grouped: dict[str, tuple[int, ...]] = {}
    for group, members in (groups or {}).items():
        unknown = [m for m in members if m not in columns]
        if unknown:
            raise ValueError(f"group {group!r} names unknown parameters: {', '.join(unknown)}")
        grouped[group] = tuple(columns[m] for m in members)
    taken = {c for group in grouped.values() for c in group}
    factors: tuple[tuple[str, tuple[int, ...]], ...] = (
        *((name, (c,)) for name, c in columns.items() if c not in taken),
        *grouped.items(),
    )
    a, b = halves(len(names), base, seed)
    blocks = [a, b]
    for _, moving in factors:
        swapped = a.copy()
        swapped[:, list(moving)] = b[:, list(moving)]
        blocks.append(swapped)
    return SobolSample(tuple(names), base, np.concatenate(blocks), factors)
