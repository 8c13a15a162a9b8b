"""Charts: valid Vega-Lite, a table twin, labels that keep apart, and refusals of bad figures."""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import Any

import pytest
from tests.brief.brief_sample import all_charts

from offramp.answers._answer import Chart
from offramp.answers._charts import (
    Dot,
    Line,
    PlanRow,
    Share,
    dots_and_ranges,
    fan,
    matrix,
    stacked_area,
)
from offramp.answers._style import (
    FILLS,
    PAPER,
    SHADES,
    number,
    spread,
    text_width,
    wrap,
)
from offramp.brief.figures import PAGE_WIDTH, PHONE_WIDTH, sized, svg

CHARTS = all_charts()
WORDS: dict[str, Any] = {
    "title": "Finding",
    "subtitle": "Measure",
    "alt": "The finding in a sentence.",
}


@cache
def validator() -> Any:
    import altair
    from jsonschema import Draft7Validator  # type: ignore[import-untyped]

    root = altair.Root._rootschema
    return Draft7Validator({**root, "$ref": "#/definitions/TopLevelLayerSpec"})


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_both_layouts_of_a_chart_are_valid_vega_lite(chart: Chart) -> None:
    narrow = chart.spec["usermeta"]["offramp"]["narrow"]
    assert validator().is_valid(dict(chart.spec))
    assert validator().is_valid(narrow)
    assert chart.spec["width"] == narrow["width"] == "container"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_a_chart_has_a_finding_alt_text_and_a_table_twin(chart: Chart) -> None:
    assert chart.title
    assert chart.subtitle
    assert chart.alt
    assert chart.table.rows
    assert " ".join(chart.spec["title"]["text"]) == chart.title


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_a_chart_loads_nothing_and_shows_no_index(chart: Chart) -> None:
    text = json.dumps({k: v for k, v in chart.spec.items() if k != "$schema"})
    assert "url" not in text
    assert "Unnamed" not in text
    assert "level_0" not in text


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c.name)
def test_a_drawing_has_the_width_it_was_asked_for(chart: Chart) -> None:
    assert f'viewBox="0 0 {PAGE_WIDTH} ' in svg(chart, "w", PAGE_WIDTH)
    assert f'viewBox="0 0 {PHONE_WIDTH} ' in svg(chart, "n", PHONE_WIDTH, narrow=True)


def test_the_same_figures_give_the_same_bytes() -> None:
    assert json.dumps(all_charts()[0].spec) == json.dumps(all_charts()[0].spec)
    assert svg(CHARTS[0], "x", 600) == svg(CHARTS[0], "x", 600)


def test_a_drawing_without_a_narrow_layout_uses_the_wide_one() -> None:
    spec = {"layer": [], "title": "Finding", "width": "container"}
    assert sized(spec, 300, narrow=True) == {"layer": [], "width": 300}


def test_regimes_that_do_not_sum_to_one_are_refused() -> None:
    shares = (Share("war", (0.5, 0.5)), Share("peace", (0.5, 0.4)))
    with pytest.raises(ValueError, match=r"month 1 sum to 0\.9"):
        stacked_area("s", **WORDS, months=(0, 1), shares=shares)


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 values for 2 months"):
        fan("f", **WORDS, months=(0, 1), lines=(Line("A", (1.0, 2.0, 3.0)),))


def test_a_chart_without_alt_text_is_refused() -> None:
    words = {**WORDS, "alt": " "}
    with pytest.raises(ValueError, match="alt text"):
        matrix("m", **words, rows=("A",), columns=("x",), cells=(("yes",),))


def test_a_wide_matrix_becomes_a_list_on_a_phone() -> None:
    readings = ("Realist", "Institutionalist", "Constructivist", "Deterrence", "Bureaucratic")
    cells = (("follows", "undetermined", "contradicts", "cannot be expressed", "follows"),)
    chart = matrix("m", **WORDS, rows=("Claim",), columns=readings, cells=cells)
    narrow = chart.spec["usermeta"]["offramp"]["narrow"]
    assert validator().is_valid(narrow)
    text = json.dumps(narrow)
    assert all(word in text for word in (*readings, "undetermined", "cannot be"))
    assert "-\\n" not in text


def test_a_plan_without_a_range_is_drawn_without_one() -> None:
    chart = dots_and_ranges("d", **WORDS, rows=(PlanRow("Wait", Dot(0.2)),))
    assert chart.table.rows == (("Wait", 0.2, None, None),)


def test_labels_keep_apart_and_inside_where_they_fit() -> None:
    heights = [20.0] * 5
    centres = spread([50, 52, 51, 99, 10], heights, 0, 200)
    gaps = [b - a for a, b in zip(sorted(centres), sorted(centres)[1:], strict=False)]
    assert min(gaps) >= 20
    assert min(centres) >= 10
    assert max(centres) <= 190
    assert sorted(range(5), key=lambda i: centres[i]) == [4, 0, 2, 1, 3]


def test_long_names_wrap_within_their_room() -> None:
    name = "Ceasefire plus reassurance force"
    lines = wrap(name, 120, 12)
    assert " ".join(lines) == name
    assert all(text_width(line, 12) <= 120 for line in lines)


def test_a_number_stays_with_its_per_cent_sign() -> None:
    assert wrap("Talks 11 %", 45, 12)[-1] == "11\u00a0%"


def test_numbers_print_as_readers_write_them() -> None:
    assert number(0.625, "share", 0) == "62 %"
    assert number(-0.5, "signed", 1) == "−0.5"
    assert number(-0.001, "signed", 2) == "0.00"
    assert number(12000, "integer") == "12,000"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_the_sides_differ_in_grey_and_read_on_paper() -> None:
    a, b = SHADES["a"][0], SHADES["b"][0]
    assert contrast(a, b) > 1.5
    assert all(contrast(shades[0], PAPER) > 4.5 for shades in SHADES.values())


def test_words_read_on_every_fill_and_fills_differ_in_grey() -> None:
    assert all(contrast(fill, ink) > 4.5 for fill, ink in FILLS.values())
    tints = [FILLS["none"][0], FILLS["a"][0], FILLS["b"][0], FILLS["both"][0]]
    assert all(contrast(x, y) > 1.25 for x, y in itertools.pairwise(tints))
