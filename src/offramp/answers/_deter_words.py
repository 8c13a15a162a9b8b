"""The deterrence answer in words: headline, sentences, what would change it, warnings."""

from __future__ import annotations

import numpy as np

from offramp.answers._deter_facts import Found
from offramp.answers._deter_reserve import Reserve
from offramp.answers._facts import (
    fine_percent,
    join,
    months_text,
    owner,
    percent,
    quoted,
    side_names,
    stake,
    type_name,
)
from offramp.solution import Certificate, Solution

SOURCE_WORDS = (
    "the rung at which the crisis stands",
    "the step above it",
    "levers in use",
    "events",
)


def capital(text: str) -> str:
    """First letter upper case."""
    return text[:1].upper() + text[1:]


def small(value: float) -> str:
    """A stake value to three decimals, with a true minus sign."""
    return f"{value:.3f}".replace("-", "\N{MINUS SIGN}")


def tiny(chance: float) -> str:
    """A small chance to one decimal of a per cent, never nil unless it is."""
    return "under 0.1\N{NO-BREAK SPACE}%" if 0 < chance < 0.0005 else fine_percent(chance)


def up_to(value: float, decimals: int) -> str:
    """A size that is never printed as nil unless it is."""
    least = 10.0**-decimals
    return f"under {least:.{decimals}f}" if 0 < value < least / 2 else f"{value:.{decimals}f}"


def headline_of(solution: Solution, found: Found, told: Certificate) -> str:
    """The finding as a heading."""
    game = solution.game
    _, b = side_names(game)
    over = [p for p in found.plans if p.risk > found.cap]
    flag = (
        f"; {join(quoted(p.name) for p in over)} {'is' if len(over) == 1 else 'are'} above the cap on risk"
        if over
        else ""
    )
    if found.step is None:
        return f"{b} has no step up to take from where it stands" + flag
    gain = found.step.gain
    drawn = [j for j in range(len(gain)) if told.distinguishable(float(gain[j]), 0.0, "value_b")]
    gains = [j for j in drawn if gain[j] > 0]
    chance = percent(float(game.opening @ found.step.chance))
    if gains:
        who = (
            f"{b} gains" if len(gains) == len(gain) else
            f"{b} gains if its type is {join((type_name(game, j) for j in gains), 'or')}"
        )  # fmt: skip
        return f"{who} by its next step: it is not deterred" + flag
    if len(drawn) == len(gain):
        return (
            f"{owner(b)} next step would cost it more than it brings; a chance of {chance} in a round is left"
            + flag
        )
    return (
        f"{owner(b)} next step is worth no distinguishable difference to it; it comes with {chance} in a round"
        + flag
    )


def paragraphs_of(solution: Solution, found: Found, told: Certificate) -> tuple[str, ...]:
    """Three to six sentences or pairs of them."""
    said = [
        _step(solution, found, told),
        _threat(solution, found, told),
        _risk(solution, found, told),
        _guarantee(solution, found),
        _force(solution, found, told),
        _reserve(solution, found, told),
    ]
    return tuple(x for x in said if x)


def _step(solution: Solution, found: Found, told: Certificate) -> str:
    game = solution.game
    _, b = side_names(game)
    if found.step is None:
        row = int(np.flatnonzero(game.moves.states == game.start)[0])
        if game.moves.fight[1, row] >= 0:
            return (
                f"No step up is open to {b} in the opening state; it can force all-out war, which the threats "
                "looked at here do not touch."
            )
        why = (
            "the grid keeps no rung above the one at which the war stands"
            if game.layout.sizes[1] == 1 and game.layout.regime[game.start] == 1
            else "no act of escalation is open to it there"
        )
        return f"In the opening state there is nothing to deter {b} from: {why}."
    step = found.step
    told_apart = [told.distinguishable(float(g), 0.0, "value_b") for g in step.gain]
    by = join(
        (f"{small(float(g))}" if told_apart[j] else "no distinguishable difference")
        + (f" if its type is {type_name(game, j)}" if len(game.types) > 1 else "")
        for j, g in enumerate(step.gain)
    )
    if not any(told_apart):
        by = "no distinguishable difference" + (
            ", whatever its type" if len(game.types) > 1 else ""
        )
    times = float(step.expected[found.month])
    war = float(game.opening @ step.all_out)
    forced = f" It forces all-out war with {percent(war)} in a round." if war > 0 else ""
    return (
        f"{owner(b)} next step is {step.what}. Against holding, in shares of its stake, it "
        f"brings {b} {by}. Steps "
        f"up of every kind are expected {up_to(times, 2)} times within {months_text(found.month)}.{forced}"
    )


