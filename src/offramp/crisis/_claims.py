"""Claims: a small language that asks a solved crisis for numbers and compares them.

::

    V(B, stall | plan_b, offer=armed_freeze) < V(B, deal | plan_b, offer=armed_freeze)
    P_settle(12 | sticks_only, offer=armed_freeze) < P_settle(12 | sticks_relief)

**Grammar**, loosest first. Numbers, names, comparisons, ``and``, ``or``, ``not`` and arithmetic are those
of :mod:`offramp.crisis._expressions`; a factor may also be a question::

    question = name "(" [ argument { "," argument } ] [ "|" world ] ")"
    argument = [ name "=" ] value
    world    = [ plan "," ] name "=" value { "," name "=" value }
    value    = expression | "[" number { "," number } "]"

What stands before ``|`` is asked; what stands after it says of which world: a plan, an offer, a lever
more, an event less, other numbers at given paths. A name outside a question is the path of a number of
the crisis and stands for its value.

**Types.** Everything is a number or a truth. What a question takes and gives is fixed by
:data:`offramp.crisis._claims_functions.FUNCTIONS`; :mod:`offramp.crisis._claims_check` checks a claim
against a crisis. Nothing is evaluated here and nothing ever by Python.

An ``offset`` counts characters from the start of the claim, from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from offramp.crisis import _expressions as ex
from offramp.crisis._expressions import ExpressionError

ClaimError = ExpressionError
"""What is raised for a claim that cannot be read; it has a message, an offset and a suggestion."""

MAX_LENGTH = ex.MAX_LENGTH
MAX_DEPTH = ex.MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Items:
    """A list of numbers: ``[0.1, 0.5, 1]``."""

    values: tuple[float, ...]
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """An argument, or a setting of the world: ``value`` or ``name = value``."""

    name: str | None
    value: Node | Items
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a solved crisis: ``function(arguments | world)``."""

    function: str
    arguments: tuple[Part, ...]
    world: tuple[Part, ...] = ()
    offset: int = field(default=0, compare=False, repr=False)


Node = ex.Number | ex.Text | ex.Truth | ex.Name | ex.Unary | ex.Binary | ex.Compare | ex.Logic | Ask
"""A claim or a part of one. (``ex.Call`` never occurs: every call is a question.)"""

_TOKEN = re.compile(
    ex._TOKEN.pattern.replace("[-+*/<>(),]", r"[-+*/<>(),|=\[\]]"),
    re.VERBOSE,
)


def parse(text: str) -> Node:
    """The claim that ``text`` states. Raises :class:`ClaimError` at the first mistake."""
    if len(text) > MAX_LENGTH:
        message = f"the claim has {len(text):,} characters; {MAX_LENGTH:,} are allowed"
        raise ClaimError(message, MAX_LENGTH, "split it into several claims")
    reader = _Reader(text)
    if reader.token.kind == "end":
        raise ClaimError("the claim is empty", len(text))
    found = reader.expression(0)
    if reader.token.kind != "end":
        raise reader.unexpected()
    _limit_height(found)  # type: ignore[arg-type]
    return found  # type: ignore[return-value]


