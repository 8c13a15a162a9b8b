"""Words of the offensive answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.answers._facts import join, months_text, percent, quoted, side_names, stake, type_name
from offramp.answers._offensive_choice import Outcome, Reaction, Timing
from offramp.answers._offensive_front import Standing, Window
from offramp.answers._offensive_race import EARLIEST, Race
from offramp.answers._offensive_risk import Risk, direction
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.solution import Certificate

SEEN_POLICY = 0.005
"""Least difference of two chances to act that is worded as one (what is seen in print)."""


@dataclass(frozen=True)
class Found:
    """Everything that the answer found."""

    game: Game
    months: int
    written: tuple[Standing, ...]
    redrawn: tuple[Standing, ...]
    window: Window
    window_redrawn: Window
    least: float
    level: float
    lottery: tuple[Outcome, ...]
    mix: Standing | None
    timing: Timing | None
    reactions: tuple[Reaction, ...]
    race: Race
    risks: tuple[Risk, ...]
    told: Certificate
    offensive: bool

    @property
    def today(self) -> Standing:
        """Today's front."""
        return next(x for x in self.written if x.gain == 0)

    @property
    def ahead(self) -> tuple[Standing, ...]:
        """Gains of A."""
        return tuple(x for x in self.written if x.gain > 0)


def headline(f: Found) -> str:
    """The finding."""
    a, _ = side_names(f.game)
    if not f.ahead:
        return "The front does not move in this crisis, so gains on the ground cannot be read"
    spans = [_steps(w) for w in (f.window, f.window_redrawn)]
    if f.window.low is not None and f.window_redrawn.low is not None:
        return f"Gains of {spans[0]} make settlement likelier without too much escalation"
    if f.window.low is not None:
        return f"Gains of {spans[0]} make settlement likelier, but only while terms keep to today's line"
    if f.window_redrawn.low is not None:
        return (
            f"Gains of {spans[1]} make settlement likelier, but only if the terms follow the front"
        )
    rise = max(x.settled for x in (*f.ahead, *f.redrawn)) - f.today.settled
    if rise > f.least:
        return (
            f"Gains of {a} that make settlement likelier also make the other side climb too often"
        )
    fall = f.today.settled - max(f.ahead, key=lambda x: x.gain).settled
    if fall > f.least:
        return f"There is no window: gains of {a} make settlement less likely, not more"
    return "Gains on the ground make no distinguishable difference to the chance of settlement"


def _steps(w: Window) -> str:
    if w.low is None or w.high is None:
        return ""
    return f"{max(w.low, 0.1):.1f} to {w.high:.1f} steps"


def paragraphs(f: Found) -> tuple[str, ...]:
    """Three to six paragraphs."""
    if not f.ahead:
        still = (
            "No position of the front can be read: no issue moves with the war, or the file keeps no steps "
            "(war.reach)."
        )
        return tuple(x for x in (still, _setback(f), _race(f), _serious(f)) if x)
    said = [_positions(f), _window(f)]
    if not f.offensive:
        said.append(
            "The file has no offensive, so only positions are read; nothing here says how they come about."
        )
    elif f.mix is not None:
        said.append(_lottery(f))
    said += [_when(f), _setback(f), " ".join(x for x in (_race(f), _serious(f)) if x)]
    return tuple(x for x in said if x)


def _positions(f: Found) -> str:
    a, b = side_names(f.game)
    far = f.ahead[-1]
    back = f.written[0]
    said = (
        f"In this model a first settlement is signed within {months_text(f.months)} with "
        f"{percent(f.today.settled)} "
        f"from today's front, with {percent(far.settled)} after a gain of {_gain(far.gain)} by {a}"
    )
    if back.gain < 0:
        said += f" and with {percent(back.settled)} after a loss of {abs(back.gain):g}"
    said += (
        f". {b} climbs {f.today.climbs:.2f} times, in expectation, today and {far.climbs:.2f} then."
    )
    if f.redrawn:
        best = max(f.redrawn, key=lambda x: x.settled)
        shift = best.settled - f.today.settled
        if abs(shift) <= f.least:
            then = "makes no distinguishable difference to it"
        else:
            then = f"brings settlement to {percent(best.settled)}"
        said += (
            " If every contract drawn along today's line followed the front, the best gain "
            f"({_gain(best.gain)}) "
            f"{then}."
        )
    return said


def _gain(gain: float) -> str:
    return f"{gain:g} step{'' if gain == 1 else 's'}"


