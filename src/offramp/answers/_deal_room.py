"""Is there any contract that suits everybody today, and what is the least that would have to give?

Definition. On the terms x of all issues, condition c holds by the margin::

    margin_A(x)     = W_A(x) + k_A(f) - R_A          A gains by signing
    margin_v(x)     = W_v(x) - floor_v - s_v         voice v ratifies
    margin_theta(x) = W_B(x) + k_theta(f) - R_theta  type theta of B gains by signing

R is what letting the round pass is worth in the solved game. k(f) is what signing is worth beyond W
under the guarantee and relief f of a contract that is in the game; both are read off that contract::

    k_i(f) - R_i = gap_i(x_f) - W_i(x_f)

so the margin of a contract that is in the game is its gap, exactly; that of other terms is exact as long as
they break as often as the contract that lends its guarantee and relief. s_v spreads an even chance of
ratification over the n voices that are asked: each clears its floor with a chance of .5^(1/n).

The *room* is max over x of the smallest margin, each condition in its actor's own stake: positive, some terms
suit everybody by that much; negative, the best terms fail somebody by that much. x keeps to hard red lines,
to the points of indivisible issues and to what A lets onto the table; soft red lines cost their penalty,
up to the cap. With linear loss the maximum is a mixed-integer linear programme, solved exactly
(:mod:`._deal_program`); with quadratic loss terms are looked for with W replaced by its chords on steps of
.02, which understates it by less than 1e-4. Margins of the terms found are exact.

A *relaxation* takes one obstacle away: a red line, a floor, what is kept off the table, an issue's
indivisibility, what signing costs B's leader at home.

Comparator: Fearon's range, the room if R is what each side has without talks (``theory.bargaining_range``
for one issue). Units: own stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_program import Programme, solve
from offramp.answers._deal_setting import Relax, Setting
from offramp.game import Game
from offramp.game._offers import guarantee_at
from offramp.game._preferences import EDGE

Floats = NDArray[np.float64]

CHORD = 0.02
"""Step of the chords that stand in for quadratic loss."""
SAME = 1e-6
"""Distance at which terms count as a point of the scale."""


@dataclass(frozen=True)
class Room:
    """The best terms and by how much they suit everybody.

    Attributes:
        margin: The smallest margin; ``margins`` by condition name.
        terms: The terms; ``frame`` the offer of the game that lends guarantee and relief.
    """

    margin: float
    terms: tuple[float, ...]
    frame: int
    margins: dict[str, float] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether the terms suit everybody."""
        return self.margin >= -1e-9

    @property
    def binding(self) -> tuple[str, ...]:
        """Conditions that hold by the smallest margin."""
        return tuple(k for k, v in self.margins.items() if v <= self.margin + SAME)


@dataclass(frozen=True)
class _Region:
    """A stretch of one issue's scale (or a point) that crosses the same lines throughout.

    Every W is concave on it, so mixtures of the points are enough: no switch between them is needed.
    """

    issue: int
    points: tuple[float, ...]
    crossed: tuple[int, ...]


def _regions(setting: Setting, relax: Relax) -> list[_Region]:
    """Stretches of every issue that are allowed."""
    game = setting.game
    s, issues = game.stakes, list(game.crisis.issues.values())
    fixed = dict(relax.fixed)
    found: list[_Region] = []
    for m, issue in enumerate(issues):
        lines = [(k, x) for k, x in enumerate(s.lines) if x.issue == m and x.id not in relax.lines]
        top = 1.0 if m in relax.unlocked else min(1.0, float(setting.limit[m]))
        if m in fixed:
            stretches: list[tuple[float, ...]] = [(fixed[m],)]
        elif not issue.divisible and m not in relax.divided:
            stretches = [(x,) for x in sorted(issue.points) if x <= top + EDGE]
        else:
            bounds = {x.bound for _, x in lines if 0 < x.bound < top}
            alone = bounds | {p.at for p in issue.scale if p.guarantee is not None and p.at <= top}
            marks = {0.0, top, *bounds, *(float(x) for x in s.ideal[:, m] if x <= top)}
            if s.exponent == 2:
                marks |= {float(x) for x in np.arange(0, top, CHORD)}
            stretches = [
                tuple(x for x in sorted(marks) if low <= x <= high)
                for low, high in pairwise(sorted({0.0, top, *bounds}))
            ]
            stretches += [(x,) for x in sorted(alone | {0.0, top})]
        for points in stretches:
            middle = (points[0] + points[-1]) / 2
            over = [(k, x) for k, x in lines if x.sign * (middle - x.bound) > EDGE]
            if not any(x.hard for _, x in over):
                found.append(_Region(m, points, tuple(k for k, _ in over)))
    return found


def _allowed(setting: Setting, frame: int, regions: Sequence[_Region]) -> dict[int, list[int]]:
    """By issue that names guarantees: regions in which the guarantee of a frame can stand."""
    game = setting.game
    want = game.offers[frame].guarantee
    used = [o.terms for o in game.offers if o.guarantee == want and o.contract is not None]
    found: dict[int, list[int]] = {}
    for m, issue in enumerate(game.crisis.issues.values()):
        points = {p.at: p.guarantee for p in issue.scale if p.guarantee is not None}
        if not points:
            continue
        fine = []
        for i, region in enumerate(regions):
            if region.issue != m:
                continue
            if len(region.points) > 1:
                if want is None:
                    fine.append(i)
                continue
            (here,) = region.points
            at = next((g for x, g in points.items() if abs(x - here) < SAME), None)
            if at == want or any(abs(t[m] - here) < SAME for t in used):
                fine.append(i)
        found[m] = fine
    return found


