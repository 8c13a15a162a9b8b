"""Cross-checks of numbers: sums, bounds by meaning, and scales that must rise or fall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from offramp.crisis._bounds import BOUNDS, SHARE, Bounds
from offramp.crisis._diagnostics import Path
from offramp.crisis._findings import Finding, View
from offramp.crisis._quantity import Quantity

EXACT = 1e-6
"""Slack of sums of shares that people write with a few decimals."""

PRIOR_SLACK = 1e-3
"""Slack of the priors' sum: thirds are written as 0.333."""

COST_SLACK = 0.02
"""Slack of the weighted mean of the voices' costs of war, which are rough multiples."""


def bounds(view: View) -> Iterator[Finding]:
    """Central values and both ends of ranges lie where their meaning allows."""
    for node in view.nodes:
        number = node.value
        limits = BOUNDS.get((node.owner, node.field))
        if not isinstance(number, Quantity) or limits is None:
            continue
        if (broken := limits.broken_by(number)) is not None:
            message = f"`{_name(node.path)}` is {broken}"
            yield Finding(node.path, message, _scaled(limits, number, node.field))


def _name(path: Path) -> str:
    return ".".join(str(part) for part in path)


def _scaled(limits: Bounds, number: Quantity, field: str) -> str | None:
    """What was probably meant: per cent, or an annual number."""
    values = [v for v in (number.value, number.low, number.high) if v is not None]
    if limits is SHARE and 1 < max(values) <= 100 and min(values) >= 0:
        return f"if it is per cent, write {number.value / 100:g}"
    if field == "patience":
        return "write 0.975, for example: a payoff next month is worth 0.975 of one today"
    return None


def sums(view: View) -> Iterator[Finding]:
    """Voices, priors, shares of pain, outcomes and chances of the initiative sum as they must."""
    crisis = view.crisis
    for side, bloc in crisis.blocs.items():
        at: Path = ("blocs", side, "voices")
        yield from _sum_to_one(at, "the voices' weights", _values(bloc.voices), EXACT)
        for key, weight in bloc.voices.items():
            if weight.value < 0:
                yield Finding((*at, key), f"the weight of `{key}` is negative: {weight.value:g}")
    for key, lever in crisis.levers.items():
        felt = lever.felt_by
        shares = (felt.elite, felt.public, felt.budget, felt.military)
        yield from _sum_to_one(
            ("levers", key, "felt_by"), "the shares of who feels it", shares, EXACT
        )
    offensive = crisis.war.offensive
    if offensive is not None and offensive.outcomes:
        at = ("war", "offensive", "outcomes")
        outcomes = tuple(offensive.outcomes.values())
        yield from _sum_to_one(at, "the chances of the outcomes", outcomes, PRIOR_SLACK)
    recognition = sum(_values(crisis.clock.recognition))
    if recognition > 1 + EXACT:
        message = f"the chances of the initiative sum to {recognition:.4g}, more than 1"
        yield Finding(("clock", "recognition"), message, "one side at most moves in a round")
    collapse = crisis.war.collapse.A.value + crisis.war.collapse.B.value
    if collapse > 1:
        yield Finding(("war", "collapse"), f"the hazards of collapse sum to {collapse:.4g}")


def _values(numbers: Mapping[Any, Quantity]) -> list[float]:
    return [number.value for number in numbers.values()]


def _sum_to_one(path: Path, what: str, values: Iterable[float], slack: float) -> Iterator[Finding]:
    total = sum(values)
    if abs(total - 1.0) > slack:
        yield Finding(path, f"{what} sum to {total:.6g}, not to 1", _rescale(total))


def _rescale(total: float) -> str | None:
    return f"divide each by {total:.6g}" if total > 0 else None


def priors(view: View) -> Iterator[Finding]:
    """Priors of the types leave the floor for the unmodelled, or sum to 1 if it is the default."""
    floor = view.crisis.hypotheses.unmodelled
    total = sum(kind.prior.value for kind in view.crisis.types.values())
    room = 1.0 - floor.value
    if abs(total - room) <= PRIOR_SLACK or (floor.is_default and abs(total - 1) <= PRIOR_SLACK):
        return
    if floor.is_default:
        message = (
            f"the priors of the types sum to {total:.4g}; they must sum to 1, or to {room:.4g} "
            f"with the default {floor.value:g} left for none of the types"
        )
        yield Finding(("types",), message, _rescale(total))
    else:
        message = (
            f"the priors of the types sum to {total:.4g} and `hypotheses.unmodelled` is "
            f"{floor.value:g}; together they must sum to 1"
        )
        yield Finding(("types",), message, f"make the priors sum to {room:.4g}")


