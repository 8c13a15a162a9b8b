"""check, new, library, schema, help and usage: what needs no solving."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.cli_done import Run

COMMANDS = ("brief", "leverage", "deal", "plans", "check", "new", "library", "schema")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert not done.err
    assert f"Example:\n    offramp {command}" in done.out


def test_help_lists_the_commands_and_the_exit_codes(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    assert all(f"\n  {command} " in done.out for command in COMMANDS)
    assert "130 interrupted" in done.out


def test_version(run: Run) -> None:
    from offramp import __version__

    assert run("--version") == (0, f"offramp {__version__}\n", "")


def test_without_a_command_there_is_help_and_a_failure(run: Run) -> None:
    done = run()
    assert (done.code, done.out) == (2, "")
    assert "Example:" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chekc", "x"), "Did you mean 'check'"),
        (("check", "mine.yaml", "--strickt"), "--strict"),
        (("leverage",), "CRISIS"),
        (("leverage", "x", "--resolution", "drat"), "'draft'"),
        (("leverage", "x", "--precision", "0"), "not a positive number"),
        (("leverage", "x", "--precision", "inf"), "not a positive number"),
        (("leverage", "x", "--seed", "-1"), "--seed"),
    ],
)
def test_wrong_usage_is_2_and_says_what_was_meant(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "--help`" in done.err
    assert "Traceback" not in done.err


def test_wrong_usage_with_json_is_an_envelope(run: Run) -> None:
    done = run("check", "--json", "--nonsense")
    assert done.code == 2
    assert not done.err
    (error,) = done.envelope["data"]["errors"]
    assert error["code"] == "usage"
    assert "--nonsense" in error["message"]
    assert done.envelope["data"]["exit_code"] == 2


# --- check ---------------------------------------------------------------------------------


def test_check_counts_and_lists_the_defaults(run: Run, mine: Path) -> None:
    done = run("check", mine)
    assert (done.code, done.err) == (0, "")
    assert f"{mine}: no problems, no warnings\n" in done.out
    assert "1 types" not in done.out
    assert "2 plans" in done.out
    row = next(line for line in done.out.splitlines() if line.startswith("war.collapse.A"))
    assert "0.004 (0.001 to 0.01)" in row
    data = run("check", mine, "--json").envelope["data"]
    assert data["counts"]["plans"] == 2
    assert len(data["defaults"]) == data["counts"]["defaults"] > 10
    assert all(one["path"] and one["value"] and one["why"] for one in data["defaults"])


def test_an_invalid_crisis_is_3_with_every_problem_and_a_caret(run: Run, broken: Path) -> None:
    done = run("check", broken)
    assert (done.code, done.out) == (3, "")
    assert "as_of" in done.err
    assert "did you mean `levers`?" in done.err
    assert done.err.count("^\n") == 2
    assert "mine.yaml: 2 problems" in done.err
    assert run("check", broken, "--quiet").err.count("\n") == done.err.count("\n") - 1


@pytest.mark.parametrize("command", ["check", "leverage", "deal", "plans", "brief"])
def test_an_invalid_crisis_with_json_says_where(run: Run, broken: Path, command: str) -> None:
    done = run(command, broken, "--json")
    assert (done.code, done.err) == (3, "")
    errors = done.envelope["data"]["errors"]
    assert len(errors) == 2
    for error in errors:
        assert error["file"] == str(broken)
        assert error["line"] > 0
        assert error["column"] > 0
        assert error["message"]
    assert errors[1]["suggestion"] == "did you mean `levers`?"


def test_warnings_are_4_only_under_strict(run: Run, odd: Path) -> None:
    fine = run("check", odd)
    assert fine.code == 0
    assert "no problems, 1 warning\n" in fine.out
    assert "data_cut: 2026-02-01" in fine.out
    strict = run("check", odd, "--strict")
    assert strict.code == 4
    assert strict.out == fine.out
    assert "--strict allows none" in strict.err
    found = run("check", odd, "--strict", "--json")
    assert found.code == 4
    (warning,) = found.envelope["warnings"]
    assert warning["line"] > 0
    assert found.envelope["data"]["counts"]
    assert run("check", odd, "--quiet").out.count("\n") <= 4


def test_an_unknown_crisis_is_3_with_a_suggestion(run: Run) -> None:
    done = run("check", "ukraine-2052")
    assert done.code == 3
    assert "did you mean `ukraine-2025`?" in done.err
    assert run("check", "nothing.yaml").code == 3


def test_many_problems_are_cut_but_all_are_in_the_envelope(run: Run, mine: Path) -> None:
    more = "".join(f"wrong_{k}: 1\n" for k in range(150))
    mine.write_text(mine.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    assert "and 50 more\n" in run("check", mine).err
    assert len(run("check", mine, "--json").envelope["data"]["errors"]) == 150


# --- new, library, schema ------------------------------------------------------------------


def test_new_makes_a_crisis_and_says_what_is_next(run: Run, tmp_path: Path) -> None:
    done = run("new", "my crisis.yaml")
    assert (done.code, done.err) == (0, "")
    assert "offramp check 'my crisis.yaml'" in done.out
    assert run("check", "my crisis.yaml").code == 0
    again = run("new", "my crisis.yaml")
    assert (again.code, again.out) == (2, "")
    assert "already" in again.err
    assert run("new", "no/such/folder/x.yaml").code == 2
    assert run("new", "x.xlsx").code == 2
    assert run("new", "third", "--quiet").out == "third.yaml\n"
    assert run("new", "other.yaml", "--json").envelope["data"]["file"] == "other.yaml"
    assert {p.name for p in tmp_path.iterdir()} == {"my crisis.yaml", "third.yaml", "other.yaml"}


def test_library_lists_the_shipped_crises(run: Run) -> None:
    done = run("library")
    assert (done.code, done.err) == (0, "")
    row = next(line for line in done.out.splitlines() if line.startswith("ukraine-2025 "))
    assert "2025-04-15" in row
    crises = run("library", "--json").envelope["data"]["crises"]
    reference = next(one for one in crises if one["name"] == "ukraine-2025")
    assert reference["title"] in row
    assert reference["counts"]["readings"] == 5


def test_schema_prints_or_writes_a_json_schema(run: Run) -> None:
    done = run("schema")
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    assert schema["$schema"].startswith("http://json-schema.org/draft-07")
    written = run("schema", "--out", "crisis.schema.json")
    assert (written.code, written.out) == (0, "")
    assert json.loads(Path("crisis.schema.json").read_text(encoding="utf-8")) == schema
    assert run("schema", "--out", "crisis.yaml").code == 2
