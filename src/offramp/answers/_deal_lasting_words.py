"""What happens to a deal, in sentences. A difference within the certificate's error is not worded as one."""

from __future__ import annotations

import numpy as np

from offramp.answers._deal_demands import POSITIONS
from offramp.answers._deal_lasting_facts import Found, Switch, expected
from offramp.answers._deal_lasting_mix import TOLERANCE, Offramp
from offramp.answers._deal_lasting_names import contract_name, issue_name, mix_words
from offramp.answers._facts import (
    join,
    months_text,
    owner,
    percent,
    quoted,
    side_names,
    stake,
    type_name,
)
from offramp.game import Game
from offramp.solution import Certificate

LOST = 1 / 3
"""Share of A's gain from signing lost by what follows, from which a concession is said to shift power."""
MILLI = 3
"""Decimals of costs, which are small."""


def sentences(game: Game, found: Found, told: Certificate) -> tuple[str, ...]:
    """Everything that there is to say, in order."""
    said = [*_lives(game, found, told), *_holds(game, found, told)]
    said += [*_pause(game, found), *_way(game, found, told)]
    said += [*_unlocks(game, found, told), *_shifts(game, found, told)]
    said += [*_partial(game, found), *_demands(game, found), *_tally(game, found)]
    return tuple(said)


def titles(game: Game, found: Found, told: Certificate) -> tuple[str, str]:
    """Titles of the two charts."""
    first = _title(game, found, told)
    way = found.offramp
    if way is None or not way.mixes:
        return first, ""
    a, b = side_names(game)
    best = way.mixes[0]
    if best.enough and best.mix.cost <= 0.0005:
        return first, f"A way out that suits every type of {b} costs {a} nothing while it is kept"
    word = "The cheapest way out" if best.enough else "The nearest thing to a way out"
    return first, f"{word} costs {a} {best.mix.cost:.{MILLI}f} of its stake"


def _ends(game: Game, found: Found) -> tuple[str, float, str, float] | None:
    """The contracts that live longest and shortest over today's belief, if there are several."""
    lives = {k: expected(game, v.at(found.month)) for k, v in found.look.life.items()}
    if not lives:
        return None
    best, worst = max(lives, key=lambda k: lives[k]), min(lives, key=lambda k: lives[k])
    return best, lives[best], worst, lives[worst]


def _title(game: Game, found: Found, told: Certificate) -> str:
    ends = _ends(game, found)
    if ends is None:
        return ""
    best, high, worst, low = ends
    if not told.distinguishable(high, low, "settled"):
        return f"Every contract would live {months_text(found.month)} with a chance of about {percent(high)}"
    return f"{quoted(contract_name(game, best))} lasts best, {quoted(contract_name(game, worst))} worst"


def _lives(game: Game, found: Found, told: Certificate) -> list[str]:
    ends = _ends(game, found)
    if ends is None:
        return ["No contract can be signed in this game, so none can last."]
    best, high, worst, low = ends
    month = months_text(found.month)
    if game.crisis.settlement.binding:
        return ["The file makes settlements binding: what is signed is kept unless nature ends it."]
    if best == worst:
        return [
            f"{quoted(contract_name(game, best))}, once signed, is still in force after {month} with a "
            f"chance of {percent(high)} over today's belief."
        ]
    if not told.distinguishable(high, low, "settled"):
        return [
            f"Every contract, once signed, lives {month} with a chance of about {percent(high)}: no "
            "distinguishable difference between them."
        ]
    said = [
        f"Signed today, {quoted(contract_name(game, best))} is still in force after {month} with a chance of "
        f"{percent(high)}, {quoted(contract_name(game, worst))} with {percent(low)}, over today's belief."
    ]
    if len(game.types) > 1 and found.table in found.look.life:
        kept = found.look.life[found.table].at(found.month)
        j, i = int(np.argmin(kept)), int(np.argmax(kept))
        name = quoted(contract_name(game, found.table))
        if told.distinguishable(float(kept[i]), float(kept[j]), "settled"):
            said.append(
                f"{name} lives as long with a chance of {percent(float(kept[j]))} if the type is "
                f"{type_name(game, j)}, of {percent(float(kept[i]))} if it is {type_name(game, i)}."
            )
        else:
            said.append(f"{name} lives about as long with every type.")
    return said


