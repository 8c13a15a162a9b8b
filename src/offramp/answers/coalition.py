"""Who consents to what, how long does the coalition last, and whose going would change the outcome?

Definitions. S_i(t) is the chance that member i still keeps its posture at month t while nothing is settled
and nobody acts: :mod:`._coalition_stay` gives its log-odds (threat unifies, cost and time divide). A *rule*
holds if those it needs are in: exactly prod S_i for unanimity, and by the generating function of number and
weight otherwise (:mod:`._coalition_votes`). The coalition is *whole* if the share of help kept,
``sum_i s_i [i in]``, is nearest to its highest tier. Beside it stand the game's own tiers on the same path;
the answer says how far the two agree.

Pivotal by vote: Shapley-Shubik and Banzhaf. Pivotal by chance: ``P(rule | i in) - P(rule | i out)``. Pivotal by
outcome: the change of A's value if i left today, found by solving the game without it (in full, and with
the terms held: :mod:`._coalition_runs`). A blocked lever's ways round are priced in A's stake
(:mod:`._coalition_ways`). Going alone: for voice v the best W_v among contracts that B gains from, less the
best among those that all voices would ratify.

No change of A's value up to the certificate's error is called a difference.

Symbols: s_i share of help, W_v stake of voice v. Units: chances; A's stake; log-odds where said. Classical
comparators: Shapley and Shubik (1954), Banzhaf (1965), the weighted votes of
:mod:`offramp.theory.coalitions`, and the one-shot enforcement condition of :mod:`offramp.theory.enforcement`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from offramp.answers._answer import Answer, Chart, Column, Table, Trace
from offramp.answers._coalition_charts import (
    consent_chart,
    pivot_chart,
    rules_chart,
    survival_chart,
)
from offramp.answers._coalition_facts import (
    binding_refusals,
    given_by,
    leads_of,
    levers_of,
    limits_of,
    members_of,
    name_of,
    rules_of,
    shares_of,
)
from offramp.answers._coalition_runs import (
    Driver,
    Removal,
    Solver,
    driver_paths,
    drivers_of,
    removals,
    same_game,
    worth_of,
)
from offramp.answers._coalition_stay import Stays, stays_of
from offramp.answers._coalition_views import (
    burden_table,
    consent_table,
    curves_table,
    drivers_table,
    host_table,
    limits_table,
    line_of,
    members_table,
    pledge_table,
    rules_table,
    sides_of,
    sides_table,
    ways_table,
)
from offramp.answers._coalition_votes import banzhaf, shapley_shubik
from offramp.answers._coalition_ways import (
    TOLERANCES,
    Pledge,
    fixed_terms,
    forced_deals,
    passage,
    pledges,
    scaled,
    strength_of,
    under_shock,
    workaround,
)
from offramp.answers._coalition_words import (
    below_even,
    crossing,
    flips,
    headline,
    paragraphs,
    warnings,
)
from offramp.answers._facts import settings, side_names, supports
from offramp.crisis import Crisis, quantities
from offramp.solution import Certificate, Solution

Progress = Callable[[str, int, int], None]
QUESTION = (
    "Who consents to what, how long does the coalition last, and whose going changes the outcome?"
)
READ = 12
"""Month at which single figures are read (or the horizon, if it is shorter)."""


MOST_LEVERS = 1
"""Blocked levers whose worth to A is solved, the plan's own first."""


