"""Who loses more from delay, when does that turn, and what is each lever worth?

Definition. For the contract x nearest to acceptance today and each side i, the value of delay is
``D_i(n) = wait_i(n) - wait_i(0)``: what side i gets if nobody acts for n months and x is signed then,
minus signing x now. D < 0: waiting costs. The best month to sign is argmax_n D_i(n).

To compare two sides D is divided by the side's own span: from the stalemate (the same for ever,
without talks) to its best feasible deal, ``r_i = D_i / (max_x W_i(x) - V_i(stalemate))``, Kalai and
Smorodinsky's normalisation. The side with the lower r is under more pressure; the ranking turns in the
first month in which the order of r differs from the order at the month that is read. A side's own curve
turns where D stops falling (or rising).

No delay is said to cost or pay, no order of r to hold and no curve to turn by less than the certificate's
error of the side's own value (for r: the errors of both sides, each by its own span).

While nothing is settled, ``g_i = (V_i - stalemate_i) / span_i`` is what side i can still expect of its
span, and ``g_A / (g_A + g_B)`` the value share.

*Levers.* The net leverage of lever l is V(with l) - V(without l), everything solved again, split by the
channel through which it works: see :mod:`._leverage_levers` for definitions, :mod:`._leverage_runs` for
the grid and the size of a distinguishable effect. *Exchange rate*, *leverage theorem* and the value of a
month of war: :mod:`._leverage_pressure`. Comparators: the leverage theorem (``theory.leverage_values``) for
flows, the conditionality lemma (``theory.coercive_leverage``) for coercion.

Symbols: delta_i monthly discount, u_i flow, S_i value after signing, s_i flow of the plan's levers.
Units: each side's own stake (1 = its best on every issue for ever); r, g and the share are pure numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers import _leverage_rates as rates_
from offramp.answers import _leverage_views as views
from offramp.answers import _leverage_words as words
from offramp.answers._answer import Answer, Support, Trace
from offramp.answers._facts import (
    join,
    months_text,
    percent,
    quoted,
    settings,
    side_names,
    stake,
    supports,
    type_name,
)
from offramp.answers._leverage_data import raw
from offramp.answers._leverage_delay import delay_chart, delay_table, share_chart, share_table
from offramp.answers._leverage_ledger import Ledger, weigh_all
from offramp.answers._leverage_levers import package_shares
from offramp.answers._leverage_pressure import (
    YEAR,
    backer_of,
    exchange_rates,
    issue_slopes,
    leaks_of,
    plan_flows,
    theorem_of,
    war_months,
)
from offramp.answers._measures import Span, Waiting, best_placed, gaps, span, waiting
from offramp.answers._runs import Progress
from offramp.game import Game
from offramp.solution import Certificate, Metric, Solution

Floats = NDArray[np.float64]

LONGEST_WAIT = 18
"""Months of waiting that are looked at, if the horizon allows."""
MONTH = 12
"""Month at which delay and chances are read (or the horizon, if it is shorter)."""


def leverage(
    solution: Solution,
    contract: str | None = None,
    certificate: Certificate | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = 1,
    levers: bool = True,
) -> Answer:
    """Value of delay for both sides, A's voices and B's types; what every lever is worth, and how.

    Args:
        solution: The solved game.
        contract: Contract whose signing is delayed; left out, the one nearest to acceptance.
        certificate: What differences are held against; left out, the solution's own, which knows no
            error from refinements.
        progress: Told (label, done, total) while levers are weighed.
        workers: Processes; None means one per core.
        levers: Whether the game is solved again to weigh levers (some dozen coarse solves).

    Raises:
        ValueError: if the game has no contract to sign, or no contract of that name.
    """
    game = solution.game
    offer = _offer(solution, contract)
    longest = min(LONGEST_WAIT, game.shown, game.months - 1)
    last = min(MONTH, longest)
    w = waiting(solution, offer, longest)
    mean_b = game.opening @ w.b
    today = gaps(solution, (0,))[0]
    names = side_names(game)
    deal = quoted(game.offers[offer].name)
    told = certificate or solution.certificate
    turns = (turning(w.a, told.least("value_a")), turning(mean_b, told.least("value_b")))
    own = span(solution)
    year = min(YEAR, game.shown)
    flows = plan_flows(solution, min(game.shown, game.months - 1))
    theorem = theorem_of(solution, flows, own, year)
    rates, slopes = exchange_rates(game.crisis, year), issue_slopes(solution, offer)
    war = war_months(solution)
    ledger = None
    if levers:
        named = game.offers[offer].contract
        ledger = weigh_all(solution, named, min(MONTH, game.shown), last, workers, progress)
    headline = _headline(names, w, mean_b, own, last, told)
    backer = backer_of(game.crisis)
    leaks = leaks_of(game.crisis, backer) if backer is not None else ()
    tables = [
        delay_table(solution, w, mean_b, deal),
        rates_.reasons_table(game, w, today, offer, ledger, told, last),
        share_table(solution, own),
    ]
    if ledger is not None and ledger.apart:
        felt = ledger.used or ledger.apart
        tables += [
            views.parts_table(game, ledger),
            views.types_table(game, ledger),
            views.felt_table(game, felt, package_shares(game.crisis, game.plan)),
        ]
    if ledger is not None and ledger.idle:
        tables.append(views.idle_table(game, ledger))
    tables += [rates_.rates_table(game, rates, slopes, year, deal), views.war_table(war)]
    if ledger is not None:
        why = rates_.theorem_reasons(solution, MONTH)
        tables.append(rates_.theorem_table(game, theorem, ledger, why))
    if backer is not None and leaks:
        tables.append(rates_.leaks_table(game, ledger, backer, leaks))
    charts = [
        None if longest < 1 else delay_chart(solution, w, mean_b, headline, deal, turns),
        share_chart(solution, told),
    ]
    if ledger is not None and ledger.levers:
        charts.append(views.levers_chart(game, ledger, words.levers_title(game, ledger)))
    if flows.any and len(flows.pain) > 1 and not (np.isnan(own.a) or np.isnan(own.b)):
        title = words.pressure_title(game, flows, own)
        charts.append(views.flows_chart(game, flows, own, title))
    charts.append(views.war_chart(game, war, words.war_title(game, war)))
    said = _paragraphs(solution, w, mean_b, own, deal, last, contract is not None, told)
    if ledger is not None:
        said += (words.lever_sentence(game, ledger),)
    said += (words.rate_sentence(game, rates, slopes, year), words.war_sentence(game, war))
    flips = words.delay_flips(game, w, last)
    if ledger is not None:
        leak = words.leak_sentence(game, ledger)
        flips += words.lever_flips(game, ledger) + ((leak,) if leak else ())
    return Answer(
        name="leverage",
        question="Who loses more from delay, when does that turn, and what is each lever worth?",
        headline=headline,
        paragraphs=said,
        tables=tuple(tables),
        charts=tuple(x for x in charts if x is not None),
        evidence_trace=Trace(
            formula="D_i(n) = sum_{t<n} (1-delta_i) delta_i^t E u_i(t) + delta_i^n E S_i(n) - S_i(0); "
            "net(l) = V(with l) - V(without l)",
            supports=_supports(game, ledger),
            certificate=(told.summary(),),
            met=told.met,
            settings=(
                *settings(solution),
                ("contract delayed", deal),
                ("levers weighed on", "not weighed" if ledger is None else ledger.grid),
            ),
        ),
        flips=flips,
        warnings=words.warnings_of(game, ledger),
        data={
            "contract": game.offers[offer].id,
            "months": w.months.tolist(),
            "delay_a": w.a.tolist(),
            "delay_b": {t: w.b[j].tolist() for j, t in enumerate(game.types)},
            "delay_b_mean": mean_b.tolist(),
            "delay_voices": {v: w.voice[i].tolist() for i, v in enumerate(game.voices)},
            "turns": {"A": turns[0], "B": turns[1]},
            "gap_now": {
                "A": float(today.a[offer]),
                **{t: float(today.b[offer, j]) for j, t in enumerate(game.types)},
            },
            "best_month": rates_.best_months(game, w, told),
            "value_a_open": _plain(solution.futures.value_a),
            "value_b_open": {
                t: _plain(solution.futures.value_b[j]) for j, t in enumerate(game.types)
            },
            **raw(game, ledger, flows, theorem, rates, slopes, war, backer, leaks),
        },
    )


def _supports(game: Game, ledger: Ledger | None) -> tuple[Support, ...]:
    """Inputs that the answer rests on."""
    found = [
        ("blocs.A.patience", "how much A discounts a month"),
        ("blocs.B.patience", "how much B discounts a month"),
        ("war.cost.A", "what a month of war costs A"),
        ("war.cost.B", "what a month of war costs B"),
        ("war.collapse.A", "the risk that waiting ends the bargaining for A"),
        ("war.collapse.B", "the risk that waiting ends the bargaining for B"),
        *(
            (f"types.{t}.delay_flow", "what delay is worth to this type")
            for t in game.types
            if game.crisis.types[t].delay_flow.value
        ),
        ("coalition.fracture", "how fast A's cohesion falls while talks drag"),
    ]
    if ledger is not None and ledger.levers:
        top = max(ledger.used or ledger.idle, key=lambda x: abs(x.net.a))
        lever = game.crisis.levers[top.id]
        found += [
            (f"levers.{top.id}.{field}", f"what {quoted(top.name)} does")
            for field in ("cost_to_target", "cost_to_holder", "step_shift")
            if getattr(lever, field) is not None
        ]
        found.append(("conversions.pain_to_stake", "what pain is worth in B's stake"))
    return supports(game.crisis, found)


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _offer(solution: Solution, contract: str | None) -> int:
    offers = solution.game.offers
    if contract is not None:
        for i, offer in enumerate(offers):
            if contract in (offer.id, offer.contract):
                return i
        raise ValueError(
            f"there is no contract {contract!r} that can be signed; there are "
            + join(o.id for o in offers)
        )
    best = best_placed(solution, gaps(solution, (0,))[0])
    if best is None:
        raise ValueError(
            "no contract can be signed in this game: every one crosses a hard red line"
        )
    return best


def turning(delay: Floats, small: float) -> int | None:
    """Month of the peak or trough that the curve leaves again by more than ``small``, if any."""
    for at in (int(np.argmin(delay)), int(np.argmax(delay))):
        inside = 0 < at < len(delay) - 1
        if inside and abs(delay[-1] - delay[at]) > small and abs(delay[at]) > small:
            return at
    return None


def _says(value: float, metric: Metric, told: Certificate) -> str:
    if not told.distinguishable(value, 0.0, metric):
        return "makes no distinguishable difference"
    verb = "costs" if value < 0 else "gains"
    return f"{verb} it {stake(abs(value))} of its own stake"


def _headline(
    names: tuple[str, str], w: Waiting, mean_b: Floats, own: Span, last: int, told: Certificate
) -> str:
    side_a, side_b = names
    if last < 1:
        return "The horizon leaves no month to wait"
    a, b = float(w.a[last]), float(mean_b[last])
    time = months_text(last)
    even_a = not told.distinguishable(a, 0.0, "value_a")
    even_b = not told.distinguishable(b, 0.0, "value_b")
    if even_a and even_b:
        return f"{time} of delay make no distinguishable difference to either side".capitalize()
    if even_a or even_b:
        mover, still, value = (side_b, side_a, b) if even_a else (side_a, side_b, a)
        verb = "costs" if value < 0 else "pays"
        return f"Delay {verb} {mover}; to {still} it makes no distinguishable difference"
    if a < 0 < b:
        return f"Delay favours {side_b}: it gains by waiting and {side_a} loses"
    if b < 0 < a:
        return f"Delay favours {side_a}: it gains by waiting and {side_b} loses"
    if a > 0:
        return f"Neither side is in a hurry: both gain by waiting {time}"
    if np.isnan(own.a) or np.isnan(own.b):
        return "Delay costs both sides"
    ratio = w.a / own.a - mean_b / own.b
    least = told.least("value_a") / own.a + told.least("value_b") / own.b
    if abs(ratio[last]) <= least:
        return "Delay costs both sides about as much of what each could gain"
    loser, other = (side_a, side_b) if ratio[last] < 0 else (side_b, side_a)
    reverses = [n for n in range(1, last) if ratio[n] * ratio[last] < 0 and abs(ratio[n]) > least]
    since = f" from month {reverses[-1] + 1}" if reverses else ""
    return f"Delay costs {loser} more than {other}{since}, each by what it could gain"


def _paragraphs(
    solution: Solution,
    w: Waiting,
    mean_b: Floats,
    own: Span,
    deal: str,
    last: int,
    asked: bool,
    told: Certificate,
) -> tuple[str, ...]:
    game = solution.game
    a, b = side_names(game)
    by_type = join(
        f"{stake(float(w.b[j, last]), True)} if its type is {type_name(game, j)}"
        for j in range(len(game.types))
    )
    why = (
        "the contract asked about"
        if asked
        else "of the named contracts the nearest to acceptance today"
    )
    if last < 1:
        return (f"The yardstick is {deal}, {why}; the horizon leaves no month to wait.",)
    said = [
        f"The yardstick is {deal}, {why}. For {a}, letting {months_text(last)} pass before signing it "
        f"{_says(float(w.a[last]), 'value_a', told)}.",
        f"For {b} the same wait {_says(float(mean_b[last]), 'value_b', told)}: {by_type}."
        if len(game.types) > 1
        else f"For {b} the same wait {_says(float(mean_b[last]), 'value_b', told)}.",
    ]
    if w.a[last] < 0 and mean_b[last] < 0 and not (np.isnan(own.a) or np.isnan(own.b)):
        said.append(
            f"Measured by what each side could gain at all, from the stalemate to its best deal, that is "
            f"{percent(float(-w.a[last] / own.a))} for {a} and "
            f"{percent(float(-mean_b[last] / own.b))} for {b}."
        )
    if w.starts is not None and w.starts <= last:
        said.append(
            f"Part of this is the plan itself: if nobody acts, its next step is in force from month "
            f"{w.starts}."
        )
    return tuple(said)
