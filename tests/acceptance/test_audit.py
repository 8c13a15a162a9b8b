"""The audit's rows of the acceptance list, through the public API, on the shipped crisis."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

import offramp
from offramp.audit import Found, NotAsked, Sizes, TriggerAudit, found_of, labels_in, setting_of
from offramp.audit._asking import ask
from offramp.audit._draws import central
from offramp.audit._worlds import Scope
from offramp.crisis import Crisis, CrisisError
from offramp.crisis._claims import parse

GRID = "sketch"


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def patience() -> Found:
    """One claim of one reading: enough for its loads."""
    return found_of(
        reference(),
        readings=["delay_costs"],
        claims=["c000_2"],
        sizes=Sizes(own=16, cross=1, off=16, pairs=40, check=1),
    )


def test_S5_a_patient_adversary_works_against_the_conclusion_whose_premise_it_is() -> None:
    """Direction and interval: the load of patience on the margin of c000.2 is surely negative."""
    author = patience().author("delay_costs")
    found = author.loads["c000_2"]
    assert found.margin is not None
    j = author.premises.index("blocs.B.patience")
    assert found.margin.value[j] < found.margin.high[j] < -0.003
    assert found.margin.value[j] == min(found.margin.value)
    assert found.truth.value[j] <= found.truth.high[j]
    assert "blocs.B.patience" in dict(author.hurting("c000_2"))
    helping = dict(author.carrying("c000_2"))
    assert "conversions.pain_to_stake" in helping
    assert "blocs.B.patience" not in helping


def test_S5_loads_add_up_to_what_all_premises_change() -> None:
    found = patience().author("delay_costs").loads["c000_2"]
    assert found.margin is not None
    for one in (found.truth, found.margin):
        assert float(one.value.sum()) == pytest.approx(one.total, abs=1e-9)


@cache
def motives() -> Scope:
    return central(reference(), "no_carrots", False, GRID)


def test_S55_safety_or_rank_leaves_the_verdicts_and_moves_the_margins() -> None:
    """The author's claim of equivalence holds in the game of his own date, though not for want of effect."""
    at = motives()
    node = at.claims["c003_7"]
    assert ask(node, at).truth
    for key in ("c003_1", "c003_3", "c003_5"):
        assert ask(parse(f"unchanged({key} | swap=order_motive)"), at).truth
    same = "P_settle(12 | sticks_only, offer=armed_freeze"
    before, after = (
        ask(parse(f"{same}{more}) > 0"), at).margin for more in ("", ", swap=order_motive")
    )
    assert abs(before - after) > 0.01, "the swap does something"


def test_S55_a_motive_that_turns_a_claim_is_named() -> None:
    """With a bar that only recognition on the order clears, what turns is listed by name."""
    from dataclasses import replace

    from offramp.audit._asking import turned_by
    from offramp.crisis._claims import Ask

    at = replace(
        motives(),
        claims={"easy": parse("W(RU, order=0.3) > W(RU, order=0.1)"),
                "deep": parse("W(RU, order=0.5) > 0.9 * W(RU, order=0.6)")},
        swaps={"rank": motives().swaps["order_motive"]},
    )  # fmt: skip
    node = parse("unchanged(easy, deep | swap=rank)")
    assert isinstance(node, Ask)
    assert turned_by(node, at) == ("deep",)
    assert not ask(node, at).truth


def test_S58_never_is_contradicted_by_a_trigger_in_others_hands() -> None:
    """The row's numbers, and the same from the author's own premises in the crisis of his date."""
    row = TriggerAudit(trigger=0.25, response=0.97, rest=0.0, stated=0.03)
    assert row.fires >= 0.24
    assert row.contradicts
    found = found_of(
        reference(),
        readings=["time_favours_b"],
        claims=["c004_7"],
        sizes=Sizes(own=8, cross=1, off=4, pairs=16, check=1),
    )
    author = found.author("time_favours_b")
    told = author.triggers["c004_7"]
    assert told.trigger == pytest.approx(0.25)
    assert told.response == pytest.approx(0.97)
    assert told.fires >= 0.24
    assert told.contradicts
    assert told.stated == pytest.approx(0.03)
    assert author.cells["c004_7"].word == "contradicts"


