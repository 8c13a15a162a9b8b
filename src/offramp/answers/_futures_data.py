"""Raw figures of the futures answer, as plain lists and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.answers._futures_choice import Chosen
from offramp.answers._futures_facts import LEVELS, Attrition, Fans
from offramp.answers._futures_samples import Histories
from offramp.answers._futures_stories import regime_words, story
from offramp.answers._futures_views import ORDER
from offramp.game._states import SETTLED
from offramp.solution import Solution


def raw(
    solution: Solution,
    quantiles: Fans | None,
    c: Attrition,
    h: Histories | None,
    chosen: list[Chosen],
    seed: int,
) -> dict[str, Any]:
    """Everything the answer found."""
    game, f = solution.game, solution.futures
    end = game.shown
    textbook = c.textbook
    data: dict[str, Any] = {
        "months": list(range(end + 1)),
        "regimes": {regime_words(game, r): f.regime[: end + 1, r].tolist() for r in sorted(ORDER)},
        "regimes_by_type": {
            t: {
                regime_words(game, r): f.regime_by_type[j, : end + 1, r].tolist()
                for r in sorted(ORDER)
            }
            for j, t in enumerate(game.types)
        },
        "first_settlement": f.first_deal[: end + 1].tolist(),
        "in_settlement": f.regime[: end + 1, SETTLED].tolist(),
        "settled_on": {
            o.id: f.settled_on[: end + 1, i].tolist() for i, o in enumerate(game.offers)
        },
        "signed": {o.id: f.signed[:end, i].tolist() for i, o in enumerate(game.offers)},
        "attrition": {
            "gives_way_first": {"A": c.a, "B": c.b, "outsiders": c.neither, "nobody": c.never},
            "collapse": {"A": c.collapse_a, "B": c.collapse_b},
            "disaster": c.disaster,
            "signed_again": c.again,
            "spans": [
                {"from": s.first, "to": s.last, "A": s.hazard_a, "B": s.hazard_b, "open": s.open}
                for s in c.spans
            ],
            "disaster_if_both_hold": list(c.held),
            "disaster_if_both_hold_one_step_up": None if c.held_up is None else list(c.held_up),
            "holding_out_worth_a_month": {"A": c.holding_a, "B": c.holding_b},
            "textbook": textbook
            if isinstance(textbook, str)
            else {
                "A_first": textbook.first_concedes_1,
                "B_first": textbook.first_concedes_2,
                "months": textbook.expected_duration,
            },
        },
        "seed": seed,
        "histories": [],
    }
    if quantiles is not None:
        data["quantiles"] = {
            "levels": list(LEVELS),
            "front": _lists(quantiles.front),
            "value_a": _lists(quantiles.value_a),
            "value_b": _lists(quantiles.value_b),
            "terms": {m: _lists(x) for m, x in quantiles.terms.items()},
        }
    if h is not None:
        data["histories"] = [
            {
                "history": x.index,
                "weight": x.weight,
                "end": regime_words(game, x.regime),
                "type": game.types[int(h.kind[x.index])],
                "story": story(game, h, x.index),
            }
            for x in chosen
        ]
    return data


def _lists(table: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(x) else float(x) for x in row] for row in table]
