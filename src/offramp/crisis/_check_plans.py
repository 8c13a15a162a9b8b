"""Cross-checks of what people intend: preconditions, offers, types.

When plans act is checked in :mod:`._check_plan_timing`, who must agree in :mod:`._check_plan_authority`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from offramp.crisis import _check_plan_authority, _check_plan_timing
from offramp.crisis._beliefs import Kind as Type
from offramp.crisis._check_conditions import START, implies, parsed
from offramp.crisis._diagnostics import Path
from offramp.crisis._expressions import Expr, ExpressionError, evaluate
from offramp.crisis._findings import Finding, View
from offramp.crisis._pressure import Plan, Stage
from offramp.crisis._quantity import Quantity

NEVER = 999.0
"""Months of ``undo_months`` that mean: cannot be undone."""

SLACK = 1e-9
"""Slack of a term that lies on a red line."""

# --- Preconditions -------------------------------------------------------------------------


def circular_needs(view: View) -> Iterator[Finding]:
    """No lever needs, by way of others, itself."""
    levers = view.crisis.levers
    needs = {k: [n for n in lever.needs if n in levers] for k, lever in levers.items()}
    reported: set[frozenset[str]] = set()
    for start in needs:
        circle = _circle(start, needs)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            chain = " needs ".join(f"`{key}`" for key in (*circle, circle[0]))
            message = f"the preconditions go in a circle: {chain}"
            hint = f"take one of them out of `needs`: as it stands, `{start}` can never begin"
            yield Finding(("levers", start, "needs"), message, hint, code="circular")


def _circle(start: str, needs: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The shortest way from ``start`` back to itself, or nothing."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:  # grows while it is walked
        for key in needs[way[-1]]:
            if key == start:
                return way
            if key not in seen:
                seen.add(key)
                ways.append((*way, key))
    return ()


def preconditions(view: View) -> Iterator[Finding]:
    """A plan uses a lever only where what the lever needs has been provided."""
    crisis = view.crisis
    for key, plan in crisis.plans.items():
        used: set[str] = set()
        for place, stage in enumerate(plan.stages):
            used |= {use.lever for use in stage.on}
            for nth, use in enumerate(stage.on):
                lever = crisis.levers.get(use.lever)
                if lever is None:
                    continue
                path: Path = ("plans", key, "stages", place, "on", nth, "lever")
                for need in lever.needs:
                    yield from _unmet(view, path, plan, stage, use.lever, need, used)
            used -= set(stage.off)
        for name, uses in (("on_ceasefire", plan.on_ceasefire),):
            for nth, lever_id in enumerate(uses):
                lever = crisis.levers.get(lever_id)
                for need in lever.needs if lever is not None else ():
                    if need in crisis.levers and need not in (*used, *uses):
                        message = f"`{lever_id}` needs `{need}`, which the plan does not switch on"
                        hint = f"add `{need}` to a stage, or to `on_ceasefire`"
                        yield Finding(("plans", key, name, nth), message, hint, code="needs")


def _unmet(
    view: View, path: Path, plan: Plan, stage: Stage, lever: str, need: str, used: set[str]
) -> Iterator[Finding]:
    """A finding if ``need`` of a lever is not provided where ``stage`` switches it on."""
    if need in view.crisis.levers:
        if need not in used:
            message = f"`{lever}` needs `{need}`, which no stage up to this one switches on"
            yield Finding(path, message, f"add `{need}` to this stage or before", code="needs")
    elif need == "ceasefire":
        begins = stage.trigger == START
        given = view.crisis.regime == "ceasefire" if begins else plan.mode == "adaptive"
        if not given and not implies(parsed(stage.trigger), "ceasefire"):
            message = f"`{lever}` needs a ceasefire, and this stage can begin without one"
            message += _in_war(view, lever)
            hint = f"move `{lever}` to `on_ceasefire`, or let the trigger ask for `ceasefire`"
            yield Finding(path, message, hint, code="needs")
    elif need in ("mandate", "host_consent"):
        agreed = bool(stage.authority.of) and stage.authority.when != "none"
        if agreed or plan.preagreed:
            return
        if need == "host_consent" and any(
            guarantee.lever == lever and guarantee.host_consent is not None
            for guarantee in view.crisis.guarantees.values()
        ):
            return
        what = "a mandate" if need == "mandate" else "the host's consent"
        message = f"`{lever}` needs {what}, and nobody gives one in this stage"
        hint = "say under `authority` who must agree (`of`) and `when`"
        yield Finding(path, message, hint, code="needs")


def _in_war(view: View, lever_id: str) -> str:
    """What a lever that needs a ceasefire is in a live war: its rung there, and the lever on that rung."""
    lever = view.crisis.levers[lever_id]
    if lever.rung_if_war is None or view.crisis.regime == "ceasefire":
        return ""
    alike = [
        key
        for key, other in view.crisis.levers.items()
        if key != lever_id
        and other.holder == lever.holder
        and set(other.targets) & set(lever.targets)
        and other.rung == lever.rung_if_war
    ]
    name = f", as `{alike[0]}`" if len(alike) == 1 else ""
    return f" (in a live war it stands on rung {lever.rung_if_war}{name})"


def withheld(view: View) -> Iterator[Finding]:
    """A plan does not use what it keeps back."""
    for key, plan in view.crisis.plans.items():
        used = {use.lever for stage in plan.stages for use in stage.on}
        for place, lever_id in enumerate(plan.withheld):
            if lever_id not in used:
                continue
            lever = view.crisis.levers.get(lever_id)
            final = lever is not None and lever.undo_months >= NEVER
            spent = ", and it cannot be taken back once used" if final else ""
            message = f"the plan keeps `{lever_id}` back and also uses it{spent}"
            yield Finding(("plans", key, "withheld", place), message, warning=True, code="withheld")


# --- Offers --------------------------------------------------------------------------------


def offers(view: View) -> Iterator[Finding]:
    """A plan's own offer crosses no hard red line of those who make it."""
    crisis = view.crisis
    for key, plan in crisis.plans.items():
        contract = crisis.contracts.get(plan.offer or "")
        if contract is None:
            continue
        path: Path = ("plans", key, "offer")
        for line_id, line in crisis.red_lines.items():
            rule, term = parsed(line.rule), contract.terms.get(line.issue)
            if not line.hard or rule is None or term is None or _holds(rule, term):
                continue
            actor = crisis.actors.get(line.actor)
            own = actor is not None and actor.bloc == "A"
            message = (
                f"the plan's own offer `{plan.offer}` puts {line.issue} at {term:g}, which the "
                f"hard red line `{line_id}` of {line.actor} (`{line.rule}`) forbids"
            )
            hint = (
                "change the offer or the line, or make the line a penalty (`hard: false`)"
                if own
                else f"{line.actor} can never accept this offer"
            )
            yield Finding(path, message, hint, warning=not own, code="red-line")
        yield from _closed(view, path, plan, contract.terms)


