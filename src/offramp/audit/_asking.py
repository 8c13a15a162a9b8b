"""Ask a claim of a scope: its truth, and by how much it holds or fails.

A comparison ``x < y`` has the margin y - x (in the unit of both), positive where it holds; ``and`` has the
least margin of its parts, ``or`` the greatest, ``not`` the opposite. A claim whose parts have different
units has a margin only in the sense of which part is nearest to turning. A room where no terms suit A is
minus infinity: comparisons with it hold or fail by an infinite margin.

Questions that need several solves (slopes, swings, switches) change one number of the world they ask in.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from offramp.audit import _beliefs as beliefs
from offramp.audit import _functionals as fn
from offramp.audit._worlds import NotAsked, Scope, World
from offramp.crisis import Quantity, UnknownPath, get, limits
from offramp.crisis import _expressions as ex
from offramp.crisis._claims import Ask, Items, Node, Part, walk
from offramp.crisis._claims_check import constant
from offramp.crisis._claims_functions import FUNCTIONS, WORLD

EQUAL = 1e-12
"""Numbers nearer than this are equal."""
STEP = 0.1
"""Step of a slope, as a share of the number's range."""
TURNS = 18
"""Bisections of a switch."""
SCAN = 8
"""Intervals of a range that are looked at before a switch is bisected."""


@dataclass(frozen=True)
class Verdict:
    """Whether a claim holds and by how much."""

    truth: bool
    margin: float


def ask(node: Node, scope: Scope, around: World | None = None) -> Verdict:
    """The truth of a claim in a scope.

    Raises:
        NotAsked: if the world lacks something that the claim names.
    """
    return _truth(node, scope.at_pace(shortest(node)), around or World())


def shortest(node: Node) -> int | None:
    """The earliest month at which a claim asks what the game's moves have brought, if it does."""
    found = [
        int(part.value)
        for one in walk(node)
        if isinstance(one, Ask) and FUNCTIONS.get(one.function) is not None
        if FUNCTIONS[one.function].solves == "futures"
        for part in (one.arguments[-1].value if one.arguments else None,)
        if isinstance(part, ex.Number) and part.value >= 1
    ]
    return min(found, default=None)


def measure(node: Node, scope: Scope, around: World | None = None) -> float:
    """The value of a question that gives a number."""
    return _number(node, scope.at_pace(shortest(node)), around or World())


# --- Truths ----------------------------------------------------------------------------------

_SIGNS: dict[str, Callable[[float, float], float]] = {
    "<": lambda x, y: y - x,
    "<=": lambda x, y: y - x,
    ">": operator.sub,
    ">=": operator.sub,
    "==": lambda x, y: -abs(x - y),
    "!=": lambda x, y: abs(x - y),
}


def _known(x: float) -> float:
    """A figure; two sides without any terms have no difference."""
    if math.isnan(x):
        raise NotAsked("no terms at all suit A on either side, so there is nothing to compare")
    return x


def _compare(sign: str, x: float, y: float) -> Verdict:
    margin = _known(_SIGNS[sign](x, y))
    if sign in ("<", ">"):
        return Verdict(margin > EQUAL, margin)
    if sign == "!=":
        return Verdict(margin > EQUAL, margin)
    return Verdict(margin >= -EQUAL, margin)


def _truth(node: Node | Items, scope: Scope, around: World) -> Verdict:
    match node:
        case ex.Truth(value=value):
            return Verdict(value, math.inf if value else -math.inf)
        case ex.Unary(operator="not", operand=operand):
            inner = _truth(operand, scope, around)  # type: ignore[arg-type]
            return Verdict(not inner.truth, -inner.margin)
        case ex.Compare(first=first, rest=rest):
            numbers = [_number(first, scope, around)]  # type: ignore[arg-type]
            found = []
            for sign, part in rest:
                numbers.append(_number(part, scope, around))  # type: ignore[arg-type]
                found.append(_compare(sign, numbers[-2], numbers[-1]))
            return _all(found)
        case ex.Logic(operator=word, operands=operands):
            parts = [_truth(p, scope, around) for p in operands]  # type: ignore[arg-type]
            if word == "and":
                return _all(parts)
            return Verdict(any(p.truth for p in parts), max(p.margin for p in parts))
        case Ask(function="increasing"):
            return _increasing(node, scope, around)
        case Ask(function="unchanged"):
            return _unchanged(node, scope, around)
    raise TypeError(f"no truth: {node!r}")


def _all(parts: list[Verdict]) -> Verdict:
    return Verdict(all(p.truth for p in parts), min(p.margin for p in parts))


# --- Numbers ---------------------------------------------------------------------------------


