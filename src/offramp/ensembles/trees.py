"""A tree of yes-no questions about the inputs that tells cases of interest from others (CART).

Definitions (Breiman, Friedman, Olshen and Stone 1984). A node holds T rows, H of interest, with share
p = H / T and impurity G = 2 p (1 - p). A split at ``x_j <= t`` makes two children; its worth is the fall
of impurity weighted by rows, over the impurity of the root::

    worth = (T G - T_left G_left - T_right G_right) / (n G_root)

The best split over all inputs and all thresholds half way between neighbouring values is taken while
depth and leaf size allow, its worth is at least ``least_worth``, and it is not what chance would turn up:
with b^2 = T (fall / T G), which is the chi-square of the two by two table, the chance that the best of all
thresholds of an idle input does as well is about (Miller and Siegmund 1982, doi:10.2307/2529881)::

    P(b) = 4 phi(b) / b + phi(b) (b - 1/b) log((1 - e)^2 / e^2)     e: share of rows in the smallest leaf

and d P(b), for the best of d inputs, must be below ``CHANCE``.

A tree shows what boxes cannot: that one input decides which others matter. Its leaves are disjoint and
cover everything; coverage and density of a leaf are those of :mod:`offramp.ensembles._boxes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offramp.ensembles._boxes import Box, Limit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEPTH = 3
"""Questions in a row: more than three nobody repeats from memory."""

LEAST_LEAF = 0.05
"""Share of rows in the smallest leaf."""

LEAST_WORTH = 0.01
"""A question worth less than one per cent of the impurity is not asked."""

CHANCE = 0.05
"""A question that idle inputs would raise more often than one time in twenty is not asked."""


@dataclass(frozen=True)
class Node:
    """A question with its two answers, or a leaf.

    Attributes:
        rows, hits: Rows that reach it, and those of interest.
        column, threshold: ``x_column <= threshold`` goes left; None in a leaf.
        worth: Fall of impurity as a share of the root's.
        left, right: Children; None in a leaf.
    """

    rows: int
    hits: int
    column: int | None = None
    threshold: float | None = None
    worth: float = 0.0
    left: Node | None = None
    right: Node | None = None

    @property
    def share(self) -> float:
        """Share of interest."""
        return self.hits / self.rows


@dataclass(frozen=True)
class Tree:
    """The tree and the names of its inputs."""

    root: Node
    names: tuple[str, ...]

    def leaves(self) -> tuple[Box, ...]:
        """Leaves as boxes, densest first."""
        found: list[Box] = []
        root = self.root

        def walk(node: Node, limits: dict[int, tuple[float, float]]) -> None:
            if node.left is None or node.right is None:
                held = tuple(Limit(self.names[j], j, *limits[j]) for j in sorted(limits))
                found.append(Box(held, node.rows, node.hits, root.rows, root.hits))
                return
            assert node.column is not None
            assert node.threshold is not None
            low, high = limits.get(node.column, (-np.inf, np.inf))
            walk(node.left, {**limits, node.column: (low, node.threshold)})
            walk(node.right, {**limits, node.column: (node.threshold, high)})

        walk(root, {})
        return tuple(sorted(found, key=lambda box: -box.density))

    def predict(self, X: ArrayLike) -> Floats:
        """Share of interest in the leaf of each row."""
        inputs = np.asarray(X, dtype=np.float64)
        found = np.empty(len(inputs))

        def walk(node: Node, rows: NDArray[np.intp]) -> None:
            if node.left is None or node.right is None or node.threshold is None:
                found[rows] = node.share
                return
            left = inputs[rows, node.column] <= node.threshold
            walk(node.left, rows[left])
            walk(node.right, rows[~left])

        walk(self.root, np.arange(len(inputs)))
        return found

    def worth(self) -> dict[str, float]:
        """Fall of impurity by input, as shares of the root's impurity, greatest first."""
        total: dict[str, float] = {}

        def walk(node: Node) -> None:
            if node.left is None or node.right is None or node.column is None:
                return
            name = self.names[node.column]
            total[name] = total.get(name, 0.0) + node.worth
            walk(node.left)
            walk(node.right)

        walk(self.root)
        return dict(sorted(total.items(), key=lambda item: -item[1]))


