"""Red lines, triggers and conditions: a small language of numbers, truths and texts.

::

    months_without_ceasefire >= 3 and belief.stalling > 0.6
    0.2 <= issue.territory <= 0.65 or not (regime == 'war')

**Grammar**, loosest first; nothing is evaluated by Python::

    expression = and-part { "or" and-part }
    and-part   = not-part { "and" not-part }
    not-part   = "not" not-part | comparison
    comparison = sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum }     a < b < c as in a book
    sum        = product { ("+" | "-") product }
    product    = factor { ("*" | "/") factor }
    factor     = "-" factor | number | text | "true" | "false" | name | call | "(" expression ")"
    call       = ("abs" | "max" | "min") "(" expression { "," expression } ")"
    name       = segment { "." segment }
    text       = 'in single quotes' or "in double quotes"; the quote itself is written twice
    number     = 3, 0.65, .5, 1e-3

A segment is letters, digits and ``_``, the first not a digit (later segments may begin with one).
``-`` always subtracts: an id that has one, or any other sign, or is a word of the language, is
written in back quotes: ``lever.`oil-cap`.level``. A segment holds no dot and no back quote.

**Meaning.** Numbers are doubles. Every part is evaluated, on both sides of ``and`` and ``or``,
elementwise where a value is a numpy array. A division by zero, an undefined or overflowing
result, a name without a value, and an operator on the wrong kind raise :class:`ExpressionError`;
nothing falls back. Infinity is allowed as the value of a name ("no deadline"), NaN is not.

**Limits.** :data:`MAX_LENGTH` characters, :data:`MAX_DEPTH` parts inside each other.

An ``offset`` counts characters from the start of the expression, from 0. Two expressions are equal
if they say the same, wherever it stands: ``parse(render(e)) == e``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from math import isfinite, isinf, isnan
from typing import Any, Literal, NamedTuple

from offramp.crisis._diagnostics import did_you_mean, printable

Kind = Literal["number", "truth", "text"]
Comparison = Literal["<", "<=", ">", ">=", "==", "!="]

MAX_LENGTH = 2_000
"""Characters. A page of text; a condition that long belongs in several stages."""

MAX_DEPTH = 50
"""Parts inside each other, and terms of one sum: far below Python's recursion limit."""

FUNCTIONS: Mapping[str, tuple[int, int | None]] = {
    "abs": (1, 1),
    "max": (2, None),
    "min": (2, None),
}
"""Functions and how many values they take, at least and at most."""

_WORDS = frozenset({"and", "or", "not", "true", "false"})


class ExpressionError(ValueError):
    """An expression that cannot be read, does not fit the crisis, or has no value."""

    def __init__(self, message: str, offset: int = 0, suggestion: str | None = None) -> None:
        super().__init__(message, offset, suggestion)
        self.message, self.offset, self.suggestion = message, offset, suggestion

    def __str__(self) -> str:
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return printable(f"{self.message} (at character {self.offset + 1}){hint}")


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number, not negative; ``-3`` is the unary minus of 3."""

    value: float
    offset: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and self.value >= 0):
            raise ValueError(f"a number of an expression is finite and not negative: {self.value}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, without its quotes."""

    value: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    value: bool
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted path without back quotes: ``lever.oil-cap.level``."""

    name: str
    offset: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        if "`" in self.name or not all(self.name.split(".")):
            raise ValueError(f"a name is segments joined by dots, without back quotes: {self.name}")


@dataclass(frozen=True, slots=True)
class Call:
    """A function of numbers."""

    function: str
    arguments: tuple[Expression, ...]
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` of a number or ``not`` of a truth."""

    operator: Literal["-", "not"]
    operand: Expression
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic of two numbers; ``offset`` is that of the operator."""

    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """``first op1 e1 op2 e2 ...``: true where each neighbouring pair compares."""

    first: Expression
    rest: tuple[tuple[Comparison, Expression], ...]
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Two or more operands under one ``and``, or one ``or``."""

    operator: Literal["and", "or"]
    operands: tuple[Expression, ...]
    offset: int = field(default=0, compare=False, repr=False)


