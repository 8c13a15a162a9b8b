"""Which futures count as failures of a plan, and what the search for a description of them finds.

Definitions: :mod:`offramp.answers.discover`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from offramp.answers._ensemble_inputs import DIFFERENCE, GridError, chosen_plan, other_plan
from offramp.answers._facts import quoted
from offramp.crisis import Crisis
from offramp.ensembles import Ensemble
from offramp.ensembles.discovery import (
    CANDIDATES,
    MOST_LIMITS,
    Box,
    Discovery,
    discover_boxes,
    drop_weak,
    rank_correlations,
    screened,
)
from offramp.ensembles.trees import Tree, grow

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_INPUTS = 12
"""Inputs that a search may put limits on: a few hundred draws cannot tell more of them apart."""

FEWEST = 10
"""Cases of either kind below which nothing is described."""

SETTLED = 0.5
"""With one plan only, a plan fails where a settlement by the month looked at is not more likely than not."""

CONDITION = re.compile(
    r"\s*([A-Za-z_]\w*)\s*(<|>)=?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)


@dataclass(frozen=True)
class Failure:
    """When a plan counts as failing.

    Attributes:
        measure: A figure of the results, such as ``value_a`` or ``disaster_12``.
        sense: On which side of the level it fails.
        level: The level; None if it is another plan's figure in the same future.
        against: That plan.
    """

    measure: str
    sense: Literal["<", ">"]
    level: float | None
    against: str | None = None

    def words(self, crisis: Crisis) -> str:
        """What failing means, as a clause."""
        if self.against is not None:
            other = quoted(crisis.plans[self.against].name)
            return f"it is worth less to {crisis.blocs['A'].name} than {other}"
        side = "below" if self.sense == "<" else "above"
        return f"{measure_words(self.measure, crisis)} is {side} {self.level:g}"


def failure_of(text: str) -> Failure:
    """A failure from text such as ``settled_12 < 0.2``.

    Raises:
        ValueError: for text that is not of this form.
    """
    found = CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not a condition; write a figure, < or >, and a number: disaster_12 > 0.05"
        )
    return Failure(found[1], "<" if found[2] == "<" else ">", float(found[3]))


def measure_words(measure: str, crisis: Crisis) -> str:
    """A figure of the results in words."""
    if measure == "value_a":
        return f"the value to {crisis.blocs['A'].name}"
    if found := re.fullmatch(r"(\w+?)_(\d+)", measure):
        kinds = {
            "settled": "the chance of being in a settlement",
            "war": "the chance of war",
            "ceasefire": "the chance of a ceasefire",
            "disaster": "the chance of disaster",
            "first_deal": "the chance of a first deal",
            "intact": "the chance that cohesion is whole",
        }
        if found[1] in kinds:
            return f"{kinds[found[1]]} by month {found[2]}"
    return measure.replace("_", " ")


def failure_for(
    crisis: Crisis, plan: str, against: str | None, fails: str | Failure | None, month: int
) -> Failure:
    """The failure asked for; by default, being worse than the other plan."""
    if isinstance(fails, Failure):
        return fails
    if fails is not None:
        return failure_of(fails)
    other = chosen_plan(crisis, against) if against is not None else other_plan(crisis, plan)
    if other == plan:
        raise ValueError("a plan cannot be worse than itself; name another one to compare with")
    if other is None:
        return Failure(f"settled_{month}", "<", SETTLED)
    return Failure("value_a", "<", None, other)


@dataclass(frozen=True)
class Found:
    """What came of it.

    Attributes:
        plan, failure: What was asked.
        X: Inputs of the draws used; ``fails`` the failures among them.
        close: Draws in which the plan and the other one cannot be told apart.
        lost: Draws without a figure.
        holds: Whether the boxes describe where the plan holds rather than where it fails.
        boxes, tree: Of the cases of interest; None where there are too few.
        strength: Rank correlation of every input with failing.
        error: Error of the grid.
    """

    plan: str
    failure: Failure
    X: Floats
    fails: Bools
    close: int
    lost: int
    holds: bool
    boxes: Discovery | None
    tree: Tree | None
    strength: Floats
    error: GridError
    failures: tuple[str, ...]

    @property
    def cases(self) -> Bools:
        """Cases of interest."""
        return ~self.fails if self.holds else self.fails

    @property
    def box(self) -> Box | None:
        """The first box, if there is one with a limit."""
        return self.boxes.boxes[0] if self.boxes is not None and self.boxes.boxes else None

    @property
    def solid(self) -> Box | None:
        """The first box, if its search holds up on draws that it had not seen."""
        return self.box if self.boxes is not None and holds_up(self.boxes) else None


def tried(found: Discovery, X: Floats, cases: Bools) -> tuple[Box, ...]:
    """Boxes that were weighed against the first one: none holds more cases at a higher share of them.

    They are the peels that the search compares, without limits of no weight, as the first box is. It is
    one of them. Sorted from the one that holds most cases.
    """
    peels = found.trajectory.boxes
    step = max(1, len(peels) // CANDIDATES)
    simple = [drop_weak(b, X, cases, most_limits=MOST_LIMITS) for b in peels[::step]]
    first = found.boxes[0]
    kept = {(b.hits, b.inside): b for b in simple if b.hits} | {(first.hits, first.inside): first}
    best = [
        b
        for b in kept.values()
        if b is first
        or not any(
            o is not b and o.coverage >= b.coverage and o.density >= b.density
            for o in kept.values()
        )
    ]
    return tuple(sorted(best, key=lambda b: (-b.coverage, b.density)))


def holds_up(found: Discovery) -> bool:
    """Whether a box is denser than chance on draws that its search had not seen."""
    held = found.held_out
    if held is None or not held.inside:
        return False
    share = held.interest / held.rows
    error = np.sqrt(share * (1 - share) / held.inside)
    return bool(held.density > share + 2 * error)


def examine(
    ensemble: Ensemble,
    plan: str,
    failure: Failure,
    reading: str | None = None,
    error: GridError | None = None,
) -> Found:
    """Boxes and tree from the results of a run: also for a run made elsewhere."""
    known = error or GridError(0, "", "", {}, {})
    y = ensemble.column(failure.measure, plan, reading)
    close = np.zeros(len(y), dtype=np.bool_)
    if failure.against is not None:
        gap = y - ensemble.column(failure.measure, failure.against, reading)
        tolerance = known.mean.get(DIFFERENCE, 0.0)
        close = np.abs(gap) <= tolerance
        y, level = gap, -tolerance
    else:
        assert failure.level is not None
        level = failure.level
    whole = np.isfinite(y)
    fails = (y < level if failure.sense == "<" else y > level)[whole]
    X = ensemble.values(reading)[whole]
    names = ensemble.design.paths
    holds = bool(fails.mean() > 0.5) if len(fails) else False
    cases = ~fails if holds else fails
    boxes = tree = None
    if min(int(cases.sum()), int((~cases).sum())) >= FEWEST:
        boxes = discover_boxes(X, cases, names, most_inputs=MOST_INPUTS)
        columns = screened(X, cases, MOST_INPUTS)
        tree = grow(X[:, columns], cases, [names[c] for c in columns], tried=len(names))
    return Found(
        plan,
        failure,
        X,
        fails,
        int((close & whole).sum()),
        int((~whole).sum()),
        holds,
        boxes,
        tree,
        rank_correlations(X, fails) if len(fails) else np.zeros(len(names)),
        known,
        tuple(sorted({why for p in ensemble.plans for _, why in ensemble.failures(p, reading)})),
    )


def data_of(found: Found, paths: Sequence[str]) -> dict[str, Any]:
    """Everything as plain values."""

    def plain(box: Box) -> dict[str, Any]:
        return {
            "limits": [
                {
                    **asdict(limit),
                    "low": limit.low if np.isfinite(limit.low) else None,
                    "high": limit.high if np.isfinite(limit.high) else None,
                }
                for limit in box.limits
            ],
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "inside": box.inside,
            "hits": box.hits,
        }

    return {
        "plan": found.plan,
        "failure": asdict(found.failure),
        "draws": len(found.fails),
        "fails": int(found.fails.sum()),
        "close": found.close,
        "lost": found.lost,
        "describes": "holds" if found.holds else "fails",
        "boxes": [plain(b) for b in (found.boxes.boxes if found.boxes else ())],
        "held_out": plain(found.boxes.held_out) if found.boxes and found.boxes.held_out else None,
        "trajectory": [plain(b) for b in (found.boxes.trajectory.boxes if found.boxes else ())],
        "tree": [plain(b) for b in (found.tree.leaves() if found.tree else ())],
        "rank_correlation": {p: float(r) for p, r in zip(paths, found.strength, strict=True)},
        "grid_error": {"mean": dict(found.error.mean), "largest": dict(found.error.largest)},
    }
