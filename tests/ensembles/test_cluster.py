"""Ensembles on a Dask cluster: the same bytes, and a worker that dies loses nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import PATHS, TINY, starter

from offramp.ensembles import NoCluster, cluster, run, sample

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # what a dying worker says is not ours


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as local:
        yield local


def pids(local: Any) -> dict[str, int]:
    with distributed.Client(local, set_as_default=False) as client:
        return dict(client.run(os.getpid))


def test_a_worker_killed_in_the_middle_loses_nothing(two_workers: Any, tmp_path: Path) -> None:
    crisis = starter()
    design = sample(crisis, PATHS, draws=96, seed=2)
    settings: dict[str, Any] = {"plans": ("status_quo", "pressure"), "resolution": TINY}
    alone = run(crisis, design, workers=1, folder=tmp_path / "alone", **settings)
    victims = list(pids(two_workers).values())
    killed: list[int] = []

    def kill_one(label: str, done: int, total: int) -> None:
        if not killed:
            assert done < total
            os.kill(victims[0], signal.SIGKILL)
            killed.append(done)

    found = run(
        crisis, design, scheduler=two_workers.scheduler_address, folder=tmp_path / "cluster",
        progress=kill_one, **settings,
    )  # fmt: skip
    assert killed
    assert found.complete
    assert not found.failures("pressure")
    assert victims[0] not in pids(two_workers).values()
    for plan in ("status_quo", "pressure"):
        np.testing.assert_array_equal(found.column("value_a", plan), alone.column("value_a", plan))
    for one in sorted((tmp_path / "alone").rglob("*.*")):
        other = tmp_path / "cluster" / one.relative_to(tmp_path / "alone")
        assert one.read_bytes() == other.read_bytes(), one.name


def test_a_cluster_of_another_version_is_refused(
    two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crisis = starter()
    design = sample(crisis, PATHS, draws=2)
    monkeypatch.setattr(cluster, "VERSION", "0.0.0")
    with pytest.raises(NoCluster, match="would not be comparable"):
        run(
            crisis, design, plans=("pressure",), resolution=TINY,
            scheduler=two_workers.scheduler_address,
        )  # fmt: skip


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(cluster, "import_module", missing)
    crisis = starter()
    with pytest.raises(NoCluster, match=r"offramp\[cluster\]"):
        run(
            crisis, sample(crisis, PATHS, draws=2), plans=("pressure",), resolution=TINY,
            scheduler="tcp://127.0.0.1:1",
        )  # fmt: skip


def test_an_address_at_which_nobody_answers_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    crisis = starter()
    with pytest.raises(NoCluster, match="nobody answers at"):
        run(
            crisis, sample(crisis, PATHS, draws=2), plans=("pressure",), resolution=TINY,
            scheduler="tcp://127.0.0.1:1",
        )  # fmt: skip
