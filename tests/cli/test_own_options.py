"""Options that one question has besides the common ones."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.cli_done import Run


def test_a_task_of_the_file_is_planned(run: Run) -> None:
    done = run("contribution", "ukraine-2025", "--resolution", "sketch", "--json", "--quiet",
               "--task", "reassurance_force", "--month", "6")  # fmt: skip
    assert done.code == 0, done.err
    envelope = json.loads(done.out)
    assert "--task reassurance_force --month 6" in done.out
    assert "Reassurance force after a truce" in json.dumps(envelope, ensure_ascii=False)


def test_a_task_that_is_not_there_is_2_with_what_there_is(run: Run) -> None:
    done = run("contribution", "ukraine-2025", "--resolution", "sketch", "--task", "reassurance")
    assert (done.code, done.out) == (2, "")
    assert "no task `reassurance`" in done.err
    assert "reassurance_force" in done.err


def test_an_option_out_of_its_range_is_2_before_any_solve(run: Run, mine: Path) -> None:
    done = run("deter", mine, "--cap", "1.5")
    assert done.code == 2
    assert "--cap" in done.err


def test_a_cap_on_disaster_is_the_users(run: Run, mine: Path) -> None:
    loose = run("deter", mine, "--resolution", "sketch", "--cap", "1", "--json", "--quiet")
    tight = run("deter", mine, "--resolution", "sketch", "--cap", "0", "--json", "--quiet")
    assert (loose.code, tight.code) == (0, 0)
    assert loose.out != tight.out
    assert "--cap 0" in tight.out


def test_hyphens_and_underscores_name_the_same_thing(run: Run, mine: Path) -> None:
    one = run("bluff", mine, "--plan", "status-quo", "--json", "--quiet")
    two = run("bluff", mine, "--plan", "status_quo", "--json", "--quiet")
    assert one.code == 0, one.err
    assert one.out == two.out
    assert run("bluff", mine, "--plan", "statusquo").code == 2


def test_an_unknown_claim_is_wrong_usage_with_a_suggestion(run: Run) -> None:
    done = run("audit", "ukraine-2025", "--claim", "c000-9", "--quick")
    assert done.code == 2
    assert "there is no claim `c000-9`" in done.err
    assert "report" not in done.err
    assert run("discover", "ukraine-2025", "--against", "plan-z", "--draws", "8").code == 2
