"""Contribution planning: exactness, certificates, degenerate cases, errors, words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from tests.answers.answer_crises import reference, starter, starter_solved
from tests.answers.contribution_tasks import FORCE, changed, offer
from tests.answers.contribution_tasks import without as with_out

from offramp.answers import Answer
from offramp.answers._contribution_aid import aid_cut, half_back, left_after
from offramp.answers._contribution_compare import comparators, wealth
from offramp.answers._contribution_facts import planned
from offramp.answers._contribution_losses import losses
from offramp.answers._contribution_model import Binding, Model, bindings, build, coverage
from offramp.answers._contribution_solve import (
    allocate,
    minimal_coalitions,
    shares,
    weights_of,
)
from offramp.answers._contribution_task import with_need
from offramp.answers._contribution_words import causes_of
from offramp.answers.contribution import Kind, Offer, Phase, Task, contribution, task_from
from offramp.crisis import Crisis, Member, override
from offramp.theory import cobb_douglas_burden

SEEDS = range(24)


@cache
def with_members(count: int) -> Crisis:
    """The reference crisis with as many plain members as a test needs."""
    extra = {f"m{i}": Member(name=f"Member {i}") for i in range(count)}
    return reference().model_copy(update={"members": {**reference().members, **extra}})


def small_task(seed: int) -> Task:
    """Seven members and three kinds: limits, least contributions, dates, conditions, share caps."""
    rng = np.random.default_rng(seed)
    offers = {}
    for i in range(7):
        capacity = {f"k{j}": float(rng.integers(0, 10)) for j in range(3)}
        reserve = {k: float(np.floor(v * rng.random() / 2)) for k, v in capacity.items()}
        more: dict[str, Any] = {"ready": int(rng.integers(0, 3))}
        if rng.random() < 0.2:
            more["until"] = int(rng.integers(4, 8))
        if rng.random() < 0.5:
            more["total"] = {"k0": float(rng.integers(20, 60))}
        if rng.random() < 0.3:
            more["only_with"] = (f"m{rng.integers(0, 7)}",)
        if rng.random() < 0.4:
            more["minimum"] = {k: min(1.0, capacity[k] - reserve[k]) for k in ("k0", "k1")}
        offers[f"m{i}"] = Offer(capacity, reserve, **more)
    phases = tuple(
        Phase(
            f"p{p}",
            int(rng.integers(2, 6)),
            {f"k{j}": float(rng.integers(3, 10)) for j in range(3)},
        )
        for p in range(2)
    )
    kinds = (Kind("k0"), Kind("k1"), Kind("k2", rotation=1.5))
    must = ("m0",) if rng.random() < 0.3 else ()
    return Task("small", kinds, phases, offers, must_include=must, min_contributors=2)


def least_by_programme(model: Model, there: np.ndarray, kind: int) -> float:
    """Least shortfall of a kind as a plain linear programme, written down month by month."""
    months = [t for t, s in enumerate(model.stretches) for _ in range(s.months)]
    who = np.flatnonzero(there).tolist()
    n, m = len(who), len(months)
    cost = np.concatenate([np.zeros(n * m), np.ones(m)])
    rows: list[np.ndarray] = []
    right: list[float] = []
    bounds: list[tuple[float, float]] = []
    for t in range(m):
        row = np.zeros(n * m + m)
        row[[a * m + t for a in range(n)]] = -1
        row[n * m + t] = -1
        rows.append(row)
        right.append(-model.need[kind, months[t]])
    for a, i in enumerate(who):
        if np.isfinite(model.total[i, kind]):
            row = np.zeros(n * m + m)
            row[[a * m + t for t in range(m) if model.need[kind, months[t]] > 0]] = 1
            rows.append(row)
            right.append(model.total[i, kind])
        for t in range(m):
            most = model.free[i, kind, months[t]]
            least = model.minimum[i, kind] if most > 0 and model.need[kind, months[t]] > 0 else 0.0
            bounds.append((float(least), float(most)))
    bounds += [(0.0, np.inf)] * m
    found = linprog(cost, np.array(rows), np.array(right), bounds=bounds)
    assert found.fun is not None
    return float(found.fun)


# --- Exactness -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_shortfall_in_closed_form_is_that_of_a_linear_programme_month_by_month(seed: int) -> None:
    model = build(with_members(7), small_task(seed))
    rng = np.random.default_rng(seed)
    for there in (np.ones(7, bool), rng.random(7) < 0.6):
        short = model.shortfalls(there)
        for k in range(3):
            assert short[k] == pytest.approx(least_by_programme(model, there, k), abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_minimal_coalitions_are_those_of_a_brute_force_search(seed: int) -> None:
    model = build(with_members(7), small_task(seed))
    enough = [
        frozenset(c)
        for size in range(8)
        for c in combinations(range(7), size)
        if by_programme(model, c)
    ]
    minimal = {c for c in enough if not any(other < c for other in enough)}
    found = minimal_coalitions(model, 500)
    assert found.all_found
    assert {frozenset(c) for c in found.found} == minimal
    sizes = [len(c) for c in found.found]
    assert sizes == sorted(sizes)


def by_programme(model: Model, members: tuple[int, ...]) -> bool:
    """Whether a set of members can do the task, without the closed form."""
    offers, present = model.task.offers, {model.members[i] for i in members}
    while True:  # leave out who stays away without another
        stays = {m for m in present if set(offers[m].only_with) <= present}
        if stays == present:
            break
        present = stays
    there = np.array([m in present for m in model.members])
    brings = [m for m in present if any(model.useful[model.members.index(m)] > 0)]
    if len(brings) < model.task.min_contributors or not set(model.task.must_include) <= set(brings):
        return False
    return all(
        least_by_programme(model, there, k) <= 1e-5 * model.needed[k]
        for k in range(len(model.kinds))
    )


def test_some_of_those_tasks_can_be_done_and_some_cannot() -> None:
    can = [build(with_members(7), small_task(s)).feasible(np.ones(7, bool)) for s in SEEDS]
    assert 5 < sum(can) < len(can) - 5


@pytest.mark.parametrize("seed", SEEDS)
def test_plan_has_the_least_shortfall_and_keeps_every_limit(
    seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    model = build(with_members(7), small_task(seed))
    there = model.staying(np.zeros(7, bool))
    plan = allocate(model, there, "capacity")
    assert plan.short @ model.length == pytest.approx(model.shortfalls(there), abs=1e-3)
    got = plan.given.sum(0) + plan.short
    assert (got >= model.need - 1e-5 * (1 + model.need)).all()
    assert (plan.given <= model.free + 1e-5).all()
    assert (plan.months(model) <= model.total + 1e-3).all()
    present = plan.given > 0
    least = np.broadcast_to(model.minimum[:, :, None], plan.given.shape)
    assert (plan.given[present] >= least[present] - 1e-5).all()
    # The solver must keep quiet: what it prints would land in the data on standard output.
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("size", [1, 2])
def test_losses_are_those_of_the_task_without_these_offers(size: int) -> None:
    task = replace(FORCE, must_include=())
    model = build(reference(), task)
    found = losses(model, size)
    assert len(found) == len(list(combinations(range(10), size)))
    for loss in found[::3]:
        left = build(reference(), with_out(task, *(model.members[i] for i in loss.gone)))
        again = left.shortfalls(np.ones(len(left.members), bool))
        assert loss.short == pytest.approx(again, abs=1e-9)


# --- Certificates of infeasibility ---------------------------------------------------------


def short_tasks() -> Iterator[Task]:
    yield with_out(replace(FORCE, must_include=()), "GB")
    yield changed(FORCE, "KR", capacity={"industry": 2.0})
    yield changed(FORCE, "FR", ready=6)
    yield changed(changed(FORCE, "KR", total={"industry": 60.0}), "DE", total={"industry": 100.0})


@pytest.mark.parametrize("place", range(4))
def test_certificate_names_the_kind_and_months_that_bind(place: int) -> None:
    """Its shortfall of that kind, to be had in those months, is just enough; in others it is no help."""
    model = build(reference(), list(short_tasks())[place])
    everybody = np.ones(len(model.members), bool)
    found = bindings(model, everybody)
    assert {b.kind for b in found} == {
        k for k, s in zip(model.kinds, model.shortfalls(everybody), strict=True) if s > 0
    }
    for b in found:
        k = model.kinds.index(b.kind)
        assert short_with(model, b, 1.0, inside=True) == pytest.approx(0.0, abs=1e-6)
        assert short_with(model, b, 0.9, inside=True) == pytest.approx(0.1 * b.short, rel=1e-4)
        assert short_with(model, b, 1.0, inside=False) == pytest.approx(b.short, rel=1e-6)
        assert least_by_programme(model, everybody, k) == pytest.approx(b.short, rel=1e-6)


def short_with(model: Model, binding: Binding, share: float, inside: bool) -> float:
    """Least shortfall once somebody adds a share of what is short, inside or outside the months named."""
    k, n = model.kinds.index(binding.kind), len(model.members)
    there = np.array(
        [any(a <= s.start + 1 <= b for a, b in binding.months) for s in model.stretches]
    )
    free, total = np.zeros((1, *model.need.shape)), np.zeros((1, len(model.kinds)))
    free[0, k] = np.where(there == inside, 1e4, 0.0)
    total[0, k] = share * binding.short
    more = replace(
        model,
        free=np.concatenate([model.free, free]),
        total=np.concatenate([model.total, total]),
        minimum=np.concatenate([model.minimum, np.zeros_like(total)]),
    )
    return least_by_programme(more, np.ones(n + 1, bool), k)


@pytest.mark.parametrize(
    ("member", "fields", "kind", "cause"),
    [
        ("KR", {"ready": 30}, "industry", "readiness"),
        ("KR", {"reserve": {"industry": 18.0}}, "industry", "reserves"),
        ("KR", {"total": {"industry": 20.0}}, "industry", "limits"),
        ("GB", {"only_with": ("KR",), "ready": 6}, "land", "readiness"),
    ],
)
def test_the_cause_that_binds_is_named_and_lifting_it_closes_the_gap(
    member: str, fields: dict[str, Any], kind: str, cause: str
) -> None:
    found = planned(reference(), changed(FORCE, member, **fields))
    closes = {c.cause: c.closes for c in found.closings if c.kind == kind}
    assert closes[cause] == pytest.approx(1.0)
    assert cause in causes_of(found, kind)[0]


def test_a_red_line_is_named_as_the_cause() -> None:
    task = with_out(FORCE, "CA", "NL", "DK")
    found = planned(reference(), task)
    assert {c.cause for c in found.closings if c.kind == "land"} == {"red lines"}
    assert "without members' red lines" in contribution(reference(), task).headline


def test_a_condition_on_others_is_named_as_the_cause() -> None:
    task = changed(changed(FORCE, "KR", only_with=("JP",)), "JP", only_with=("US",))
    task = replace(task, offers={**task.offers, "US": offer(money=0.1, ready=40)})
    # The US is there on paper only; who waits for it does not leave, for it has not gone.
    assert planned(reference(), task).feasible
    gone = next(x for x in planned(reference(), task).singles if x.gone == (10,))
    assert {FORCE_AND_US[i] for i in gone.follow} == {"JP", "KR"}
    assert gone.fails


FORCE_AND_US = (*FORCE.offers, "US")


# --- Fair shares and theory ----------------------------------------------------------------


def test_fair_shares_are_in_proportion_until_somebody_is_full() -> None:
    task = Task(
        "one kind",
        (Kind("k"),),
        (Phase("p", 1, {"k": 12.0}),),
        {"m0": Offer({"k": 20.0}), "m1": Offer({"k": 3.0}), "m2": Offer({"k": 20.0})},
        weights={"gdp": {"m0": 1.0, "m1": 1.0, "m2": 2.0}},
        share_by="gdp",
    )
    model = build(with_members(3), task)
    fair = shares(model, weights_of(model, "gdp"), np.ones(3, bool))[:, 0]
    assert fair == pytest.approx([3.0, 3.0, 6.0])
    tight = build(with_members(3), changed(task, "m1", capacity={"k": 1.5}))
    fair = shares(tight, weights_of(tight, "gdp"), np.ones(3, bool))[:, 0]
    assert fair == pytest.approx([3.5, 1.5, 7.0])
    plan = allocate(tight, np.ones(3, bool), "gdp")
    assert plan.given[:, 0, 0] == pytest.approx(fair, abs=1e-4)


def test_who_weighs_nothing_gives_only_what_the_others_cannot() -> None:
    task = Task(
        "one kind",
        (Kind("k"),),
        (Phase("p", 1, {"k": 10.0}),),
        {"m0": Offer({"k": 8.0}), "m1": Offer({"k": 8.0})},
        weights={"gdp": {"m0": 1.0, "m1": 0.0}},
    )
    model = build(with_members(2), task)
    fair = shares(model, weights_of(model, "gdp"), np.ones(2, bool))[:, 0]
    assert fair == pytest.approx([8.0, 2.0])


def test_the_rules_differ_and_each_adds_up_to_the_need() -> None:
    task = replace(
        with_need(reference(), FORCE),
        weights={
            **with_need(reference(), FORCE).weights,
            "population": {m: float(i + 1) for i, m in enumerate(FORCE.offers)},
        },
    )
    model = build(reference(), task)
    everybody = np.ones(10, bool)
    found = [shares(model, weights_of(model, r), everybody) for r in ("population", "need")]
    for fair in found:
        assert fair.sum(0) == pytest.approx(model.needed)
    assert np.abs(found[0] - found[1]).max() > 1


def test_need_is_felt_threat_and_only_where_every_contributor_states_it() -> None:
    assert with_need(reference(), FORCE).weights["need"]["PL"] == pytest.approx(0.9)
    assert "need" not in with_need(with_members(2), replace(FORCE, offers={"m0": offer(1)})).weights


def test_weakest_link_and_private_provision_agree_with_the_closed_forms() -> None:
    task = Task(
        "goods",
        (Kind("a"), Kind("b")),
        (Phase("p", 2, {"a": 10.0, "b": 4.0}),),
        {f"m{i}": Offer({"a": 6.0 - i, "b": 2.0}) for i in range(4)},
    )
    model = build(with_members(4), task)
    everybody = np.ones(4, bool)
    found = comparators(with_members(4), model, everybody)
    assert coverage(model, everybody) == pytest.approx([1.8, 2.0])
    assert found.level == pytest.approx(1.8)
    assert found.weakest == "a"
    assert found.taste is not None
    own = wealth(model, everybody)
    again = cobb_douglas_burden(own.tolist(), found.taste)
    assert again.total == pytest.approx(1.0)
    # Everybody keeps the same private rest, so the larger pays more than in proportion.
    assert found.private["m0"] / own[0] > found.private["m3"] / own[3] + 0.02
    assert sum(found.private.values()) == pytest.approx(1.0)


def test_the_more_could_volunteer_the_less_sure_it_is() -> None:
    def provided(members: int) -> float:
        task = Task(
            "best shot",
            (Kind("k"),),
            (Phase("p", 1, {"k": 1.0}),),
            {f"m{i}": Offer({"k": 1.0}) for i in range(members)},
            cost_ratio=0.5,
        )
        model = build(with_members(members), task)
        found = comparators(with_members(members), model, np.ones(members, bool))
        return found.volunteers["k"][1]

    assert provided(2) == pytest.approx(0.75)
    assert provided(5) < provided(2) - 0.1


# --- Bad input: one clear error each -------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (changed(FORCE, "GB", reserve={"land": 30.0}), "keeps 30 of soldiers and has only 25"),
        (replace(FORCE, offers={**FORCE.offers, "GBR": offer(1)}), "no member `GBR`: did you mean"),
        (replace(FORCE, phases=(Phase("p", 2, {"land": -1.0}),)), "at least 0, not -1"),
        (replace(FORCE, phases=(Phase("p", 2, {"lnd": 1.0}),)), "did you mean `land`?"),
        (
            changed(FORCE, "JP", minimum={"money": 0.1}, total={"money": 1.0}),
            "above its limit of 1",
        ),
        (changed(FORCE, "GB", minimum={"land": 8.3}), "above the whole need of 8"),
        (changed(FORCE, "GB", minimum={"land": 9.0}), "it can put in place 8.3"),
        (changed(FORCE, "GB", until=2, ready=3), "before it is ready"),
        (changed(FORCE, "GB", only_with=("US",)), "no offer from `US`"),
        (replace(FORCE, must_include=("US",)), "must_include[0]: there is no offer from `US`"),
        (replace(FORCE, min_contributors=40), "min_contributors is 40"),
        (replace(FORCE, lever="reasurance_force"), "did you mean `reassurance_force`?"),
        (replace(FORCE, phases=()), "the task has no phase"),
        (replace(FORCE, phases=(Phase("p", 0, {"land": 1.0}),)), "at least one month, not 0"),
        (replace(FORCE, share_by="gdp"), "no rule `gdp`"),
        (replace(FORCE, weights={"gdp": {"GB": 1.0}}), "weights.gdp: no weight for FR"),
        (replace(FORCE, cost_ratio=1.5), "cost_ratio must lie between 0 and 1"),
        (replace(FORCE, kinds=(Kind("land", max_share=1.2),)), "max_share must lie in (0, 1]"),
        (replace(FORCE, kinds=(Kind("land", refused_by=("nothing",)),)), "no refusal `nothing`"),
        (replace(FORCE, kinds=(Kind("land", rotation=0.5),)), "rotation must be at least 1"),
        (replace(FORCE, offers={}, must_include=()), "no offer from any member"),
    ],
)
def test_a_mistake_in_a_task_is_said(task: Task, said: str) -> None:
    with pytest.raises(ValueError) as error:
        contribution(reference(), task)
    assert said in str(error.value)


def test_all_mistakes_come_at_once() -> None:
    wrong = replace(changed(FORCE, "GB", reserve={"land": 30.0}), must_include=("US",))
    with pytest.raises(ValueError) as error:
        contribution(reference(), wrong)
    assert len(str(error.value).splitlines()) == 2


def test_a_task_too_finely_cut_for_limits_is_refused_with_a_way_out() -> None:
    offers = {f"m{i}": Offer({"k": 1.0}, total={"k": 5.0}, ready=i) for i in range(14)}
    task = Task("fine", (Kind("k"),), (Phase("p", 20, {"k": 3.0}),), offers)
    with pytest.raises(ValueError, match="merge phases"):
        contribution(with_members(14), task)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"name": "x", "phase": []}, "no field `phase`: did you mean `phases`"),
        ({"name": "x", "offers": {"GB": {"capacty": {}}}}, "did you mean `capacity`"),
        ({"name": "x", "phases": [{"name": "p", "months": 1}]}, "'needs' is missing"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as error:
        task_from(raw)
    assert said in str(error.value)


def test_a_task_read_from_a_mapping_is_the_task() -> None:
    raw = {
        "name": "Escort",
        "kinds": {"sea": {"name": "ships", "unit": "ships", "refused_by": ["own_troops_in_force"]}},
        "phases": [{"name": "all", "months": 6, "needs": {"sea": 4}}],
        "offers": {
            "GB": {"capacity": {"sea": 3}},
            "NL": {"capacity": {"sea": 2}, "only_with": ["GB"]},
        },
        "must_include": ["GB"],
    }
    assert task_from(raw) == Task(
        "Escort",
        (Kind("sea", "ships", "ships", refused_by=("own_troops_in_force",)),),
        (Phase("all", 6, {"sea": 4}),),
        {"GB": Offer({"sea": 3}), "NL": Offer({"sea": 2}, only_with=("GB",))},
        must_include=("GB",),
    )
    assert contribution(reference(), task_from(raw)).data["plan"]["feasible"]  # type: ignore[index]


def test_a_donor_without_a_record_and_a_month_before_the_first_are_refused() -> None:
    with pytest.raises(ValueError, match="no contribution of `UA`"):
        contribution(reference(), donor="UA")
    with pytest.raises(ValueError, match="at least 1"):
        contribution(reference(), month=0)


# --- A donor that stops --------------------------------------------------------------------


def test_half_is_back_when_half_is_left_and_never_without_substitution() -> None:
    for sigma in (0.1, 0.55, 0.9):
        half = half_back(sigma)
        assert half is not None
        assert left_after(half, sigma) == pytest.approx(0.5)
        assert left_after(12, sigma) == pytest.approx(1 - sigma)
    assert half_back(0.0) is None
    assert half_back(1.0) == 0.0


def test_a_donor_that_nobody_replaces_is_said_to_be_irreplaceable() -> None:
    case = override(reference(), {"coalition.substitution": 0.0})
    answer = contribution(case)
    assert "nothing would be replaced" in answer.words()
    assert all(chart.name != "recovery" for chart in answer.charts)


def test_another_donor_can_be_asked_about() -> None:
    assert aid_cut(reference(), "DE").share["military_eur_bn"] == pytest.approx(0.084, abs=0.002)
    assert contribution(reference(), donor="DE").data["aid"]["donor"] == "DE"  # type: ignore[index]
    assert aid_cut(reference(), "DE").mitigations == ()


# --- Degenerate cases ----------------------------------------------------------------------


def whole(answer: Answer) -> Answer:
    """The answer, if it reads and travels."""
    text = json.dumps(answer.to_dict(), allow_nan=False)
    assert json.loads(text)["headline"] == answer.headline
    assert answer.headline
    assert 1 <= len(answer.paragraphs) <= 6
    assert answer.tables
    for chart in answer.charts:
        assert chart.alt
        assert chart.table.rows
    assert not re.search(r"\bnan\b|\binf\b", text)
    return answer


def test_task_of_the_file_is_planned_if_none_is_given() -> None:
    assert contribution(reference()).data == contribution(reference(), "reassurance_force").data
    assert "“Reassurance force after a truce” asks for 6 kinds" in contribution(reference()).words()


def test_task_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(
        ValueError, match="no task `reasurance_force`: did you mean `reassurance_force`"
    ):
        contribution(reference(), "reasurance_force")


def test_record_of_the_reference_crisis_reads_and_travels() -> None:
    answer = whole(contribution(reference().model_copy(update={"tasks": {}})))
    assert "hangs on one member" in answer.headline
    assert "what members gave, not what they could give" in answer.words()
    assert any("20 thousand" in w for w in answer.warnings)
    assert answer.trace().supports


def test_force_of_the_reference_crisis_reads_and_travels() -> None:
    answer = whole(contribution(reference(), FORCE))
    assert answer.headline.startswith("The task can be met, but not without")
    assert {c.name for c in answer.charts} >= {"cover", "members", "recovery"}


def test_starter_crisis_has_nothing_to_plan_and_says_so() -> None:
    for subject in (starter(), starter_solved()):
        answer = whole(contribution(subject))
        assert "records no contributions" in answer.headline
        assert answer.data["red_lines"] == {}  # type: ignore[index]


def test_one_member_one_kind_one_month() -> None:
    task = Task("tiny", (Kind("k"),), (Phase("p", 1, {"k": 1.0}),), {"m0": Offer({"k": 2.0})})
    answer = whole(contribution(with_members(1), task))
    assert answer.headline == "The task can be met, but not without Member 0"
    assert answer.data["plan"]["minimal"] == [["m0"]]  # type: ignore[index]


def test_nobody_offers_anything_useful() -> None:
    task = Task("idle", (Kind("k"),), (Phase("p", 3, {"k": 1.0}),), {"m0": Offer({})})
    answer = whole(contribution(with_members(1), task))
    plan = answer.data["plan"]  # type: ignore[index]
    assert plan["short"]["k"] == pytest.approx(3.0)
    assert plan["minimal"] == []
    assert "100" in answer.headline


def test_a_rule_that_cannot_be_kept_is_said_apart_from_amounts() -> None:
    task = Task(
        "rule",
        (Kind("k"),),
        (Phase("p", 3, {"k": 1.0}),),
        {"m0": Offer({"k": 2.0}), "m1": Offer({})},
        must_include=("m1",),
    )
    answer = whole(contribution(with_members(2), task))
    assert answer.headline == "The task cannot begin: Member 1 must take part and cannot"
    assert answer.data["plan"]["short"] == {}  # type: ignore[index]


def test_three_alike_of_whom_two_are_enough() -> None:
    task = Task(
        "spare",
        (Kind("k"),),
        (Phase("p", 3, {"k": 2.0}),),
        {f"m{i}": Offer({"k": 1.0}) for i in range(3)},
    )
    answer = whole(contribution(with_members(3), task))
    assert (
        answer.headline
        == "The task can be met: 2 of 3 members are enough, and any one can be spared"
    )
    assert len(answer.data["plan"]["minimal"]) == 3  # type: ignore[index]


def test_a_share_cap_makes_more_members_necessary() -> None:
    offers = {f"m{i}": Offer({"k": 5.0}) for i in range(3)}
    phases = (Phase("p", 3, {"k": 2.0}),)
    free = Task("free", (Kind("k"),), phases, offers)
    capped = replace(free, kinds=(Kind("k", max_share=0.5),))
    assert [len(c) for c in planned(with_members(3), free).coalitions.found] == [1, 1, 1]
    assert [len(c) for c in planned(with_members(3), capped).coalitions.found] == [2, 2, 2]


def test_words_say_spare_and_short_with_the_figures_of_the_table() -> None:
    answer = contribution(reference(), with_out(replace(FORCE, must_include=()), "GB"))
    row = next(r for r in answer.table().records() if r["kind"] == "soldiers")
    share = row["short"]
    assert isinstance(share, float)
    assert f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%") in answer.headline
    assert row["months"] == "months 5 to 24"


def test_progress_reaches_its_end() -> None:
    told: list[tuple[str, int, int]] = []
    contribution(reference(), FORCE, progress=lambda *x: told.append(x), workers=None)
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2]


# --- Size ----------------------------------------------------------------------------------


def test_thirty_members_ten_kinds_thirty_six_months_take_under_five_seconds() -> None:
    rng = np.random.default_rng(7)
    offers = {}
    for i in range(30):
        capacity = {f"k{j}": float(rng.integers(2, 20)) for j in range(10) if rng.random() < 0.7}
        offers[f"m{i}"] = Offer(
            capacity,
            {k: 0.2 * v for k, v in capacity.items()},
            {k: 0.1 * v for k, v in capacity.items()} if rng.random() < 0.5 else {},
            {k: 20 * v for k, v in capacity.items() if k in ("k0", "k1")}
            if rng.random() < 0.4
            else {},
            ready=int(rng.integers(0, 3)),
        )
    needs = [
        {f"k{j}": 0.4 * size * 11 * 30 * 0.7 * 0.8 for j in range(10)} for size in (0.3, 0.9, 0.5)
    ]
    task = Task(
        "large",
        tuple(Kind(f"k{j}") for j in range(10)),
        tuple(Phase(f"p{p}", 12, n) for p, n in enumerate(needs)),
        offers,
        must_include=("m0",),
        min_contributors=3,
    )
    start = time.process_time()
    found = planned(with_members(30), with_need(with_members(30), task))
    spent = time.process_time() - start
    assert found.feasible
    assert found.plan is not None
    assert found.coalitions.found
    assert len(found.pairs) == 435
    assert spent < 5.0
