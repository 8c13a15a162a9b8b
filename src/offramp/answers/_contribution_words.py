"""What the contribution answer says: heading, sentences, thresholds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from offramp.answers._contribution_aid import Backstop
from offramp.answers._contribution_chain import Chain
from offramp.answers._contribution_facts import Facts, Planned
from offramp.answers._contribution_losses import Loss
from offramp.answers._contribution_model import FEW, Binding
from offramp.answers._contribution_task import Kind
from offramp.answers._facts import bare, join, months_text, owner, percent, quoted, stake
from offramp.crisis import Crisis

CLOSES = 0.05
"""Share of a shortfall that a cause must close to be named."""
FEW_DEALS = 0.1
"""Share of the chance of a force that deals must hold to go without mention of truces."""
SOON = 6
"""Months within which half of a lost donor's help would have to be back to count as soon."""
LISTED = 8
"""Members of a coalition that are still listed by name."""
SAME = 1e-6
"""Shares that differ by less are the same."""
PHRASE = {
    "red lines": "members' red lines",
    "reserves": "what members keep for themselves",
    "readiness": "dates of readiness and leaving",
    "limits": "limits over the whole task",
    "share caps": "caps on one member's share",
    "conditions": "members' conditions on others",
}
"""Constraints on members in a sentence."""
NAMED = 4
"""Names in a sentence before it counts instead."""


def kind_of(plan: Planned, kind: str) -> Kind:
    """The kind of an id."""
    return next(k for k in plan.model.task.kinds if k.id == kind)


def names(crisis: Crisis, keys: Iterable[str], last: str = "and") -> str:
    """Members' names, or a count where there are many."""
    found = [crisis.members[k].name for k in keys]
    return join(found, last) if len(found) <= NAMED else f"{len(found)} members"


def causes_of(plan: Planned, kind: str) -> tuple[tuple[str, ...], float]:
    """The causes whose lifting, each alone, closes most of a kind's gap, and how much of it."""
    found = [c for c in plan.closings if c.kind == kind]
    best = max((c.closes for c in found), default=0.0)
    if best < CLOSES:
        return (), 0.0
    return tuple(c.cause for c in found if c.closes > best - SAME), best


def lifted(plan: Planned, kind: str) -> str | None:
    """``without members' red lines 60 % of that gap would close``, if something closes some of it."""
    causes, best = causes_of(plan, kind)
    if not causes:
        return None
    much = "all" if best > 1 - SAME else percent(best)
    return f"without {join((PHRASE[c] for c in causes), 'or')} {much} of that gap would close"


def months_of(binding: Binding) -> str:
    """``months 1 to 6 and 12``."""
    spans = [f"{a} to {b}" if b > a else f"{a}" for a, b in binding.months]
    one = len(binding.months) == 1 and binding.months[0][0] == binding.months[0][1]
    return f"month{'' if one else 's'} {join(spans)}"


def tightest(plan: Planned) -> str:
    """The kind with the lowest cover."""
    return plan.model.kinds[int(np.argmin(plan.cover))]


def part(short: float, need: float) -> str:
    """A shortfall as a share of its need."""
    return percent(short / need)


def headline(facts: Facts) -> str:
    """The finding as a heading."""
    plan = facts.planned
    if plan is None:
        return "The file records no contributions, so no burden can be planned from it"
    crisis = facts.crisis
    if not facts.asked:
        worst = heaviest(plan)
        if worst is None or not worst.fails:
            return "No single member's help is missed in what the file records"
        k = worst_kind(plan, worst)
        return (
            f"{part(float(worst.short[k]), float(plan.model.needed[k]))} of recorded "
            f"{plan.model.task.kinds[k].label} help hangs on one member, "
            f"{crisis.members[plan.model.members[worst.gone[0]]].name}"
        )
    if plan.rules and not (plan.short.any() and plan.rules == (FEW,)):
        return f"The task cannot begin: {rules_text(crisis, plan.rules)}"
    if plan.short.any():
        k = int(np.argmax(shares_short(plan)))
        why = lifted(plan, plan.model.kinds[k]) or "too little is offered"
        return (
            f"The task falls short: {percent(float(shares_short(plan)[k]))} of "
            f"{plan.model.task.kinds[k].label} is missing; {why}"
        )
    size = len(plan.coalitions.found[0]) if plan.coalitions.found else 0
    n = int(plan.model.able.sum())
    if plan.pivotal:
        return f"The task can be met, but not without {names(crisis, plan.pivotal, 'or')}"
    if size:
        return f"The task can be met: {size} of {n} members are enough, and any one can be spared"
    return "The task can be met, and any one member can be spared"


