"""Check a claim against a crisis: types, names, months, and whether numbers can be set as it sets them.

Names may belong to the file itself or to one of its epochs: whether a claim can be asked at a date is
found out when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offramp.crisis import _expressions as ex
from offramp.crisis._access import BadValue, UnknownPath, override, quantities
from offramp.crisis._claims import Ask, ClaimError, Items, Node, Part, render
from offramp.crisis._claims_functions import (
    ACTS,
    EVERYWHERE,
    FUNCTIONS,
    KINDS,
    MOVES,
    REGIMES,
    RULES,
    WORLD,
    Function,
    Kind,
    signature,
)
from offramp.crisis._diagnostics import did_you_mean
from offramp.crisis._quantity import Quantity
from offramp.crisis._schema import Crisis

BASE = "base"
"""Stands in a world for what the file says, whatever the reading holds."""
ANY = "any"
"""The offer of a plan under which A may offer anything."""
LONGEST = 120
"""Most months that a claim may ask about."""


@dataclass(frozen=True)
class Known:
    """What claims of a crisis may name.

    Attributes:
        ids: Ids by kind of argument.
        numbers: Paths of numbers, of the file and of its epochs.
        fields: Paths of the file's plain fields that a world may set are looked up in ``worlds``.
        worlds: The crisis and the crises of its epochs.
    """

    ids: Mapping[Kind, tuple[str, ...]]
    numbers: frozenset[str]
    worlds: tuple[Crisis, ...]


def known_of(crisis: Crisis) -> Known:
    """Collect what claims may name; an epoch whose changes do not fit is left to its own check."""
    worlds = [crisis]
    for epoch in crisis.epochs.values():
        try:
            worlds.append(override(crisis, epoch.changes))
        except (BadValue, UnknownPath):
            continue

    def every(section: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for world in worlds for key in getattr(world, section)))

    members = tuple(key for key, m in crisis.members.items() if m.bloc == "A")
    ids: dict[Kind, tuple[str, ...]] = {
        "side": ("A", "B"),
        "who": ("A", "B", *every("actors")),
        "act": ACTS,
        "move": MOVES,
        "regime": REGIMES,
        "type": every("types"),
        "plan": every("plans"),
        "offer": (*every("contracts"), ANY),
        "contract": every("contracts"),
        "event": every("events"),
        "lever": every("levers"),
        "evidence": every("evidence"),
        "issue": every("issues"),
        "rule": (*RULES, *members),
        "claim": tuple(key for r in crisis.readings.values() for key in r.claims),
        "swap": tuple(key for r in crisis.readings.values() for key in r.swaps),
    }
    numbers = frozenset(path for world in worlds for path in quantities(world))
    return Known(ids, numbers, tuple(worlds))


def check_claim(node: Node, known: Known, wanted: str = "truth") -> list[ClaimError]:
    """Everything that does not fit, by place; empty if the claim can be asked of some date."""
    checker = _Checker(known)
    given = checker.kind(node)
    if given is not None and given != wanted:
        hint = "compare it, as in `... > 0`" if wanted == "truth" else None
        checker.error(_start(node), f"this is a {given}, and a {wanted} is needed", hint)
    return sorted(checker.errors, key=lambda e: e.offset)


def _start(node: Node | Items) -> int:
    if isinstance(node, ex.Compare):
        return _start(node.first)  # type: ignore[arg-type]
    if isinstance(node, ex.Binary):
        return _start(node.left)  # type: ignore[arg-type]
    if isinstance(node, ex.Logic):
        return _start(node.operands[0])  # type: ignore[arg-type]
    return node.offset


@dataclass
class _Checker:
    known: Known
    errors: list[ClaimError] = field(default_factory=list)

    def error(self, offset: int, message: str, hint: str | None = None) -> None:
        self.errors.append(ClaimError(message, offset, hint))

    def kind(self, node: Node | Items) -> str | None:
        """``number``, ``truth`` or None where an error below leaves it open."""
        match node:
            case ex.Number():
                return "number"
            case ex.Truth():
                return "truth"
            case ex.Text():
                self.error(node.offset, "a claim has no texts", "write ids without quotes")
            case Items():
                self.error(node.offset, "a list stands only after the path that it sets")
            case ex.Name(name=name, offset=offset):
                self.path(name, offset)
                return "number"
            case ex.Unary(operator=sign, operand=operand):
                wanted = "truth" if sign == "not" else "number"
                self.expect(operand, wanted)  # type: ignore[arg-type]
                return wanted
            case ex.Binary(left=left, right=right):
                self.expect(left, "number")  # type: ignore[arg-type]
                self.expect(right, "number")  # type: ignore[arg-type]
                return "number"
            case ex.Compare(first=first, rest=rest):
                for part in (first, *(p for _, p in rest)):
                    self.expect(part, "number")  # type: ignore[arg-type]
                return "truth"
            case ex.Logic(operands=operands):
                for part in operands:
                    self.expect(part, "truth")  # type: ignore[arg-type]
                return "truth"
            case Ask():
                return self.ask(node)
        return None

    def expect(self, node: Node | Items, wanted: str) -> None:
        given = self.kind(node)
        if given is not None and given != wanted:
            self.error(_start(node), f"`{render(node)}` is a {given}; a {wanted} is needed here")

    def path(self, name: str, offset: int) -> None:
        if name not in self.known.numbers:
            message = f"there is no number at `{name}` in this crisis or its epochs"
            self.error(offset, message, did_you_mean(name, self.known.numbers))

    def ask(self, node: Ask) -> str | None:
        f = FUNCTIONS.get(node.function)
        if f is None:
            hint = did_you_mean(node.function, FUNCTIONS)
            self.error(node.offset, f"there is no question `{node.function}`", hint)
            return None
        plain = [p for p in node.arguments if p.name is None]
        named = [p for p in node.arguments if p.name is not None]
        self.arguments(node, f, plain)
        for part in named:
            if f.keys is None:
                self.error(
                    part.offset,
                    f"`{node.function}` takes no `{part.name}=`",
                    signature(node.function),
                )
            else:
                self.word(part.name or "", part.offset, "issue")
                self.expect(part.value, "number")
        if node.world and not f.world:
            message = f"`{node.function}` has no world of its own"
            self.error(node.world[0].offset, message, "put it into the question inside")
            return f.gives
        self.world(node, f)
        return f.gives

    def arguments(self, node: Ask, f: Function, plain: list[Part]) -> None:
        least = len(f.takes) + (f.least if f.more is not None else 0)
        if len(plain) < least or (f.more is None and len(plain) > least):
            many = "at least " if f.more is not None else ""
            message = f"`{node.function}` takes {many}{least} arguments and has {len(plain)}"
            self.error(node.offset, message, f"`{signature(node.function)}`")
            return
        stays = node.function == "P_stay"
        for place, part in enumerate(plain):
            if place < len(f.takes):
                self.argument(part, f.takes[place].kind)
            elif stays and place == len(plain) - 1:
                self.argument(part, "months")
            else:
                assert f.more is not None
                self.argument(part, f.more.kind)
        if stays and len(plain) > 2 and any(
            isinstance(p.value, ex.Name) and p.value.name in RULES for p in plain[:-1]
        ):  # fmt: skip
            self.error(node.offset, "name one rule, or members")

    def argument(self, part: Part, kind: Kind) -> None:
        value = part.value
        if kind in ("number", "truth"):
            self.expect(value, kind)
        elif kind == "measure":
            self.expect(value, "number")
            if not isinstance(value, Ask):
                self.error(part.offset, "a measure is a question, as in `P_settle(12 | plan)`")
        elif kind == "months":
            ok = (
                isinstance(value, ex.Number) and value.value.is_integer() and value.value <= LONGEST
            )
            if not ok:
                message = f"a whole number of months up to {LONGEST} is needed here"
                self.error(part.offset, message)
        elif not isinstance(value, ex.Name):
            self.error(part.offset, f"{KINDS[kind]} is needed here")
        elif kind == "path":
            self.path(value.name, value.offset)
        else:
            self.word(value.name, value.offset, kind)

    def word(self, name: str, offset: int, kind: Kind) -> None:
        ids = self.known.ids[kind]
        if name not in ids:
            hint = did_you_mean(name, ids)
            if hint is None and ids and len(ids) <= 8:
                hint = f"there are {', '.join(f'`{x}`' for x in ids)}"
            self.error(offset, f"there is no {kind} `{name}`", hint)

    def world(self, node: Ask, f: Function) -> None:
        has_plan = False
        for place, part in enumerate(node.world):
            if part.name is None:
                if place or not isinstance(part.value, ex.Name):
                    self.error(part.offset, "a setting of the world is written `name = value`")
                    continue
                has_plan = True
                self.word(part.value.name, part.offset, "plan")
            elif part.name in WORLD:
                if part.name not in (*EVERYWHERE, *f.also):
                    message = f"`{node.function}` does not read `{part.name}`"
                    self.error(part.offset, message)
                self.setting(part)
            else:
                self.change(part)
        if f.world and f.plan and not has_plan:
            message = f"`{node.function}` is asked of a plan"
            self.error(node.offset, message, f"`{signature(node.function)}`")

    def setting(self, part: Part) -> None:
        assert part.name is not None
        self.argument(Part(None, part.value, part.offset), WORLD[part.name][0])

    def change(self, part: Part) -> None:
        """A number, or a plain field, set by path."""
        assert part.name is not None
        value = part.value
        if isinstance(value, ex.Name):
            if part.name not in self.known.numbers:
                self.path(part.name, part.offset)
            elif value.name != BASE:
                self.path(value.name, value.offset)
            return
        plain: object
        if isinstance(value, Items):
            plain = list(value.values)
        elif isinstance(value, ex.Truth):
            plain = value.value
        elif (number := constant(value)) is not None:
            plain = number
        else:
            message = "a world sets a number, `true`, `false`, a list, a path or `base`"
            self.error(part.offset, message)
            return
        faults: list[str] = []
        for world in self.known.worlds:
            try:
                override(world, {part.name: fitting(world, part.name, plain)})
            except (BadValue, UnknownPath) as wrong:
                faults.append(str(wrong))
            else:
                return
        self.error(part.offset, faults[0], did_you_mean(part.name, self.known.numbers))


def constant(node: Node | Items) -> float | None:
    """The value of a written number, perhaps with a minus."""
    if isinstance(node, ex.Number):
        return node.value
    if isinstance(node, ex.Unary) and node.operator == "-" and isinstance(node.operand, ex.Number):
        return -node.operand.value
    return None


def fitting(crisis: Crisis, path: str, value: object) -> object:
    """A written value as the field at a path takes it: whole numbers as integers where one stands."""
    from offramp.crisis._access import get

    if not isinstance(value, float):
        return value
    old = get(crisis, path)
    whole = isinstance(old, int) and not isinstance(old, bool | Quantity)
    return int(value) if whole and value.is_integer() else value
