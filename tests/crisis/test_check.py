"""Cross-checks: what is wrong between two places of a crisis, and what is merely odd.

Each case changes a valid crisis in one place and names the finding. Cases that need a line and a
column are files of ``bad/``; here are the others, and the warnings.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from offramp import library
from offramp.crisis import Crisis, Quantity, check, examine, load, override
from offramp.crisis._bounds import BOUNDS
from offramp.crisis._check import CHECKS
from offramp.crisis._document import read

BASE = Path(__file__).parent / "bad" / "no_is_a_country_and_text.yaml"
VALID = read(BASE).data


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The valid crisis with values at dotted paths; ``None`` takes one out."""
    data: dict[str, Any] = copy.deepcopy(VALID)
    for path, value in changes.items():
        node: Any = data
        *way, last = path.split("/")
        for part in way:
            node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
        if value is None:
            del node[last]
        elif isinstance(node, list):
            node[int(last)] = value
        else:
            node[last] = value
    return data


EPOCH = {"name": "Now", "as_of": "2026-01-15", "regime": "war"}
READING = {"label": "Hawk", "epoch": "now", "as_of": "2026-01-10", "stance": "Press."}
FORECAST = {"text": "Talks.", "probability": 0.4, "resolves": "2025-12-01"}
MEMBER = {"name": "Norland"}
STAGES = "plans/pressure/stages"

