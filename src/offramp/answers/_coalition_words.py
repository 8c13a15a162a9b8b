"""Sentences of the coalition answer."""

from __future__ import annotations

from collections.abc import Sequence

from offramp.answers._coalition_facts import Limit, name_of
from offramp.answers._coalition_runs import Driver, Removal
from offramp.answers._coalition_stay import Stays
from offramp.answers._coalition_views import RuleLine, Side
from offramp.answers._coalition_ways import Passage, Pledge, Workaround
from offramp.answers._facts import join, months_text, owner, percent, quoted, side_names, stake
from offramp.crisis import Crisis
from offramp.solution import Certificate, Solution

CLOSE = 0.05
"""Chances that differ by less are called about equal: half of the usual range of a member's ``stays``."""


def below_even(curve: Sequence[float]) -> int | None:
    """First month at which a curve is below one half."""
    return next((t for t, x in enumerate(curve) if x < 0.5), None)


def crossing(one: Sequence[float], other: Sequence[float]) -> int | None:
    """First month from which the first curve stays below the second by more than ``CLOSE``."""
    low = [x < y - CLOSE for x, y in zip(one, other, strict=True)]
    if not low[-1]:
        return None
    return max((t + 1 for t, is_low in enumerate(low) if not is_low), default=0)


def headline(solution: Solution, stays: Stays) -> str:
    """Who is likelier to be whole at the end, and since when."""
    a, b = side_names(solution.game)
    end = months_text(stays.months)
    mine, theirs = float(stays.reached[-1, 0]), float(stays.other[-1])
    odds = f"{percent(mine)} against {percent(theirs)}"
    if mine < theirs - CLOSE:
        since = crossing(stays.reached[:, 0].tolist(), stays.other.tolist())
        from_ = f", behind from month {since}" if since else ""
        return f"Time is harder on {a} than on {b}: whole after {end} with {odds}{from_}"
    if mine > theirs + CLOSE:
        return f"Time is harder on {b} than on {a}: whole after {end}, {a} first, with {odds}"
    return f"{a} and {b} have about the same chance of being whole after {end}: {odds}"


def paragraphs(
    solution: Solution,
    stays: Stays,
    lines: Sequence[RuleLine],
    passages: Sequence[Passage],
    ways: Sequence[Workaround],
    limits: Sequence[Limit],
    removed: Sequence[Removal],
    told: Certificate,
) -> tuple[str, ...]:
    """Four to six sentences."""
    crisis = solution.game.crisis
    a, _ = side_names(solution.game)
    said = [_agreement(a, stays)]
    chosen = [x for x in lines if len(x.rule.members) > 1]
    if len(chosen) > 1:
        best = max(chosen, key=lambda x: x.curve[stays.read])
        worst = min(chosen, key=lambda x: x.curve[stays.read])
        if best.curve[stays.read] - worst.curve[stays.read] > CLOSE:
            said.append(
                f"The same members last by the rule they follow: after {months_text(stays.read)} "
                f"{quoted(worst.rule.name)} still holds with {percent(worst.curve[stays.read])}, "
                f"{quoted(best.rule.name)} with {percent(best.curve[stays.read])}."
            )
    blocked = [p for p in passages if not p.passes]
    if blocked:
        names = join(quoted(crisis.levers[p.lever].name) for p in blocked[:3])
        more = f" and {len(blocked) - 3} more" if len(blocked) > 3 else ""
        text = f"Blocked today by those who must agree: {names}{more}."
        priced = [w for w in ways if w.best is not None]
        if priced and priced[0].best is not None:
            best_way = priced[0].best
            text += (
                f" The cheapest way round for {quoted(crisis.levers[priced[0].lever].name)} is {best_way.kind} "
                f"({best_way.how}), at {_price(best_way.price)} of A's stake."
            )
        said.append(text)
    elif passages:
        said.append("No lever is blocked: under each one's own rule those who agree are enough.")
    closed = [crisis.issues[x.issue].name for x in limits if x.empty or x.apart]
    said.append(
        f"Taken together the red lines leave nothing on {join(closed)}."
        if closed
        else "Taken together the red lines leave some room on every issue."
    )
    if removed:
        said.append(_going(crisis, removed, told))
    return tuple(said)


def _price(price: float | None) -> str:
    if price is None:
        return "no price"
    return "less than .001" if price < 0.001 else f"{price:.3f}".lstrip("0")


def _agreement(a: str, stays: Stays) -> str:
    end, read = stays.months, stays.read
    apart = abs(float(stays.member_mean[end] - stays.game_mean[end]))
    if len(stays.cohesion) == 1:
        return "The game keeps one level of cohesion in this crisis; only the members' own numbers change."
    text = (
        f"By its members' own numbers {a} is whole with {percent(float(stays.reached[read, 0]))} after "
        f"{months_text(read)}; the game, which knows cohesion by tiers only, says "
        f"{percent(float(stays.tiers[read, 0]))}."
    )
    which = "higher" if stays.member_mean[end] > stays.game_mean[end] else "lower"
    if apart <= CLOSE:
        return f"{text} Expected cohesion at the end differs by {apart:.2f}: they agree."
    return (
        f"{text} Expected cohesion at the end is {apart:.2f} {which} by the members: the two do not agree, "
        "and the game's is what values rest on."
    )


