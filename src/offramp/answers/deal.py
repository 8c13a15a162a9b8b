"""Which deals could both sides accept, by type and date; and if none, why not?

Definition. On the hold path (nobody acts before), contract x is acceptable to A at month t if signing
it is worth at least as much to A as letting the round pass (``gap_A(x, t) >= 0``) and A's voices are more
likely than not to ratify it; to type theta of B if ``gap_theta(x, t) >= 0``, with::

    gap_i(x, t) = E[ C_i(sign x) + lump - C_i(no deal this round) | still open at t ]

The *range* at t is the set of contracts acceptable to A and to the type in question. A contract beyond a hard
red line is outside every range.

* Room: is there any contract at all, in the file or not, that suits everybody, and what is the least that
  would have to give? :mod:`._deal_room`, :mod:`._deal_relax`.
* Why no deal: Shapley shares of information, commitment, red lines and domestic limits in the surplus that
  is lost. :mod:`._deal_why`.
* Maps of two issues by type and date: :mod:`._deal_map`. The list of contracts: :mod:`._deal_table`.
* Each red line that the offer on the table crosses is lifted in turn and the game solved again: the line
  *empties the range* if lifting it puts the offer inside.
* Narrative room, unlocking, partial deals, motives: :mod:`._deal_parts`.
* What becomes of a deal, ways out, demands, concessions counted: :mod:`._deal_lasting`.

Where a gap is no larger than the certificate's error of that side's value, the side is said to see no
distinguishable difference between signing and waiting.

Units: stake of each side. Classical comparator: Fearon's bargaining range [p - c_A, p + c_B]
(``theory.bargaining_range``): the room of one divisible issue with one type, binding deals, no floors, and
never talking as the alternative.
"""

from __future__ import annotations

from collections.abc import Callable

from offramp.answers import _deal_data as data_
from offramp.answers import _deal_parts_views as part_views
from offramp.answers import _deal_parts_words as part_words
from offramp.answers import _deal_views as views
from offramp.answers import _deal_words as words
from offramp.answers._answer import Answer, Chart, Table, Trace
from offramp.answers._deal_again import Again, again_of
from offramp.answers._deal_facts import crossed, step_words
from offramp.answers._deal_lasting import Lasting, lasting
from offramp.answers._deal_map import (
    Plane,
    floors_at,
    ground_of,
    ground_table,
    map_chart,
    plane_of,
)
from offramp.answers._deal_relax import Relaxed, relaxations
from offramp.answers._deal_runs import waiting_values
from offramp.answers._deal_setting import setting_of
from offramp.answers._deal_table import range_chart, today_table, voices_table
from offramp.answers._deal_why import Why, never_moves, why_no_deal
from offramp.answers._facts import join, settings, supports
from offramp.answers._measures import Gaps, best_placed, gaps
from offramp.game import Game
from offramp.solution import Certificate, Solution

Progress = Callable[[str, int, int], None]

DATES = (0, 3, 6, 9, 12, 18)
"""Months on the hold path at which acceptance is read."""
TOGETHER = 4
"""Sentences on what becomes of a deal in one paragraph."""


