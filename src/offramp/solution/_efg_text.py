"""Writing a game tree in the text format ``.efg``, version 2.

A file is a prologue and the nodes of the tree in prefix order, one a line::

    EFG 2 R "title" { "player 1" "player 2" }
    "comment"

    c "" 1 "event" { "label" 0.25 "label" 0.75 } 0              nature
    p "" 2 1 "information set" { "label" "label" } 0            a choice of player 2
    t "" 1 "outcome" { 0.5 -0.25 }                              an end: payoffs by player

The numbers are those of the player, of the event or information set, and of the outcome (0: none). An
information set that has been described is later named by its number alone. Events, information sets
and outcomes carry their number in their labels and labels of acts are made different, because
readers ask that labels differ. Quotation marks are escaped; a backslash, which readers
disagree about, becomes a slash. Probabilities are decimals that sum to exactly 1, because readers
check that in rational arithmetic; payoffs are decimals without exponent.

A tree is a function from a *place* to what happens there (:class:`Leaf`, :class:`Nature`,
:class:`Move`). A place says what shapes the tree from there on (``at``), what has been paid so far,
and what each side has seen. What a side has seen *is* its information set.

Prior weights: the format has none. ``note`` writes every act once. ``copies`` writes an act of weight w_k
n_k times, n_k whole numbers in proportion to w: logit choice between copies is weighted logit. The
mover remembers which copy it chose; the other side does not see it.

Source: Gambit's documentation of the format. Raises :class:`ValueError` for trees above the limit, for
weights that are not in proportion to small whole numbers, and for numbers that are not finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Weights = Literal["note", "copies"]

LIMIT = 200_000
"""Most nodes of a file: about 20 MB, and more than solvers of extensive games take."""
MOST_COPIES = 20
"""Most copies of one act: as many as a breach of settlements needs, whose usual weight is 1/20."""
PLACES = Decimal("1e-17")
"""Decimals of probabilities: as many as a float can tell apart near 1."""
SLACK = 1e-9
"""How far from 1 probabilities may sum, and weights from whole proportions."""
Told = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True)
class Place:
    """Where play stands.

    Attributes:
        at: What shapes the tree from here on.
        paid: What A and B have been paid so far.
        told: What A and B have seen so far.
    """

    at: tuple[Hashable, ...]
    paid: tuple[float, float] = (0.0, 0.0)
    told: Told = ((), ())

    def to(
        self, *at: Hashable, pay: tuple[float, float] = (0.0, 0.0), seen: Hashable = None,
        by: str = "AB",
    ) -> Place:  # fmt: skip
        """The place reached by something worth ``pay`` that the sides ``by`` see (None: nobody)."""
        told = self.told
        if seen is not None:
            a, b = (
                (old, seen) if side in by else old for side, old in zip("AB", told, strict=True)
            )
            told = (a, b)
        return Place(at, (self.paid[0] + pay[0], self.paid[1] + pay[1]), told)


@dataclass(frozen=True, slots=True)
class Branch:
    """A labelled branch; ``weight`` is a probability (nature) or a prior weight (a choice)."""

    label: str
    weight: float
    place: Place


@dataclass(frozen=True, slots=True)
class Leaf:
    """An end."""

    name: str
    pay: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Nature:
    """Nature moves."""

    name: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A side (0: A, 1: B) chooses in a period."""

    side: int
    period: int
    name: str
    branches: tuple[Branch, ...]


Expand = Callable[[Place], Leaf | Nature | Move]