def _switch(found: Found, name: str) -> Switch | None:
    return next((s for s in found.switches if s.name == name), None)


def _holds(game: Game, found: Found, told: Certificate) -> list[str]:
    """What detection with an answer, snapback, wording and the host add to the contract that needs "
    "them most.
    """
    judged, alone = _switch(found, "as judged"), _switch(found, "no guarantee")
    if judged is None:
        return []

    def at(switch: Switch, key: str) -> float:
        return expected(game, switch.life[key].at(found.month))

    if alone is None:
        return [
            "The file has no guarantee: no answer to a breach is promised.",
            *_snapback(game, found, told),
        ]
    key = max(judged.life, key=lambda k: at(judged, k) - at(alone, k))
    name, now, bare = quoted(contract_name(game, key)), at(judged, key), at(alone, key)
    if not told.distinguishable(now, bare, "settled"):
        return ["No contract lives distinguishably longer because breaches are seen and answered."]
    said = [
        f"Being seen and answered holds {name} most: without an answer to a breach it would live at "
        f"{percent(bare)} instead of {percent(now)} (sketch grid)."
    ]
    more = []
    loose, firm = _switch(found, "loose"), _switch(found, "firm")
    if loose is not None and firm is not None:
        low, high = at(loose, key), at(firm, key)
        if told.distinguishable(low, high, "settled"):
            more.append(f"loose wording makes it {percent(low)}, firm wording {percent(high)}")
    host = _switch(found, "host stays")
    if host is not None and told.distinguishable(at(host, key), now, "settled"):
        more.append(f"a host sure to stay makes it {percent(at(host, key))}")
    if more:
        said.append(f"For that contract {join(more)}.")
    return [*said, *_snapback(game, found, told)]


def _snapback(game: Game, found: Found, told: Certificate) -> list[str]:
    """What pressure that comes back at once after a breach adds, where there is any."""
    back, judged = _switch(found, "no snapback"), _switch(found, "as judged")
    if back is None or judged is None:
        return [
            "There is no snapback to speak of: under this plan no pressure would be lifted that a breach "
            "could bring back sooner."
        ]
    lives = {
        k: (expected(game, v.at(found.month)), expected(game, back.life[k].at(found.month)))
        for k, v in judged.life.items()
    }
    key = max(lives, key=lambda k: abs(lives[k][0] - lives[k][1]))
    now, without = lives[key]
    if not told.distinguishable(now, without, "settled"):
        return ["Snapback makes no distinguishable difference to the life of any contract."]
    return [
        f"Snapback matters most to {quoted(contract_name(game, key))}: {percent(now)} with it, "
        f"{percent(without)} without (sketch grid)."
    ]


def _pause(game: Game, found: Found) -> list[str]:
    if found.pause is None:
        return ["The file allows no ceasefire short of a settlement."]
    t = min(12, found.month)
    on, war, deal = (
        expected(game, x[:, t]) for x in (found.pause.holds, found.pause.war, found.pause.deal)
    )
    said = (
        f"A ceasefire is a pause, not an end: begun today it is still on after {months_text(t)} with a "
        "chance of "
        f"{percent(on)}; war is back at {percent(war)}, a settlement has come of it at {percent(deal)}"
    )
    if len(game.types) > 1:
        j = int(np.argmax(found.pause.war[:, t]))
        said += (
            f" (war at {percent(float(found.pause.war[j, t]))} if the type is {type_name(game, j)})"
        )
    return [f"{said}."]


