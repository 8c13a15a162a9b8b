"""Tables of the coalition answer. Nothing here computes more than a maximum or a sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._coalition_facts import Limit, name_of, stance
from offramp.answers._coalition_runs import Driver, Removal
from offramp.answers._coalition_stay import Stays
from offramp.answers._coalition_votes import Rule, chances
from offramp.answers._coalition_ways import Passage, Pledge, Workaround
from offramp.answers._facts import join, side_names
from offramp.answers._measures import gaps
from offramp.crisis import Crisis
from offramp.solution import Solution

SHOWN = (3, 6, 12, 18, 24)
"""Months in the tables."""


@dataclass(frozen=True)
class RuleLine:
    """A rule with its chance by month, what it keeps of the help, and who is pivotal."""

    rule: Rule
    curve: tuple[float, ...]
    kept: float
    pivotal: tuple[float, ...]

    @property
    def first(self) -> tuple[str, float] | None:
        """Most pivotal member at the month read and what its presence adds."""
        best = int(np.argmax(self.pivotal))
        gain = self.pivotal[best]
        return (self.rule.members[best], gain) if gain > 0 else None


def line_of(rule: Rule, stays: Stays) -> RuleLine:
    """Chances of a rule by month, and the members' pivotality at the month read."""
    curve = chances(rule, stays.of(rule.members)).holds
    here = chances(rule, stays.of(rule.members, stays.read))
    share = dict(zip(stays.members, stays.share, strict=True))
    there = float(here.holds[0])
    p = stays.of(rule.members, stays.read)[0]
    kept = sum(share[m] * float(p[i] * here.with_member[0, i]) for i, m in enumerate(rule.members))
    return RuleLine(
        rule,
        tuple(float(x) for x in curve),
        float(kept / there) if there > 0 else 0.0,
        tuple(float(x) for x in here.pivotal[0]),
    )


def rules_table(crisis: Crisis, lines: Sequence[RuleLine], stays: Stays) -> Table:
    months = [m for m in SHOWN if m <= stays.months] or [stays.months]
    columns = (
        Column("rule", "Rule"),
        Column("asked", "Members asked", "integer", "", 0),
        *(Column(f"m{m}", f"Holds at {m} m", "share", "", 0) for m in months),
        Column("kept", "Help kept if it holds", "share", "", 0),
        Column("pivotal", "Most pivotal"),
        Column("adds", "Its presence adds", "share", "points", 0),
    )
    rows = tuple(
        (
            x.rule.name,
            len(x.rule.members),
            *(x.curve[m] for m in months),
            x.kept,
            name_of(crisis, x.first[0]) if x.first else None,
            x.first[1] if x.first else None,
        )
        for x in lines
    )
    notes = [f"{x.rule.name}: {x.rule.note}" for x in lines if x.rule.note]
    return Table(
        "The same members under different rules",
        columns,
        rows,
        "Chance that those who must be in are still in, nobody settling or acting meanwhile. Help kept: "
        f"expected share of present contributions by the members asked at month {stays.read}. "
        + "; ".join(notes),
    )


def members_table(
    crisis: Crisis,
    stays: Stays,
    power: Mapping[str, tuple[float, float]],
    voted: str,
    removed: Sequence[Removal],
    loss: Mapping[str, tuple[float, float]],
) -> Table:
    gone = {r.member: r for r in removed}
    rows: list[tuple[Cell, ...]] = []
    for i, m in enumerate(stays.members):
        shapley, banz = power.get(m, (None, None))
        turn = float(stays.turn[i])
        rows.append(
            (
                name_of(crisis, m), float(stays.share[i]), float(stays.alive[stays.read, i]),
                float(stays.alive[-1, i]), float(stays.pull[i]), turn if np.isfinite(turn) else None,
                shapley, banz, loss[m][0] if m in loss else None, loss[m][1] if m in loss else None,
                "solved" if m in gone else "by its share" if m in loss else None,
            )
        )  # fmt: skip
    return Table(
        "Members: what each gives, how long it stays, what its going changes",
        (
            Column("member", "Member"),
            Column("share", "Share of help", "share", "", 0),
            Column("stays_read", f"In at {stays.read} m", "share", "", 0),
            Column("stays_end", f"In at {stays.months} m", "share", "", 0),
            Column("pull", "Pull to go alone", "signed", "log-odds", 2),
            Column("turn", "Shock that turns it", "number", "", 2),
            Column("shapley", "Shapley-Shubik", "share", "", 1),
            Column("banzhaf", "Banzhaf", "share", "", 1),
            Column("full", "A's value without it", "signed", "A's stake", 3),
            Column("held", "terms held", "signed", "A's stake", 3),
            Column("how", "How found"),
        ),
        tuple(rows),
        f"Power under: {voted}. Value without it: change of A's value if it left today, in full and with what "
        "A's voices hold out for unchanged (lower cohesion also lowers their floors, which can make a deal "
        "likelier). A dash: too small a giver to be seen, or not asked.",
    )