Expression = Number | Text | Truth | Name | Call | Unary | Binary | Compare | Logic
Expr = Expression


class Threshold(NamedTuple):
    """A comparison of a name with a constant that must hold for the expression to hold."""

    name: str
    operator: Comparison
    value: float
    offset: int


# Reading

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _MINUS, _ATOM = range(1, 9)
"""How tightly an operator binds."""

_BINDING: dict[str, int] = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _COMPARE),
    **dict.fromkeys("+-", _SUM),
    **dict.fromkeys("*/", _PRODUCT),
}

_SEGMENT = r"(?:[^\W\d]\w*|`[^`]*`)"
_LATER = r"(?:\w+|`[^`]*`)"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    |(?P<name>{_SEGMENT}(?:\.{_LATER})*)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<wrong>&&|\|\||===|!==|=>|=<|<>|\*\*)
    |(?P<op><=|>=|==|!=|[-+*/<>(),])""",
    re.VERBOSE,
)
_PART = re.compile(r"`[^`]*`|[^.`]+")
_PLAIN_SEGMENT = re.compile(r"[^\W\d]\w*")
_PLAIN_LATER = re.compile(r"\w+")

_MEANT: dict[str, str] = {
    "=": "==", "===": "==", "!==": "!=", "!": "not", "<>": "!=", "=>": ">=", "=<": "<=",
    "&": "and", "&&": "and", "|": "or", "||": "or", "[": "(", "]": ")", "{": "(", "}": ")",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",  # one-sign comparisons
    "\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00f7": "/",  # minus, dash, times, divided by
    "\u2227": "and", "\u2228": "or", "\u00ac": "not",
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'",  # curly quotes
}  # fmt: skip
"""Signs that other languages and keyboards use, and what they are here."""

_PHRASES = {"is": "==", "equals": "==", "above": ">", "over": ">", "below": "<", "under": "<"}


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


def parse(text: str) -> Expression:
    """The expression that ``text`` says. Raises :class:`ExpressionError` at the first mistake."""
    if len(text) > MAX_LENGTH:
        message = f"the expression has {len(text):,} characters; {MAX_LENGTH:,} are allowed"
        raise ExpressionError(message, MAX_LENGTH, "split it into stages, or name a part of it")
    reader = _Reader(text)
    if reader.token.kind == "end":
        raise ExpressionError("the expression is empty", len(text))
    expr = reader.expression(0)
    if reader.token.kind != "end":
        raise reader.unexpected()
    _limit_height(expr)
    return expr


class _Reader:
    """A Pratt parser: the tokens, the current one, and how deep the recursion is."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.token = next(self.tokens)
        self.depth = 0

    def take(self) -> _Token:
        token = self.token
        self.token = next(self.tokens)
        return token

    def at(self, sign: str) -> bool:
        return self.token.kind == "op" and self.token.text == sign

    def binding(self) -> int:
        return _BINDING.get(self.token.text, 0) if self.token.kind == "op" else 0

    def expression(self, floor: int) -> Expression:
        """Everything from here on that binds tighter than ``floor``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _too_deep(self.token.offset)
        left = self.operand(floor)
        while (binding := self.binding()) > floor:
            sign = self.token
            if binding > _COMPARE:
                self.take()
                left = Binary(_as(sign), left, self.expression(binding), sign.offset)
                continue
            parts: list[tuple[str, Expression]] = []
            while self.binding() == binding:
                parts.append((_as(self.take()), self.expression(binding)))
            if binding == _COMPARE:
                left = Compare(left, tuple(parts), sign.offset)  # type: ignore[arg-type]
            else:
                operands = (left, *(part for _, part in parts))
                left = Logic(_as(sign), operands, sign.offset)
        self.depth -= 1
        return left

    def operand(self, floor: int) -> Expression:
        token = self.token
        kind, text, offset = token
        if kind == "number":
            self.take()
            value = float(text)
            if isinf(value):
                raise ExpressionError(f"the number {_cut(text)} is too large", offset)
            return Number(value, offset)
        if kind == "text":
            self.take()
            return Text(text[1:-1].replace(text[0] * 2, text[0]), offset)
        if kind == "name":
            return self.name_or_call()
        if text in ("true", "false") and kind == "op":
            self.take()
            return Truth(text == "true", offset)
        if text == "(" and kind == "op":
            self.take()
            inner = self.expression(0)
            self.close(offset)
            return inner
        if text == "-" and kind == "op":
            self.take()
            return Unary("-", self.expression(_MINUS), offset)
        if text == "not" and kind == "op":
            if floor > _NOT:
                hint = "put `not ...` in parentheses"
                raise ExpressionError("`not` cannot stand after this operator", offset, hint)
            self.take()
            return Unary("not", self.expression(_NOT), offset)
        if kind == "end":
            raise ExpressionError("the expression ends where a value is needed", offset)
        raise ExpressionError(f"a value is needed before `{text}`", offset)

    def name_or_call(self) -> Expression:
        _, text, offset = self.take()
        parts: list[str] = _PART.findall(text)
        for part in parts:
            if part.startswith("`") and (len(part) == 2 or "." in part):
                message = "back quotes hold one segment of a name: not empty, and without a dot"
                raise ExpressionError(message, offset)
        if not self.at("("):
            return Name(".".join(part.strip("`") for part in parts), offset)
        opened = self.take().offset
        arguments: list[Expression] = []
        if not self.at(")"):
            arguments.append(self.expression(0))
            while self.at(","):
                self.take()
                arguments.append(self.expression(0))
        self.close(opened)
        return Call(text, tuple(arguments), offset)

    def close(self, opened: int) -> None:
        if self.token.kind == "end":
            raise ExpressionError("this `(` is never closed", opened, "add `)`")
        if not self.at(")"):
            raise self.unexpected()
        self.take()

    def unexpected(self) -> ExpressionError:
        """What stands after a whole expression, where only an operator can."""
        kind, text, offset = self.token
        if kind == "op" and text == ")":
            return ExpressionError("this `)` closes nothing", offset, "delete it")
        if kind == "op" and text == ",":
            return ExpressionError("a `,` stands only between the values of a function", offset)
        meant = _PHRASES.get(text.casefold())
        hint = f"did you mean `{meant}`?" if meant and kind == "name" else None
        return ExpressionError(f"an operator is missing before `{_cut(text)}`", offset, hint)


def _tokens(text: str) -> Iterator[_Token]:
    """Tokens, one "end", and more "end" for as long as they are asked for."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup == "wrong":
            raise _not_a_token(text, at, "" if found is None else found[0])
        kind, token = str(found.lastgroup), found[0]
        if kind == "number" and re.match(r"[\w.`]", text[found.end() : found.end() + 1]):
            hint = "a name begins with a letter, and `*` multiplies"
            raise ExpressionError(f"a number runs into a name at `{_cut(token)}`", at, hint)
        if kind == "name" and token.casefold() in _WORDS:
            if token not in _WORDS:
                word = token.casefold()
                hint = f"did you mean `{word}`? (a name is written `` `{token}` ``)"
                raise ExpressionError(f"`{token}` is no word of the language", at, hint)
            kind = "op"
        if kind != "space":
            yield _Token(kind, token, at)
        at = found.end()
    while True:
        yield _Token("end", "", len(text))