def _number(node: Node | Items, scope: Scope, around: World) -> float:
    match node:
        case ex.Number(value=value):
            return value
        case ex.Name(name=name):
            return fn.number_at(scope.crisis_of(around), name)
        case ex.Unary(operand=operand):
            return -_number(operand, scope, around)  # type: ignore[arg-type]
        case ex.Binary(operator=sign, left=left, right=right):
            x = _number(left, scope, around)  # type: ignore[arg-type]
            y = _number(right, scope, around)  # type: ignore[arg-type]
            if sign == "/" and y == 0:
                raise NotAsked("a division by zero")
            ways: dict[str, Callable[[float, float], float]] = {
                "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
            }  # fmt: skip
            return _known(ways[sign](x, y))
        case Ask():
            return _asked(node, scope, around)
    raise TypeError(f"no number: {node!r}")


def _asked(node: Ask, scope: Scope, around: World) -> float:
    name, args = node.function, node.arguments
    if name in ("abs", "min", "max"):
        numbers = [_number(p.value, scope, around) for p in args]
        return abs(numbers[0]) if name == "abs" else (min if name == "min" else max)(numbers)
    if name in ("d", "swing", "switch_at"):
        return {"d": _slope, "swing": _swing, "switch_at": _switch}[name](node, scope, around)
    world, reads = world_of(node.world, around)
    words = [_word(p) for p in args if p.name is None]
    points = {str(p.name): _number(p.value, scope, around) for p in args if p.name is not None}
    kind, position, month = reads.get("type"), int(reads.get("position", 0)), reads.get("month")
    crisis = scope.crisis_of(world) if FUNCTIONS[name].solves == "nothing" else None
    match name, words:
        case "V", [side, act]:
            return fn.value(scope, world, side, act, int(month or 0), kind, position)
        case "W", [who]:
            assert crisis is not None
            return fn.stake(crisis, who, points)
        case "cost", [who, m]:
            return fn.cost(scope, world, who, m)
        case "worth", [side, lever]:
            added, bare = (
                replace(world, lever=lever, less=None),
                replace(world, lever=None, less=lever),
            )
            return fn.value(scope, added, side, "start", 0, None, 0) - fn.value(
                scope, bare, side, "start", 0, None, 0
            )
        case "coerce", [lever]:
            assert crisis is not None
            return fn.coerce(crisis, lever, world)
        case "P", [regime, m]:
            return fn.in_regime(scope, world, regime, m)
        case (("P_settle" | "P_war" | "P_disaster"), [m]):
            regime = {"P_settle": "settlement", "P_war": "war", "P_disaster": "disaster"}[name]
            return fn.in_regime(scope, world, regime, m)
        case "P_deal", [m]:
            return fn.dealt(scope, world, m, position)
        case "P_terms", [issue, _, _, m]:
            low, high = (_number(args[i].value, scope, around) for i in (1, 2))
            return fn.on_terms(scope, world, issue, low, high, m)
        case "P_deployed", [lever, m]:
            return fn.deployed(scope, world, lever, m)
        case "P_event", [event, m]:
            assert crisis is not None
            return fn.happened(crisis, event, m)
        case "P_act", [side, move]:
            return fn.acts(scope, world, side, move, kind, position)
        case "P_stay", [*names, m]:
            return fn.stay(scope, world, tuple(names), m)
        case "P_continue", [side, m]:
            return fn.goes_on(scope, world, side, m)
        case "consent", [lever]:
            assert crisis is not None
            return fn.passes(crisis, lever)
        case "survive", [contract, m]:
            return fn.survives(scope, world, contract, m, kind)
        case "room", []:
            return fn.space(scope, world, points, kind, position)
        case "rising_steps", [m]:
            return fn.rising_steps(scope, world, m)
        case "prior", [one]:
            return beliefs.prior(scope, one)
        case "post", [one, *items]:
            return beliefs.posterior(scope, one, tuple(items))
        case "logLR", [item, one, other]:
            return beliefs.log_ratio(scope, item, one, other)
        case "concessions", [side]:
            return fn.conceded(scope, side)
        case "critical", [lever, _]:
            assert crisis is not None
            return fn.critical(crisis, lever, _number(args[1].value, scope, around))
    raise TypeError(f"{name} takes other arguments")


def _word(part: Part) -> Any:
    """An id, or a whole number of months; other numbers are evaluated where they are needed."""
    if isinstance(part.value, ex.Name):
        return part.value.name
    if isinstance(part.value, ex.Number):
        return int(part.value.value) if part.value.value.is_integer() else part.value.value
    return None


