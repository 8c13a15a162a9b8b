"""The watch answer in sentences: headline, paragraphs, what would change it."""

from __future__ import annotations

import numpy as np

from offramp.answers._bluff_views import actor_name, short
from offramp.answers._bluff_words import points
from offramp.answers._facts import join, months_text, percent, quoted, side_names, stake
from offramp.answers._watch_calendar import Ahead, Step
from offramp.answers._watch_indicators import Board
from offramp.answers._watch_opinion import Opinion
from offramp.answers._watch_ranking import Ranking, Threshold, Valued
from offramp.answers._watch_views import event_name, plan_name, tells
from offramp.game import Game
from offramp.solution import Certificate, Solution

_EXACT = (
    "An exact solution has no distribution of futures to split, so triggers and signs are not read."
)
SOON = 12
"""Month at which chances are read in sentences, if the horizon allows."""


def headline(
    game: Game,
    steps: tuple[Step, ...],
    signs: Board | None,
    ranking: Ranking | None,
    told: Certificate,
) -> str:
    """The trigger first; else the sign that means most; else what the advice hangs on."""
    if steps:
        first = steps[0]
        month = min(SOON, game.shown)
        chance = percent(first.met[month])
        if first.met[-1] <= 0:
            return f"The condition of {quoted(first.name)} is never met within the months shown"
        return f"The condition of {quoted(first.name)} is met by month {month} with a chance of {chance}"
    if signs is not None and signs.indicators:
        loud = signs.indicators[0]
        if told.distinguishable(loud.worth, 0.0, "value_a"):
            way = "lower" if loud.worth < 0 else "raise"
            a = game.crisis.blocs["A"].name
            return (
                f"No step waits for a trigger; the sign that would {way} the value to {a} in this game most: "
                f"{loud.name}"
            )
    if ranking is not None and any(t.at is not None for t in ranking.thresholds):
        return (
            "No step waits for a trigger; the advice hangs on what the other side is believed to be"
        )
    return "No step of the plan waits for a trigger, and no sign stands out"


def paragraphs(
    solution: Solution,
    steps: tuple[Step, ...],
    signs: Board | None,
    ranking: Ranking | None,
    path: Opinion,
    opinions: tuple[Valued | None, Valued | None, Valued | None],
    events: tuple[Ahead, ...],
    told: Certificate,
) -> tuple[str, ...]:
    """Three to six sentences or so."""
    game = solution.game
    exact = solution.mode == "exact"
    said = [_triggers(solution, steps), _EXACT if exact else _signs(game, signs, told)]
    if ranking is not None:
        said.append(_bottom_line(game, ranking))
        said.append(_observations(game, ranking))
    said.append(_opinion(game, path, opinions, ranking, told))
    if events:
        said.append(_events(game, events))
    return tuple(x for x in said if x)


def _triggers(solution: Solution, steps: tuple[Step, ...]) -> str:
    game = solution.game
    a, _ = side_names(game)
    if not steps:
        later = [s for s in game.plan.stages if s.trigger.strip() != "start"]
        if solution.mode == "exact" and later:
            return ""
        if later:
            act = float(solution.futures.acts[: game.shown, 26].sum())
            return (
                f"{a} begins the next step when it likes, not at a trigger: over the months shown it is "
                f"expected to do so {act:.2f} times."
            )
        return f"The plan {quoted(game.plan.name)} has no step that waits for a trigger."
    said = []
    for s in steps:
        when = (
            "is more likely than not to be met at once"
            if s.median == 0
            else f"is more likely than not to be met by month {s.median}"
            if s.median is not None
            else "is not more likely than not to be met within the months shown"
        )
        text = (
            f"{quoted(s.name)} waits for this: {s.trigger}. That {when} ({percent(s.met[-1])} by month "
            f"{game.shown})"
        )
        if s.met[-1] - s.begun[-1] > 0.005:
            text += f", and is then carried out in {percent(s.begun[-1])} of all futures"
        said.append(text)
    return ". ".join(said) + "."


def _signs(game: Game, signs: Board | None, told: Certificate) -> str:
    if signs is None:
        return "The horizon is too short, or too little is open by then, to read indicators ahead of events."
    clear = [i for i in signs.indicators if tells(i, told)]
    if not signs.indicators or not clear:
        return (
            f"No public fact at month {signs.month} moves the chance of a deal, a collapse or disaster by "
            "more than the error."
        )
    first = max(clear, key=lambda i: abs(i.lift))
    more = "raises" if first.lift > 0 else "lowers"
    lead = f", with a lead of {months_text(first.lead)}" if first.lead else ""
    a, _ = side_names(game)
    loud = signs.indicators[0]
    means = (
        f"what means most to {a} is that {loud.name} ({stake(loud.worth, True)} of its stake)"
        if told.distinguishable(loud.worth, 0.0, "value_a")
        else f"none of them makes a distinguishable difference to the value to {a}"
    )
    return (
        f"Of what can be seen by month {signs.month}, the sign that announces most is that {first.name} "
        f"({percent(first.chance)}): it {more} the chance of {event_name(game, first.event)} by month "
        f"{signs.by} from {percent(first.given - first.lift)} to {percent(first.given)}{lead}; {means}."
    )


