"""A strict reader of ``.efg`` files and literal quantal responses in the trees it reads.

The reader takes the format at its word: tokens, prologue, nodes in prefix order, numbers and labels
used once. :func:`quantal` computes agents' logit responses from the tree alone, by going round:
conditional on being reached, each act of an information set is worth what it is worth, and is chosen in
proportion to ``exp(lambda worth)``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction

TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\")*")|(?P<brace>[{}])|(?P<word>[^\s{}"]+))')
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
Key = tuple[int, int]
"""Player and information set."""


@dataclass
class Node:
    """A node; ``chances`` of nature's branches, ``pay`` of ends, ``path`` of labels from the root."""

    kind: str
    key: Key = (0, 0)
    label: str = ""
    acts: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    pay: tuple[float, ...] = ()
    path: tuple[str, ...] = ()
    then: list[Node] = field(default_factory=list)

    def to(self, act: str) -> Node:
        """The node after an act."""
        return self.then[self.acts.index(act)]

    def every(self) -> list[Node]:
        """This node and all below it, in prefix order."""
        found, todo = [], [self]
        while todo:
            node = todo.pop()
            found.append(node)
            todo.extend(reversed(node.then))
        return found


@dataclass
class Tree:
    title: str
    players: tuple[str, ...]
    comment: str
    root: Node

    def sets(self) -> dict[Key, list[Node]]:
        """Nodes of each information set."""
        found: dict[Key, list[Node]] = {}
        for node in self.root.every():
            if node.kind == "p":
                found.setdefault(node.key, []).append(node)
        return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"not a token: {text[at : at + 40]!r}"
            self.tokens.append(found.group().strip())
            at = found.end()
        self.at = 0
        self.events: set[int] = set()
        self.outcomes: set[int] = set()
        self.labels: set[tuple[object, str]] = set()
        self.sets: dict[Key, tuple[str, tuple[str, ...]]] = {}
        self.players: tuple[str, ...] = ()

    def word(self, *allowed: str) -> str:
        token = self.tokens[self.at]
        self.at += 1
        assert not allowed or token in allowed, f"{token!r} is none of {allowed}"
        return token

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def text(self) -> str:
        token = self.word()
        assert token.startswith('"'), f"{token!r} is not a text"
        return token[1:-1].replace('\\"', '"')

    def whole(self, least: int = 1) -> int:
        number = int(self.word())
        assert number >= least
        return number

    def number(self) -> Fraction:
        token = self.word()
        assert NUMBER.fullmatch(token), f"{token!r} is not a plain decimal"
        return Fraction(token)

    def once(self, scope: object, label: str) -> str:
        assert label, "empty label"
        assert (scope, label) not in self.labels, f"{label!r} is used twice"
        self.labels.add((scope, label))
        return label

    def tree(self) -> Tree:
        for token in ("EFG", "2", "R"):
            self.word(token)
        title = self.text()
        self.word("{")
        names = []
        while self.next != "}":
            names.append(self.once("players", self.text()))
        self.word("}")
        self.players = tuple(names)
        comment = self.text() if self.next.startswith('"') else ""
        root = self.node(())
        assert self.at == len(self.tokens), "something follows the tree"
        return Tree(title, self.players, comment, root)

    def node(self, path: tuple[str, ...]) -> Node:
        kind = self.word("c", "p", "t")
        assert self.text() == ""
        node = {"c": self.nature, "p": self.move, "t": self.end}[kind]()
        node.path = path
        node.then = [self.node((*path, act)) for act in node.acts]
        return node

    def nature(self) -> Node:
        event = self.whole()
        assert event not in self.events
        self.events.add(event)
        label = self.once("events", self.text())
        self.word("{")
        acts, chances = [], []
        while self.next != "}":
            acts.append(self.text())
            chances.append(self.number())
        self.word("}")
        self.word("0")
        assert len(set(acts)) == len(acts) > 1, acts
        assert min(chances) >= 0
        assert sum(chances) == 1, f"{sum(chances)} is not 1"
        return Node("c", label=label, acts=tuple(acts), chances=tuple(map(float, chances)))

    def move(self) -> Node:
        player, number = self.whole(), self.whole()
        assert player <= len(self.players)
        key = (player, number)
        if self.next.startswith('"'):
            assert key not in self.sets, "described twice"
            label = self.once(player, self.text())
            self.word("{")
            acts = []
            while self.next != "}":
                acts.append(self.text())
            self.word("}")
            assert len(set(acts)) == len(acts) > 1, acts
            self.sets[key] = label, tuple(acts)
        label, known = self.sets[key]
        self.word("0")
        return Node("p", key, label, known)

    def end(self) -> Node:
        outcome = self.whole()
        assert outcome not in self.outcomes
        self.outcomes.add(outcome)
        label = self.once("outcomes", self.text())
        self.word("{")
        pay = [self.number() for _ in self.players]
        self.word("}")
        return Node("t", label=label, pay=tuple(map(float, pay)))