def deal(
    solution: Solution,
    offer: str | None = None,
    progress: Progress | None = None,
    certificate: Certificate | None = None,
    *,
    workers: int | None = 1,
    parts: bool = True,
) -> Answer:
    """The range of deals, what empties it, why there is none, and what would have to give.

    Args:
        solution: The solved game.
        offer: Contract on the table; left out, the plan's own, else the first offer of any plan.
        progress: Told (label, done, total) while the game is solved again.
        certificate: What gaps are held against; left out, the solution's own, which knows no error
            from refinements.
        workers: Processes for the re-solves; None means one per core.
        parts: Whether shares are solved over the precision band and the questions around a deal are asked
            (narrative room, unlocking, partial deals, motives, and what becomes of a deal once signed; some
            50 coarse solves instead of a dozen).

    Raises:
        ValueError: if no contract can be signed, or ``offer`` is unknown.
    """
    game = solution.game
    if not game.offers:
        raise ValueError(
            "no contract can be signed in this game: every one crosses a hard red line"
        )
    told = certificate or solution.certificate
    months = tuple(t for t in DATES if t <= min(game.shown, game.months - 1))
    all_gaps = gaps(solution, months)
    now = all_gaps[0]
    table_offer = _on_the_table(game, offer)
    near = best_placed(solution, now)
    assert near is not None
    found = _relaxed(solution, now, table_offer)
    why = why_no_deal(solution, progress=progress, workers=workers, band=parts)
    again = again_of(solution, table_offer, near, found, parts, workers, progress)
    floors = floors_at(solution, months)
    plane = plane_of(game, near)
    ground = None if plane is None else ground_of(solution, plane, all_gaps, floors)
    shown = _shown(game, now)
    later = None
    if parts:
        later = lasting(solution, certificate=told, progress=progress, workers=workers)
    headline = words.headline_of(game, now, told)
    tables = _tables(game, all_gaps, shown, told, found, why, again, table_offer)
    if plane is not None and ground is not None:
        tables.append(ground_table(game, plane, ground))
    charts = _charts(
        solution, all_gaps, shown, told, why, plane, floors, headline, table_offer, near
    )
    if later is not None:
        tables += later.tables
        charts += later.charts
    said = _paragraphs(game, all_gaps, shown, told, found, why, again, table_offer, near, later)
    return Answer(
        name="deal",
        question="Which deal could both sides accept; if none, why not?",
        headline=headline,
        paragraphs=tuple(said),
        tables=tuple(tables),
        charts=charts,
        evidence_trace=Trace(
            formula="gap_i(x, t) = E[ C_i(sign x) + lump - C_i(no deal this round) ] on the hold path; "
            "room = max_x min_c margin_c(x); share_i = Shapley value of obstacle i in v(S) = V_A(S) + V_B(S)",
            supports=supports(game.crisis, _paths(game, table_offer, near)),
            certificate=(told.summary(),),
            met=told.met,
            settings=(*settings(solution), ("solved again on", again.grid)),
        ),
        flips=words.flips_of(game, now, table_offer, near, found),
        warnings=(*_warnings(solution, why, again), *(later.warnings if later else ())),
        data={
            "offer": game.offers[table_offer].id if table_offer is not None else None,
            "best_placed": game.offers[near].id,
            **data_.range_data(game, all_gaps),
            "missing": data_.missing_data(game, now, table_offer),
            "lifted": data_.lifted_data(again.lifted),
            "room": None if found is None else data_.relaxed_data(game, found, again.checked),
            "why": data_.why_data(why),
            "map": data_.ground_data(game, ground),
            "parts": None if again.parts is None else data_.parts_data(game, again.parts),
            "lasting": None if later is None else later.data,
        },
    )


def _relaxed(solution: Solution, now: Gaps, offer: int | None) -> Relaxed | None:
    setting = setting_of(solution.game, now)
    if setting is None:
        return None
    wait_a, wait_b = waiting_values(solution.game, solution.values)
    never_a, never_b = never_moves(solution)
    talks = {"A": wait_a - never_a}
    talks |= {
        f"type {t}": x - y for t, x, y in zip(solution.game.types, wait_b, never_b, strict=True)
    }
    return relaxations(setting, offer, talks)


def _on_the_table(game: Game, offer: str | None) -> int | None:
    ids = [o.contract for o in game.offers]
    if offer is not None:
        if offer not in ids:
            raise ValueError(
                f"there is no contract {offer!r} that can be signed; there are "
                + join(o.id for o in game.offers)
            )
        return ids.index(offer)
    own = game.plan.offer
    if own is None:
        own = next((p.offer for p in game.crisis.plans.values() if p.offer is not None), None)
    return ids.index(own) if own is not None and own in ids else None


def _shown(game: Game, now: Gaps) -> list[int]:
    """Contracts that are listed: named ones, and efficient terms that both would sign."""
    named = [i for i, o in enumerate(game.offers) if o.contract is not None]
    shown = named or list(range(len(game.offers)))
    types = range(len(game.types))
    signable = {
        i
        for i, o in enumerate(game.offers)
        if o.contract is None and any(now.accepts_a(i) and now.accepts_b(i, j) for j in types)
    }
    return shown + sorted(signable - set(shown))


