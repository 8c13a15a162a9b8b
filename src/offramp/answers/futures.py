"""What futures are there, how likely is each, and who gives way first?

Definition. The solved policies are run forward from today's state and beliefs; nothing is sampled. For each
month t: the probability of every regime, ``P(r, t)``; the chance ``F(t)`` that a first settlement has been
signed, apart from the chance ``P(settled, t)`` of being in one; the probability of each contract; quantiles of
the front while it is open, of terms given a settlement, and of both sides' values over all futures.

The contest of nerves is read from the same distribution: who takes whose offer first, at which hazard, and
what accidents cost while both hold out (:mod:`offramp.answers._futures_facts` has the formulas). Two caveats go
with it. Hazards average over the types that are still holding out (selection). And in the textbook
comparator, the complete-information war of attrition (Hendricks, Weiss and Wilson 1988), the side with
more at stake gives way *more* often: an artefact of that equilibrium, not a finding about strong sides.

A few sample histories, drawn by seed and chosen to span the distribution, are told in sentences; their
weights are exact probabilities (:mod:`offramp.answers._futures_choice`).

No two probabilities are worded as different when they differ by less than the certificate's error.
Units: probabilities; months; values in each side's own stake.
"""

from __future__ import annotations

from offramp.answers._answer import Answer, Table, Trace
from offramp.answers._facts import (
    fine_percent,
    join,
    months_text,
    percent,
    settings,
    side_names,
    stake,
    supports,
)
from offramp.answers._futures_choice import Chosen, choose
from offramp.answers._futures_data import raw
from offramp.answers._futures_facts import Attrition, attrition, fans
from offramp.answers._futures_samples import sample
from offramp.answers._futures_stories import regime_words
from offramp.answers._futures_views import (
    ORDER,
    attrition_table,
    charts,
    contract_words,
    fan_table,
    held_words,
    history_table,
    regime_table,
    terms_table,
)
from offramp.answers._runs import Progress
from offramp.crisis import quantities
from offramp.game._states import CEASEFIRE, DISASTER, SETTLED
from offramp.solution import Certificate, Solution
from offramp.theory import AttritionContest

MONTH = 12
"""Month at which the near end is read (or the horizon, if it is shorter)."""
DRAWN = 400
"""Histories that are drawn to choose from."""
SHOWN = 12
"""Histories that are told."""


def futures(
    solution: Solution,
    *,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
    seed: int = 1,
    drawn: int = DRAWN,
    told: int = SHOWN,
) -> Answer:
    """Exact distribution over futures, the contest of nerves, and sample histories.

    Args:
        solution: The solved game.
        certificate: What differences are held against; left out, the solution's own, which knows no
            error from refinements.
        progress: Told (label, done, total).
        seed: Seed of the sample histories; the same seed gives the same histories.
        drawn: Histories to draw; none are drawn for 0.
        told: Histories to tell, at most.

    Raises:
        ValueError: for a negative number of histories or seed.
    """
    if min(seed, drawn, told) < 0:
        raise ValueError("seed, drawn and told must not be negative")
    game = solution.game
    held = certificate or solution.certificate
    logit = solution.mode == "logit"
    _tell(progress, 0)
    quantiles = fans(solution) if logit else None
    contest = attrition(solution)
    _tell(progress, 1)
    history, chosen = None, []
    if logit and drawn and told:
        history = sample(solution, drawn, seed)
        chosen = choose(game, history, solution.futures.regime[game.shown], told)
    _tell(progress, 2)
    headline = _headline(solution, held)
    tables: list[Table | None] = [
        regime_table(solution),
        history_table(game, history, chosen) if history is not None else None,
        terms_table(solution, quantiles),
        attrition_table(solution, contest),
        fan_table(solution, quantiles) if quantiles is not None else None,
    ]
    return Answer(
        name="futures",
        question="What futures are there, how likely is each, and who gives way first?",
        headline=headline,
        paragraphs=_paragraphs(solution, contest, held, history is not None and bool(chosen)),
        tables=tuple(x for x in tables if x is not None),
        charts=charts(solution, quantiles, headline),
        evidence_trace=_trace(solution, held, seed, drawn),
        flips=_flips(solution, contest, held),
        warnings=_warnings(solution, chosen, told),
        data=raw(solution, quantiles, contest, history, chosen, seed),
    )


