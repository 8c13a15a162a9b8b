"""Tables of the answer about leverage that put pressure into terms: rates, theorem, leakage, delay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import (
    join,
    months_text,
    owner,
    percent,
    quoted,
    side_names,
    type_name,
)
from offramp.answers._leverage_ledger import REASONS, Ledger
from offramp.answers._leverage_pressure import UNIT, YEAR, Leak, Rate, Theorem
from offramp.answers._leverage_runs import Seen
from offramp.answers._leverage_views import OWN, POINTS, grid_note, points
from offramp.answers._measures import Gaps, Waiting
from offramp.game import Game
from offramp.solution import Certificate, Solution

Floats = NDArray[np.float64]
Row = tuple[Cell, ...]
FLAT = 1e-9
"""Slope of a stake along an issue below which the issue cannot pay for anything."""


def best_month(delay: Floats, small: float) -> int:
    """Month at which signing is worth most; now, where no later month is distinguishably better."""
    at = int(np.argmax(delay))
    return at if delay[at] > small else 0


def best_months(game: Game, w: Waiting, told: Certificate) -> dict[str, int]:
    """Optimal delay of A and of each type of B, within the months looked at."""
    small_a, small_b = told.least("value_a"), told.least("value_b")
    found = {"A": best_month(w.a, small_a)}
    return found | {t: best_month(w.b[j], small_b) for j, t in enumerate(game.types)}


def reasons_table(
    game: Game,
    w: Waiting,
    today: Gaps,
    offer: int,
    ledger: Ledger | None,
    told: Certificate,
    wait: int,
) -> Table:
    """What signing now gains, why waiting pays or costs, and the best month to sign."""
    a, b = side_names(game)
    best = best_months(game, w, told)
    longest = int(w.months[-1])
    whole = None if ledger is None else ledger.base
    less = [None if ledger is None else ledger.delay.get(x) for x in REASONS]

    def row(
        who: str, gain: float, key: str, delay: float | None, without: list[float | None]
    ) -> Row:
        known = [None if x is None or delay is None else delay - x for x in without]
        rest = None if delay is None else delay - sum(x for x in known if x is not None)
        return (who, gain, _when(best[key], longest), delay, *known, rest)

    def of_type(seen: Seen | None, j: int) -> float | None:
        return None if seen is None or seen.delay_b is None else seen.delay_b[j]

    own = None if whole is None else whole.delay_a
    of_a = [None if x is None else x.delay_a for x in less]
    rows = [row(a, float(today.a[offer]), "A", own, of_a)]
    for j, t in enumerate(game.types):
        gain = float(today.b[offer, j])
        parts = [of_type(x, j) for x in less]
        rows.append(row(f"{b}, {type_name(game, j)}", gain, t, of_type(whole, j), parts))
    columns = (
        Column("who", "Side or type"),
        Column("gap", "Signing now less letting the round pass", "signed", OWN, 3),
        Column("best", "Best month to sign, if nobody acts before"),
        Column("delay", f"Value of {months_text(wait)} of delay", "signed", OWN, 3),
        Column("flow", f"of it: {owner(b)} flow from delay", "signed", OWN, 3),
        Column("fracture", f"of it: {owner(a)} cohesion wears", "signed", OWN, 3),
        Column("drift", "of it: the front moves", "signed", OWN, 3),
        Column("rest", "of it: the rest", "signed", OWN, 3),
    )
    note = "" if ledger is None else f" {grid_note(ledger)}"
    return Table(
        f"Why waiting for {quoted(game.offers[offer].name)} pays or costs",
        columns,
        tuple(rows),
        "Letting the round pass keeps the hope of better terms; waiting for the same terms does not. Each "
        "reason is what is lost without it; a dash: it plays no part here, or was not solved for. A later "
        f"month counts only if it is distinguishably better.{note}",
    )


def _when(month: int, longest: int) -> str:
    if month == 0:
        return "now"
    return f"after {months_text(month)}" + (" or later" if month == longest else "")


def rates_table(
    game: Game, rates: tuple[Rate, ...], slopes: dict[str, float], months: int, deal: str
) -> Table:
    """A unit of monthly pain in stakes and in terms."""
    _, b = side_names(game)
    crisis = game.crisis
    issues = [m for m in game.stakes.issues if slopes.get(m, 0.0) > FLAT]
    worth = f"Worth of a flow of {UNIT:.2f} for {months_text(months)}"
    columns = (
        Column("patience", f"{owner(b)} patience"),
        Column("delta", "Discount a month", "number", "", 3),
        Column("worth", worth, "number", OWN, 4),
        *(
            Column(m, f"as much as this part of: {crisis.issues[m].name}", "number", "scale", 3)
            for m in issues
        ),
    )
    rows: list[Row] = [
        (r.label, r.delta, r.worth, *(r.worth / slopes[m] for m in issues)) for r in rates
    ]
    return Table(
        "What a year of pain buys in final terms",
        columns,
        tuple(rows),
        f"s (1 - delta^n), against what a step along each issue is worth to {b} at the terms of {deal}. An "
        "issue with fixed points can only be moved from point to point.",
    )


def theorem_table(game: Game, theorem: Theorem | None, ledger: Ledger, why: str) -> Table:
    """The theorem's prediction beside the re-solved one."""
    a, b = side_names(game)
    columns = (
        Column("what", "What changes"),
        Column("theorem", "Leverage theorem", "signed", OWN, 4),
        Column("game", f"This game, grid {ledger.errors.finer}", "signed", OWN, 4),
        Column("coarse", f"This game, grid {ledger.grid}", "signed", OWN, 4),
    )
    fine, coarse = ledger.marginal_finer, ledger.marginal
    said: tuple[float | None, ...] = (None,) * 4
    if theorem is not None:
        said = (theorem.dv_a, theorem.dv_b, UNIT * theorem.slope_b, UNIT * theorem.slope_a)
    rows: list[Row] = []
    if fine.flows is not None and coarse.flows is not None:
        what = "all that the plan's levers cost both"
        rows += [
            (f"{what}: value to {a}", said[0], fine.flows.a, coarse.flows.a),
            (f"{what}: value to {b}", said[1], fine.flows.mean_b, coarse.flows.mean_b),
        ]
    time = months_text(min(YEAR, game.shown))
    for who, predicted, one, two in (
        (b, said[2], fine.slope_b.a, coarse.slope_b.a),
        (a, said[3], fine.slope_a.a, coarse.slope_a.a),
    ):
        what = f"a flow of {UNIT:.2f} on {who} for {time}: value to {a}"
        rows.append((what, predicted, UNIT * one, UNIT * two))
    return Table(
        "Marginal leverage: the textbook and this game",
        columns,
        tuple(rows),
        "The theorem: random proposers, a divisible pie, one patience, agreement at once, pressure that ends "
        f"with it; each flow by its side's own span. {why} The rows of one flow are slopes times the flow. "
        "Where the two grids differ much, only the sign is known.",
    )


