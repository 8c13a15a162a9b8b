"""Words of the stress answer."""

from __future__ import annotations

import math

from offramp.answers._facts import join, owner, percent, quoted, side_names, stake
from offramp.answers._stress_broker import inexpressible
from offramp.answers._stress_events import Place
from offramp.answers._stress_facts import Found, Shock
from offramp.answers._stress_views import failures
from offramp.solution import Solution

SAME = "no distinguishable difference"
IN: dict[Place, str] = {
    "today": "",
    "truce": " in a truce",
    "deal": " under a contract with its condition met",
}


def size(value: float) -> str:
    """A difference of A's value as readers see it."""
    return stake(value, True)


def dominant(found: Found, held: bool = False) -> tuple[Shock | None, Shock | None, float]:
    """Largest and second effect on A's value, and by how much the first is larger."""
    ranked = sorted(found.shocks, key=lambda s: -abs((s.held if held else s.effect).value_a))
    sizes = [abs((s.held if held else s.effect).value_a) for s in ranked]
    if not ranked:
        return None, None, 0.0
    return (
        ranked[0],
        ranked[1] if len(ranked) > 1 else None,
        sizes[0] - (sizes[1] if len(sizes) > 1 else 0.0),
    )


def level_with(found: Found) -> list[Shock]:
    """Events whose effect cannot be told apart from the largest."""
    first, _, _ = dominant(found)
    if first is None:
        return []
    top = abs(first.effect.value_a)
    return [s for s in found.shocks if top - abs(s.effect.value_a) <= found.error.value_a]


def headline(solution: Solution, found: Found) -> str:
    """The finding as a heading."""
    a, _ = side_names(solution.game)
    if not found.shocks:
        return "The file names no event that could be forced"
    first, _, margin = dominant(found)
    assert first is not None
    if not any(found.seen(s.effect) or found.seen(s.held) for s in found.shocks):
        return f"No single event moves what {a} can expect by more than the error"
    if found.seen(first.effect) and margin > found.error.value_a:
        way = "gains" if first.effect.value_a > 0 else "loses"
        much = stake(abs(first.effect.value_a))
        return f"{quoted(first.driver.name)} moves {a} most: it {way} {much} of its stake"
    if found.worst is not None:
        worst = quoted(found.worst.driver.name)
        return f"No single event dominates; with the terms held {worst} costs {a} most"
    return f"No single event dominates what {a} can expect"


def paragraphs(solution: Solution, found: Found) -> tuple[str, ...]:
    """Three to six sentences."""
    texts = [
        _single(solution, found), _terms(solution, found), _pairs(found), _plan(solution, found),
        _broker(solution, found), _help(found),
    ]  # fmt: skip
    return tuple(t for t in texts if t)


def _single(solution: Solution, found: Found) -> str:
    a, _ = side_names(solution.game)
    if not found.shocks:
        return (
            f"Without events the plan is only stressed by what the members and the steps of its force do; "
            f"{owner(a)} value as the file stands is {stake(solution.opening_a)}."
        )
    first, second, margin = dominant(found)
    assert first is not None
    level = level_with(found)
    start = (
        f"Each of {len(found.shocks)} events was made to happen at once, where its condition holds."
    )
    if not found.seen(first.effect):
        return (
            f"{start} None moves {owner(a)} value by more than {found.error.value_a:.3f}: {SAME}."
        )
    text = (
        f"{start} In this model {quoted(first.driver.name)}{IN[first.driver.scene.place]} moves it most "
        f"({size(first.effect.value_a)})"
    )
    if second is None:
        return text + "; there is no other."
    if margin > found.error.value_a:
        return (
            f"{text}, {margin:.3f} more than {quoted(second.driver.name)}, which is beyond the error "
            f"of {found.error.value_a:.3f}."
        )
    others = join(quoted(s.driver.name) for s in level if s is not first)
    return f"{text}, but {others} cannot be told apart from it: no single driver."


def _terms(solution: Solution, found: Found) -> str:
    a, _ = side_names(solution.game)
    turned = [
        s for s in found.shocks
        if found.seen(s.effect) and s.effect.value_a > 0 > s.held.value_a and s.effect.intact[0] < 0
    ]  # fmt: skip
    if turned:
        worst = turned[0]
        return (
            f"A fall of cohesion lowers what {owner(a)} voices hold out for, so it signs sooner: "
            f"{join(quoted(s.driver.name) for s in turned)} therefore "
            f"{'raises' if len(turned) == 1 else 'raise'} its value on paper "
            f"({size(worst.effect.value_a)}); with the terms held {quoted(worst.driver.name)} costs "
            f"{stake(-worst.held.value_a)}."
        )
    if found.worst is None:
        return ""
    return (
        f"With what {owner(a)} voices hold out for kept as it is, {quoted(found.worst.driver.name)} "
        f"costs it most: "
        f"{stake(-found.worst.held.value_a)} of its stake."
    )


def _pairs(found: Found) -> str:
    seen = [p for p in found.pairs if found.seen(p.beyond)]
    if not found.pairs:
        return ""
    if not seen:
        return f"Pairs of events add up: beyond the sum of both alone there is {SAME}."
    p = seen[0]
    word = "more" if p.beyond.value_a > 0 else "less"
    return (
        f"Of {len(found.pairs)} pairs {len(seen)} do not add up; {quoted(p.first.name)} with "
        f"{quoted(p.second.name)} "
        f"leaves {stake(abs(p.beyond.value_a))} {word} than both alone would."
    )


