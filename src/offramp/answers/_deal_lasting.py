"""What happens to a deal once it is signed, and how could one be had?

*Durability.* Pr_theta(contract x still in force after n months), signed on the first day, through the solved
reviews: :mod:`._deal_durability`; with detection and answer, snapback, wording and the host's consent switched
one at a time. A ceasefire is followed as a pause. *Ways out.* The cheapest mix of terms and face-saving with
``gap_theta(mix) >= 0`` for every type: :mod:`._deal_offramp`, :mod:`._deal_moves`. *Terms apart.* A closed
issue opened, a term that shifts power, partial deals: :mod:`._deal_lasting_terms`. *Public demands*:
:mod:`._deal_demands`. *Concessions counted*: :mod:`._deal_tally`, which never speaks of types.

Classical comparators: the one-shot compliance margin ``d phi G - (T - R)``
(:func:`offramp.theory.compliance_margin`), given here for each contract beside its solved life; Powell's
commitment condition for shifting power; log-rolling for the order in which terms are given.

Changed games are solved on the sketch grid; lives, what the offer lacks and the cheapest way out also on the
grid under study. Units: stake of each side itself; probabilities; months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from offramp.answers._answer import Chart, Table
from offramp.answers._deal_lasting_data import data_of
from offramp.answers._deal_lasting_facts import find_all
from offramp.answers._deal_lasting_runs import Drift
from offramp.answers._deal_lasting_views import charts, tables
from offramp.answers._deal_lasting_words import sentences, shift_warnings, titles
from offramp.answers._deal_tally import Entry
from offramp.solution import DEFAULT_PRECISION, Certificate, Solution, solve

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Lasting:
    """Sentences, tables, charts, raw figures and warnings on what happens to a deal."""

    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    data: dict[str, Any]
    warnings: tuple[str, ...]


def lasting(
    solution: Solution,
    *,
    ledger: Sequence[Entry] | None = None,
    shifts: Sequence[Drift] | None = None,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
    workers: int | None = 1,
) -> Lasting:
    """What happens to a deal and how to get one.

    Args:
        solution: The solved game.
        ledger: Concessions so far; left out, those that the file's epochs list.
        shifts: Contracts that let an issue drift while they are kept; left out, the drift that would cost A
            most under the contract nearest to acceptance.
        certificate: What differences are held against; left out, the solution's own.
        progress: Told (label, done, total).
        workers: Processes.

    Raises:
        ValueError: for a ledger or a drift that does not fit the crisis.
    """
    game = solution.game
    told = certificate or solution.certificate
    exact = solution.mode == "exact"
    played = solve(game, DEFAULT_PRECISION) if exact else solution
    found = find_all(played, ledger, shifts, workers, progress)
    warned = list(shift_warnings(game, found, told))
    if exact:
        warned.append(
            f"What happens to a deal needs choices that are sometimes missed: it is read at precision "
            f"{DEFAULT_PRECISION:g} per round, not from the exact solution."
        )
    return Lasting(
        sentences(game, found, told),
        tables(game, found),
        charts(game, found, titles(game, found, told)),
        data_of(game, found),
        tuple(warned),
    )
