"""Cross-checks of conditions: rules of red lines, refusals, triggers, conditions of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from offramp.crisis._diagnostics import Path
from offramp.crisis._expressions import (
    Compare,
    Expr,
    ExpressionError,
    Kind,
    Logic,
    Name,
    Threshold,
    check,
    parse,
    thresholds,
)
from offramp.crisis._findings import Finding, View

REGIMES = ("standoff", "war", "ceasefire", "settlement")
"""Public regimes of the game that a condition may name."""

START = "start"
"""The trigger of a stage that begins with the plan."""

ALWAYS = "always"
"""The condition of an event that can come at any time."""


def trigger_names(view: View) -> dict[str, Kind]:
    """What a trigger may speak about."""
    numbers = ("months", "months_without_ceasefire", "position", "cohesion", "rung")
    kinds: dict[str, Kind] = {
        **dict.fromkeys(numbers, "number"),
        **dict.fromkeys((f"belief.{key}" for key in view.ids["types"]), "number"),
        **dict.fromkeys(REGIMES, "truth"),
    }
    return kinds


def event_names(view: View) -> dict[str, Kind]:
    """What the condition of an event may speak about."""
    names: dict[str, Kind] = {**trigger_names(view), "force_deployed": "truth"}
    if view.crisis.broker is not None:
        names["broker_sides_with_b"] = "truth"
    return names


def _errors(path: Path, text: str, kinds: Mapping[str, Kind]) -> Iterator[Finding]:
    """What is wrong with a condition, as findings."""
    try:
        wrong = check(parse(text), kinds, result="truth")
    except ExpressionError as error:
        wrong = [error]
    for one in wrong:
        yield Finding(path, one.message, one.suggestion, offset=one.offset, code="expression")


@lru_cache(maxsize=512)
def parsed(text: str) -> Expr | None:
    try:
        return parse(text)
    except ExpressionError:
        return None


# --- Conditions ----------------------------------------------------------------------------


def red_line_rules(view: View) -> Iterator[Finding]:
    """The rule of a red line is a condition on ``x``, and some settlement can meet it."""
    for key, line in view.crisis.red_lines.items():
        path = ("red_lines", key, "rule")
        wrong = list(_errors(path, line.rule, {"x": "number"}))
        for one in wrong:
            yield replace(one, suggestion=one.suggestion or "`x` is the term, as in `x <= 0.65`")
        rule = parsed(line.rule)
        if not wrong and rule is not None and _impossible(rule, {"x": (0.0, 1.0)}):
            message = f"no term between 0 and 1 meets `{line.rule}`"
            yield Finding(path, message, "0 is bloc A's end of the issue and 1 is bloc B's")


def refusals(view: View) -> Iterator[Finding]:
    """A refusal that compares something compares issues; otherwise it is words."""
    kinds: dict[str, Kind] = dict.fromkeys(view.ids["issues"], "number")
    for key, text in view.crisis.refusals.items():
        rule = parsed(text)
        if isinstance(rule, Compare | Logic):
            yield from _errors(("refusals", key), text, kinds)


def triggers(view: View) -> Iterator[Finding]:
    """Triggers are conditions on what both sides can see, and they can come true."""
    kinds, ranges = trigger_names(view), _ranges(view)
    for key, plan in view.crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            if stage.trigger == START:
                continue
            path = ("plans", key, "stages", place, "trigger")
            wrong = list(_errors(path, stage.trigger, kinds))
            yield from wrong
            rule = parsed(stage.trigger)
            if not wrong and rule is not None and (part := _impossible(rule, ranges)):
                low, high = ranges[part.name]
                message = f"this can never be true: `{part.name}` lies in {low:g} to {high:g}"
                hint = "months are counted up to the horizon" if "months" in part.name else None
                yield Finding(path, message, hint, offset=part.offset, code="unreachable")


def conditions(view: View) -> Iterator[Finding]:
    """Conditions of events are conditions on what the game knows."""
    kinds = event_names(view)
    for key, event in view.crisis.events.items():
        if event.when != ALWAYS:
            yield from _errors(("events", key, "when"), event.when, kinds)


def _ranges(view: View) -> dict[str, tuple[float, float]]:
    crisis = view.crisis
    horizon = float(crisis.clock.horizon_months)
    rungs = [step.rung for step in crisis.ladder.rungs] or [0]
    tiers = crisis.coalition.tiers or (1.0,)
    return {
        "months": (0.0, horizon),
        "months_without_ceasefire": (0.0, horizon),
        "position": (-float(crisis.war.reach), float(crisis.war.reach)),
        "cohesion": (min(tiers), max(tiers)),
        "rung": (float(min(rungs)), float(max(rungs))),
        **{f"belief.{key}": (0.0, 1.0) for key in view.ids["types"]},
    }


def _impossible(rule: Expr, ranges: Mapping[str, tuple[float, float]]) -> Threshold | None:
    """A threshold that keeps ``rule`` from ever being true, if one can be named."""
    if isinstance(rule, Logic) and rule.operator == "or":
        parts = [_impossible(operand, ranges) for operand in rule.operands]
        return parts[0] if all(parts) else None
    if isinstance(rule, Logic):
        for operand in rule.operands:
            if (found := _impossible(operand, ranges)) is not None:
                return found
    try:
        limits = thresholds(rule)
    except ExpressionError:
        return None
    left: dict[str, tuple[float, float]] = dict(ranges)
    for limit in limits:
        if limit.name not in left:
            continue
        low, high = left[limit.name]
        if not _meets(limit, low, high):
            return limit
        if limit.operator in (">=", ">", "=="):
            low = max(low, limit.value)
        if limit.operator in ("<=", "<", "=="):
            high = min(high, limit.value)
        left[limit.name] = (low, high)
    return None


def _meets(limit: Threshold, low: float, high: float) -> bool:
    """Whether some number from ``low`` to ``high`` meets the threshold."""
    match limit.operator:
        case ">":
            return high > limit.value
        case ">=":
            return high >= limit.value
        case "<":
            return low < limit.value
        case "<=":
            return low <= limit.value
        case "==":
            return low <= limit.value <= high
        case _:
            return not low == high == limit.value


def implies(rule: Expr | None, name: str) -> bool:
    """Whether a condition can hold only while the truth ``name`` does."""
    if isinstance(rule, Name):
        return rule.name == name
    if isinstance(rule, Logic):
        parts = [implies(operand, name) for operand in rule.operands]
        return any(parts) if rule.operator == "and" else all(parts)
    return False


CHECKS = (red_line_rules, refusals, triggers, conditions)
