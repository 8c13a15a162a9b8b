"""Observed figures that a mixture of the draws should have, and the weights that give it them.

A *moment* says that a figure of the game under one plan, averaged over the draws, was observed at a value
with an error: how often wars like this one have ended within a year, say. Weights are the closest to equal
ones under which the averages come as near as the errors ask (entropy tilting,
:mod:`offramp.ensembles.weights`). They are found anew under every reading, so a reading that has to strain
for an observation shows it by how few of its draws are left to count; readings are never weighed against
each other.

A moment is not an event. That no deal was signed by June is evidence, and belongs to the evidence of the
crisis file.

*What can be observed*: ``settled_t, war_t, ceasefire_t, standoff_t, disaster_t, a_collapsed_t, b_collapsed_t,
fought_out_t, first_deal_t, intact_t`` of the results, and of these::

    ended_t            = 1 - war_t - ceasefire_t - standoff_t - disaster_t     settled, collapsed or fought out
    ended_or_paused_t  = ended_t + ceasefire_t

Aid by donor and month is an input of a game, and of the front no draw keeps an area, so no moment can be made
of either here: what the loaders of publishers' files read bears on the ranges of the crisis file.

*Base rates*: ``base_rate:ID`` is the rate of the crisis file, its error the half width of its 90 % interval
over 1.645, its figure the one its own ``bears_on`` asks for (:mod:`._forecasts_outside`). Two rates on one
figure would count the same cases twice and are refused.

*Files.* CSV with the columns measure, plan, value, error, source (any order), or YAML::

    moments:
      - {measure: ended_12, plan: status_quo, value: 0.3, error: 0.1, source: "..."}
      - {measure: "base_rate:war_ends_12m_fit"}

Raises: :class:`offramp.crisis.CrisisError` with the place of every mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from offramp.answers._discover_facts import measure_words
from offramp.answers._facts import join
from offramp.answers._forecasts_outside import Asked, asked_of
from offramp.crisis import Crisis, CrisisError, Frozen, Problem
from offramp.crisis._diagnostics import did_you_mean
from offramp.crisis._document import read
from offramp.crisis._findings import placed
from offramp.crisis._wording import findings
from offramp.ensembles import Ensemble
from offramp.ensembles._tables_in import BadField, Layout, Record, read_table
from offramp.ensembles.weights import OutOfReach, Weighted, tilted

Floats = NDArray[np.float64]

KINDS = (
    "settled", "war", "ceasefire", "standoff", "disaster", "a_collapsed", "b_collapsed", "fought_out",
    "first_deal", "intact", "ended", "ended_or_paused",
)  # fmt: skip
"""Probabilities that can be observed, each at a month."""

OPEN = ("war", "ceasefire", "standoff", "disaster")
"""What ``ended`` leaves out."""

BASE_RATE = "base_rate:"
INTERVAL = 1.6448536269514722
"""Standard deviations from the middle to an end of a 90 % interval."""

NOT_HERE = (
    "no draw keeps aid or area; observable are " + join(f"{k}_t" for k in KINDS) + ", t a month"
)


@dataclass(frozen=True)
class Moment:
    """An observed figure.

    Attributes:
        measure: The figure, or ``base_rate:ID``.
        value, error: What was observed, and its standard deviation; of a base rate they may be left out.
        plan: The plan under which the game has the figure; None: the first that is compared.
        source: Who observed it.
    """

    measure: str
    value: float | None = None
    error: float | None = None
    plan: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Observed:
    """A moment made ready: every field is there.

    Attributes:
        name: What readers see; ``figure`` the figure of the game in words.
        measure, month, plan, value, error, source: As in :class:`Moment`.
    """

    name: str
    figure: str
    measure: str
    month: int
    plan: str
    value: float
    error: float
    source: str


def load_moments(path: str | Path) -> tuple[Moment, ...]:
    """Moments from a CSV or YAML file; what they mean is checked against a crisis by :func:`observed`.

    Raises:
        CrisisError: with every mistake and its place.
    """
    file = Path(path)
    if file.suffix.lower() in (".yaml", ".yml", ".json"):
        return _from_yaml(file)
    if not file.is_file():
        raise CrisisError([Problem("there is no such file", file=str(file), code="file")])
    rows = read_table(file, LAYOUT, _row, ("source", "plan")).strict()
    return _some(rows, str(file))


LAYOUT = Layout("observed moments", ",", True, ("measure", "value", "error"))


def _row(record: Record) -> Moment:
    def text(column: str) -> str:
        return record.text_of(column) if column in record.fields else ""

    measure = record.needed("measure")
    rate = measure.startswith(BASE_RATE)
    return _sound(
        Moment(
            measure,
            None if rate and not text("value") else record.number("value"),
            None if rate and not text("error") else record.number("error"),
            text("plan") or None,
            text("source"),
        )
    )


class _Entry(Frozen):
    """One entry of a YAML file of moments."""

    measure: str = Field(description="The figure.")
    value: float | None = Field(default=None, description="What was observed.")
    error: float | None = Field(default=None, description="Its standard deviation.")
    plan: str | None = Field(default=None, description="The plan that it is read under.")
    source: str = Field(default="", description="Who observed it.")


class _File(Frozen):
    """A YAML file of moments."""

    moments: tuple[_Entry, ...] = Field(description="What was observed.")


def _from_yaml(file: Path) -> tuple[Moment, ...]:
    document = read(file)
    try:
        content = _File.model_validate(document.data)
    except ValidationError as error:
        raise CrisisError([placed(f, document) for f in findings(error, document.data)]) from None
    rows, problems = [], []
    for i, entry in enumerate(content.moments):
        try:
            rows.append(_sound(Moment(**entry.model_dump())))
        except BadField as bad:
            place = ("moments", i, bad.field)
            problems.append(document.problem(place, str(bad), bad.suggestion, code="bad_field"))
    if problems:
        raise CrisisError(problems)
    return _some(rows, str(file))


def _some(rows: Sequence[Moment], file: str) -> tuple[Moment, ...]:
    if not rows:
        raise CrisisError([Problem("the file has no moments", file=file, code="empty")])
    return tuple(rows)


def _sound(moment: Moment) -> Moment:
    """The moment, if it is one at all.

    Raises:
        BadField: naming the field.
    """
    rate = moment.measure.startswith(BASE_RATE)
    if not rate:
        kind_of(moment.measure)
        for field, value in (("value", moment.value), ("error", moment.error)):
            if value is None:
                raise BadField(field, f"`{moment.measure}` needs a number for `{field}`")
        assert moment.value is not None
        if not 0 <= moment.value <= 1:
            raise BadField("value", f"`{moment.measure}` is a probability, not {moment.value:g}")
    if moment.error is not None and not moment.error > 0:
        raise BadField(
            "error",
            f"an error is above zero, not {moment.error:g}",
            "give the standard deviation of what was observed",
        )
    return moment


def kind_of(measure: str) -> tuple[str, int]:
    """Kind and month of an observable figure: ``settled_12`` is (settled, 12).

    Raises:
        BadField: if the results have no such figure.
    """
    found = re.fullmatch(r"([a-z_]+?)_(\d+)", measure)
    if found is None or found[1] not in KINDS:
        stem = re.sub(r"_?\d+$", "", measure)
        near = did_you_mean(stem, KINDS)
        raise BadField("measure", f"`{measure[:40]}` cannot be observed", near or NOT_HERE)
    return found[1], int(found[2])


def observed(
    crisis: Crisis, plans: Sequence[str], moments: Sequence[Moment]
) -> tuple[Observed, ...]:
    """Moments against a crisis: plans and base rates looked up, figures known.

    Raises:
        ValueError: for a plan that is not compared, a base rate that asks the game for no figure or has no
            error, a month that is not shown, a value that is no probability, or two moments on one figure.
    """
    found: list[Observed] = []
    for moment in moments:
        one = _observed(crisis, plans, moment)
        twin = next((o for o in found if (o.measure, o.plan) == (one.measure, one.plan)), None)
        if twin is not None:
            raise ValueError(
                f"{twin.name} and {one.name} observe the same figure ({one.measure} under {one.plan}): "
                "pool them into one, or they count twice"
            )
        found.append(one)
    return tuple(found)


def _observed(crisis: Crisis, plans: Sequence[str], moment: Moment) -> Observed:
    plan = moment.plan or plans[0]
    name = ""
    if moment.measure.startswith(BASE_RATE):
        name, moment, plan = _of_rate(crisis, plan, moment)
    try:
        _, month = kind_of(_sound(moment).measure)
    except BadField as bad:
        raise ValueError(f"{bad}; {bad.suggestion}" if bad.suggestion else str(bad)) from None
    if plan not in plans:
        hint = did_you_mean(plan, plans) or f"the plans are {join(plans)}"
        raise ValueError(
            f"the moment {moment.measure} is read under {plan!r}, not compared; {hint}"
        )
    if not 0 < month <= crisis.clock.horizon_months:
        raise ValueError(
            f"the moment {moment.measure} is beyond the horizon of {crisis.clock.horizon_months} months"
        )
    assert moment.value is not None
    assert moment.error is not None
    figure = figure_words(crisis, moment.measure)
    return Observed(
        name or figure,
        figure,
        moment.measure,
        month,
        plan,
        moment.value,
        moment.error,
        moment.source,
    )


def _of_rate(crisis: Crisis, plan: str, moment: Moment) -> tuple[str, Moment, str]:
    """Name, moment and plan of a base rate."""
    key = moment.measure.removeprefix(BASE_RATE).strip()
    if key not in crisis.base_rates:
        hint = did_you_mean(key, crisis.base_rates) or (
            f"there are {join(crisis.base_rates)}" if crisis.base_rates else "the crisis has none"
        )
        raise ValueError(f"there is no base rate {key!r}; {hint}")
    rate = crisis.base_rates[key]
    asked = asked_of(crisis, plan, crisis.clock.horizon_months)[key]
    if not isinstance(asked, Asked) or rate.value is None:
        why = asked if isinstance(asked, str) else "it is not one number"
        raise ValueError(f"the base rate {key!r} gives no moment: {why}")
    value = rate.value
    none = asked.what.startswith("no settlement")
    error = moment.error
    if error is None:
        if value.low is None or value.high is None or not value.high > value.low:
            raise ValueError(f"the base rate {key!r} has no range, so its error must be given")
        error = (value.high - value.low) / (2 * INTERVAL)
    kind = "ended" if "end of" in asked.what else "settled"
    stated = value.value if moment.value is None else moment.value
    source = moment.source or "; ".join(rate.source or value.source)
    figure = 1 - stated if none else stated
    return (
        rate.name,
        replace(moment, measure=f"{kind}_{asked.month}", value=figure, error=error, source=source),
        moment.plan or asked.plan,
    )


def base_rate_moments(crisis: Crisis, *ids: str) -> tuple[Moment, ...]:
    """The base rates of a crisis as moments; without ids all that ask the game for a probability and have a
    range, the first of those on one figure.

    Raises:
        ValueError: for an id that gives no moment, or a crisis without plans.
    """
    if not crisis.plans:
        raise ValueError("the crisis has no plan that a base rate could be read under")
    plans = tuple(crisis.plans)
    if ids:
        observed(crisis, plans, [Moment(BASE_RATE + i) for i in ids])
        return tuple(Moment(BASE_RATE + i) for i in ids)
    asked = asked_of(crisis, plans[0], crisis.clock.horizon_months)
    kept: dict[tuple[str, str], Moment] = {}
    for key, rate in crisis.base_rates.items():
        value = rate.value
        if isinstance(asked[key], Asked) and value is not None and value.low is not None:
            one = _observed(crisis, plans, Moment(BASE_RATE + key))
            kept.setdefault((one.measure, one.plan), Moment(BASE_RATE + key))
    return tuple(kept.values())


def figure_words(crisis: Crisis, measure: str) -> str:
    """An observable figure in words."""
    kind, _, month = measure.rpartition("_")
    words = {
        "ended": "the chance that it is settled, fought out, or a side has collapsed",
        "ended_or_paused": "the chance that it is over or a ceasefire holds",
        "standoff": "the chance of a stand-off",
        "a_collapsed": f"the chance that {crisis.blocs['A'].name} has collapsed",
        "b_collapsed": f"the chance that {crisis.blocs['B'].name} has collapsed",
        "fought_out": "the chance that the war is fought out",
    }
    return f"{words[kind]} by month {month}" if kind in words else measure_words(measure, crisis)


def weights_of(
    ensemble: Ensemble, reading: str | None, moments: Sequence[Observed], reader: str
) -> Weighted:
    """Weights on the draws under one reading; ``reader`` is what the reading is called in errors.

    Raises:
        OutOfReach: if no mixture of the draws comes near.
        ValueError: if no draw has all figures.
    """
    table = np.column_stack([figure_of(ensemble, m, reading) for m in moments])
    names = [m.name for m in moments]
    try:
        return tilted(table, [m.value for m in moments], names, errors=[m.error for m in moments])
    except OutOfReach as error:
        raise OutOfReach(f"{reader}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{reader}: {error}") from None


def figure_of(ensemble: Ensemble, moment: Observed, reading: str | None) -> Floats:
    """The figure by draw."""

    def column(kind: str) -> Floats:
        return ensemble.column(f"{kind}_{moment.month}", moment.plan, reading)

    kind, _ = kind_of(moment.measure)
    if kind not in ("ended", "ended_or_paused"):
        return column(kind)
    still: Floats = np.sum([column(k) for k in OPEN], axis=0)
    ended: Floats = 1 - still
    return ended if kind == "ended" else ended + column("ceasefire")


def moments_data(moments: Sequence[Observed]) -> list[Mapping[str, Any]]:
    """Plain values."""
    return [
        {"name": m.name, "measure": m.measure, "plan": m.plan, "value": m.value, "error": m.error,
         "source": m.source}
        for m in moments
    ]  # fmt: skip
