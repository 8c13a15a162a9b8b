"""The parts of a brief that say how far to trust it: what it hangs on, and the rival readings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.audit.test_audit_answer import two_readings
from tests.brief.brief_sample import sample_brief
from tests.ensembles.ensemble_crises import starter

import offramp
from offramp.answers import Answer, answer_from
from offramp.audit import Sizes
from offramp.audit._saying import MARKS, SHOWN
from offramp.brief import Brief, Part
from offramp.brief._audited import GLANCE, SIZES, audited
from offramp.brief._doubts import HANGS, READINGS, Doubts, doubted

FEW = Sizes(own=4, cross=1, off=0, pairs=0, check=0, first=0, spare=0, swaps=1)


def asked(folder: Path | None = None, draws: int = 8, audit: Sizes = FEW) -> Doubts:
    plan, against = two_readings().plans
    return Doubts(plan, against, None, 8.0, 0, draws, audit, None, folder, "two.yaml")


@cache
def parts() -> tuple[tuple[Answer, ...], tuple[Part, ...]]:
    """Both parts for the starter as two authors see it."""
    return doubted(two_readings(), asked(), (), 1, 1, None)


@cache
def written() -> Brief:
    """A brief with these parts behind one other answer."""
    answers, found = parts()
    return sample_brief(answers=(sample_brief().answers[0], *answers), parts=found)


def test_both_parts_stand_in_the_brief_with_their_answers() -> None:
    answers, found = parts()
    assert [p.heading for p in found] == [HANGS, READINGS]
    names = [a.name for a in answers]
    assert names == ["sensitivity", "discover", "audit-dear", "audit-cheap", "audit"]
    assert [p.first for p in found] == [1, 3]


def test_page_1_and_the_contents_lead_to_both_parts() -> None:
    page = written().to_html()
    first = page[page.index('<section class="page-one"') : page.index("<nav")]
    contents = page[page.index("<nav") : page.index("</nav>")]
    for heading, anchor in ((HANGS, "a2"), (READINGS, "a4")):
        assert f"<h2>{heading}</h2>" in first
        assert f'href="#{anchor}"' in first
        assert f'<li class="part">{heading}</li>' in contents
        assert f'<p class="part-heading">{heading}</p>' in page
        assert f'id="{anchor}"' in page
    for name in ("sensitivity", "discover", "audit"):
        headline = next(a.headline for a in parts()[0] if a.name == name)
        assert headline.split("”")[0][:20].replace("'", "&#39;") in first


def test_a_page_of_a_reading_has_a_mark_for_each_of_its_claims() -> None:
    """Every claim of the author has its verdict, in words that also read in grey."""
    dear = next(a for a in parts()[0] if a.name == "audit-dear")
    assert dear.data is not None
    rows = dear.chart().table.rows
    verdicts = list(dear.data["claims"].values())
    assert len(rows) == len(verdicts) == 5
    for row, verdict in zip(rows, verdicts, strict=True):
        said = SHOWN[verdict]
        assert str(row[-1]).startswith(f"{MARKS[verdict]} {said}" if verdict in MARKS else said)
    assert {"follows", "not expressed", "not asked"} <= set(verdicts)
    assert "follows? (" in str(rows[0][-1])  # four draws settle nothing


def test_a_page_shows_a_reading_its_own_numbers_and_what_the_file_has_beside() -> None:
    dear = next(a for a in parts()[0] if a.name == "audit-dear")
    at = {s.path: s for s in dear.trace().supports}
    cost = at["war.cost.B"]
    assert (cost.value, cost.range) == ("0.45", "0.4 to 0.5")
    assert "the file's own is 0.15 (0.1 to 0.2)" in cost.why
    table = next(t for t in dear.tables if t.title.endswith("what it assumes"))
    assert [c.name for c in table.columns] == ["why", "path", "value", "low", "high", "read"]
    assert {row[1]: row[2:5] for row in table.rows}["war.cost.B"] == (0.45, 0.4, 0.5)


def test_what_was_not_sampled_has_no_column_and_one_draw_is_no_verdict() -> None:
    *pages, whole = parts()[0][2:]
    assert "off" not in [c.name for c in pages[0].table().columns]
    assert "carried" not in [c.name for c in pages[0].table().columns]
    names = [c.name for t in whole.tables if "own claims" in t.title for c in t.columns]
    assert {"share", "low", "high"} <= set(names)
    assert not {"off", "grid", "carried", "hurt"} & set(names)
    columns = [c.name for c in whole.table().columns]
    rows = {row[0]: dict(zip(columns, row, strict=True)) for row in whole.table().rows}
    assert rows["dear_1"]["cheap"] == "0 of 1"
    assert rows["cheap_1"]["dear"] == "0 of 1"
    assert rows["dear_1"]["dear"] == "follows, 100\N{NO-BREAK SPACE}%"
    drawn = {row[0]: row[1:] for row in whole.chart().table.rows}
    assert drawn["War costs B much."] == ("+ follows?", "0 of 1")


def test_a_small_audit_says_that_its_intervals_are_wide_and_names_the_full_one() -> None:
    for answer in parts()[0][2:]:
        said = " ".join(answer.warnings)
        assert "`offramp audit two.yaml` takes 500" in said
        assert "`offramp brief two.yaml --audit full`" in said
        assert "1 draw of others'" in said


def test_a_page_shows_commands_as_code() -> None:
    assert "<code>offramp audit two.yaml</code>" in written().to_html()


def test_words_of_probability_agree_with_their_numbers_here_too() -> None:
    assert written().disagreements() == ()


def test_the_parts_do_not_depend_on_the_number_of_workers() -> None:
    answers, found = doubted(two_readings(), asked(), (), 1, 2, None)
    assert found == parts()[1]
    assert [told(a) for a in answers] == [told(a) for a in parts()[0]]


def told(answer: Answer) -> str:
    """An answer as text."""
    raw = answer.to_dict()
    return json.dumps(raw, sort_keys=True)


def test_kept_pieces_give_the_same_parts_without_solving_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = doubted(two_readings(), asked(tmp_path), (), 1, 1, None)

    def no_more(*_: object) -> None:
        raise AssertionError("solved again")

    monkeypatch.setattr("offramp.ensembles.pool.perform", no_more)
    monkeypatch.setattr("offramp.answers._sensitivity_small._values", no_more)
    monkeypatch.setattr("offramp.audit._sampling.perform", no_more)
    again = doubted(two_readings(), asked(tmp_path), (), 1, 1, None)
    assert again[1] == first[1]
    assert [a.headline for a in again[0]] == [a.headline for a in first[0]]


def test_an_answer_made_before_takes_the_place_of_one_made_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise AssertionError("made again")

    made = parts()[0]  # before anything is patched, whichever test comes first
    monkeypatch.setattr("offramp.brief._doubts.hangs_on", no_more)
    monkeypatch.setattr("offramp.brief._doubts.audited", no_more)
    before = [replace(answer_from(a.to_dict()), headline=f"Before: {a.name}") for a in made]
    other = replace(before[0], name="stress", headline="Before: stress")
    answers, found = doubted(two_readings(), asked(), [other, *before], 1, 1, None)
    assert [a.headline for a in answers] == [*(f"Before: {a.name}" for a in before), other.headline]
    assert [p.first for p in found] == [1, 3, 6]


def test_a_crisis_without_readings_says_that_nothing_is_claimed() -> None:
    (only,) = audited(starter(), "glance")
    assert "nothing is claimed" in only.headline
    assert only.paragraphs == ()


def test_no_audit_and_no_draws_leave_both_parts_out() -> None:
    nothing = replace(asked(draws=0), audit="none")
    assert doubted(two_readings(), nothing, (), 1, 1, None) == ((), ())


def test_an_unknown_audit_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise AssertionError("worked first")

    monkeypatch.setattr("offramp.brief._compose.compile_game", no_more)
    with pytest.raises(ValueError, match="none, glance, quick, full"):
        offramp.brief(starter(), audit="deep")  # type: ignore[arg-type]


def test_sixteen_draws_that_agree_are_the_fewest_that_settle_a_verdict() -> None:
    from offramp.ensembles.robust import wilson

    assert wilson(1, GLANCE.own)[0] > 0.8 > wilson(1, GLANCE.own - 1)[0]
    assert SIZES["glance"].own < SIZES["quick"].own < SIZES["full"].own


def test_outcomes_that_are_not_there_leave_forecasts_unscored(tmp_path: Path) -> None:
    answers = audited(two_readings(), FEW, sealed=tmp_path / "nowhere.yaml")
    assert [a.name for a in answers] == ["audit-dear", "audit-cheap", "audit"]


def test_a_part_must_begin_with_an_answer() -> None:
    answers: Sequence[Answer] = sample_brief().answers
    with pytest.raises(ValueError, match="begins with one of its answers"):
        sample_brief(parts=(Part("Beyond", len(answers)),))