ERRORS: list[tuple[dict[str, Any], str, str]] = [
    # who and what
    ({"blocs/A/principal": "arlund"}, "blocs.A.principal", "there is no actor `arlund`"),
    ({"blocs/A/consent": {"embrgo": ["NO"]}}, "blocs.A.consent.embrgo", "no decision or lever"),
    ({"blocs/A/consent": {"settlement": ["SE"]}}, "blocs.A.consent.settlement.0", "`SE`"),
    ({"actors/NO/preferences/lnie": {"ideal": 0, "weight": 0}}, "actors.NO", "no issue `lnie`"),
    ({"issues/line/locked_by": "nobody"}, "issues.line.locked_by", "there is no actor"),
    (
        {"issues/line/scale": [{"at": 0, "means": "x", "guarantee": "patrl"}]},
        "issues.line.scale.0.guarantee",
        "there is no guarantee",
    ),
    ({"guarantees/patrol/lever": "fource"}, "guarantees.patrol.lever", "there is no lever"),
    ({"relief": {"schedules": {"full": 1}}}, "contracts.freeze.relief", "what `none` relief"),
    ({"levers/embargo/holder": "arlnd"}, "levers.embargo.holder", "there is no actor"),
    ({"levers/embargo/targets": ["borlnd"]}, "levers.embargo.targets.0", "there is no actor"),
    ({"levers/embargo/objectors": ["NOR"]}, "levers.embargo.objectors.0", "there is no actor"),
    ({"levers/embargo/needs": ["mandat"]}, "levers.embargo.needs.0", "no precondition or lever"),
    ({"levers/embargo/executes": ["fors"]}, "levers.embargo.executes.0", "there is no lever"),
    ({"levers/embargo/answers": ["strom"]}, "levers.embargo.answers.0", "no lever or event"),
    (
        {"levers/embargo/consent": {"of": ["SE"], "also": ["owner"]}},
        "levers.embargo.consent.also.0",
        "there is no actor `owner`",
    ),
    (
        {"levers/embargo/sets": {"relief.clarty": 0.8}},
        "levers.embargo.sets.relief.clarty",
        "there is no `clarty` in `relief`",
    ),
    ({"levers/embargo/sets": {"relief": 0.8}}, "levers.embargo.sets.relief", "a whole entry"),
    ({"levers/embargo/shifts": {"strm": 0.1}}, "levers.embargo.shifts.strm", "no section `strm`"),
    ({f"{STAGES}/0/off": ["embrago"]}, "plans.pressure.stages.0.off.0", "there is no lever"),
    (
        {f"{STAGES}/0/authority": {"of": ["SE"]}},
        "plans.pressure.stages.0.authority.of.0",
        "there is no actor",
    ),
    ({"plans/pressure/withheld": ["x"]}, "plans.pressure.withheld.0", "there is no lever"),
    ({"plans/pressure/alternatives": ["x"]}, "plans.pressure.alternatives.0", "no contract"),
    ({"plans/pressure/derived_from": "x"}, "plans.pressure.derived_from", "there is no plan"),
    ({"plans/pressure/on_event": {"x": []}}, "plans.pressure.on_event.x", "no event or lever"),
    (
        {"plans/pressure/on_event": {"storm": ["x"]}},
        "plans.pressure.on_event.storm.0",
        "there is no lever",
    ),
    ({"plans/pressure/dropped": {"force": ["SE"]}}, "plans.pressure.dropped.force.0", "no actor"),
    ({"members": {"NO": {**MEMBER, "holds": ["x"]}}}, "members.NO.holds.0", "there is no lever"),
    ({"members": {"NO": {**MEMBER, "refuses": ["x"]}}}, "members.NO.refuses.0", "or refusal `x`"),
    ({"broker": {"actor": "US"}}, "broker.actor", "there is no actor `US`"),
    (
        {"events/storm/effects": [{"kind": "lever_off", "target": "x"}]},
        "events.storm.effects.0.target",
        "there is no lever",
    ),
    (
        {"events/storm/effects": [{"kind": "parameter", "path": "war.cots.A", "change": 0.1}]},
        "events.storm.effects.0.path",
        "there is no `cots`",
    ),
    (
        {"evidence/counter_offer/epochs": ["then"]},
        "evidence.counter_offer.epochs.0",
        "there is no epoch",
    ),
    (
        {"evidence/counter_offer/likelihood": {"weary": 0.2}},
        "evidence.counter_offer.likelihood",
        "no chance of seeing this from `stalling`",
    ),
    (
        {"dependence": {"both": {"items": ["counter_offer", "x"], "exponent": 0.5}}},
        "dependence.both.items.1",
        "there is no evidence `x`",
    ),
    ({"readings": {"hawk": READING}}, "readings.hawk.epoch", "there is no epoch `now`"),
    (
        {"epochs": {"now": EPOCH}, "readings": {"hawk": {**READING, "load_bearing_guess": ["x"]}}},
        "readings.hawk.load_bearing_guess.0",
        "there is no premise `x`",
    ),
    (
        {"discriminators": [{"readings": ["a", "b"], "parameter": "p", "test": "t"}]},
        "discriminators.0.readings.0",
        "there is no reading `a`",
    ),
    (
        {"elicitation": {"q": {"question": "?", "answers": {"x": "mst"}, "shares": {"most": 0.7}}}},
        "elicitation.q.answers.x",
        "`mst`",
    ),
    # numbers
    ({"blocs/A/voices": {"arland": 1.2, "NO": -0.2}}, "blocs.A.voices.NO", "is negative"),
    ({"actors/NO/war_cost_ratio": 2}, "blocs.A.voices", "weighted mean of `war_cost_ratio`"),
    ({"issues/base/points": [0.5]}, "issues.base", "at least two `points`"),
    ({"issues/base/points": [0, 0.5, 1.5]}, "issues.base.points.2", "outside 0 to 1"),
    ({"issues/line/points": [0, 1]}, "issues.line.points", "but is divisible"),
    ({"issues/base/status_quo": 0.4}, "issues.base.status_quo", "is no point"),
    ({"contracts/freeze/terms/line": 1.4}, "contracts.freeze.terms.line", "outside 0"),
    (
        {"evidence/counter_offer/likelihood/weary": 3},
        "evidence.counter_offer.likelihood.weary",
        "outside 0 to 1",
    ),
    (
        {"evidence/counter_offer/likelihood": {"weary": 0, "stalling": 0}},
        "evidence.counter_offer.likelihood",
        "no type could have produced this",
    ),
    (
        {"evidence_rules": {"reliability": {"A": 1}}},
        "evidence_rules.reliability",
        "no weight for `B`",
    ),
    (
        {"actors/NO/preferences/line/weight": 0, "actors/NO/preferences/base/weight": 0},
        "actors.NO.preferences",
        "no weight on any issue",
    ),
    (
        {"ladder": {"rungs": [{"rung": n, "name": "x", "accident": 0} for n in (0, 1, 1, 2)]}},
        "ladder.rungs.2.rung",
        "rung 1 is given twice",
    ),
    (
        {
            "ladder": {
                "base": 2,
                "rungs": [{"rung": n, "name": "x", "accident": 0} for n in (0, 1, 2)],
            }
        },
        "ladder.base",
        "one step above the base rung is rung 3",
    ),
    (
        {"ladder": {"base": 5, "rungs": [{"rung": 1, "name": "x", "accident": 0}]}},
        "ladder.base",
        "the base rung 5 is not on the ladder",
    ),
    ({"coalition": {"tiers": [0.9, 0.5, 0.2]}}, "coalition.tiers", "first tier"),
    ({"coalition": {"tiers": [1, 0.5, 0.6]}}, "coalition.tiers", "must fall"),
    ({"coalition": {"tiers": [1, 0.5]}}, "coalition.tier_names", "3 names"),
    ({"clock": {"at_the_end": {"A": 0}}}, "clock.at_the_end", "one for B"),
    ({"clock": {"recognition": {"A": 0.6, "B": 0.6}}}, "clock.recognition", "more than 1"),
    ({"war": {"intensity": "0.5 to 1.5"}}, "war.intensity", "its high value is 1.5"),
    (
        {"war": {"offensive": {"success": 0.3, "too_far": 0.1, "outcomes": {"a": 0.3, "b": 0.3}}}},
        "war.offensive.outcomes",
        "sum to 0.6",
    ),
    # conditions and plans
    ({"red_lines/no_base/rule": "x > 1"}, "red_lines.no_base.rule", "no term between 0 and 1"),
    ({"refusals": {"land": "lien > 0.6"}}, "refusals.land", "there is no `lien`"),
    (
        {f"{STAGES}/1/trigger": "months > 30 or cohesion < 0.1"},
        "plans.pressure.stages.1.trigger",
        "can never be true",
    ),
    (
        {f"{STAGES}/1/trigger": "rung >= 2 and rung < 2"},
        "plans.pressure.stages.1.trigger",
        "can never be true",
    ),
    (
        {
            "levers/spare": VALID["levers"]["port_fund"],
            "levers/force/needs": ["ceasefire", "spare"],
            "plans/pressure/on_ceasefire": ["force"],
        },
        "plans.pressure.on_ceasefire.0",
        "`force` needs `spare`",
    ),
    # time
    ({"hypotheses": {"prior_date": "2026-02-01"}}, "hypotheses.prior_date", "after the as-of"),
    ({"epochs": {"now": {**EPOCH, "as_of": "2026-03-01"}}}, "epochs.now.as_of", "after the file"),
    (
        {"epochs": {"now": {**EPOCH, "prior_date": "2026-02-01"}}},
        "epochs.now.prior_date",
        "priors hold at 2026-02-01",
    ),
    (
        {"epochs": {"now": EPOCH}, "readings": {"hawk": {**READING, "as_of": "2026-01-20"}}},
        "readings.hawk.as_of",
        "after the as-of date",
    ),
    (
        {
            "epochs": {"now": EPOCH},
            "readings": {"hawk": {**READING, "forecasts": {"f": FORECAST}}},
        },
        "readings.hawk.forecasts.f.resolves",
        "no later than it was made",
    ),
    (
        {"epochs": {"now": {**EPOCH, "changes": {"war.intensity": 3}}}},
        "epochs.now.changes.war.intensity",
        "between 0 and 1",
    ),
    (
        {
            "epochs": {"then": {**EPOCH, "as_of": "2025-06-01"}},
            "war": {"intensity": {"value": 0.1, "as_of": "2025-12-01"}},
        },
        "epochs.then",
        "`war.intensity` is dated 2025-12-01",
    ),
    ({"events/storm/date": "next May"}, "events.storm.date", "expected a year"),
    (
        {"members": {"NO": {**MEMBER, "elections": [{"date": "2026-02-30"}]}}},
        "members.NO.elections.0.date",
        "expected a year",
    ),
]


def dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


def test_the_valid_crisis_has_nothing_to_report() -> None:
    examined = examine(VALID)
    assert (examined.problems, examined.warnings) == ((), ())


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    ERRORS,
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_crisis_that_contradicts_itself_is_refused(
    changes: dict[str, Any], path: str, message: str
) -> None:
    examined = examine(changed(changes))
    assert examined.crisis is None
    found = [(dotted(problem.path), problem.message) for problem in examined.problems]
    assert any(at.startswith(path) and message in said for at, said in found), found


WARNINGS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"red_lines/no_land": {"actor": "borland", "issue": "line", "rule": "x >= 0.6"}}
        | {"red_lines/no_land/hard": True, "red_lines/no_land/penalty": 0.2},
        "plans.pressure.offer",
        "the hard red line `no_land` of borland",
    ),
    (
        {"issues/line/open": 0.1, "contracts/freeze/terms/line": 0.8},
        "plans.pressure.offer",
        "only terms up to 0.55 are on the table",
    ),
    (
        {"levers/embargo/ramp": 9, "plans/pressure/deadline_months": 6},
        "plans.pressure.stages.1.on.0.lever",
        "after 9 months, the plan's deadline is 6",
    ),
    (
        {"plans/pressure/rung_cap": 0},
        "plans.pressure.stages.1.on.0.lever",
        "above the plan's cap",
    ),
    (
        {"plans/pressure/withheld": ["embargo"], "levers/embargo/undo_months": 999},
        "plans.pressure.withheld.0",
        "cannot be taken back",
    ),
    ({"types/stalling/delay_flow": -0.04}, "types.stalling", "same payoffs"),
    ({"relief": {"comply": 0.1, "defy": 0.4}}, "relief", "rewards defiance"),
    (
        {"levers/embargo/lift_if_comply": 0.1, "levers/embargo/lift_if_defy": 0.2},
        "levers.embargo",
        "rewards defiance",
    ),
    (
        {"clock": {"protocol": "alternating", "recognition": {"A": 0.5, "B": 0.5}}},
        "clock.recognition",
        "take turns",
    ),
    ({"contracts/freeze/lasts_months": 1}, "contracts.freeze.lasts_months", "less than one round"),
    ({"data_cut": "2026-02-01"}, "data_cut", "after the as-of date"),
    (
        {"evidence/counter_offer/after_as_of": True},
        "evidence.counter_offer.after_as_of",
        "never used",
    ),
    ({"members": {"NO": {**MEMBER, "vetoes": ["acession"]}}}, "members.NO", "never used"),
]


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    WARNINGS,
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_crisis_that_probably_says_something_else_gets_a_warning(
    changes: dict[str, Any], path: str, message: str
) -> None:
    examined = examine(changed(changes))
    assert examined.crisis is not None, [str(problem) for problem in examined.problems]
    (warning,) = examined.warnings
    assert dotted(warning.path).startswith(path)
    assert message in warning.message