def _not_a_token(text: str, at: int, found: str) -> ExpressionError:
    sign = found or text[at]
    if sign in "'\"`":
        return ExpressionError("this quote is never closed", at, f"add {sign} at the end")
    meant = _MEANT.get(sign)
    hint = f"did you mean `{meant}`?" if meant else None
    if sign == "%":
        hint = "write a percentage as a share: 60 % is 0.60"
    if sign == ".":
        hint = "a name has its dots between its segments, without spaces"
    return ExpressionError(f"`{sign}` is no sign of the language", at, hint)


def _as(token: _Token) -> Any:
    """The operator of a token; which operators there are, the token pattern says."""
    return token.text


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _too_deep(offset: int) -> ExpressionError:
    message = f"more than {MAX_DEPTH} parts lie inside each other"
    return ExpressionError(message, offset, "split the expression, or name a part of it")


def _limit_height(expr: Expression) -> None:
    """A sum of many terms is as deep as it is long, though it needs no recursion to read."""
    below = [(expr, 1)]
    while below:
        part, depth = below.pop()
        if depth > MAX_DEPTH:
            raise _too_deep(part.offset)
        below.extend((child, depth + 1) for child in _children(part))


def _children(expr: Expression) -> tuple[Expression, ...]:
    """The parts of an expression, in the order in which they are written."""
    match expr:
        case Call(arguments=parts) | Logic(operands=parts):
            return parts
        case Unary(operand=part):
            return (part,)
        case Binary(left=left, right=right):
            return (left, right)
        case Compare(first=first, rest=rest):
            return (first, *(part for _, part in rest))
        case _:
            return ()


