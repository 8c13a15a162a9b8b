"""Headline, paragraphs, flips and warnings of the forecasts answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from offramp.answers._facts import join, percent, quoted, span_text
from offramp.answers._forecasts_facts import (
    COIN,
    Group,
    Item,
    firm,
    grid,
    order_is_firm,
    ranked,
)
from offramp.answers._forecasts_views import chance_text

UNUSUAL = 0.05
"""Chance below which a score is called hard to square with the probabilities stated."""


def headline_of(groups: Sequence[Group], least: int) -> str:
    """The finding as a heading."""
    items = [i for g in groups for i in g.items]
    done = [g for g in groups if g.scores is not None]
    if not items:
        return "There are no forecasts to score"
    if not done:
        return f"None of the {_forecasts(len(items))} is resolved, so there is nothing to score yet"
    order = ranked(groups)
    if order:
        first, last = order[0], order[-1]
        tail = "" if order_is_firm(groups) else ", an order that does not survive the coding"
        return (
            f"{_score(first)} for {quoted(first.name)} and {_score(last)} for {quoted(last.name)}{tail}; "
            f"{_rest(groups, order, least)}"
        )
    able = [g for g in done if g.scores and g.scores.count >= least]
    if able:
        return (
            f"{_score(able[0])} for {quoted(able[0].name)} on {_forecasts(len(able[0].resolved))}; "
            "there is nobody to rank against"
        )
    return f"Nobody has {least} resolved forecasts, so nobody is ranked"


def _rest(groups: Sequence[Group], order: Sequence[Group], least: int) -> str:
    others = len(groups) - len(order)
    if not others:
        return "all are ranked"
    verb = "has" if others == 1 else "have"
    return f"{others} {verb} fewer than {least} resolved and {'is' if others == 1 else 'are'} not ranked"


def _score(g: Group) -> str:
    return f"Brier {g.scores.brier:.2f}" if g.scores else "no score"


def _forecasts(n: int) -> str:
    return f"{n} forecast" if n == 1 else f"{n} forecasts"


def paragraphs_of(groups: Sequence[Group], least: int, coded: bool) -> tuple[str, ...]:
    """Three to six sentences or short paragraphs."""
    items = [i for g in groups for i in g.items]
    if not items:
        return ("No forecast with a date and a probability is stated, so nothing can be scored.",)
    said = [_counted(items)]
    if any(g.scores for g in groups):
        said += [_ranking(groups, least), _calibration(groups, least), _surest(items)]
        if coded:
            said.append(_reasons(items))
    if coded:
        said.append(
            "The authors wrote words, and the coder turned them into numbers; the ranges carry what that "
            "leaves open."
        )
    return tuple(x for x in said if x)


def _counted(items: Sequence[Item]) -> str:
    done = sum(i.outcome is not None for i in items)
    open_ = len(items) - done
    ruled = sum(1 for i in items if i.outcome is None and i.rule)
    tail = "none is open" if not open_ else f"{open_} {'is' if open_ == 1 else 'are'} open"
    if ruled and ruled == open_:
        tail += ", each under a rule that must be applied or written first"
    elif ruled:
        tail += f", {ruled} of them waiting for a rule to be applied or written"
    bare_ = sum(1 for i in items if not i.rule)
    more = f" {bare_} of all state no rule of their own: the text is the rule." if bare_ else ""
    return f"Of {_forecasts(len(items))}, {done} {'is' if done == 1 else 'are'} resolved and {tail}.{more}"


def _ranking(groups: Sequence[Group], least: int) -> str:
    order = ranked(groups)
    if not order:
        return (
            f"With fewer than two authors who have {least} resolved forecasts there is no ranking."
        )
    listed = join(f"{quoted(g.name)} ({_score(g)} on {len(g.resolved)})" for g in order)
    firmness = (
        "The order survives the coder's ranges and leaving out whatever one date settled."
        if order_is_firm(groups)
        else "The order does not survive the coder's ranges, or leaving out what one date settled: "
        "take it as a tie."
    )
    return (
        f"Among those with at least {least} resolved the order is {listed}, where a coin scores {COIN}. "
        f"{firmness} They answered different questions, so this compares scores and not skill."
    )


def _calibration(groups: Sequence[Group], least: int) -> str:
    able = [g for g in groups if g.scores and g.scores.count >= least]
    if not able:
        return ""
    worst = min(able, key=lambda g: g.scores.worse if g.scores else 1.0)
    s = worst.scores
    assert s is not None
    text = (
        f"If every probability of {quoted(worst.name)} were right, a score this bad or worse would come out in "
        f"{chance_text(s.worse)} with independent events, and in {chance_text(s.tied)} if one cause decided all"
    )
    if s.worse < UNUSUAL:
        text += ": the probabilities were too sure, whichever it is" if s.tied < UNUSUAL else (
            ": too sure by the first measure, while one bad surprise would explain it by the second"
        )  # fmt: skip
    else:
        text += ", so the scores do not contradict the probabilities"
    days = Counter(i.date for i in worst.resolved if i.right is False and i.date)
    if days and (most := days.most_common(1)[0])[1] > 1 and most[0] is not None:
        text += f"; {most[1]} of its misses were settled on one day ({most[0].isoformat()})"
    return text + "."


def _surest(items: Sequence[Item]) -> str:
    missed = [i for i in items if i.right is False]
    if not missed:
        return "No resolved call was on the wrong side of one half."
    worst = max(missed, key=lambda i: i.brier or 0.0)
    return (
        f"The surest miss is {worst.id} ({percent(worst.probability)}: {quoted(worst.text.rstrip('.'))}), with "
        f"a Brier score of {worst.brier:.2f}."
    )


def _reasons(items: Sequence[Item]) -> str:
    cells = grid(items)
    lucky = cells.get(("right", "does not hold"), [])
    unlucky = cells.get(("wrong", "holds"), [])
    dark = sum(len(v) for (_, t), v in cells.items() if t == "not assessed")
    total = sum(len(v) for v in cells.values())
    if dark == total:
        return (
            "Whether a call was right for the wrong reason cannot be said: nobody has recorded whether the "
            "premises that carry these readings turned out to hold."
        )
    said = []
    if lucky:
        said.append(f"right although a carrying premise failed: {join(lucky)}")
    if unlucky:
        said.append(f"wrong although the premises held: {join(unlucky)}")
    text = "; ".join(said) if said else "no call was right on failed premises or wrong on good ones"
    more = f" For {dark} of {total} the premises are not assessed." if dark else ""
    return f"Reasons against results: {text}.{more}"


def flips_of(groups: Sequence[Group], least: int) -> tuple[str, ...]:
    """What would change the findings."""
    said = []
    for g in groups:
        n = len(g.resolved)
        if n < least and len(g.items) >= least:
            more = least - n
            said.append(
                f"{quoted(g.name)} would have enough for a rank with {more} more resolved; "
                f"{len(g.items) - n} {'is' if len(g.items) - n == 1 else 'are'} open."
            )
    order = ranked(groups)
    for a, b in pairwise(order):
        if not firm(a, b) and a.scores and b.scores:
            said.append(
                f"{quoted(a.name)} and {quoted(b.name)} could change places: the coded ranges give "
                f"{a.scores.brier_low:.2f} to {a.scores.brier_high:.2f} and "
                f"{b.scores.brier_low:.2f} to {b.scores.brier_high:.2f}."
            )
    said += [
        f"{quoted(g.name)} does worse than a coin only because of one date: without what that settled "
        f"its Brier score is {g.spread[0]:.2f}."
        for g in groups
        if g.scores and g.spread and g.scores.brier > COIN > g.spread[0]
    ]
    return tuple(said)


def warnings_of(groups: Sequence[Group], least: int) -> list[str]:
    """Cautions that hold for these data."""
    said = []
    for g in groups:
        s = g.scores
        if s is None:
            continue
        if s.count >= least and g.days < s.count:
            said.append(
                f"{quoted(g.name)}: {s.count} forecasts were settled on {g.days} "
                f"date{'s' * (g.days != 1)}, so they count for fewer than {s.count} independent trials."
            )
        if s.discrimination is None and s.count >= least:
            said.append(
                f"{quoted(g.name)}: no resolved call was {'wrong' if s.right else 'right'}, so whether surer "
                "calls fared better cannot be told."
            )
        weak = [i.id for i in g.resolved if i.confidence in ("medium", "low")]
        if weak:
            said.append(f"{quoted(g.name)}: the coding of {join(weak)} is itself uncertain.")
    return said


def calibration_words(groups: Sequence[Group]) -> tuple[str, str]:
    """Title and alternative text of the calibration chart."""
    done = [i for g in groups for i in g.resolved]
    said = sum(i.probability for i in done) / len(done)
    came = sum(bool(i.outcome) for i in done) / len(done)
    title = f"{percent(said)} expected on average, {percent(came)} came true"
    if all(
        g.scores is None or g.scores.came_low <= g.scores.said <= g.scores.came_high for g in groups
    ):
        title += ": within what so few can show"
    ranges = "; ".join(
        f"{g.name}: said {percent(g.scores.said)}, came true {percent(g.scores.came)} "
        f"(interval {span_text(g.scores.came_low, g.scores.came_high)})"
        for g in groups
        if g.scores is not None
    )
    return title, f"Resolved forecasts: {ranges}."


def brier_words(groups: Sequence[Group], least: int) -> tuple[str, str]:
    """Title and alternative text of the chart of Brier scores."""
    done = [g for g in groups if g.scores is not None]
    order = ranked(groups)
    low = min(g.scores.brier for g in done if g.scores)
    high = max(g.scores.brier for g in done if g.scores)
    span = f"{low:.2f}" if len(done) == 1 else f"{low:.2f} to {high:.2f}"
    title = f"Brier scores of {span}; {len(order) or 'none'} of {len(groups)} can be ranked"
    listed = "; ".join(
        f"{g.name}: {g.scores.brier:.2f} on {g.scores.count}" for g in done if g.scores
    )
    return title, f"Brier scores, at least {least} resolved for a rank: {listed}."
