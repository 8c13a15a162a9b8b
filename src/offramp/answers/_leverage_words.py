"""Sentences and thresholds about levers, war and patience."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from offramp.answers._facts import join, months_text, owner, percent, quoted, side_names, type_name
from offramp.answers._leverage_ledger import Ledger
from offramp.answers._leverage_levers import Part, Weighed, on_side
from offramp.answers._leverage_pressure import UNIT, PlanFlows, Rate, WarMonth
from offramp.answers._leverage_views import told_apart
from offramp.answers._measures import Span, Waiting
from offramp.game import Game

SMALLEST_STEP = 0.01
"""Steps on an issue below this are not printed as numbers."""
CHANNEL_WORDS: dict[Part, str] = {
    "coerce": "because of what depends on the other side's answer",
    "constrain": "through the battlefield",
    "terms": "through what it puts on the table",
    "risk": "through the risk of disaster that both share",
}


def levers_title(game: Game, ledger: Ledger) -> str:
    """The finding about levers, as a title."""
    a, _ = side_names(game)
    group = ledger.used or ledger.idle
    best = max(group, key=lambda x: x.net.a)
    alone = "" if ledger.used else ", each added alone,"
    if not any(told_apart(x, ledger.errors) for x in group):
        return f"No lever{alone} makes a distinguishable difference to {a}"
    if told_apart(best, ledger.errors) and best.net.a > 0:
        return f"Of the levers{alone} {quoted(best.name)} is worth most to {a}"
    return f"No lever{alone} is worth distinguishably more to {a} than it costs"


def lever_sentence(game: Game, ledger: Ledger) -> str:
    """What the levers do, in a sentence or two."""
    a, b = side_names(game)
    group = ledger.used or ledger.idle
    if not group:
        return f"{a} has no lever on {b} in this file, so there is no lever to weigh."
    lead = (
        "" if ledger.used else "The plan uses no lever. Added to it one at a time in full force: "
    )
    good = [x for x in group if told_apart(x, ledger.errors) and x.net.a > 0]
    bad = [x for x in group if told_apart(x, ledger.errors) and x.net.a < 0]
    if not good and not bad:
        nothing = (
            f"none of {len(group)} levers makes a"
            if len(group) > 1
            else f"{quoted(group[0].name)} makes no"
        )
        said = f"taken alone, {nothing} distinguishable difference to {a}"
        return _start(lead, said) + "."
    parts = []
    if good:
        best = max(good, key=lambda x: x.net.a)
        parts.append(
            f"{quoted(best.name)} is worth {best.net.a:.3f} of {owner(a)} stake{_mostly(best)}"
        )
    if bad:
        worst = min(bad, key=lambda x: x.net.a)
        costs = f"{quoted(worst.name)} costs {a} {-worst.net.a:.3f} on balance"
        none = f"no lever is worth distinguishably more to {a} than it costs, and "
        parts.append(costs if good else none + costs)
    rest = len(group) - len(good) - len(bad)
    if rest:
        verb = "makes" if rest == 1 else "make"
        parts.append(f"{rest} of {len(group)} {verb} no distinguishable difference")
    return _start(lead, "; ".join(parts)) + "."


def _start(lead: str, said: str) -> str:
    return f"{lead}{said}" if lead else said[:1].upper() + said[1:]


def _mostly(x: Weighed) -> str:
    gains = {p: x.parts[p].a for p in CHANNEL_WORDS if p in x.parts and x.parts[p].a > 0}
    if not gains:
        return ""
    most = max(gains, key=lambda p: gains[p])
    return f", mostly {CHANNEL_WORDS[most]}" if gains[most] > x.net.a / 2 else ""


def rate_sentence(game: Game, rates: tuple[Rate, ...], slopes: Mapping[str, float], n: int) -> str:
    """A year of pain in stakes and in terms, by patience."""
    _, b = side_names(game)
    now = next(r for r in rates if r.label == "central")
    heavy = max(slopes, key=lambda m: slopes[m])
    terms = ""
    if slopes[heavy] > 0:
        name = game.crisis.issues[heavy].name
        step = now.worth / slopes[heavy]
        much = f"{step:.2f}" if step >= SMALLEST_STEP else f"less than {SMALLEST_STEP:.2f}"
        terms = f", as much as {much} of the scale of {quoted(name)}"
    ends = {r.label: r.worth for r in rates}
    spread = (
        f"; over the range of its patience {ends['high']:.4f} to {ends['low']:.4f}"
        if len(ends) == 3
        else ""
    )
    return (
        f"Pain at a rate of {UNIT:.2f} of {owner(b)} stake, kept up for {months_text(n)}, is worth "
        f"{now.worth:.4f} of that stake{terms}{spread}."
    )


def war_sentence(game: Game, rows: tuple[WarMonth, ...]) -> str:
    """For whom war pays, costs, or may do either."""
    groups = _by_sign(game, rows)
    words = {
        "costs": "costs {}, whatever the inputs in their ranges",
        "pays": "pays {}, whatever the inputs in their ranges",
        "neither": "neither costs nor pays {}",
        "either": "may cost or pay {}, depending on the inputs",
    }
    said = [words[k].format(join(groups[k])) for k in words if groups[k]]
    return f"Against peace on the same line a month of war {'; it '.join(said)}."


def war_title(game: Game, rows: tuple[WarMonth, ...]) -> str:
    """The same as a title."""
    groups = _by_sign(game, rows)
    open_ = groups["either"]
    if len(open_) == 1:
        return f"Whether war pays {open_[0]} depends on the inputs"
    if open_:
        return f"For {len(open_)} of {len(rows)} the inputs decide whether war pays"
    if groups["pays"]:
        return f"War pays {join(groups['pays'])}, whatever the inputs in their ranges"
    if groups["neither"]:
        return f"War neither costs nor pays {join(groups['neither'])}"
    return "War costs every side and type, whatever the inputs in their ranges"


def _by_sign(game: Game, rows: tuple[WarMonth, ...]) -> dict[str, list[str]]:
    a, b = side_names(game)
    groups: dict[str, list[str]] = {"costs": [], "pays": [], "either": [], "neither": []}
    for w in rows:
        who = a if w.side == "a" else (f"{b} ({w.who})" if len(rows) > 2 else b)
        groups[w.sign].append(who)
    return groups


def pressure_title(game: Game, flows: PlanFlows, own: Span) -> str:
    """Whom the plan's levers cost more, and when that turns; each side by what it could gain."""
    a, b = side_names(game)
    runs = costlier_for_b(flows, own)
    begin, last = first_pressure(flows), len(flows.pain) - 1
    if not runs:
        return f"While nothing is settled the plan's levers cost {a} more than {b}"
    said = []
    for start, end in runs:
        since = f"from month {start}" if start > begin else ""
        until = f"{'to' if since else 'until'} month {end}" if end < last else ""
        said.append(" ".join(x for x in (since, until) if x))
    when = join([x for x in said if x])
    what = f"the plan's levers cost {b} more than {a}"
    return f"T{what[1:]} {when}" if when else f"While nothing is settled {what}"


