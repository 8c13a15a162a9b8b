"""Results on disk: complete, documented, readable by others, fast to load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.ensembles.ensemble_crises import PATHS, TINY, starter

from offramp.crisis import crisis_hash
from offramp.ensembles import (
    Ensemble,
    NoResults,
    load_histogram,
    load_results,
    run,
    saltelli,
    sample,
)
from offramp.ensembles.histograms import WIDTH, Histogram, count

ROOT = Path(__file__).parents[2]
PLANS = ("status_quo", "pressure")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    crisis = starter()
    folder = tmp_path_factory.mktemp("results")
    design = sample(crisis, PATHS, draws=40, seed=1)
    return run(crisis, design, plans=PLANS, resolution=TINY, workers=1, folder=folder)


def at(kept: Ensemble) -> Path:
    assert kept.folder is not None
    return kept.folder


def test_what_is_loaded_is_what_was_run(kept: Ensemble) -> None:
    again = load_results(at(kept))
    assert again.manifest == kept.manifest
    assert again.design.hash == kept.design.hash
    assert again.measures == kept.measures
    for plan in PLANS:
        for name in kept.measures:
            np.testing.assert_array_equal(again.column(name, plan), kept.column(name, plan))
    np.testing.assert_array_equal(again.values(), kept.values())


def test_a_saltelli_design_comes_back_with_its_blocks(tmp_path: Path) -> None:
    crisis = starter()
    design = saltelli(crisis, PATHS[:1], base=2)
    run(crisis, design, plans=PLANS[:1], resolution=TINY, workers=1, folder=tmp_path)
    again = load_results(tmp_path).design
    assert again.hash == design.hash
    assert again.block(PATHS[0]) == design.block(PATHS[0])


def test_the_manifest_names_version_crisis_and_seed_and_nothing_of_the_machine(
    kept: Ensemble,
) -> None:
    text = (at(kept) / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    assert manifest["crisis_hash"] == crisis_hash(starter())
    assert manifest["design"]["seed"] == 1
    assert manifest["offramp"]
    import getpass
    import platform

    for word in (platform.node(), str(Path.home()), str(at(kept)), "workers", "date"):
        assert word not in text
    assert f'"{getpass.getuser()}"' not in text


def test_rows_are_in_the_order_of_draw_plan_and_reading(kept: Ensemble) -> None:
    table = load_results(at(kept)).table()
    assert table["draw"].to_pylist() == [d for d in range(40) for _ in PLANS]
    assert table["plan"].to_pylist() == list(PLANS) * 40
    assert set(table["reading"].to_pylist()) == {None}
    assert set(table["failed"].to_pylist()) == {None}


def test_inputs_can_stand_beside_results(kept: Ensemble) -> None:
    table = kept.table(inputs=True)
    one = table.filter([p == "pressure" for p in table["plan"].to_pylist()])
    np.testing.assert_array_equal(one[PATHS[1]].to_numpy(), kept.design.column(PATHS[1]))


@pytest.mark.parametrize("reader", ["pandas", "polars", "duckdb"])
def test_other_tools_read_the_same_numbers(kept: Ensemble, reader: str) -> None:
    library = pytest.importorskip(reader)
    files = str(at(kept) / "summaries" / "*.parquet")
    if reader == "pandas":
        frame = library.read_parquet(at(kept) / "summaries")
        found = frame.groupby("plan")["value_a"].mean().to_dict()
    elif reader == "polars":
        means = library.read_parquet(files).group_by("plan").agg(library.col("value_a").mean())
        found = dict(means.iter_rows())
    else:
        query = f"select plan, avg(value_a) from read_parquet('{files}') group by plan"
        found = dict(library.sql(query).fetchall())
    for plan in PLANS:
        assert found[plan] == pytest.approx(kept.column("value_a", plan).mean(), abs=1e-12)


def test_every_column_is_in_the_data_dictionary(kept: Ensemble) -> None:
    text = (ROOT / "docs" / "ensembles.md").read_text("utf-8")
    for column in kept.table().column_names:
        stem = column.rsplit("_", 1)[0] if column.rsplit("_", 1)[-1].isdigit() else column
        shown = {column, f"{stem}_t", "value_b_X" if column.startswith("value_b_") else column}
        assert any(f"`{name}`" in text for name in shown), column
    for file in at(kept).iterdir():
        assert file.name in text


def test_histograms_count_every_row_once(kept: Ensemble) -> None:
    for plan in PLANS:
        for name in ("value_a", "settled_12", "first_deal_median"):
            stored = load_histogram(at(kept), name, plan)
            direct = kept.histogram(name, plan)
            assert stored is not None
            assert stored.total + stored.missing == 40
            assert (stored.width, stored.missing) == (direct.width, direct.missing)
            np.testing.assert_array_equal(stored.counts, direct.counts)
            assert stored.first == direct.first or not stored.total
    assert load_histogram(at(kept), "residual", "pressure") is None


def test_a_histogram_gives_quantiles_to_within_a_bin(kept: Ensemble) -> None:
    values = kept.column("value_a", "pressure")
    h = kept.histogram("value_a", "pressure")
    for share in (0.1, 0.5, 0.9):
        assert h.quantile(share) == pytest.approx(np.quantile(values, share), abs=3 * WIDTH)


numbers = arrays(np.float64, st.integers(0, 30), elements=st.floats(-2, 2) | st.just(np.nan))


@for_all(x=numbers, y=numbers)
@settings(max_examples=50, deadline=None)
def test_the_histogram_of_two_runs_is_the_sum_of_theirs(x: np.ndarray, y: np.ndarray) -> None:
    both, added = (
        count("value_a", np.concatenate([x, y])),
        count("value_a", x) + count("value_a", y),
    )
    np.testing.assert_array_equal(both.counts, added.counts)
    assert both.missing == added.missing
    assert both.first == added.first or not both.total


def test_histograms_that_do_not_fit_do_not_add() -> None:
    with pytest.raises(ValueError, match="do not add"):
        count("value_a", np.ones(2)) + count("first_deal_median", np.ones(2))
    empty = Histogram(WIDTH, 0, np.zeros(0, dtype=np.int64))
    with pytest.raises(ValueError, match="nothing was counted"):
        empty.quantile(0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        count("value_a", np.ones(2)).quantile(1.5)


def test_a_value_on_an_edge_belongs_to_the_bin_above() -> None:
    h = count("settled_12", np.array([0.29, 0.57, 0.58, 1.0]))
    edges = h.edges[:-1][h.counts > 0]
    assert edges == pytest.approx([0.29, 0.57, 0.58, 1.0])


def test_a_folder_without_a_manifest_holds_no_results(tmp_path: Path) -> None:
    with pytest.raises(NoResults, match="no manifest"):
        load_results(tmp_path)


def test_unknown_names_are_refused_with_those_there_are(kept: Ensemble) -> None:
    with pytest.raises(KeyError, match="value_a"):
        kept.column("value_c", "pressure")
    with pytest.raises(KeyError, match="say which plan"):
        kept.column("value_a")
    with pytest.raises(KeyError, match="nobody"):
        kept.column("value_a", "nobody")
    with pytest.raises(ValueError, match="not the crisis"):
        kept.solution(starter().model_copy(update={"title": "Another"}), 0, "pressure")
