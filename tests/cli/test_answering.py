"""leverage, deal, plans and brief: options, output, files and exit codes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.brief.brief_sample import sample_brief
from tests.cli.cli_done import Run

import offramp.answers
import offramp.brief
import offramp.game
from offramp.answers import Answer, Column, Support, Table, Trace
from offramp.brief import Brief


def an_answer(name: str = "leverage", met: bool = True) -> Answer:
    table = Table(
        "Value of waiting",
        (
            Column("who", "Who"),
            Column("share", "Share", "share", decimals=0),
            Column("gain", "Gain", "signed", "own stake", 2),
            Column("count", "Rounds", "integer"),
        ),
        (("=Arland", 0.625, 0.1234, 1200), ("Borland", None, -0.5, 3)),
        note="Small print.",
    )
    return Answer(
        name=name,
        question="Who gains from delay?",
        headline="Delay favours Borland",
        paragraphs=("A long sentence about waiting. " * 8, "The chance is 62 %."),
        tables=(table,),
        charts=sample_brief().answers[0].charts,
        evidence_trace=Trace(
            formula="V = C",
            supports=(Support("war.cost.A", "0.2", "0.1 to 0.3", "J", "what war costs"),),
            certificate=("all is well",),
            met=met,
        ),
        flips=("Arland paid 0.3 a month.",),
        warnings=("One side is thinly sourced.",),
        data={"limit": float("inf")},
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answer above for every question, at once; records how often there was a solve."""
    solves: list[str] = []

    class Solved:
        class game:  # noqa: N801
            plan_id = "status_quo"

    def compiled(crisis: Any, plan: Any, reading: Any, resolution: Any) -> None:
        solves.append(resolution)

    def compared(crisis: Any, plans: Any, **options: Any) -> Answer:
        solves.append(options["resolution"])
        return an_answer("plans")

    monkeypatch.setattr(offramp.game, "compile_game", compiled)
    monkeypatch.setattr("offramp.solution.solve", lambda game, precision, progress: Solved)
    monkeypatch.setattr(offramp.answers, "leverage", lambda solution: an_answer())
    monkeypatch.setattr(offramp.answers, "deal", lambda solution: an_answer("deal"))
    monkeypatch.setattr(offramp.answers, "compare_plans", compared)
    monkeypatch.setattr(offramp.answers, "certified", lambda *_, **__: an_answer("certify"))
    return solves


def test_a_real_answer(run: Run, mine: Path) -> None:
    done = run("leverage", mine, "--resolution", "sketch", "--plan", "pressure")
    assert (done.code, done.err) == (0, "")
    assert "It rests on\n- blocs.A.patience" in done.out
    assert "sketch resolution" in done.out
    assert "\x1b" not in done.out
    json_done = run("deal", mine, "--resolution", "sketch", "--json", "--seed", "7")
    assert (json_done.code, json_done.err) == (0, "")
    data = json_done.envelope["data"]
    assert data["answer"] == "deal"
    assert data["run"]["seed"] == 7
    assert data["run"]["plans"] == ["status_quo"]
    assert data["run"]["command"].endswith("--precision 8 --resolution sketch --seed 7")


def test_an_answer_prints_in_order(run: Run, mine: Path, quick: list[str]) -> None:
    done = run("leverage", mine)
    assert (done.code, done.err) == (0, "")
    assert quick == ["draft"]
    wanted = [
        "Delay favours Borland\n",
        "The chance is 62 %.",
        "Value of waiting\n",
        "Small print.",
        "It would change if\n- Arland paid",
        "It rests on\n- war.cost.A = 0.2 (0.1 to 0.3): what war costs [J]",
        "Take care: One side is thinly sourced.",
        "Certificate: all is well",
    ]
    places = [done.out.index(text) for text in wanted]
    assert places == sorted(places)
    assert max(map(len, done.out.splitlines())) <= 100
    assert [line.split() for line in done.out.splitlines() if "land  " in line] == [
        ["=Arland", "62", "%", "+0.12", "1,200"],
        ["Borland", "–", "−0.50", "3"],
    ]


def test_words_wrap_to_columns(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, run("leverage", mine).out.splitlines())) <= 60


def test_json_is_one_envelope_and_nothing_else(run: Run, odd: Path, quick: list[str]) -> None:
    done = run("leverage", odd, "--json")
    assert (done.code, done.err) == (0, "")
    assert done.envelope["data"]["headline"] == "Delay favours Borland"
    assert done.envelope["data"]["data"] == {"limit": None}
    codes = [w["code"] for w in done.envelope["warnings"]]
    assert codes[0] == "answer"
    assert len(codes) == 2
    assert done.envelope["warnings"][1]["line"] > 0