# Writing


def render(expr: Expression) -> str:
    """The expression as text, with the fewest parentheses that keep its meaning."""
    match expr:
        case Number(value=value):
            return str(int(value)) if value.is_integer() and value < 1e15 else repr(value)
        case Text(value=text):
            return "'" + text.replace("'", "''") + "'"
        case Truth(value=truth):
            return "true" if truth else "false"
        case Name(name=name):
            return quoted(name)
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(render, arguments))})"
        case Unary(operator="not", operand=operand):
            return f"not {_within(operand, _NOT)}"
        case Unary(operand=operand):
            return f"-{_within(operand, _MINUS)}"
        case Binary(operator=sign, left=left, right=right):
            binding = _BINDING[sign]
            return f"{_within(left, binding)} {sign} {_within(right, binding + 1)}"
        case Compare(first=first, rest=rest):
            texts = [_within(first, _SUM)]
            texts += [f"{sign} {_within(part, _SUM)}" for sign, part in rest]
            return " ".join(texts)
        case Logic(operator=word, operands=operands):
            return f" {word} ".join(_within(part, _BINDING[word] + 1) for part in operands)


def quoted(name: str) -> str:
    """A dotted name as an expression writes it: ``lever.oil-cap`` as ``lever.`oil-cap```."""
    first, *later = name.split(".")
    plain = _PLAIN_SEGMENT.fullmatch(first) and (later or first.casefold() not in _WORDS)
    parts = [first if plain else f"`{first}`"]
    parts += [part if _PLAIN_LATER.fullmatch(part) else f"`{part}`" for part in later]
    return ".".join(parts)


def _within(expr: Expression, floor: int) -> str:
    """The text of a part, in parentheses where it binds less tightly than ``floor``."""
    text = render(expr)
    return text if _tightness(expr) >= floor else f"({text})"


def _tightness(expr: Expression) -> int:
    match expr:
        case Unary(operator="not"):
            return _NOT
        case Unary():
            return _MINUS
        case Binary(operator=sign) | Logic(operator=sign):
            return _BINDING[sign]
        case Compare():
            return _COMPARE
        case _:
            return _ATOM


# Checking


def walk(expr: Expression) -> Iterator[Expression]:
    """The expression and every part of it, each before its own parts, as they are written."""
    rest = [expr]
    while rest:
        part = rest.pop()
        yield part
        rest.extend(reversed(_children(part)))


def names(expr: Expression) -> tuple[tuple[str, int], ...]:
    """Every name with its offset, in the order in which they are written, repeats included."""
    return tuple((part.name, part.offset) for part in walk(expr) if isinstance(part, Name))


def check(
    expr: Expression,
    kinds: Mapping[str, Kind],
    functions: Mapping[str, tuple[int, int | None]] = FUNCTIONS,
    *,
    result: Kind | None = None,
) -> list[ExpressionError]:
    """Everything that does not fit: unknown names and functions, and operators on wrong kinds.

    ``kinds`` says which names there are and what they stand for, ``functions`` how many numbers
    each function takes, ``result`` what the whole must be ("truth" for a trigger or a red line).
    An empty list means that :func:`evaluate` can fail on the values only.
    """
    checker = _Checker(kinds, functions)
    checker.expect(expr, result)
    return sorted(checker.errors, key=lambda error: error.offset)