@dataclass
class Count:
    """What a tree holds: nodes, (side, period) pairs that choose, and acts with their weights.

    ``uneven`` has the acts of a side that weigh less than the heaviest act of their move, and how much.
    """

    nodes: int = 0
    movers: set[tuple[int, int]] = field(default_factory=set)
    uneven: dict[tuple[int, str], set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Player:
    """A player of the file: acts for a side in the periods ``periods`` (None: all of them)."""

    name: str
    side: int
    period: int | None
    scale: float


def count(expand: Expand, root: Place, weights: Weights, limit: int, reduce: str) -> Count:
    """Count the nodes of a tree without walking it: equal subtrees are counted once.

    Args:
        expand: The tree.
        root: Where it starts.
        weights: Whether acts are copied.
        limit: Most nodes.
        reduce: What to do about a tree that is too large, for the message.

    Raises:
        ValueError: if there are more nodes than ``limit``.
    """
    found = Count()
    sizes: dict[tuple[Hashable, ...], int] = {}
    todo = [root.at]
    while todo:
        at = todo[-1]
        if at in sizes:
            todo.pop()
            continue
        node = expand(Place(at))
        branches = () if isinstance(node, Leaf) else node.branches
        waiting = [branch.place.at for branch in branches if branch.place.at not in sizes]
        if waiting:
            todo.extend(waiting)
            continue
        copies = [1] * len(branches)
        if isinstance(node, Move):
            found.movers.add((node.side, node.period))
            if weights == "copies":
                copies = copies_of(node)
            else:
                _note(node, found.uneven)
        sizes[at] = 1 + sum(
            n * sizes[branch.place.at] for n, branch in zip(copies, branches, strict=True)
        )
        if len(sizes) > limit:
            raise ValueError(f"the tree has more than {limit:,} nodes, the limit: {reduce}")
    found.nodes = sizes[root.at]
    if found.nodes > limit:
        raise ValueError(f"the tree has {found.nodes:,} nodes, the limit is {limit:,}: {reduce}")
    return found


def copies_of(move: Move) -> list[int]:
    """How often each act is written so that numbers of copies are in proportion to weights.

    Raises:
        ValueError: if no numbers up to MOST_COPIES are.
    """
    least = min(branch.weight for branch in move.branches)
    ratios = [
        Fraction(branch.weight / least).limit_denominator(MOST_COPIES) for branch in move.branches
    ]
    whole = math.lcm(*(ratio.denominator for ratio in ratios))
    numbers = [int(ratio * whole) for ratio in ratios]
    exact = all(
        abs(branch.weight / least - ratio) <= SLACK
        for branch, ratio in zip(move.branches, ratios, strict=True)
    )
    if not exact or max(numbers) > MOST_COPIES:
        said = ", ".join(f"{branch.label} {branch.weight:g}" for branch in move.branches)
        raise ValueError(
            f"prior weights cannot be written as copies: at “{move.name}” they are {said}, which are "
            f"not in proportion to whole numbers up to {MOST_COPIES}; use weights='note'"
        )
    return numbers


def _note(move: Move, uneven: dict[tuple[int, str], set[str]]) -> None:
    """Note acts whose weight is not that of the heaviest act of their move."""
    most = max(branch.weight for branch in move.branches)
    for branch in move.branches:
        if abs(branch.weight / most - 1.0) > SLACK:
            share = f"{branch.weight / most:.4g}"
            uneven.setdefault((move.side, branch.label), set()).add(share)


def write(
    title: str, comment: Sequence[str], players: Sequence[Player], expand: Expand, root: Place,
    weights: Weights,
) -> str:  # fmt: skip
    """The file as text; lines of the comment become one text."""
    names = " ".join(quoted(name) for name in distinct([player.name for player in players]))
    said = "\n".join(line.replace("\\", "/").replace('"', '\\"') for line in comment)
    head = f'EFG 2 R {quoted(title)} {{ {names} }}\n"{said}"\n\n'
    return head + "".join(_lines(players, expand, root, weights))


def _lines(
    players: Sequence[Player], expand: Expand, root: Place, weights: Weights
) -> Iterator[str]:
    number = {(player.side, player.period): i + 1 for i, player in enumerate(players)}
    sets: list[dict[Hashable, tuple[int, list[str]]]] = [{} for _ in players]
    events = outcomes = 0
    todo = [root]
    while todo:
        place = todo.pop()
        node = expand(place)
        if isinstance(node, Leaf):
            outcomes += 1
            pay = " ".join(decimal(player.scale * node.pay[player.side]) for player in players)
            yield f't "" {outcomes} {quoted(f"{outcomes}. {node.name}")} {{ {pay} }}\n'
            continue
        if isinstance(node, Nature):
            events += 1
            chances = exact([branch.weight for branch in node.branches])
            labels = distinct([branch.label for branch in node.branches])
            both = " ".join(f"{quoted(n)} {p}" for n, p in zip(labels, chances, strict=True))
            yield f'c "" {events} {quoted(f"{events}. {node.name}")} {{ {both} }} 0\n'
            todo.extend(branch.place for branch in reversed(node.branches))
            continue
        i = number.get((node.side, node.period)) or number[node.side, None]
        branches = _copied(node) if weights == "copies" else node.branches
        labels = distinct([branch.label for branch in branches])
        told, known = place.told[node.side], sets[i - 1]
        if told in known:
            which, before = known[told]
            assert before == labels, f"one information set, two lists of acts: {before}, {labels}"
            yield f'p "" {i} {which} 0\n'
        else:
            which = len(known) + 1
            known[told] = which, labels
            acts = " ".join(quoted(label) for label in labels)
            yield f'p "" {i} {which} {quoted(f"{which}. {node.name}")} {{ {acts} }} 0\n'
        todo.extend(branch.place for branch in reversed(branches))


def _copied(move: Move) -> list[Branch]:
    """Acts, each as often as its weight says; the mover remembers which copy it chose."""
    found = []
    for branch, n in zip(move.branches, copies_of(move), strict=True):
        for k in range(n):
            told = list(branch.place.told)
            told[move.side] = (told[move.side], ("copy", k))
            place = replace(branch.place, told=(told[0], told[1]))
            label = branch.label if n == 1 else f"{branch.label} ({k + 1} of {n})"
            found.append(Branch(label, 1.0, place))
    return found


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels, repeated ones with a number."""
    found: list[str] = []
    for label in labels:
        new, k = label, 1
        while new in found:
            k += 1
            new = f"{label} [{k}]"
        found.append(new)
    return found


def quoted(text: str) -> str:
    """A text as the format writes it."""
    plain = " ".join(text.replace("\\", "/").split())
    return '"' + plain.replace('"', '\\"') + '"'


def decimal(number: float) -> str:
    """A number without exponent, to all its digits.

    Raises:
        ValueError: if it is not finite.
    """
    if not math.isfinite(number):
        raise ValueError(f"a payoff is {number}; only finite numbers can be written")
    return format(Decimal(repr(float(number))), "f")


def exact(chances: Sequence[float]) -> list[str]:
    """Probabilities as decimals that sum to exactly 1; the largest takes the rounding.

    Raises:
        ValueError: if they do not sum to 1 up to rounding.
    """
    if min(chances) < 0 or abs(math.fsum(chances) - 1.0) > SLACK:
        raise ValueError(f"these are not probabilities that sum to 1: {list(chances)}")
    rounded = [Decimal(repr(float(p))).quantize(PLACES) for p in chances]
    most = rounded.index(max(rounded))
    rounded[most] = Decimal(1) - sum(rounded[:most]) - sum(rounded[most + 1 :])
    return [format(p.normalize(), "f") for p in rounded]
