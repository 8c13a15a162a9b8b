"""Tables of the four questions around a deal: narrative room, unlocking, partial deals, motives."""

from __future__ import annotations

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._deal_facts import who_names
from offramp.answers._deal_parts import CORE, TILT, Narrative, Partial, Parts, Verdicts
from offramp.answers._deal_parts_words import differences, motive_name
from offramp.answers._facts import join, quoted, side_names, type_name
from offramp.game import Game
from offramp.solution import Certificate


def narrative_table(game: Game, found: Narrative) -> Table:
    """The concession each type still needs, by vagueness of B's aims."""
    _, b = side_names(game)
    columns = (
        Column("vagueness", "Vagueness of the aims", "number", "share", 2),
        Column("price", f"Signing costs {b} at home", "number", "own stake", 3),
        *(
            Column(f"need_{t}", f"Still needed, {type_name(game, j)}", "number", "own stake", 3)
            for j, t in enumerate(game.types)
        ),
    )
    cost = game.crisis.blocs["B"].audience.cost.value
    rows = tuple((v, cost * (1 - v), *row) for v, row in sorted(found.need.items()))
    name = quoted(game.crisis.contracts[found.contract].name)
    return Table(
        f"Narrative room: what {name} would have to be sweetened by",
        columns,
        rows,
        f"Solved again at each vagueness; the file has {found.own:g}. Needed: what the contract is short of "
        "letting the round pass.",
    )


def unlock_table(game: Game, parts: Parts) -> Table:
    """Closed issues opened in full, one at a time and together."""
    a, b = side_names(game)
    base = parts.base
    columns = (
        Column("issue", "Issue opened in full"),
        Column("by", "Kept closed by"),
        Column("room", "Room for a deal", "signed", "own stake", 3),
        Column("change", "Change", "signed", "own stake", 3),
        Column("a", f"Worth to {a}", "signed", "own stake", 3),
        Column("b", f"Worth to {b}", "signed", "own stake", 3),
    )
    rows: list[tuple[Cell, ...]] = [
        ("none", "", None if base.room is None else base.room.margin, None, None, None)
    ]
    for x in parts.unlocked:
        issue = None if x.issue is None else game.crisis.issues[x.issue]
        holder = None if issue is None else issue.locked_by
        actor = game.crisis.actors.get(holder) if holder else None
        both = x.room is not None and base.room is not None
        rows.append(
            (
                "all of them" if issue is None else issue.name,
                actor.name if actor is not None else holder or "",
                None if x.room is None else x.room.margin,
                x.room.margin - base.room.margin if both and x.room and base.room else None,
                x.value_a - base.value_a,
                x.mean_b - base.mean_b,
            )
        )
    return Table("What opening a closed issue does", columns, tuple(rows), "Solved again for each.")


def partial_table(game: Game, found: tuple[Partial, ...]) -> Table:
    """Partial deals on secondary parts."""
    a, b = side_names(game)
    names = who_names(game)
    columns = (
        Column("issue", "Issue"),
        Column("part", "Part"),
        Column("point", "Terms", "number", "", 2),
        Column("a", f"Worth to {a}", "signed", "own stake", 3),
        Column("b", f"Worth to {b}", "signed", "own stake", 3),
        Column("open", "On the table"),
        Column("losers", "Voices that lose"),
        Column("room", "Room for a full deal", "signed", "own stake", 3),
    )
    rows: list[tuple[Cell, ...]] = []
    for x in found:
        issue = game.crisis.issues[x.issue]
        mean = sum(p * g for p, g in zip(game.opening, x.gain_b, strict=True))
        room = None if x.room is None else x.room.margin
        rows.append(
            (
                issue.name,
                f"secondary, up to {x.secondary:g}",
                x.point,
                None if x.point is None else x.gain_a,
                None if x.point is None else float(mean),
                "yes",
                join(names[f"voice {v}"] for v in x.losers),
                room,
            )
        )
        shut = "in part" if x.core_open else "no: no deal on it has a chance"
        rows.append((issue.name, "core", None, None, None, shut, "", room))
        if x.core_room is not None:
            part = f"core, opened to {CORE:.0%} of the way"
            rows.append((issue.name, part, None, None, None, "in part", "", x.core_room.margin))
    return Table(
        "The secondary part and the core of an issue",
        columns,
        tuple(rows),
        "A partial deal moves what holds today on one issue to terms that suit both sides best, everything "
        "else as it is; worth: what that changes for the whole game, solved again.",
    )


def motives_table(game: Game, motives: tuple[Verdicts, ...], told: Certificate) -> Table:
    """Verdicts under other motives of B."""
    _, b = side_names(game)
    names = who_names(game)
    own = motives[0]
    columns = (
        Column("motive", f"{b} is moved most by"),
        Column("room", "Room for a deal", "signed", "own stake", 3),
        Column("offer", "Types that would sign the offer"),
        Column("best", "Nearest contract"),
        Column("signers", "Types that would sign it"),
        Column("least", "Who is suited least"),
        Column("changes", "Verdicts that change"),
    )
    rows: list[tuple[Cell, ...]] = []
    for x in motives:
        best = game.crisis.contracts.get(x.best) if x.best else None
        rows.append(
            (
                motive_name(game, x),
                x.room,
                _types(game, x.offer),
                best.name if best is not None else x.best or "",
                _types(game, x.signers),
                join(dict.fromkeys(names[k] for k in x.in_the_way)),
                "" if x is own else join(differences(own, x, told.least("value_b"))) or "none",
            )
        )
    return Table(
        f"Does {b}'s motive matter?",
        columns,
        tuple(rows),
        f"The issue's weight in {b}'s preferences times {TILT:g}, solved again; all or nothing: today's point "
        "or an end, with contracts' terms on it moved to the nearest of them.",
    )


def _types(game: Game, chosen: tuple[str, ...] | None) -> str:
    if chosen is None:
        return "no offer"
    if len(chosen) == len(game.types):
        return "all" if len(game.types) > 1 else "yes"
    return join(type_name(game, game.types.index(t)) for t in chosen) or "none"