def shares_short(plan: Planned) -> np.ndarray:
    """Shortfall by kind as a share of the need."""
    needed = plan.model.needed
    return np.divide(plan.short, needed, out=np.zeros_like(needed), where=needed > 0)


def heaviest(plan: Planned) -> Loss | None:
    """The single loss that leaves the largest gap."""
    return max(plan.singles, key=lambda x: x.worst(plan.model.needed), default=None)


def worst_kind(plan: Planned, loss: Loss) -> int:
    """Place of the kind that a loss hurts most."""
    needed = np.where(plan.model.needed > 0, plan.model.needed, np.inf)
    return int(np.argmax(loss.short / needed))


def rules_text(crisis: Crisis, rules: Iterable[str]) -> str:
    """Broken rules in words."""
    wanted = [crisis.members[m].name for m in rules if m in crisis.members]
    said = [f"{join(wanted)} must take part and cannot"] if wanted else []
    if FEW in rules:
        said.append(FEW)
    return join(said)


def loss_text(facts: Facts, loss: Loss) -> str:
    """What a loss leaves: shortfalls by kind and rules, in words."""
    plan = facts.planned
    assert plan is not None
    short = [
        f"{part(float(loss.short[k]), float(plan.model.needed[k]))} of {kind.label}"
        for k, kind in enumerate(plan.model.task.kinds)
        if loss.short[k] > 0
    ]
    said = [f"{join(short)} {'is' if len(short) == 1 else 'are'} missing"] if short else []
    if loss.rules:
        said.append(rules_text(facts.crisis, loss.rules))
    return join(said) or "the task can still be met"


def paragraphs(facts: Facts) -> tuple[str, ...]:
    """Three to six sentences."""
    plan, said = facts.planned, []
    if plan is None:
        said.append(
            "No member of the file has a contribution on record, and no task was given. Give one, with "
            "needs by phase and offers by member, to have it planned."
        )
    elif facts.asked:
        said += [_whether(facts, plan), _spare(facts, plan), *_bare_words(facts, plan)]
    else:
        said += _record(facts, plan)
    said += _force(facts)
    said += _donor(facts)
    return tuple(s for s in said if s)[:6]


def _whether(facts: Facts, plan: Planned) -> str:
    task = plan.model.task
    head = f"{quoted(task.name)} asks for {len(task.kinds)} kind{'s' if len(task.kinds) > 1 else ''} of"
    head += f" contribution over {months_text(task.months)}"
    if not plan.bindings:
        k = kind_of(plan, tightest(plan))
        spare = float(plan.cover.min()) - 1
        able = int(plan.model.able.sum())
        return (
            f"{head}; {able} member{'s' if able != 1 else ''} can bring some of it. The tightest kind is "
            f"{k.label}: {percent(spare)} more than it needs can be had in its worst months."
        )
    worst = max(plan.bindings, key=lambda b: b.short / b.need)
    closing = lifted(plan, worst.kind)
    why = (
        f" {closing[0].upper()}{closing[1:]}."
        if closing
        else " Lifting any one constraint on members closes little of it: too little is offered."
    )
    kind = kind_of(plan, worst.kind)
    unit = f" {kind.unit}-months" if kind.unit else " unit-months"
    return (
        f"{head}. What binds is {kind.label} in {months_of(worst)}: {bare(worst.need)}{unit} are needed "
        f"and {bare(worst.supply)} can be had.{why}"
    )