FINE: list[dict[str, Any]] = [
    {"levers/embargo/shifts": {"storm": 0.1}},
    {"levers/embargo/sets": {"relief.clarity": 0.8}},
    {"refusals": {"own_troops": "the member supplies no troops"}},
    {"refusals": {"land": "line > 0.65"}, "members": {"NO": {**MEMBER, "refuses": ["land"]}}},
    {"plans/pressure/on_ceasefire": ["force"]},
    {"plans/pressure/on_event": {"storm": ["embargo"]}},
    {"hypotheses": {"unmodelled": 0.1}, "types/weary/prior": 0.3},
    {"types/weary/prior": 0.388, "types/stalling/prior": 0.582},
    {
        f"{STAGES}/1/trigger": "ceasefire and rung >= 1",
        f"{STAGES}/1/on": [{"lever": "force"}],
        f"{STAGES}/1/authority": {"of": ["NO"], "when": "before"},
    },
    {
        "issues/line/open": 0.1,
        "contracts/freeze/terms/line": 0.8,
        "levers/port_fund/sets": {"issues.line.open": 0.7},
    },
    {
        "evidence/counter_offer/date": "2026-03-01",
        "evidence/counter_offer/after_as_of": True,
    },
    {"evidence/counter_offer/about": "A", "evidence/counter_offer/likelihood": {}},
    {
        "events/storm/when": "war and rung > 1 and not force_deployed",
        "events/storm/date": "2026-04",
    },
]


@pytest.mark.parametrize("changes", FINE, ids=lambda changes: next(iter(changes)))
def test_what_is_unusual_but_right_is_left_alone(changes: dict[str, Any]) -> None:
    examined = examine(changed(changes))
    assert [str(problem) for problem in (*examined.problems, *examined.warnings)] == []


def test_priors_say_to_what_they_must_sum() -> None:
    (problem,) = examine(changed({"types/weary/prior": 0.5})).problems
    assert "sum to 1.1; they must sum to 1, or to 0.97" in problem.message
    stated = changed({"types/weary/prior": 0.5, "hypotheses": {"unmodelled": 0.05}})
    (problem,) = examine(stated).problems
    assert "`hypotheses.unmodelled` is 0.05; together they must sum to 1" in problem.message


def test_a_circle_of_preconditions_is_reported_once() -> None:
    ring = {"embargo": "force", "force": "port_fund", "port_fund": "embargo"}
    needs = {f"levers/{lever}/needs": [need] for lever, need in ring.items()}
    circular = [p for p in examine(changed(needs)).problems if p.code == "circular"]
    assert len(circular) == 1
    assert circular[0].message.count("needs") == 3


def test_check_gives_places_when_it_knows_the_document() -> None:
    crisis = override(load(BASE), {"blocs.A.voices.NO": 0.2})
    (problem,) = check(crisis, read(BASE)).problems
    assert (problem.file, problem.line) == (str(BASE), 9)
    (problem,) = check(crisis).problems
    assert (problem.file, problem.line, problem.path) == ("", None, ("blocs", "A", "voices"))
    assert not check(crisis).ok
    assert check(load(BASE)).ok


@pytest.mark.parametrize("name", library.names())
def test_shipped_crises_pass_every_check(name: str) -> None:
    crisis: Crisis = load(name)
    assert check(crisis).ok


def test_every_check_says_in_a_sentence_what_must_hold() -> None:
    for one in CHECKS:
        assert one.__doc__
        assert one.__doc__.endswith(".")


def test_bounds_name_fields_that_exist_and_hold_numbers() -> None:
    for model, name in BOUNDS:
        assert name in model.model_fields, (model, name)
        shape = str(model.model_fields[name].annotation)
        assert any(word in shape for word in (Quantity.__name__, "Pair")), (model, name)
