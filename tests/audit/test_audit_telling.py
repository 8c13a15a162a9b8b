"""What would tell readings apart: known informations, readings that differ or do not, tests of the file."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.audit.audit_crises import reference
from tests.audit.test_audit_answer import two_readings

import offramp
from offramp.answers._bluff_moves import information
from offramp.audit import _telling as telling
from offramp.audit._epochs import setting_of
from offramp.audit._looks import Look, looks_of, months_of
from offramp.audit._telling import Told, parts_of, read_paths, tell
from offramp.audit._telling_views import (
    NOTHING,
    beyond,
    discriminators_table,
    telling_chart,
    telling_table,
    title_of,
)
from offramp.crisis import Crisis, CrisisError
from offramp.game._resolution import named


def told_of(crisis: Crisis, readings: list[str], draws: int = 6, check: int = 0) -> Told:
    found = tell(
        crisis, readings, draws, check, named("sketch"), named("draft"), seed=0, kept=None,
        workers=1, progress=None,
    )  # fmt: skip
    assert found is not None
    return found


def with_tests(*tests: dict[str, Any]) -> Crisis:
    """The two readings with discriminators, and a third reading that is the second again."""
    raw: dict[str, Any] = two_readings().model_dump(mode="json")
    twin = dict(raw["readings"]["cheap"], label="War is cheap, said again", claims={})
    raw["readings"]["twin"] = twin
    base = {"readings": ["dear", "cheap"], "parameter": "war.cost.B", "test": "Look."}
    raw["discriminators"] = [{**base, **test} for test in tests]
    return offramp.load(raw)


TESTS: tuple[dict[str, Any], ...] = (
    {"observe": {"a settlement within half a year": "P_deal(6 | status_quo)"}},
    {"observe": {"one": "P_deal(6 | status_quo)", "two": "1 - P_deal(6 | status_quo) / 2"}},
    {"not_observed": "Nobody keeps count of it."},
    {},
)


@cache
def crisis() -> Crisis:
    return with_tests(*TESTS)


@cache
def told() -> Told:
    return told_of(crisis(), ["dear", "cheap", "twin"], draws=20)


def test_information_from_even_odds_is_the_mutual_information() -> None:
    p, q = np.array([0.9, 0.1, 0.0]), np.array([0.2, 0.3, 0.5])
    joint = np.stack([p, q], axis=1)
    assert parts_of(p, q).sum() == pytest.approx(information(joint, np.array([0.5, 0.5])))
    assert parts_of(p, p) == pytest.approx([0, 0, 0], abs=1e-15)
    assert parts_of(np.array([1.0, 0]), np.array([0, 1.0])).sum() == pytest.approx(1)
    # A coin of .75 against one of .25: 1 - H(.25) bits.
    biased = parts_of(np.array([0.75, 0.25]), np.array([0.25, 0.75])).sum()
    assert biased == pytest.approx(1 + 0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))


def test_chances_of_outcomes_add_up_under_every_reading() -> None:
    for every in told().by_pair.values():
        for t in every:
            assert sum(t.first) == pytest.approx(1, abs=1e-9)
            assert sum(t.second) == pytest.approx(1, abs=1e-9)
            assert 0 <= t.bits <= 1 + 1e-12


def test_a_dear_war_shows_in_an_early_settlement() -> None:
    """War that costs B much makes it sign sooner: seen, that favours the reading that says so."""
    t = told().of(("dear", "cheap"), "deal")
    assert t is not None
    assert t.first[0] > t.second[0] + 0.1
    early = t.look.outcomes[0]
    assert early == "by month 6"
    best = told().best(("dear", "cheap"))
    assert t in best
    assert t.favours == ("dear" if t.first[t.best] > t.second[t.best] else "cheap")
    assert t.odds > 1
    assert best[0].bits == max(x.bits for x in best)


def test_two_readings_that_assume_the_same_are_told_apart_by_nothing() -> None:
    for t in told().by_pair["cheap", "twin"]:
        assert t.bits == pytest.approx(0, abs=1e-12)
        assert not t.sure
    assert told().best(("cheap", "twin")) == ()
    table = telling_table(crisis(), told())
    row = next(r for r in table.rows if "said again" in str(r[0]) and "dear" not in str(r[0]))
    assert row[1] == NOTHING
    alone = told_of(crisis(), ["cheap", "twin"], draws=2)
    assert "Nothing that this game predicts" in title_of(alone)


def test_the_title_says_how_much_is_told() -> None:
    best = told().best(("dear", "cheap"))[0]
    most = max(
        (told().best(pair)[0] for pair in told().by_pair if told().best(pair)), key=lambda t: t.bits
    )
    assert f"{most.bits:.2f} of 1 bit" in title_of(told())
    weak = replace(best, bits=0.006)
    faint = replace(told(), by_pair={("dear", "cheap"): (weak,)})
    assert "0.01 of 1 bit" in title_of(faint)


def test_a_test_of_the_file_has_the_information_of_the_observation_that_it_names() -> None:
    mine = told().of(("dear", "cheap"), "test:0")
    same = told().of(("cheap", "dear"), "deal")
    assert mine is not None
    assert same is not None
    assert mine.first[0] == pytest.approx(same.first[0], abs=1e-12)
    assert mine.second[0] == pytest.approx(same.second[0], abs=1e-12)
    assert mine.look.outcomes[-1] == "none of these"
    assert mine.bits <= same.bits + 1e-12, "fewer outcomes never tell more"
    assert told().of(("dear", "twin"), "test:0") is None, "asked of the two that it names"


def test_a_test_without_a_figure_says_why() -> None:
    table = discriminators_table(crisis(), told())
    assert table is not None
    said = [str(row[-1]) for row in table.rows]
    assert "favours" in said[0]
    assert "not those of outcomes" in said[1]
    assert said[2] == "Nobody keeps count of it."
    assert "names nothing" in said[3]
    assert [row[3] is None for row in table.rows] == [False, True, True, True]
    unasked = discriminators_table(crisis(), told_of(crisis(), ["cheap", "twin"], draws=2))
    assert unasked is not None
    assert "was not audited" in str(unasked.rows[0][-1])


def test_a_finer_grid_bounds_what_is_called_a_difference() -> None:
    checked = told_of(crisis(), ["dear", "cheap"], draws=4, check=1)
    t = checked.of(("dear", "cheap"), "deal")
    assert t is not None
    assert t.error >= 0
    assert checked.checked == 1
    assert replace(t, error=abs(t.gap) + 0.01).sure is False
    assert replace(t, error=0.0, gap_low=0.1, gap_high=0.2).sure is True
    assert replace(t, gap_low=-0.1, gap_high=0.2).sure is False
    unknown = replace(t, error=math.nan, gap_low=0.1, gap_high=0.2)
    assert unknown.sure is False, "asked on the finer grid, without an answer"
    assert replace(unknown, checked=False).sure is True


def test_words_claim_a_finer_grid_only_where_one_was_asked() -> None:
    for found, checked in ((told(), False), (told_of(crisis(), ["dear", "cheap"], 4, 1), True)):
        note, tests = telling_table(crisis(), found).note, discriminators_table(crisis(), found)
        assert tests is not None
        assert ("what the next finer grid moves" in beyond(found)) is checked
        assert (f"beyond {beyond(found)}, by" in note) is True
        assert ("No draw was asked again on a finer grid" in note) is not checked


def pairs_of_chances(seed: int) -> dict[tuple[str, bool], Any]:
    """Eight draws of 25 observations under two readings that differ by nothing but chance."""
    rng = np.random.default_rng(seed)

    def one() -> Any:
        two = rng.beta(2, 5, (8, 20))
        four = rng.dirichlet([1, 2, 3, 4], (8, 5)).reshape(8, 20)
        return np.hstack([np.stack([two, 1 - two], 2).reshape(8, 40), four])

    return {("r", True): one(), ("s", True): one()}


def test_chance_alone_rarely_tells_a_pair_apart_whatever_is_looked_at() -> None:
    looks = (
        *(Look(f"a{i}", "event", "a", ("yes", "no")) for i in range(20)),
        *(Look(f"b{i}", "state", "b", tuple("abcd")) for i in range(5)),
    )
    keys = tuple(x.key for x in looks)
    asked = {"r": keys, "s": keys}
    wrong = sum(
        any(t.sure for t in telling._ranked(("r", "s"), looks, asked, pairs_of_chances(seed)))
        for seed in range(60)
    )
    assert wrong <= 8, "5 % expected: more than 8 of 60 has a chance below 1 in 1000"
    # A difference that is there is found all the same.
    tables = pairs_of_chances(0)
    tables["s", True][:, :2] = tables["r", True][:, :2] + [0.2, -0.2]
    first = telling._ranked(("r", "s"), looks, asked, tables)[0]
    assert first.look.key == "a0"
    assert first.sure
    assert first.gap_low == pytest.approx(-0.2)


def test_the_interval_of_an_information_covers_it() -> None:
    rng = np.random.default_rng(3)
    look = (Look("a", "event", "a", ("yes", "no")),)
    asked = {"r": ("a",), "s": ("a",)}
    for shift in (0.0, 0.1, 0.3):
        true = float(parts_of(np.array([0.35, 0.65]), np.array([0.35 + shift, 0.65 - shift])).sum())
        inside = 0
        for _ in range(200):
            base = rng.uniform(0.2, 0.5, (8, 1))
            tables = {
                (r, True): np.hstack([x, 1 - x])
                for r, at in (("r", 0.0), ("s", shift))
                for x in [base + at + rng.normal(0, 0.05, (8, 1))]
            }
            (t,) = telling._ranked(("r", "s"), look, asked, tables)
            assert 0 <= t.low <= t.bits <= t.high <= 1
            inside += t.low <= true + 1e-12 and true <= t.high
        assert inside >= 180


def test_what_the_looks_read_is_drawn() -> None:
    """Hazards of office, elections, and levers that only a test of the file asks about."""
    case = reference()
    setting = setting_of(case, "delay_costs", True)
    plan = next(iter(case.plans))
    found = read_paths(case, setting, looks_of(case), plan, named("sketch"))
    for path in (
        "blocs.B.office_hazard", "members.FR.elections.0.hostile",
        "levers.relief_schedule.cost_to_target",
    ):  # fmt: skip
        assert path in found
    none = read_paths(case, setting, (), plan, named("sketch"))
    assert set(none) < set(found)
    assert "blocs.B.office_hazard" not in none


def test_reasons_are_given_only_where_there_is_no_figure() -> None:
    pair = ("dear", "cheap")
    assert set(told().reasons[pair]) == {"test:1"}
    assert "not those of outcomes" in str(told().why(("cheap", "dear"), "test:1"))
    assert told().why(pair, "test:0") is None
    assert dict(told().reasons["dear", "twin"]) == {}, "the test is not of this pair"
    # Answered in some draws, refused in another: there is a figure, hence no reason.
    look = (Look("a", "event", "a", ("yes", "no")),)
    asked = {"r": ("a",), "s": ("a",)}
    rows = np.array([[0.2, 0.8], [0.3, 0.7], [np.nan, np.nan]])
    found = telling._ranked(("r", "s"), look, asked, {("r", True): rows, ("s", True): rows})
    assert found[0].draws == 2
    assert telling._reasons(("r", "s"), found, asked, {"r": {"a": "no"}, "s": {}}) == {}
    assert telling._reasons(("r", "s"), (), asked, {"r": {}, "s": {"a": "no"}}) == {"a": "no"}


def test_the_chart_has_a_row_for_each_pair_and_says_what_the_table_says() -> None:
    chart = telling_chart(crisis(), told())
    assert chart is not None
    assert len(chart.table.rows) == 3
    json.dumps(dict(chart.spec), allow_nan=False)
    best = told().best(("dear", "cheap"))[0]
    assert chart.table.rows[0][1:3] == (best.look.text, best.look.outcomes[best.best])


def test_what_a_discriminator_observes_is_checked_at_load() -> None:
    with pytest.raises(CrisisError) as caught:
        with_tests(
            {"observe": {"x": "P_deel(6 | status_quo)"}},
            {"observe": {"x": "P_deal(6 | status_quo) > 0.5"}},
            {"items": ["e_none"]},
        )
    found = {".".join(map(str, p.path)): p for p in caught.value.problems}
    assert "P_deal" in str(found["discriminators.0.observe.x"].suggestion)
    assert "number is needed" in found["discriminators.1.observe.x"].message
    assert "e_none" in found["discriminators.2.items.0"].message
    with pytest.raises(CrisisError, match="the reason why there is neither"):
        with_tests({"observe": {"x": "P_deal(6 | status_quo)"}, "not_observed": "No."})


def test_every_test_of_the_reference_case_has_a_figure_or_a_reason() -> None:
    case = reference()
    keys = ["delay_costs", "raise_the_risk", "no_carrots"]
    found = told_of(case, keys, draws=2)
    table = discriminators_table(case, found)
    assert table is not None
    assert len(table.rows) == len(case.discriminators) == 6
    asked = [set(t.readings) <= set(keys) for t in case.discriminators]
    for row, both in zip(table.rows, asked, strict=True):
        assert (row[3] is not None) == both
        assert row[-1]
    kinds = {look.kind for look in looks_of(case)}
    assert kinds == {
        "state",
        "deal",
        "contract",
        "move",
        "event",
        "member",
        "item",
        "stand",
        "test",
    }
    assert months_of(case) == (6, 12)
    for pair in found.by_pair:
        assert all(t.look.kind != "stand" for t in found.best(pair))
