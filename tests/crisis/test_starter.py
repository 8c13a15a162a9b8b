"""The starter crisis: small, commented, valid, and never in the way of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from offramp.crisis import examine, load, new, parameters
from offramp.crisis._starter import text


def test_the_starter_passes_every_check_without_a_warning(tmp_path: Path) -> None:
    examined = examine(new(tmp_path / "mine.yaml"))
    assert examined.problems == ()
    assert examined.warnings == ()


def test_the_starter_states_about_a_dozen_and_a_half_numbers(tmp_path: Path) -> None:
    crisis = load(new(tmp_path / "mine.yaml"))
    stated = {path: q for path, q in parameters(crisis).items() if not q.is_default}
    assert 12 <= len(stated) <= 24


def test_the_starter_has_what_a_crisis_needs(tmp_path: Path) -> None:
    crisis = load(new(tmp_path / "mine.yaml"))
    assert len(crisis.issues) == len(crisis.types) == len(crisis.contracts) == 2
    assert {lever.kind for lever in crisis.levers.values()} == {"stick", "carrot"}
    assert "status_quo" in crisis.plans
    triggers = [s.trigger for p in crisis.plans.values() for s in p.stages]
    assert any("belief." in trigger for trigger in triggers)


@pytest.mark.parametrize(
    ("name", "identity", "title"),
    [
        ("gulf-2026.yaml", "gulf-2026", "Gulf 2026"),
        ("My Crisis.yml", "my-crisis", "My Crisis"),
        ("2026.yaml", "2026", "2026"),
        ("null.yaml", "null", "Null"),
        ("été.yaml", "ete", "Été"),
        ("---.yaml", "crisis", "A crisis"),
        ("a'b\\1.yaml", "a-b-1", "A b 1"),
    ],
)
def test_id_and_title_come_from_the_file_name(
    tmp_path: Path, name: str, identity: str, title: str
) -> None:
    crisis = load(new(tmp_path / name))
    assert (crisis.id, crisis.title) == (identity, title)


def test_a_name_without_a_suffix_gets_one(tmp_path: Path) -> None:
    assert new(tmp_path / "mine") == tmp_path / "mine.yaml"


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("precious", encoding="utf-8")
    with pytest.raises(FileExistsError, match="choose another name"):
        new(file)
    assert file.read_text(encoding="utf-8") == "precious"
    dangling = tmp_path / "link.yaml"
    dangling.symlink_to(tmp_path / "nowhere.yaml")
    with pytest.raises(FileExistsError):
        new(dangling)
    assert not (tmp_path / "nowhere.yaml").exists()


def test_no_half_written_file_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise FileExistsError

    monkeypatch.setattr("os.link", full)
    with pytest.raises(FileExistsError, match="already"):
        new(tmp_path / "mine.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_is_written_to_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("os.link", unsupported)
    assert load(new(tmp_path / "mine.yaml")).id == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize("name", ["mine.xlsx", "mine.json"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="yaml"):
        new(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        new(tmp_path / "nowhere" / "mine.yaml")


def test_the_starter_explains_itself() -> None:
    lines = text().splitlines()
    assert sum("#" in line for line in lines) >= 15
    assert max(map(len, lines)) <= 100