def coalition(
    solution: Solution,
    *,
    progress: Progress | None = None,
    workers: int | None = 1,
    certificate: Certificate | None = None,
    leads: Iterable[str] | None = None,
    contributors: int = 3,
    shock: float = 0.0,
    solved: int = 3,
    drivers: bool | Sequence[str] = False,
) -> Answer:
    """Consent, survival, rules, pivotal members, ways round, burdens and side deals of A's coalition.

    Args:
        solution: The solved game.
        progress: Told (label, done, total) while games are solved again.
        workers: Solves at the same time; None means one per core.
        certificate: What differences are held against; left out, the solution's own.
        leads: Members without whom a force or an informal coalition does not go ahead; left out, those
            whose role says that they lead with another, else the two that give most.
        contributors: Least number of contributors of an informal coalition, leads among them.
        shock: A shared threat felt from the first month on, beyond today's (1: once more in full).
        solved: Members taken out with a solve of their own; others that give are read off by their share.
        drivers: Also solve every number about coalition and broker (or those named by path) at both
            ends of its range.

    Raises:
        KeyError: if a lead is not a member.
        ValueError: for a negative number or shock.
    """
    if contributors < 0 or solved < 0 or shock < 0:
        raise ValueError("contributors, solved and shock must be at least 0")
    crisis = solution.game.crisis
    told = certificate or solution.certificate
    if not members_of(crisis):
        return _nobody(solution, told)
    chosen = leads_of(crisis, leads)
    months = min(solution.game.shown, solution.game.months - 1)
    read = min(READ, months)
    binding = binding_refusals(crisis, chosen, contributors)
    stays = stays_of(solution, months, read, binding, shock)
    rules = rules_of(crisis, chosen, contributors)
    lines = [line_of(r, stays) for r in rules]
    share = shares_of(crisis)
    passages = [
        passage(crisis, x, chosen, contributors, share)
        for x in levers_of(crisis, solution.game.plan)
    ]
    if shock:
        passages = [under_shock(crisis, p, shock) for p in passages]
    limits = limits_of(crisis)
    solver = Solver(solution, read, workers, progress)
    removed: tuple[Removal, ...] = ()
    found: tuple[Driver, ...] = ()
    worth: dict[str, tuple[float, float]] = {}
    blocked = [p for p in passages if not p.passes and p.rule is not None]
    if solved:
        base = same_game(solution, solver)
        removed = removals(solution, solver, base, share, chosen, contributors, solved)
        sticks = [p.lever for p in blocked if p.pain > 0][:MOST_LEVERS]
        worth = worth_of(solution, solver, sticks)
    if drivers:
        paths = driver_paths(crisis, solution.game.plan) if drivers is True else tuple(drivers)
        found = drivers_of(solution, solver, paths)
    loss = _by_share(share, removed)
    help_worth = max((-v[1] / share[m] for m, v in loss.items() if share[m] > 0), default=0.0)
    ways = [
        workaround(
            crisis, p, stays, max(0.0, help_worth), worth[p.lever][0] if p.lever in worth else None
        )
        for p in blocked
    ]
    kept = _pledged(solution, solver) if solved else ()
    by_host = next((r for r in rules if r.key == "host"), None)
    hosted = fixed_terms(by_host, stays, crisis.blocs["A"].principal) if by_host else {}
    sides = sides_of(solution)
    vote = next((r for r in rules if r.key == "majority"), rules[0])
    power = dict(
        zip(vote.members, zip(shapley_shubik(vote), banzhaf(vote), strict=True), strict=True)
    )  # fmt: skip
    title = headline(solution, stays)
    kind, _ = given_by(crisis)
    voted = f"{vote.name} ({vote.note})" if vote.note else vote.name
    tables = [
        rules_table(crisis, lines, stays),
        curves_table(solution, stays),
        members_table(crisis, stays, power, voted, removed, loss),
    ]
    if passages:
        tables.append(consent_table(crisis, passages))
    tables.append(limits_table(crisis, limits))
    if ways:
        tables.append(ways_table(crisis, ways))
    tables.append(burden_table(crisis, stays, kind))
    if sides:
        tables.append(sides_table(crisis, sides))
    if hosted:
        tables.append(host_table(hosted, stays))
    if kept:
        tables.append(pledge_table(solution, kept))
    if found:
        tables.append(drivers_table(found))
    below = below_even(stays.reached[:, 0].tolist())
    charts: list[Chart | None] = [
        survival_chart(solution, stays, title, below) if months else None,
        consent_chart(crisis, passages, stays.members),
        rules_chart(solution, lines, stays),
        pivot_chart(crisis, loss, told.least("value_a")),
    ]
    finer = solver.grid != solution.game.resolution and bool(removed)
    return Answer(
        name="coalition",
        question=QUESTION,
        headline=title,
        paragraphs=paragraphs(solution, stays, lines, passages, ways, limits, removed, told),
        tables=tuple(tables),
        charts=tuple(x for x in charts if x is not None),
        evidence_trace=Trace(
            formula="P(rule at t) = P(needed in, number >= count, weight >= quota), "
            "logit p_i(t) = logit stays_i + a . (threat, exposure, dissent, overruled, agreed)_i(t)",
            supports=supports(crisis, _paths(crisis, stays)),
            certificate=(told.summary(),),
            met=told.met,
            settings=(
                *settings(solution),
                ("re-solved on", solver.grid.name),
                ("games solved", str(solver.done)),
            ),
        ),
        flips=flips(solution, stays, ways, kept, sides, found, told),
        warnings=warnings(solution, stays, passages, chosen, leads is not None, finer, shock),
        data={
            "months": list(range(months + 1)),
            "read": read,
            "leads": list(chosen),
            "members": {
                m: {
                    "share": float(stays.share[i]),
                    "alive": stays.alive[:, i].tolist(),
                    "pull": float(stays.pull[i]),
                    "turns_at": float(stays.turn[i]) if np.isfinite(stays.turn[i]) else None,
                    "overruled": float(stays.overruled[i]),
                    "power": list(power[m]) if m in power else None,
                    "without": list(loss[m]) if m in loss else None,
                }
                for i, m in enumerate(stays.members)
            },
            "rules": {
                x.rule.key: {
                    "members": list(x.rule.members), "holds": list(x.curve), "kept": x.kept,
                    "pivotal": dict(zip(x.rule.members, x.pivotal, strict=True)),
                }
                for x in lines
            },
            "whole_members": stays.reached[:, 0].tolist(),
            "whole_game": stays.tiers[:, 0].tolist(),
            "cohesion_members": stays.member_mean.tolist(),
            "cohesion_game": stays.game_mean.tolist(),
            "other_side": stays.other.tolist(),
            "crossing": crossing(stays.reached[:, 0].tolist(), stays.other.tolist()),
            "crossing_game": crossing(stays.tiers[:, 0].tolist(), stays.other.tolist()),
            "below_even": below,
            "package_strength": strength_of(p for p in passages),
            "levers": {
                p.lever: {
                    "passes": p.passes, "strength": p.strength, "pain": p.pain, "against": list(p.against),
                }
                for p in passages
            },
            "ways": {
                w.lever: {
                    "best": w.best.kind if w.best else None,
                    "price": w.best.price if w.best else None,
                    "routes": {r.kind: r.price for r in w.routes},
                }
                for w in ways
            },
            "limits": {x.issue: [x.low, x.high, x.other_low, x.other_high] for x in limits},
            "removed": {
                r.member: {
                    "share": r.share, "full": r.full.value_a, "held": r.held.value_a,
                    "b_full": r.full.value_b, "b_held": r.held.value_b, "settled": r.full.settled,
                    "base": r.base.value_a, "base_settled": r.base.settled,
                    "levers": list(r.levers), "unanswered": list(r.unanswered),
                }
                for r in removed
            },
            "worth": {k: list(v) for k, v in worth.items()},
            "host_terms": {str(term): list(curve) for term, curve in hosted.items()},
            "pledges": {
                p.offer: {"at": list(p.at), "margin": [list(row) for row in p.margin],
                          "critical": list(p.critical)}
                for p in kept
            },
            "sides": {
                s.voice: {"contract": s.contract, "alone": s.alone, "together": s.together} for s in sides
            },
            "drivers": {d.path: [d.at_low, d.at_high] for d in found},
        },
    )  # fmt: skip