def war_costs(view: View) -> Iterator[Finding]:
    """The voices' costs of war are multiples whose weighted mean is 1."""
    for side, bloc in view.crisis.blocs.items():
        voices = [(view.crisis.actors.get(key), w.value) for key, w in bloc.voices.items()]
        total = sum(weight for _, weight in voices)
        if total <= 0 or any(actor is None for actor, _ in voices):
            continue
        mean = sum(a.war_cost_ratio * w for a, w in voices if a is not None) / total
        if abs(mean - 1) > COST_SLACK:
            message = (
                f"the weighted mean of `war_cost_ratio` over the voices of bloc {side} is "
                f"{mean:.4g}, not 1"
            )
            yield Finding(("blocs", side, "voices"), message, f"divide each ratio by {mean:.4g}")


def issues(view: View) -> Iterator[Finding]:
    """Indivisible issues have points, and everything that names a value is on one of them."""
    for key, issue in view.crisis.issues.items():
        at: Path = ("issues", key)
        if issue.divisible:
            if issue.points:
                message = f"`{key}` has `points` but is divisible"
                yield Finding((*at, "points"), message, "write `divisible: false`, or drop them")
            continue
        if len(issue.points) < 2:
            message = f"the indivisible issue `{key}` needs at least two `points`"
            yield Finding(at, message, "add `points: [0, 0.5, 1]`, for example")
            continue
        for place, point in enumerate(issue.points):
            if not 0 <= point <= 1:
                yield Finding((*at, "points", place), f"the point {point:g} is outside 0 to 1")
        values: list[tuple[Path, float]] = [((*at, "status_quo"), issue.status_quo)]
        values += [((*at, "scale", n, "at"), s.at) for n, s in enumerate(issue.scale)]
        for contract, terms in view.crisis.contracts.items():
            if key in terms.terms:
                values.append((("contracts", contract, "terms", key), terms.terms[key]))
        for path, value in values:
            if all(abs(value - point) > EXACT for point in issue.points):
                listed = ", ".join(f"{point:g}" for point in issue.points)
                message = f"{value:g} is no point of the indivisible issue `{key}`"
                yield Finding(path, message, f"its points are {listed}")


def terms(view: View) -> Iterator[Finding]:
    """Terms of contracts lie in [0, 1]; chances of evidence, too."""
    for key, contract in view.crisis.contracts.items():
        for issue, value in contract.terms.items():
            if not 0 <= value <= 1:
                message = f"the term {value:g} on `{issue}` is outside 0 (A's end) to 1 (B's end)"
                yield Finding(("contracts", key, "terms", issue), message)
        short = contract.lasts_months
        if short is not None and short < view.crisis.clock.round_months:
            message = f"the contract `{key}` lasts {short:g} months, less than one round"
            yield Finding(("contracts", key, "lasts_months"), message, warning=True)
    for key, item in view.crisis.evidence.items():
        for kind, chance in item.likelihood.items():
            if not 0 <= chance <= 1:
                message = f"the chance {chance:g} is outside 0 to 1"
                yield Finding(("evidence", key, "likelihood", kind), message)
        if item.likelihood and not any(item.likelihood.values()):
            message = "no type could have produced this: every chance is 0"
            yield Finding(("evidence", key, "likelihood"), message, "give one at least a chance")
    rules = view.crisis.evidence_rules
    for name, letters, weights in (
        ("reliability", "ABCDEF", rules.reliability),
        ("credibility", "123456", rules.credibility),
    ):
        for letter in letters:
            if letter not in weights:
                message = f"`{name}` has no weight for `{letter}`"
                yield Finding(("evidence_rules", name), message)
        for letter, weight in weights.items():
            if not 0 <= weight <= 1:
                message = f"the weight {weight:g} is outside 0 to 1"
                yield Finding(("evidence_rules", name, letter), message)
    for word, share in view.crisis.relief.schedules.items():
        if not 0 <= share <= 1:
            message = f"the share {share:g} is outside 0 to 1"
            yield Finding(("relief", "schedules", word), message)


def saliences(view: View) -> Iterator[Finding]:
    """An actor with preferences cares about something."""
    for key, actor in view.crisis.actors.items():
        weights = [preference.weight.value for preference in actor.preferences.values()]
        if weights and sum(weights) <= 0:
            message = f"`{key}` puts no weight on any issue"
            yield Finding(("actors", key, "preferences"), message, "give one issue a weight")


