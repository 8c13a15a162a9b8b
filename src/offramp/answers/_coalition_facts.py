"""Who is in the coalition, what each gives and refuses, and which rule a decision follows.

*Share* s_i: a member's part of what the coalition gives, in the first kind of contribution that the file
states; the broker's is scaled by the part of its help that goes on (``broker.aid``), as in the game.
*Stance* of a member on a lever: it holds it, refuses it (``refuses``), objects to it (``objectors``), or
agrees; silence counts as agreement. A lever's rule of consent turns stances into a decision.

Weights for a qualified majority: the file's ``coalition.majority_weights``; else, where every member asked
is one or more states of the European Union by its name, the population shares of the Council for 2025, with
55 % of the states and 65 % of the population among those that the file names; else one vote each and two
thirds. Source of the shares: figures approved on 11 December 2024 for 2025, *Bulletin Quotidien Europe*
13544 (12 December 2024); thresholds: Treaty on European Union, Article 16(4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from offramp.answers._coalition_votes import Rule, unanimity
from offramp.crisis import Crisis
from offramp.crisis._actors import Member
from offramp.crisis._pressure import Lever, Plan
from offramp.game._calendar import CONTRIBUTED

EU_POPULATION = {
    "germany": 1849, "france": 1517, "italy": 1323, "spain": 1078, "poland": 833, "romania": 423,
    "netherlands": 401, "belgium": 262, "czechia": 242, "portugal": 236, "sweden": 234, "greece": 231,
    "hungary": 213, "austria": 202, "bulgaria": 143, "denmark": 132, "finland": 125, "slovakia": 121,
    "ireland": 119, "croatia": 86, "lithuania": 64, "slovenia": 47, "latvia": 42, "estonia": 30,
    "cyprus": 21, "luxembourg": 15, "malta": 12,
}  # fmt: skip
"""Share of the Union's population in hundredths of a per cent."""

_LEADS = re.compile(
    r"^(co-?)?leads? with\b|\blead (state|nation|member)\b|\bframework nation\b", re.I
)
_LIMIT = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|<|>)\s*([0-9.]+)\s*")


def members_of(crisis: Crisis) -> tuple[str, ...]:
    """Members of A's coalition, in the order of the file."""
    return tuple(key for key, m in crisis.members.items() if m.bloc == "A")


def name_of(crisis: Crisis, key: str) -> str:
    """What readers call a member or an actor."""
    if key in crisis.members:
        return crisis.members[key].name
    return crisis.actors[key].name if key in crisis.actors else key


def given_by(crisis: Crisis) -> tuple[str | None, dict[str, float]]:
    """Kind of contribution that is compared, and what each member gives of it now."""
    keys = members_of(crisis)
    kinds = (*CONTRIBUTED, *dict.fromkeys(k for m in keys for k in crisis.members[m].contributions))
    broker = crisis.broker
    for kind in kinds:
        given = {m: crisis.members[m].contributions.get(kind, 0.0) for m in keys}
        if broker is not None and broker.actor in given:
            given[broker.actor] *= broker.aid.value
        if sum(given.values()) > 0:
            return kind, given
    return None, dict.fromkeys(keys, 0.0)


def shares_of(crisis: Crisis) -> dict[str, float]:
    """Share of each member in what the coalition gives now; all 0 where the file states nothing."""
    _, given = given_by(crisis)
    total = sum(given.values())
    return {m: (x / total if total > 0 else 0.0) for m, x in given.items()}


def leads_of(crisis: Crisis, leads: Iterable[str] | None) -> tuple[str, ...]:
    """Lead states: those asked for, else those whose role says so, else the two that give most.

    Raises:
        KeyError: for a lead that is not a member.
    """
    keys = members_of(crisis)
    if leads is not None:
        chosen = tuple(leads)
        for key in chosen:
            if key not in keys:
                raise KeyError(f"there is no member {key!r}; the members are {', '.join(keys)}")
        return chosen
    said = tuple(m for m in keys if _LEADS.search(crisis.members[m].role))
    if said:
        return said
    _, given = given_by(crisis)
    outside = {crisis.blocs["A"].principal, crisis.broker.actor if crisis.broker else ""}
    giving = sorted((m for m in keys if given[m] > 0 and m not in outside), key=lambda m: -given[m])
    return tuple(giving[:2])


def contributors_of(crisis: Crisis) -> tuple[str, ...]:
    """Members that give something, the principal apart."""
    keys = members_of(crisis)
    principal = crisis.blocs["A"].principal
    return tuple(
        m
        for m in keys
        if m != principal and any(v > 0 for v in crisis.members[m].contributions.values())
    )


# --- Votes ---------------------------------------------------------------------------------


def _states(member: Member) -> tuple[str, ...]:
    return tuple(s.strip().lower() for s in re.split(r",| and ", member.name) if s.strip())