def _pledged(solution: Solution, solver: Solver) -> tuple[Pledge, ...]:
    """Critical tolerance of losses of every deal with a force; none for an exact solution."""
    if solution.mode != "logit" or not forced_deals(solution.game):
        return ()
    same = solver.grid == solution.game.resolution
    at = TOLERANCES if same else (*TOLERANCES, 1.0)
    games = solver.values([scaled(solution.game.crisis, tau) for tau in at], "pledges")
    return pledges(solution, dict(zip(at, games, strict=True)))


def _by_share(
    share: dict[str, float], removed: tuple[Removal, ...]
) -> dict[str, tuple[float, float]]:
    """Change of A's value without each member: solved, or along the share between those solved."""
    found = {
        r.member: (r.full.value_a - r.base.value_a, r.held.value_a - r.base.value_a)
        for r in removed
    }
    plain = sorted((r for r in removed if not r.levers), key=lambda r: r.share)
    if not plain or plain[-1].share <= 0:
        return found
    at = [0.0, *(r.share for r in plain)]
    full, held = ([0.0, *(found[r.member][k] for r in plain)] for k in (0, 1))
    for m, s in share.items():
        if m not in found and 0.005 <= s <= at[-1]:
            found[m] = (float(np.interp(s, at, full)), float(np.interp(s, at, held)))
    return found


