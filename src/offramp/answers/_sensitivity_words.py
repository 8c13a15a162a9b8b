"""Sentences of the sensitivity answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from offramp.answers._facts import join, months_text, percent, quoted
from offramp.answers._sensitivity_runs import OTHERS, TYPE_KNOWN, Study
from offramp.answers._sensitivity_views import TINY, crossed, observation, sure
from offramp.crisis import Crisis
from offramp.ensembles.sobol import Index, Sensitivity

LARGE = 0.05
"""Total order from which an input is named among those that matter."""


def share(value: float) -> str:
    """A share of variance as whole per cent; noise below 0 prints as it is."""
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%".replace("-", "\N{MINUS SIGN}")


def shares(low: float, high: float) -> str:
    """``12 to 20 %``."""
    return f"{100 * low:.0f} to {share(high)}".replace("-", "\N{MINUS SIGN}")


def named(index: Index, names: Mapping[str, str]) -> str:
    """A factor's name inside a sentence."""
    return quoted(names[index.factor])


def leaders(found: Sensitivity) -> list[Index]:
    """Single inputs that matter beyond doubt, greatest first."""
    return [
        i for i in found.ranked() if i.factor != OTHERS and i.total >= LARGE and i.total_low > 0
    ]


def rest_of(found: Sensitivity) -> Index | None:
    """All other inputs as one factor."""
    return next((i for i in found.indices if i.factor == OTHERS), None)


def headline(study: Study, found: Sensitivity, names: Mapping[str, str], plan: str, a: str) -> str:
    """The finding."""
    if found.constant:
        return f"No input moves what {plan} is worth to {a}"
    top = leaders(found)
    if not top:
        return f"No single input decides what {plan} is worth to {a}; many small ones do together"
    rest = rest_of(found)
    first = top[0]
    if crossed(first):
        return (
            f"{names[first.factor]} is among those that move what {plan} is worth to {a}; the sample is too "
            "small to rank them"
        )
    if rest is not None and rest.total > first.total and rest.total_low > first.total_high:
        return (
            f"{names[first.factor]} moves what {plan} is worth to {a} most, but the many inputs after "
            "the leading ones carry more"
        )
    if len(top) > 1 and top[1].total_high >= first.total_low:
        pair = f"{names[first.factor]} and {names[top[1].factor]}"
        return f"{pair} move what {plan} is worth to {a} most, and cannot be ranked"
    return f"{names[first.factor]} moves what {plan} is worth to {a} most"


def spread(study: Study, crisis: Crisis, plan: str, a: str) -> str:
    """How far the outcomes range over the draws."""
    parts = []
    for measure, y in study.sample.items():
        known = y[np.isfinite(y)]
        low, middle, high = np.percentile(known, [5, 50, 95])
        if measure == "value_a":
            parts.append(
                f"{plan} is worth {middle:.2f} of {a}'s stake in the middle draw and {low:.2f} to {high:.2f} "
                "in nine of ten"
            )
        else:
            parts.append(
                f"the chance of a settlement within {months_text(study.month)} is {percent(middle)} in the "
                f"middle draw and {percent(low)} to {percent(high)} in nine of ten"
            )
    draws = len(next(iter(study.sample.values())))
    return (
        f"In this model, over {draws} draws of the {len(study.paths)} inputs that have a range, "
        f"{join(parts)}."
    )


def drivers(study: Study, found: Sensitivity, names: Mapping[str, str]) -> str:
    """What the leading inputs explain."""
    if found.constant:
        return "The outcome is the same in every draw: no input has any effect, within its range."
    top = leaders(found)
    if not top:
        first = next(i for i in found.ranked() if i.factor != OTHERS)
        return (
            f"Even the strongest input, {named(first, names)}, takes part in {share(first.total)} of the "
            f"variance at most likely ({shares(first.total_low, first.total_high)})."
        )
    shown = top[:3]
    torn = [i for i in shown if crossed(i)]
    said = [
        f"{named(i, names)} takes part in {share(i.total)} of the variance "
        f"({shares(i.total_low, i.total_high)})"
        + (
            ""
            if i.first_low <= 0
            else f" and explains {share(i.first)} alone"
            if i.first <= i.total
            else ", all of it alone as far as the sample tells"
        )
        + (
            ", and the outcome rises with it"
            if (i.rising or 0) >= 0.95
            else ", and the outcome falls as it rises"
            if i.rising is not None and i.rising <= 0.05
            else ""
        )
        for i in shown
        if i not in torn
    ]
    parts = ["; ".join(said) + "."] if said else []
    if torn:
        parts.append(
            f"For {join(named(i, names) for i in torn)} the estimates cross: the share explained alone comes "
            f"out above the share taken part in, which cannot be. {found.base} base points are too few to "
            "rank these inputs or to say how much they carry."
        )
    return " ".join(parts)