def majority_of(
    crisis: Crisis, members: tuple[str, ...], key: str = "majority", least: float | None = None
) -> Rule:
    """The qualified majority over some members, with real weights where there are any.

    ``least`` is a quota that the file states, in the unit of its weights.
    """
    stated = crisis.coalition.majority_weights
    if stated and all(m in stated for m in members):
        digits = 10 ** max(_decimals(stated[m]) for m in members)
        weights = tuple(round(stated[m] * digits) for m in members)
        if sum(weights) > 0:
            asks = 0.65 * sum(weights) if least is None else least * digits
            said = "65 % of them" if least is None else f"a quota of {least:g} of them"
            return Rule(key, "qualified majority", members, weights=weights,
                        quota=math.ceil(asks - 1e-9), note=f"weights of the file, {said}")  # fmt: skip
    states = [_states(crisis.members[m]) for m in members]
    if members and all(s in EU_POPULATION for found in states for s in found):
        weights = tuple(sum(EU_POPULATION[s] for s in found) for found in states)
        quota = math.ceil(0.65 * sum(weights) - 1e-9)
        number = sum(len(found) for found in states)
        note = f"population shares of the {number} states named, 65 % of them"
        if number == len(members):
            return Rule(key, "qualified majority", members, count=math.ceil(0.55 * number - 1e-9),
                        weights=weights, quota=quota, note=f"{note} and 55 % of the states")  # fmt: skip
        # Members that stand for several states: count them by as many votes as they have states.
        votes = math.ceil(0.55 * number - 1e-9)
        return Rule(key, "qualified majority", members, count=_fewest(states, votes), weights=weights,
                    quota=quota, note=f"{note} and about 55 % of the states")  # fmt: skip
    return Rule(key, "qualified majority", members, count=math.ceil(2 * len(members) / 3 - 1e-9),
                note="one vote each and two thirds: the file states no weights")  # fmt: skip


def _fewest(states: list[tuple[str, ...]], votes: int) -> int:
    """Least number of members that surely stand for ``votes`` states, the smallest groups first."""
    total, number = 0, 0
    for size in sorted(len(s) for s in states):
        if total >= votes:
            break
        total += size
        number += 1
    return number


def _decimals(x: float) -> int:
    text = f"{x:.6f}".rstrip("0")
    return len(text.split(".")[1])


def contributing(crisis: Crisis, leads: tuple[str, ...], number: int, host: bool) -> Rule:
    """A number of contributors with the leads among them, by invitation of the host or without."""
    givers = tuple(dict.fromkeys((*leads, *contributors_of(crisis))))
    principal = crisis.blocs["A"].principal
    names = " and ".join(name_of(crisis, m) for m in leads)
    count = max(number, len(leads))
    text = f"{min(count, len(givers))} contributors" + (f" with {names}" if leads else "")
    needed = frozenset(leads)
    if host and principal in members_of(crisis):
        givers, needed, count = (*givers, principal), needed | {principal}, count + 1
        text += f", invited by {name_of(crisis, principal)}"
        return Rule("host", text, givers, needed, min(count, len(givers)))
    return Rule("contributors", text, givers, needed, min(count, len(givers)))


# --- Levers ----------------------------------------------------------------------------------


def levers_of(crisis: Crisis, plan: Plan) -> tuple[str, ...]:
    """Levers in the coalition's hands, those of the plan first."""
    keys = members_of(crisis)
    own = {"A", *crisis.blocs["A"].voices, *keys}
    own |= {a for a, actor in crisis.actors.items() if actor.bloc == "A"}
    found = [
        key
        for key, lever in crisis.levers.items()
        if lever.holder in own and not set(lever.targets) & {crisis.blocs["A"].principal}
    ]
    first = [u.lever for s in plan.stages for u in s.on if u.lever in found]
    first += [key for key in plan.on_ceasefire if key in found]
    return tuple(dict.fromkeys((*first, *found)))


@dataclass(frozen=True)
class Stance:
    """What a member says to a lever: ``word`` as readers see it, and why."""

    word: str
    why: str = ""

    @property
    def agrees(self) -> bool:
        return self.word in ("agrees", "holds it", "not asked")


def asked(crisis: Crisis, lever: Lever, leads: tuple[str, ...], number: int) -> Rule | None:
    """The rule that a lever's use follows; None where each acts for itself or nobody is asked."""
    keys = members_of(crisis)
    consent = lever.consent
    of = tuple(m for m in consent.of if m in keys)
    also = frozenset(m for m in consent.also if m in keys)
    rule: Rule | None
    if consent.rule == "unanimity":
        everyone = tuple(dict.fromkeys((*(of or keys), *sorted(also))))
        return unanimity("unanimity", "all of them", everyone) if everyone else None
    if consent.rule == "qualified_majority":
        rule = majority_of(crisis, of or keys, least=consent.quota) if keys else None
    elif consent.rule == "contributors":
        must = consent.named or leads
        fewest = number if consent.at_least is None else consent.at_least
        rule = contributing(crisis, must, fewest, host=False) if contributors_of(crisis) else None
    elif consent.rule == "executive":
        rule = unanimity("executive", "its government", of) if of else None
    elif consent.rule == "host":
        host = tuple(m for m in (crisis.blocs["A"].principal,) if m in keys)
        rule = unanimity("host", "the host", host) if host else None
    else:
        rule = None
    if not also:
        return rule
    if rule is None:
        return unanimity("also", "those named", tuple(m for m in keys if m in also))
    more = tuple(m for m in keys if m in also and m not in rule.members)
    return Rule(
        rule.key, rule.name, (*rule.members, *more), rule.needed | also,
        rule.count + len(more) if rule.count else 0,
        (*rule.weights, *(0 for _ in more)) if rule.weights else (), rule.quota, rule.note,
    )  # fmt: skip


