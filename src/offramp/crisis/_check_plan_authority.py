"""Cross-checks of who must agree to a plan, and of what those who must agree refuse.

An authority is contradictory if it names somebody and no time, a time and nobody, the other side, or if a
plan that is agreed beforehand leaves the consent of a stage to its trigger. Beside it stand conflicts
with lines: a lever under a joint rule that somebody asked refuses, an offer beyond a line of those who
make it, and an irreversible stick that closes terms which the plan still wants to offer.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.crisis._check_conditions import parsed
from offramp.crisis._diagnostics import Path
from offramp.crisis._expressions import ExpressionError, evaluate
from offramp.crisis._findings import Finding, View
from offramp.crisis._pressure import Authority, Lever, Plan
from offramp.crisis._schema import Crisis

NEVER = 999.0
"""Months of ``undo_months`` that mean: cannot be undone."""
SLACK = 1e-9
"""Slack of a term that lies on a limit."""

# --- Authority -------------------------------------------------------------------------------


def authority(view: View) -> Iterator[Finding]:
    """An authority says who agrees and when, names nobody of the other side, and fits the plan."""
    for key, plan in view.crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            at: Path = ("plans", key, "stages", place, "authority")
            given = stage.authority
            if given.of and given.when == "none":
                message = "somebody must agree to this stage (`of`), but `when` does not say when"
                hint = "write `when: before` or `when: at_trigger`, or drop `of`"
                yield Finding(at, message, hint, code="authority")
            if not given.of and given.when != "none":
                message = f"this stage is agreed `{given.when}`, but nobody is named who agrees"
                hint = "name those who must agree in `of`, or write `when: none`"
                yield Finding((*at, "when"), message, hint, code="authority")
            if plan.preagreed and given.when == "at_trigger":
                message = "the plan is agreed beforehand (`preagreed`), and this stage only at its trigger"
                hint = "write `when: before`, or `preagreed: false`"
                yield Finding((*at, "when"), message, hint, code="authority")
            yield from _other_side(view.crisis, at, given)


def _other_side(crisis: Crisis, at: Path, given: Authority) -> Iterator[Finding]:
    for nth, who in enumerate(given.of):
        actor, member = crisis.actors.get(who), crisis.members.get(who)
        theirs = "B" in (who, actor.bloc if actor else "", member.bloc if member else "")
        if theirs:
            message = f"`{who}` belongs to bloc B, and this stage is bloc A's"
            hint = "name members of A, the host or the broker"
            yield Finding((*at, "of", nth), message, hint, code="authority")


def on_and_off(view: View) -> Iterator[Finding]:
    """A stage does not switch the same lever on and off."""
    for key, plan in view.crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            on = {use.lever for use in stage.on}
            for nth, lever in enumerate(stage.off):
                if lever in on:
                    path: Path = ("plans", key, "stages", place, "off", nth)
                    message = f"this stage switches `{lever}` on and off"
                    yield Finding(path, message, "keep one of the two", code="authority")


# --- Lines -----------------------------------------------------------------------------------


def refused(view: View) -> Iterator[Finding]:
    """A lever whose rule needs everybody asked is refused by none of them."""
    crisis = view.crisis
    for key, plan in crisis.plans.items():
        for path, lever_id, lever in _used(crisis, key, plan):
            needed = _needed(crisis, lever)
            against = [m for m in needed if lever_id in crisis.members[m].refuses]
            if against:
                names = ", ".join(f"`{m}`" for m in against)
                verb = "refuses" if len(against) == 1 else "refuse"
                message = f"`{lever_id}` needs the consent of {names}, who {verb} it"
                hint = "see `offramp plans` for what the lines leave of this plan"
                yield Finding(path, message, hint, warning=True, code="red-line")


def _used(crisis: Crisis, key: str, plan: Plan) -> Iterator[tuple[Path, str, Lever]]:
    """Places of a plan where it uses a lever that exists."""
    places: list[tuple[Path, str]] = [
        (("plans", key, "stages", place, "on", nth, "lever"), use.lever)
        for place, stage in enumerate(plan.stages)
        for nth, use in enumerate(stage.on)
    ]
    places += [(("plans", key, "on_ceasefire", nth), x) for nth, x in enumerate(plan.on_ceasefire)]
    for path, lever_id in places:
        lever = crisis.levers.get(lever_id)
        if lever is not None:
            yield path, lever_id, lever


def _needed(crisis: Crisis, lever: Lever) -> tuple[str, ...]:
    """Members without whom a lever's rule cannot be met."""
    ours = [m for m, member in crisis.members.items() if member.bloc == "A"]
    of = [m for m in lever.consent.of if m in ours]
    needed = (of or ours) if lever.consent.rule == "unanimity" else []
    needed += of if lever.consent.rule == "executive" else []
    needed += [m for m in lever.consent.also if m in ours]
    needed += [lever.holder] if lever.holder in ours else []
    return tuple(dict.fromkeys(needed))