def theorem_reasons(solution: Solution, month: int) -> str:
    """Why the game departs from the theorem, in numbers of this game."""
    game, f = solution.game, solution.futures
    delta_a, delta_b = game.discount
    at = min(month, game.shown)
    unsettled = percent(float(f.regime[at, :3].sum()))
    said = [f"here nothing is settled after {months_text(at)} with a chance of {unsettled}"]
    if any(game.opening_floor(v) is not None for v in range(len(game.voices))):
        said.append("a side that gives more must still have it ratified")
    if delta_a != delta_b:
        said.append("the two sides are not equally patient")
    if any(game.automaton.residual):
        said.append("pressure does not end with the signature")
    return f"In the theorem a deal comes at once and pain only moves the split; {join(said)}."


def leaks_table(game: Game, ledger: Ledger | None, backer: str, leaks: tuple[Leak, ...]) -> Table:
    """Leaking levers at the backer's low, central and high offset."""
    a, b = side_names(game)
    outsider = game.crisis.outsiders[backer]
    q = outsider.offset
    assert q is not None
    ends = [q.value if x is None else x for x in (q.low, q.value, q.high)]
    columns = (
        Column("what", "Lever or figure"),
        *(
            Column(name, f"offset {level:g}", "signed", "", 4)
            for name, level in zip(("low", "central", "high"), ends, strict=True)
        ),
    )
    rows: list[Row] = [
        (f"{x.name}: pain (flow, own stake)", x.low, x.central, x.high) for x in leaks
    ]
    note = ""
    if ledger is not None and ledger.leaks is not None:
        one, two = ledger.leaks["low"].change, ledger.leaks["high"].change
        rows += [
            (f"the plan, worth to {a}: change ({OWN})", one.a, 0.0, two.a),
            (f"the plan, worth to {b}: change ({OWN})", one.mean_b, 0.0, two.mean_b),
            (f"in a settlement: change ({POINTS})", points(one.settled), 0.0, points(two.settled)),
        ]
        note = f" {grid_note(ledger)}"
    about = f", {quoted(outsider.effect)}" if outsider.effect else ""
    return Table(
        f"What leaks through {outsider.name}{about}",
        columns,
        tuple(rows),
        f"The rest of each lever's pain reaches {b}.{note}",
    )
