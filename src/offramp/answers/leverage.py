"""Who loses more from delay, and when does that turn?

Definition. For the contract x nearest to acceptance today and each side i, the value of delay is
``D_i(n) = wait_i(n) - wait_i(0)``: what side i gets if nobody acts for n months and x is signed then,
minus signing x now. D < 0: waiting costs; the side with the larger loss of its own stake is under
more pressure. It turns where D crosses zero or where a month of further waiting changes sign. While
talks stay open, ``V_A / (V_A + V_B)`` of the equilibrium values is shown as the value share.

Symbols: delta_i monthly discount, u_i flow, S_i value after signing. Units: each side's own stake
(1 = its best on every issue for ever); sides are compared as shares of their own stake only.

Classical comparator: with exogenous flows the leverage theorem (discounted average of the
inside-option advantage) ranks the sides in the same way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Answer, Chart, Column, Table, Trace
from offramp.answers._charts import Line, Threshold, fan
from offramp.answers._facts import (
    certificate_lines,
    join,
    percent,
    quoted,
    settings,
    side_names,
    stake,
    supports,
    type_name,
)
from offramp.answers._measures import Waiting, best_placed, gaps, waiting
from offramp.solution import Solution

Floats = NDArray[np.float64]

LONGEST_WAIT = 18
"""Months of waiting that are looked at, if the horizon allows."""
SHOWN = (1, 3, 6, 9, 12, 18)
"""Months in the table."""
SMALL = 0.005
"""Stake below which a value of delay counts as no difference."""


def leverage(solution: Solution, contract: str | None = None) -> Answer:
    """Value of delay for both sides, A's voices and B's types.

    Args:
        solution: The solved game.
        contract: Contract whose signing is delayed; left out, the one nearest to acceptance.

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
    turn_a, turn_b = turning(w.a), turning(mean_b)
    last = min(12, longest)
    headline = _headline(names, w, mean_b, turn_a, turn_b, last)
    chart = _delay_chart(solution, w, mean_b, headline, deal, (turn_a, turn_b))
    return Answer(
        name="leverage",
        question="Who loses more from delay, and when does that turn?",
        headline=headline,
        paragraphs=_paragraphs(solution, w, mean_b, deal, last, turn_b),
        tables=(_delay_table(solution, w, mean_b, deal), _share_table(solution)),
        charts=(chart, _share_chart(solution)),
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
            certificate=certificate_lines(solution.certificate),
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


def turning(delay: Floats) -> int | None:
    """First month after which a further month of waiting changes sign, None if it never does."""
    step = np.diff(delay)
    if not len(step):
        return None
    sign = np.sign(np.where(np.abs(step) < 1e-6, 0.0, step))
    first = next((s for s in sign if s != 0), 0.0)
    for n, s in enumerate(sign):
        if s != 0 and s != first:
            return n
    return None


def _says(value: float) -> str:
    if abs(value) < SMALL:
        return "changes little"
    return f"costs it {stake(-value)}" if value < 0 else f"gains it {stake(value)}"


def _headline(
    names: tuple[str, str],
    w: Waiting,
    mean_b: Floats,
    turn_a: int | None,
    turn_b: int | None,
    last: int,
) -> str:
    a, b = float(w.a[last]), float(mean_b[last])
    if abs(a) < SMALL and abs(b) < SMALL:
        return f"{last} months of delay make no distinguishable difference to either side"
    if a < -SMALL and b > SMALL:
        return (
            f"Delay favours {names[1]}: waiting {last} months gains it stake and costs {names[0]}"
        )
    if b < -SMALL and a > SMALL:
        return (
            f"Delay favours {names[0]}: waiting {last} months gains it stake and costs {names[1]}"
        )
    if a > SMALL and b > SMALL:
        return f"Neither side is in a hurry: both gain by waiting {last} months"
    loser, other = (0, 1) if a < b else (1, 0)
    until = (turn_a, turn_b)[loser]
    when = f" until month {until}" if until is not None and until < last else ""
    return f"Delay costs {names[loser]} more of its stake than {names[other]}{when}"


def _paragraphs(
    solution: Solution, w: Waiting, mean_b: Floats, deal: str, last: int, turn_b: int | None
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
    said = [
        f"The yardstick is {deal}, the contract nearest to acceptance today. For {a}, letting {last} "
        f"months pass before signing it {_says(float(w.a[last]))} of its own stake.",
        f"For {b} the same wait {_says(float(mean_b[last]))}: {by_type}."
        if len(game.types) > 1
        else f"For {b} the same wait {_says(float(mean_b[last]))}.",
    ]
    if len(game.voices) > 1:
        said.append(f"Inside {a} the wait is worth, in each voice's own stake: {voices}.")
    if turn_b is not None:
        said.append(f"For {b} a further month changes sign after month {turn_b}.")
    va, vb = solution.futures.value_a, game.opening @ solution.futures.value_b
    open_month = min(last, game.shown)
    if not np.isnan(va[open_month]) and not np.isnan(vb[open_month]):
        now, then = va[0] / (va[0] + vb[0]), va[open_month] / (va[open_month] + vb[open_month])
        moves = (
            "hardly moves"
            if abs(then - now) < SMALL
            else f"goes from {percent(float(now))} to {percent(float(then))}"
        )
        said.append(
            f"While nothing is settled, {a}'s share of the two sides' values {moves} "
            f"over {open_month} months."
        )
    return tuple(said)


def _flips(solution: Solution, w: Waiting, last: int) -> tuple[str, ...]:
    """Value of delay at which each type would be indifferent, policies held fixed."""
    game = solution.game
    _, b = side_names(game)
    found = []
    weight = 1 - game.discount[1] ** last
    for j, t in enumerate(game.types):
        kind = game.crisis.types[t]
        needed = kind.delay_flow.value - float(w.b[j, last]) / weight
        more = needed > kind.delay_flow.value
        word = "above" if more else "below"
        found.append(
            f"{b}, type {type_name(game, j)}: {last} months of delay would "
            f"{'pay' if more else 'cost'} once its flow value of delay lay {word} {stake(needed, True)} "
            f"(now {stake(kind.delay_flow.value, True)}; answers held fixed)."
        )
    return tuple(found)


def _delay_table(solution: Solution, w: Waiting, mean_b: Floats, deal: str) -> Table:
    game = solution.game
    a, b = side_names(game)
    unit = "own stake"
    columns = [
        Column("months", "Months of waiting", "months", "months", 0),
        Column("a", a, "signed", unit, 3),
        Column("b", f"{b}, expected", "signed", unit, 3),
    ]
    if len(game.types) > 1:
        columns += [
            Column(f"b_{t}", f"{b}, {type_name(game, game.types.index(t))}", "signed", unit, 3)
            for t in game.types
        ]
    if len(game.voices) > 1:
        columns += [
            Column(f"voice_{v}", game.crisis.actors[v].name, "signed", unit, 3) for v in game.voices
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
        "Columns share no unit. Minus: waiting costs.",
    )


def _share_table(solution: Solution) -> Table:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    columns = (
        Column("month", "Month", "months", "", 0),
        Column("open", "Nothing settled", "share", "", 0),
        Column("a", f"{a}'s value", "number", "stake", 3),
        Column("b", f"{b}'s value", "number", "stake", 3),
        Column("share", f"{a}'s share", "share", "", 0),
    )
    rows = []
    every = _round_months(solution)
    for t in every[:: max(1, len(every) // 8)]:
        va, vb = float(f.value_a[t]), float(game.opening @ f.value_b[:, t])
        rows.append((float(t), float(f.regime[t, :3].sum()), va, vb, va / (va + vb)))
    return Table(
        "Values while nothing is settled", columns, tuple(rows), "Own stakes of each side."
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


def _share_chart(solution: Solution) -> Chart:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    months = _round_months(solution)
    value_b = game.opening @ f.value_b
    drift_a = float(f.value_a[months[-1]] - f.value_a[0])
    drift_b = float(value_b[months[-1]] - value_b[0])
    title = f"While talks stay open {a}'s prospects {_drift(drift_a)} and {b}'s {_drift(drift_b)}"
    return fan(
        "open_values",
        title=title,
        subtitle="Equilibrium value to each side if nothing has been settled by then, own stake",
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


def _drift(change: float) -> str:
    if abs(change) < SMALL:
        return "hardly move"
    return "worsen" if change < 0 else "improve"