def _window(f: Found) -> str:
    def one(w: Window) -> str:
        if w.low is None:
            return f"empty ({w.lower})"
        return f"{_steps(w)}, {w.width:.1f} wide, best at {w.best:.1f}; it ends above because: {w.upper}"

    said = (
        "The window asks for a chance of settlement above today's by more than "
        f"{100 * f.least:.1f} percentage points and "
        f"for at most {f.level:.2f} climbs. With the terms of the file it is {one(f.window)}"
    )
    if f.redrawn:
        said += f"; with terms redrawn along the front it is {one(f.window_redrawn)}"
    return f"{said}."


def _lottery(f: Found) -> str:
    assert f.mix is not None
    a, _ = side_names(f.game)
    gain, worth = f.mix.settled - f.today.settled, f.mix.value_a - f.today.value_a
    settles = (
        "leaves the chance of settlement where it is"
        if abs(gain) <= f.least
        else f"moves the chance of settlement by {100 * gain:+.0f} percentage points".replace(
            "-", "\N{MINUS SIGN}"
        )
    )
    pays = (
        "makes no distinguishable difference to its value"
        if not f.told.distinguishable(worth, 0.0, "value_a")
        else f"{'adds' if worth > 0 else 'takes'} {stake(abs(worth))} of its stake"
    )
    told = join(f"{o.name.replace('_', ' ')} {percent(o.chance)}" for o in f.lottery)
    return (
        f"As the lottery that the file describes ({told}), "
        f"an offensive of {a} {settles} and {pays}, before what it costs, which the file does not say."
    )


def _when(f: Found) -> str:
    t = f.timing
    if t is None:
        return ""
    a, _ = side_names(f.game)
    how = (
        f"Readiness of {percent(t.ready_now)} today, full after {t.ready_after:g} months ({t.why})"
    )
    top = t.a[t.best]
    ends = [t.a[0], t.a[-1]]
    if all(not f.told.distinguishable(top, x, "value_a") for x in ends):
        return f"{how}: between starting now and waiting there is no distinguishable difference to {a}."
    if t.best == 0:
        return (
            f"{how}: starting at once adds most for {a}; waiting costs more than readiness brings."
        )
    if t.best == t.months[-1]:
        return f"{how}: the longer the start is put off, up to month {t.best}, the better for {a}."
    return f"{how}: a start in month {t.best} adds most to the value of {a}, {stake(top, True)} of its stake."


def _setback(f: Found) -> str:
    if not f.reactions:
        return ""
    _, b = side_names(f.game)
    first = f.reactions[0]
    climbs, fights, cuts = (first.mean(f.game, w) for w in ("climbs", "fights_on", "cuts"))
    said = (
        f"After a setback {b} at its next initiative climbs with {percent(climbs)}, fights on with "
        f"{percent(fights)} and cuts its losses with {percent(cuts)}"
    )
    if len(f.reactions) > 1:
        kind, bare = f.reactions[-2], f.reactions[-1]
        more = kind.mean(f.game, "cuts") - bare.mean(f.game, "cuts")
        if abs(more) <= SEEN_POLICY:
            said += "; carrots make no distinguishable difference to that"
        else:
            word = "more" if more > 0 else "less"
            said += (
                f"; the carrots of {quoted(kind.label)} make it cut losses {100 * abs(more):.0f} "
                "percentage points "
                f"{word} often than the same plan without them"
            )
    judged = f.game.crisis.blocs["B"].double_down
    said += f". The file's own judgement of doubling down, {percent(judged.value)}, is not read by the game."
    listed = cases(f.game.crisis)
    if listed:
        said += f" Cases in the file, too few to prove anything: {' '.join(listed)}"
    return said


def cases(crisis: Crisis) -> tuple[str, ...]:
    """What the crisis file says about cases of doubling down."""
    found = [crisis.blocs["B"].double_down.note]
    found += [str(d.test) for d in crisis.discriminators if "double_down" in d.parameter]
    return tuple(" ".join(x.split()) for x in found if x)


def _race(f: Found) -> str:
    r = f.race
    if not r.gained.any() and not (r.lost > 0).any():
        return "Neither production nor support moves in this crisis."
    what = "Production"
    if r.lever is not None:
        what = f"Production (with {quoted(f.game.crisis.levers[r.lever].name)}, contracted today)"
    if not r.gap:
        return f"{what} keeps pace with lost support throughout."
    said = f"{what} comes later than support goes: for {months_text(len(r.gap))} lost support weighs more"
    if r.closes is not None:
        return f"{said}; {months_text(r.closes)} earlier would close that gap."
    return f"{said}, and up to {EARLIEST} months earlier would not close that gap."


