"""Rank correlations between sampled parameters, by a Gaussian copula.

A Spearman rank correlation r between two parameters becomes the correlation ``2 sin(pi r / 6)`` of two
standard normal scores (Pearson 1907); with C that matrix and C = L L', points u of the unit cube become
``Phi(L Phi^-1(u))``. Marginals stay uniform; a parameter without correlations keeps its points.
Iman and Conover 1982 for why rank correlations are what experts can state.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Correlations = Mapping[tuple[str, str], float]
"""Rank correlation by pair of paths, each between -1 and 1 (ends left out)."""


def correlated(points: Floats, paths: Sequence[str], wanted: Correlations) -> Floats:
    """Points of the unit cube with the wanted rank correlations.

    Raises:
        ValueError: for a path that is not sampled, a correlation outside (-1, 1), a pair given
            twice with different numbers, or correlations that cannot hold together.
    """
    place = {path: j for j, path in enumerate(paths)}
    matrix = np.eye(len(paths))
    for (one, other), rank in wanted.items():
        for path in (one, other):
            if path not in place:
                raise ValueError(f"correlations: `{path}` is not among the sampled parameters")
        if one == other:
            raise ValueError(f"correlations: `{one}` is paired with itself")
        if not -1 < rank < 1:
            raise ValueError(
                f"correlations: {rank:g} between `{one}` and `{other}` is not between -1 and 1"
            )
        i, j = place[one], place[other]
        score = 2 * math.sin(math.pi * rank / 6)
        if matrix[i, j] not in (0.0, score):
            raise ValueError(f"correlations: `{one}` and `{other}` are given two different numbers")
        matrix[i, j] = matrix[j, i] = score
    used = np.flatnonzero((matrix != np.eye(len(paths))).any(1))
    if not len(used):
        return points
    try:
        lower = np.linalg.cholesky(matrix[np.ix_(used, used)])
    except np.linalg.LinAlgError:
        raise ValueError(
            "correlations: these cannot all hold at once (their matrix is not positive definite); "
            "lower the largest or leave one out"
        ) from None
    moved = points.copy()
    moved[:, used] = ndtr(ndtri(points[:, used]) @ lower.T)
    return moved