def test_warnings_of_the_crisis_are_a_remark(run: Run, odd: Path, quick: list[str]) -> None:
    assert "offramp check" in run("leverage", odd).err
    assert not run("leverage", odd, "--quiet").err


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        ("--plan", "presure", "did you mean `pressure`?"),
        ("--plan", "x", "there are `status_quo`, `pressure`"),
        ("--reading", "x", "this crisis has no readings"),
    ],
)
@pytest.mark.parametrize("command", ["leverage", "deal", "plans", "certify", "brief"])
def test_unknown_names_are_2_with_a_suggestion(
    run: Run, mine: Path, command: str, option: str, name: str, said: str
) -> None:
    done = run(command, mine, option, name)
    assert (done.code, done.out) == (2, "")
    assert f"`{name}`" in done.err
    assert said in done.err
    assert run(command, mine, option, name, "--json").envelope["data"]["exit_code"] == 2


def test_a_crisis_that_makes_no_game_is_3(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise offramp.game.CompileError("war.reach: too far")

    monkeypatch.setattr(offramp.game, "compile_game", refuse)
    done = run("leverage", mine)
    assert (done.code, done.err) == (3, "Error: war.reach: too far\n")


def test_a_fault_of_ours_is_1_without_a_traceback(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(solution: Any) -> Answer:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(offramp.answers, "leverage", fail)
    done = run("leverage", mine)
    assert (done.code, done.out) == (1, "")
    assert "internal error: ZeroDivisionError: by nothing" in done.err
    assert "report" in done.err
    assert "Traceback" not in done.err
    assert run("leverage", mine, "--json").envelope["data"]["errors"][0]["code"] == "internal"
    monkeypatch.setenv("OFFRAMP_DEBUG", "1")
    assert "Traceback" in run("leverage", mine).err


def test_an_interruption_is_130_without_a_traceback(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(solution: Any) -> Answer:
        raise KeyboardInterrupt

    monkeypatch.setattr(offramp.answers, "leverage", stop)
    done = run("leverage", mine, "--out", "x.json")
    assert (done.code, done.out) == (130, "")
    assert done.err.startswith("Error: interrupted")
    assert not list(Path().glob("*x.json*"))


# --- Convergence ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["leverage", "deal", "plans", "certify", "brief"])
def test_a_missed_tolerance_is_5_only_under_strict(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for name in ("leverage", "deal"):
        monkeypatch.setattr(offramp.answers, name, lambda solution: an_answer(met=False))
    for name in ("compare_plans", "certified"):
        monkeypatch.setattr(offramp.answers, name, lambda *_, **__: an_answer(met=False))
    monkeypatch.setattr(offramp.brief, "brief", lambda *_, **__: sample_brief(met=False))
    assert run(command, mine).code == 0
    codes = [w["code"] for w in run(command, mine, "--json").envelope["warnings"]]
    assert codes.count("not-converged") == 1
    strict = run(command, mine, "--strict")
    assert strict.code == 5
    assert strict.out
    assert "misses its tolerance" in strict.err
    envelope = run(command, mine, "--strict", "--json").envelope
    assert envelope["data"]["run"]["crisis"] == "mine"
    assert envelope["data"]["errors"][0]["code"] == "not-converged"


@pytest.mark.parametrize("command", ["leverage", "deal", "plans", "certify", "brief"])
def test_strict_changes_nothing_where_the_tolerance_is_met(
    run: Run, mine: Path, quick: list[str], briefed: dict[str, Any], command: str
) -> None:
    done = run(command, mine, "--strict", "--json")
    assert done.code == 0
    assert "not-converged" not in [w["code"] for w in done.envelope["warnings"]]


def test_certify_passes_its_options_on(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def made(crisis: Any, plan: Any, **options: Any) -> Answer:
        asked.update(options, plan=plan)
        options["progress"]("certifying", 1, 12)
        return an_answer("certify")

    monkeypatch.setattr(offramp.answers, "certified", made)
    done = run("certify", mine, "--plan", "pressure", "--precision", "3", "--json")
    assert done.code == 0
    assert (asked["plan"], asked["precision"], asked["resolution"]) == ("pressure", 3.0, "draft")
    command = done.envelope["data"]["run"]["command"]
    assert "offramp certify" in command
    assert "--plan pressure --precision 3" in command
    assert run("certify", mine, "--out", "c.csv").code == 0
    assert Path("c.csv").read_text(encoding="utf-8").startswith("who,")


def test_a_real_certificate(run: Run, mine: Path) -> None:
    done = run("certify", mine, "--resolution", "sketch", "--json")
    assert done.code == 0
    found = done.envelope["data"]["data"]
    assert found["met"] is True
    assert found["kernel"] in ("numpy", "numba")
    names = [check["name"] for check in found["checks"]]
    assert {"more offers", "finer beliefs", "finer clock", "rounds half as long"} <= set(names)
    assert found["errors"]["value_a"] > 0


# --- Files ---------------------------------------------------------------------------------


def test_out_writes_every_format(run: Run, mine: Path, quick: list[str]) -> None:
    for name in ("a.json", "a.html", "a.svg", "a.vl.json", "a.csv"):
        done = run("leverage", mine, "--out", name)
        assert done.code == 0, done.err
        assert done.err.startswith("Written to ")
        assert "Delay favours Borland" in done.out
    read = {p.name: p.read_text(encoding="utf-8") for p in Path().glob("a.*")}
    found = json.loads(read["a.json"])
    assert found["headline"] == "Delay favours Borland"
    assert found["run"]["crisis"] == "mine"
    assert "vega-lite" in json.loads(read["a.vl.json"])["$schema"]
    assert read["a.svg"].startswith("<svg")
    width = re.search(r'width="(\d+)', read["a.svg"])
    assert width is not None
    assert int(width[1]) > 700
    page = read["a.html"]
    assert "<h1>Delay favours Borland</h1>" in page
    assert page.count("<svg") == 2 * len(an_answer().charts)
    assert "<script" not in page
    rows = list(csv.DictReader(read["a.csv"].splitlines()))
    assert rows[0] == {"who": "'=Arland", "share": "0.625", "gain": "0.1234", "count": "1200"}
    assert rows[1]["share"] == ""
    assert {p.name for p in Path().iterdir()} == {*read, "mine.yaml"}


def test_out_with_quiet_prints_nothing(run: Run, mine: Path, quick: list[str]) -> None:
    assert run("leverage", mine, "--out", "a.csv", "--quiet") == (0, "", "")
    data = run("plans", mine, "--out", "a.csv", "--json").envelope["data"]
    assert Path(data["file"]) == Path("a.csv").resolve()


def test_out_replaces_files_only_and_looks_before_it_works(
    run: Run, mine: Path, quick: list[str], tmp_path: Path
) -> None:
    (tmp_path / "folder.json").mkdir()
    for name, said in (
        ("folder.json", "is a folder"),
        (".", "no name of a file"),
        ("a.png", "ends in one of .json, .html, .svg, .vl.json, .csv"),
        ("a", "no suffix"),
        ("missing/a.json", "no folder missing"),
    ):
        done = run("leverage", mine, "--out", name)
        assert done.code == 2
        assert said in done.err
    assert not quick
    for name in ("a.json", "a.html"):
        Path(name).write_text("old", encoding="utf-8")
    assert run("leverage", mine, "--out", "a.json").code == 0
    assert Path("a.json").read_text(encoding="utf-8") != "old"
    link = Path("link.json")
    link.symlink_to("a.html.json")
    assert run("leverage", mine, "--out", link).code == 0
    assert link.is_symlink()
    assert Path("a.html.json").is_file()


def test_a_file_is_whole_or_not_there(
    run: Run, mine: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.json").write_text("old", encoding="utf-8")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    done = run("leverage", mine, "--out", "a.json")
    assert done.code == 2
    assert "No space left on device" in done.err
    assert Path("a.json").read_text(encoding="utf-8") == "old"
    assert {p.name for p in Path().iterdir()} == {"a.json", "mine.yaml"}


# --- plans and brief -----------------------------------------------------------------------


def test_plans_passes_its_options_on(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def compared(crisis: Any, plans: Any, **options: Any) -> Answer:
        asked.update(options, plans=plans)
        options["progress"]("solving", 1, 2)
        return an_answer("plans")

    monkeypatch.setattr(offramp.answers, "compare_plans", compared)
    done = run("plans", mine, "--plan", "pressure", "--precision", "3", "--json")
    assert done.code == 0
    assert asked["plans"] == ["pressure"]
    assert asked["precision"] == 3.0
    assert asked["resolution"] == "draft"
    assert done.envelope["data"]["run"]["plans"] == ["pressure"]
    assert "--plan pressure --precision 3" in done.envelope["data"]["run"]["command"]


@pytest.fixture
def briefed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    asked: dict[str, Any] = {}

    def made(crisis: Any, **options: Any) -> Brief:
        asked.update(options)
        return sample_brief()

    monkeypatch.setattr(offramp.brief, "brief", made, raising=False)
    return asked


def test_brief_writes_a_page_and_summarises_it(
    run: Run, mine: Path, briefed: dict[str, Any]
) -> None:
    done = run("brief", mine, "--seed", "3")
    assert done.code == 0
    (said,) = done.err.splitlines()
    assert said.startswith("Finished pieces are kept in ")
    assert "Brief written to mine-brief.html" in done.out
    assert Path("mine-brief.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert briefed["seed"] == 3
    assert briefed["command"].startswith("offramp brief ")
    assert run("brief", mine, "--out", "b.htm", "--quiet") == (0, "", "")
    assert Path("b.htm").is_file()
    found = run("brief", mine, "--json")
    assert found.envelope["data"]["file"] == "mine-brief.html"
    assert found.envelope["data"]["brief"]["bottom_line"]
    assert run("brief", mine, "--out", "b.pdf").code == 2
    assert {p.suffix for p in Path().iterdir() if p.is_file()} == {".yaml", ".html", ".htm"}
