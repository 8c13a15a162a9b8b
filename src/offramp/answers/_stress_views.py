"""Tables of the stress answer."""

from __future__ import annotations

import math

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import (
    fine_percent,
    join,
    percent,
    side_names,
    stake,
    type_name,
)
from offramp.answers._stress_broker_views import aid_table, roles_table, voices_table
from offramp.answers._stress_events import Scene
from offramp.answers._stress_facts import Found, Shock
from offramp.answers._stress_plan import per_cost
from offramp.crisis import Crisis
from offramp.solution import Solution

MOST_PAIRS = 12
MOST_MEMBERS = 8
NO_SHOCK = "–"


def scene_words(crisis: Crisis, scene: Scene) -> str:
    """Where an event was forced."""
    if scene.place == "today":
        return "as the file opens"
    if scene.place == "truce":
        return "in a truce today"
    assert scene.contract is not None
    return f"under “{crisis.contracts[scene.contract].name}” signed today"


def half_words(value: float | None) -> str:
    """Months until half is back, in words."""
    if value is None:
        return "not in the months shown"
    return NO_SHOCK if math.isnan(value) else f"{value:.0f} months"


def tables_of(solution: Solution, found: Found) -> tuple[Table, ...]:
    """All tables, the main one first."""
    parts = [
        _events(solution, found), _failures(solution, found), _mitigations(solution, found),
        _pairs(solution, found), roles_table(solution, found), voices_table(solution, found),
        aid_table(solution, found), _members(found), _host(found), _losses(found),
    ]  # fmt: skip
    return tuple(t for t in parts if t is not None)


def _events(solution: Solution, found: Found) -> Table:
    game = solution.game
    a, _ = side_names(game)
    n = found.months
    later = min(2 * n, game.shown)
    columns = (
        Column("event", "Event, if it happens at once"),
        Column("where", "Where"),
        Column("likely", f"Chance of it by month {n}", "share", "", 0),
        Column("value_a", f"Worth to {a}", "signed", "own stake", 3),
        Column("held", "The same, terms held", "signed", "own stake", 3),
        *(
            Column(f"value_b_{t}", f"Worth to {type_name(game, j)}", "signed", "its stake", 3)
            for j, t in enumerate(game.types)
        ),
        Column("settled", f"Settlement at month {n}", "signed", "points of probability", 2),
        Column("disaster", f"Disaster by month {n}", "signed", "points of probability", 4),
        Column("intact", f"Coalition whole at month {n}", "signed", "points of probability", 2),
        Column("intact_later", f"and at month {later}", "signed", "points of probability", 2),
        Column("cohesion_back", "Half of cohesion back after"),
        Column("front_back", "Half of the front's shift back after"),
        Column("told", "Told apart from nothing"),
    )
    rows: list[tuple[Cell, ...]] = []
    for s in found.shocks:
        e = s.effect
        rows.append(
            (
                s.driver.name, scene_words(game.crisis, s.driver.scene), s.driver.likely,
                e.value_a, s.held.value_a, *e.value_b, e.settled, e.disaster, *e.intact,
                half_words(s.cohesion), half_words(s.front), _told(found, s),
            )
        )  # fmt: skip
    return Table(
        "Every event forced: difference from the same scene without it",
        columns,
        tuple(rows),
        f"Solved on the grid “{found.grid}”; an effect on {a} up to {found.error.value_a:.3f} is no "
        "distinguishable difference. Terms held: what the voices hold out for does not fall with cohesion. "
        "Effects in different scenes are conditional on different things."
        + (f" Not forced: {'; '.join(found.left)}." if found.left else ""),
    )


def _told(found: Found, s: Shock) -> str:
    if s.driver.unread:
        return f"no effect: {s.driver.unread}"
    return "yes" if found.seen(s.effect) or found.seen(s.held) else "no distinguishable difference"


def _pairs(solution: Solution, found: Found) -> Table | None:
    if not found.pairs:
        return None
    a, _ = side_names(solution.game)
    rows: list[tuple[Cell, ...]] = [
        (
            p.first.name, p.second.name, p.effect.value_a, p.beyond.value_a, p.beyond.settled,
            p.beyond.intact[0],
            "yes" if found.seen(p.beyond) else "no distinguishable difference",
        )
        for p in found.pairs[:MOST_PAIRS]
    ]  # fmt: skip
    return Table(
        f"Pairs: the {len(rows)} of {len(found.pairs)} with most beyond the sum of both alone",
        (
            Column("first", "Event"),
            Column("second", "and event"),
            Column("value_a", f"Both: worth to {a}", "signed", "own stake", 3),
            Column("beyond", "Beyond the sum", "signed", "own stake", 3),
            Column(
                "beyond_settled", "Settlement, beyond the sum", "signed", "points of probability", 2
            ),
            Column(
                "beyond_intact",
                "Coalition whole, beyond the sum",
                "signed",
                "points of probability",
                2,
            ),
            Column("told", "Told apart from the sum"),
        ),
        tuple(rows),
        "Pairs are formed where both can happen in one scene, among the events with the largest effects.",
    )


