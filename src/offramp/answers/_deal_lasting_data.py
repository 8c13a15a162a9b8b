"""Raw figures of what happens to a deal, as plain values for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_durability import Life
from offramp.answers._deal_lasting_facts import Found
from offramp.answers._deal_lasting_mix import Offramp, Tried
from offramp.game import Game
from offramp.theory import compliance_margin

Floats = NDArray[np.float64]


def data_of(game: Game, found: Found) -> dict[str, Any]:
    """Every figure behind the sentences, tables and charts."""
    return {
        "month": found.month,
        "offer": found.table,
        "nearest": found.near,
        "snapback": found.snapback,
        "lives": {
            k: _life(game, v, found.month) | {"margin": _margin(game, k)}
            for k, v in found.look.life.items()
        },
        "gap_a": dict(zip(found.look.signing.ids, _plain(found.look.signing.a), strict=True)),
        "gap_b": {
            k: _typed(game, row)
            for k, row in zip(found.look.signing.ids, found.look.signing.b, strict=True)
        },
        "switched": {
            s.name: {k: _typed(game, v.at(found.month)) for k, v in s.life.items()}
            for s in found.switches
        },
        "pause": None
        if found.pause is None
        else {
            word: {t: _plain(row) for t, row in zip(game.types, table, strict=True)}
            for word, table in (
                ("holds", found.pause.holds),
                ("war", found.pause.war),
                ("deal", found.pause.deal),
            )
        },
        "offramp": None if found.offramp is None else _offramp(game, found.offramp),
        "unlock": {
            u.issue: {
                "contract": u.contract,
                "closed_at": u.closed_at,
                "open_at": u.open_at,
                "alone": [_typed(game, x) for x in u.alone],
                "guaranteed": [_typed(game, x) for x in u.life],
                "gap_b": [_typed(game, x) for x in u.gap_b],
                "gap_a": list(u.gap_a),
                "ratified": list(u.ratified),
            }
            for u in found.unlocks
        },
        "shifts": [
            {
                "contract": s.drift.contract,
                "issue": s.drift.issue,
                "per_month": s.drift.per_month,
                "worth": s.worth,
                "static": s.static,
                "shifting": s.shifting,
                "ratified": s.ratified,
            }
            for s in found.shifts
        ],
        "watch": [{"issue": w.issue, "per_month": w.rate} for w in found.watched],
        "partial": {
            p.issue: {
                "start": p.start,
                "at": p.at,
                "core_from": p.core_from,
                "gain_a": p.gain_a,
                "gain_b": p.gain_b,
                "accepts_a": p.accepts_a,
                "accepts_b": p.accepts_b,
                "both": p.both,
                "core": p.core,
                "table": p.table,
            }
            for p in found.partial
        },
        "demands": _demands(game, found),
        "tally": _tally(found),
    }


def _plain(values: Floats) -> list[float]:
    return [float(v) for v in values]


def _typed(game: Game, values: Floats) -> dict[str, float]:
    return dict(zip(game.types, _plain(values), strict=True))


def _life(game: Game, life: Life, month: int) -> dict[str, Any]:
    return {
        "kept": {t: _plain(row) for t, row in zip(game.types, life.kept, strict=True)},
        "broken_by_b": _typed(game, life.by_b[:, month]),
        "broken_by_a": _typed(game, life.by_a[:, month]),
    }


def _margin(game: Game, key: str) -> dict[str, float]:
    """The classical margin of keeping, d phi G - (T - R), by type."""
    offer = next(o for o in game.offers if o.id == key)
    e, cost = offer.enforcement, game.crisis.settlement.breach_cost.value
    return {
        t: compliance_margin(
            game.crisis.types[t].renege_gain.value - cost, e.detection, e.response, e.loss
        )
        for t in game.types
    }


def _offramp(game: Game, way: Offramp) -> dict[str, Any]:
    return {
        "contract": way.contract,
        "missing": _typed(game, np.array(way.missing)),
        "cost_by_type": dict(zip(game.types, way.single, strict=True)),
        "most": way.most,
        "mixes": [_tried(game, t) for t in way.mixes],
        "final": None if way.final is None else _tried(game, way.final),
    }


def _tried(game: Game, tried: Tried) -> dict[str, Any]:
    return {
        "instruments": [one.key for one in tried.mix.given],
        "terms": dict(zip(game.stakes.issues, tried.mix.terms, strict=True)),
        "cost": tried.mix.cost,
        "gap_b": dict(zip(game.types, tried.gap_b, strict=True)),
        "gap_a": tried.gap_a,
        "change_a": tried.change_a,
        "ratified": tried.ratified,
        "resolution": tried.resolution,
        "enough": tried.enough,
    }


def _demands(game: Game, found: Found) -> dict[str, Any] | None:
    d = found.demands
    if d is None:
        return None
    names = {
        both: "+".join(s for s, on in zip("AB", both, strict=True) if on) or "none"
        for both in d.size
    }
    return {
        "demands": [
            {
                "side": x.side,
                "contract": x.contract,
                "level": x.level,
                "cost": x.cost,
                "declared": x.declared,
            }
            for x in d.demands
        ],
        "size": {names[both]: x for both, x in d.size.items()},
        "inside": {
            names[both]: {t: list(own) for t, own in zip(game.types, by_type, strict=True)}
            for both, by_type in d.inside.items()
        },
        "issues": [
            {
                "side": m.side,
                "issue": m.issue,
                "demanded": m.demanded,
                "reachable": m.reachable,
                "verdict": m.verdict,
                "stops": m.stops,
            }
            for m in d.met
        ],
    }


def _tally(found: Found) -> dict[str, Any]:
    t = found.tally
    return {
        "entries": [
            {
                "side": e.side,
                "text": e.text,
                "date": None if e.date is None else e.date.isoformat(),
                "issue": e.issue,
                "weight": e.weight,
                "undo_months": "never" if e.undo_months == float("inf") else e.undo_months,
                "lasting": e.lasting,
            }
            for e in t.entries
        ],
        "count": {"A": t.whole.entries[0], "B": t.whole.entries[1]},
        "lasting": {"A": t.whole.lasting[0], "B": t.whole.lasting[1]},
        "by_issue": {
            r.issue or "": {"count": list(r.entries), "lasting": list(r.lasting)} for r in t.rows
        },
        "balance": t.balance,
        "lasting_balance": t.lasting_balance,
        "unstated": t.unstated,
    }