def _way(game: Game, found: Found, told: Certificate) -> list[str]:
    way = found.offramp
    if way is None:
        return ["The file names no contract, so there is no offer to sweeten."]
    a, b = side_names(game)
    name = quoted(contract_name(game, way.contract))
    worst = max(way.missing)
    if worst <= TOLERANCE:
        return [
            f"{name} is already worth as much as waiting to every type of {b}: no sweetener is needed."
        ]
    j = int(np.argmax(way.missing))
    who = f"for the type {type_name(game, j)}" if len(game.types) > 1 else f"for {b}"
    said = [f"{name} falls short of waiting by {worst:.{MILLI}f} of {owner(b)} stake {who}."]
    if way.mixes and not way.mixes[0].enough:
        near = max(way.mixes, key=lambda tried: min(tried.gap_b))
        said.append(
            f"The mixes tried, solved as whole contracts, do not close that: the nearest still leaves a type "
            f"{-min(near.gap_b):.{MILLI}f} short."
        )
        return said
    if not way.mixes and way.most < 0.005:
        said.append(f"There is nothing left that {a} lets onto the table and that {b} would want.")
        return said
    if not way.mixes:
        said.append(
            f"Nothing that {a} lets onto the table, no point of an indivisible issue and no ladder out "
            "closes that: "
            f"together they give at most {stake(way.most)} to the type that they suit least."
        )
        return said
    said += _cheapest(game, way, told)
    return said


def _cheapest(game: Game, way: Offramp, told: Certificate) -> list[str]:
    a, b = side_names(game)
    best = way.final if way.final is not None and way.final.enough else way.mixes[0]
    what = mix_words(game, way.contract, best.mix)
    price = (
        f"costs {a} nothing while the deal is kept"
        if best.mix.cost <= 0.0005
        else f"costs {a} {best.mix.cost:.{MILLI}f} of its stake while the deal is kept"
    )
    everyone = f"suits every type of {b}" if len(game.types) > 1 else f"suits {b}"
    said = [
        f"The cheapest mix found that {everyone} is {what}; it {price} ({best.resolution} grid)."
    ]
    if told.distinguishable(best.change_a, 0.0, "value_a"):
        word = "raises" if best.change_a > 0 else "lowers"
        why = ", because that deal lasts" if best.change_a > 0 else ""
        said.append(
            f"Solved with breaches reckoned in it {word} {owner(a)} value of signing by "
            f"{abs(best.change_a):.2f}{why}; its voices would ratify it with a chance of "
            f"{percent(best.ratified)}."
        )
    else:
        said.append(
            f"{owner(a)} value of signing shows no distinguishable difference; its voices would ratify "
            "it with a "
            f"chance of {percent(best.ratified)}."
        )
    if way.final is not None and not way.final.enough:
        said.append(
            f"On the {way.final.resolution} grid it still leaves a type short by {-min(way.final.gap_b):.3f}."
        )
    return said


def _unlocks(game: Game, found: Found, told: Certificate) -> list[str]:
    said = []
    for u in found.unlocks:
        closed, opened = expected(game, u.alone[0]), expected(game, u.alone[1])
        name, what = quoted(contract_name(game, u.contract)), quoted(issue_name(game, u.issue))
        if not told.distinguishable(closed, opened, "settled"):
            said.append(
                f"Opening {what} in {name}, all else the same, makes no distinguishable difference to how long "
                "its terms hold by themselves."
            )
            continue
        word = "longer" if opened > closed else "less long"
        said.append(
            f"Opening {what} in {name} from {u.closed_at:.2f} to {u.open_at:.2f}, all else the same, makes its "
            f"terms hold {word} by themselves: {percent(opened)} instead of {percent(closed)} to month "
            f"{found.month}; its chance of ratification is then {percent(u.ratified[1])} instead of "
            f"{percent(u.ratified[0])}."
        )
    return said


def shift_warnings(game: Game, found: Found, told: Certificate) -> tuple[str, ...]:
    """Stated concessions that shift power: fine as signed, much worse by what follows."""
    if not found.stated:
        return ()
    a, b = side_names(game)
    return tuple(
        f"Concession shifts power: {quoted(contract_name(game, s.drift.contract))} lets {b} move "
        f"{quoted(issue_name(game, s.drift.issue))} by {12 * s.drift.per_month:.2f} a year, {owner(a)} "
        "gain from signing "
        f"falls from {stake(s.static, True)} to {stake(s.shifting, True)}, while its terms as "
        "signed stay at "
        f"{stake(s.worth)}."
        for s in found.shifts
        if s.static > 0
        and s.shifting < (1 - LOST) * s.static
        and told.distinguishable(s.static, s.shifting, "value_a")
    )


