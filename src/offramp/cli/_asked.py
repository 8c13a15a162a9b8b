"""What a command is asked: the options that commands share, and the crisis with the names that the file has."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from offramp.cli._outcome import INVALID, Failure, Notice

if TYPE_CHECKING:
    from offramp.crisis import Crisis

REPEATED = {"readings": "reading", "claims": "claim", "plans": "plan", "thresholds": "threshold"}
"""Options that may be repeated: argument of the answer -> name of the option."""


@dataclass(frozen=True, slots=True)
class Question:
    """The options that all of these commands share."""

    source: str
    plan: str | None
    reading: str | None
    precision: float
    resolution: str
    seed: int
    quiet: bool
    strict: bool

    def command(
        self,
        name: str,
        plans: Sequence[str] | None = None,
        stated: Mapping[str, Any] | None = None,
    ) -> str:
        """The command that gives the same result again, whatever the output was."""
        parts = ["offramp", name, self.source]
        for plan in plans or (self.plan and [self.plan]) or ():
            parts += ["--plan", plan]
        if self.reading:
            parts += ["--reading", self.reading]
        parts += ["--precision", f"{self.precision:g}", "--resolution", self.resolution]
        parts += ["--seed", str(self.seed)]
        for key, value in (stated or {}).items():
            flag = "--" + REPEATED.get(key, key).replace("_", "-")
            if isinstance(value, bool):
                parts.append(flag if value else "--no-" + flag.removeprefix("--"))
                continue
            for one in value if isinstance(value, list | tuple) else (value,):
                parts += [flag, str(one)]
        return shlex.join(parts)


@dataclass(frozen=True, slots=True)
class Case:
    """A crisis that can be used, with what there is to warn about."""

    crisis: Crisis
    warnings: tuple[Notice, ...]

    def remarks(self, source: str) -> tuple[str, ...]:
        """A line that points to the warnings, if there are any."""
        count = len(self.warnings)
        if not count:
            return ()
        are, them = ("is a warning", "it") if count == 1 else (f"are {count} warnings", "them")
        return (
            f"There {are} about this crisis; `offramp check {shlex.quote(source)}` shows {them}.",
        )


def read(question: Question) -> tuple[Case, Question]:
    """The crisis, if it can be used, and the question with the plan and the reading as the file names them."""
    from offramp.crisis import CrisisError, examine

    examined = examine(question.source)
    if examined.crisis is None:
        raise CrisisError(examined.problems)
    plan, reading = question.plan, question.reading
    if plan is not None:
        plan = known(plan, examined.crisis.plans, "plan")
    if reading is not None:
        reading = known(reading, examined.crisis.readings, "reading")
        carried(examined.crisis, reading)
    case = Case(examined.crisis, tuple(map(Notice.of, examined.warnings)))
    return case, replace(question, plan=plan, reading=reading)


def named(stated: Mapping[str, Any], crisis: Crisis) -> dict[str, Any]:
    """Options that name plans, readings and claims, with the names as the file has them."""
    claims = {key: c for reading in crisis.readings.values() for key, c in reading.claims.items()}
    kinds: dict[str, tuple[str, Mapping[str, Any]]] = {
        "plans": ("plan", crisis.plans),
        "readings": ("reading", crisis.readings),
        "claims": ("claim", claims),
        "against": ("plan", crisis.plans),
    }
    found = dict(stated)
    for key, (what, names) in kinds.items():
        if isinstance(found.get(key), str):
            found[key] = known(found[key], names, what)
        elif key in found:
            found[key] = [known(name, names, what) for name in found[key]]
    return found


def known(name: str, names: Mapping[str, Any], what: str) -> str:
    """The name as the file has it; ``plan-b`` and ``plan_b`` are the same if only one of them is there.

    Raises:
        Failure: with a did-you-mean, if there is no such thing.
    """
    if name in names:
        return name
    alike = [key for key in names if key.replace("-", "_") == name.replace("-", "_")]
    if len(alike) == 1:
        return alike[0]
    from offramp.crisis._diagnostics import did_you_mean, printable

    listed = ", ".join(f"`{key}`" for key in names)
    hint = f"there are {listed}" if listed else f"this crisis has no {what}s"
    message = f"there is no {what} `{printable(name)}` in this crisis"
    raise Failure(message, did_you_mean(name, names) or hint)


def carried(crisis: Crisis, reading: str) -> None:
    """Raise :class:`Failure` if a reading's premises cannot be carried to this crisis."""
    from offramp.crisis import BadValue, UnknownPath, with_reading

    try:
        with_reading(crisis, reading)
    except (BadValue, UnknownPath) as error:
        raise Failure(f"reading `{reading}`: {error}", code=INVALID) from error