def _closed(view: View, path: Path, plan: Plan, terms: Mapping[str, float]) -> Iterator[Finding]:
    """Warnings for terms beyond what A, with the plan's levers, lets onto the table."""
    used = [view.crisis.levers.get(use.lever) for stage in plan.stages for use in stage.on]
    for key, issue in view.crisis.issues.items():
        sets = [lever.sets.get(f"issues.{key}.open", 0.0) for lever in used if lever is not None]
        share = max([issue.open.value, *sets])
        limit = issue.status_quo + share * (1.0 - issue.status_quo)
        term = terms.get(key)
        if term is not None and term > limit + SLACK:
            message = (
                f"the offer `{plan.offer}` puts {key} at {term:g}, but only terms up to "
                f"{limit:.3g} are on the table"
            )
            hint = f"raise `issues.{key}.open`, or have a lever of the plan set it"
            yield Finding(path, message, hint, warning=True, code="closed-issue")


def _holds(rule: Expr, term: float) -> bool:
    """Whether a rule on ``x`` holds at, or within rounding of, a term."""
    for x in (term, term - SLACK, term + SLACK):
        try:
            if evaluate(rule, {"x": x}):
                return True
        except ExpressionError:
            return True  # reported where the rule stands
    return False


# --- Types ---------------------------------------------------------------------------------

_NOT_PAYOFF = {"name", "meaning", "prior"}


def same_types(view: View) -> Iterator[Finding]:
    """Types that want the same are one type: no evidence can tell them apart in the game."""
    first: dict[tuple[object, ...], str] = {}
    for key, kind in view.crisis.types.items():
        twin = first.setdefault(_payoffs(kind), key)
        if twin != key:
            message = f"the types `{twin}` and `{key}` have the same payoffs: they act alike"
            hint = "give them different payoffs, or make them one type"
            yield Finding(("types", key), message, hint, warning=True, code="same-types")


def _payoffs(kind: Type) -> tuple[object, ...]:
    values: Iterable[object] = (
        getattr(kind, name) for name in Type.model_fields if name not in _NOT_PAYOFF
    )
    return tuple(v.value if isinstance(v, Quantity) else v for v in values)


CHECKS = (
    circular_needs,
    preconditions,
    *_check_plan_timing.CHECKS,
    *_check_plan_authority.CHECKS,
    withheld,
    offers,
    same_types,
)