@dataclass(slots=True)
class _Checker:
    kinds: Mapping[str, Kind]
    functions: Mapping[str, tuple[int, int | None]]
    errors: list[ExpressionError] = field(default_factory=list)

    def error(self, offset: int, message: str, suggestion: str | None = None) -> None:
        self.errors.append(ExpressionError(message, offset, suggestion))

    def expect(self, expr: Expression, wanted: Kind | None) -> None:
        kind = self.kind(expr)
        if wanted is not None and kind is not None and kind != wanted:
            hint = None
            if wanted == "truth" and kind == "number":
                hint = f"compare it, as in `{_cut(render(expr))} > 0`"
            message = f"`{_cut(render(expr))}` is a {kind}, and a {wanted} is needed here"
            self.error(_start(expr), message, hint)

    def kind(self, expr: Expression) -> Kind | None:
        """What an expression stands for; ``None`` where an error below leaves it open."""
        match expr:
            case Number():
                return "number"
            case Text():
                return "text"
            case Truth():
                return "truth"
            case Name(name=name, offset=offset):
                if name not in self.kinds:
                    hint = _name_meant(name, self.kinds)
                    self.error(offset, f"there is no `{_cut(name)}` in this crisis", hint)
                return self.kinds.get(name)
            case Call():
                return self.call(expr)
            case Unary(operator=sign, operand=operand):
                self.expect(operand, "truth" if sign == "not" else "number")
                return "truth" if sign == "not" else "number"
            case Binary():
                return self.arithmetic(expr)
            case Compare():
                return self.comparison(expr)
            case Logic(operands=operands):
                for operand in operands:
                    self.expect(operand, "truth")
                return "truth"

    def call(self, expr: Call) -> Kind | None:
        for argument in expr.arguments:
            self.expect(argument, "number")
        if expr.function not in self.functions:
            hint = did_you_mean(expr.function, self.functions)
            hint = hint or f"there are {', '.join(sorted(self.functions))}"
            self.error(expr.offset, f"there is no function `{_cut(expr.function)}`", hint)
            return None
        low, high = self.functions[expr.function]
        if not _takes((low, high), len(expr.arguments)):
            need = (
                f"{low}"
                if high == low
                else f"{low} or more"
                if high is None
                else f"{low} to {high}"
            )
            values = "value" if need == "1" else "values"
            message = f"`{expr.function}` takes {need} {values}, not {len(expr.arguments)}"
            self.error(expr.offset, message)
        return "number"

    def arithmetic(self, expr: Binary) -> Kind | None:
        dashed = _dashed(expr)
        known = all(name in self.kinds for name, _ in names(expr))
        if dashed is not None and dashed in self.kinds and not known:
            message = f"`{_cut(dashed)}` reads as a subtraction"
            self.error(_start(expr), message, f"write {quoted(dashed)}")
            return self.kinds[dashed]
        before = len(self.errors)
        self.expect(expr.left, "number")
        self.expect(expr.right, "number")
        if len(self.errors) == before:
            try:
                _constant(expr)
                if expr.operator == "/" and _constant(expr.right) == 0:
                    self.error(expr.offset, "this divides by zero")
            except ExpressionError as error:
                self.errors.append(error)
        return "number"

    def comparison(self, expr: Compare) -> Kind:
        left, kind = expr.first, self.kind(expr.first)
        for sign, right in expr.rest:
            other = self.kind(right)
            if sign in ("==", "!="):
                if kind is not None and other is not None and kind != other:
                    pair = f"`{_cut(render(left))}` is a {kind} and `{_cut(render(right))}`"
                    self.error(_start(right), f"{pair} a {other}: they are never equal")
            else:
                for part, its in ((left, kind), (right, other)):
                    if its not in (None, "number"):
                        message = (
                            f"`{sign}` compares numbers, and `{_cut(render(part))}` is a {its}"
                        )
                        self.error(_start(part), message)
            left, kind = right, other
        return "truth"


def _takes(arity: tuple[int, int | None], count: int) -> bool:
    low, high = arity
    return low <= count and (high is None or count <= high)