def _shifts(game: Game, found: Found, told: Certificate) -> list[str]:
    a, _ = side_names(game)
    said = []
    for s in found.shifts:
        name, what = (
            quoted(contract_name(game, s.drift.contract)),
            quoted(issue_name(game, s.drift.issue)),
        )
        if not told.distinguishable(s.static, s.shifting, "value_a"):
            said.append(
                f"A drift of {12 * s.drift.per_month:.2f} a year on {what} under {name} would make no "
                f"distinguishable difference to {owner(a)} gain from signing."
            )
            continue
        said.append(
            f"What is signed is not all that is given: with a drift of {12 * s.drift.per_month:.2f} a "
            f"year on {what} "
            f"under {name}, {owner(a)} gain from signing is {stake(s.shifting, True)} and not "
            f"{stake(s.static, True)}, though the terms as signed look the same."
        )
    worst = found.watched[0] if found.watched else None
    if worst is not None and worst.rate is not None:
        said.append(
            f"{owner(a)} whole gain from {quoted(contract_name(game, worst.contract))} would be gone if it let "
            f"{quoted(issue_name(game, worst.issue))} drift by {12 * worst.rate:.2f} a year."
        )
    return said


def _partial(game: Game, found: Found) -> list[str]:
    a, b = side_names(game)
    return [
        f"A deal on the secondary part of {quoted(issue_name(game, p.issue))} alone, from {p.start:.2f} to "
        f"{p.at:.2f}, would be accepted by both with a chance of {percent(p.both)} ({a} "
        f"{percent(p.accepts_a)}, "
        f"{b} {percent(p.accepts_b)}); a settlement beyond that part is signed within "
        f"{months_text(game.shown)} at {percent(p.core)}."
        for p in found.partial
    ]


def _demands(game: Game, found: Found) -> list[str]:
    d = found.demands
    if d is None or not d.size:
        return []
    a, b = side_names(game)
    said = []
    nobody, both = d.size.get(POSITIONS[0]), d.size.get(POSITIONS[3])
    if all(one.cost <= 0 for one in d.demands):
        said.append(
            "Neither side pays at home for going back on a public demand in this file, so demands bind nobody."
        )
    elif nobody is not None and both is not None:
        if nobody == both:
            said.append(
                "Public demands of both sides leave the range of contracts as large as it would be without."
                if nobody > 0
                else "With or without public demands no contract is in the range today."
            )
        else:
            word = "shrinks" if both < nobody else "grows"
            said.append(
                f"Once both sides have made their demands public the range {word} from {nobody:.2f} to "
                f"{both:.2f} "
                "contracts, expected over today's belief (sketch grid)."
            )
    for side, who, other in (("A", a, b), ("B", b, a)):
        shut = [m for m in d.met if m.side == side and m.verdict == "closed"]
        if shut:
            said.append(
                f"Of {owner(who)} demands {other} cannot meet "
                + join(f"{quoted(issue_name(game, m.issue))} ({m.stops})" for m in shut)
                + "."
            )
    return said


def _tally(game: Game, found: Found) -> list[str]:
    t = found.tally
    if not t.entries:
        return []
    a, b = side_names(game)
    dates = [e.date for e in t.entries if e.date is not None]
    when = f"By {max(dates):%-d %B %Y} the" if dates else "The"
    x, y = t.whole.entries
    said = (
        f"{when} ledger counts {x} concessions of {a} and {y} of {b}; weighted by how hard they are to "
        "take back, "
        f"{t.whole.lasting[0]:.1f} and {t.whole.lasting[1]:.1f}"
    )
    if t.unstated:
        said += f" ({t.unstated} of {len(t.entries)} state no reversibility and count half)"
    return [f"{said}. It says what was given, not why, and is no evidence on the type of {b}."]
