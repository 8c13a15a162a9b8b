"""Designs: which values of which parameters are solved.

A design is a matrix of values, one row per draw and one column per parameter path, with the points of
the unit cube that it was made from. Points are what draws have in common: under another reading the same
point is carried to that reading's own ranges (:meth:`Design.under`), so that a difference between two
readings, or two plans, is never a difference between two samples.

* :func:`sample`: a scrambled Sobol sequence (Owen scrambling, seeded; Joe and Kuo directions), or
  independent random points, or a Latin hypercube; rank correlations by a Gaussian copula.
* :func:`saltelli`: the blocks A, B and AB_1..AB_d of variance-based sensitivity (Saltelli 2010): AB_i is A
  with column i from B. Rows come in that order.
* :func:`given`: a matrix that somebody else made.

Values follow the ranges and distributions of the crisis; :mod:`offramp.ensembles.sampling` says how.
"""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from offramp.crisis import Crisis, parameters, quantities, with_reading
from offramp.ensembles.correlation import Correlations, correlated
from offramp.ensembles.reach import reached
from offramp.ensembles.sampling import NoRange, quantile_of, values_at, varies

Floats = NDArray[np.float64]
Method = Literal["sobol", "random", "latin"]
METHODS: tuple[Method, ...] = ("sobol", "random", "latin")
SOBOL_BITS = 30
"""Bits of a coordinate of a Sobol point; points sit in the middle of their cell of this grid."""


