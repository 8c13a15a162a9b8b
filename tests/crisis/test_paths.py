"""Paths: every number can be found and replaced; other dates and authors see what they may see."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest

from offramp import library
from offramp.crisis import (
    BadValue,
    Crisis,
    CrisisError,
    Quantity,
    UnknownPath,
    crisis_hash,
    defaults_used,
    get,
    in_epoch,
    limits,
    load,
    loads,
    override,
    parameters,
    quantities,
    with_reading,
)
from offramp.crisis._starter import text

HISTORY = """
epochs:
  spring:
    name: Spring
    as_of: 2025-04-01
    prior_date: 2025-01-01
    regime: standoff
    changes:
      levers.embargo.ramp: [6, 3, 9]
      contracts.freeze.terms.line: 0.45
  now: { name: Now, as_of: 2026-01-15, regime: war }
readings:
  hawk:
    label: The hawk
    epoch: spring
    as_of: 2025-03-20
    stance: Only pressure works.
    premises:
      - { path: types.stalling.prior, value: [0.8, 0.7, 0.9] }
      - { path: blocs.B.patience, value: 0.98 to 0.99 }
transplant:
  maps: { blocs.B.patience: blocs.A.patience }
dependence:
  autumn: { items: [counter_offer, drill, parade], exponent: 0.5 }
"""
EVIDENCE = """
  drill:
    date: 2025-02-01
    text: A drill near the strait.
    epochs: [spring, now]
    likelihood: { weary: 0.2, stalling: 0.3 }
  parade:
    date: 2025-02-02
    text: A parade.
    sealed_for: [spring]
    likelihood: { weary: 0.2, stalling: 0.3 }
  budget:
    date: 2025-02-03
    text: A budget.
    epochs: [now]
    likelihood: { weary: 0.2, stalling: 0.3 }
