"""Results on disk and in memory.

A folder of results::

    manifest.json        what was solved (no machine, no date): :mod:`offramp.ensembles.manifest`
    crisis.json          the crisis, as canonical JSON
    design.parquet       draw, then point and value of every parameter
    inputs.parquet       draw, reading, then the values under that reading
    summaries/*.parquet  a row per draw, plan and reading; one file per block of draws
    histograms/*.parquet counts per block: plan, reading, measure, width, bin, count

Files are complete when they have their name: they are written beside it and renamed. Nothing in them
depends on the number of workers. Every file can be read alone by pandas, polars, R's arrow or DuckDB;
``docs/ensembles.md`` is the data dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis, canonical
from offramp.ensembles.arrow import Table, parquet
from offramp.ensembles.design import Design
from offramp.ensembles.ensemble import Ensemble
from offramp.ensembles.manifest import OtherRun, refuse_other, written
from offramp.ensembles.tables import (
    design_table,
    histogram_table,
    inputs_table,
    joined,
    summary_table,
)
from offramp.ensembles.work import Rows

Floats = NDArray[np.float64]


class NoResults(ValueError):
    """A folder without results; the message says what is missing."""


@dataclass(frozen=True)
class Folder:
    """A folder of results."""

    path: Path

    def begin(
        self,
        manifest: dict[str, Any],
        crisis: Crisis,
        design: Design,
        readings: Sequence[str | None],
        inputs: Sequence[Floats],
    ) -> None:
        """Make the folder ready, or check that it holds this very run.

        Raises:
            OtherRun: if it holds another run, or results that no manifest speaks for.
        """
        at = self.path / "manifest.json"
        if at.exists():
            refuse_other(json.loads(at.read_text("utf-8")), manifest, str(self.path))
            return
        if self.done():
            raise OtherRun(
                f"{self.path} holds results without a manifest.json: nobody can tell of which run; "
                "name another folder"
            )
        for name in ("summaries", "histograms"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        _put(self.path / "crisis.json", canonical(crisis).encode())
        _put_table(self.path / "design.parquet", design_table(design))
        _put_table(self.path / "inputs.parquet", inputs_table(design, readings, inputs))
        # Last: with a manifest, the folder is complete but for its blocks.
        _put(at, written(manifest).encode())

    def done(self) -> set[int]:
        """Numbers of the blocks that are there."""
        return {
            int(p.stem.split("-")[1]) for p in (self.path / "summaries").glob("block-*.parquet")
        }

    def write(self, number: int, rows: Rows) -> None:
        """Keep a block; its summary last, for that is what says it is there."""
        name = f"block-{number:06d}.parquet"
        _put_table(self.path / "histograms" / name, histogram_table(rows))
        _put_table(self.path / "summaries" / name, summary_table(rows))

    def read(self) -> Table:
        """All rows that are there, in order."""
        return read_rows(self.path / "summaries")


def read_rows(folder: str | Path, columns: Sequence[str] | None = None) -> Table:
    """The rows in a folder of summaries, in order: all columns, or some."""
    pq = parquet()
    paths = sorted(Path(folder).glob("block-*.parquet"))
    wanted = None if columns is None else list(columns)
    return joined([pq.read_table(path, columns=wanted) for path in paths])


def load_results(folder: str | Path) -> Ensemble:
    """Read a folder of results, complete or interrupted.

    Raises:
        NoResults: if there is no manifest.
    """
    pq = parquet()
    at = Path(folder)
    if not (at / "manifest.json").exists():
        raise NoResults(f"{folder} holds no results: there is no manifest.json")
    manifest = json.loads((at / "manifest.json").read_text("utf-8"))
    stored = pq.read_table(at / "design.parquet")
    head = json.loads(stored.schema.metadata[b"offramp"])
    paths = tuple(head.pop("paths"))
    points = None
    if head.pop("has_points"):
        points = np.column_stack([stored[f"point:{p}"].to_numpy() for p in paths])
    values = np.column_stack([stored[p].to_numpy() for p in paths])
    design = Design(paths, values, points, **head)
    readings = tuple(manifest["readings"])
    drawn = pq.read_table(at / "inputs.parquet", columns=list(paths))
    every = np.column_stack([drawn[p].to_numpy() for p in paths])
    inputs = tuple(every.reshape(len(readings), design.draws, len(paths)))
    return Ensemble(
        design, tuple(manifest["plans"]), readings, manifest, Folder(at).read(), inputs, at
    )


def _beside(path: Path) -> Path:
    """A name that no other process writes to, here or on a machine that shares the folder."""
    return path.with_name(f"{path.name}.{uuid4().hex}.part")


def _put(path: Path, content: bytes) -> None:
    beside = _beside(path)
    beside.write_bytes(content)
    beside.replace(path)


def _put_table(path: Path, table: Table) -> None:
    pq = parquet()
    beside = _beside(path)
    pq.write_table(table, beside, compression="zstd")
    beside.replace(path)
