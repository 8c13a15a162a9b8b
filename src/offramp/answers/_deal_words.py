"""Sentences of the answer about deals: the offer, the room, why there is no deal, dates, thresholds."""

from __future__ import annotations

from offramp.answers._deal_facts import (
    Lifted,
    blockers,
    capital,
    close_calls,
    close_words,
    crossed,
    least_words,
    line_words,
    step_words,
    suited_least,
)
from offramp.answers._deal_relax import Around, Relaxed
from offramp.answers._deal_room import Room
from offramp.answers._deal_views import NAMES
from offramp.answers._deal_why import ENOUGH, Why
from offramp.answers._facts import join, owner, percent, quoted, side_names, stake, type_name
from offramp.answers._measures import Gaps
from offramp.game import Game
from offramp.solution import Certificate
from offramp.solution._certificate import PRINTED


def headline_of(game: Game, now: Gaps, told: Certificate) -> str:
    """Whether a contract suits both sides today."""
    a, b = side_names(game)
    inside = {
        j: [i for i in range(len(game.offers)) if now.accepts_a(i) and now.accepts_b(i, j)]
        for j in range(len(game.types))
    }
    everyone = set.intersection(*(set(v) for v in inside.values()))
    if everyone:
        best = max(everyone, key=lambda i: (not close_calls(game, now, i, told), float(now.a[i])))
        close = close_words(game, now, best, told)
        return f"{quoted(game.offers[best].name)} is acceptable to both sides today" + (
            f", though {close}" if close else ""
        )
    some = [j for j, v in inside.items() if v]
    if len(some) == len(game.types):
        return f"Every type of {b} would sign some deal today, but no one deal suits them all"
    if some:
        kinds = join((type_name(game, j) for j in some), "or")
        chance = percent(float(sum(game.opening[j] for j in some)))
        return f"A deal exists today only if {b}'s type is {kinds} (believed at {chance})"
    return f"No deal today suits both {b} and {a} with its voices"


def _whose(game: Game, offer: int) -> str:
    """``"Contract", the offer of "Plan",``: with the plan whose offer it is, if there is one."""
    contract = game.offers[offer].contract
    plans = [game.plan, *game.crisis.plans.values()]
    plan = next((p for p in plans if p.offer is not None and p.offer == contract), None)
    name = quoted(game.offers[offer].name)
    return f"{name}, the offer of {quoted(plan.name)}," if plan is not None else name


def offer_words(
    game: Game,
    now: Gaps,
    offer: int,
    lifted: tuple[Lifted, ...],
    untried: tuple[str, ...],
    around: Around | None,
    told: Certificate,
) -> str:
    """The contract on the table: what it lacks, which line, which term."""
    _, b = side_names(game)
    stops = blockers(game, now, offer)
    if not stops:
        close = close_words(game, now, offer, told)
        said = [f"{_whose(game, offer)} is acceptable to both sides."]
        return " ".join([*said, *([f"{capital(close)}."] if close else [])])
    said = [f"{_whose(game, offer)} has no range today: {join(stops)}."]
    most, least = float(now.b[offer].max()), float(now.b[offer].min())
    if most < 0 and told.distinguishable(most, 0.0, "value_b"):
        spread = told.distinguishable(most, least, "value_b")
        upto = f" ({stake(-least)} for the type least ready)" if spread else ""
        ready = f"for the type of {b} most ready to sign" if len(game.types) > 1 else f"for {b}"
        said.append(
            f"{capital(ready)} it is {stake(-most)} of its stake short of letting the round pass{upto}."
        )
    close = close_words(game, now, offer, told)
    if close:
        said.append(f"{capital(close)}.")
    for x in lifted:
        barely = x.opens_for and not told.distinguishable(max(x.gap_b), 0.0, "value_b")
        effect = (
            "opens the range, by no distinguishable difference between signing and waiting"
            if barely
            else "opens the range"
            if len(x.opens_for) == len(game.types)
            else "opens it in part"
            if x.opens_for
            else f"does not open it ({b} still {stake(max(x.gap_b), True)} at best)"
        )
        said.append(f"Lifting {line_words(game, x.line)} alone {effect}.")
    if untried:
        said.append(f"Not tried: {join(line_words(game, x) for x in untried)}.")
    if not crossed(game, offer):
        said.append("It crosses no red line: the terms themselves fall short.")
    said += _freed_words(game, around, told)
    return " ".join(said)


