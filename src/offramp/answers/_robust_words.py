"""Headline, sentences, flips and warnings of the robustness answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from offramp.answers._discover_facts import measure_words
from offramp.answers._ensemble_inputs import fitted_words
from offramp.answers._facts import bare, join, percent, quoted
from offramp.answers._names import readable
from offramp.answers._robust_facts import WORTH, Found, least_shares, room_needed
from offramp.answers._robust_views import HAS, best_words, close_words, name_of
from offramp.crisis import Crisis, quantities
from offramp.ensembles.weights import COLLAPSED, FEWEST

FEW = 16
"""Futures below which hardly any share is known well enough for a verdict."""


def names(crisis: Crisis, plans: Sequence[str]) -> str:
    """Plans by name, in quotes."""
    return join(quoted(name_of(crisis, p)) for p in plans)


def where_words(found: Found) -> str:
    """``under every reading``, or under the only one; nothing for the file as it stands alone."""
    if len(found.under) > 1:
        return " under every reading"
    only = found.under[0]
    return "" if only.reading is None else f" under {quoted(only.name)}"


def headline(crisis: Crisis, found: Found) -> str:
    """The finding."""
    sure, open_ = found.with_verdict("holds up"), found.with_verdict("cannot be told")
    where = where_words(found)
    if sure:
        return f"{names(crisis, sure)} {'holds' if len(sure) == 1 else 'hold'} up{where}"
    if open_ and len(open_) <= 3:
        return f"No plan surely holds up{where}; of {names(crisis, open_)} it cannot be told"
    if open_:
        return f"On {found.draws} futures it cannot be told of {len(open_)} plans whether they hold up{where}"
    return f"No plan holds up{where}"


def paragraphs(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """What was asked, what came of it, and how sure it is."""
    return tuple(
        text
        for text in (
            _asked(crisis, found),
            _verdicts(crisis, found),
            _regrets(crisis, found),
            _domains(crisis, found),
            _observed(crisis, found),
            _errors(found),
        )
        if text
    )


def _asked(crisis: Crisis, found: Found) -> str:
    bars = join(bar.words(crisis) for bar in found.bars)
    n, under = found.draws, len(found.under)
    where = f", each under {under} readings" if under > 1 else ""
    said = (
        f"{len(found.plans)} plans are held against each other in the same {n} futures{where}. A plan is good "
        f"enough in a future if {bars}, and holds up if that is so in at least {percent(found.share)} of them."
    )
    if found.setter is not None:
        said += f" {quoted(name_of(crisis, found.setter))} sets the bar, so it is not judged by it."
    return said


def _verdicts(crisis: Crisis, found: Found) -> str:
    said = []
    if sure := found.with_verdict("holds up"):
        verb = "holds" if len(sure) == 1 else "hold"
        said.append(f"{names(crisis, sure)} {verb} up{where_words(found)}.")
    if open_ := found.with_verdict("cannot be told"):
        said.append(f"Of {names(crisis, open_)} it cannot be told on so few futures.")
    short = found.with_verdict("falls short")
    if short:
        if len(found.under) > 1:
            said.append(_where_short(crisis, found, short))
        else:
            said.append(f"{names(crisis, short)} {'falls' if len(short) == 1 else 'fall'} short.")
    return " ".join(said)


def _where_short(crisis: Crisis, found: Found, short: Sequence[str]) -> str:
    """Plans that fall short, grouped by the readings under which they surely do."""
    groups: dict[tuple[str | None, ...], list[str]] = {}
    for p in short:
        where = tuple(r for r, h in found.standings[p].held.items() if h.verdict == "falls short")
        groups.setdefault(where, []).append(p)
    said = []
    for where, plans in groups.items():
        verb = "falls" if len(plans) == 1 else "fall"
        place = (
            "under every reading"
            if len(where) == len(found.under)
            else f"under {_quoted(found, where)}"
        )
        said.append(f"{names(crisis, plans)} {verb} short {place}")
    return "; ".join(said) + "."


def _quoted(found: Found, readings: Sequence[str | None]) -> str:
    """Readings by name, in quotes where one is a name."""
    return join(found.name(r) if r is None else quoted(found.name(r)) for r in readings)


def _regrets(crisis: Crisis, found: Found) -> str:
    best = found.best("mean regret")
    if not best or len(found.plans) < 2:
        return ""
    a = crisis.blocs["A"].name
    said = best_words(
        crisis,
        found,
        "mean regret",
        f"has the least mean regret in worth to {a}",
        f"have the least mean regret in worth to {a}",
        HAS,
    )
    said += "." if found.everywhere("mean regret") else f": {_by_reading(crisis, found, best)}."
    largest = {
        p: max(u.figures.plans[k].high_regret for u in found.under if u.figures is not None)
        for k, p in enumerate(found.plans)
    }
    low = min(largest, key=lambda p: largest[p])
    k = found.plans.index(low)
    near = [
        p
        for j, p in enumerate(found.plans)
        if largest[p] - largest[low] <= found.error.between[WORTH][k, j]
    ]
    said += (
        f" The regret that one future in ten exceeds is smallest, over the readings, for "
        f"{names(crisis, near)}: up to {largest[low]:.2f} of the stake."
    )
    return said


def _by_reading(crisis: Crisis, found: Found, best: Mapping[str | None, tuple[str, ...]]) -> str:
    """Best plans by reading, readings with the same ones together."""
    groups: dict[tuple[str, ...], list[str | None]] = {}
    for reading, plans in best.items():
        groups.setdefault(plans, []).append(reading)
    return "; ".join(
        f"{names(crisis, plans)} under {_quoted(found, readings)}"
        for plans, readings in groups.items()
    )


def _domains(crisis: Crisis, found: Found) -> str:
    known = [u.figures for u in found.under if u.figures is not None]
    if not known or len(found.plans) < 2:
        return ""
    tied = [f.tied for f in known]
    span = _span(tied)
    never = [p for k, p in enumerate(found.plans) if max(f.plans[k].domain for f in known) == 0]
    by = ", by reading," if min(tied) < max(tied) else ""
    said = f"In {span} of futures{by} more than one plan is best within the error."
    if never:
        none = names(crisis, never)
        said += (
            f" {none} is the best in no future."
            if len(never) == 1
            else f" In no future is the best one of {none}."
        )
    return said


def _span(shares: Sequence[float]) -> str:
    low, high = percent(min(shares)), percent(max(shares))
    return low if low == high else f"{low} to {high}"


def _observed(crisis: Crisis, found: Found) -> str:
    if not found.moments:
        return ""
    told = join(quoted(m.name) if m.name != m.figure else m.name for m in found.moments)
    sizes = [u.weighted.effective for u in found.under if u.weighted is not None]
    low, high = f"{min(sizes):.0f}", f"{max(sizes):.0f}"
    count = low if low == high else f"{low} to {high}, by reading"
    return (
        f"The draws are weighted so that their averages come near what was observed ({told}): "
        f"{found.draws} draws then count for {count}."
    )


def _errors(found: Found) -> str:
    e = found.error
    if not e.finer:
        return f"Solved at {e.coarse} resolution; no finer grid was compared."
    return (
        f"On the {e.finer} grid the differences in worth between plans change by up to {close_words(found)} on "
        f"average (at most {e.largest[WORTH]:.3f}, over {e.over()}); smaller ones count as none."
    )


def flips(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """Where the set of plans that hold up, taking shares as they stand, would change."""
    said = []
    shares = least_shares(found)
    above = [p for p in shares if shares[p][0] >= found.share]
    below = [p for p in shares if shares[p][0] < found.share]
    asked = percent(found.share)
    if above:
        first = min(above, key=lambda p: shares[p][0])
        share, where = shares[first]
        said.append(
            f"Asked to be good enough in more than {percent(share)} of futures instead of {asked}, "
            f"{quoted(name_of(crisis, first))} is out first, by its share{_under(found, where)}."
        )
    if below:
        first = max(below, key=lambda p: shares[p][0])
        share, where = shares[first]
        said.append(
            f"Asked for {percent(share)} instead of {asked}, {quoted(name_of(crisis, first))} is the next in, "
            f"by its share{_under(found, where)}."
        )
    for k in range(len(found.bars)):
        said += _bar_flips(crisis, found, k, above, below)
    return tuple(said)


def _bar_flips(
    crisis: Crisis, found: Found, k: int, above: Sequence[str], below: Sequence[str]
) -> list[str]:
    bar, said = found.bars[k], []
    what = measure_words(bar.measure, crisis)
    needed = {p: room_needed(found, k, p) for p in (*above, *below) if p != bar.plan}
    out = [p for p in below if p in needed and found.allowed(k, p) < needed[p] < math.inf]
    if out:
        p = min(out, key=lambda q: needed[q])
        said.append(
            f"If a plan may be {_size(needed[p])} short of the threshold on {what}, "
            f"{quoted(name_of(crisis, p))} is good enough often enough{where_words(found)}."
        )
    stay = [p for p in above if p in needed and math.isfinite(needed[p])]
    if stay:
        p = max(stay, key=lambda q: needed[q])
        spare, name = needed[p], quoted(name_of(crisis, p))
        said.append(
            f"{name} is out once a plan has to clear the threshold on {what} by more than {_size(-spare)}."
            if spare < 0
            else f"{name} is out once being {_size(spare)} short of the threshold on {what} no longer counts "
            "as within the error."
        )
    return said


def _size(value: float) -> str:
    return bare(float(f"{value:.2g}"))


def warnings(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """What a reader must know before relying on it."""
    said: list[str] = []
    if found.draws < FEW:
        said.append(f"only {found.draws} futures: few shares are known well enough for a verdict")
    said += _lost(crisis, found)
    if found.misses:
        said.append(
            f"the certificate misses its tolerance in {found.misses} of {found.solves} solves"
        )
    said += _solved_otherwise(crisis, found)
    elsewhere = [u.reading for u in found.under if _moved(crisis, u.reading)]
    if elsewhere:
        one = len(elsewhere) == 1
        what, whose = ("is of another date", "its") if one else ("are of other dates", "their")
        said.append(
            f"{_quoted(found, elsewhere)} {what} and carried to this one: {whose} premises, not {whose} day"
        )
    return (*said, *_collapsed(found))


def _moved(crisis: Crisis, reading: str | None) -> bool:
    return reading is not None and crisis.readings[reading].as_of != crisis.as_of


def _lost(crisis: Crisis, found: Found) -> list[str]:
    """Plans that cannot be solved in some futures, with the most that any reading loses."""
    most: dict[str, tuple[int, str]] = {}
    for u in found.under:
        for plan, (count, reason) in u.lost.items():
            if count > most.get(plan, (0, ""))[0]:
                most[plan] = (count, reason)
    groups: dict[str, list[str]] = {}
    for plan, (_, reason) in most.items():
        groups.setdefault(reason, []).append(plan)
    said = []
    for reason, plans in groups.items():
        count = max(most[p][0] for p in plans)
        said.append(
            f"{names(crisis, plans)} cannot be solved in up to {count} of {found.draws} futures under one "
            f"reading ({_in_names(crisis, reason)}). Regret leaves these futures out for every plan, "
            "so it speaks of the others only"
        )
    gone = [u.reading for u in found.under if u.figures is None]
    if gone:
        said.append(
            f"no future in which every plan has a worth, so no regret, under {_quoted(found, gone)}"
        )
    return said


def _solved_otherwise(crisis: Crisis, found: Found) -> list[str]:
    """Futures solved at other numbers than were drawn, and solves of the check that gave nothing."""
    said = []
    most = max(u.fitted for u in found.under)
    if most:
        where = f"{most} of {found.draws} futures"
        several = len(found.under) > 1
        said.append(fitted_words(crisis, f"up to {where} under one reading" if several else where))
    if found.error.failed:
        n = len(found.error.failed)
        said.append(
            f"{n} solve{'' if n == 1 else 's'} of the check on a finer grid gave no result "
            f"({_in_names(crisis, found.error.failed[0])}): the error of the grid rests on the others"
        )
    return said


def _in_names(crisis: Crisis, reason: str) -> str:
    """What a solve said, with paths of numbers in words."""
    text = re.sub(r"^\w+: ", "", reason).replace("`", "")
    known = quantities(crisis)
    return re.sub(
        r"\w+(?:\.\w+)+", lambda m: _readable(crisis, m[0]) if m[0] in known else m[0], text
    )


def _readable(crisis: Crisis, path: str) -> str:
    return quoted(readable(crisis, path))


def _collapsed(found: Found) -> list[str]:
    said = []
    fewest = max(COLLAPSED * found.draws, min(FEWEST, found.draws))
    low = [u for u in found.under if u.weighted is not None and u.weighted.collapsed]
    if low:
        counts = join(
            f"{u.weighted.effective:.0f} under {_quoted(found, [u.reading])}"
            for u in low
            if u.weighted is not None
        )
        said.append(
            f"the weights have collapsed: {found.draws} draws count for {counts}, fewer than the {fewest:.0f} "
            "below which weighted figures rest on a handful of draws; unweighted ones stand beside them. Draw "
            "more, or trust the observations less"
        )
    flat = {
        text for u in found.under if u.weighted is not None for text in u.weighted.warnings
        if "collapsed" not in text
    }  # fmt: skip
    return said + sorted(flat)


def _under(found: Found, reading: str | None) -> str:
    return f" under {_quoted(found, [reading])}" if len(found.under) > 1 else ""
