"""Raw figures of the answer about deals, as plain lists and numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from offramp.answers._deal_facts import Lifted
from offramp.answers._deal_map import Ground
from offramp.answers._deal_parts import Parts
from offramp.answers._deal_relax import Relaxed
from offramp.answers._deal_room import Room
from offramp.answers._deal_table import binding_line
from offramp.answers._deal_why import OBSTACLES, Why
from offramp.answers._measures import Gaps
from offramp.game import Game


def room_data(game: Game, room: Room | None) -> dict[str, Any] | None:
    """The best terms and their margins."""
    if room is None:
        return None
    return {
        "margin": room.margin,
        "open": room.open,
        "terms": dict(zip(game.crisis.issues, room.terms, strict=True)),
        "frame": game.offers[room.frame].id,
        "margins": dict(room.margins),
        "binding": list(room.binding),
    }


def range_data(game: Game, all_gaps: tuple[Gaps, ...]) -> dict[str, Any]:
    """What signing each contract is worth, by date; who would sign; the line in the way."""
    now = all_gaps[0]
    lines = {o.id: binding_line(game, now, i) for i, o in enumerate(game.offers)}
    return {
        "months": [g.month for g in all_gaps],
        "gap_a": {o.id: [float(g.a[i]) for g in all_gaps] for i, o in enumerate(game.offers)},
        "gap_b": {
            o.id: {t: [float(g.b[i, j]) for g in all_gaps] for j, t in enumerate(game.types)}
            for i, o in enumerate(game.offers)
        },
        "ratified": {
            o.id: [float(g.ratified[i]) for g in all_gaps] for i, o in enumerate(game.offers)
        },
        "voices": {
            o.id: {
                actor: float(game.signed_value[v, i]) - level
                for v, actor in enumerate(game.stakes.voices)
                if (level := game.opening_floor(v)) is not None
            }
            for i, o in enumerate(game.offers)
        },
        "range": {
            t: [
                [o.id for i, o in enumerate(game.offers) if g.accepts_a(i) and g.accepts_b(i, j)]
                for g in all_gaps
            ]
            for j, t in enumerate(game.types)
        },
        "line": {
            key: None if x is None else {"line": x[0], "costs": x[1], "still_short": x[2]}
            for key, x in lines.items()
        },
    }


def missing_data(game: Game, now: Gaps, offer: int | None) -> dict[str, Any] | None:
    """How far the offer on the table is from suiting each side, voice and type."""
    if offer is None:
        return None
    return {
        "A": max(0.0, -float(now.a[offer])),
        "voices": {
            actor: max(0.0, level - float(game.signed_value[v, offer]))
            for v, actor in enumerate(game.stakes.voices)
            if (level := game.opening_floor(v)) is not None
        },
        "types": {t: max(0.0, -float(now.b[offer, j])) for j, t in enumerate(game.types)},
    }


def lifted_data(lifted: tuple[Lifted, ...]) -> list[dict[str, Any]]:
    """Red lines lifted one at a time."""
    return [
        {
            "line": x.line,
            "opens_for": list(x.opens_for),
            "gap_a": x.gap_a,
            "gap_b": list(x.gap_b),
            "ratified": x.ratified,
        }
        for x in lifted
    ]


def relaxed_data(game: Game, found: Relaxed, checked: dict[str, float | None]) -> dict[str, Any]:
    """Room as things are and with things relaxed; around the offer."""
    near = found.around
    return {
        "base": room_data(game, found.base),
        "by_type": {t: room_data(game, x) for t, x in found.by_type.items()},
        "never_talking": room_data(game, found.never),
        "everything": room_data(game, found.every),
        "singles": [
            {
                "kind": x.kind,
                "key": x.key,
                "opens": x.opens,
                "least": x.least,
                "room": room_data(game, x.room),
            }
            for x in found.singles
        ],
        "pairs": [
            {
                "first": [x.first.kind, x.first.key],
                "second": [x.second.kind, x.second.key],
                "margin": None if x.room is None else x.room.margin,
            }
            for x in found.pairs
        ],
        "short": dict(found.short),
        "checked": dict(checked),
        "offer": None
        if near is None
        else {
            "kept": room_data(game, near.kept),
            "without_line": {k: room_data(game, x) for k, x in near.lines.items()},
            "without_lines": room_data(game, near.all_lines),
            "one_term_free": {
                game.stakes.issues[x.issues[0]]: room_data(game, x.room) for x in near.each
            },
            "fewest_terms_free": [
                {
                    "issues": [game.stakes.issues[m] for m in x.issues],
                    "room": room_data(game, x.room),
                }
                for x in near.fewest
            ],
            "all_terms_free": room_data(game, near.all.room),
        },
    }


def why_data(why: Why) -> dict[str, Any]:
    """Shares of the four obstacles."""
    return {
        "told": why.told,
        "lost": {"A": why.shares.lost[0], "B": why.shares.lost[1], "sum": why.shares.total},
        "shares": {
            x: {
                "A": why.shares.share[x][0],
                "B": why.shares.share[x][1],
                "sum": why.shares.sum(x),
                "alone": sum(why.shares.alone[x]),
                "band": list(why.span(x)),
            }
            for x in OBSTACLES
        },
        "worth": {
            " + ".join(sorted(taken)) or "nothing": list(pair)
            for taken, pair in why.shares.worth.items()
        },
        "band": {
            f"{k:g}": {"lost": x.total, **{o: x.sum(o) for o in OBSTACLES}}
            for k, x in why.band.items()
        },
        "never_talking": {"A": why.never[0], "B": why.never[1]},
        "ranked": list(why.ranked),
        "steady": why.steady,
        "grid": why.grid,
        "error": why.error,
        "absent": list(why.absent),
    }


def parts_data(game: Game, parts: Parts) -> dict[str, Any]:
    """Narrative room, unlocking, partial deals, motives."""
    story = parts.narrative
    return {
        "grid": parts.grid,
        "room": room_data(game, parts.base.room),
        "narrative": None
        if story is None
        else {
            "contract": story.contract,
            "own": story.own,
            "price": story.price,
            "need": [
                {"vagueness": v, "need": dict(zip(game.types, row, strict=True))}
                for v, row in sorted(story.need.items())
            ],
            "gap": [
                {"vagueness": v, "gap": dict(zip(game.types, row, strict=True))}
                for v, row in sorted(story.gap.items())
            ],
        },
        "unlocked": [
            {
                "issue": x.issue,
                "margin": None if x.room is None else x.room.margin,
                "value_a": x.value_a - parts.base.value_a,
                "value_b": x.mean_b - parts.base.mean_b,
            }
            for x in parts.unlocked
        ],
        "partial": [
            {
                **{k: v for k, v in asdict(x).items() if k not in ("room", "core_room")},
                "room": None if x.room is None else x.room.margin,
                "core_room": None if x.core_room is None else x.core_room.margin,
            }
            for x in parts.partial
        ],
        "motives": [asdict(x) for x in parts.motives],
    }


def ground_data(game: Game, ground: Ground | None) -> dict[str, Any] | None:
    """Common ground on the map."""
    if ground is None:
        return None
    return {
        "months": list(ground.months),
        "share": {
            key: [row[j] for row in ground.share] for j, key in enumerate((*game.types, "mean"))
        },
    }
