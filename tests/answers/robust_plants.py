"""Planted results for the tests of robust plans: outcomes of our own making on the starter's plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from tests.ensembles.ensemble_crises import starter

from offramp.answers._robust_bars import bars_of
from offramp.answers._robust_check import PlanError
from offramp.answers._robust_facts import Found, examine
from offramp.answers._robust_moments import observed
from offramp.answers.robust import _answer
from offramp.crisis import Crisis, load

PLANS = ("status_quo", "pressure")


@cache
def crisis() -> Crisis:
    """The starter with a reading and a base rate of its own making."""
    data = starter().model_dump(mode="json")
    data["epochs"] = {"now": {"name": "Now", "as_of": data["as_of"], "regime": "standoff"}}
    data["readings"] = {
        key: {"label": label, "stance": "planted", "epoch": "now", "as_of": data["as_of"]}
        for key, label in (("calm", "A calm reading"), ("grim", "A grim reading"))
    }
    data["base_rates"] = {
        "ends": {
            "name": "Disputes like it end within a year", "value": [0.4, 0.2, 0.6],
            "definition": "planted", "bears_on": "P(settlement within 12 months)",
        },
        "bare": {
            "name": "No range", "value": 0.4, "definition": "planted",
            "bears_on": "P(settlement within 6 months)",
        },
        "other": {
            "name": "Bears on nothing", "value": [0.4, 0.2, 0.6], "definition": "planted",
            "bears_on": "Shares of regimes",
        },
    }  # fmt: skip
    return load(data)


@dataclass(frozen=True)
class Planted:
    """Results as a run gives them, with outcomes of our own making: by (measure, plan, reading)."""

    columns: dict[tuple[str, str, str | None], Any]
    readings: tuple[str | None, ...] = (None,)
    plans: tuple[str, ...] = PLANS
    reasons: tuple[tuple[int, str], ...] = ()
    mended: tuple[int, ...] = ()

    @property
    def draws(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def design(self) -> Any:
        return SimpleNamespace(draws=self.draws, paths=("war.cost.B",), hash="planted planted")

    @property
    def rows(self) -> Any:
        met = np.ones(self.draws)
        return {"met": SimpleNamespace(to_numpy=lambda zero_copy_only: met)}

    def column(self, name: str, plan: str, reading: str | None = None) -> Any:
        return np.asarray(self.columns[name, plan, reading], dtype=float)

    def failures(self, plan: str, reading: str | None = None) -> Any:
        return self.reasons if plan == "pressure" else ()

    def fitted(self, reading: str | None = None) -> Any:
        return np.isin(np.arange(self.draws), self.mended)


def planted(gain: Any, n: int = 64, readings: tuple[str | None, ...] = (None,), **more: Any) -> Any:
    """``gain``: reading -> what pressure is worth more than the status quo, by future."""
    gains = gain if isinstance(gain, dict) else {None: gain}
    columns = {}
    for r in readings:
        columns["value_a", "status_quo", r] = np.full(n, 0.5)
        columns["value_a", "pressure", r] = 0.5 + np.asarray(gains[r])
        for p in PLANS:
            columns["disaster_12", p, r] = np.full(n, 0.01)
    return Planted(columns, readings, **more)


def error_of(value: float) -> PlanError:
    square = np.array([[0.0, value], [value, 0.0]])
    names = ("value_a", "disaster_12", "settled_12")
    return PlanError(
        "tiny", "finer", 4, dict.fromkeys(names, square), dict.fromkeys(names, np.full(2, value)),
        dict.fromkeys(names, value),
    )  # fmt: skip


def examined(results: Any, error: float = 0.0, share: float = 0.5, **more: Any) -> Found:
    bars = more.pop("bars", bars_of(crisis(), PLANS, None, 12))
    seen = observed(crisis(), PLANS, more.pop("moments", ()))
    return examine(crisis(), results, bars, share, error_of(error), seen)


def answered(results: Any, **more: Any) -> Any:
    return _answer(crisis(), results, examined(results, **more), 8.0, 0)


def observing(n: int = 400) -> Any:
    """In half of the futures settlements come often, and there pressure pays."""
    often = np.arange(n) % 2 == 0
    results = planted(np.where(often, 0.1, -0.1), n=n)
    for p in PLANS:
        results.columns["settled_12", p, None] = np.where(often, 0.8, 0.2)
    return results