def read(text: str) -> Tree:
    """Read a file.

    Raises:
        AssertionError: if it is not in the format, in the plainest reading.
    """
    return _Reader(text).tree()


def forgets(tree: Tree) -> list[str]:
    """Information sets at which a player would have forgotten what it knew or did."""
    seen: dict[Key, tuple[object, ...]] = {}
    wrong = []

    def walk(node: Node, past: dict[int, tuple[object, ...]]) -> None:
        if node.kind == "p":
            own = past.get(node.key[0], ())
            if seen.setdefault(node.key, own) != own:
                wrong.append(node.label)
        for act, child in zip(node.acts, node.then, strict=True):
            after = past
            if node.kind == "p":
                own = past.get(node.key[0], ())
                after = past | {node.key[0]: (*own, node.key, act)}
            walk(child, after)

    walk(tree.root, {})
    return wrong


Profile = dict[Key, list[float]]


def values(node: Node, profile: Profile) -> tuple[float, ...]:
    """Expected payoffs of all players."""
    if node.kind == "t":
        return node.pay
    shares = node.chances if node.kind == "c" else profile[node.key]
    below = [values(child, profile) for child in node.then]
    return tuple(
        sum(p * v[i] for p, v in zip(shares, below, strict=True)) for i in range(len(below[0]))
    )


def responses(tree: Tree, profile: Profile, lam: float) -> Profile:
    """Logit responses of every information set to a profile."""
    worth: dict[Key, list[float]] = {}
    mass: dict[Key, float] = {}

    def walk(node: Node, reach: float) -> tuple[float, ...]:
        if node.kind == "t":
            return node.pay
        shares = node.chances if node.kind == "c" else profile[node.key]
        below = [walk(child, reach * p) for child, p in zip(node.then, shares, strict=True)]
        if node.kind == "p":
            total = worth.setdefault(node.key, [0.0] * len(node.acts))
            mass[node.key] = mass.get(node.key, 0.0) + reach
            for k, pay in enumerate(below):
                total[k] += reach * pay[node.key[0] - 1]
        return tuple(
            sum(p * v[i] for p, v in zip(shares, below, strict=True)) for i in range(len(below[0]))
        )

    walk(tree.root, 1.0)
    found = {}
    for key, total in worth.items():
        score = [lam * x / mass[key] for x in total]
        top = max(score)
        e = [math.exp(x - top) for x in score]
        found[key] = [x / sum(e) for x in e]
    return found


def quantal(tree: Tree, lam: float, rounds: int = 400, tolerance: float = 1e-14) -> Profile:
    """Agents' logit equilibrium, by going round until responses repeat.

    Raises:
        AssertionError: if they do not.
    """
    profile = {
        key: [1 / len(nodes[0].acts)] * len(nodes[0].acts) for key, nodes in tree.sets().items()
    }
    for _ in range(rounds):
        new = responses(tree, profile, lam)
        moved = max(abs(x - y) for key in new for x, y in zip(new[key], profile[key], strict=True))
        profile = new
        if moved < tolerance:
            return profile
    raise AssertionError(f"responses still move by {moved:.2g}")