def together(study: Study, found: Sensitivity, names: Mapping[str, str]) -> str:
    """Interactions, what was left out, and what has no effect."""
    if found.constant:
        return ""
    parts = []
    acting = [i for i in found.ranked() if i.interacts and i.factor != OTHERS]
    if acting:
        parts.append(
            f"{join(named(i, names) for i in acting[:4])} act{'s' if len(acting) == 1 else ''} together "
            "with others beyond doubt, so moving one input at a time does not show their whole effect."
        )
    else:
        parts.append("No leading input acts together with others beyond doubt.")
    rest = rest_of(found)
    if rest is not None:
        count = len(study.paths) - len(study.leading)
        parts.append(
            f"The {count} inputs that are not listed one by one take part in {share(rest.total)} together "
            f"({shares(rest.total_low, rest.total_high)})."
        )
    idle = [i for i in found.indices if i.none and i.factor != OTHERS]
    if idle:
        parts.append(
            f"No effect to speak of: {join(named(i, names) for i in idle[:4])} (at most "
            f"{max(100 * i.total_high for i in idle):.1f}\N{NO-BREAK SPACE}% of the variance)."
        )
    return " ".join(parts)


def one_at_a_time_words(study: Study, names: Mapping[str, str], a: str) -> str:
    """The widest swing, and how it fares on the finer grid."""
    moving = [s for s in study.swings if np.isfinite(s.reach) and s.reach > 0]
    if not moving:
        return "Moved alone from the centre, no input changes anything."
    first = moving[0]
    text = (
        f"Moved alone from its 5th to its 95th percentile, with all other inputs at their centre, "
        f"{quoted(names[first.name])} takes the value to {a} from {first.at_low:.2f} to {first.at_high:.2f}; "
        f"{len(study.swings) - len(moving)} of {len(study.swings)} inputs change nothing when moved so."
    )
    if study.checked and study.finer is not None:
        said = [
            f"{own:+.3f} against {finer:+.3f}".replace("-", "\N{MINUS SIGN}")
            for own, finer in study.checked.values()
        ]
        text += (
            f" The widest swings on the {study.grid} grid against {study.finer}: {join(said)}; how far "
            "they differ is the error of a swing."
        )
    return text


def finding_out(study: Study, names: Mapping[str, str], crisis: Crisis) -> str:
    """What it is worth to find out before choosing."""
    info = study.information
    if info is None:
        return (
            "There is one plan to choose, so no finding can change the choice."
            if len(study.plans) < 2
            else "Too few draws came out for the value of finding out."
        )
    plan_names = join(quoted(crisis.plans[p].name) for p in info.plans)
    best = quoted(crisis.plans[info.best].name)
    if info.perfect <= TINY:
        return (
            f"Of {plan_names}, {best} is best in every draw: nothing that could be found out would change "
            "the choice."
        )
    text = (
        f"Choosing among {plan_names}, {best} is best on average; knowing everything before choosing would "
        f"be worth {info.perfect:.3f} of a stake ({info.perfect_low:.3f} to {info.perfect_high:.3f})."
    )
    worth = [w for w in info.worths if sure(w)][:3]
    maybe = [w for w in info.worths if not w.nothing and not sure(w)][:3]
    if worth:
        text += " Most worth finding out: " + join(
            f"{quoted(names[w.name])} ({w.value:.3f})" for w in worth
        )
        text += "."
    elif maybe:
        those = join(
            f"{quoted(names[w.name])} ({w.value:.3f}, {w.low:.3f} to {w.high:.3f})" for w in maybe
        )
        text += (
            f" No single input is surely worth finding out: {those} "
            f"{'comes' if len(maybe) == 1 else 'come'} out above the {maybe[0].chance:.3f} that luck reaches, "
            f"but the range{'' if len(maybe) == 1 else 's'} begin{'s' if len(maybe) == 1 else ''} below it."
        )
    else:
        text += " No single input is worth finding out beyond what luck would show."
    return text + _about_type(study, crisis)


def _about_type(study: Study, crisis: Crisis) -> str:
    if not study.evidence:
        return ""
    known = next(w for w in study.evidence if w.name == TYPE_KNOWN)
    b = crisis.blocs["B"].name
    if known.value <= TINY:
        return f" Even knowing which type {b} is would not change the choice."
    items = [w for w in study.evidence if w.name != TYPE_KNOWN and w.low > TINY]
    text = f" Knowing which type {b} is would be worth {known.value:.3f}"
    if items:
        return f"{text}; {observation(items[0], crisis)}, {items[0].value:.4f}."
    return f"{text}, and no single observation like those on file would change the choice."


def flips(study: Study, names: Mapping[str, str], crisis: Crisis) -> tuple[str, ...]:
    """Inputs whose value would change the choice of plan."""
    info = study.information
    if info is None:
        return ()
    found = []
    for w in info.worths:
        if not sure(w) or len(w.switch) != 2 or w.switch[0] == w.switch[1]:
            continue
        low, high = (quoted(crisis.plans[p].name) for p in w.switch)
        found.append(
            f"{names[w.name]}: {low} is better towards its low end, {high} towards its high end"
        )
    return tuple(found[:4])
