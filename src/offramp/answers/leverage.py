"""Who loses more from delay, and when does that turn?

Definition. For the contract x nearest to acceptance today and each side i, the value of delay is
``D_i(n) = wait_i(n) - wait_i(0)``: what side i gets if nobody acts for n months and x is signed then,
minus signing x now. D < 0: waiting costs.

To compare two sides D is divided by the side's own span: from the stalemate (the same for ever,
without talks) to its best feasible deal, ``r_i = D_i / (max_x W_i(x) - V_i(stalemate))``, Kalai and
Smorodinsky's normalisation. The side with the lower r is under more pressure; the ranking turns in the
first month in which the order of r differs from the order at the month that is read. A side's own curve
turns where D stops falling (or rising).

No delay is said to cost or pay, no order of r to hold and no curve to turn by less than the certificate's
error of the side's own value (for r: the errors of both sides, each by its own span).

While nothing is settled, ``g_i = (V_i - stalemate_i) / span_i`` is what side i can still expect of its
span, and ``g_A / (g_A + g_B)`` the value share.

Symbols: delta_i monthly discount, u_i flow, S_i value after signing. Units: each side's own stake
(1 = its best on every issue for ever); r, g and the share are pure numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Answer, Chart, Column, Table, Trace
from offramp.answers._charts import Line, Threshold, fan
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
from offramp.answers._measures import Span, Waiting, best_placed, gaps, span, waiting
from offramp.solution import Certificate, Metric, Solution

Floats = NDArray[np.float64]

LONGEST_WAIT = 18
"""Months of waiting that are looked at, if the horizon allows."""
SHOWN = (1, 3, 6, 9, 12, 18)
"""Months in the table."""


def leverage(
    solution: Solution, contract: str | None = None, certificate: Certificate | None = None
) -> Answer:
    """Value of delay for both sides, A's voices and B's types.

    Args:
        solution: The solved game.
        contract: Contract whose signing is delayed; left out, the one nearest to acceptance.
        certificate: What differences are held against; left out, the solution's own, which knows no
            error from refinements.

    Raises:
        ValueError: if the game has no contract to sign, or no contract of that name.
    """
    game = solution.game
    offer = _offer(solution, contract)
    longest = min(LONGEST_WAIT, game.shown, game.months - 1)
    w = waiting(solution, offer, longest)
    mean_b = game.opening @ w.b
    names = side_names(game)
    deal = quoted(game.offers[offer].name)
    told = certificate or solution.certificate
    turn_a = turning(w.a, told.least("value_a"))
    turn_b = turning(mean_b, told.least("value_b"))
    last = min(12, longest)
    own = span(solution)
    headline = _headline(names, w, mean_b, own, last, told)
    chart = (
        None if longest < 1 else _delay_chart(solution, w, mean_b, headline, deal, (turn_a, turn_b))
    )
    return Answer(
        name="leverage",
        question="Who loses more from delay, and when does that turn?",
        headline=headline,
        paragraphs=_paragraphs(solution, w, mean_b, own, deal, last, contract is not None, told),
        tables=(_delay_table(solution, w, mean_b, deal), _share_table(solution, own)),
        charts=tuple(x for x in (chart, _share_chart(solution, told)) if x is not None),
        evidence_trace=Trace(
            formula="D_i(n) = sum_{t<n} (1-delta_i) delta_i^t E u_i(t) + delta_i^n E S_i(n) - S_i(0)",
            supports=supports(
                game.crisis,
                [
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
                ],
            ),
            certificate=(told.summary(),),
            met=told.met,
            settings=(*settings(solution), ("contract delayed", deal)),
        ),
        flips=_flips(solution, w, last),
        data={
            "contract": game.offers[offer].id,
            "months": w.months.tolist(),
            "delay_a": w.a.tolist(),
            "delay_b": {t: w.b[j].tolist() for j, t in enumerate(game.types)},
            "delay_b_mean": mean_b.tolist(),
            "delay_voices": {v: w.voice[i].tolist() for i, v in enumerate(game.voices)},
            "turns": {"A": turn_a, "B": turn_b},
            "value_a_open": _plain(solution.futures.value_a),
            "value_b_open": {
                t: _plain(solution.futures.value_b[j]) for j, t in enumerate(game.types)
            },
        },
    )


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
    voices = join(
        f"{game.crisis.actors[v].name} {stake(float(w.voice[i, last]), True)}"
        for i, v in enumerate(game.voices)
    )
    why = (
        "the contract asked about"
        if asked
        else "of the named contracts the nearest to acceptance today"
    )
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
    if len(game.voices) > 1:
        said.append(
            f"Taken alone, at their own patience and if the deal were kept for ever, the voices inside {a} "
            f"would see the wait as worth, each in its own stake: {voices}."
        )
    if w.starts is not None and w.starts <= last:
        said.append(
            f"Part of this is the plan itself: if nobody acts, its next step is in force from month "
            f"{w.starts}."
        )
    share = _shares(solution, own)
    month = max((t for t in share if t <= last), default=0)
    if month and 0 in share:
        now, then = share[0], share[month]
        moves = (
            f"stays at {percent(now)}"
            if percent(then) == percent(now)
            else f"goes from {percent(now)} to {percent(then)}"
        )
        said.append(
            f"While nothing is settled, {a}'s share of what the two sides can still expect, each by its own "
            f"span, {moves} over {months_text(month)}."
        )
    return tuple(said)


def _flips(solution: Solution, w: Waiting, last: int) -> tuple[str, ...]:
    """Value of delay at which each type would be indifferent, policies held fixed."""
    game = solution.game
    _, b = side_names(game)
    found = []
    weight = float(w.open_weight[last])
    if weight <= 0:
        return ()
    for j, t in enumerate(game.types):
        kind = game.crisis.types[t]
        needed = kind.delay_flow.value - float(w.b[j, last]) / weight
        more = needed > kind.delay_flow.value
        word = "above" if more else "below"
        found.append(
            f"{b}, type {type_name(game, j)}: {months_text(last)} of delay would "
            f"{'pay' if more else 'cost'} once its flow value of delay lay {word} {stake(needed, True)} "
            f"(now {stake(kind.delay_flow.value, True)}; answers and the value of signing held fixed)."
        )
    return tuple(found)


def _delay_table(solution: Solution, w: Waiting, mean_b: Floats, deal: str) -> Table:
    game = solution.game
    a, b = side_names(game)
    unit = "own stake"
    columns = [
        Column("months", "Months of waiting", "months", "months", 0),
        Column("a", a, "signed", unit, 2),
        Column("b", f"{b}, expected", "signed", unit, 2),
    ]
    if len(game.types) > 1:
        columns += [
            Column(f"b_{t}", f"{b}, {type_name(game, game.types.index(t))}", "signed", unit, 2)
            for t in game.types
        ]
    if len(game.voices) > 1:
        columns += [
            Column(f"voice_{v}", f"{game.crisis.actors[v].name} alone", "signed", unit, 2)
            for v in game.voices
        ]
    rows = []
    for n in SHOWN:
        if n > int(w.months[-1]):
            continue
        row: list[float] = [float(n), float(w.a[n]), float(mean_b[n])]
        if len(game.types) > 1:
            row += [float(x) for x in w.b[:, n]]
        if len(game.voices) > 1:
            row += [float(x) for x in w.voice[:, n]]
        rows.append(tuple(row))
    return Table(
        f"Value of signing {deal} later instead of now",
        tuple(columns),
        tuple(rows),
        "Each column in that actor's own stake: 1 is its best on every issue for ever. "
        "Columns share no unit. Minus: waiting costs. Voices alone: own patience, deal kept for ever.",
    )


def _posterior_open(solution: Solution) -> Floats:
    """Probability of each type of B given that nothing is settled yet, (types, months+1)."""
    f = solution.futures
    joint = solution.game.opening[:, None] * f.regime_by_type[:, :, :3].sum(2)
    total: Floats = joint / np.maximum(joint.sum(0), 1e-300)
    return total


def _value_b(solution: Solution) -> Floats:
    """B's value while nothing is settled, over the types that are still there, (months+1,)."""
    value: Floats = (_posterior_open(solution) * solution.futures.value_b).sum(0)
    return value