def _freed_words(game: Game, around: Around | None, told: Certificate) -> list[str]:
    """Which of an offer's terms would have to be free."""
    if around is None or around.kept is None or around.kept.open:
        return []
    issues = [quoted(i.name) for i in game.crisis.issues.values()]
    said = []
    tried = [x for x in around.each if x.room is not None]
    if tried and len(issues) > 1:
        best = max(tried, key=lambda x: x.room.margin if x.room else 0.0)
        assert best.room is not None
        gain = best.room.margin - around.kept.margin
        if gain > told.least("value_b") and not best.room.open:
            said.append(
                f"The one term that keeps it shut most is {issues[best.issues[0]]}: with that free the rest "
                f"still leaves somebody {stake(-best.room.margin)} short."
            )
    if around.fewest:
        terms = join(issues[m] for m in around.fewest[0].issues)
        whole = len(around.fewest[0].issues) == len(issues)
        said.append(
            "Only with every term free is there room around it."
            if whole and len(issues) > 1
            else f"With {terms} free there is room around it."
        )
    elif around.all.room is not None:
        said.append("Not even with every term free is there room that suits everybody.")
    return said


def room_words(
    game: Game, found: Relaxed, told: Certificate, checked: dict[str, float | None]
) -> str:
    """Whether any terms suit everybody, and what would have to give."""
    base = found.base
    if base is None:
        return "Hard red lines and the points of indivisible issues allow no terms at all."
    least = told.least("value_b")
    who = suited_least(game, base)
    edge = abs(base.margin) <= least
    if edge:
        said = [
            f"Over all terms that could be written the range is at its edge: for {who} the best of them are no "
            "distinguishable difference from waiting, or from the floor."
        ]
    elif base.open:
        said = [
            f"Some terms suit everybody today, with {stake(base.margin)} of its stake to spare for whoever is "
            f"suited least ({who})."
        ]
    else:
        said = [f"The best terms that could be written still fail {who} by {stake(-base.margin)}."]
    if not base.open:
        said += _opening_words(game, found, least)
        if found.never is not None and found.never.open and found.never.margin > least:
            said.append(
                "Against no talks ever the same limits leave room of "
                f"{stake(found.never.margin)}: what shuts the range is what waiting for better terms is worth."
            )
    for what, margin in checked.items():
        if margin is not None:
            worth = (
                f"leave {stake(margin, True)} to whoever is suited least"
                if abs(margin) > least
                else "are no distinguishable difference from waiting, or from a floor, to whoever is suited "
                "least"
            )
            said.append(f"Written into the file and solved again, the best terms{what} {worth}.")
    return " ".join(said)


def _opening_words(game: Game, found: Relaxed, least: float) -> list[str]:
    """Which single relaxations, or pairs, open a range."""
    opening = [x for x in found.singles if x.room is not None and x.room.margin > least]
    barely = [x for x in found.singles if x.opens and x not in opening]
    if opening:
        first = opening[0]
        size = least_words(game, first)
        rest = [step_words(game, x) for x in opening[1:]]
        also = f" So {'does' if len(rest) == 1 else 'do'} {join(rest)}." if rest else ""
        assert first.room is not None
        return [
            f"Giving up {step_words(game, first)} opens it by {stake(first.room.margin)}"
            + (f" (least that does: {size})." if size else ".")
            + also
        ]
    if barely:
        names = join((step_words(game, x) for x in barely), "or")
        return [f"Giving up {names} opens it, by no distinguishable difference."]
    if found.pairs:
        x = found.pairs[0]
        both = f"{step_words(game, x.first)} and {step_words(game, x.second)}"
        return [f"Nothing alone opens it; giving up {both} does."]
    if found.every is not None and found.every.open:
        return ["Nothing alone and no two things open it; giving up everything does."]
    return ["Not even giving up every line, floor and lock opens it: the terms are too far apart."]


def why_title(why: Why) -> str:
    """Which obstacle carries most of what is lost."""
    if not why.told:
        return "Too little is lost to divide it among obstacles"
    first, second = why.ranked[:2]
    if why.shares.sum(first) - why.shares.sum(second) <= max(why.error or 0.0, PRINTED["value_b"]):
        both = f"{NAMES[first]} and {lower(NAMES[second])}"
        return f"{both} carry about as much of what is lost"
    part = why.shares.sum(first) / why.shares.total
    how = "most" if part > 0.5 else "the largest part"
    plural = "carry" if NAMES[first].startswith(("Limits", "Red")) else "carries"
    return f"{NAMES[first]} {plural} {how} of what is lost"


def lower(text: str) -> str:
    """Text inside a sentence."""
    return text[:1].lower() + text[1:]