@dataclass(frozen=True, eq=False)
class Design:
    """Draws of parameters.

    Attributes:
        paths: Parameter paths, one per column.
        values: Values, shape (draws, paths).
        points: Points of the unit cube, same shape; None for a matrix given from outside.
        seed: Seed of the points; None for a matrix given from outside.
        method: ``sobol``, ``random``, ``latin``, ``saltelli`` (``saltelli, in part``: some of its rows)
            or ``given``.
        reading: The reading whose ranges ``values`` follow, None for the crisis's own.
        base: Rows of block A of a Saltelli design; None for others.
    """

    paths: tuple[str, ...]
    values: Floats
    points: Floats | None
    seed: int | None
    method: str
    reading: str | None = None
    base: int | None = None

    def __repr__(self) -> str:
        return f"<Design: {self.draws} draws of {len(self.paths)} parameters, {self.method}>"

    def __len__(self) -> int:
        return len(self.values)

    @property
    def draws(self) -> int:
        """Number of draws (rows)."""
        return len(self.values)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything in the design, the same on every machine."""
        head = {
            "paths": self.paths,
            "seed": self.seed,
            "method": self.method,
            "reading": self.reading,
            "base": self.base,
            "shape": self.values.shape,
        }
        digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        for array in (self.values, self.points):
            if array is not None:
                digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return digest.hexdigest()

    def column(self, path: str) -> Floats:
        """Values of one parameter, shape (draws,).

        Raises:
            KeyError: if the path is not in the design.
        """
        if path not in self.paths:
            raise KeyError(f"`{path}` is not in the design")
        return self.values[:, self.paths.index(path)]

    def first(self, draws: int) -> Design:
        """The first draws alone (a Saltelli design is then one of plain draws)."""
        points = None if self.points is None else self.points[:draws]
        method = "saltelli, in part" if self.base is not None else self.method
        return Design(self.paths, self.values[:draws], points, self.seed, method, self.reading)

    def under(self, crisis: Crisis) -> Floats:
        """The same draws by the ranges of ``crisis`` (a reading's, say), shape (draws, paths).

        A parameter that has no range there keeps its central value. A design given from outside has
        no points, so its values are used as they are.
        """
        if self.points is None:
            return self.values
        return values_at(crisis, self.paths, self.points)

    def block(self, name: Literal["A", "B"] | str) -> slice:
        """Rows of a block of a Saltelli design: ``A``, ``B``, or the path whose column AB_i takes from B.

        Raises:
            ValueError: if this is not a Saltelli design.
            KeyError: for an unknown block.
        """
        if self.base is None:
            raise ValueError("only a Saltelli design has blocks; make one with `saltelli`")
        names = ("A", "B", *self.paths)
        if name not in names:
            raise KeyError(f"there is no block `{name}`; the blocks are A, B and the paths")
        i = names.index(name)
        return slice(i * self.base, (i + 1) * self.base)

    @classmethod
    def saltelli(
        cls,
        crisis: Crisis,
        paths: Sequence[str] | None = None,
        base: int = 256,
        seed: int = 0,
        *,
        reading: str | None = None,
        plans: Sequence[str] | None = None,
    ) -> Design:
        """Blocks A, B, AB_1..AB_d for Sobol indices: ``base * (d + 2)`` draws. See :func:`saltelli`."""
        return saltelli(crisis, paths, base, seed, reading=reading, plans=plans)


def sample(
    crisis: Crisis,
    paths: Sequence[str] | None = None,
    draws: int = 512,
    seed: int = 0,
    *,
    correlations: Correlations | None = None,
    reading: str | None = None,
    method: Method = "sobol",
    plans: Sequence[str] | None = None,
) -> Design:
    """Draw values of parameters from their ranges.

    The first n draws of a longer design with the same seed are the design of n draws (but for Latin
    hypercubes). Sobol points are best balanced where ``draws`` is a power of two.

    Args:
        crisis: The crisis.
        paths: Parameters to draw; None means every number with a range that the games of ``plans``
            read.
        draws: Number of draws.
        seed: Seed of the points.
        correlations: Rank correlation by pair of paths.
        reading: Draw from the ranges that a reading gives.
        method: ``sobol`` (scrambled), ``random`` or ``latin``.
        plans: Plans whose games are looked at if ``paths`` is left out; None means all of the crisis.

    Raises:
        ValueError: for no draws, an unknown method, a path given twice, impossible correlations, or
            (``NoRange``) a parameter that has no range.
        UnknownPath: for a path or reading that does not exist.
    """
    if draws < 1:
        raise ValueError(f"a design needs at least one draw; got {draws}")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose one of {', '.join(METHODS)}")
    named, chosen = _chosen(crisis, paths, reading, plans)
    points = _points(draws, len(chosen), seed, method)
    if correlations:
        points = correlated(points, chosen, correlations)
    return Design(chosen, values_at(named, chosen, points), points, seed, method, reading)


def saltelli(
    crisis: Crisis,
    paths: Sequence[str] | None = None,
    base: int = 256,
    seed: int = 0,
    *,
    reading: str | None = None,
    plans: Sequence[str] | None = None,
) -> Design:
    """Blocks for variance-based indices: A (base rows), B, then AB_i for each parameter in turn.

    A and B are the two halves of one scrambled Sobol sequence in 2 d dimensions. There are no
    correlations: the indices share out a variance among independent parameters.

    Args:
        crisis: The crisis.
        paths: Parameters; None means every number with a range that the games of ``plans`` read.
        base: Rows of A; a power of two.
        seed: Seed of the points.
        reading: Draw from the ranges that a reading gives.
        plans: As in :func:`sample`.

    Raises:
        ValueError: for a base that is not a power of two, and as :func:`sample`.
    """
    if base < 2 or base & (base - 1):
        raise ValueError(f"the base of a Saltelli design is a power of two; got {base}")
    named, chosen = _chosen(crisis, paths, reading, plans)
    d = len(chosen)
    both = _points(base, 2 * d, seed, "sobol")
    a, b = both[:, :d], both[:, d:]
    blocks = [a, b]
    for i in range(d):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        blocks.append(mixed)
    points = np.concatenate(blocks)
    return Design(chosen, values_at(named, chosen, points), points, seed, "saltelli", reading, base)


def given(paths: Sequence[str], values: Floats) -> Design:
    """A design from a matrix that somebody else made, shape (draws, paths).

    Raises:
        ValueError: if the shape does not fit, or a value is not a number.
    """
    matrix = np.array(values, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] != len(paths) or not len(matrix):
        raise ValueError(
            f"the values must have one row per draw and {len(paths)} columns; got shape {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise ValueError("the values hold something that is not a finite number")
    _unique(paths)
    return Design(tuple(paths), matrix, None, None, "given")


def sampled_by_default(
    crisis: Crisis, plans: Sequence[str] | None = None, reading: str | None = None
) -> tuple[str, ...]:
    """Every number with a range that the games of these plans read, in the order of the file."""
    read = set(reached(crisis, plans, reading=reading))
    named = crisis if reading is None else with_reading(crisis, reading)
    return tuple(
        path for path, number in parameters(named).items() if path in read and varies(number)
    )


def _chosen(
    crisis: Crisis,
    paths: Sequence[str] | None,
    reading: str | None,
    plans: Sequence[str] | None,
) -> tuple[Crisis, tuple[str, ...]]:
    """The crisis whose ranges hold, and the parameters; each of them has a range."""
    named = crisis if reading is None else with_reading(crisis, reading)
    if paths is None:
        chosen = sampled_by_default(crisis, plans, reading)
        if not chosen:
            raise NoRange(
                "no number that the games read has a range; give some, for example "
                f"{next(iter(quantities(crisis)))}: [central, low, high]"
            )
        return named, chosen
    if not paths:
        raise NoRange("a design needs at least one parameter")
    _unique(paths)
    for path in paths:
        quantile_of(named, path)
    return named, tuple(paths)


def _unique(paths: Sequence[str]) -> None:
    twice = sorted({path for path in paths if list(paths).count(path) > 1})
    if twice:
        raise ValueError(f"`{twice[0]}` is given twice")


def _points(draws: int, dimensions: int, seed: int, method: Method) -> Floats:
    """Points strictly inside the unit cube, shape (draws, dimensions)."""
    if method == "sobol":
        engine = qmc.Sobol(dimensions, scramble=True, bits=SOBOL_BITS, rng=_generator(seed))
        with warnings.catch_warnings():
            # Balance needs a power of two; the docstring says so, and any number is allowed.
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(engine.random(draws) + math.ldexp(0.5, -SOBOL_BITS))
    if method == "latin":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=_generator(seed)).random(draws))
    half = math.ldexp(0.5, -53)
    return np.asarray(_generator(seed).random((draws, dimensions)) * (1 - half) + half / 2)


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))