def _tables(
    game: Game,
    all_gaps: tuple[Gaps, ...],
    shown: list[int],
    told: Certificate,
    found: Relaxed | None,
    why: Why,
    again: Again,
    offer: int | None,
) -> list[Table]:
    tables = [
        today_table(game, all_gaps[0], shown, told),
        views.dates_table(game, all_gaps, shown, told),
    ]
    voices = voices_table(game, shown)
    if voices is not None:
        tables.append(voices)
    if again.lifted and offer is not None:
        note = "" if again.own else "Solved on a coarser grid than this solution."
        tables.append(views.lifted_table(game, again.lifted, offer, note))
    if found is not None:
        tables.append(views.room_table(game, found))
        rooms = [("as things are", found.base)]
        rooms += [
            (f"without {step_words(game, x)}", x.room)
            for x in found.singles[:2]
            if x.opens and not (found.base and found.base.open)
        ]
        kept = [(name, x) for name, x in rooms if x is not None]
        if kept:
            tables.append(views.terms_table(game, kept))
    tables.append(views.why_table(game, why))
    parts = again.parts
    if parts is not None:
        if parts.narrative is not None:
            tables.append(part_views.narrative_table(game, parts.narrative))
        if parts.unlocked:
            tables.append(part_views.unlock_table(game, parts))
        if parts.partial:
            tables.append(part_views.partial_table(game, parts.partial))
        if len(parts.motives) > 1:
            tables.append(part_views.motives_table(game, parts.motives, told))
    return tables


def _charts(
    solution: Solution,
    all_gaps: tuple[Gaps, ...],
    shown: list[int],
    told: Certificate,
    why: Why,
    plane: Plane | None,
    floors: list[list[float | None]],
    headline: str,
    offer: int | None,
    near: int,
) -> tuple[Chart, ...]:
    game, now = solution.game, all_gaps[0]
    charts = [range_chart(game, now, shown, told, headline)]
    if len(all_gaps) > 1:
        charts.append(views.strip_chart(solution, all_gaps, shown))
    charts.append(views.why_chart(why, words.why_title(why)))
    if plane is not None:
        charts.append(map_chart(solution, plane, now, floors[0]))
    charts.append(views.gains_chart(solution, now, near if offer is None else offer, told))
    return tuple(charts)


def _paragraphs(
    game: Game,
    all_gaps: tuple[Gaps, ...],
    shown: list[int],
    told: Certificate,
    found: Relaxed | None,
    why: Why,
    again: Again,
    offer: int | None,
    near: int,
    later: Lasting | None,
) -> list[str]:
    now, said = all_gaps[0], []
    if offer is not None:
        around = None if found is None else found.around
        said.append(words.offer_words(game, now, offer, again.lifted, again.untried, around, told))
    if near != offer:
        said.append(words.near_words(game, now, near, told))
    if found is not None:
        said.append(words.room_words(game, found, told, again.checked))
    said.append(words.why_words(game, why))
    dates = words.date_words(game, all_gaps, shown)
    if dates:
        said.append(dates)
    parts = again.parts
    if parts is not None:
        said.append(
            " ".join(
                (
                    part_words.narrative_words(game, parts.narrative, told),
                    part_words.unlock_words(game, parts, told),
                    part_words.partial_words(game, parts.partial, told),
                    part_words.motive_words(game, parts.motives, told),
                )
            )
        )
    if later is not None:
        told_last = later.sentences
        said += [" ".join(told_last[i : i + TOGETHER]) for i in range(0, len(told_last), TOGETHER)]
    return said


def _warnings(solution: Solution, why: Why, again: Again) -> tuple[str, ...]:
    found = []
    if not again.own:
        moved = f" ({why.error:.3f} there)" if why.error is not None else ""
        found.append(
            "shares, lifted red lines and the questions around a deal are solved again on a coarser grid than "
            f"this solution; the surplus lost was checked on the draft grid{moved}"
        )
    if why.frozen:
        found.append("beliefs do not move in this game: the share of information is not measured")
    return tuple(found)


def _paths(game: Game, offer: int | None, near: int | None) -> list[tuple[str, str]]:
    paths: list[tuple[str, str]] = []
    for i in dict.fromkeys(x for x in (offer, near) if x is not None):
        paths += [
            (f"red_lines.{line.id}.penalty", "what signing beyond this line costs")
            for line in crossed(game, i)
        ]
    paths += [
        (f"actors.{actor}.floor.value", "least that this voice can ratify")
        for actor in game.stakes.voices
        if game.crisis.actors[actor].floor is not None
    ]
    paths += [
        (f"issues.{m}.open", "how much of this issue A lets onto the table")
        for m, issue in game.crisis.issues.items()
        if issue.open.value < 1
    ]
    paths += [
        ("war.cost.B", "what B escapes by signing"),
        ("war.collapse.A", "what B may still win by waiting"),
        ("blocs.B.audience.cost", "what signing costs B's leader at home"),
        ("blocs.B.audience.vagueness", "how much of that can be explained away"),
    ]
    return list(dict.fromkeys(paths))