def _tokens(text: str) -> Iterator[ex._Token]:
    """Tokens, one "end", and more "end" for as long as they are asked for."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup == "wrong":
            raise ex._not_a_token(text, at, "" if found is None else found[0])
        kind, token = str(found.lastgroup), found[0]
        if kind == "number" and re.match(r"[\w.`]", text[found.end() : found.end() + 1]):
            hint = "a name begins with a letter, and `*` multiplies"
            raise ClaimError(f"a number runs into a name at `{token}`", at, hint)
        if kind == "name" and token.casefold() in ex._WORDS:
            if token not in ex._WORDS:
                word = token.casefold()
                raise ClaimError(
                    f"`{token}` is no word of the language", at, f"did you mean `{word}`?"
                )
            kind = "op"
        if kind != "space":
            yield ex._Token(kind, token, at)
        at = found.end()
    while True:
        yield ex._Token("end", "", len(text))


class _Reader(ex._Reader):
    """The reader of expressions, which also knows questions."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.token = next(self.tokens)
        self.depth = 0

    def name_or_call(self) -> ex.Expression:
        offset = self.token.offset
        name = self.name()
        if not self.at("("):
            return ex.Name(name, offset)
        opened = self.take().offset
        arguments: tuple[Part, ...] = ()
        world: tuple[Part, ...] = ()
        if not self.at(")") and not self.at("|"):
            arguments = self.parts()
        if self.at("|"):
            bar = self.take().offset
            if self.at(")"):
                raise ClaimError("nothing follows this `|`", bar, "delete it, or name a plan")
            world = self.parts()
        self.close(opened)
        return Ask(name, arguments, world, offset)  # type: ignore[return-value]

    def name(self) -> str:
        _, text, offset = self.take()
        parts: list[str] = ex._PART.findall(text)
        for part in parts:
            if part.startswith("`") and (len(part) == 2 or "." in part):
                message = "back quotes hold one segment of a name: not empty, and without a dot"
                raise ClaimError(message, offset)
        return ".".join(part.strip("`") for part in parts)

    def parts(self) -> tuple[Part, ...]:
        found = [self.part()]
        while self.at(","):
            self.take()
            found.append(self.part())
        return tuple(found)

    def part(self) -> Part:
        """A value, perhaps with a name before it."""
        offset = self.token.offset
        value = self.value()
        if not self.at("="):
            return Part(None, value, offset)
        sign = self.take().offset
        if not isinstance(value, ex.Name):
            raise ClaimError("only a name can stand before `=`", sign, "did you mean `==`?")
        return Part(value.name, self.value(), offset)

    def value(self) -> Node | Items:
        if not self.at("["):
            return self.expression(0)  # type: ignore[return-value]
        opened = self.take().offset
        numbers = [self.item()]
        while self.at(","):
            self.take()
            numbers.append(self.item())
        if not self.at("]"):
            raise ClaimError("this `[` is never closed", opened, "add `]`")
        self.take()
        return Items(tuple(numbers), opened)

    def item(self) -> float:
        sign = -1.0 if self.at("-") else 1.0
        if sign < 0:
            self.take()
        kind, text, offset = self.token
        if kind != "number":
            raise ClaimError("a list holds numbers", offset)
        self.take()
        return sign * float(text)

    def unexpected(self) -> ExpressionError:
        kind, text, offset = self.token
        if kind == "op" and text == "=":
            return ClaimError("a single `=` sets a number of a world", offset, "did you mean `==`?")
        if kind == "op" and text == "|":
            message = "a `|` stands inside a question, before its world"
            return ClaimError(message, offset, "as in `P_settle(12 | plan)`")
        if kind == "op" and text == "[":
            return ClaimError("a list stands only after `=`", offset)
        return super().unexpected()


def children(node: Node | Items) -> tuple[Node | Items, ...]:
    """The parts of a claim, in the order in which they are written."""
    match node:
        case Ask(arguments=arguments, world=world):
            return tuple(part.value for part in (*arguments, *world))
        case ex.Logic(operands=parts):
            return cast("tuple[Node, ...]", parts)
        case ex.Unary(operand=part):
            return (cast(Node, part),)
        case ex.Binary(left=left, right=right):
            return (cast(Node, left), cast(Node, right))
        case ex.Compare(first=first, rest=rest):
            return (cast(Node, first), *(cast(Node, part) for _, part in rest))
        case _:
            return ()


def walk(node: Node | Items) -> Iterator[Node | Items]:
    """The claim and every part of it, each before its own parts."""
    rest: list[Node | Items] = [node]
    while rest:
        part = rest.pop()
        yield part
        rest.extend(reversed(children(part)))


def render(node: Node | Items) -> str:
    """A claim as text; reading it again gives an equal claim."""
    match node:
        case Items(values=values):
            return f"[{', '.join(_plain(x) for x in values)}]"
        case Ask(function=function, arguments=arguments, world=world):
            inside = ", ".join(_part(p) for p in arguments)
            given = ", ".join(_part(p) for p in world)
            middle = " | " if inside and given else "| " if given else ""
            return f"{ex.quoted(function)}({inside}{middle}{given})"
        case ex.Unary(operator="not", operand=operand):
            return f"not ({render(operand)})"  # type: ignore[arg-type]
        case ex.Unary(operand=operand):
            return f"-{_inner(operand)}"  # type: ignore[arg-type]
        case ex.Binary(operator=sign, left=left, right=right):
            return f"{_inner(left)} {sign} {_inner(right)}"  # type: ignore[arg-type]
        case ex.Compare(first=first, rest=rest):
            texts = [_inner(first)]  # type: ignore[arg-type]
            texts += [f"{sign} {_inner(part)}" for sign, part in rest]  # type: ignore[arg-type]
            return " ".join(texts)
        case ex.Logic(operator=word, operands=operands):
            return f" {word} ".join(
                f"({render(x)})" if isinstance(x, ex.Logic) else render(x)  # type: ignore[arg-type]
                for x in operands
            )
        case _:
            return ex.render(node)


def _inner(node: Node) -> str:
    text = render(node)
    atom = isinstance(node, ex.Number | ex.Name | ex.Truth | ex.Text | Ask)
    return text if atom else f"({text})"


def _part(part: Part) -> str:
    text = render(part.value)
    return text if part.name is None else f"{ex.quoted(part.name)}={text}"


def _plain(x: float) -> str:
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


def _limit_height(node: Node) -> None:
    below: list[tuple[Node | Items, int]] = [(node, 1)]
    while below:
        part, depth = below.pop()
        if depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} parts lie inside each other"
            raise ClaimError(message, part.offset, "split the claim")
        below.extend((child, depth + 1) for child in children(part))