def why_words(game: Game, why: Why) -> str:
    """Why no deal, in words."""
    total = why.shares.total
    if not why.told:
        sign = "costs" if total < 0 else "brings"
        return (
            f"Taking all four obstacles to a deal away {sign} {stake(abs(total))} of a stake, both sides "
            f"added: less than {ENOUGH:g}, too little to divide among them."
        )
    least = max(why.error or 0.0, PRINTED["value_b"])
    clear = [x for x in why.ranked if abs(why.shares.sum(x)) > least]
    words = join(f"{NAMES[x].lower()} {stake(why.shares.sum(x), True)}" for x in clear)
    said = [
        f"Of the {stake(total)} of a stake, both sides added, that is lost against a game without these "
        f"obstacles: {words}."
        if clear
        else f"{stake(total)} of a stake is lost, both sides added, but no share is larger than its error."
    ]
    rest = [x for x in why.ranked if x not in clear and x not in why.absent]
    if rest and clear:
        said.append(
            f"{capital(join(NAMES[x].lower() for x in rest))}: no distinguishable difference from nothing."
        )
    if why.absent:
        said.append(f"The crisis has nothing to take away under {_absent(why)}.")
    if any(why.shares.sum(x) < -least for x in why.ranked):
        said.append(
            "A negative share means that taking the obstacle away costs surplus on average."
        )
    if why.band and not why.steady:
        said.append("Which comes first changes over the precision band.")
    return " ".join(said)


def _absent(why: Why) -> str:
    return join(NAMES[x].lower() for x in why.absent)


def near_words(game: Game, now: Gaps, near: int, told: Certificate) -> str:
    """The named contract nearest to acceptance."""
    a, b = side_names(game)
    stops = blockers(game, now, near)
    many = len(game.types) > 1
    return (
        f"Of the named contracts the nearest to acceptance is {quoted(game.offers[near].name)}: "
        + (f"{join(stops)}." if stops else "both sides gain.")
        + f" {a} gains {stake(float(now.a[near]), True)}; {b} "
        + join(
            f"{stake(float(now.b[near, j]), True)}" + (f" ({type_name(game, j)})" if many else "")
            for j in range(len(game.types))
        )
        + f"; chance of ratification {percent(float(now.ratified[near]))}"
        + (f"; {close}." if (close := close_words(game, now, near, told)) else ".")
    )


def date_words(game: Game, all_gaps: tuple[Gaps, ...], shown: list[int]) -> str:
    """What B would sign whatever its type, and what later dates bring."""
    a, b = side_names(game)
    now, last = all_gaps[0], all_gaps[-1]
    said = []
    everyone = [i for i in shown if all(now.accepts_b(i, j) for j in range(len(game.types)))]
    if everyone:
        whatever = f"Whatever its type, {b}" if len(game.types) > 1 else b
        both = [quoted(game.offers[i].name) for i in everyone if now.accepts_a(i)]
        said.append(
            f"{whatever} would sign {join((quoted(game.offers[i].name) for i in everyone), 'or')}; "
            + (
                f"of these {a} and its voices could sign {join(both)}."
                if both
                else f"of these none suits {a} and its voices."
            )
        )
    types = range(len(game.types))
    if len(game.types) > 1 or not any(
        now.accepts_a(i) and now.accepts_b(i, 0) for i in range(len(game.offers))
    ):
        said.append(
            "A range that is empty or narrow today does not mean that nothing is ever signed: the front, "
            "cohesion, pressure and beliefs move, and better choices are likelier, not certain."
        )
    opened = [
        quoted(game.offers[i].name)
        for i in shown
        if any(last.accepts_a(i) and last.accepts_b(i, j) for j in types)
        and not any(now.accepts_a(i) and now.accepts_b(i, j) for j in types)
    ]
    if opened:
        said.append(f"By month {last.month} the range has come to hold {join(opened)}.")
    return " ".join(said)


def flips_of(
    game: Game, now: Gaps, offer: int | None, near: int | None, found: Relaxed | None
) -> tuple[str, ...]:
    """What would change the finding."""
    _, b = side_names(game)
    said = []
    for i in dict.fromkeys(x for x in (near, offer) if x is not None):
        name = quoted(game.offers[i].name)
        need_b = -float(game.opening @ now.b[i])
        if need_b > 0:
            said.append(
                f"{capital(name)} would tempt {b} (over its types) if it were worth "
                f"{stake(need_b)} more of its stake."
            )
        short = {
            actor: floor - float(game.signed_value[v, i])
            for v, actor in enumerate(game.stakes.voices)
            if (floor := game.opening_floor(v)) is not None
        }
        short = {actor: by for actor, by in short.items() if by > 0}
        if short and now.ratified[i] < 0.5:
            fall = join(
                f"{owner(game.crisis.actors[actor].name)} floor fell by {stake(by)}"
                for actor, by in short.items()
            )
            said.append(f"{name} could be ratified if {fall}.")
    if found is not None and found.base is not None and not found.base.open:
        for step in found.singles:
            size = least_words(game, step)
            if step.opens and size:
                said.append(f"A range would open if {step_words(game, step)} gave way: {size}.")
                break
    return tuple(said)


def worst(room: Room | None) -> float | None:
    """The margin of a room, if there are terms."""
    return None if room is None else room.margin
