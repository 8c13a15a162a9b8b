"""Tables of the stress answer about the broker: its roles, imposed terms, its aid."""

from __future__ import annotations

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import join, months_text, percent, side_names
from offramp.answers._stress_facts import Found
from offramp.solution import Solution


def roles_table(solution: Solution, found: Found) -> Table | None:
    if not found.roles:
        return None
    game = solution.game
    a, _ = side_names(game)
    rows: list[tuple[Cell, ...]] = []
    for r in found.roles:
        if r.effect is None or r.held is None:
            rows.append((r.role.name, r.role.says, None, None, None, None, r.role.nothing))
            continue
        same = not (found.seen(r.effect) or found.seen(r.held))
        rows.append(
            (
                r.role.name, r.role.says, r.effect.value_a, r.held.value_a, r.effect.settled,
                r.effect.intact[0], "no distinguishable difference" if same else "",
            )
        )  # fmt: skip
    return Table(
        "The broker's roles, as far as the file can say them",
        (
            Column("role", "Role"),
            Column("says", "What is changed"),
            Column("value_a", f"Worth to {a}", "signed", "own stake", 3),
            Column("held", "The same, terms held", "signed", "own stake", 3),
            Column(
                "settled",
                f"Settlement at month {found.months}",
                "signed",
                "points of probability",
                2,
            ),
            Column("intact", "Coalition whole", "signed", "points of probability", 2),
            Column("note", "Note"),
        ),
        tuple(rows),
        "Differences from the game as it is.",
    )


def voices_table(solution: Solution, found: Found) -> Table | None:
    if found.imposed is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            c.name, c.accept, c.refuse[0], c.refuse[-1], c.alone[0], c.floor, c.ratifies,
            _switch(c.switch), _switch(c.switch_bare), _switch(c.switch_alone),
        )
        for c in found.imposed.voices
    ]  # fmt: skip
    return Table(
        f"“{found.imposed.name}” put to each voice",
        (
            Column("voice", "Voice"),
            Column("accept", "Accepting", "number", "own stake", 2),
            Column("refuse", "Refusing, no threat", "number", "own stake", 2),
            Column("refuse_all", "Refusing, whole threat", "number", "own stake", 2),
            Column("alone", "Fighting on, nothing ever settled", "number", "own stake", 2),
            Column("floor", "Least it ratifies", "number", "own stake", 2),
            Column("ratifies", "Ratifies", "share", "", 1),
            Column("switch", "Switches at a threat of"),
            Column("switch_bare", "without its red lines"),
            Column("switch_alone", "and with nothing else to hope for"),
        ),
        tuple(rows),
        f"The whole threat shifts the chance that a step favours the other side by "
        f"{found.imposed.shift:.2f} until "
        "others replace what is denied. Stakes of different voices share no unit.",
    )


def _switch(value: float | None) -> str:
    if value is None:
        return "none up to the whole"
    return "accepts without a threat" if value == 0 else percent(value)


def aid_table(solution: Solution, found: Found) -> Table | None:
    if found.aid is None or not found.aid.denials:
        return None
    aid, crisis = found.aid, solution.game.crisis
    months = [m for m in (0, 3, 6, 12) if m < len(aid.left)]
    rows: list[tuple[Cell, ...]] = [
        (
            crisis.levers[d.lever].name, d.shift,
            *(d.months[m] if m < len(d.months) else None for m in (0, 3, 6, 12)),
            "never" if d.half is None else months_text(round(d.half)),
        )
        for d in aid.denials
    ]  # fmt: skip
    kinds = join(
        f"{percent(v)} of {k.replace('_', ' ')}" for k, v in aid.share.items()
    )  # fmt: skip
    who = crisis.members[aid.donor].name
    note = f"{who} gave {kinds}." if kinds else ""
    if months:
        replaced = percent(crisis.coalition.substitution.value)
        note += f" Others are taken to replace {replaced} of a lost share in a year."
    return Table(
        f"If {who} stops: shift of the odds of battle that is left",
        (
            Column("lever", "What stops"),
            Column("shift", "At once", "number", "chance of a step", 3),
            *(Column(f"m{m}", f"month {m}", "number", "", 3) for m in (0, 3, 6, 12)),
            Column("half", "Half replaced after"),
        ),
        tuple(rows),
        note.strip(),
    )