def world_of(parts: tuple[Part, ...], around: World) -> tuple[World, dict[str, Any]]:
    """The world of a question inside another, and the settings that only the question reads."""
    fields: dict[str, Any] = {}
    reads: dict[str, Any] = {}
    changes: list[tuple[str, Any]] = []
    for part in parts:
        number = constant(part.value)
        if part.name is None:
            fields["plan"] = _word(part)
        elif part.name in ("month", "type", "position"):
            reads[part.name] = _word(part) if number is None else number
        elif part.name in WORLD:
            fields[part.name] = _word(part)
        elif isinstance(part.value, Items):
            changes.append((part.name, part.value.values))
        elif isinstance(part.value, ex.Truth):
            changes.append((part.name, part.value.value))
        else:
            changes.append((part.name, _word(part) if number is None else number))
    return World(**fields, changes=tuple(changes)).over(around), reads


# --- Questions that change one number ----------------------------------------------------------


def _range(scope: Scope, path: str) -> tuple[float, float]:
    """The range of a number as the reading, or else the file, has it."""
    try:
        number = get(scope.setting.named, path)
    except UnknownPath as wrong:
        raise NotAsked(f"at {scope.setting.as_of}: {wrong}") from wrong
    if not isinstance(number, Quantity) or number.low is None or number.high is None:
        raise NotAsked(f"{path} has no range")
    return number.low, number.high


def _at(node: Node | Items, scope: Scope, around: World, path: str, x: float) -> float:
    inside = World(changes=((path, x),)).over(around)
    return _number(node, scope, inside)


def _path(node: Ask) -> str:
    named = node.arguments[1].value
    assert isinstance(named, ex.Name)
    return named.name


def _slope(node: Ask, scope: Scope, around: World) -> float:
    path = _path(node)
    low, high = _range(scope, path)
    step = STEP * (high - low)
    if step <= 0:
        raise NotAsked(f"{path} has no range")
    here = fn.number_at(scope.crisis_of(around), path)
    bounds = limits(scope.crisis, path)
    there = here + step
    if bounds is not None and not bounds.hold(there):
        there = here - step
        if not bounds.hold(there):
            raise NotAsked(f"{path} cannot move")
    of = node.arguments[0].value
    base = _number(of, scope, around)
    return _known(_at(of, scope, around, path, there) - base) / (there - here)


def _swing(node: Ask, scope: Scope, around: World) -> float:
    path = _path(node)
    low, high = _range(scope, path)
    of = node.arguments[0].value
    return _known(_at(of, scope, around, path, high) - _at(of, scope, around, path, low))


def _increasing(node: Ask, scope: Scope, around: World) -> Verdict:
    path = _path(node)
    low, high = _range(scope, path)
    of = node.arguments[0].value
    found = [_at(of, scope, around, path, x) for x in (low, (low + high) / 2, high)]
    margin = min(_known(found[1] - found[0]), _known(found[2] - found[1]))
    return Verdict(margin > EQUAL, margin)


def _switch(node: Ask, scope: Scope, around: World) -> float:
    """Least value at which a truth turns: a scan, then bisection in the first interval that turns."""
    path = _path(node)
    low, high = (_number(node.arguments[i].value, scope, around) for i in (2, 3))
    of = node.arguments[0].value

    def holds(x: float) -> bool:
        return _truth(of, scope, World(changes=((path, x),)).over(around)).truth

    first = holds(low)
    before = low
    for n in range(1, SCAN + 1):
        x = low + (high - low) * n / SCAN
        if holds(x) != first:
            break
        before = x
    else:
        raise NotAsked(f"it does not turn for {path} between {low:g} and {high:g}")
    after = x
    for _ in range(TURNS):
        middle = (before + after) / 2
        if after - before <= 1e-3 * (high - low):
            break
        if holds(middle) == first:
            before = middle
        else:
            after = middle
    return after


def _unchanged(node: Ask, scope: Scope, around: World) -> Verdict:
    """Whether claims are as true in another world as in this one; margin: the least that turns none."""
    world, _ = world_of(node.world, around)
    pairs = []
    for part in node.arguments:
        name = _word(part)
        claim = scope.claims.get(name)
        if claim is None:
            raise NotAsked(f"the claim {name} cannot be asked")
        pairs.append((_truth(claim, scope, around), _truth(claim, scope, world)))
    same = all(a.truth == b.truth for a, b in pairs)
    turned = [min(abs(a.margin), abs(b.margin)) for a, b in pairs if a.truth != b.truth]
    kept = [min(abs(a.margin), abs(b.margin)) for a, b in pairs if a.truth == b.truth]
    return Verdict(same, min(kept) if same else -max(turned))


def turned_by(node: Ask, scope: Scope, around: World | None = None) -> tuple[str, ...]:
    """The claims of an ``unchanged(...)`` that are not as true in the other world as in this one."""
    here = around or World()
    world, _ = world_of(node.world, here)
    return tuple(
        name
        for part in node.arguments
        if (claim := scope.claims.get(name := _word(part))) is not None
        and _truth(claim, scope, here).truth != _truth(claim, scope, world).truth
    )