def _tell(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress("futures", done, 2)


def _headline(solution: Solution, told: Certificate) -> str:
    game, f = solution.game, solution.futures
    end = game.shown
    at = f.regime[end]
    order = sorted(ORDER, key=lambda r: -at[r])
    first, second = order[0], order[1]
    text = f"By month {end} {held_words(game, first)} is the likeliest state of affairs ({percent(at[first])})"
    if told.distinguishable(float(at[first]), float(at[second]), "settled"):
        return text
    return (
        f"By month {end} {held_words(game, first)} and {held_words(game, second)} are about as likely "
        f"({percent(at[first])} and {percent(at[second])})"
    )


def _paragraphs(
    solution: Solution, contest: Attrition, told: Certificate, stories: bool
) -> tuple[str, ...]:
    end = solution.game.shown
    month = min(MONTH, end)
    said = [_regimes(solution, month, end), _deals(solution, month, end, told)]
    said.append(_gives_way(solution, contest, told))
    said.append(_nerves(solution, contest))
    said.append(_textbook(solution, contest))
    if stories:
        said.append(
            "The histories below are runs of the model, chosen to span these probabilities, each with the "
            "probability it stands for; none of them is a forecast."
        )
    return tuple(said)


def _regimes(solution: Solution, month: int, end: int) -> str:
    game, f = solution.game, solution.futures
    said = []
    for t in dict.fromkeys((month, end)):
        top = [r for r in sorted(ORDER, key=lambda r: -f.regime[t, r]) if f.regime[t, r] >= 0.005]
        said.append(
            f"at month {t} "
            + join(f"{held_words(game, r)} {_share(float(f.regime[t, r]), r)}" for r in top)
        )
    return f"In this model the chances are: {'; '.join(said)}."


def _share(p: float, regime: int) -> str:
    return fine_percent(p) if regime == DISASTER else percent(p)


def _deals(solution: Solution, month: int, end: int, told: Certificate) -> str:
    game, f = solution.game, solution.futures
    first, now = float(f.first_deal[end]), float(f.regime[end, SETTLED])
    if not first > 0:
        return "No settlement is ever signed within the horizon."
    text = (
        f"A first settlement has been signed by month {end} with {percent(first)}, "
        f"by month {month} with {percent(float(f.first_deal[month]))}; "
    )
    if told.distinguishable(first, now, "settled"):
        text += (
            f"one is in force at month {end} with {percent(now)}, because some break or run out."
        )
    else:
        text += "signed settlements are kept to the end within the certificate's error."
    likely = int(f.settled_on[end].argmax())
    if now > 0:
        text += (
            f" The contract most likely to be in force is {contract_words(game, likely)} "
            f"({percent(float(f.settled_on[end, likely]))})."
        )
    return text


def _gives_way(solution: Solution, c: Attrition, told: Certificate) -> str:
    game = solution.game
    a, b = side_names(game)
    if c.a + c.b <= 0:
        return "Neither side gives way within the horizon: nobody signs the other's offer."
    text = (
        f"Who gives way first: {a} takes an offer of {b} with {percent(c.a)}, {b} one of {a} with "
        f"{percent(c.b)}, and with {percent(c.never)} nobody does within {months_text(game.shown)}"
    )
    if c.neither > 0.005:
        text += f"; with {percent(c.neither)} the first terms are put by outsiders"
    if not told.distinguishable(c.a, c.b, "settled"):
        text += "; between the two sides there is no distinguishable difference"
    return f"{text}. Those who still hold out later are a selection of the most stubborn."


def _nerves(solution: Solution, c: Attrition) -> str:
    game = solution.game
    last = len(c.held) - 1
    real = float(solution.futures.regime[last, DISASTER])
    text = (
        f"If both sides simply held, the risk of disaster would grow to {fine_percent(c.held[last])} by month "
        f"{last}; as the game is played it is {fine_percent(real)}"
    )
    if c.held_up is not None:
        text += f", and one step up the ladder, held throughout, {fine_percent(c.held_up[last])}"
    if not max(c.held[last], real) > 0:
        return "No accident can end this contest: the file gives its rungs no hazard."
    return f"{text} ({game.crisis.ladder.disaster})."


def _textbook(solution: Solution, c: Attrition) -> str:
    a, b = side_names(solution.game)
    if not isinstance(c.textbook, AttritionContest):
        return f"The textbook war of attrition does not apply here: {c.textbook}."
    assert c.prizes is not None
    return (
        f"The textbook war of attrition over the contracts that are signed, with {stake(c.prizes[0])} at stake "
        f"for {a} and {stake(c.prizes[1])} for {b}, each of its own, has {a} give way first with "
        f"{percent(c.textbook.first_concedes_1)}. Do not read it as a forecast: in that equilibrium the side "
        "to which the prize is worth more, against its cost of waiting, gives way more often, which "
        "reverses once either side may be of a kind that never yields."
    )


def _flips(solution: Solution, c: Attrition, told: Certificate) -> tuple[str, ...]:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    end = game.shown
    at = f.regime[end]
    order = sorted(ORDER, key=lambda r: -at[r])
    gap = float(at[order[0]] - at[order[1]])
    found = [
        f"The headline would change if {percent(gap / 2)} of all futures went from "
        f"{held_words(game, order[0])} to {held_words(game, order[1])}."
    ]
    month = next(
        (t for t in range(1, end + 1) if f.regime[t, SETTLED] > f.regime[t, : CEASEFIRE + 1].sum()),
        None,
    )
    if month is not None:
        found.append(
            f"From month {month} on a settlement in force is likelier than that nothing is settled."
        )
    for span in c.spans:
        months = (span.last - span.first) * span.open
        apart = told.distinguishable(span.hazard_a * months, span.hazard_b * months, "settled")
        if apart and (span.hazard_a - span.hazard_b) * (c.a - c.b) < 0:
            more = a if span.hazard_a > span.hazard_b else b
            found.append(
                f"In months {span.first} to {span.last} it is {more} that gives way at the higher rate, "
                "against the order over the whole horizon."
            )
    return tuple(found)


def _warnings(solution: Solution, chosen: list[Chosen], told: int) -> tuple[str, ...]:
    found = []
    game = solution.game
    if solution.mode != "logit":
        found.append(
            "this is an exact solution: quantiles of values and sample histories need logit choices and are "
            "left out"
        )
    elif chosen:
        missing = 1.0 - sum(x.weight for x in chosen)
        gone = [
            r
            for r in ORDER
            if solution.futures.regime[game.shown, r] >= 0.001
            and r not in {x.regime for x in chosen}
        ]
        if gone:
            found.append(
                f"no history is told of {join(regime_words(game, r) for r in gone)} "
                f"({fine_percent(missing)} of futures)"
            )
        if len(chosen) < told:
            found.append(f"only {len(chosen)} histories could be told")
    return tuple(found)


def _trace(solution: Solution, told: Certificate, seed: int, drawn: int) -> Trace:
    crisis = solution.game.crisis
    rungs = [
        (f"ladder.rungs.{i}.accident", "accidents at this rung")
        for i in range(len(crisis.ladder.rungs))
    ]
    base = next((i for i, r in enumerate(crisis.ladder.rungs) if r.rung == crisis.ladder.base), 0)
    wanted = [
        ("war.collapse.A", "how often the war ends by a collapse"),
        ("war.collapse.B", "how often the war ends by a collapse"),
        ("war.intensity", "how far the front can move"),
        ("war.step_favours_b", "where the front moves"),
        ("clock.recognition.A", "how often a side can make an offer"),
        ("settlement.renege_weight", "how often settlements break"),
    ]
    known = quantities(crisis)
    wanted += rungs[base : base + 1]
    return Trace(
        formula="P(r, t) = sum of the masses of particles in regime r at the start of month t; "
        "F(t) = 1 - P(no settlement signed before t)",
        supports=supports(crisis, [w for w in wanted if w[0] in known]),
        certificate=(told.summary(),),
        met=told.met,
        settings=(*settings(solution), ("seed", f"{seed}"), ("histories drawn", f"{drawn}")),
    )