def own_lines(view: View) -> Iterator[Finding]:
    """A plan's own offer lies within the lines and refusals of those who make it."""
    crisis = view.crisis
    for key, plan in crisis.plans.items():
        contract = crisis.contracts.get(plan.offer or "")
        if contract is None:
            continue
        path: Path = ("plans", key, "offer")
        for line_id, line in crisis.red_lines.items():
            actor, term = crisis.actors.get(line.actor), contract.terms.get(line.issue)
            if actor is None or actor.bloc != "A" or line.hard or term is None:
                continue
            if _true(line.rule, {"x": term}) is False:
                message = (
                    f"the plan's own offer `{plan.offer}` puts {line.issue} at {term:g}, beyond the red "
                    f"line `{line_id}` of {line.actor} (`{line.rule}`), at the price of its penalty"
                )
                yield Finding(path, message, warning=True, code="red-line")
        for member_id, member in crisis.members.items():
            for refusal in member.refuses if member.bloc == "A" else ():
                text = crisis.refusals.get(refusal)
                if text is not None and _true(text, contract.terms) is True:
                    message = (
                        f"the plan's own offer `{plan.offer}` is one that `{member_id}` refuses "
                        f"(`{text}`)"
                    )
                    yield Finding(path, message, warning=True, code="red-line")


def _true(text: str, names: dict[str, float]) -> bool | None:
    """Whether a condition holds by more than rounding; None if it is words or says too little."""
    rule = parsed(text)
    if rule is None:
        return None
    found: set[bool] = set()
    for shift in (-SLACK, SLACK):
        try:
            value = evaluate(rule, {name: x + shift for name, x in names.items()})
        except ExpressionError:
            return None
        if not isinstance(value, bool):
            return None
        found.add(value)
    return found.pop() if len(found) == 1 else None


def burnt(view: View) -> Iterator[Finding]:
    """A stick that cannot be undone closes no terms that its plan still offers."""
    crisis = view.crisis
    for key, plan in crisis.plans.items():
        wanted = [x for x in (plan.offer, *plan.alternatives) if x in crisis.contracts]
        for path, lever_id, lever in _used(crisis, key, plan):
            if lever.undo_months < NEVER:
                continue
            for name, issue in crisis.issues.items():
                share = lever.sets.get(f"issues.{name}.open")
                if share is None or share >= issue.open.value:
                    continue
                limit = issue.status_quo + share * (1.0 - issue.status_quo)
                lost = [
                    x
                    for x in dict.fromkeys(wanted)
                    if crisis.contracts[x].terms.get(name, 0.0) > limit + SLACK
                ]
                if lost:
                    names = ", ".join(f"`{x}`" for x in lost)
                    message = (
                        f"`{lever_id}` cannot be undone and closes {name} beyond {limit:.3g}: that takes "
                        f"{names} off the table"
                    )
                    hint = "keep the lever back (`withheld`), or offer less on that issue"
                    yield Finding(path, message, hint, warning=True, code="burnt-carrot")


CHECKS = (authority, on_and_off, refused, own_lines, burnt)
