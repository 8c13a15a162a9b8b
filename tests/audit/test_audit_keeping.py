"""Pieces of another version, premises that nothing reads, rooms without terms, and worlds of two names."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.audit.audit_crises import reference, scope, starter
from tests.audit.test_audit_answer import two_readings

import offramp
from offramp.audit import Sizes, audit, audit_pages, found_of
from offramp.audit import _keeping as keeping
from offramp.audit._asking import ask, measure
from offramp.audit._authors import NO_SIZE, author_of
from offramp.audit._draws import central
from offramp.audit._sampling import sampled
from offramp.audit._verdicts import median, verdict
from offramp.audit._worlds import NotAsked, World
from offramp.crisis import Crisis
from offramp.crisis._claims import parse
from offramp.game._resolution import named

FEW = Sizes(own=2, cross=1, off=2, pairs=2, check=0, spare=1, swaps=0, tell=2)


def test_a_piece_of_another_version_is_never_taken_for_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"sizes": FEW, "folder": tmp_path}
    first = found_of(two_readings(), **options)
    assert first.stale == 0
    count = len(list(tmp_path.iterdir()))
    for piece in tmp_path.iterdir():
        piece.write_text("[]")  # a piece that would be refused if anybody read it
    monkeypatch.setattr(keeping, "code_hash", lambda: "another")
    again = audit(two_readings(), **options)
    assert again.to_dict()["data"]["stale"] == count
    assert any(f"{count} kept pieces" in w for w in again.warnings)
    assert len(list(tmp_path.iterdir())) == 2 * count
    third = found_of(two_readings(), **options)
    assert third.solves == first.solves > 0, "games of kept pieces count"
    for piece in tmp_path.glob("*.another.json"):
        kept = json.loads(piece.read_text())
        if isinstance(kept, dict) and "solves" in kept:
            piece.write_text(json.dumps({**kept, "solves": kept["solves"] + 100}))
    assert found_of(two_readings(), **options).solves > 100, "every sample was read"
    for one, other in zip(first.authors, third.authors, strict=True):
        assert one.cells == other.cells
    assert third.told == first.told


def test_a_second_run_over_kept_pieces_has_the_same_bytes(tmp_path: Path) -> None:
    options: dict[str, Any] = {"sizes": FEW, "folder": tmp_path, "claims": ["dear_2", "cheap_1"]}
    first, second = (
        json.dumps(audit(two_readings(), **options).to_dict(), sort_keys=True) for _ in range(2)
    )
    assert first == second
    assert "seconds" not in json.loads(first)["data"]


def test_only_pieces_count_as_pieces(tmp_path: Path) -> None:
    kept = keeping.keeping(tmp_path)
    assert kept is not None
    old = "0" * 32
    for name in ("notes.json", "answer.npz", f"{old}.json", f"{old}.{'1' * 12}.json.part"):
        (tmp_path / name).write_text("")
    kept.path("a" * 32).write_text("")
    assert kept.stale == 0
    for name in (f"{old}.{'1' * 12}.json", f"{old}.npz", f"{old}.{'1' * 12}.npz"):
        (tmp_path / name).write_text("")
    assert kept.stale == 3


def test_pieces_come_back_to_the_last_bit(tmp_path: Path) -> None:
    jobs = [1.0 / 3, math.inf, -math.inf]
    task: keeping.Task[float, float] = keeping.Task(_same, float, float)
    kept = keeping.keeping(tmp_path)
    for _ in range(2):
        found = keeping.worked(starter(), task, jobs, str, kept, 1, None, "")
        assert found == jobs


def _same(_crisis: Crisis, job: float) -> float:
    return job


def test_the_version_covers_every_package_that_the_audit_loads() -> None:
    code = (
        "import sys, offramp.audit\n"
        "print(*{m.split('.')[1] for m in sys.modules if m.startswith('offramp.')})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) - {"_version"} <= set(keeping.PACKAGES)
    assert len(keeping.code_hash()) == 12


def _unread() -> Crisis:
    raw: dict[str, Any] = two_readings().model_dump(mode="json")
    for path in ("blocs.B.double_down", "blocs.A.threat_credibility"):
        premise = {"path": path, "value": [0.5, 0.2, 0.8], "source": "default"}
        raw["readings"]["dear"]["premises"].append(premise)
    raw["readings"]["dear"]["claims"]["dear_6"] = {
        "kind": "step", "text": "A threat is believed.",
        "expression": "blocs.A.threat_credibility > 0.4",
    }  # fmt: skip
    return offramp.load(raw)


def test_a_premise_that_nothing_reads_is_named_and_carries_nothing() -> None:
    case = _unread()
    sizes = Sizes(own=8, cross=1, off=4, pairs=12, check=0, swaps=0)
    answer, page, *_ = audit_pages(case, sizes=sizes, scored=False)
    dear = answer.to_dict()["data"]["readings"]["dear"]
    assert dear["unread"] == ["blocs.B.double_down"], "a claim that names a number reads it"
    at = dear["premises"].index("blocs.B.double_down")
    for one in dear["loads"].values():
        assert one["truth"]["value"][at] == pytest.approx(0, abs=1e-9)
        assert one["margin"]["value"][at] == pytest.approx(0, abs=1e-7)
    assert "double down" in " ".join(answer.warnings)
    assert "carries nothing here" in " ".join(page.warnings)
    assert "double down" in page.words()
    read = {row[1]: row[-1] for row in page.tables[1].rows}
    assert read["blocs.B.double_down"] == "no: it carries nothing here"
    assert read["war.cost.B"] == "yes"


def test_premises_of_the_reference_case_that_carry_nothing_are_known() -> None:
    """What authors judge and the game works out for itself is not read; what a tension weighs is."""
    case = reference()
    grid = named("sketch")
    few = Sizes(own=2, cross=1, off=2, pairs=1, check=0, spare=0, swaps=0)
    wanted = tuple(case.readings["time_favours_b"].claims)
    done = sampled(
        case, ["time_favours_b"], few, grid, grid, wanted=wanted, transplant=False, seed=0,
        workers=1, kept=None, progress=None,
    )  # fmt: skip
    author = author_of(case, "time_favours_b", done, wanted, False, grid, 0)
    assert "standoff.invasion_prior" not in author.unread
    assert "standoff.trigger_response" not in author.unread
    assert "standoff.concession_drift" in author.unread


def test_a_room_without_terms_is_endless_and_never_a_size() -> None:
    at = scope()
    none = measure(parse("room(territory=1 | status_quo)"), at)
    assert none == -math.inf
    found = ask(parse("room(territory=1 | status_quo) < 0"), at)
    assert found.truth
    assert found.margin == math.inf
    with pytest.raises(NotAsked, match="no terms at all"):
        measure(parse("room(territory=1 | status_quo) - room(territory=1 | status_quo)"), at)
    cell = verdict(np.array([1.0, 1.0, 0.0]), np.array([math.inf, 2.0, -1.0]))
    assert cell.margin == 2.0
    assert median(np.array([-math.inf, math.inf])) == -math.inf
    assert median(np.array([1.0, 2.0])) == 1.5
    assert math.isnan(median(np.zeros(0)))


def test_a_margin_without_a_size_has_no_loads_and_says_why() -> None:
    raw: dict[str, Any] = two_readings().model_dump(mode="json")
    claim = {"kind": "conclusion", "text": "Nothing suits both.", "expression": _endless()}
    raw["readings"]["dear"]["claims"] = {"dear_room": claim}
    case = offramp.load(raw)
    sizes = Sizes(own=4, cross=1, off=4, pairs=6, check=0, swaps=0)
    found = found_of(case, readings=["dear"], sizes=sizes)
    carried = found.author("dear").loads["dear_room"]
    assert carried.margin is None
    assert carried.why == NO_SIZE
    assert found.author("dear").cells["dear_room"].word == "follows"


def _endless() -> str:
    """A claim on the starter crisis whose room holds no terms that A would take."""
    at = central(two_readings(), None, False, "sketch")
    plan = next(iter(at.crisis.plans))
    for issue in at.crisis.issues:
        for point in (0, 1):
            text = f"room({issue}={point} | {plan})"
            if measure(parse(text), at) == -math.inf:
                return f"{text} < war.cost.B"
    raise AssertionError("no terms of the starter crisis are out of A's reach")


def test_two_names_of_one_game_are_solved_once() -> None:
    at = replace(scope(), solves=0)
    one = at.solved(World(plan="plan_b"))
    assert at.solved(World(plan="plan_b", agreed=0)) is one
    assert at.solved(World(plan="plan_b", offer="plan_a_deal")) is one
    assert at.solved(World(plan="plan_b", offer="armed_freeze")) is not one
    bare = at.solved(World(plan="status_quo"))
    assert at.solved(World(plan="status_quo", less="long_range")) is bare
    assert at.solved(World(plan="status_quo", agreed=0)) is not bare
    assert at.solves == 4
