"""Results as tables: rows of summaries, counts of histograms, draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.ensembles.arrow import Table, arrow, compute, parquet
from offramp.ensembles.design import Design
from offramp.ensembles.histograms import Histogram, added, counted, width_of
from offramp.ensembles.work import Rows

Floats = NDArray[np.float64]

FIRST_COLUMNS = ("draw", "plan", "reading", "failed", "fitted")
"""Columns of a summary that are not measures."""


def summary_table(rows: Rows) -> Table:
    """Rows of a block as a table."""
    pa = arrow()
    columns: dict[str, Any] = {
        "draw": pa.array(rows.draw, pa.int64()),
        "plan": pa.array(rows.plan, pa.string()),
        "reading": pa.array(rows.reading, pa.string()),
        "failed": pa.array(rows.failed, pa.string()),
        "fitted": pa.array(rows.fitted, pa.bool_()),
    }
    for name, values in rows.columns.items():
        columns[name] = pa.array(np.array(values, dtype=np.float64))
    return pa.table(columns)


def joined(tables: Sequence[Table]) -> Table:
    """Blocks together; a column that a block lacks (all its draws failed) is nan there."""
    pa, pc = arrow(), compute()
    if not tables:
        return summary_table(Rows())
    table = pa.concat_tables(tables, promote_options="default")
    for i, name in enumerate(table.column_names):
        if name not in FIRST_COLUMNS and table[name].null_count:
            table = table.set_column(i, name, pc.fill_null(table[name], np.nan))
    return table.combine_chunks()


def histogram_table(rows: Rows) -> Table:
    """Counts of a block by plan, reading and measure; bin null counts rows without a number."""
    pa = arrow()
    out: dict[str, list[Any]] = {
        key: [] for key in ("plan", "reading", "measure", "width", "bin", "count")
    }
    keys = list(dict.fromkeys(zip(rows.plan, rows.reading, strict=True)))
    for plan, reading in keys:
        mine = np.array(
            [(p, r) == (plan, reading) for p, r in zip(rows.plan, rows.reading, strict=True)]
        )
        for name, h in counted({k: np.array(v)[mine] for k, v in rows.columns.items()}).items():
            bins: list[tuple[int | None, int]] = [
                (h.first + int(i), int(h.counts[i])) for i in np.flatnonzero(h.counts)
            ]
            if h.missing:
                bins.append((None, h.missing))
            for place, number in bins:
                for key, value in zip(
                    out, (plan, reading, name, h.width, place, number), strict=True
                ):
                    out[key].append(value)
    types = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.int64(), pa.int64())
    return pa.table({k: pa.array(v, t) for (k, v), t in zip(out.items(), types, strict=True)})


def load_histogram(
    folder: str | Path, name: str, plan: str, reading: str | None = None
) -> Histogram | None:
    """The histogram of a measure from the counts in a folder, without the rows; None if not counted."""
    pc, pq = compute(), parquet()
    parts = []
    for path in sorted((Path(folder) / "histograms").glob("*.parquet")):
        table = pq.read_table(path)
        table = table.filter((pc.field("measure") == name) & (pc.field("plan") == plan))
        same = (
            pc.is_null(table["reading"]) if reading is None else pc.equal(table["reading"], reading)
        )
        table = table.filter(same)
        bins, counts = table["bin"].to_pylist(), table["count"].to_pylist()
        known = {b: n for b, n in zip(bins, counts, strict=True) if b is not None}
        missing = sum(n for b, n in zip(bins, counts, strict=True) if b is None)
        first = min(known, default=0)
        array = np.zeros(max(known) - first + 1 if known else 0, dtype=np.int64)
        for b, n in known.items():
            array[b - first] = n
        if bins:
            parts.append(Histogram(width_of(name), first, array, missing))
    return added(parts)


def design_table(design: Design) -> Table:
    """A design: values, then points, with what else it holds as metadata."""
    pa = arrow()
    columns: dict[str, Any] = {"draw": pa.array(np.arange(design.draws))}
    for j, path in enumerate(design.paths):
        columns[path] = pa.array(design.values[:, j])
    if design.points is not None:
        for j, path in enumerate(design.paths):
            columns[f"point:{path}"] = pa.array(design.points[:, j])
    head = {
        "paths": design.paths,
        "seed": design.seed,
        "method": design.method,
        "reading": design.reading,
        "base": design.base,
        "has_points": design.points is not None,
    }
    return pa.table(columns).replace_schema_metadata({"offramp": json.dumps(head)})


def inputs_table(design: Design, readings: Sequence[str | None], inputs: Sequence[Floats]) -> Table:
    """The values of each draw under each reading."""
    pa = arrow()
    n = design.draws
    columns: dict[str, Any] = {
        "draw": pa.array(np.tile(np.arange(n), len(readings))),
        "reading": pa.array([r for r in readings for _ in range(n)], pa.string()),
    }
    stacked = np.concatenate(list(inputs))
    for j, path in enumerate(design.paths):
        columns[path] = pa.array(stacked[:, j])
    return pa.table(columns)