def ladder(view: View) -> Iterator[Finding]:
    """Rungs rise; the base rung, the next step and every rung that is named exist."""
    crisis, rungs = view.crisis, [step.rung for step in view.crisis.ladder.rungs]
    for place, (below, rung) in enumerate(pairwise(rungs), 1):
        if rung <= below:
            word = "is given twice" if rung == below else f"stands after rung {below}"
            path: Path = ("ladder", "rungs", place, "rung")
            yield Finding(path, f"rung {rung} {word}", "number the rungs from low to high")
    top = crisis.ladder.base + crisis.ladder.step
    if crisis.ladder.base not in rungs:
        path = ("ladder", "base")
        yield Finding(path, f"the base rung {crisis.ladder.base} is not on the ladder", _of(rungs))
    elif top not in rungs:
        message = f"one step above the base rung is rung {top}, which is not on the ladder"
        yield Finding(("ladder", "base"), message, _of(rungs))
    named: list[tuple[Path, int | None]] = []
    for key, lever in crisis.levers.items():
        named.append((("levers", key, "rung"), lever.rung))
        named.append((("levers", key, "rung_if_war"), lever.rung_if_war))
    for path, rung_named in named:
        if rung_named is not None and rung_named not in rungs:
            if path[-1] == "rung" and rung_named == 0:
                continue  # off the ladder
            yield Finding(path, f"rung {rung_named} is not on the ladder", _of(rungs))


def _of(rungs: list[int]) -> str:
    return f"its rungs are {', '.join(map(str, sorted(set(rungs))))}"


def tiers(view: View) -> Iterator[Finding]:
    """Tiers of cohesion fall from 1 and each has a name."""
    coalition = view.crisis.coalition
    at: Path = ("coalition", "tiers")
    if not coalition.tiers or coalition.tiers[0] != 1:
        yield Finding(at, "the first tier of cohesion must be 1 (intact)")
    if any(b >= a for a, b in pairwise(coalition.tiers)):
        yield Finding(at, "the tiers of cohesion must fall", "write them from 1 downwards")
    if any(not 0 <= tier <= 1 for tier in coalition.tiers):
        yield Finding(at, "the tiers of cohesion lie between 0 and 1")
    if len(coalition.tier_names) != len(coalition.tiers):
        message = (
            f"there are {len(coalition.tiers)} tiers of cohesion and "
            f"{len(coalition.tier_names)} names for them"
        )
        yield Finding(("coalition", "tier_names"), message, "give each tier one name")


def clock(view: View) -> Iterator[Finding]:
    """What the clock says is used, and the end has a value for each side."""
    time = view.crisis.clock
    if isinstance(time.at_the_end, dict) and set(time.at_the_end) != {"A", "B"}:
        message = "`at_the_end` needs a number for A and one for B"
        yield Finding(("clock", "at_the_end"), message, "or write `stalemate`")
    stated = any(not number.is_default for number in time.recognition.values())
    if time.protocol == "alternating" and stated:
        message = "`recognition` is not used: the sides take turns"
        hint = "drop it, or write `protocol: random`"
        yield Finding(("clock", "recognition"), message, hint, warning=True)
    missing = {"A", "B"} - set(time.recognition)
    if missing:
        message = f"`recognition` has no chance for {', '.join(sorted(missing))}"
        yield Finding(("clock", "recognition"), message)


def relief(view: View) -> Iterator[Finding]:
    """Sticks that come off sooner for defiance than for compliance reward defiance."""
    rules = view.crisis.relief
    pairs: list[tuple[Path, Quantity | None, Quantity | None]] = [
        (("relief",), rules.comply, rules.defy)
    ]
    for key, lever in view.crisis.levers.items():
        pairs.append((("levers", key), lever.lift_if_comply, lever.lift_if_defy))
    for path, comply, defy in pairs:
        if comply is not None and defy is not None and comply.value < defy.value:
            message = (
                f"lifting is likelier after defiance ({defy.value:g}) than after compliance "
                f"({comply.value:g}): the pressure rewards defiance"
            )
            yield Finding(path, message, "check that the two are not swapped", warning=True)


CHECKS = (
    bounds,
    sums,
    priors,
    war_costs,
    issues,
    terms,
    saliences,
    ladder,
    tiers,
    clock,
    relief,
)
