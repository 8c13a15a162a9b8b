"""Tables and charts of the deterrence answer."""

from __future__ import annotations

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._deter_facts import Found
from offramp.answers._deter_guarantee import SIZES
from offramp.answers._facts import fine_percent, owner, percent, quoted, side_names, type_name
from offramp.solution import Certificate, Solution

OF_A_BREACH = "of an open breach"


def tables_of(solution: Solution, found: Found, told: Certificate) -> tuple[Table, ...]:
    """Main table first: B's next step by type, or the plans where there is none."""
    steps = [_steps(solution, found, told)] if found.step is not None else []
    tables = [
        *steps,
        _plans(solution, found, told),
        _sources(found),
        _guarantees(solution, found),
        _engagements(found),
        _contributors(found),
        _links(found),
        _reaches(solution, found, told),
        _reserves(solution, found),
    ]
    return tuple(t for t in tables if t is not None)


def _steps(solution: Solution, found: Found, told: Certificate) -> Table:
    game, step, threat = solution.game, found.step, found.threat
    assert step is not None
    assert threat is not None
    columns = (
        Column("type", "If its type is"),
        Column("believed", "Believed today", "share", "", 0),
        Column("gain", "A step brings", "signed", "own stake", 3),
        Column("clear", "Told from nothing"),
        Column("chance", "Chance of a step in a round", "share", "", 1),
        Column("later", f"At month {found.months[-1]}, given the initiative", "share", "", 1),
        Column("critical", "Credibility that deters", "share", "", 0),
        Column("critical_kept", "If the gain is kept", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            game.crisis.types[t].name,
            float(game.opening[j]),
            float(step.gain[j]),
            "yes" if told.distinguishable(float(step.gain[j]), 0.0, "value_b") else "no",
            float(step.chance[j]),
            None if found.later[-1, j] != found.later[-1, j] else float(found.later[-1, j]),
            threat.critical[j],
            threat.critical_kept[j],
        )
        for j, t in enumerate(game.types)
    ]
    size = "no size of threat is known" if threat.cost is None else f"a threat of {threat.cost:.3f}"
    return Table(
        f"{owner(side_names(game)[1])} next step: {step.what}",
        columns,
        tuple(rows),
        f"Credibility for {size}; a dash: nothing to deter, or no threat to size. "
        + ("The benefit was given, not solved for. " if threat.given else "")
        + "The figures at a later month assume that nobody has acted before.",
    )


def _plans(solution: Solution, found: Found, told: Certificate) -> Table:
    a, _ = side_names(solution.game)
    columns = (
        Column("plan", "Plan"),
        Column("risk", f"Disaster by month {found.month}", "share", "", 2),
        Column("low", "Hazards at their low end", "share", "", 2),
        Column("high", "Hazards at their high end", "share", "", 2),
        Column("cap", f"Cap of {fine_percent(found.cap)}"),
        Column("value_a", f"Worth to {a}", "number", "own stake", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (p.name, p.risk, p.low, p.high, cap_word(p.risk, p.high, found, told), p.value_a)
        for p in sorted(found.plans, key=lambda p: -p.risk)
    ]
    return Table(
        "Accident risk by plan, each with its own offer",
        columns,
        tuple(rows),
        "Low and high end hold conduct fixed. All plans are solved on the grid of repeated solves.",
    )


def cap_word(risk: float, high: float, found: Found, told: Certificate) -> str:
    """How a plan's risk stands to the cap."""
    if risk > found.cap:
        close = not told.distinguishable(risk, found.cap, "disaster")
        return "ABOVE, barely" if close else "ABOVE"
    return "above at the high end" if high > found.cap else "below"


def _sources(found: Found) -> Table:
    x, n = found.risk, found.month
    words = ("The rung at which the crisis stands", "The step above it", "Levers in use", "Events")
    total = float(x.disaster[n])
    rows: list[tuple[Cell, ...]] = [
        (word, float(x.source[i, n]), float(x.source[i, n]) / total if total > 0 else None)
        for i, word in enumerate(words)
    ]
    return Table(
        f"Where the accident risk comes from, to month {n}",
        (
            Column("source", "Source"),
            Column("risk", "Chance of disaster", "share", "", 3),
            Column("share", "Share of it", "share", "", 0),
        ),
        (*rows, ("All", total, 1.0 if total > 0 else None)),
        f"Over {len(x.disaster) - 1} months the war is expected to stand {x.rung_months[0]:.1f} "
        "months at its rung and "
        f"{x.rung_months[1]:.1f} one step above.",
    )


def _guarantees(solution: Solution, found: Found) -> Table | None:
    if not found.holds:
        return None
    game = solution.game
    columns = (
        Column("contract", "Contract"),
        Column("guarantee", "Guarantee"),
        Column("loss", "Expected loss of a breach", "number", "its stake", 3),
        *(
            Column(f"margin_{t}", f"Margin, {type_name(game, j)}", "signed", "its stake", 3)
            for j, t in enumerate(game.types)
        ),
        *(
            Column(
                f"lives_{t}", f"Alive at month {found.month}, {type_name(game, j)}", "share", "", 0
            )
            for j, t in enumerate(game.types)
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            h.name,
            h.guarantee,
            h.enforcement.expected_loss,
            *(float(v) for v in h.margin),
            *(float(v) for v in h.survives),
        )
        for h in found.holds
    ]
    return Table(
        "What holds each contract, if it were signed today",
        columns,
        tuple(rows),
        "Margin: expected loss less the temptation of a breach, taken once. A contract also "
        "ends when the other side or an event "
        "breaks it, and a side that expects that may wait for it.",
    )


def _engagements(found: Found) -> Table | None:
    if not found.engagements:
        return None
    columns = [Column("rules", "Rules of engagement, or another guarantee")]
    columns += [Column(f"taken_{s:g}", f"Taken at {percent(s)}", "share", "", 0) for s in SIZES]
    columns += [
        Column(f"risk_{s:g}", f"Risk a year at {percent(s)}", "share", "", 2) for s in SIZES
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            e.rules,
            *(float(v) for v in e.taken),
            *((None,) * len(SIZES) if e.risk is None else tuple(float(v) for v in e.risk)),
        )
        for e in found.engagements
    ]
    assert found.pledge is not None
    return Table(
        f"Incidents against {found.pledge.guarantee}, by size {OF_A_BREACH}",
        tuple(columns),
        tuple(rows),
        "Taken: chance that an occasion is used, over types. Risk: accident risk of firing, if "
        "incidents of that "
        "size come at the file's hazard. Gain and loss are in proportion to size.",
    )