def room(
    setting: Setting,
    relax: Relax | None = None,
    spare: Sequence[str] = (),
    near: tuple[int, float] | None = None,
) -> Room | None:
    """The best terms; None if no terms are allowed.

    Args:
        setting: Who has to be suited, and from where.
        relax: What is taken away.
        spare: Names of conditions: the largest smallest margin of these is looked for while all others
            hold (None then also if they cannot).
        near: (issue, sign): among the terms that suit everybody those with the least sign * x_issue are
            looked for (None if there are none).
    """
    relax = relax or Relax()
    setting = setting.shifted(dict(relax.gifts))
    s = setting.game.stakes
    regions = _regions(setting, relax)
    n, issues, voices = len(regions), len(s.issues), len(s.voices)
    if {p.issue for p in regions} != set(range(issues)):
        return None
    frames = setting.contracts
    chosen = [f for f in frames if relax.frame is None or f == relax.frame]
    if not chosen:
        return None
    # Columns: weights of points, a switch for each region, frames, penalties, caps, the margin.
    owner = np.repeat(np.arange(n), [len(r.points) for r in regions])
    point = np.array([x for r in regions for x in r.points])
    issue = np.array([r.issue for r in regions])[owner]
    on = len(point)
    pick = on + n
    fine, cap = pick + len(frames), pick + len(frames) + voices
    top = cap + voices
    size = top + 1
    span = np.maximum(s.ideal, 1 - s.ideal)[:, issue]
    loss = s.weight[:, issue] * (np.abs(point - s.ideal[:, issue]) / span) ** s.exponent
    rows: list[Floats] = []
    least: list[float] = []
    most: list[float] = []

    def add(row: Floats, at_least: float, at_most: float) -> None:
        rows.append(row)
        least.append(at_least)
        most.append(at_most)

    for i in range(n):
        row = np.zeros(size)
        row[:on][owner == i] = 1
        row[on + i] = -1
        add(row, 0, 0)
    for m in range(issues):
        row = np.zeros(size)
        row[[on + i for i, r in enumerate(regions) if r.issue == m]] = 1
        add(row, 1, 1)
    row = np.zeros(size)
    row[pick : pick + len(frames)] = 1
    add(row, 1, 1)
    for f, frame in enumerate(frames):
        for allowed in _allowed(setting, frame, regions).values():
            if relax.frame is not None:
                continue
            row = np.zeros(size)
            row[[on + i for i in allowed]] = 1
            row[pick + f] = -1
            add(row, 0, np.inf)
    for v, voice in enumerate(s.voices):
        row = np.zeros(size)
        for i, r in enumerate(regions):
            row[on + i] = -sum(s.lines[k].penalty for k in r.crossed if s.lines[k].actor == voice)
        total = float(-row.sum())
        row[fine + v] = 1
        row[cap + v] = max(0.0, total)
        add(row, 0, np.inf)
        row = np.zeros(size)
        row[fine + v], row[cap + v] = 1, -s.cap
        add(row, 0, np.inf)
    asked = [
        i for i, c in enumerate(setting.conditions) if not (c.kind == "voice" and c.key in relax.floors)
    ]  # fmt: skip
    margins = np.zeros((len(setting.conditions), size))
    for c in range(len(setting.conditions)):
        weight = setting.share[c]
        margins[c, :on] = -(weight @ loss)
        margins[c, fine : fine + voices] = -weight
        margins[c, pick : pick + len(frames)] = setting.offset[:, c] + weight.sum()
        if c in asked:
            row = margins[c].copy()
            free = not spare or setting.conditions[c].name in spare
            row[top] = -1 if free else 0
            add(row, 0, np.inf)
    lower, upper = np.zeros(size), np.ones(size)
    lower[top], upper[top] = -10.0, 10.0
    upper[fine : fine + voices] = np.inf
    for f, frame in enumerate(frames):
        if frame not in chosen:
            upper[pick + f] = 0
    whole = np.zeros(size)
    whole[on : on + n] = 1
    whole[pick : pick + len(frames)] = 1
    whole[cap : cap + voices] = 1
    goal = np.zeros(size)
    goal[top] = -1
    if near is not None:
        lower[top], goal[top] = 0.0, 0.0
        goal[:on] = near[1] * point * (issue == near[0])
    x = solve(
        Programme(
            goal,
            np.array(rows),
            np.array(least),
            np.array(most),
            lower,
            upper,
            np.flatnonzero(whole),
        )
    )
    if x is None:
        return None
    terms = np.zeros(issues)
    np.add.at(terms, issue, point * x[:on])
    for m in range(issues):
        marks = point[issue == m]
        nearest = float(marks[int(np.argmin(np.abs(marks - terms[m])))])
        terms[m] = nearest if abs(nearest - terms[m]) < SAME else min(1.0, max(0.0, terms[m]))
    for m, held in relax.fixed:
        terms[m] = held
    frame = int(np.argmax(x[pick : pick + len(frames)]))
    margins_at = setting.share @ _signed(setting, relax, terms) + setting.offset[frame]
    found = {setting.conditions[c].name: float(margins_at[c]) for c in asked}
    sought = [found[k] for k in (spare or found)]
    return Room(min(sought), tuple(float(v) for v in terms), frames[frame], found)


def _signed(setting: Setting, relax: Relax, terms: Floats) -> Floats:
    """W of every voice for signed terms, without the red lines that are lifted."""
    s = setting.game.stakes
    kept = tuple(x for x in s.lines if x.id not in relax.lines)
    return replace(s, lines=kept).signed(terms[None])[:, 0]


def guarantee_of(game: Game, found: Room) -> str | None:
    """Guarantee of the terms found: the scale's own where it names one, else the frame's."""
    return guarantee_at(game.crisis, np.array(found.terms)) or game.offers[found.frame].guarantee