def _shares(solution: Solution, own: Span) -> dict[int, float]:
    """A's share of what both sides can still expect, each by its own span, by month."""
    if np.isnan(own.a) or np.isnan(own.b):
        return {}
    value_b = _value_b(solution)
    found = {}
    for t in _round_months(solution):
        a = (float(solution.futures.value_a[t]) - own.stalemate_a) / own.a
        b = (float(value_b[t]) - own.stalemate_b) / own.b
        if a >= 0 and b >= 0 and a + b > 0:
            found[t] = a / (a + b)
    return found


def _share_table(solution: Solution, own: Span) -> Table:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    columns = (
        Column("month", "Month", "months", "", 0),
        Column("open", "Nothing settled", "share", "", 0),
        Column("a", f"{a}'s value", "number", "own stake", 2),
        Column("b", f"{b}'s value", "number", "own stake", 2),
        Column("share", f"{a}'s share", "share", "", 0),
    )
    value_b, share = _value_b(solution), _shares(solution, own)
    every = _round_months(solution)
    rows = tuple(
        (
            float(t),
            float(f.regime[t, :3].sum()),
            float(f.value_a[t]),
            float(value_b[t]),
            share.get(t),
        )
        for t in every[:: max(1, len(every) // 8)]
    )
    return Table(
        "Values while nothing is settled",
        columns,
        rows,
        "Values in each side's own stake. The share compares what each can still expect above the "
        "stalemate, as a part of the most it could gain; a dash: one side expects less than the stalemate.",
    )


def _delay_chart(
    solution: Solution,
    w: Waiting,
    mean_b: Floats,
    headline: str,
    deal: str,
    turns: tuple[int | None, int | None],
) -> Chart:
    game = solution.game
    a, b = side_names(game)
    rules = [Threshold("signing now", 0.0, "value")]
    for name, month in zip((a, b), turns, strict=True):
        if month:
            rules.append(Threshold(f"turns for {name}", float(month)))
    several = len(game.types) > 1
    return fan(
        "delay",
        title=headline,
        subtitle=f"Value of signing {deal} later instead of now, in each side's own stake"
        + (f"; band: {b}'s types" if several else ""),
        alt=f"{headline}. After {int(w.months[-1])} months: {a} {stake(float(w.a[-1]), True)}, "
        f"{b} {stake(float(mean_b[-1]), True)} of its own stake.",
        months=[float(m) for m in w.months],
        lines=[
            Line(a, tuple(map(float, w.a)), "a"),
            Line(
                b,
                tuple(map(float, mean_b)),
                "b",
                tuple(map(float, w.b.min(0))) if several else None,
                tuple(map(float, w.b.max(0))) if several else None,
            ),
        ],
        start=game.crisis.as_of,
        thresholds=rules,
        format="signed",
        unit="own stake",
        decimals=2,
    )


def _share_chart(solution: Solution, told: Certificate) -> Chart | None:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    months = _round_months(solution)
    if len(months) < 2:
        return None
    value_b = _value_b(solution)
    drift_a = _drift(float(f.value_a[months[-1]]), float(f.value_a[0]), "value_a", told)
    drift_b = _drift(float(value_b[months[-1]]), float(value_b[0]), "value_b", told)
    title = f"In the futures still unsettled {a}'s prospects {drift_a} and {b}'s {drift_b}"
    return fan(
        "open_values",
        title=title,
        subtitle="Value to each side if nothing has been settled by then (fewer futures each month), own stake",
        alt=f"{title}: {a} {stake(float(f.value_a[0]))} to {stake(float(f.value_a[months[-1]]))}, "
        f"{b} {stake(float(value_b[0]))} to {stake(float(value_b[months[-1]]))}.",
        months=[float(t) for t in months],
        lines=[
            Line(a, tuple(float(f.value_a[t]) for t in months), "a"),
            Line(b, tuple(float(value_b[t]) for t in months), "b"),
        ],
        start=game.crisis.as_of,
        unit="own stake",
    )


def _round_months(solution: Solution) -> list[int]:
    """Shown months in which a round may take place (values in between only count down to it)."""
    game = solution.game
    rounds = game.protocol.recognition.sum(1) > 0
    return [
        t
        for t in range(min(game.shown, game.months - 1) + 1)
        if rounds[t] and not np.isnan(solution.futures.value_a[t])
    ]


def _drift(then: float, now: float, metric: Metric, told: Certificate) -> str:
    if not told.distinguishable(then, now, metric):
        return "do not distinguishably change"
    return "worsen" if then < now else "improve"