def failures(solution: Solution, found: Found) -> list[tuple[str, float | None, str, bool]]:
    """What can fail: name, chance by the month read, what it takes, whether the plan stops without it."""
    game, n = solution.game, found.months
    rows: list[tuple[str, float | None, str, bool]] = []
    for s in found.shocks:
        if s.held.value_a >= -found.error.value_a:
            continue
        base = found.bases[s.driver.scene]
        halves = (
            -s.effect.settled > max(base.settled / 2, found.error.settled)
            or -s.effect.intact[0] > max(base.intact[0] / 2, found.error.intact[0])
        )  # fmt: skip
        took = f"{stake(s.held.value_a, True)} of a stake with the terms held"
        if s.effect.intact[0] < -found.error.intact[0]:
            took += f"; coalition whole at month {n} {100 * s.effect.intact[0]:+.0f} points"
        rows.append((s.driver.name, s.driver.likely, took.replace("-", "−"), halves))
    if found.members is not None and found.forced:
        failing = f"the rule “{found.members.rule.name}” fails"
        rows += [
            (f"{m.name} leaves", 1.0 - m.alive, failing, True)
            for m in found.members.blows
            if m.needed
        ]
    if found.chain is not None and found.forced:
        for step in found.chain.known:
            assert step.p is not None
            weakest = step is found.chain.weakest
            rows.append(
                (
                    f"Force: {step.name}", 1.0 - step.p,
                    "the weakest step before it can start" if weakest else "a step before it can start",
                    True,
                )
            )  # fmt: skip
    rows += [
        (
            f"{game.crisis.levers[p.lever].name} is blocked",
            None,
            f"its rule of consent fails: {join(_names(game.crisis, p.against))}",
            False,
        )
        for p in found.blocked
    ]
    return rows


def _names(crisis: Crisis, keys: tuple[str, ...]) -> list[str]:
    return [crisis.members[k].name if k in crisis.members else k for k in keys]


def _failures(solution: Solution, found: Found) -> Table | None:
    rows = failures(solution, found)
    if not rows:
        return None
    return Table(
        "Failure modes of the plan",
        (
            Column("what", "What fails"),
            Column("chance", "Chance", "share", "", 0),
            Column("takes", "What it takes away"),
            Column("single", "Single point of failure"),
        ),
        tuple((a, b, c, d) for a, b, c, d in rows),
        f"Events and steps by month {found.months}, members by the last month shown. A single point of "
        f"failure: "
        "the rule or the step cannot be met without it, or an event takes more than half of the chance of a "
        "settlement or of a whole coalition.",
    )


def _mitigations(solution: Solution, found: Found) -> Table | None:
    if found.worst is None or not found.reliefs:
        return None
    a, _ = side_names(solution.game)
    rows: list[tuple[Cell, ...]] = [
        (
            r.remedy.name, r.recovered, r.share, r.remedy.cost or None,
            per_cost(r.recovered, r.remedy.cost),
            "yes" if abs(r.recovered) > found.error.value_a else "no distinguishable difference",
        )
        for r in found.reliefs
    ]  # fmt: skip
    return Table(
        f"After “{found.worst.driver.name}”: what recovers the loss, by what it recovers for its cost",
        (
            Column("what", "Done on the first day"),
            Column("recovered", f"Recovered for {a}", "signed", "own stake, own cost counted", 3),
            Column("share", "of the loss", "share", "", 0),
            Column("cost", "Own cost", "number", "flow", 3),
            Column("per_cost", "Recovered per cost", "number", "", 1),
            Column("told", "Told apart from nothing"),
        ),
        tuple(rows),
        f"The loss is {stake(-found.worst.held.value_a)} with the terms held. What a step is worth without the "
        "shock is in what it recovers. Levers that a rule of consent blocks are left out.",
    )


def _members(found: Found) -> Table | None:
    if found.members is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            m.name, m.share, m.alive, -m.blow,
            "–" if m.vote is None else f"month {m.vote[0]}, hostile with {percent(m.vote[1])}",
            m.needed,
        )
        for m in found.members.blows[:MOST_MEMBERS]
    ]  # fmt: skip
    return Table(
        f"A member gone at once: “{found.members.rule.name}”",
        (
            Column("member", "Member"),
            Column("share", "Share of help", "share", "", 0),
            Column("alive", "Still in at the end by itself", "share", "", 0),
            Column(
                "blow",
                "Chance that the rule holds to the end",
                "signed",
                "points of probability",
                2,
            ),
            Column("vote", "Vote ahead"),
            Column("needed", "Rule fails without it"),
        ),
        tuple(rows),
        f"With everybody as they are the rule holds to the end with {percent(found.members.holds[-1])}.",
    )


def _host(found: Found) -> Table | None:
    if found.host is None:
        return None
    h = found.host
    rows: list[tuple[Cell, ...]] = []
    for term in h.calm:
        back = h.recovered(term)
        rows.append(
            (
                "no treaty" if term == 0 else f"bound for {term} months", h.calm[term][-1], h.shaken[term][-1],
                None if term == 0 or back is None else back,
            )
        )  # fmt: skip
    return Table(
        f"The force and {h.name}: it is there to the end with",
        (
            Column("term", "Treaty"),
            Column("calm", "Change of leader as in the file", "share", "", 1),
            Column("shaken", "four times as likely", "share", "", 1),
            Column("back", "Part of the difference won back", "share", "", 0),
        ),
        tuple(rows),
        f"Hazard of a change in the file: {fine_percent(h.hazard)} a month. Above 100 %: the treaty "
        f"also removes "
        "what the hazard in the file takes.",
    )


def _losses(found: Found) -> Table | None:
    x = found.losses
    if x is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        ("given the losses", x.apart, x.together),
    ]
    if x.by_year is not None:
        rows.append(("within a year", float(x.by_year[0, 0]), float(x.by_year[0, 1])))
        rows.append(
            ("within a year, with a backstop", float(x.by_year[1, 0]), float(x.by_year[1, 1]))
        )
    return Table(
        f"After {x.deaths:g} deaths: fewer than {x.fewest} of {len(x.members)} contributors remain",
        (
            Column("when", "When"),
            Column("apart", "Members decide apart", "share", "", 0),
            Column("together", "One shock moves all", "share", "", 0),
        ),
        tuple(rows),
        f"At a casualty tolerance of {x.tolerance:g}. Members who watch each other lie between.",
    )