def thresholds(expr: Expression) -> tuple[Threshold, ...]:
    """Comparisons of a name with a constant that must all hold for the expression to hold.

    They are the ones at the top, or under ``and`` at the top; ``0.65 >= x`` counts as
    ``x <= 0.65``, a chain as its pairs. Raises where a constant divides by zero.
    """
    match expr:
        case Logic(operator="and", operands=operands):
            return tuple(found for operand in operands for found in thresholds(operand))
        case Compare(first=first, rest=rest):
            found: list[Threshold] = []
            left = first
            for sign, right in rest:
                if isinstance(left, Name) and (value := _constant(right)) is not None:
                    found.append(Threshold(left.name, sign, value, left.offset))
                elif isinstance(right, Name) and (value := _constant(left)) is not None:
                    found.append(Threshold(right.name, _MIRROR[sign], value, right.offset))
                left = right
            return tuple(found)
        case _:
            return ()


_MIRROR: dict[Comparison, Comparison] = {
    "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=",
}  # fmt: skip


def _constant(expr: Expression) -> float | None:
    """The value of a part that is arithmetic on numbers alone; ``None`` if it is not."""
    for part in walk(expr):
        match part:
            case Number() | Binary() | Unary(operator="-"):
                pass
            case Call(function=function) if function in FUNCTIONS:
                pass
            case _:
                return None
    return float(evaluate(expr, {}))


def _start(expr: Expression) -> int:
    """Where an expression begins, parentheses left out."""
    while not isinstance(expr, Unary | Call) and (parts := _children(expr)):
        expr = parts[0]
    return expr.offset


def _dashed(expr: Expression) -> str | None:
    """``oil - cap`` as ``oil-cap``, where an expression is a subtraction of names alone."""
    match expr:
        case Name(name=name):
            return name
        case Binary(operator="-", left=left, right=Name(name=name)):
            before = _dashed(left)
            return None if before is None else f"{before}-{name}"
        case _:
            return None


def _name_meant(name: str, known: Mapping[str, Any]) -> str | None:
    hint = did_you_mean(name, map(quoted, known))
    return None if hint is None else hint.replace("``", "`")


# Evaluating


def evaluate(expr: Expression, values: Mapping[str, Any]) -> Any:
    """The value of an expression: a float, bool or str, or an array of them.

    ``values`` gives each name a number, a truth, a text, or a numpy array of one of these; arrays
    must broadcast against each other. Raises :class:`ExpressionError` as the module says.
    """
    used: dict[str, Any] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    for name, offset in names(expr):
        if name in used:
            continue
        if name not in values:
            hint = _name_meant(name, values)
            raise ExpressionError(f"`{_cut(name)}` has no value", offset, hint)
        used[name] = _value(name, values[name], offset)
        if hasattr(used[name], "dtype"):
            shapes[name] = used[name].shape
            _check_shapes(shapes, name, offset)
    if not shapes:
        return _evaluate(expr, used)
    import numpy as np

    with np.errstate(all="ignore"):  # what is undefined or overflows is refused by name below
        return _evaluate(expr, used)


_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_LOGIC: dict[str, Callable[[Any, Any], Any]] = {"and": operator.and_, "or": operator.or_}


def _evaluate(expr: Expression, values: Mapping[str, Any]) -> Any:
    match expr:
        case Number(value=number):
            return number
        case Text(value=text):
            return text
        case Truth(value=truth):
            return truth
        case Name(name=name):
            return values[name]
        case Unary(operator="not", operand=operand):
            return _of_kind(operand, "truth", values) ^ True
        case Unary(operand=operand):
            return -_of_kind(operand, "number", values)
        case Logic(operator=word, operands=operands):
            return reduce(_LOGIC[word], [_of_kind(part, "truth", values) for part in operands])
        case Compare():
            return _compare(expr, values)
        case Binary(operator=sign, left=left, right=right, offset=offset):
            a, b = _of_kind(left, "number", values), _of_kind(right, "number", values)
            if sign == "/" and _any(b == 0):
                raise ExpressionError(f"`{_cut(render(right))}` is zero: a division by it", offset)
            return _defined(_ARITHMETIC[sign](a, b), (a, b), expr)
        case Call(function=function, arguments=arguments, offset=offset):
            if not _takes(FUNCTIONS.get(function, (0, -1)), len(arguments)):
                message = f"there is no function `{_cut(function)}` of {len(arguments)} values"
                raise ExpressionError(message, offset)
            numbers = [_of_kind(part, "number", values) for part in arguments]
            return abs(numbers[0]) if function == "abs" else reduce(_EXTREMES[function], numbers)


