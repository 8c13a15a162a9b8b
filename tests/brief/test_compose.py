"""A brief composed from a solved crisis."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import offramp
from offramp._version import VERSION
from offramp.answers import Answer, Comparison, compare
from offramp.answers._names import readable
from offramp.brief import Brief
from offramp.brief._back_matter import warned
from offramp.brief._bottom import bottom_line
from offramp.brief._compose import _options
from offramp.crisis import check
from offramp.crisis._starter import text


@pytest.fixture(scope="module")
def composed() -> Brief:
    """The starter's brief at sketch resolution."""
    return offramp.brief(offramp.loads(text(), "starter.yaml"), resolution="sketch", workers=1)


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if tag == "a" and name == "href" and value and value.startswith("#"):
                self.targets.add(value[1:])


def test_every_link_in_the_page_leads_somewhere(composed: Brief) -> None:
    parser = _Ids()
    parser.feed(composed.to_html())
    assert parser.targets
    assert parser.targets <= parser.ids


def test_every_number_an_answer_rests_on_stands_in_the_parameter_table(composed: Brief) -> None:
    paths = {row[0] for row in composed.parameters.rows}
    for answer in composed.answers:
        for support in answer.trace().supports:
            assert support.path in paths


def test_words_of_probability_agree_with_their_numbers(composed: Brief) -> None:
    assert composed.disagreements() == ()


def test_defaults_leaned_on_are_listed_with_reasons(composed: Brief) -> None:
    rows = {row[0]: row for row in composed.assumptions.rows}
    assert "clock.recognition.A" in rows
    assert all(row[-1] for row in rows.values())


def test_the_terminal_summary_has_the_bottom_line_and_the_plans(composed: Brief) -> None:
    summary = composed.summary(90)
    assert max(len(line) for line in summary.splitlines()) <= 90
    assert "Certificate" in summary
    for row in composed.options.rows:
        assert str(row[0]).split()[0] in summary


def test_page_1_has_both_ranges_and_says_the_deal_once(composed: Brief) -> None:
    assert "over the ranges of the inputs the chance runs from" in composed.bottom_line[0]
    assert "not over the inputs" not in composed.confidence
    deal = next(a for a in composed.answers if a.name == "deal").headline
    page = composed.to_html()
    first = page[page.index('<section class="page-one"') : page.index("<nav")]
    said = " ".join(re.findall(r"<p[ >].*?</p>", first, re.S))
    assert said.count(deal.replace("'", "&#39;")) == 1


def test_no_sentence_ends_twice(composed: Brief) -> None:
    assert not re.search(r"[a-z0-9]\.\.[ <]", composed.to_html())


def test_no_state_is_called_by_a_number(composed: Brief) -> None:
    assert not re.search(r"\b(state|node|offer|type)[ _]\d", composed.to_html())


def test_saving_writes_one_self_contained_page(composed: Brief, tmp_path: Path) -> None:
    page = composed.save(tmp_path / "brief.html").read_text("utf-8")
    assert not re.search(r'(src|href)="https?://', page)
    assert page.count("<svg") >= 2 * sum(len(a.charts) for a in composed.answers)


def test_the_certificate_names_its_kernel_and_its_errors(composed: Brief) -> None:
    lines = [str(row[0]) for row in composed.certificate.rows]
    assert "sketch resolution" in lines[0]
    assert re.search(r"num(py|ba) kernel$", lines[0])
    assert any(line.startswith("error: value to") for line in lines)
    page = composed.to_html()
    for table in composed.checks:
        assert table.title.replace("'", "&#39;") in page
        assert {row[0] for row in table.rows} >= {"more offers", "finer clock", "later end"}
    assert len(composed.checks) == len(composed.certificates) == 2
    assert composed.met
    assert composed.certificates["status_quo"]["met"] is True


def test_plans_that_cannot_be_told_apart_are_not_ranked_on_page_1() -> None:
    """The same plans twice: far apart beyond the error, and with an error that covers all of it."""
    c = compare(offramp.loads(text(), "starter.yaml"), resolution="sketch", workers=1)
    first, second = c.own
    better = replace(c.own[second], value_a=c.own[first].value_a + 0.2)
    c = replace(c, own={first: c.own[first], second: better})
    move = next(x for x in c.checks[second] if x.counts)
    lost = replace(move, value_a=9.0, settled=9.0)
    level = replace(c, checks={first: (lost,), second: (replace(move, value_a=0.0, settled=0.0),)})
    answers = composed_answers(c)
    assert "is worth most" in bottom_line(c, *answers, first, "icd203")[2]
    said = bottom_line(level, *answers, first, "icd203")
    assert "No plan in the file is distinguishably better" in said[2]
    marks = [str(row[-1]) for row in _options(level).rows]
    assert sum("no distinguishable difference" in mark for mark in marks) == 1
    assert not any("no distinguishable" in str(row[-1]) for row in _options(c).rows)
    assert re.search(r"by up to (less than a point|\d+ points?)\. ", _options(c).note)


def composed_answers(c: Comparison) -> tuple[Answer, Answer]:
    solution = offramp.solve(offramp.compile(c.crisis, resolution="sketch"))
    return offramp.leverage(solution), offramp.deal(solution)


def test_the_same_crisis_gives_the_same_page(composed: Brief) -> None:
    again = offramp.brief(offramp.loads(text(), "starter.yaml"), resolution="sketch", workers=2)
    assert again.to_html() == composed.to_html()


def test_the_brief_carries_the_packages_version() -> None:
    assert offramp.__version__ == VERSION


def test_paths_read_as_words() -> None:
    crisis = offramp.load("ukraine-2025")
    name = crisis.levers["visa_ban"].name
    assert readable(crisis, "levers.visa_ban.cost_to_target") == f"{name}: cost to target"
    assert readable(crisis, "war.cost.A") == f"war: cost, {crisis.blocs['A'].name}"
    assert "red line" in readable(crisis, "red_lines.ru_force.penalty")


def test_warnings_name_plans_and_levers_instead_of_ids() -> None:
    crisis = offramp.load("ukraine-2025")
    said = [warned(crisis, w) for w in check(crisis).warnings]
    assert any(x.startswith("“Truce and reassurance force”: everything in this plan") for x in said)
    assert any("“Put the immobilised state assets into reconstruction” needs" in x for x in said)
    assert not any("`" in x for x in said)
