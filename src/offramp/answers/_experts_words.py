"""Headline, paragraphs, flips and warnings of the experts answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offramp.answers._experts_conditions import Breach, Condition
from offramp.answers._experts_facts import MAJORITY, Board, Number, Package
from offramp.answers._experts_views import is_none, number_text, scope_text
from offramp.answers._facts import join, percent, quoted
from offramp.crisis import Crisis
from offramp.estimation.pooling import Performance

MOST_FLIPS = 4
"""Flips that are listed: the plans that use most of what was asked come first."""


def headline_of(
    crisis: Crisis,
    boards: Sequence[Board],
    packages: Sequence[Package],
    breaches: Sequence[Breach],
    numbers: Sequence[Number],
) -> str:
    """The finding as a heading."""
    if breaches:
        plans = join(dict.fromkeys(quoted(crisis.plans[b.use.plan].name) for b in breaches))
        return f"{plans} would use answers outside the respondents' conditions"
    able = [p for p in packages if p.support is not None]
    if able:
        p = max(able, key=lambda x: len(x.asked))
        s = p.support
        assert s is not None
        name = quoted(crisis.plans[p.plan].name)
        if s.high == s.low:
            return f"{percent(s.high)} back what {name} asks of them"
        return (
            f"Item by item all are backed, but all {len(p.asked)} items of {name} together by "
            f"{_least(s.low)} to {percent(s.high)}"
            if all(i.share.value > MAJORITY for i in p.asked)
            else f"All {len(p.asked)} items of {name} together are backed by {_least(s.low)} to "
            f"{percent(s.high)}"
        )
    if boards:
        return "People were asked about items that are not used here"
    if numbers:
        wide = max(numbers, key=lambda n: n.spread)
        return f"{_numbers(len(numbers))} have several experts; they differ most on {wide.path}"
    return "Nobody was asked: this crisis holds no elicitation and no number from several experts"


def _least(share: float) -> str:
    return "none" if is_none(share) else percent(share)


def _numbers(n: int) -> str:
    return "1 number" if n == 1 else f"{n} numbers"


def paragraphs_of(
    crisis: Crisis,
    boards: Sequence[Board],
    packages: Sequence[Package],
    conditions: Sequence[Condition],
    breaches: Sequence[Breach],
    regime: str,
    numbers: Sequence[Number],
    found: Performance | None,
) -> tuple[str, ...]:
    """Three to six short paragraphs, or one if there is nothing."""
    if not boards and not numbers:
        return (
            "There is nothing to pool. An elicitation goes under `elicitation`, and several answers to one "
            "number under its `experts`, with the rule that pools them.",
        )
    said = [_asked(b) for b in boards]
    said += [_support(crisis, p) for p in packages[:1] if p.support is not None]
    if len(packages) > 1:
        said.append(_majorities(crisis, packages))
    if conditions:
        said.append(_scope(conditions, breaches, regime))
    cautions = [b.source.caution.strip() for b in boards if b.source.caution]
    said += cautions[:1]
    said.append(_several(numbers, found))
    return tuple(x for x in said if x)


def _asked(board: Board) -> str:
    if not board.items:
        return f"The question {quoted(board.source.question)} has no answers."
    first, last = board.items[0], board.items[-1]
    who = (
        f"{number_text(board.number)} respondents, by the file's account,"
        if board.number
        else "an unstated number of respondents"
    )
    if first.share.value == last.share.value:
        return (
            f"{who[0].upper()}{who[1:]} answered {quoted(board.source.question)}: every item was "
            f"reported as {quoted(first.word)}."
        )
    return (
        f"{who[0].upper()}{who[1:]} answered {quoted(board.source.question)}: from "
        f"{quoted(first.name)} ({quoted(first.word)}, {percent(first.share.value)}) to {quoted(last.name)} "
        f"({quoted(last.word)}, {percent(last.share.value)}). Two of them picked at random differ on the "
        f"latter in {percent(last.differ)} of cases."
    )


def _support(crisis: Crisis, p: Package) -> str:
    s, low, high = p.support, p.least, p.most
    assert s is not None
    assert low is not None
    assert high is not None
    name = quoted(crisis.plans[p.plan].name)
    if len(p.asked) == 1:
        return f"{name} uses one item that was asked about, backed by {percent(s.high)}."
    text = (
        f"Who backs each item need not back the package: {_least(s.low)} to {percent(s.high)} back all "
        f"{len(p.asked)} items that {name} uses, and {percent(s.independent)} if answers were independent "
        f"({percent(low.independent)} to {percent(high.independent)} over the ranges of the words)."
    )
    if s.high < MAJORITY:
        return text + " No dependence makes that a majority."
    if p.correlation:
        return (
            text
            + f" A majority for the whole needs a common factor with a correlation of {p.correlation:.2f} "
            "between items."
        )
    return text + " That is a majority even if answers were independent."


def _majorities(crisis: Crisis, packages: Sequence[Package]) -> str:
    able = [p for p in packages if p.support is not None]
    sure = [p for p in able if p.support and p.support.low >= MAJORITY]
    never = [p for p in able if p.support and p.support.high < MAJORITY]
    open_ = [p for p in able if p not in sure and p not in never]

    def names(some: Sequence[Package]) -> str:
        return join(quoted(crisis.plans[p.plan].name) for p in some)

    parts = []
    if sure:
        parts.append(f"a majority backs all that is asked of it in {names(sure)}")
    if never:
        parts.append(f"no majority can back {names(never)}")
    if open_:
        parts.append(f"the answers leave open whether a majority backs {names(open_)}")
    blind = [p for p in able if p.others]
    text = "; ".join(parts)
    text = f"{text[0].upper()}{text[1:]}." if text else ""
    if blind:
        text += (
            f" {len(blind)} of these plans also {'uses' if len(blind) == 1 else 'use'} levers that nobody "
            "was asked about."
        )
    return text.strip()


def _scope(conditions: Sequence[Condition], breaches: Sequence[Breach], regime: str) -> str:
    loose = [c for c in conditions if not c.checkable]
    count = len(conditions)
    text = f"The answers hold under {count} condition{'s' * (count != 1)}"
    if breaches:
        text += f", and {len({b.condition for b in breaches})} of them would not hold in use (regime: {regime})"
    elif len(loose) < count:
        text += (
            f"; those that can be checked hold where the plans would use them (regime: {regime})"
        )
    if loose:
        text += f"; not checkable here: {join(quoted(c.text) for c in loose)}"
    return text + "."


def _several(numbers: Sequence[Number], found: Performance | None) -> str:
    if not numbers:
        return "No number of this crisis comes from several experts."
    apart = [n.path for n in numbers if n.apart]
    text = f"{_numbers(len(numbers))} come from several experts"
    if len(numbers) == 1:
        text = text.replace("come from", "comes from")
    text += (
        f"; on {join(apart)} their ranges do not even meet." if apart else "; their ranges overlap."
    )
    if found is not None:
        best = max(found.weights, key=lambda e: found.weights[e])
        share = percent(found.weights[best])
        text += f" On the seed questions {quoted(best)} earns the largest weight ({share})."
        if found.few:
            text += f" {found.seeds} seeds are too few to tell experts apart."
    return text


def flips_of(crisis: Crisis, packages: Sequence[Package]) -> tuple[str, ...]:
    """What would change the findings."""
    said = []
    for p in sorted(packages, key=lambda x: -len(x.asked)):
        s = p.support
        if s is None or len(p.asked) < 2:
            continue
        name = quoted(crisis.plans[p.plan].name)
        if s.low < MAJORITY <= s.high and p.correlation:
            said.append(
                f"A majority backs all of {name} if one factor correlates the answers by "
                f"{p.correlation:.2f} or more: ask each respondent about the package as a whole."
            )
        weakest = min(p.asked, key=lambda i: i.share.value)
        rest = [i.share.value for i in p.asked if i.id != weakest.id]
        gain = min(rest)
        if gain > s.high:
            said.append(
                f"Without {quoted(weakest.name)} at most {percent(gain)} back {name} instead of "
                f"{percent(s.high)}."
            )
    return tuple(said[:MOST_FLIPS])


def warnings_of(
    crisis: Crisis,
    boards: Sequence[Board],
    packages: Sequence[Package],
    conditions: Sequence[Condition],
    breaches: Sequence[Breach],
    later: Sequence[Breach],
    lapse: Mapping[str, tuple[int, float]],
    found: Performance | None,
    clipped: Sequence[str],
) -> tuple[str, ...]:
    """Cautions that hold for these answers."""
    said = [scope_text(crisis, b) for b in breaches]
    said += _lapses(crisis, breaches, later, lapse)
    said += [
        f"Nothing here can check the condition {quoted(c.text)}: whether a use keeps to it is for the reader."
        for c in conditions
        if not c.checkable
    ]
    for b in boards:
        if b.number is None:
            said.append(f"The number of respondents to {quoted(b.source.question)} is not stated.")
    for p in packages:
        if p.scaled:
            said.append(
                f"{quoted(crisis.plans[p.plan].name)} uses {len(p.scaled)} "
                f"item{'s' * (len(p.scaled) != 1)} below full strength; respondents were asked about each "
                "as such."
            )
    if found is not None and found.few:
        said.append(
            f"Weights rest on {found.seeds} seed questions; calibration is a p-value and says little on so few."
        )
    said += [
        f"The ranges of the experts miss each other on {path}: no pool of them is anybody's view."
        for path in clipped
    ]
    return tuple(said)


def _lapses(
    crisis: Crisis,
    breaches: Sequence[Breach],
    later: Sequence[Breach],
    lapse: Mapping[str, tuple[int, float]],
) -> list[str]:
    """What begins inside the conditions and would not stay there."""
    broken = {b.use.plan for b in breaches}
    plans = [p for p in dict.fromkeys(b.use.plan for b in later) if p not in broken]
    if not plans:
        return []
    texts = join(dict.fromkeys(quoted(b.condition.text) for b in later if b.use.plan in plans))
    names = join(quoted(crisis.plans[p].name) for p in plans)
    one = len(plans) == 1
    text = (
        f"{names} {'begins' if one else 'begin'} inside the conditions and {'stays' if one else 'stay'} in "
        f"force if a ceasefire follows, when {texts} no longer holds"
    )
    chances = [lapse[p] for p in plans if p in lapse]
    if chances:
        text += f": {percent(chances[0][1])} of futures are in a ceasefire at month {chances[0][0]}"
    return [text + "."]
