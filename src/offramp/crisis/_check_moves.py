"""Cross-checks of what moves a game: commitments, evidence that arrives, events, ways to follow a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from offramp.crisis._beliefs import EvidenceChannel
from offramp.crisis._check_conditions import START
from offramp.crisis._check_dates import is_date
from offramp.crisis._check_ids import keys, left_out
from offramp.crisis._diagnostics import Path
from offramp.crisis._findings import Finding, View, reference


def commitments(view: View) -> Iterator[Finding]:
    """A public demand is a contract or a level, and a stage that commits A finds one."""
    crisis = view.crisis
    for side, bloc in crisis.blocs.items():
        stated = bloc.commitment
        if stated is None:
            continue
        at: Path = ("blocs", side, "commitment")
        if stated.demand is not None:
            known = view.ids["contracts"]
            yield from reference((*at, "demand"), stated.demand, known, "contract")
        if (stated.demand is None) == (stated.level is None):
            both = "both a `demand` and a `level`" if stated.level is not None else "no demand"
            hint = "name the contract that is demanded (`demand`), or the least W (`level`)"
            yield Finding(at, f"this commitment has {both}: it needs one of them", hint)
        if bloc.audience.cost.value == 0:
            message = f"backing down costs {side} nothing: `blocs.{side}.audience.cost` is 0"
            yield Finding(at, message, "give the audience cost a size", warning=True)
    if "A" not in crisis.blocs or crisis.blocs["A"].commitment is not None:
        return
    for key, plan in crisis.plans.items():
        for place, stage in enumerate(plan.stages):
            if stage.commits:
                message = "this stage commits A in public, but nothing says to what"
                hint = "state A's demand under `blocs.A.commitment`"
                yield Finding(("plans", key, "stages", place, "commits"), message, hint)


def channels(view: View) -> Iterator[Finding]:
    """Signals of an evidence channel cover the types, and their chances are chances."""
    found: list[tuple[Path, EvidenceChannel | None]] = [
        (("evidence_channel",), view.crisis.evidence_channel)
    ]
    for key, plan in view.crisis.plans.items():
        found.append((("plans", key, "evidence_channel"), plan.evidence_channel))
    types = view.ids["types"]
    for at, channel in found:
        if channel is None:
            continue
        total = dict.fromkeys(types, 0.0)
        whole = True
        for name, row in channel.likelihood.items():
            path: Path = (*at, "likelihood", name)
            yield from keys(path, row, types, "type")
            if missing := left_out(row, types):
                message = f"the signal `{name}` has no chance from {missing}"
                yield Finding(path, message, "give one for every type, 0 if it never comes")
            whole &= set(row) == set(types)
            for theta, chance in row.items():
                if not 0 <= chance <= 1:
                    message = f"the chance {chance:g} is outside 0 to 1"
                    yield Finding((*path, theta), message)
                    whole = False
                total[theta] = total.get(theta, 0.0) + chance
        for theta, chance in total.items():
            if whole and channel.likelihood and abs(chance - 1) > 1e-6:
                message = f"the chances of the signals from `{theta}` sum to {chance:g}, not 1"
                hint = "add a signal for seeing nothing of note, or rescale"
                yield Finding((*at, "likelihood"), message, hint)


def following(view: View) -> Iterator[Finding]:
    """How a plan is followed makes a difference only where a stage begins by a trigger."""
    for key, plan in view.crisis.plans.items():
        at: Path = ("plans", key)
        later = [stage for stage in plan.stages if stage.trigger != START]
        doubted = [name for name in ("credibility", "followed") if getattr(plan, name).value < 1]
        if plan.mode == "adaptive" and not later:
            message = "an adaptive plan without a stage that waits for a trigger leaves A no choice"
            yield Finding((*at, "mode"), message, "add such a stage", warning=True)
        for name in doubted:
            if plan.mode == "adaptive":
                message = f"`{name}` is not used: A decides itself when a stage begins"
                yield Finding((*at, name), message, "write `mode: committed`", warning=True)
            elif not later:
                message = f"`{name}` is not used: no stage of the plan waits for a trigger"
                yield Finding((*at, name), message, "add such a stage", warning=True)


def happenings(view: View) -> Iterator[Finding]:
    """Events that can still happen; tracked ones change something."""
    crisis = view.crisis
    for key, event in crisis.events.items():
        at: Path = ("events", key)
        if event.date and is_date(event.date):
            year, *rest = (int(part) for part in event.date.split("-"))
            last = dt.date(year, rest[0] if rest else 12, rest[1] if len(rest) > 1 else 28)
            if last < crisis.as_of.replace(day=1):
                message = f"this date is before the as-of date {crisis.as_of}: it never happens"
                hint = "change the numbers it changed, and drop the event"
                yield Finding((*at, "date"), message, hint, warning=True)
        if event.tracked and not event.effects:
            message = "a tracked event without effects doubles the game's states for nothing"
            yield Finding(
                (*at, "tracked"), message, "give it effects, or drop `tracked`", warning=True
            )


CHECKS = (commitments, channels, following, happenings)