def grow(
    X: ArrayLike,
    y: ArrayLike,
    names: Sequence[str],
    *,
    depth: int = DEPTH,
    least_leaf: float = LEAST_LEAF,
    least_worth: float = LEAST_WORTH,
    tried: int | None = None,
) -> Tree:
    """The tree.

    ``tried``: inputs that these were picked from by looking at the same rows; luck is reckoned over all of
    them.

    Raises:
        ValueError: for inputs that do not fit together.
    """
    inputs = np.asarray(X, dtype=np.float64)
    cases = np.asarray(y).astype(np.bool_)
    if inputs.ndim != 2 or inputs.shape[1] != len(names) or cases.shape != (len(inputs),):
        raise ValueError(
            f"inputs {inputs.shape}, outcomes {cases.shape} and {len(names)} names do not fit"
        )
    if not np.isfinite(inputs).all():
        raise ValueError("inputs have missing or infinite values: leave out failed rows first")
    n = len(cases)
    whole = n * _impurity(n, int(cases.sum()))
    least = max(1, int(np.ceil(least_leaf * n)))

    def node(rows: NDArray[np.intp], left_to_ask: int) -> Node:
        count, hits = len(rows), int(cases[rows].sum())
        plain = Node(count, hits)
        if left_to_ask == 0 or hits in (0, count) or count < 2 * least:
            return plain
        split = _best_split(inputs[rows], cases[rows], least)
        if split is None:
            return plain
        fall, column, threshold = split
        size = np.sqrt(fall / _impurity(count, hits))
        luck = (tried or len(names)) * _by_chance(float(size), least / count)
        if fall / whole < least_worth or luck >= CHANCE:
            return plain
        goes_left = inputs[rows, column] <= threshold
        left = node(rows[goes_left], left_to_ask - 1)
        right = node(rows[~goes_left], left_to_ask - 1)
        return Node(count, hits, column, threshold, fall / whole, left, right)

    return Tree(node(np.arange(n), depth), tuple(names))


def _impurity(rows: int, hits: int) -> float:
    share = hits / rows
    return 2 * share * (1 - share)


def _best_split(X: Floats, y: Bools, least: int) -> tuple[float, int, float] | None:
    """Fall of impurity (times rows), input and threshold of the best split; None if there is none."""
    n, d = X.shape
    hits = int(y.sum())
    before = n * _impurity(n, hits)
    left = np.arange(1, n, dtype=np.float64)
    best: tuple[float, int, float] | None = None
    for j in range(d):
        order = np.argsort(X[:, j])
        x = X[order, j]
        h = np.cumsum(y[order])[:-1].astype(np.float64)
        possible = (x[1:] > x[:-1]) & (left >= least) & (n - left >= least)
        if not possible.any():
            continue
        after = 2 * (h * (left - h) / left + (hits - h) * (n - left - hits + h) / (n - left))
        fall = np.where(possible, before - after, -np.inf)
        k = int(np.argmax(fall))
        if best is None or fall[k] > best[0]:
            middle = (x[k] + x[k + 1]) / 2
            best = (float(fall[k]), j, float(x[k] if middle == x[k + 1] else middle))
    return best


def _by_chance(b: float, share: float) -> float:
    """Chance that the best threshold of an idle input reaches b; 1 where the formula does not hold."""
    if b <= 1:
        return 1.0
    density = np.exp(-b * b / 2) / np.sqrt(2 * np.pi)
    spread = np.log(((1 - share) / share) ** 2)
    return float(min(1.0, density * (4 / b + (b - 1 / b) * spread)))