def _paths(crisis: Crisis, stays: Stays) -> list[tuple[str, str]]:
    known = quantities(crisis)
    least = sorted(range(len(stays.members)), key=lambda i: stays.alive[stays.read, i])[:3]
    paths = [
        ("coalition.fracture", "how fast dispute builds up while talks drag"),
        ("coalition.threat_unity", "how far a shared threat offsets it"),
        ("coalition.substitution", "how far others replace what is lost"),
        ("coalition.casualty_tolerance", "whether a pledge survives losses"),
        ("conversions.fracture_to_terms", "how far fracture lowers what A holds out for"),
        ("blocs.B.office_hazard", "how long the other side's leader lasts"),
        ("war.collapse.B", "how likely the other side is to collapse"),
        *((f"members.{stays.members[i]}.stays",
           f"{name_of(crisis, stays.members[i])} is among the first to go") for i in least),
    ]  # fmt: skip
    return [p for p in paths if p[0] in known]


def _nobody(solution: Solution, told: Certificate) -> Answer:
    """A file that names no members of A."""
    a, _ = side_names(solution.game)
    crisis = solution.game.crisis
    voices = solution.game.crisis.blocs["A"].voices
    text = f"The file names no members of {a}: there is no coalition whose consent could be lost"
    limits = limits_of(crisis)
    moves = (
        "its cohesion moves only by what `coalition` says"
        if crisis.coalition.fracture.value
        else "no fracture is stated"
    )
    return Answer(
        name="coalition",
        question=QUESTION,
        headline=text,
        paragraphs=(
            f"{a} bargains with {len(voices)} voice{'s' if len(voices) != 1 else ''}, and {moves}.",
            "To ask who stays, who blocks and who is pivotal, list members: what they give, refuse and fear.",
        ),
        tables=(
            limits_table(crisis, limits),
            Table(
                "Voices", (Column("voice", "Voice"), Column("weight", "Weight", "share", "", 0)),
                tuple((crisis.actors[v].name, q.value) for v, q in voices.items()),
            ),
        ),
        charts=(),
        evidence_trace=Trace(
            formula="no members",
            supports=supports(crisis, [("coalition.fracture", "the only thing that moves cohesion here")]),
            certificate=(told.summary(),), met=told.met, settings=settings(solution),
        ),
        data={"members": {}, "rules": {}, "removed": {}},
    )  # fmt: skip