"""


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    return loads(text() + EVIDENCE + HISTORY)


# --- Finding -------------------------------------------------------------------------------


def test_every_quantity_is_where_its_path_says(crisis: Crisis) -> None:
    found = quantities(crisis)
    assert len(found) > 100
    assert all(get(crisis, path) is number for path, number in found.items())


def test_quantities_come_in_the_order_of_the_file(crisis: Crisis) -> None:
    types = [path for path in quantities(crisis) if re.fullmatch(r"types\.\w+\.prior", path)]
    assert types == ["types.weary.prior", "types.stalling.prior"]
    rungs = [path for path in quantities(crisis) if path.startswith("ladder.rungs.")]
    assert rungs == [f"ladder.rungs.{n}.accident" for n in range(4)]


def test_what_authors_say_is_no_parameter_of_the_game(crisis: Crisis) -> None:
    assert "readings.hawk.premises.0.value" in quantities(crisis)
    assert "readings.hawk.premises.0.value" not in parameters(crisis)


def test_answers_of_single_experts_are_part_of_their_number(crisis: Crisis) -> None:
    experts = {"experts": [{"who": "a", "value": 0.2}], "pool": "linear"}
    changed = override(crisis, {"war.intensity": experts})
    assert [p for p in quantities(changed) if "experts" in p] == []


def test_defaults_are_listed_until_somebody_states_the_number(crisis: Crisis) -> None:
    assert "blocs.A.patience" in defaults_used(crisis)
    assert "types.stalling.prior" not in defaults_used(crisis)
    stated = override(crisis, {"blocs.A.patience": 0.97})
    assert "blocs.A.patience" not in defaults_used(stated)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("blocs.B.patence", "`blocs.B.patience`"),
        ("levers.embrago.ramp", "`levers.embargo.ramp`"),
        ("lever.embargo.ramp", "`levers.embargo.ramp`"),
        ("ladder.rungs.9.accident", "rungs"),
        ("embargo.ramp", "`levers.embargo.ramp`"),
        ("broker.aid", "give `broker` as a whole"),
        ("types.stalling.prior.valve", "value"),
    ],
)
def test_an_unknown_path_gets_a_did_you_mean(crisis: Crisis, path: str, hint: str) -> None:
    for look in (get, limits, lambda c, p: override(c, {p: 0.5})):
        with pytest.raises(UnknownPath) as caught:
            look(crisis, path)
        assert hint in str(caught.value)
        assert caught.value.path == path
        assert isinstance(caught.value, KeyError)


# --- Replacing -----------------------------------------------------------------------------


def test_an_override_leaves_the_old_crisis_as_it_was(crisis: Crisis) -> None:
    before = crisis_hash(crisis)
    changed = override(crisis, {"levers.embargo.ramp": 8, "ladder.rungs.1.accident": 0.001})
    assert crisis_hash(crisis) == before != crisis_hash(changed)
    assert get(changed, "levers.embargo.ramp").value == 8
    assert get(changed, "ladder.rungs.1.accident").value == 0.001
    assert changed.types is crisis.types


@pytest.mark.parametrize(
    ("value", "central", "low", "high"),
    [
        (5, 5, 2, 9),
        (20, 20, None, None),
        ("1 to 3", 2, 1, 3),
        ([3, 1, 4], 3, 1, 4),
        ((3, 1, 4), 3, 1, 4),
        ({"value": 3, "source": "staff"}, 3, None, None),
        (Quantity(value=3, low=1, high=4), 3, 1, 4),
    ],
)
def test_a_quantity_takes_every_way_of_writing_a_number(
    crisis: Crisis, value: Any, central: float, low: float | None, high: float | None
) -> None:
    number = get(override(crisis, {"levers.embargo.ramp": value}), "levers.embargo.ramp")
    assert (number.value, number.low, number.high) == (central, low, high)


def test_plain_fields_and_whole_entries_take_their_own_type(crisis: Crisis) -> None:
    embargo = crisis.levers["embargo"].model_dump()
    changed = override(
        crisis,
        {
            "regime": "ceasefire",
            "contracts.freeze.terms.line": 0.4,
            "levers.blockade": {**embargo, "name": "Blockade", "rung": 2},
            "levers.blockade.rung": 3,
            "actors.arland.patience": 0.96,
            "plans.pressure.stages.1.on": [{"lever": "blockade"}],
            "red_lines.no_closure": None,
        },
    )
    assert changed.regime == "ceasefire"
    assert changed.contracts["freeze"].terms["line"] == 0.4
    assert (changed.levers["blockade"].name, changed.levers["blockade"].rung) == ("Blockade", 3)
    assert changed.actors["arland"].patience == Quantity(value=0.96)
    assert changed.plans["pressure"].stages[1].on[0].lever == "blockade"
    assert "no_closure" not in changed.red_lines


def test_an_override_equals_a_file_that_says_so(crisis: Crisis) -> None:
    written = loads(
        (text() + EVIDENCE + HISTORY).replace("lift_if_comply: 0.7", "lift_if_comply: 0.8")
    )
    assert override(crisis, {"levers.embargo.lift_if_comply": 0.8}) == written


def test_a_path_may_hold_dots_in_a_key(crisis: Crisis) -> None:
    lever = {**crisis.levers["port_fund"].model_dump(), "shifts": {"relief.comply": 0.2}}
    changed = override(crisis, {"levers.port_fund": lever})
    path = "levers.port_fund.shifts.relief.comply"
    assert path in quantities(changed)
    assert get(override(changed, {path: 0.3}), path).value == 0.3


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("levers.embargo.ramp", "soon", "expected a number"),
        ("levers.embargo.ramp", float("nan"), "infinite or undefined"),
        ("levers.embargo.ramp", True, "got true"),
        ("levers.embargo.ramp", -1, "not negative"),
        ("levers.embargo.rung", 1.5, "whole number"),
        ("issues.line.status_quo", 1.5, "at most 1"),
        ("regime", "peace", "expected `standoff`"),
        ("blocs.B.patience", 1.2, "strictly between 0 and 1"),
        ("war.collapse.A", 1.2, "between 0 and 1"),
        ("clock.recognition.A", -0.1, "between 0 and 1"),
        ("types.weary", {"name": "x"}, "prior"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    crisis: Crisis, path: str, value: Any, message: str
) -> None:
    with pytest.raises(BadValue, match=re.escape(message)):
        override(crisis, {path: value})


@pytest.mark.parametrize("path", ["types.sincere", "contracts.freeze.terms.base"])
def test_a_stray_number_makes_no_new_entry(crisis: Crisis, path: str) -> None:
    with pytest.raises(UnknownPath):
        override(crisis, {path: 0.5})


def test_limits_say_what_a_number_can_be(crisis: Crisis) -> None:
    share, discount = limits(crisis, "types.weary.prior"), limits(crisis, "blocs.A.patience")
    assert share is not None
    assert discount is not None
    assert (share.hold(1.0), discount.hold(1.0)) == (True, False)
    assert limits(crisis, "types.weary.delay_flow") is None


@pytest.mark.parametrize("name", library.names())
def test_sixty_overrides_take_less_than_twenty_milliseconds(name: str) -> None:
    crisis = load(name)
    numbers = list(parameters(crisis).items())
    changes = {path: number.value for path, number in numbers[:: max(1, len(numbers) // 60)]}
    override(crisis, changes)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        override(crisis, changes)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02


# --- Other dates and authors ---------------------------------------------------------------


def test_an_epoch_has_its_own_date_regime_numbers_and_priors_date(crisis: Crisis) -> None:
    then = in_epoch(crisis, "spring")
    assert (then.as_of, then.regime) == (dt.date(2025, 4, 1), "standoff")
    assert then.levers["embargo"].ramp.value == 6
    assert then.contracts["freeze"].terms["line"] == 0.45
    assert then.hypotheses.prior_date == dt.date(2025, 1, 1)


def test_no_evidence_from_later_or_sealed_or_elsewhere_reaches_an_epoch(crisis: Crisis) -> None:
    then = in_epoch(crisis, "spring")
    assert set(then.evidence) == {"drill"}
    assert then.dependence == {}
    now = in_epoch(crisis, "now")
    assert set(now.evidence) == set(crisis.evidence)
    assert now.dependence == crisis.dependence


def test_a_number_that_speaks_of_a_later_date_is_refused_in_an_epoch(crisis: Crisis) -> None:
    late = {"value": 0.1, "as_of": "2025-12-01"}
    changed = override(crisis, {"war.intensity": late})
    with pytest.raises(CrisisError, match=r"war\.intensity.*2025-12-01"):
        in_epoch(changed, "spring")
    assert in_epoch(changed, "now").war.intensity.value == 0.1


def test_a_reading_at_home_goes_back_to_its_epoch_first(crisis: Crisis) -> None:
    hawk = with_reading(crisis, "hawk", transplant=False)
    assert hawk.as_of == dt.date(2025, 4, 1)
    assert hawk.blocs["B"].patience.low == 0.98
    assert hawk.levers["embargo"].ramp.value == 6


def test_a_transplanted_reading_keeps_this_crisis_and_maps_its_paths(crisis: Crisis) -> None:
    hawk = with_reading(crisis, "hawk")
    assert hawk.as_of == crisis.as_of
    assert hawk.blocs["B"].patience == crisis.blocs["B"].patience
    assert hawk.blocs["A"].patience.low == 0.98


def test_types_that_a_reading_leaves_out_share_the_rest(crisis: Crisis) -> None:
    for transplant in (True, False):
        hawk = with_reading(crisis, "hawk", transplant=transplant)
        priors = {key: kind.prior.value for key, kind in hawk.types.items()}
        assert priors["stalling"] == 0.8
        assert sum(priors.values()) == pytest.approx(1 - hawk.hypotheses.unmodelled.value)


def test_a_stated_prior_is_not_updated_by_what_its_author_had_seen(crisis: Crisis) -> None:
    assert with_reading(crisis, "hawk").hypotheses.prior_date == dt.date(2025, 3, 20)


def test_a_reading_from_after_the_as_of_date_is_refused(crisis: Crisis) -> None:
    reading = crisis.readings["hawk"].model_dump() | {"as_of": "2026-06-01"}
    changed = override(crisis, {"readings.hawk": reading})
    with pytest.raises(CrisisError, match="after the as-of date"):
        with_reading(changed, "hawk")


def test_a_premise_that_speaks_of_a_later_date_is_refused(crisis: Crisis) -> None:
    path = "readings.hawk.premises.1.value"
    changed = override(crisis, {path: {"value": 0.98, "as_of": "2025-12-01"}})
    with pytest.raises(CrisisError, match="2025-12-01"):
        with_reading(changed, "hawk", transplant=False)
    assert with_reading(changed, "hawk").blocs["A"].patience.value == 0.98


def test_unknown_epochs_and_readings_get_a_did_you_mean(crisis: Crisis) -> None:
    with pytest.raises(UnknownPath, match="did you mean `spring`"):
        in_epoch(crisis, "sprng")
    with pytest.raises(UnknownPath, match="did you mean `hawk`"):
        with_reading(crisis, "hwak")


# --- Identity ------------------------------------------------------------------------------


def test_the_hash_is_of_the_content(crisis: Crisis) -> None:
    again = loads(text() + EVIDENCE + HISTORY)
    assert re.fullmatch("[0-9a-f]{64}", crisis_hash(crisis))
    assert crisis_hash(again) == crisis_hash(crisis)
    other = override(crisis, {"blocs.B.patience": 0.981})
    assert crisis_hash(other) != crisis_hash(crisis)