def _threat(solution: Solution, found: Found, told: Certificate) -> str:
    game, threat = solution.game, found.threat
    a, b = side_names(game)
    if threat is None:
        return ""
    said = []
    needed = [c for c in threat.critical if c is not None]
    gains = [g for g in threat.benefit if g > 0]
    if not gains:
        said.append(f"With no gain to take away, no threat by {a} is needed to make holding better")
    elif threat.cost is None:
        said.append(
            f"The file has no threat that {a} would carry out; one whose size times credibility is "
            f"{small(max(gains))} of its stake would take the gain away"
        )
    else:
        verdict = (
            "deters" if all(threat.deters(j) for j in range(len(game.types))) else "does not deter"
        )
        said.append(
            f"A threat that takes a gain of up to {small(max(gains))} away and costs {small(threat.cost)} more "
            f"must be carried out with at least {percent(max(needed))}; at {percent(threat.credibility)} it "
            f"{verdict}"
        )
    if found.halves is None:
        said.append("no threat up to its whole stake halves the chance of a step")
    elif float(game.opening @ _chance(found)) > 0:
        said.append(
            f"an expected cost of {small(found.halves)} of its stake (size times credibility) "
            "halves the chance "
            "of a step in the coming round"
        )
    text = capital("; ".join(said)) + "."
    s = found.standing
    if s is not None and s.steps[0] >= 0.005:
        value = (
            f"changes the value to {a} by {small(s.value_a[1] - s.value_a[0])}"
            if told.distinguishable(s.value_a[0], s.value_a[1], "value_a")
            else f"makes no distinguishable difference to what the crisis is worth to {a}"
        )
        text += (
            f" Standing for good, that threat takes {owner(b)} steps within {months_text(found.month)} from "
            f"{s.steps[0]:.2f} to {s.steps[1]:.2f} and {value}."
        )
    return text


def _chance(found: Found) -> np.ndarray:
    assert found.step is not None
    return found.step.chance


def _risk(solution: Solution, found: Found, told: Certificate) -> str:
    game = solution.game
    x, n = found.risk, found.month
    disaster = game.crisis.ladder.disaster
    name = quoted(game.plan.name)
    if x.disaster[n] <= 0:
        return f"No accident hazard is met under {name}: {disaster} has no chance in this model."
    shares = sorted(zip(SOURCE_WORDS, x.source[:, n], strict=True), key=lambda p: -p[1])
    parts = join(
        f"{word} ({percent(float(v / x.disaster[n]))})"
        for word, v in shares
        if v > 0.005 * x.disaster[n]
    )
    text = (
        f"Under {name} the chance of {disaster} is {tiny(float(x.disaster[n]))} by month {n}, "
        f"{tiny(float(x.low[n]))} to {tiny(float(x.high[n]))} over the range of "
        "the hazards; it "
        f"comes from {parts}."
    )
    over = [p for p in found.plans if p.risk > found.cap]
    if over:
        close = [p for p in over if not told.distinguishable(p.risk, found.cap, "disaster")]
        text += (
            f" Above the cap of {fine_percent(found.cap)}: "
            + join(
                f"{quoted(p.name)} ({fine_percent(p.risk)}"
                + (", no distinguishable difference from the cap)" if p in close else ")")
                for p in over
            )
            + "."
        )
    else:
        high = [p for p in found.plans if p.high > found.cap]
        text += f" No plan is above the cap of {fine_percent(found.cap)}" + (
            f", though at the high end of the hazards {join(quoted(p.name) for p in high)} would be."
            if high and len(high) < len(found.plans)
            else ", though at the high end of the hazards every plan would be."
            if high
            else "."
        )
    return text


