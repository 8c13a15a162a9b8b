"""The page of definitions, ``docs/claims.md``: written from the table of questions, so they cannot differ."""

from __future__ import annotations

from offramp.crisis._claims_functions import (
    EVERYWHERE,
    FUNCTIONS,
    KINDS,
    WORLD,
    Function,
    signature,
)

HEAD = """# Claims

A reading states claims about the game that its premises make. A claim is a comparison of numbers, or
several under `and`, `or` and `not`; numbers are arithmetic over questions, paths of numbers of the crisis,
and written numbers:

    P_settle(12 | sticks_only, offer=armed_freeze) < P_settle(12 | sticks_relief, offer=armed_freeze)

What stands before `|` is asked. What stands after it is the *world*: first a plan, then settings
`name=value`. Claims are read and checked when a file is loaded, with the place of every mistake; nothing
in them is ever run as code. Values of A are means over B's types at the opening beliefs. Unless a world says
otherwise everything is as the reading has it.

A question without an answer at a date (no such lever, no such event, evidence that nobody had yet) makes
the claim *not asked* there. A claim that cannot be put to this game at all has `not_expressed` with the
reason instead of an `expression`. `reports` are more questions, answered once, at central values.

The *margin* of a comparison is the difference of its two sides, positive where it holds; `and` has the least
margin of its parts, `or` the greatest. Numbers nearer than 1e-12 are equal. Where no terms at all suit A, its
`room` is minus infinity and so is the margin of a comparison with it, or plus infinity.

What a discriminator of the file lists under `observe` are outcomes, each with its chance in the same grammar:

    observe: {it raises the stakes: "P_act(B, climb | status_quo, position=-2)"}
"""


def page() -> str:
    """The whole page as Markdown."""
    lines = [HEAD, "## Questions", ""]
    for name, f in FUNCTIONS.items():
        lines += [f"### `{signature(name)}`", "", _given(f), "", f.means, ""]
    lines += ["## Worlds", "", "| setting | value | means |", "|---|---|---|"]
    for name, (kind, means) in WORLD.items():
        own = [key for key, f in FUNCTIONS.items() if name in f.also]
        only = "" if name in EVERYWHERE else f" (only {', '.join(f'`{key}`' for key in own)})"
        lines.append(f"| `{name}=` | {KINDS[kind]} | {means}{only} |")
    lines.append(
        "| `path=` | a number, `true`, `false`, a list, another path, or `base` | any number or plain field "
        "of the crisis; `base` is what the file says at that date, whatever the reading holds |"
    )
    lines += ["", "## Kinds of arguments", "", "| kind | is |", "|---|---|"]
    used = {
        slot.kind for f in FUNCTIONS.values() for slot in (*f.takes, *((f.more,) if f.more else ()))
    }
    lines += [f"| {kind} | {text} |" for kind, text in KINDS.items() if kind in used]
    return "\n".join(lines) + "\n"


def _given(f: Function) -> str:
    takes = [f"`{slot.name}`: {slot.kind}" for slot in f.takes]
    if f.more is not None:
        takes.append(f"`{f.more.name}`: {f.more.kind}, at least {f.least}")
    if f.keys is not None:
        takes.append("`issue=x`: points of issues")
    gives = f"Gives a {f.gives}" + (f" ({f.unit})" if f.unit else "") + "."
    return f"{gives} Takes {'; '.join(takes) or 'nothing'}."