def first_pressure(flows: PlanFlows) -> int:
    """First month in which the plan's levers cost anybody anything."""
    return int(((flows.pain > 0) | (flows.own > 0)).argmax())


def costlier_for_b(flows: PlanFlows, own: Span) -> list[tuple[int, int]]:
    """Spells of months, first and last, in which pain on B exceeds A's own cost, each by its span."""
    above = flows.pain / own.b > flows.own / own.a
    spells: list[tuple[int, int]] = []
    for t in np.flatnonzero(above).tolist():
        if spells and spells[-1][1] == t - 1:
            spells[-1] = (spells[-1][0], t)
        else:
            spells.append((t, t))
    return spells


def delay_flips(game: Game, w: Waiting, last: int) -> tuple[str, ...]:
    """Value of delay at which each type would be indifferent, policies held fixed."""
    _, b = side_names(game)
    weight = float(w.open_weight[last])
    if weight <= 0:
        return ()
    found = []
    for j, t in enumerate(game.types):
        kind = game.crisis.types[t]
        needed = kind.delay_flow.value - float(w.b[j, last]) / weight
        more = needed > kind.delay_flow.value
        found.append(
            f"{b}, type {type_name(game, j)}: {months_text(last)} of delay would "
            f"{'pay' if more else 'cost'} once its flow value of delay lay "
            f"{'above' if more else 'below'} {_signed(needed)} "
            f"(now {_signed(kind.delay_flow.value)}; answers and the value of signing held fixed)."
        )
    return tuple(found)


def _signed(value: float, decimals: int = 2) -> str:
    return f"{value:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def lever_flips(game: Game, ledger: Ledger) -> tuple[str, ...]:
    """Own cost at which the largest levers would be worth nothing to A."""
    a, _ = side_names(game)
    apart = [
        x
        for x in ledger.apart
        if told_apart(x, ledger.errors) and "own" in x.parts and x.parts["own"].a < 0
    ]
    found = []
    for x in sorted(apart, key=lambda x: -abs(x.net.a))[:2]:
        even = x.own_cost * (1.0 + x.net.a / -x.parts["own"].a)
        if even > 0:
            found.append(
                f"{quoted(x.name)} would be worth nothing to {a} at an own cost of about {even:.3f} "
                f"(now {x.own_cost:.3f}; in a straight line)."
            )
    return tuple(found)


def leak_sentence(game: Game, ledger: Ledger) -> str:
    """What a backer's support does to the plan, or nothing."""
    if ledger.leaks is None or ledger.backer is None:
        return ""
    a, _ = side_names(game)
    name = game.crisis.outsiders[ledger.backer].name
    low, high = ledger.leaks["low"], ledger.leaks["high"]
    least = ledger.errors.most.a
    if not any(abs(x.change.a) > least for x in (low, high)):
        return (
            f"Whether {name} makes good {percent(low.level)} or {percent(high.level)} makes no "
            f"distinguishable difference to what the plan is worth to {a}."
        )
    return (
        f"If {name} makes good {percent(low.level)}, what the plan is worth to {a} moves by "
        f"{_signed(low.change.a, 3)}; at {percent(high.level)} by {_signed(high.change.a, 3)}."
    )


def warnings_of(game: Game, ledger: Ledger | None) -> tuple[str, ...]:
    """What about levers this game does not have."""
    if ledger is None:
        return ("Levers were not weighed: the game was not solved again.",)
    found = []
    signals = [x.name for x in ledger.levers if "signal" in x.channels]
    if signals:
        found.append(
            f"{owner(side_names(game)[0])} aims are common knowledge in this game, so no value passes "
            f"through the signal of {join(map(quoted, signals))}"
        )
    empty = [x.name for x in ledger.apart if not set(x.parts) - {"own", "risk"} and not x.pain]
    if empty:
        found.append(
            f"nothing that the game reads follows from {join(map(quoted, empty))} but what it costs, and "
            "any accident risk"
        )
    held = sum(on_side(game.crisis, x.holder, "B") for x in game.crisis.levers.values())
    if held:
        found.append(
            f"{held} of {owner(side_names(game)[1])} own levers are not weighed: the game has its cost of "
            "war and its acts, not its levers"
        )
    return tuple(found)