def _contributors(found: Found) -> Table | None:
    x = found.losses
    if x is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (m, float(p)) for m, p in sorted(zip(x.members, x.stays, strict=True), key=lambda r: -r[1])
    ]
    year = ""
    if x.by_year is not None:
        year = (
            f" Within a year, incidents at the file's hazard: {percent(float(x.by_year[0, 0]))} to "
            f"{percent(float(x.by_year[0, 1]))}, with a backstop {percent(float(x.by_year[1, 0]))} to "
            f"{percent(float(x.by_year[1, 1]))}."
        )
    return Table(
        f"Contributors after {x.deaths:g} deaths, tolerance {percent(x.tolerance)}",
        (Column("member", "Contributor"), Column("stays", "Chance that it stays", "share", "", 0)),
        tuple(rows),
        f"Fewer than {x.fewest} remain: {percent(x.apart)} if members decide apart, "
        f"{percent(x.together)} if one shock "
        f"moves them all.{year}",
    )


def _links(found: Found) -> Table | None:
    x = found.link
    if x is None:
        return None
    columns = (
        Column("aversion", "Backer minds, times coded", "number", "", 0),
        Column("best", "Best link", "number", "", 2),
        Column("none", "Response without link", "share", "", 0),
        Column("at_best", "Response at the best", "share", "", 0),
        Column("full", "Response at full link", "share", "", 0),
        Column("stays", "Backer stays a year, full link", "share", "", 0),
        Column("drawn", "Drawn in within a year, full link", "share", "", 1),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            k,
            float(x.best[i]),
            float(x.response[i, 0]),
            float(x.response[i].max()),
            float(x.response[i, -1]),
            float(x.stay[i, -1]),
            None if x.entrapped is None else float(x.entrapped[i, -1]),
        )
        for i, k in enumerate(x.aversion)
    ]
    return Table(
        f"Link to {x.wider}, backed by {x.backer}",
        columns,
        tuple(rows),
        "A stronger link deters more while the backer stays, and makes it likelier to leave.",
    )


def _reaches(solution: Solution, found: Found, told: Certificate) -> Table | None:
    x = found.reach
    if x is None:
        return None
    a, b = side_names(solution.game)
    names = {r.rung: r.name for r in solution.game.crisis.ladder.rungs}
    rows: list[tuple[Cell, ...]] = [
        (
            f"{rung}: {names[rung]}" + (" (its own)" if rung == x.own else ""),
            float(x.hazard[i]),
            float(x.gain[i]),
            "yes" if told.distinguishable(float(x.gain[i]), 0.0, "value_a") else "no",
            float(x.gain_b[i]),
            float(x.risk[i]),
        )
        for i, rung in enumerate(x.rung)
    ]
    return Table(
        f"What {quoted(x.name)} is worth, by the rung at which it counts",
        (
            Column("rung", "Counted at rung"),
            Column("hazard", "Accident hazard added a month", "share", "", 3),
            Column("gain", f"Gain to {a}", "signed", "own stake", 3),
            Column("clear", "Told from nothing"),
            Column("gain_b", f"Gain to {b}", "signed", "own stake", 3),
            Column("risk", f"Disaster by month {found.month}", "share", "", 2),
        ),
        tuple(rows),
        "The game solved again with it and without. Both sides run the risk, so more of it can "
        "serve the side that "
        "the other must placate.",
    )


def _reserves(solution: Solution, found: Found) -> Table | None:
    if not found.reserves:
        return None
    names = dict(zip("AB", side_names(solution.game), strict=True))
    contracts = solution.game.crisis.contracts
    rows: list[tuple[Cell, ...]] = [
        (
            r.name,
            names[r.side],
            r.talks,
            r.used,
            r.hold,
            r.boundary,
            ", ".join(contracts[c].name for c in r.lost) or "nothing",
            *(None if v != v else v for v in r.room),
        )
        for r in found.reserves
    ]
    return Table(
        "Irreversible moves kept in hand",
        (
            Column("move", "Move"),
            Column("holder", "Held by"),
            Column("talks", "Worth of the talks", "number", "holder's stake", 3),
            Column("used", "If used today", "number", "holder's stake", 3),
            Column("hold", "Right to use it later", "number", "holder's stake", 3),
            Column("boundary", "Used below talks worth", "number", "holder's stake", 3),
            Column("lost", "Off the table for good"),
            Column("room", f"Best contract for {names['B']}, unused", "signed", "its stake", 3),
            Column("room_after", f"Best contract for {names['B']}, used", "signed", "its stake", 3),
        ),
        tuple(rows),
        f"Best contract for {names['B']}: what signing the one on {owner(names['A'])} table that "
        "suits it most brings it "
        "over waiting, over types.",
    )