def _of_kind(expr: Expression, wanted: Kind, values: Mapping[str, Any]) -> Any:
    value = _evaluate(expr, values)
    if (kind := _kind(value)) != wanted:
        message = f"`{_cut(render(expr))}` is a {kind}, and a {wanted} is needed here"
        raise ExpressionError(message, _start(expr))
    return value


def _compare(expr: Compare, values: Mapping[str, Any]) -> Any:
    left = _evaluate(expr.first, values)
    holds: Any = True
    for sign, part in expr.rest:
        right = _evaluate(part, values)
        kinds = {_kind(left), _kind(right)}
        if len(kinds) > 1 or (sign not in ("==", "!=") and kinds != {"number"}):
            said = " and a ".join(sorted(kinds))
            raise ExpressionError(f"`{sign}` cannot compare a {said}", _start(part))
        holds = holds & _ORDER[sign](left, right)
        left = right
    return holds


def _larger(a: Any, b: Any) -> Any:
    if hasattr(a, "dtype") or hasattr(b, "dtype"):
        import numpy as np

        return np.maximum(a, b)
    return max(a, b)


def _smaller(a: Any, b: Any) -> Any:
    return -_larger(-a, -b)


_EXTREMES: dict[str, Callable[[Any, Any], Any]] = {"max": _larger, "min": _smaller}


def _kind(value: Any) -> Kind:
    """The kind of a value that :func:`_value` let in."""
    if hasattr(value, "dtype"):
        return {"b": "truth", "f": "number"}.get(value.dtype.kind, "text")  # type: ignore[return-value]
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, float) else "text"


def _value(name: str, value: Any, offset: int) -> Any:
    """A value as the language takes it: integers become doubles; anything unfit is refused."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        try:
            value = float(value)
        except OverflowError:
            raise ExpressionError(f"the value of `{_cut(name)}` is too large", offset) from None
    elif hasattr(value, "dtype"):
        import numpy as np

        value = np.asarray(value)
        if value.dtype.kind in "iu":
            value = value.astype(float)
        elif value.dtype.kind not in "bfU":
            message = f"the array of `{_cut(name)}` holds {value.dtype}, and no numbers or truths"
            raise ExpressionError(message, offset)
    else:
        message = f"the value of `{_cut(name)}` is a {type(value).__name__}"
        raise ExpressionError(message, offset)
    if _kind(value) == "number" and _any(value != value):
        raise ExpressionError(f"the value of `{_cut(name)}` is undefined (NaN)", offset)
    return value


def _check_shapes(shapes: Mapping[str, tuple[int, ...]], name: str, offset: int) -> None:
    import numpy as np

    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        listed = ", ".join(f"{_cut(other)} {shape}" for other, shape in shapes.items())
        message = f"the array of `{_cut(name)}` does not fit the others: {listed}"
        raise ExpressionError(message, offset) from None


def _any(truth: Any) -> bool:
    return bool(truth.any()) if hasattr(truth, "any") else bool(truth)


def _defined(result: Any, operands: tuple[Any, Any], expr: Binary) -> Any:
    """``result``, unless it is undefined (inf - inf) or overflowed from finite operands."""
    if hasattr(result, "dtype"):
        import numpy as np

        bad = np.isnan(result) | (np.isinf(result) & np.isfinite(operands[0] + 0 * operands[1]))
        wrong = bool(bad.any())
    else:
        wrong = isnan(result) or (isinf(result) and all(map(isfinite, operands)))
    if wrong:
        message = f"`{_cut(render(expr))}` is undefined or too large for a number"
        raise ExpressionError(message, expr.offset)
    return result
