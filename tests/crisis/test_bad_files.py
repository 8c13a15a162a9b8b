"""Malformed crisis files: each is refused with its place, a caret and a way out, in one pass.

Every file of ``bad/`` says in its first lines what must be found: ``# expect: line:column: part of
the message | part of the suggestion`` (``-`` where there is none), or ``# expect: valid``.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from offramp.crisis import CrisisError, examine, load, loads
from offramp.crisis._document import MAX_BYTES, MAX_DEPTH

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))
SECONDS = 1.0


class Expected(NamedTuple):
    line: int
    column: int
    message: str
    suggestion: str


def expected(file: Path) -> list[Expected]:
    """What the head of a file says must be found; nothing if the file is valid."""
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]
    assert heads, f"{file.name} does not say what is expected"
    if heads == ["valid"]:
        return []
    found = []
    for head in heads:
        match = re.fullmatch(r"(\d+):(\d+): (.*) \| (.*)", head)
        assert match is not None, head
        found.append(Expected(int(match[1]), int(match[2]), match[3], match[4]))
    return found


def test_there_are_many_ways_to_get_it_wrong() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_malformed_file_is_refused_where_it_is_wrong(file: Path) -> None:
    wanted = expected(file)
    start = time.perf_counter()
    if not wanted:
        load(file)
        return
    with pytest.raises(CrisisError) as caught:
        load(file)
    assert time.perf_counter() - start < SECONDS
    assert caught.value.exit_code == 3
    problems = caught.value.problems
    assert [(p.line, p.column) for p in problems] == [(e.line, e.column) for e in wanted]
    for problem, expect in zip(problems, wanted, strict=True):
        assert expect.message in problem.message
        assert expect.suggestion in (problem.suggestion or "-")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_problem_shows_its_line_with_a_caret_under_the_place(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    for expect in expected(file):
        with pytest.raises(CrisisError) as caught:
            load(file)
        shown = str(caught.value).splitlines()
        head = f"{file}:{expect.line}:{expect.column}: "
        at = next(n for n, row in enumerate(shown) if row.startswith(head))
        assert shown[at + 1] == "  " + lines[expect.line - 1]
        assert shown[at + 2] == " " * (expect.column + 1) + "^"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_message_speaks_the_validator_s_language(file: Path) -> None:
    jargon = re.compile(r"Input|pydantic|type=|Value error|valid (?:string|dict|tuple)|_type\b")
    said = "\n".join(map(str, examine(file).problems))
    assert not jargon.search(said)


def test_country_codes_are_text() -> None:
    crisis = load(BAD / "no_is_a_country_and_text.yaml")
    assert set(crisis.blocs["A"].voices) == {"arland", "NO"}


def test_all_errors_of_schema_and_cross_checks_come_in_one_pass() -> None:
    with pytest.raises(CrisisError) as caught:
        load(BAD / "several_errors_at_once.yaml")
    codes = {problem.code for problem in caught.value.problems}
    assert {"unknown-key", "type", "reference", "expression", "later", "check"} <= codes


def refused(text: str) -> CrisisError:
    start = time.perf_counter()
    with pytest.raises(CrisisError) as caught:
        loads(text)
    assert time.perf_counter() - start < SECONDS
    return caught.value


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("offramp: 1\ntitle: Détroit\n".encode("latin-1"))
    with pytest.raises(CrisisError, match="not UTF-8") as caught:
        load(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 9)
    assert problem.suggestion == "save the file as UTF-8"


def test_a_file_past_the_size_limit_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_text("# " + "x" * MAX_BYTES, encoding="utf-8")
    start = time.perf_counter()
    with pytest.raises(CrisisError, match="larger than"):
        load(file)
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_deep_nesting_is_refused_at_once(opening: str, closing: str) -> None:
    error = refused("offramp: 1\nx: " + opening * 5000 + closing * 5000)
    assert str(MAX_DEPTH) in str(error)


def test_a_thousand_errors_are_reported_at_once() -> None:
    entries = "".join(f"  e{n}: {{ nmae: x, hazard: {n} to 0 }}\n" for n in range(1000))
    base = (BAD / "no_is_a_country_and_text.yaml").read_text(encoding="utf-8")
    text = base.replace("  storm: { name: Storm, hazard: 0.01 to 0.03, when: war }\n", entries)
    error = refused(text)
    assert len(error.problems) >= 1999
    assert "more" in str(error).splitlines()[-1]


@pytest.mark.parametrize("number", ["1e400", "NaN", "Infinity", "-inf"])
def test_numbers_without_end_are_refused_in_any_spelling(number: str) -> None:
    base = (BAD / "no_is_a_country_and_text.yaml").read_text(encoding="utf-8")
    error = refused(base.replace("hazard: 0.01 to 0.03", f"hazard: {number}"))
    assert all("82:33" in p.place or "81:33" in p.place for p in error.problems)