def stance(crisis: Crisis, member: str, key: str, rule: Rule | None) -> Stance:
    """A member's stance on a lever."""
    lever, who = crisis.levers[key], crisis.members[member]
    if key in who.refuses:
        return Stance("refuses", "on its own list of refusals")
    if member in lever.objectors:
        return Stance("objects", "expected to object")
    if key in who.holds or lever.holder == member:
        return Stance("holds it", "only it can use it")
    if rule is not None and member not in rule.members:
        return Stance("not asked", f"the rule is {lever.consent.rule.replace('_', ' ')}")
    return Stance("agrees", "no refusal on file")


@dataclass(frozen=True)
class Limit:
    """Terms on one issue that a side's lines leave: a range, and who draws each end."""

    issue: str
    low: float
    high: float
    by_low: tuple[str, ...]
    by_high: tuple[str, ...]
    other_low: float
    other_high: float

    @property
    def empty(self) -> bool:
        return self.low > self.high

    @property
    def apart(self) -> bool:
        """Whether the other side's lines leave nothing of the range."""
        return max(self.low, self.other_low) > min(self.high, self.other_high)


def limits_of(crisis: Crisis) -> tuple[Limit, ...]:
    """Intersection of red lines and of members' refusals of terms, issue by issue."""
    found: list[Limit] = []
    drawn: list[tuple[str, str, str, float, str]] = []
    for line in crisis.red_lines.values():
        match = re.fullmatch(r"\s*x\s*(<=|>=|<|>)\s*([0-9.]+)\s*", line.rule)
        if match and line.actor in crisis.actors:
            side = crisis.actors[line.actor].bloc
            drawn.append((line.issue, side, match[1][0], float(match[2]), line.actor))
    for key in members_of(crisis):
        for term in crisis.members[key].refuses:
            match = _LIMIT.fullmatch(crisis.refusals.get(term, ""))
            if match and match[1] in crisis.issues:
                kept = "<" if match[2][0] == ">" else ">"
                drawn.append((match[1], "A", kept, float(match[3]), key))
    for issue in crisis.issues:
        ends: Mapping[str, list[tuple[float, str]]] = {
            f"{side}{sign}": [(x, who) for i, s, g, x, who in drawn if (i, s, g) == (issue, side, sign)]
            for side in "AB" for sign in "<>"
        }  # fmt: skip
        low = max((x for x, _ in ends["A>"]), default=0.0)
        high = min((x for x, _ in ends["A<"]), default=1.0)
        found.append(
            Limit(
                issue, low, high,
                tuple(dict.fromkeys(who for x, who in ends["A>"] if x == low)),
                tuple(dict.fromkeys(who for x, who in ends["A<"] if x == high)),
                max((x for x, _ in ends["B>"]), default=0.0),
                min((x for x, _ in ends["B<"]), default=1.0),
            )
        )  # fmt: skip
    return tuple(found)


def binding_refusals(
    crisis: Crisis, leads: tuple[str, ...], number: int
) -> dict[str, tuple[str, ...]]:
    """Member -> levers that it refuses and whose rule of consent asks it: used, they overrule it."""
    rules = {key: asked(crisis, lever, leads, number) for key, lever in crisis.levers.items()}
    return {
        m: tuple(
            x
            for x in crisis.members[m].refuses
            if x in rules and (rule := rules[x]) is not None and m in rule.members
        )
        for m in members_of(crisis)
    }


def rules_of(crisis: Crisis, leads: tuple[str, ...], number: int) -> list[Rule]:
    """The rules that are compared: those the levers use, and the usual others."""
    keys = members_of(crisis)
    union = _union(crisis)
    found: list[Rule] = []
    if union and set(union) != set(keys):
        found.append(
            unanimity("union", f"unanimity of the {len(union)} whom joint levers ask", union)
        )
    found.append(unanimity("unanimity", "unanimity of all members", keys))
    if len(union or keys) > 1:
        found.append(majority_of(crisis, union or keys))
    if contributors_of(crisis):
        found.append(contributing(crisis, leads, number, host=False))
        host = contributing(crisis, leads, number, host=True)
        if host.key == "host":
            found.append(host)
    if leads:
        found.append(unanimity("leads", "the lead states alone", leads))
    vetoes = tuple(m for m in keys if crisis.members[m].vetoes)
    if vetoes:
        found.append(unanimity("veto", "those with a veto", vetoes))
    return found


def _union(crisis: Crisis) -> tuple[str, ...]:
    """The largest group of members that some lever's joint decision asks by name."""
    keys = members_of(crisis)
    groups = [
        tuple(m for m in lever.consent.of if m in keys)
        for lever in crisis.levers.values()
        if lever.consent.rule in ("unanimity", "qualified_majority")
    ]
    return max(groups, key=len, default=())
