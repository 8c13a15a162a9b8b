"""What the checks say about plans: authority, triggers, deadlines, lines, sticks that burn a carrot."""

from __future__ import annotations

from typing import Any

import pytest
from tests.crisis.test_check import MEMBER, STAGES, changed, dotted

from offramp.crisis import examine
from offramp.crisis._check_plan_timing import earliest

AUTHORITY = f"{STAGES}/1/authority"
TRIGGER = f"{STAGES}/1/trigger"

ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({AUTHORITY: {"of": ["NO"]}}, f"{STAGES}/1/authority", "does not say when"),
    ({AUTHORITY: {"when": "before"}}, f"{STAGES}/1/authority/when", "nobody is named"),
    (
        {AUTHORITY: {"of": ["NO"], "when": "at_trigger"}, "plans/pressure/preagreed": True},
        f"{STAGES}/1/authority/when",
        "agreed beforehand",
    ),
    (
        {AUTHORITY: {"of": ["borland"], "when": "before"}},
        f"{STAGES}/1/authority/of/0",
        "belongs to bloc B",
    ),
    ({f"{STAGES}/1/off": ["embargo"]}, f"{STAGES}/1/off/0", "on and off"),
    ({TRIGGER: "war and ceasefire"}, TRIGGER, "at once"),
    (
        {TRIGGER: "belief.weary > 0.6 and belief.stalling > 0.6"},
        TRIGGER,
        "sum to at most 1",
    ),
]


@pytest.mark.parametrize(("changes", "path", "message"), ERRORS, ids=[x[2] for x in ERRORS])
def test_a_plan_that_contradicts_itself_is_refused_where_it_does(
    changes: dict[str, Any], path: str, message: str
) -> None:
    examined = examine(changed(changes))
    assert examined.crisis is None
    found = [p for p in examined.problems if message in p.message]
    assert [dotted(p.path) for p in found] == [path.replace("/", ".")]
    assert all(p.suggestion for p in found)


CLOSES = {
    "levers/embargo/undo_months": 999,
    "levers/embargo/sets": {"issues.line.open": 0.0},
    "contracts/freeze/terms/line": 0.6,
}

WARNINGS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"plans/pressure/deadline_months": 3},
        f"{STAGES}/1/trigger",
        "cannot begin before month 4",
    ),
    (
        {"plans/pressure/deadline_months": 4.5, "levers/embargo/ramp": 2},
        f"{STAGES}/1/on/0/lever",
        "month 4 at the earliest",
    ),
    (
        {TRIGGER: "ceasefire and months_without_ceasefire >= 2"},
        TRIGGER,
        "back to 0",
    ),
    ({TRIGGER: "settlement"}, TRIGGER, "only while nothing is settled"),
    ({TRIGGER: "standoff"}, TRIGGER, "no stand-off to come"),
    (
        {"plans/pressure/stages": None, "plans/pressure/on_ceasefire": ["force"]},
        "plans/pressure/on_ceasefire",
        "waits for a ceasefire",
    ),
    (
        {
            "members": {"NO": {**MEMBER, "refuses": ["embargo"]}},
            "levers/embargo/consent": {"rule": "unanimity"},
        },
        f"{STAGES}/1/on/0/lever",
        "needs the consent of `NO`, who refuses it",
    ),
    (
        {
            "refusals": {"land": "line > 0.45"},
            "members": {"NO": {**MEMBER, "refuses": ["land"]}},
        },
        "plans/pressure/offer",
        "one that `NO` refuses",
    ),
    (CLOSES, f"{STAGES}/1/on/0/lever", "takes `freeze` off the table"),
]


@pytest.mark.parametrize(("changes", "path", "message"), WARNINGS, ids=[x[2] for x in WARNINGS])
def test_a_plan_that_probably_means_something_else_gets_a_warning_with_its_place(
    changes: dict[str, Any], path: str, message: str
) -> None:
    examined = examine(changed(changes))
    assert examined.crisis is not None, [str(p) for p in examined.problems]
    found = [w for w in examined.warnings if message in w.message]
    assert [dotted(w.path) for w in found] == [path.replace("/", ".")]


def test_the_same_plan_in_order_says_nothing() -> None:
    fine = {
        AUTHORITY: {"of": ["NO"], "when": "before"},
        "plans/pressure/deadline_months": 12,
        "plans/pressure/preagreed": True,
    }
    examined = examine(changed(fine))
    assert (examined.problems, examined.warnings) == ((), ())


@pytest.mark.parametrize(
    ("trigger", "month"),
    [
        ("start", 0),
        ("ceasefire", 0),
        ("months >= 5", 5),
        ("months > 5", 6),
        ("months >= 5 and months_without_ceasefire >= 3", 5),
        ("months >= 5 or months_without_ceasefire >= 3", 3),
        ("months_without_ceasefire >= 4 and belief.stalling > 0.5", 4),
        ("months < 5", 0),
    ],
)
def test_the_earliest_month_of_a_trigger(trigger: str, month: int) -> None:
    assert earliest(trigger) == month