def test_S61_nothing_later_reaches_the_solver_by_any_way() -> None:
    crisis, reading = reference(), "time_favours_b"
    at = central(crisis, reading, False, GRID)
    with pytest.raises(NotAsked, match="e09 is not known"):  # by evidence, named
        ask(parse("post(preparing, e09) > 0.5"), at)
    item = crisis.evidence["e09"].model_dump(mode="json") | {"sealed_for": [], "epochs": []}
    changes = dict(crisis.epochs["e2022a"].changes)

    def refused(path: str, value: object) -> str:
        with pytest.raises(CrisisError) as caught:
            setting_of(offramp.override(crisis, {path: value}), reading)
        return " ".join(p.message for p in caught.value.problems)

    assert "evidence.x" in refused("epochs.e2022a.changes", {**changes, "evidence.x": item})
    event = crisis.events["us_aid_cut"].model_copy(update={"date": "2022-09-21"})
    assert "us_call" in refused("events.us_call", event)
    number = crisis.war.cost.A.model_copy(update={"as_of": dt.date(2022, 6, 1)})
    told = {**changes, "war.cost.A": number}
    assert "war.cost.A" in refused("epochs.e2022a.changes", told)
    author = crisis.readings[reading]
    stolen = author.premises[0].model_copy(update={"path": "sealed.outcomes.f004_1.outcome"})
    with_outcome = author.model_copy(update={"premises": (*author.premises, stolen)})
    assert "sealed.outcomes.f004_1" in refused(f"readings.{reading}", with_outcome)


def test_S61_evidence_of_the_next_week_does_not_move_the_opening_beliefs() -> None:
    """The same reading, with and without a later item in the file: the very same beliefs."""
    crisis = reference()
    item = crisis.evidence["e30"] if "e30" in crisis.evidence else crisis.evidence["e29"]
    later = item.model_copy(
        update={"date": dt.date(2025, 4, 12), "likelihood": {"sincere": 0.99, "stalling": 0.01,
                                                             "preparing": 0.01}}
    )  # fmt: skip
    other = offramp.override(crisis, {"evidence.e_later": later})
    for reading in ("delay_costs", "broker_decides"):
        one, two = (central(c, reading, False, GRID) for c in (crisis, other))
        text = parse("post(sincere) > 0.5")
        assert ask(text, one).margin == pytest.approx(ask(text, two).margin, abs=1e-15)


def test_S62_excluded_spans_never_move_the_date_and_cannot_be_cited() -> None:
    crisis = reference()
    author = crisis.readings["no_carrots"]
    assert any("December 2024" in span for span in author.excluded_spans)
    whole = author.model_copy(update={"excluded_spans": ()})
    for one in (crisis, offramp.override(crisis, {"readings.no_carrots": whole})):
        assert setting_of(one, "no_carrots").as_of == dt.date(2023, 4, 20)
    premise = author.premises[0].model_copy(update={"source": ("d003:L60-L62",)})
    cited = author.model_copy(update={"premises": (premise, *author.premises[1:])})
    report = offramp.check(offramp.override(crisis, {"readings.no_carrots": cited}))
    assert [p.code for p in report.problems] == ["excluded"]
    assert "49-99" in report.problems[0].message
    assert offramp.check(crisis).ok


def test_S63_labels_are_an_authors_terms_and_never_names() -> None:
    crisis = reference()
    assert labels_in(crisis) == ()
    assert crisis.readings["time_favours_b"].language_note
    named = offramp.override(crisis, {"actors.RU.name": "The aggressor"})
    assert [x.path for x in labels_in(named)] == ["actors.RU.name"]
    author = crisis.readings["time_favours_b"].model_copy(update={"author_terms": ("Kyiv junta",)})
    attributed = offramp.override(crisis, {"readings.time_favours_b": author})
    assert labels_in(attributed) == ()
    used = offramp.override(attributed, {"actors.UA.name": "Kyiv junta"})
    assert labels_in(used)
