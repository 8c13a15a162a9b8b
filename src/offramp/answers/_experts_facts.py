"""Facts of the experts answer: the elicitation board, packages of items, and numbers with several experts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.crisis import Crisis, Elicitation, Opinion, Quantity, parameters
from offramp.estimation.joint import (
    Support,
    correlation_for,
    disagreement,
    joint_support,
)
from offramp.estimation.pooling import Assessment, Pool, linear_pool, quantile_average
from offramp.estimation.scoring import share_interval

MAJORITY = 0.5
"""Share of respondents whose backing for a whole package is asked about."""
SLACK = 1e-9
"""Below this a support is called none: sums of shares are not exact."""
_COUNT = re.compile(r"\b(\d{1,4})(?:\s*(?:to|and|-|–)\s*(\d{1,4}))?\b(?!\s*(?:%|per cent|percent))")
YEARS = range(1900, 2101)
"""Numbers that name a year rather than count people."""


@dataclass(frozen=True)
class Asked:
    """One item on the board: the word it got, the share that the word stands for, and what n allows.

    Attributes:
        word: ``consensus``, ``most``, ...
        share: Share of respondents that the word stands for, with its range.
        differ: Chance that two respondents picked at random answer differently.
        sample: 90 % interval of the share in a wider group, if the respondents were a random sample of the
            least number stated; None without a number.
    """

    id: str
    name: str
    word: str
    share: Quantity
    differ: float
    sample: tuple[float, float] | None


@dataclass(frozen=True)
class Board:
    """An elicitation with its items, most backed first."""

    id: str
    source: Elicitation
    number: tuple[int, int] | None
    items: tuple[Asked, ...]


@dataclass(frozen=True)
class Package:
    """What a plan needs of a board.

    Attributes:
        asked: Items of the board that the plan uses.
        scaled: Those it uses at less than full strength.
        later: Those it uses only in a ceasefire or in answer to an event.
        others: Levers of the plan that nobody was asked about.
        left: Items of the board that the plan leaves out.
        support: At the central shares; ``least`` and ``most`` at the ends of their ranges.
        correlation: Least common correlation with which a majority backs the whole; None if none does.
    """

    plan: str
    board: str
    asked: tuple[Asked, ...]
    scaled: tuple[str, ...]
    later: tuple[str, ...]
    others: tuple[str, ...]
    left: tuple[str, ...]
    support: Support | None
    least: Support | None
    most: Support | None
    correlation: float | None


@dataclass(frozen=True)
class Number:
    """A number of the crisis with several experts, pooled by more than one rule."""

    path: str
    quantity: Quantity
    linear: Pool | None
    quantile: Pool | None
    earned: Pool | None
    spread: float
    apart: bool


# --- The board -------------------------------------------------------------------------------


def boards_of(crisis: Crisis) -> tuple[Board, ...]:
    """Every elicitation of the crisis."""
    return tuple(_board(crisis, key, source) for key, source in crisis.elicitation.items())


def _board(crisis: Crisis, key: str, source: Elicitation) -> Board:
    number = respondents(source.respondents)
    items = [
        _asked(crisis, item, word, source.shares[word], number)
        for item, word in source.answers.items()
    ]
    return Board(key, source, number, tuple(sorted(items, key=lambda i: -i.share.value)))


def _asked(
    crisis: Crisis, item: str, word: str, share: Quantity, number: tuple[int, int] | None
) -> Asked:
    sample = None
    if number is not None and number[0] > 0:
        sample = share_interval(round(share.value * number[0]), number[0])
    return Asked(item, item_name(crisis, item), word, share, disagreement(share.value), sample)


def item_name(crisis: Crisis, item: str) -> str:
    """What readers call an item: a lever, a contract or a plan of the crisis, or its own words."""
    for section in (crisis.levers, crisis.contracts, crisis.plans, crisis.issues):
        if item in section:
            return str(section[item].name)
    return item.replace("_", " ")


def respondents(text: str) -> tuple[int, int] | None:
    """The number of respondents as the text states it, ``(6, 12)`` for "6 to 12"; None if it does not.

    Percentages and years are no counts.
    """
    for match in _COUNT.finditer(text):
        low, high = int(match[1]), int(match[2] or match[1])
        if 0 < low <= high and low not in YEARS:
            return low, high
    return None


# --- Packages --------------------------------------------------------------------------------


def packages_of(crisis: Crisis, boards: Sequence[Board], plans: Sequence[str]) -> list[Package]:
    """What each plan needs of each board; plans that use nothing of a board are left out."""
    found = []
    for board in boards:
        for plan in plans:
            package = _package(crisis, board, plan)
            if package.asked or package.later:
                found.append(package)
    return found


def _package(crisis: Crisis, board: Board, plan: str) -> Package:
    p = crisis.plans[plan]
    strength: dict[str, float] = {}
    for stage in p.stages:
        for use in stage.on:
            strength[use.lever] = max(strength.get(use.lever, 0.0), use.intensity)
    answered = (*p.on_ceasefire, *(lever for levers in p.on_event.values() for lever in levers))
    items = {i.id: i for i in board.items}
    asked = tuple(i for i in board.items if i.id in strength)
    shares = [i.share.value for i in asked]
    return Package(
        plan=plan,
        board=board.id,
        asked=asked,
        scaled=tuple(i.id for i in asked if strength[i.id] < 1),
        later=tuple(dict.fromkeys(x for x in answered if x in items and x not in strength)),
        others=tuple(x for x in strength if x not in items),
        left=tuple(k for k in items if k not in strength and k not in answered),
        support=joint_support(shares) if shares else None,
        least=_at(asked, "low"),
        most=_at(asked, "high"),
        correlation=correlation_for(shares, MAJORITY) if shares else None,
    )


def _at(asked: Sequence[Asked], end: str) -> Support | None:
    shares = [_end(i.share, end) for i in asked]
    return joint_support(shares) if shares else None


def _end(share: Quantity, end: str) -> float:
    found = share.low if end == "low" else share.high
    return share.value if found is None else found


# --- Numbers with several experts --------------------------------------------------------------


def numbers_of(crisis: Crisis, earned: Mapping[str, float] | None) -> tuple[Number, ...]:
    """Every number that several people gave, pooled by each rule."""
    found = []
    for path, quantity in parameters(crisis).items():
        if len(quantity.experts) > 1:
            found.append(_number(path, quantity, earned))
    return tuple(found)


def _number(path: str, quantity: Quantity, earned: Mapping[str, float] | None) -> Number:
    experts = quantity.experts
    centres = [e.value for e in experts]
    full = _assessments(experts)
    given = {who: e.weight for who, e in zip(_names(experts), experts, strict=True)}
    linear = linear_pool(full, given) if full else None
    average = quantile_average(full, given) if full else None
    performance = None
    if full and earned and sum(earned.get(who, 0.0) for who in full) > 0:
        performance = linear_pool(full, earned)
    return Number(
        path,
        quantity,
        linear,
        average,
        performance,
        max(centres) - min(centres),
        _apart(experts),
    )


def _names(experts: Sequence[Opinion]) -> list[str]:
    """Names, made different where one person answered twice."""
    seen: dict[str, int] = {}
    names = []
    for e in experts:
        seen[e.who] = seen.get(e.who, 0) + 1
        names.append(e.who if seen[e.who] == 1 else f"{e.who} ({seen[e.who]})")
    return names


def _assessments(experts: Sequence[Opinion]) -> dict[str, Assessment] | None:
    """Full assessments by expert; None unless everybody gave a range around the central value."""
    found = {}
    for who, e in zip(_names(experts), experts, strict=True):
        if e.low is None or e.high is None or not e.low < e.value < e.high:
            return None
        found[who] = Assessment(e.low, e.value, e.high)
    return found


def _apart(experts: Sequence[Opinion]) -> bool:
    """Whether two experts' ranges do not meet: a disagreement that no range covers."""
    spans = [
        (e.value if e.low is None else e.low, e.value if e.high is None else e.high)
        for e in experts
    ]
    return max(a for a, _ in spans) > min(b for _, b in spans)