def _spare(facts: Facts, plan: Planned) -> str:
    if not plan.feasible:
        return ""
    crisis, failing = facts.crisis, [x for x in plan.singles if x.fails]
    pairs = sum(x.fails for x in plan.pairs)
    out_of = f"{pairs} of the {len(plan.pairs)} pairs" if pairs else "no pair"
    first = (
        f"Any one member can be spared; losing {out_of} would leave a gap."
        if not failing
        else f"Without {names(crisis, plan.pivotal, 'or')} it fails; losing {out_of} would leave a gap."
    )
    if not plan.coalitions.found:
        return first
    smallest = plan.coalitions.found[0]
    which = (
        "A coalition that is just enough" if plan.coalitions.unproved else "The smallest coalition"
    )
    said = f"{first} {which}{'' if plan.coalitions.unproved else ' that is enough'} has {len(smallest)}"
    if len(smallest) > LISTED:
        return f"{said} members."
    return f"{said}: {join(crisis.members[plan.model.members[i]].name for i in smallest)}."


def _bare_words(facts: Facts, plan: Planned) -> list[str]:
    if plan.bare is None:
        return []
    who = names(facts.crisis, plan.model.task.backstop)
    more = (
        f" and {names(facts.crisis, (plan.model.members[i] for i in plan.bare.follow))}, who would go too"
        if plan.bare.follow
        else ""
    )
    return [f"Without the backstop ({who}{more}), {loss_text(facts, plan.bare)}."]


def _record(facts: Facts, plan: Planned) -> list[str]:
    crisis, worst = facts.crisis, heaviest(plan)
    said = [
        "The file says what members gave, not what they could give, so this keeps to the record: the need "
        "is what was given, and nobody is taken to have more. Give a task with offers to plan a force."
    ]
    if worst is not None and worst.fails:
        who = crisis.members[plan.model.members[worst.gone[0]]].name
        said.append(f"The largest giver is {who}: without it, {loss_text(facts, worst)}.")
    return said


def _force(facts: Facts) -> list[str]:
    crisis, now, steps = facts.crisis, facts.deployment, facts.chain
    if now is None or steps is None:
        return []
    name = quoted(crisis.levers[now.lever].name)
    said = []
    if now.blocked:
        needs = join(_need(crisis, n) for n in now.missing)
        text = f"{name} is blocked today: it needs {needs}."
        if now.becomes is not None:
            text += f" Begun now it would be {quoted(crisis.levers[now.becomes].name)}, on rung {now.rung}."
        stand = next((v for v in facts.verdicts if v.lever == now.becomes), None)
        if stand is not None and stand.named:
            left = len(stand.named) - len(stand.against)
            text += (
                f" {left or 'None'} of the {len(stand.named)} members it counts on would go along."
            )
        elif stand is not None and stand.against:
            text += f" {len(stand.against)} members are on record against that."
        said.append(text)
    weakest = steps.weakest
    if weakest is not None and weakest.p is not None:
        unknown = [s.name for s in steps.steps if s.p is None]
        if len(steps.known) == 1 and unknown:
            said.append(
                f"Of what has to come true only that {weakest.name} has a figure here "
                f"({percent(weakest.p)})."
            )
        else:
            chance = ("at most " if unknown else "") + percent(steps.product)
            rest = (
                f" ({join((f'whether {u}' for u in unknown), 'or')} has no figure)"
                if unknown
                else ""
            )
            rival = steps.rival
            weak = (
                f"the weakest step is that {weakest.name} ({percent(weakest.p)})"
                if rival is None
                else f"the weakest steps, not distinguishably apart, are that {weakest.name} and that "
                f"{rival.name} ({percent(weakest.p)} and {percent(rival.p or 0.0)})"
            )
            deal = (
                f" Under {percent(FEW_DEALS)} of it is in a deal; the rest is in a truce."
                if steps.in_deal is not None and 0 < steps.in_deal < FEW_DEALS * _let_in(steps)
                else ""
            )
            said.append(
                f"That the force is there and stays for a year has a chance of {chance}{rest}; {weak}.{deal}"
            )
    return said