def _going(crisis: Crisis, removed: Sequence[Removal], told: Certificate) -> str:
    worst = min(removed, key=lambda r: r.held.value_a)
    base = removed[0].base
    change, full = worst.held.value_a - base.value_a, worst.full.value_a - base.value_a
    name = name_of(crisis, worst.member)
    if not told.distinguishable(worst.held.value_a, base.value_a, "value_a"):
        text = (
            f"Of the members solved, {owner(name)} going weighs most, and it makes no distinguishable "
            "difference to A's value with the terms held"
        )
    else:
        text = (
            f"Of the members solved, {owner(name)} going weighs most: A's value changes by "
            f"{stake(change, True)} of its stake with the terms held"
        )
    if told.distinguishable(worst.full.value_a, base.value_a, "value_a") and full * change < 0:
        text += (
            f"; in full it {'rises' if full > 0 else 'falls'} by {stake(abs(full))}, because lower cohesion "
            "also lowers what A's voices hold out for, and a deal comes sooner"
        )
    return f"{text}."


def flips(
    solution: Solution,
    stays: Stays,
    ways: Sequence[Workaround],
    found: Sequence[Pledge],
    sides: Sequence[Side],
    drivers: Sequence[Driver],
    told: Certificate,
) -> tuple[str, ...]:
    """Thresholds at which a finding would change."""
    game = solution.game
    crisis = game.crisis
    said: list[str] = []
    pulled = [i for i in range(len(stays.members)) if stays.pull[i] > 0.1]
    turned = sorted((float(stays.turn[i]), i) for i in pulled if stays.turn[i] <= 1)
    if pulled:
        names = join(name_of(crisis, stays.members[i]) for _, i in turned[:4])
        some = f"{len(pulled)} member{'s' if len(pulled) > 1 else ''}"
        turns = (
            f"a shared shock no larger than today's felt threat turns it for {len(turned)} (first {names})"
            if turned
            else "no shock of today's size turns it for any of them"
        )
        said.append(
            f"At month {stays.read} cost and dispute pull on {some} by more than .1 of log-odds; {turns}."
        )
    for p in found[:1]:
        tolerance = crisis.coalition.casualty_tolerance.value
        reached = [x for x in p.critical if x is not None]
        deal = f"The pledge behind {quoted(p.name)}"
        if len(reached) < len(p.critical):
            said.append(f"{deal} does not bind every type, however much loss contributors bear.")
            continue
        state = "below" if tolerance < max(reached) else "above"
        said.append(
            f"{deal} binds every type once contributors stay after heavy losses with "
            f"{percent(max(reached))}; the file's tolerance of {percent(tolerance)} is {state} that."
        )
    gains = [
        s for s in sides if told.distinguishable(s.alone, s.together, "value_a") and s.gain > 0
    ]
    said.extend(
        f"{name_of(crisis, s.voice)} alone would gain {stake(s.gain)} of its own stake from "
        f"{quoted(s.contract)}, which not all voices would ratify."
        for s in gains[:2]
    )
    if drivers:
        first = drivers[0]
        said.append(
            f"Of the numbers about coalition and broker, {first.path} moves A's value most over its range "
            f"({first.total:.3f} of its stake)."
        )
    said.extend(
        f"{quoted(crisis.levers[w.lever].name)} has no way round: it comes only if objectors change their mind."
        for w in ways
        if w.best is None
    )
    return tuple(said)


def warnings(
    solution: Solution, stays: Stays, passages: Sequence[Passage], leads: tuple[str, ...], chosen: bool,
    finer: bool, shock: float,
) -> tuple[str, ...]:  # fmt: skip
    """What the answer rests on that a reader may not expect."""
    game = solution.game
    crisis = game.crisis
    said: list[str] = []
    used = {u.lever for s in game.plan.stages for u in s.on}
    over = [crisis.levers[p.lever].name for p in passages if p.lever in used and not p.passes]
    if over:
        said.append(
            f"The plan uses {join(map(quoted, over))} although those who must agree do not; the game lets it, "
            "and members' chances are those of being overruled."
        )
    silent = [v for v in stays.votes if v.hostile is None and v.month <= stays.months]
    if silent:
        who = join(dict.fromkeys(name_of(crisis, v.member) for v in silent))
        said.append(f"Votes ahead without a stated chance of a hostile winner move nothing: {who}.")
    if stays.unstated:
        said.append(
            "No chance of staying is stated for "
            + join(name_of(crisis, m) for m in stays.unstated)
            + ": taken to stay."
        )
    if stays.share.sum() <= 0:
        said.append("The file states no contributions, so no member's going changes cohesion here.")
    if not chosen and leads:
        said.append(
            f"Lead states are taken to be {join(name_of(crisis, m) for m in leads)}, from their roles or what "
            "they give."
        )
    if finer:
        said.append(
            "Members were taken out on the draft grid; the game itself was solved on a finer one."
        )
    if shock:
        said.append(f"A shared threat of {shock:g} beyond today's is felt from the first month on.")
    return tuple(said)