def consent_table(crisis: Crisis, passages: Sequence[Passage]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for p in passages:
        rule = p.rule
        against = [
            f"{name_of(crisis, m)} ({stance(crisis, m, p.lever, rule).word}: "
            f"{stance(crisis, m, p.lever, rule).why})"
            for m in p.against
        ]
        rows.append(
            (
                crisis.levers[p.lever].name,
                crisis.levers[p.lever].consent.rule.replace("_", " "),
                len(rule.members) if rule else None,
                "; ".join(against) or "nobody",
                "passes"
                if p.passes and p.strength == 1.0
                else "in part"
                if p.passes
                else "blocked",
                p.strength,
            )
        )
    return Table(
        "Levers: whom the rule asks, who is against, and why",
        (
            Column("lever", "Lever"),
            Column("rule", "Rule"),
            Column("asked", "Asked", "integer", "", 0),
            Column("against", "Against, and why"),
            Column("passes", "Today"),
            Column("strength", "Strength left", "share", "", 0),
        ),
        tuple(rows),
        "Silence counts as agreement. Where each acts for itself, the strength left is the share of present "
        "help that comes from those who agree.",
    )


def limits_table(crisis: Crisis, limits: Sequence[Limit]) -> Table:
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    rows = tuple(
        (
            crisis.issues[x.issue].name, x.low, x.high,
            join(dict.fromkeys(name_of(crisis, m) for m in (*x.by_low, *x.by_high))) or None,
            x.other_low, x.other_high,
            "nothing: A's own lines exclude each other" if x.empty
            else "nothing: the two sides' lines exclude each other" if x.apart else "something",
        )
        for x in limits
    )  # fmt: skip
    return Table(
        "What the red lines together leave",
        (
            Column("issue", "Issue"),
            Column("low", f"{a}: from", "number", "", 2),
            Column("high", "to", "number", "", 2),
            Column("by", "Drawn by"),
            Column("other_low", f"{b}: from", "number", "", 2),
            Column("other_high", "to", "number", "", 2),
            Column("left", "Left"),
        ),
        rows,
        "0 is A's end of an issue, 1 is B's. Lines of A's voices and members' refusals of terms.",
    )


def ways_table(crisis: Crisis, ways: Sequence[Workaround]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for w in ways:
        for r in w.routes:
            best = w.best is not None and r == w.best
            rows.append(
                (crisis.levers[w.lever].name, r.kind, r.price, "estimate" if r.estimated else None,
                 r.how, "cheapest" if best else None)
            )  # fmt: skip
    return Table(
        "Ways round a blocked lever",
        (
            Column("lever", "Lever"),
            Column("route", "Route"),
            Column("price", "Price", "number", "A's stake", 4),
            Column("stated", "Stated?"),
            Column("how", "How"),
            Column("best", ""),
        ),
        tuple(rows),
        "A dash as price: the route does not exist. A buy-off is a flow kept up; a majority costs the help "
        "of those who may leave when overruled; exclusion costs the strength that is missing.",
    )


def burden_table(crisis: Crisis, stays: Stays, kind: str | None) -> Table:
    people = [crisis.members[m] for m in stays.members]
    pain = np.array([p.exposure.value if p.exposure else 0.0 for p in people])
    risk = np.array([p.threat.value if p.threat else 0.0 for p in people])
    pain, risk = (x / x.sum() if x.sum() > 0 else x for x in (pain, risk))
    rows = tuple(
        (
            p.name, p.contributions.get(kind) if kind else None, float(stays.share[i]),
            p.defence_share_gdp, float(pain[i]), float(risk[i]),
            float(stays.share[i] / risk[i]) if risk[i] > 0 else None,
        )
        for i, p in enumerate(people)
    )  # fmt: skip
    return Table(
        "Burdens",
        (
            Column("member", "Member"),
            Column("given", "Given", "number", (kind or "").replace("_", " "), 1),
            Column("share", "Share of help now", "share", "", 0),
            Column("defence", "Defence", "number", "% of GDP", 2),
            Column("pain", "Share of exposure", "share", "", 0),
            Column("risk", "Share of felt threat", "share", "", 0),
            Column("ratio", "Help for its threat", "number", "", 2),
        ),
        rows,
        "Help for its threat: share of help over share of felt threat; 1 is in step. The file has no "
        "national incomes, so what is given cannot be set against them; defence spending can.",
    )


def curves_table(solution: Solution, stays: Stays) -> Table:
    a, b = side_names(solution.game)
    months = sorted({0, *(m for m in SHOWN if m <= stays.months), stays.months})
    rows = tuple(
        (
            float(m), float(stays.reached[m, 0]), float(stays.tiers[m, 0]), float(stays.member_mean[m]),
            float(stays.game_mean[m]), float(stays.other[m]), float(stays.dispute[m]), float(stays.cost[m]),
        )
        for m in months
    )  # fmt: skip
    return Table(
        "Who is still whole, month by month, if nothing is settled",
        (
            Column("month", "Month", "months", "", 0),
            Column("members", f"{a} whole, by members", "share", "", 0),
            Column("game", "by the game's tiers", "share", "", 0),
            Column("mean_members", "Cohesion by members", "number", "", 2),
            Column("mean_game", "by the game", "number", "", 2),
            Column("other", f"{b} still there", "share", "", 0),
            Column("dispute", "Dispute built up", "number", "", 2),
            Column("cost", "Plan's cost to war's", "number", "", 2),
        ),
        rows,
        "By members: the share of help kept is nearest to the highest tier (none comes back; no substitution). "
        "Cohesion by members counts what others replace.",
    )


def host_table(found: Mapping[int, tuple[float, ...]], stays: Stays) -> Table:
    end = stays.months
    return Table(
        "A force that the host cannot send away for a time",
        (
            Column("term", "Months bound by treaty", "months", "", 0),
            Column("read", f"Force there at {stays.read} m", "share", "", 1),
            Column("end", f"At {end} m", "share", "", 1),
        ),
        tuple((float(term), curve[stays.read], curve[end]) for term, curve in found.items()),
        "Contributors, leads and host all still in. Months are counted from today.",
    )


def pledge_table(solution: Solution, found: Sequence[Pledge]) -> Table:
    game = solution.game
    types = [game.crisis.types[t].name for t in game.types]
    return Table(
        "How much loss contributors must be ready to bear for a pledge to bind",
        (
            Column("deal", "Deal"),
            Column("response", "Answered if they stay", "share", "", 0),
            *(Column(f"t{j}", n, "share", "", 0) for j, n in enumerate(types)),
        ),
        tuple((p.name, p.response, *p.critical) for p in found),
        "Chance of staying after heavy losses below which that type breaks the deal on the first day; 0 %: it "
        "keeps it anyway; a dash: no readiness is enough.",
    )


def drivers_table(found: Sequence[Driver]) -> Table:
    return Table(
        "One number at a time, over its range",
        (
            Column("path", "Number"),
            Column("low", "Low end", "number", "", 3),
            Column("high", "High end", "number", "", 3),
            Column("at_low", "A's value there", "number", "A's stake", 3),
            Column("at_high", "and there", "number", "A's stake", 3),
            Column("total", "Total effect", "number", "A's stake", 3),
        ),
        tuple((d.path, d.low, d.high, d.at_low, d.at_high, d.total) for d in found),
        "All else as it is; on the grid of the re-solves.",
    )


@dataclass(frozen=True)
class Side:
    """What a voice of A could get by going alone (own stake)."""

    voice: str
    alone: float
    together: float
    contract: str

    @property
    def gain(self) -> float:
        return self.alone - self.together


def sides_of(solution: Solution) -> list[Side]:
    """What each voice of A could get by going alone, largest gain first."""
    game = solution.game
    ours = [i for i, v in enumerate(game.voices) if game.crisis.actors[v].bloc == "A"]
    if not game.offers or len(ours) < 2:
        return []
    today = gaps(solution, (0,))[0]
    welcome = [i for i in range(len(game.offers)) if float(today.b[i] @ game.opening) >= 0]
    if not welcome:
        return []
    joint = [i for i in welcome if today.ratified[i] >= 0.5]
    found = []
    for v in ours:
        best = max(welcome, key=lambda i: float(game.signed_value[v, i]))
        together = (
            max(float(game.signed_value[v, i]) for i in joint)
            if joint
            else float(game.flow_voice[v, 0, game.start])
        )
        found.append(
            Side(
                game.voices[v], float(game.signed_value[v, best]), together, game.offers[best].name
            )
        )
    return sorted(found, key=lambda s: -s.gain)


def sides_table(crisis: Crisis, found: Sequence[Side]) -> Table:
    return Table(
        "Who gains by going alone",
        (
            Column("voice", "Voice"),
            Column("contract", "Deal of its own"),
            Column("alone", "Worth to it", "number", "own stake", 2),
            Column("together", "What all would sign, or the present", "number", "own stake", 2),
            Column("gain", "Gain", "signed", "own stake", 2),
        ),
        tuple(
            (crisis.actors[s.voice].name, s.contract, s.alone, s.together, s.gain) for s in found
        ),
        "Best for the voice among the contracts that B gains from, against the best of those that all voices "
        "would also ratify (the present for ever if there is none), if kept.",
    )
