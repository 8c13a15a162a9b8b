"""Does B mean what it says: what has been seen, what each item moved, and what would tell more?

Definition. The posterior over B's types at the as-of date follows from dated evidence by

    log posterior(theta) = log prior(theta) + sum_i e_i log L'_i(theta)

(grades, kinds, absences and dependence groups as :mod:`offramp.game._evidence` weighs them). An item's
contribution is the posterior with it less the posterior without it; items of a dependence group are
also left out together. Words are set against acts over every weight of acts over words, exactly
(:mod:`offramp.answers._bluff_ledger`). What B would do next, by type, what it would cost another type to do the
same, and what an offer made to learn is worth come from the solved game at its opening
(:mod:`offramp.answers._bluff_moves`); observations are ranked by mutual information with the type
(:mod:`offramp.answers._bluff_observations`). Items about A are read on a dial of A's resolve and never move
B's type (:mod:`offramp.answers._bluff_resolve`).

A price, a gain or a change of value up to the certificate's error is said to be no distinguishable difference.

Classical comparators: Bayes' rule with independent witnesses; costly signals by sunk costs (Fearon 1997,
:func:`offramp.theory.sink_costs`): an act tells types apart only if doing it costs those who do not mean it.
Units: probabilities, bits, own stakes. No game is solved again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from offramp.answers._answer import Answer, Trace
from offramp.answers._bluff_charts import balance_chart, items_chart, observations_chart, path_chart
from offramp.answers._bluff_codings import Coding, codings, codings_table, contested
from offramp.answers._bluff_ledger import Ledger, ledger
from offramp.answers._bluff_moves import Initiative, Probe, entropy, initiative, probes
from offramp.answers._bluff_observations import Observation, observations
from offramp.answers._bluff_resolve import HALF_LIFE, Dial, dial
from offramp.answers._bluff_views import (
    beliefs_table,
    groups_table,
    heard_table,
    ledger_table,
    mimicry_table,
    observations_table,
    probes_table,
    resolve_table,
)
from offramp.answers._bluff_words import flips, headline, paragraphs
from offramp.answers._facts import join, settings, supports
from offramp.answers._runs import Progress
from offramp.solution import Certificate, Solution

RESIDUAL = 1e-6
"""Residual of a typed choice, in log-odds, above which its figures are said to be indicative."""


def bluff(
    solution: Solution,
    *,
    views: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None,
    resolve: Mapping[str, float] | None = None,
    half_life: float = HALF_LIFE,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
) -> Answer:
    """What the evidence says of B's type, and what would say more.

    Args:
        solution: The solved game.
        views: Rival codings, label -> item -> type -> likelihood, to stand on the board beside the
            file's readings.
        resolve: Item about A -> how much likelier it is if A follows through than if it does not.
        half_life: Months after which an item about A's resolve weighs half.
        certificate: What prices and gains are held against; left out, the solution's own, which knows
            no error from refinements.
        progress: Told (label, done, total).

    Raises:
        ValueError: for likelihoods or ratios of unknown items, or out of their range.
    """
    game = solution.game
    told = certificate or solution.certificate
    book = ledger(game.crisis)
    others = codings(game.crisis, views, game.reading_id is None)
    meter = dial(game.crisis, book, game.credibility, resolve, half_life)
    if progress is not None:
        progress("reading the evidence", 1, 2)
    next_move = initiative(solution) if len(game.types) > 1 else None
    offers = probes(solution) if len(game.types) > 1 else ()
    seen = observations(game, book, next_move, offers) if len(game.types) > 1 else ()
    if progress is not None:
        progress("reading the game", 2, 2)
    head = headline(game, book)
    tables = [beliefs_table(solution, book)]
    if book.items:
        tables.append(ledger_table(game, book))
    if seen:
        tables.append(observations_table(game, seen))
    if next_move is not None:
        tables.append(mimicry_table(solution, next_move, told))
    if offers:
        tables.append(probes_table(game, offers, told))
    more = (
        groups_table(game, book),
        heard_table(game, book),
        codings_table(game, book, others),
        resolve_table(game, meter),
    )
    tables += [table for table in more if table is not None]
    charts = (
        path_chart(solution, book, head),
        items_chart(game, book),
        balance_chart(game, book),
        observations_chart(seen),
    )
    return Answer(
        name="bluff",
        question="Does the other side mean what it says, and what would tell?",
        headline=head,
        paragraphs=paragraphs(solution, book, next_move, offers, seen, others, meter, told),
        tables=tuple(tables),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=Trace(
            formula="log posterior = log prior + sum_i e_i log L'_i; I(theta; y) = H(mu) - E H(mu_y)",
            supports=supports(game.crisis, _paths(solution)),
            evidence=tuple(i.id for i in book.used),
            certificate=(told.summary(),),
            met=told.met,
            settings=settings(solution),
        ),
        flips=flips(game, book, others),
        warnings=_warnings(solution, book, next_move, offers, others),
        data=_data(solution, book, next_move, offers, seen, others, meter),
    )


def _paths(solution: Solution) -> list[tuple[str, str]]:
    return [
        *(
            (f"types.{t}.prior", "what was believed before the evidence")
            for t in solution.game.types
        ),
        ("evidence_rules.acts_over_words", "how much more acts weigh than words"),
        ("evidence_rules.hindsight", "likelihoods coded after the fact are tempered"),
        ("hypotheses.unmodelled", "what is kept for none of the types"),
    ]


def _warnings(
    solution: Solution,
    book: Ledger,
    next_move: Initiative | None,
    offers: tuple[Probe, ...],
    others: tuple[Coding, ...],
) -> tuple[str, ...]:
    crisis = solution.game.crisis
    found = []
    if not solution.certificate.met:
        found.append(
            "the solve misses its tolerance: acts, prices and probes are indicative; the evidence log is not "
            "affected"
        )
    if solution.mode == "exact" and len(book.types) > 1:
        found.append(
            "an exact solution has no chances of acts by type: what the next acts would show is left out"
        )
    residuals = [p.residual for p in offers] + ([next_move.residual] if next_move else [])
    if max(residuals, default=0.0) > RESIDUAL:
        found.append("a choice at the opening is not fully solved: its chances are indicative")
    acts = {m.id for m in next_move.moves} if next_move is not None else set()
    for i in book.items:
        if i.item.move is not None and acts and i.item.move not in acts:
            found.append(
                f"{i.id} is linked to the move {i.item.move!r}, which is none of the acts open at the start"
            )
        elif i.item.move is not None and not i.item.likelihood:
            found.append(
                f"{i.id} has no likelihood but a move; the game opens without it (its chances by type are "
                "among the figures)"
            )
    for j, t in enumerate(book.types):
        if len(book.types) > 1 and 0 < book.posterior[j] * (1 - book.unmodelled) < book.unmodelled:
            found.append(
                f"{crisis.types[t].name}: less likely than that it is none of these types; how much less "
                "cannot be said"
            )
    refused = [f"\u201c{o.label}\u201d" for o in others if o.refused]
    if refused:
        found.append(
            f"left off the board, because they rest on something after the as-of date: {join(refused)}"
        )
    return tuple(found)


def _data(
    solution: Solution,
    book: Ledger,
    next_move: Initiative | None,
    offers: tuple[Probe, ...],
    seen: tuple[Observation, ...],
    others: tuple[Coding, ...],
    meter: Dial,
) -> dict[str, Any]:
    game = solution.game
    f = solution.futures

    def by_type(values: tuple[float, ...]) -> dict[str, float | None]:
        return {
            t: None if math.isnan(v) else float(v) for t, v in zip(game.types, values, strict=True)
        }

    moves = {m.id: m for m in next_move.moves} if next_move is not None else {}
    return {
        "types": list(game.types),
        "prior": by_type(book.prior),
        "posterior": by_type(book.posterior),
        "unmodelled": book.unmodelled,
        "entropy_bits": entropy(game.opening),
        "path": [{"date": d.isoformat(), "posterior": by_type(p)} for d, p in book.path],
        "items": {
            i.id: {
                "date": i.item.date.isoformat(),
                "used": i.used,
                "status": i.status,
                "kind": i.item.kind,
                "grade_weight": i.weight,
                "log": by_type(i.log),
                "shift": by_type(i.shift),
                "groups": list(i.groups),
            }
            for i in book.items
        },
        "groups": {
            g.id: {
                "items": list(g.items),
                "exponent": g.exponent,
                "shift": by_type(g.shift),
                "together": by_type(g.together),
                "apart": by_type(g.apart),
            }
            for g in book.groups
        },
        "words_and_acts": {
            "weight": book.balance.now,
            "range": [book.balance.low, book.balance.high],
            "words_alone": by_type(book.balance.words),
            "acts_alone": by_type(book.balance.acts),
            "turns": [
                {"weight": t.weight, "from": game.types[t.below], "to": game.types[t.above]}
                for t in book.balance.turns
            ],
            "weights": list(book.balance.weights),
            "path": [by_type(p) for p in book.balance.path],
        },
        "messages": [
            {
                "sender": h.sender,
                "audience": h.audience,
                "items": list(h.items),
                "log": by_type(h.log),
            }
            for h in book.heard
        ],
        "codings": {
            o.id: {
                "label": o.label,
                "refused": o.refused,
                **(
                    {"posterior": by_type(o.posterior), "prior": by_type(o.prior)}
                    if o.prior
                    else {}
                ),
                "shifts": {k: by_type(v) for k, v in o.shifts.items()},
            }
            for o in others
        },
        "contested": [
            {"item": k, "type": game.types[j], "by": who, "here": here, "there": there}
            for k, j, who, here, there in contested(book, others)
        ],
        "resolve": {
            "start": meter.start,
            "now": meter.now,
            "by_source": dict(meter.by_source),
            "items": {
                s.item.id: {"age_months": s.age, "weight": s.weight, "ratio": s.ratio}
                for s in meter.sightings
            },
        },
        "next_move": None
        if next_move is None
        else {
            "month": next_move.month,
            "chance": next_move.chance,
            "bits": next_move.bits,
            "acts": {
                m.id: {
                    "chance": by_type(m.chance),
                    "worth": by_type(m.worth),
                    "posterior": by_type(m.belief),
                    "likes": game.types[m.likes],
                    "price": by_type(m.price),
                    "cost": by_type(m.cost),
                }
                for m in next_move.moves
            },
        },
        "linked": {
            i.id: by_type(moves[i.item.move].chance)
            for i in book.items
            if i.item.move is not None and i.item.move in moves
        },
        "probes": {
            p.id: {
                "bits": p.bits,
                "gain": p.gain,
                "learning": p.learning,
                "planned": p.planned,
                "answers": {
                    n: {"chance": by_type(c), "posterior": by_type(q)} for n, c, q in p.answers
                },
            }
            for p in offers
        },
        "observations": [
            {
                "id": o.id,
                "name": o.name,
                "source": o.source,
                "month": o.month,
                "chance": o.chance,
                "bits": o.bits,
                "outcomes": [
                    {"name": x.name, "chance": by_type(x.chance), "posterior": by_type(x.belief)}
                    for x in o.outcomes
                ],
            }
            for o in seen
        ],
        "believed_if_true": {
            t: [float(v) for v in f.belief[: game.shown + 1, j, j]]
            for j, t in enumerate(game.types)
        },
        "posterior_by_regime": _by_regime(solution),
    }


def _by_regime(solution: Solution) -> dict[str, list[dict[str, float] | None]]:
    """Chance of each type given the regime of the month: what the regime itself tells."""
    from offramp.game._states import REGIME_NAMES

    game, f = solution.game, solution.futures
    joint = game.opening[:, None, None] * f.regime_by_type[:, : game.shown + 1]
    found: dict[str, list[dict[str, float] | None]] = {}
    for r, name in enumerate(REGIME_NAMES):
        total = joint[:, :, r].sum(0)
        if total.max() <= 0:
            continue
        found[name] = [
            None
            if total[t] <= 1e-9
            else {k: float(joint[j, t, r] / total[t]) for j, k in enumerate(game.types)}
            for t in range(game.shown + 1)
        ]
    return found
