"""Blocks on a Dask cluster, by the address of its scheduler.

The scheduler gives a block to another worker when the one that had it dies, so nothing is lost; a block
that kills three workers in a row is given up with Dask's own ``KilledWorker``. Workers need Offramp, of
this version, installed. ``pip install offramp[cluster]`` brings ``distributed``, which is imported only here.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from importlib import import_module
from typing import Any

from offramp.ensembles.manifest import VERSION
from offramp.ensembles.work import Block, Rows, Setting, packed, perform_packed

PATIENCE = 10.0
"""Seconds to wait for a scheduler to answer."""


class NoCluster(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def on_cluster(
    setting: Setting, blocks: Sequence[tuple[int, Block]], scheduler: str
) -> Generator[tuple[int, Rows]]:
    """Blocks on a cluster, as they are done. If the caller stops, what is queued is withdrawn.

    Raises:
        NoCluster: if ``distributed`` is not installed, nobody answers at the address, there is no
            worker, or a worker has another version of Offramp.
    """
    try:
        distributed: Any = import_module("distributed")
    except ModuleNotFoundError:
        raise NoCluster(
            "a cluster needs the package `distributed`: pip install 'offramp[cluster]'"
        ) from None
    key, pickled = packed(setting)
    try:
        client = distributed.Client(scheduler, set_as_default=False, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        raise NoCluster(f"nobody answers at {scheduler}: {error}") from None
    with client:
        _same_version(client.run(_version), scheduler)
        # A task and not scattered data: it is made again if the worker that holds it dies.
        shared = client.submit(bytes, pickled, key=f"offramp-setting-{key}")
        futures = [client.submit(_perform, key, shared, block, pure=False) for _, block in blocks]
        number = {future.key: n for future, (n, _) in zip(futures, blocks, strict=True)}
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                yield number[future.key], future.result()
        finally:
            client.cancel(futures)


def _perform(key: str, pickled: bytes, block: Block) -> Rows:
    os.environ["OFFRAMP_THREADS"] = "1"
    return perform_packed(key, pickled, block)


def _version() -> str:
    return VERSION


def _same_version(found: dict[str, str], scheduler: str) -> None:
    if not found:
        raise NoCluster(f"the cluster at {scheduler} has no workers")
    for worker, theirs in found.items():
        if theirs != VERSION:
            raise NoCluster(
                f"{worker} has Offramp {theirs} and this is {VERSION}: results would not be "
                "comparable"
            )