def _guarantee(solution: Solution, found: Found) -> str:
    game = solution.game
    _, b = side_names(game)
    hold = found.pledge
    if hold is None:
        return (
            "Settlements bind by assumption, so no guarantee has anything to deter."
            if game.crisis.settlement.binding
            else "No contract that can be signed has a guarantee behind it."
            if game.offers
            else "There is no contract that could be signed."
        )
    worst = int(hold.margin.argmin())
    holds = hold.margin[worst] >= 0
    text = (
        f"The guarantee {quoted(hold.guarantee)} of {quoted(hold.name)} makes a breach cost {b} "
        f"{small(hold.enforcement.expected_loss)} in expectation, against a temptation of up to "
        f"{small(float(hold.temptation.max()))}: taken once it "
        f"{'deters' if holds else 'does not deter'} every type. "
    )
    if not found.engagements:
        return text.strip()
    may, robust = found.engagements[0], found.engagements[2]
    probe = (
        "Against a probe it depends on the rules of engagement: "
        f"{percent(float(may.taken[0]))} of occasions would be taken if the force {may.rules}, "
        f"{percent(float(robust.taken[0]))} if its rules are {robust.rules}"
    )
    if may.risk is None or robust.risk is None:
        return text + probe + "; the file names no incident, so the risk of firing is not priced."
    return (
        f"{text}{probe}, at an accident risk of {100 * robust.risk[0]:.2f}\N{NO-BREAK SPACE}% a year if "
        "incidents come as often as the file says."
    )


def _force(solution: Solution, found: Found, told: Certificate) -> str:
    a, _ = side_names(solution.game)
    said = []
    if found.backstop is not None:
        x = found.backstop
        gain = x.worth_a[1] - x.worth_a[0]
        worth = (
            f"is worth {stake(gain, True)} to {a} once that deal is signed"
            if told.distinguishable(*x.worth_a, "value_a")
            else f"makes no distinguishable difference to what that deal is worth to {a}"
        )
        said.append(
            f"{capital(quoted(x.name))} raises the response from {percent(x.response[0])} to "
            f"{percent(x.response[1])} and {worth}; a token backstop forgoes that."
        )
    if found.link is not None:
        low, high = float(found.link.best[-1]), float(found.link.best[0])
        said.append(
            f"A link to {quoted(found.link.wider)} deters most at full strength if "
            f"{found.link.backer} does not mind "
            f"being drawn in, and at {low:.2g} if it minds {found.link.aversion[-1]:g} times as much as coded."
            if low < high
            else f"A link to {quoted(found.link.wider)} deters most at {high:.2g} however much "
            f"{found.link.backer} minds being drawn in."
        )
    if found.losses is not None:
        x2 = found.losses
        said.append(
            f"After {x2.deaths:g} deaths fewer than {x2.fewest} of {len(x2.members)} possible "
            "contributors would remain "
            f"with {percent(x2.apart)} if they decide apart and {percent(x2.together)} if one "
            "shock moves them all."
        )
    return " ".join(said)


def _reserve(solution: Solution, found: Found, told: Certificate) -> str:
    names = dict(zip("AB", side_names(solution.game), strict=True))
    if not found.reserves:
        return "Nobody holds a move that cannot be undone."
    said = []
    for r in found.reserves:
        who = owner(names[r.side])
        if r.boundary is None:
            edge = "no value of the talks makes using it today best"
        elif not apart(r, told):
            edge = "using it and keeping it differ by nothing distinguishable"
        elif r.talks > r.boundary:
            edge = f"it is best kept: talks worth {stake(r.talks)} would have to fall below {stake(r.boundary)}"
        else:
            edge = (
                f"the talks, worth {stake(r.talks)}, are already below the {stake(r.boundary)} at which it is "
                "best used"
            )
        lost = (
            f"; once used it takes {join(quoted(_contract(solution, c)) for c in r.lost)} off "
            "the table for good"
            if r.lost
            else ""
        )
        said.append(f"{who} irreversible move {quoted(r.name)}: {edge}{lost}.")
    return " ".join(said)


def apart(r: Reserve, told: Certificate) -> bool:
    """Whether using a move today and keeping it can be told apart."""
    return told.distinguishable(r.used, r.talks, "value_a" if r.side == "A" else "value_b")


def _contract(solution: Solution, key: str) -> str:
    return solution.game.crisis.contracts[key].name