def _serious(f: Found) -> str:
    """Whether a B that risks more settles more, by type."""
    _, b = side_names(f.game)
    said = []
    for risk in f.risks:
        ways = [direction(series, f.least) for series in risk.by_type]
        span = f"from {risk.values[0]:g} to {risk.values[-1]:g}"
        if len(set(ways)) == 1:
            who = "" if len(ways) == 1 else " for every type"
            said.append(
                f"with the {risk.what} of {b} ({span}) the chance of settlement {ways[0]}{who}"
            )
        else:
            each = join(f"{way} for {type_name(f.game, j)}" for j, way in enumerate(ways))
            said.append(f"with the {risk.what} of {b} ({span}) the chance of settlement {each}")
    if not said:
        return ""
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def flips(f: Found) -> tuple[str, ...]:
    """What would change it."""
    found = []
    if f.ahead and f.window.low is None and f.window_redrawn.low is None:
        best = max((*f.ahead, *f.redrawn), key=lambda x: x.settled)
        need = f.today.settled + f.least - best.settled
        if need > 0:
            found.append(
                f"A window would open if the best gain ({_gain(best.gain)}) made settlement "
                f"{100 * need:.1f} percentage "
                "points likelier than it does."
            )
        else:
            found.append(
                f"A window would open if {best.climbs:.2f} climbs in expectation were accepted."
            )
    for w, words in (
        (f.window, "with the terms of the file"),
        (f.window_redrawn, "with terms redrawn"),
    ):
        if w.high is not None:
            found.append(f"The window {words} closes beyond {w.high:.1f} steps: {w.upper}.")
    if f.mix is not None:
        worth = f.mix.value_a - f.today.value_a
        if f.told.distinguishable(worth, 0.0, "value_a") and worth > 0:
            found.append(
                f"The offensive would stop paying if it cost {side_names(f.game)[0]} more than "
                f"{stake(worth)} of its stake."
            )
    if f.race.closes:
        found.append(
            f"The production gap closes if the lever is contracted {months_text(f.race.closes)} earlier."
        )
    return tuple(found)


def sweep_title(f: Found, line: Sequence[Standing], redrawn: bool) -> str:
    """Title of a sweep."""
    a, _ = side_names(f.game)
    if len(line) < 2:
        return ""
    terms = "If terms follow the front, " if redrawn else ""
    best = max(line, key=lambda x: x.settled)
    spread = best.settled - min(line, key=lambda x: x.settled).settled
    if spread <= f.least:
        text = "the front makes no distinguishable difference to settlement"
    elif best.gain == 0:
        text = "settlement is likeliest from today's front"
    else:
        what = "gain" if best.gain > 0 else "loss"
        step = "step" if abs(best.gain) == 1 else "steps"
        text = f"settlement is likeliest after a {what} of {abs(best.gain):g} {step} by {a}"
    return f"{terms}{text}" if terms else f"{text[:1].upper()}{text[1:]}"


def timing_title(f: Found) -> str:
    """Title of wait or go."""
    t = f.timing
    assert t is not None
    if all(not f.told.distinguishable(t.a[t.best], x, "value_a") for x in (t.a[0], t.a[-1])):
        return "When the offensive starts makes no distinguishable difference"
    if t.best == 0:
        return "An offensive adds most if it starts at once"
    return f"An offensive adds most if it starts in month {t.best}"


def race_title(f: Found) -> str:
    """Title of the race."""
    if not f.race.gap:
        return "Production keeps pace with lost support"
    return f"For {months_text(len(f.race.gap))} lost support outweighs what production has added"


def reaction_title(f: Found) -> str:
    """Title of the setback."""
    _, b = side_names(f.game)
    if len(f.reactions) < 2:
        return f"{b} after a setback"
    kind, bare = f.reactions[-2], f.reactions[-1]
    more = kind.mean(f.game, "cuts") - bare.mean(f.game, "cuts")
    if abs(more) <= SEEN_POLICY:
        return f"Carrots make no distinguishable difference to what {b} does after a setback"
    return (
        f"With carrots {b} cuts its losses {'more' if more > 0 else 'less'} often after a setback"
    )
