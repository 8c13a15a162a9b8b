"""Finished pieces are kept without being asked, found again, and refused where they cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.cli.cli_done import Run

from offramp.cli import _kept
from offramp.cli._asked import Question
from offramp.cli._kept import kept_for, place_for
from offramp.cli._outcome import Failure
from offramp.crisis import load, override
from offramp.crisis._starter import text
from offramp.ensembles.code import tree_hash

USER_CACHE = _kept.user_cache
"""The function itself: every test of this folder gets a cache of its own instead."""


def test_pieces_are_kept_by_crisis_code_and_options(mine: Path, tmp_path: Path) -> None:
    crisis = load(mine)
    one = place_for(crisis, "discover", None, False, {"draws": 8}).folder
    same = place_for(crisis, "discover", None, False, {"draws": 8}).folder
    more = place_for(crisis, "discover", None, False, {"draws": 16}).folder
    changed = override(crisis, {"war.cost.B": 0.21})
    other = place_for(changed, "discover", None, False, {"draws": 8}).folder
    assert one == same
    assert one is not None
    assert one.is_relative_to(tmp_path / "cache" / "runs")
    assert len({one, more, other}) == 3
    assert more is not None
    assert more.parent == one.parent


def test_a_changed_line_of_code_is_another_hash(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text("x = 1\n", encoding="utf-8")
    before = tree_hash(tmp_path)
    assert tree_hash(tmp_path) == before
    (tmp_path / "deep" / "a.py").write_text("x = 2\n", encoding="utf-8")
    assert tree_hash(tmp_path) != before


def test_audits_of_any_size_share_a_folder(mine: Path) -> None:
    crisis = load(mine)
    whole = place_for(crisis, "audit", None, False).folder
    shared = place_for(crisis, "", None, False).folder
    assert whole is not None
    assert shared is not None
    assert whole == shared / "audit"


def test_a_fresh_start_keeps_and_reads_nothing(mine: Path, tmp_path: Path) -> None:
    assert place_for(load(mine), "audit", None, True).folder is None
    assert not (tmp_path / "cache").exists()


def test_an_interrupted_command_goes_on_and_says_where_its_pieces_are(
    run: Run, mine: Path, tmp_path: Path
) -> None:
    first = run("discover", mine, "--draws", "8")
    assert first.code == 0, first.err
    assert f"Finished pieces are kept in {tmp_path / 'cache'}" in first.err
    blocks = sorted((tmp_path / "cache").rglob("summaries/block-*.parquet"))
    assert blocks
    blocks[0].unlink()
    times = {p: p.stat().st_mtime_ns for p in blocks[1:]}
    again = run("discover", mine, "--draws", "8")
    assert (again.code, again.out) == (0, first.out)
    assert blocks[0].exists()
    assert times == {p: p.stat().st_mtime_ns for p in blocks[1:]}


def test_a_folder_that_is_named_is_used_instead(run: Run, mine: Path, tmp_path: Path) -> None:
    done = run("discover", mine, "--draws", "8", "--folder", tmp_path / "runs")
    assert done.code == 0, done.err
    assert (tmp_path / "runs" / "manifest.json").exists()
    assert not (tmp_path / "cache").exists()
    assert "are kept in" not in done.err
    other = run("discover", mine, "--draws", "16", "--folder", tmp_path / "runs")
    assert (other.code, other.out) == (2, "")
    assert "another run" in other.err


def test_a_cache_that_cannot_be_written_is_2_with_a_way_out(
    run: Run, mine: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    done = run("brief", mine)
    assert (done.code, done.out) == (2, "")
    assert "cannot be kept" in done.err
    assert "--folder" in done.err
    assert "--fresh" in done.err


def test_a_folder_and_a_fresh_start_contradict_each_other(run: Run, mine: Path) -> None:
    done = run("audit", mine, "--fresh", "--folder", "here")
    assert done.code == 2
    assert "--fresh" in done.err


def test_an_unknown_audit_of_a_brief_is_2_before_any_work(run: Run, mine: Path) -> None:
    done = run("brief", mine, "--audit", "deep")
    assert (done.code, done.out) == (2, "")
    assert "none, glance, quick, full" in done.err


def test_folders_that_nobody_used_for_a_month_are_removed(mine: Path, tmp_path: Path) -> None:
    import os
    import time

    runs = tmp_path / "cache" / "runs"
    old, recent, foreign = "0" * 16 + "-" + "a" * 16, "0" * 16 + "-" + "b" * 16, "my own data"
    for name, days in ((old, 31), (recent, 29), (foreign, 40)):
        (runs / name).mkdir(parents=True)
        then = time.time() - days * 86_400
        os.utime(runs / name, (then, then))
    place_for(load(mine), "audit", None, False)
    assert not (runs / old).exists()
    assert (runs / recent).exists()
    assert (runs / foreign).exists()


def test_a_file_among_the_options_counts_by_what_is_in_it(mine: Path, tmp_path: Path) -> None:
    def place(share: float) -> Path | None:
        question = Question(str(mine), None, None, 8.0, "sketch", 0, True, False)
        stated = {"moments": tmp_path / "seen.csv", "share": share}
        return kept_for("robust", question, load(mine), stated)[1].folder

    (tmp_path / "seen.csv").write_text("settled_6", encoding="utf-8")
    before = place(0.5)
    assert place(0.6) == before
    (tmp_path / "seen.csv").write_text("settled_7", encoding="utf-8")
    assert place(0.5) != before


def test_a_refusal_without_options_is_no_internal_error(run: Run, tmp_path: Path) -> None:
    single = tmp_path / "single.yaml"
    whole = text()
    first = whole.index("  pressure:\n", whole.index("\nplans:"))
    single.write_text(whole[:first] + whole[whole.index("# What was seen") :], encoding="utf-8")
    done = run("robust", single)
    assert (done.code, done.out) == (2, "")
    assert "plan" in done.err
    assert "report" not in done.err


def test_the_cache_is_where_the_system_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OFFRAMP_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert USER_CACHE() == Path.home() / ".cache" / "offramp"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert USER_CACHE() == Path.home() / "Library" / "Caches" / "offramp"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert USER_CACHE() == Path("/local/offramp")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert USER_CACHE() == Path("/xdg/offramp")
    monkeypatch.setenv("OFFRAMP_CACHE", "/own")
    assert USER_CACHE() == Path("/own")


def test_a_failure_names_the_place(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Failure, match="file"):
        place_for(load(mine), "audit", tmp_path / "file" / "below", False)