def _plan(solution: Solution, found: Found) -> str:
    single = [r for r in failures(solution, found) if r[3]]
    if not single:
        return "Nothing here is a single point of failure by itself."
    known = [r for r in single if r[1] is not None]
    worst = max(known, key=lambda r: r[1] or 0.0, default=None)
    text = f"{len(single)} things are single points of failure of this plan"
    if worst is not None and worst[1] is not None:
        text += f"; likeliest to fail is {quoted(worst[0])} ({percent(worst[1])})"
    return text + "."


def _broker(solution: Solution, found: Found) -> str:
    if not found.roles:
        return ""
    a, _ = side_names(solution.game)
    parts = []
    siding = next((r for r in found.roles if r.role.key == "sides_with_b"), None)
    if siding is not None and siding.effect is not None and siding.held is not None:
        above = sum(
            abs(s.effect.value_a) > abs(siding.effect.value_a) + found.error.value_a
            for s in found.shocks
        )
        place = (
            f"{above} event{'s' if above != 1 else ''} move{'s' if above == 1 else ''} it more"
            if above
            else "no event moves it distinguishably more"
        )
        parts.append(
            f"The broker's turn to the other side is worth {size(siding.effect.value_a)} to {a} in full and "
            f"{size(siding.held.value_a)} with the terms held; {place}."
        )
    if found.sides is not None and not found.seen(found.sides):
        parts.append(
            "The stated chance alone that it sides there changes nothing: it is read only where terms "
            "are imposed."
        )
    if found.imposed is not None:
        weak = found.imposed.weakest
        parts.append(
            f"Imposed terms would be refused with {percent(found.imposed.refused)}: accepting is worth "
            f"{stake(weak.accept)} to {weak.name} and refusing {stake(weak.refuse[0])}."
        )
        parts.append(
            f"No threat to deny it help turns {weak.name}."
            if weak.switch is None
            else f"It turns at {percent(weak.switch)} of the threat."
            if weak.switch > 0
            else f"{weak.name} would accept without a threat."
        )
    return " ".join(parts)


def _help(found: Found) -> str:
    if found.worst is None:
        return ""
    able = [r for r in found.reliefs if r.recovered > found.error.value_a]
    name = quoted(found.worst.driver.name)
    if not able:
        return f"After {name} nothing that passes its rule of consent recovers more than the error."
    best = able[0]
    cost = (
        "without a cost of its own"
        if best.remedy.cost <= 0
        else f"at a cost of {best.remedy.cost:.3f}"
    )
    text = (
        f"After {name} {quoted(best.remedy.name)} recovers {percent(min(best.share, 9.99))} of the "
    )
    f"loss {cost}"
    if found.worst.cohesion is not None and not math.isnan(found.worst.cohesion):
        text += f"; by itself cohesion is half back after {found.worst.cohesion:.0f} months"
    return text + "."


def flips(solution: Solution, found: Found) -> tuple[str, ...]:
    """What would change the finding."""
    texts: list[str] = []
    if found.imposed is not None:
        weak = found.imposed.weakest
        if weak.switch is None and weak.switch_bare is not None:
            texts.append(
                f"Without the penalties of its red lines {weak.name} would take imposed terms at "
                f"{percent(weak.switch_bare)} of the threat."
            )
        elif weak.switch is None and weak.switch_alone is not None:
            at = weak.switch_alone
            when = f"at {percent(at)} of the threat" if at > 0 else "without any threat"
            texts.append(
                f"Without its red lines and with no later settlement to hope for {weak.name} would "
                f"take imposed terms {when}."
            )
    if found.tolerance is not None:
        for j, least in enumerate(found.tolerance.threshold):
            if least is not None and least > 0:
                name = solution.game.crisis.types[solution.game.types[j]].name.lower()
                texts.append(
                    f"Below a casualty tolerance of {least:.2f} (now {found.tolerance.now:g}) the pledge "
                    f"of a force no "
                    f"longer deters the type {quoted(name)}."
                )
    if found.host is not None:
        back = found.host.recovered(max(found.host.calm))
        if back is not None:
            texts.append(
                f"A treaty that binds {found.host.name} for {max(found.host.calm)} months wins back "
                f"{'all' if back >= 1 else percent(back)} of what a fourfold hazard of a new leader takes."
            )
    first, second, margin = dominant(found)
    if first is not None and second is not None and 0 < margin <= found.error.value_a:
        texts.append(
            f"A smaller error could part {quoted(first.driver.name)} from {quoted(second.driver.name)}: "
            f"they differ by {margin:.3f}."
        )
    return tuple(texts)


def warnings(solution: Solution, found: Found) -> tuple[str, ...]:
    """What readers must know."""
    texts = [
        f"The sweep was solved on the grid {quoted(found.grid)}; "
        + (
            f"{join(quoted(n) for n in _checked(solution, found))} again on {quoted(found.finer)}, "
            f"which moved an "
            f"effect on A's value by up to {found.moved.value_a:.3f}."
            if found.checked
            else "no event was left to check on a finer one."
        ),
        "A forced event is known to both sides from the first day; it is not a surprise in the middle "
        "of talks.",
    ]
    if found.shocks and found.moved.value_a > max(abs(s.effect.value_a) for s in found.shocks) / 2:
        texts.append(
            "The finer grid moves effects by more than half of the largest: read signs, not sizes."
        )
    gone = [s.driver.name for s in found.shocks if s.driver.unread]
    if gone:
        texts.append(f"Nothing of {join(quoted(n) for n in gone)} reaches the game: see the table.")
    crisis = solution.game.crisis
    if found.roles and crisis.broker is not None:
        texts.append(f"Of the broker's roles the game cannot say {join(inexpressible(crisis))}.")
    return tuple(texts)


def _checked(solution: Solution, found: Found) -> list[str]:
    return [solution.game.crisis.events[k].name for k in found.checked]