def _let_in(steps: Chain) -> float:
    """Chance that the fighting has stopped and B has let the force in."""
    p = {s.id: s.p or 0.0 for s in steps.steps}
    return p.get("ceasefire", 0.0) * p.get("acceptance", 0.0)


def _need(crisis: Crisis, need: str) -> str:
    words = {
        "ceasefire": "a ceasefire",
        "mandate": "a mandate",
        "host_consent": "the host's consent",
    }
    return words.get(need) or quoted(crisis.levers[need].name)


def _donor(facts: Facts) -> list[str]:
    aid = facts.aid
    if aid is None:
        return []
    half, soon, late = aid.half
    name = facts.crisis.members[aid.donor].name
    if half is None:
        return [
            f"If a donor, {name}, stopped, nothing would be replaced: substitution is 0 in the file."
        ]
    span = f" ({bare(round(soon or 0, 1))} to {_late(late)} over its range)"
    best = next(
        (m for m in aid.mitigations if m.id and m.id != "substitution" and not m.blocked), None
    )
    more = f" Of the levers at hand, {quoted(best.name)} would make good most." if best else ""
    return [
        f"If one donor, {name}, stopped, half of its help would be replaced after {bare(round(half, 1))} months"
        f"{span}.{more}"
    ]


def _late(late: float | None) -> str:
    return "never" if late is None else bare(round(late, 1))


def flips(facts: Facts) -> tuple[str, ...]:
    """Thresholds at which the finding would change."""
    plan, found = facts.planned, []
    if plan is not None and facts.asked:
        for b in plan.bindings:
            kind = kind_of(plan, b.kind)
            months = b.short / max(sum(hi - lo + 1 for lo, hi in b.months), 1)
            found.append(
                f"{kind.label}: met if on average {bare(months)} more {kind.unit or 'units'} a month could be "
                f"had in {months_of(b)}, or if that much less were asked for."
            )
        if plan.feasible:
            kind = kind_of(plan, tightest(plan))
            spare = float(plan.cover.min()) - 1
            found.append(
                f"The task fails once the need of {kind.label} rises by more than {percent(spare)}, the "
                "offers as they are."
            )
    if facts.aid is not None and (half := facts.aid.half[0]) is not None and half > SOON:
        needed = 1 - 0.5 ** (12 / SOON)
        found.append(
            f"Half of a lost donor's help would be back within {SOON} months if others replaced "
            f"{percent(needed)} of it in a year "
            f"(now {percent(facts.crisis.coalition.substitution.value)})."
        )
    behind = facts.backstop
    if behind is not None and behind.price is not None:
        found.append(_backstop(facts, behind))
    return tuple(found)


def _backstop(facts: Facts, behind: Backstop) -> str:
    """The price of a token backstop, in the game as it stands and once its contract is signed."""
    whose = f"{owner(facts.crisis.blocs['A'].name)} value"
    price, least = behind.price or 0.0, behind.least
    text = (
        f"A backstop that is real and not a token moves {whose} today by {stake(price, True)} of its stake"
        if abs(price) > least
        else f"Real or token, the backstop makes no distinguishable difference to {whose} today"
    )
    if behind.contract is None or behind.signed is None:
        return f"{text}."
    deal = quoted(facts.crisis.contracts[behind.contract].name)
    later = (
        f"by {stake(behind.signed, True)}"
        if abs(behind.signed) > least
        else "by nothing distinguishable"
    )
    return f"{text}; once {deal} is signed it moves that value {later}."
