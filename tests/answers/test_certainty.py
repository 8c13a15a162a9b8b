"""How far the numbers of a solve can be trusted, as an answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.answers.answer_crises import starter
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers import Answer, certified, describe_certificate
from offramp.answers._runs import Task, run_all
from offramp.game import SKETCH, compile_game
from offramp.solution import neighbours


@pytest.fixture(scope="module")
def answer() -> Answer:
    """The certificate of the starter's second plan at sketch resolution."""
    return certified(starter(), "pressure", resolution="sketch")


def test_every_refinement_has_a_row(answer: Answer) -> None:
    game = compile_game(starter(), "pressure", None, SKETCH)
    rows = {str(row[0]): row for row in answer.table().rows}
    assert list(rows) == [x.name for x in neighbours(game)]
    run, finer = run_all(
        starter(),
        [Task("pressure", False, 8.0, SKETCH, None, name) for name in (None, "more offers")],
    )
    assert rows["more offers"][2] == pytest.approx(finer.value_a - run.value_a, abs=1e-12)
    settled = 100 * (finer.at("settled", 12) - run.at("settled", 12))
    assert rows["more offers"][5] == pytest.approx(settled, abs=1e-10)
    assert rows["rounds half as long"][-1] == "no"
    assert rows["more offers"][-1] == "yes"


def test_the_band_has_a_row_for_every_precision(answer: Answer) -> None:
    assert [row[0] for row in answer.tables[1].rows] == [3.0, 8.0, 20.0]
    other = certified(starter(), precision=5.0, resolution="sketch")
    assert [row[0] for row in other.tables[1].rows] == [3.0, 5.0, 8.0, 20.0]
    assert "precision 5 per round" in other.paragraphs[0]


def test_it_is_the_same_certificate_as_in_the_library(answer: Answer) -> None:
    game = offramp.compile(starter(), "pressure", resolution="sketch")
    found = offramp.certify(offramp.solve(game)).to_dict()
    assert json.loads(json.dumps(answer.to_dict()["data"])) == json.loads(json.dumps(found))


def test_the_kernel_and_the_resolution_are_named(answer: Answer) -> None:
    settings = dict(answer.trace().settings)
    assert settings["kernel"] in ("numpy", "numba")
    assert f"{settings['kernel']} kernel" in answer.paragraphs[0]
    assert settings["resolution"] == "sketch"
    assert "meets its tolerances" in answer.headline
    assert answer.trace().met


def test_a_missed_tolerance_is_the_headline() -> None:
    checks = (check("more offers", 0.01), check("later end", 0.02, unsolved=0.3))
    missed = certificate(*checks, unsolved=0.4)
    answer = describe_certificate(missed, starter(), "pressure")
    assert "misses its tolerance" in answer.headline
    assert not answer.trace().met
    assert answer.warnings[0].startswith("later end: the refined solve leaves 30.0 %")
    good = describe_certificate(replace(missed, unsolved=0.0), starter(), "pressure")
    assert "within 0.020 of its stake" in good.headline
    assert "within 2.0" in good.headline


def test_charts_show_what_moves_the_figures_most(answer: Answer) -> None:
    value, settled = answer.charts
    biggest = max(answer.table().rows, key=lambda row: abs(float(str(row[2]))))
    assert str(biggest[0]) in value.title
    assert len(settled.table.rows) == len(answer.table().rows)


def test_a_certificate_without_checks_has_no_chart_and_an_empty_table() -> None:
    answer = describe_certificate(certificate(), starter(), "pressure")
    assert answer.charts == ()
    assert answer.table().rows == ()
    assert "not known" in answer.headline
