"""Cross-checks of when plans act: triggers that can be met, ramps that fit, something to begin with.

*Earliest month* of a trigger: the least month in which its parts on ``months`` and
``months_without_ceasefire`` can hold; the latest of parts joined by ``and``, the earliest of those joined
by ``or``. A lever is in time if earliest month + lag + ramp is no later than the plan's deadline.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.crisis._check_conditions import REGIMES, START, implies, parsed
from offramp.crisis._diagnostics import Path
from offramp.crisis._expressions import Compare, Expr, ExpressionError, Logic, thresholds
from offramp.crisis._findings import Finding, View
from offramp.crisis._pressure import Lever, Plan, Stage

COUNTS = ("months", "months_without_ceasefire")
"""Names that count months."""


def earliest(trigger: str) -> float:
    """Earliest month in which a trigger can be met (0 for one that does not count months)."""
    rule = None if trigger.strip() == START else parsed(trigger)
    return 0.0 if rule is None else _earliest(rule)


def _earliest(rule: Expr) -> float:
    if isinstance(rule, Logic):
        parts = [_earliest(part) for part in rule.operands]
        return max(parts) if rule.operator == "and" else min(parts)
    if not isinstance(rule, Compare):
        return 0.0
    try:
        limits = thresholds(rule)
    except ExpressionError:
        return 0.0
    months = (
        limit.value + (1.0 if limit.operator == ">" else 0.0)
        for limit in limits
        if limit.name in COUNTS and limit.operator in (">=", "==", ">")
    )
    return max(months, default=0.0)


def timing(view: View) -> Iterator[Finding]:
    """Levers reach full effect before the plan's deadline and stay under its cap of rungs."""
    for key, plan in view.crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            at: Path = ("plans", key, "stages", place)
            begins, deadline = earliest(stage.trigger), plan.deadline_months
            too_late = deadline is not None and begins >= deadline > 0 and begins > 0
            if too_late:
                message = (
                    f"this stage cannot begin before month {begins:g}, the plan's deadline is "
                    f"{deadline:g}"
                )
                hint = "let it begin earlier, or move the deadline"
                yield Finding((*at, "trigger"), message, hint, warning=True, code="timing")
            for nth, use in enumerate(stage.on):
                lever = view.crisis.levers.get(use.lever)
                if lever is None:
                    continue
                path: Path = (*at, "on", nth, "lever")
                months = months_to_full(lever, plan)
                if deadline is not None and not too_late and begins + months > deadline:
                    after = (
                        f", and its stage begins in month {begins:g} at the earliest"
                        if begins > 0
                        else ""
                    )
                    message = (
                        f"`{use.lever}` reaches full effect after {months:g} months, the plan's "
                        f"deadline is {deadline:g}{after}"
                    )
                    yield Finding(path, message, warning=True, code="timing")
                if plan.rung_cap is not None and lever.rung > plan.rung_cap:
                    message = (
                        f"`{use.lever}` is on rung {lever.rung}, above the plan's cap of "
                        f"{plan.rung_cap}"
                    )
                    yield Finding(path, message, warning=True, code="rung-cap")


def months_to_full(lever: Lever, plan: Plan) -> float:
    """Lag and ramp of a lever, at most the plan's slowest ramp."""
    months = lever.lag.value + lever.ramp.value
    return months if plan.slowest_ramp is None else min(months, plan.slowest_ramp.value)


def reachable(view: View) -> Iterator[Finding]:
    """The parts of a trigger can hold together."""
    for key, plan in view.crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            rule = None if stage.trigger == START else parsed(stage.trigger)
            if rule is not None:
                yield from _together(view, ("plans", key, "stages", place, "trigger"), rule)


def _together(view: View, path: Path, rule: Expr) -> Iterator[Finding]:
    asked = [name for name in REGIMES if implies(rule, name)]
    if len(asked) > 1:
        message = f"this can never be true: it asks for `{asked[0]}` and `{asked[1]}` at once"
        yield Finding(path, message, "join them by `or`, or drop one", code="unreachable")
        return
    try:
        limits = thresholds(rule)
    except ExpressionError:
        return
    wanted = {x.name: x.value for x in limits if _belief(x.name) and x.operator in (">", ">=")}
    if sum(wanted.values()) > 1 + 1e-9:
        names = " and ".join(f"`{name}`" for name in wanted)
        message = f"this can never be true: {names} sum to at most 1"
        yield Finding(path, message, "beliefs are shares of one whole", code="unreachable")
    counted = [x for x in limits if x.name == COUNTS[1] and x.operator in (">", ">=", "==")]
    if "ceasefire" in asked and any(x.value > 0 for x in counted):
        message = "a ceasefire sets `months_without_ceasefire` back to 0, so both hardly ever hold"
        yield Finding(path, message, "ask for one of them", warning=True, code="unreachable")
    if "settlement" in asked:
        message = "a stage begins only while nothing is settled, so this is never met"
        yield Finding(path, message, "drop `settlement`", warning=True, code="unreachable")
    if "standoff" in asked and view.crisis.regime != "standoff":
        message = f"this crisis begins in a {view.crisis.regime}: there is no stand-off to come"
        if view.crisis.regime == "war":
            message = "this crisis begins at war: there is no stand-off to come"
        yield Finding(path, message, "drop `standoff`", warning=True, code="unreachable")


def _belief(name: str) -> bool:
    return name.startswith("belief.")


def first_step(view: View) -> Iterator[Finding]:
    """A plan that waits for a ceasefire has something to do until there is one."""
    if view.crisis.regime == "ceasefire":
        return
    for key, plan in view.crisis.plans.items():
        if not plan.on_ceasefire or any(not _paused(stage) for stage in plan.stages):
            continue
        message = "everything in this plan waits for a ceasefire, and nothing in it works before there is one"
        hint = "add a stage for the time until then, or compare how likely a ceasefire is"
        yield Finding(("plans", key, "on_ceasefire"), message, hint, warning=True, code="no-plan-a")


def _paused(stage: Stage) -> bool:
    """Whether a stage can begin only in a ceasefire."""
    return stage.trigger != START and implies(parsed(stage.trigger), "ceasefire")


CHECKS = (timing, reachable, first_step)