def _bottom_line(game: Game, found: Ranking) -> str:
    a, _ = side_names(game)
    if len(found.plans) == 1:
        return "The file has one plan, so no belief can change which is best."
    best = plan_name(game, found.best.plan)
    said = f"At today's beliefs {best} is worth most to {a} ({stake(found.best.value_a)})"
    if found.tied:
        said += f", with no distinguishable difference to {join(plan_name(game, p.plan) for p in found.tied)}"
    turns = [t for t in found.thresholds if t.at is not None]
    if not found.thresholds:
        return said + "; there is one type, so nothing can be learned that changes it."
    if not turns:
        return (
            said
            + "; no belief about the type, however certain, changes that by more than the error."
        )
    return (
        said + "; that changes "
        + join(
            f"to {plan_name(game, t.plan)} where the belief in {_kind(game, t)} reaches {percent(t.at or 0.0)} "
            f"(now {percent(t.now)})"
            for t in turns
        )
        + "."
    )  # fmt: skip


def _kind(game: Game, t: Threshold) -> str:
    return quoted(game.crisis.types[game.types[t.type]].name.lower())


def _observations(game: Game, found: Ranking) -> str:
    if len(found.plans) < 2 or not found.sways:
        return ""
    turning = [s for s in found.sways if s.changes]
    if not turning:
        best = max(found.sways, key=lambda s: s.observation.bits)
        return (
            "No single observation would change the best plan, not even the most informative, "
            f"{short(best.observation.name)}."
        )
    first = max(turning, key=lambda s: s.worth)
    outcome = max((o for o in first.best if o[3] > 0), key=lambda o: o[1])
    return (
        f"The observation most worth having before choosing is {short(first.observation.name)} "
        f"({first.worth:.3f} of a stake): {outcome[0]} ({percent(outcome[1])}) would make "
        f"{plan_name(game, outcome[2])} the best plan."
    )


def _opinion(
    game: Game,
    path: Opinion,
    opinions: tuple[Valued | None, Valued | None, Valued | None],
    ranking: Ranking | None,
    told: Certificate,
) -> str:
    if path.why_not:
        return f"Third-party opinion has no channel here: {path.why_not}."
    _, b = side_names(game)
    share = abs(path.slope) * path.shift / path.pain
    said = (
        f"If {path.outsider.lower()} tolerated {b} less by {100 * path.shift:.0f} points of "
        f"{percent(path.support)}, the levers of this plan that leak would cost {b} {percent(share)} more"
    )
    less, today, _ = opinions
    if less is not None and today is not None:
        mu = game.opening
        gain_b = float(mu @ (np.array(less.value_b) - np.array(today.value_b)))
        a, _ = side_names(game)
        gain_a = less.value_a - today.value_a
        clear_a = told.distinguishable(gain_a, 0.0, "value_a")
        clear_b = told.distinguishable(gain_b, 0.0, "value_b")
        even = "makes no distinguishable difference to"
        if not clear_a and not clear_b:
            said += f", which {even} either side"
        else:
            part_a = f"is worth {stake(gain_a, True)} to {a}" if clear_a else f"{even} {a}"
            part_b = f"is worth {stake(gain_b, True)} to {b}" if clear_b else f"{even} {b}"
            said += f", which {part_a} and {part_b}"
    if path.messengers:
        m = path.messengers[0]
        said += (
            f"; the best messenger on file is {actor_name(game, m.holder)} ({short(m.name, 60)}), who shifts "
            f"opinion by {points(m.shift)} points"
        )
    return said + "."


def _events(game: Game, events: tuple[Ahead, ...]) -> str:
    month = min(SOON, game.shown)
    top = [e for e in events if e.by[month] > 0][:2]
    if not top:
        return ""
    listed = join(
        f"{quoted(e.name)} ({percent(e.by[month])} by month {month}"
        + ("" if e.when == "always" else f", while {e.when.replace('_', ' ')}")
        + ")"
        for e in top
    )
    return f"Of what nobody at the table decides, the likeliest ahead is {listed}."


def flips(game: Game, ranking: Ranking | None) -> tuple[str, ...]:
    """Beliefs and observations that would change the best plan."""
    if ranking is None or len(ranking.plans) < 2:
        return ()
    found = [
        f"A belief of {percent(t.at)} in {_kind(game, t)} (now {percent(t.now)}) would make "
        f"{plan_name(game, t.plan)} the best plan."
        for t in ranking.thresholds
        if t.at is not None
    ]
    for s in ranking.sways:
        for name, chance, plan, gain in s.best:
            if gain > 0:
                found.append(
                    f"{short(s.observation.name)}: {name} ({percent(chance)}) would make "
                    f"{plan_name(game, plan)} the best plan."
                )
    return tuple(dict.fromkeys(found)) or (
        "No belief about the type changes the best plan by more than the error.",
    )
