"""Does the other side mean what it says: rows of the inventory, run through the public API.

Beliefs are Bayes' rule, so that differences of beliefs have no error of solving; values and prices are
held against the certificate's.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

import offramp
from offramp.answers import Answer
from offramp.answers.bluff import bluff
from offramp.crisis import Crisis, in_epoch
from offramp.game import Resolution
from offramp.solution import Solution

TELLING = 0.01
"""Shifts of belief below this are nothing that an analyst would act on."""
QUICK = Resolution("quick", 1, (6, 3), 0, 2, 1, 0, 3.0, 6)


@cache
def crisis(epoch: str | None = None) -> Crisis:
    """The reference crisis, today or at an epoch."""
    whole = offramp.load("ukraine-2025")
    return whole if epoch is None else in_epoch(whole, epoch)


def asked(c: Crisis, **more: Any) -> dict[str, Any]:
    """Figures of the answer on a coarse solve: what is read here does not depend on the grid."""
    return dict(answered(c, **more).to_dict()["data"])


def answered(c: Crisis, **more: Any) -> Answer:
    solution: Solution = offramp.solve(offramp.compile(c, "status_quo", resolution=QUICK))
    return bluff(solution, **more)


def changed(c: Crisis, **evidence: Any) -> Crisis:
    """A crisis with fields of evidence items replaced: ``e13={"chance_of_seeing": 0.2}``."""
    items = dict(c.evidence)
    for key, update in evidence.items():
        items[key] = items[key].model_copy(update=update)
    return c.model_copy(update={"evidence": items})


def spread(log: dict[str, float]) -> float:
    return max(log.values()) - min(log.values())


def test_S37_words_that_every_type_would_say_tell_nothing_and_a_contradiction_lowers_sincere() -> (
    None
):
    data = asked(crisis("e2022b"))
    same, contradiction = data["items"]["e11"], data["items"]["e12"]
    assert same["used"]
    assert contradiction["used"]
    assert spread(same["log"]) < 0.1
    assert contradiction["log"]["sincere"] < min(
        contradiction["log"]["stalling"], contradiction["log"]["preparing"]
    )
    assert contradiction["shift"]["sincere"] < 0
    assert spread(contradiction["log"]) > spread(same["log"])


def test_S37_the_very_same_words_from_every_type_weigh_exactly_nothing() -> None:
    flat = changed(crisis("e2022b"), e11={"likelihood": dict.fromkeys(crisis().types, 0.6)})
    item = asked(flat)["items"]["e11"]
    assert not item["used"]
    assert spread(item["log"]) < 1e-12


def test_S37_messages_that_differ_by_audience_are_set_side_by_side() -> None:
    """Soothing words to one audience, threats to another: the ledger says so."""
    c = changed(
        crisis("e2022b"),
        e11={
            "audience": ("GS",),
            "likelihood": {"sincere": 0.8, "stalling": 0.4, "preparing": 0.4},
        },
        e12={
            "audience": ("US",),
            "likelihood": {"sincere": 0.1, "stalling": 0.3, "preparing": 0.6},
        },
    )
    answer = answered(c)
    rows = {m["audience"]: m["log"] for m in answer.to_dict()["data"]["messages"]}
    assert max(rows["GS"], key=rows["GS"].get) == "sincere"
    assert max(rows["US"], key=rows["US"].get) == "preparing"
    assert "differ by audience" in answer.words()
    assert "do not differ by audience" not in answer.words()


def test_S38_silence_tells_only_if_it_would_have_been_heard() -> None:
    moved = {}
    for chance in (0.0, 0.2, 0.8):
        data = asked(changed(crisis("e2022b"), e13={"chance_of_seeing": chance}))
        moved[chance] = data["items"]["e13"]
    assert spread(moved[0.0]["log"]) < 1e-12
    assert spread(moved[0.2]["log"]) < 0.1
    assert spread(moved[0.8]["log"]) > 2.5 * spread(moved[0.2]["log"])
    assert moved[0.8]["log"]["sincere"] < -0.05


def test_S39_officials_passports_and_books_raise_preparing_by_a_tenth() -> None:
    data = asked(crisis("e2022b"))
    assert data["items"]["e14"]["shift"]["preparing"] >= 0.1 + TELLING
    assert data["items"]["e14"]["shift"]["sincere"] < -TELLING


def test_S39_grouped_items_weigh_less_than_their_sum() -> None:
    data = asked(crisis("e2022b"))
    group = data["groups"]["occupation_and_strikes"]
    together, apart = group["together"], group["apart"]
    for theta in ("sincere", "preparing"):
        assert abs(together[theta]) < abs(apart[theta]) - 0.05
        assert together[theta] == pytest.approx(group["exponent"] * apart[theta])
    free = crisis("e2022b").model_copy(update={"dependence": {}})
    assert asked(free)["posterior"]["preparing"] > data["posterior"]["preparing"] + TELLING


def test_S39_leaving_an_item_out_is_what_the_game_would_do_without_it() -> None:
    data = asked(crisis("e2022b"))
    without = asked(changed(crisis("e2022b"), e14={"include": False}))
    for theta, shift in data["items"]["e14"]["shift"].items():
        assert data["posterior"][theta] - without["posterior"][theta] == pytest.approx(
            shift, abs=1e-12
        )


def test_S40_acts_raise_preparing_with_their_weight_but_who_leads_comes_out_otherwise() -> None:
    """In August 2022 preparing leads by the prior, by words and by acts: no weight changes the lead."""
    found = {}
    for weight in (1.0, 5.0):
        c = offramp.override(crisis("e2022b"), {"evidence_rules.acts_over_words": weight})
        found[weight] = asked(c)["posterior"]["preparing"]
    data = asked(crisis("e2022b"))
    assert found[5.0] > found[1.0] + 0.05
    assert found[5.0] > 0.5
    assert data["words_and_acts"]["turns"] == []
    for alone in ("words_alone", "acts_alone"):
        beliefs = data["words_and_acts"][alone]
        assert max(beliefs, key=beliefs.get) == "preparing"


def test_S40_prints_the_weight_at_which_the_lead_changes() -> None:
    """Where words point one way and acts another, the printed weight is where the lead really turns."""
    c = offramp.override(
        crisis("e2022b"),
        {"types.sincere.prior": 0.12, "types.stalling.prior": 0.52, "types.preparing.prior": 0.36},
    )
    answer = answered(c)
    (turn,) = answer.to_dict()["data"]["words_and_acts"]["turns"]
    assert (turn["from"], turn["to"]) == ("stalling", "preparing")
    for factor, leader in ((0.97, "stalling"), (1.03, "preparing")):
        weighed = offramp.override(c, {"evidence_rules.acts_over_words": factor * turn["weight"]})
        beliefs = asked(weighed)["posterior"]
        assert max(beliefs, key=beliefs.get) == leader
    printed = f"{turn['weight']:.4g}"
    assert printed in answer.words()
    assert any(printed in flip for flip in answer.flips)


def test_S65_the_same_evacuation_moves_one_view_and_not_the_other() -> None:
    c = crisis("e2022a")
    fear = {"e04": dict.fromkeys(c.types, 0.25)}
    answer = answered(c, views={"a sign of fear": fear})
    data = answer.to_dict()["data"]
    assert data["items"]["e04"]["shift"]["preparing"] > 0.1
    other = data["codings"]["a sign of fear"]
    assert "e04" not in other["shifts"]
    assert other["posterior"]["preparing"] < data["posterior"]["preparing"] - 0.1
    (contest,) = [x for x in data["contested"] if x["item"] == "e04"]
    assert contest["there"] == 0.0
    board = " ".join(answer.flips)
    assert "e04 is contested" in board
    assert "Set readiness, evacuations, blood stocks" in board


def test_S65_black_sea_terms_move_little_whoever_reads_them() -> None:
    data = asked(crisis())
    shifts = {"file": data["items"]["e26"]["shift"]}
    shifts |= {k: v["shifts"]["e26"] for k, v in data["codings"].items() if "e26" in v["shifts"]}
    assert len(shifts) >= 3
    for moved in shifts.values():
        assert 0.0 < moved["stalling"] < 0.05


def test_S65_no_later_reading_or_date_reaches_an_earlier_board() -> None:
    answer = answered(crisis("e2022a"))
    text = " ".join((*answer.flips, *answer.paragraphs))
    assert "2025" not in text
    late = answer.to_dict()["data"]["codings"]["raise_the_risk"]
    assert late["refused"]
    assert late["shifts"] == {}


def test_S67_a_poll_about_A_moves_the_dial_of_its_resolve_and_never_the_type_of_B() -> None:
    c = crisis("e2022a")
    plain, coded = asked(c), asked(c, resolve={"e07": 0.5})
    without = asked(changed(c, e07={"include": False}))
    for theta in c.types:
        assert abs(plain["posterior"][theta] - without["posterior"][theta]) < 1e-12
        assert coded["posterior"][theta] == plain["posterior"][theta]
    assert plain["resolve"]["now"] == plain["resolve"]["start"]
    assert coded["resolve"]["now"] < coded["resolve"]["start"] - 0.02
    assert "e07" in coded["resolve"]["items"]
    assert "e07" not in without["resolve"]["items"]


def test_S67_resolve_shows_its_spread_by_source_and_decays() -> None:
    c = crisis()
    data = asked(c, resolve={"e29": 3.0, "e22": 0.5})
    by_source = data["resolve"]["by_source"]
    assert by_source["US"] < data["resolve"]["start"] < by_source["EUL"]
    assert by_source["US"] < data["resolve"]["now"] < by_source["EUL"]
    slow = asked(c, resolve={"e22": 0.5}, half_life=24.0)["resolve"]["now"]
    fast = asked(c, resolve={"e22": 0.5}, half_life=1.0)["resolve"]["now"]
    assert slow < fast - 0.02


def test_a_grade_that_cannot_be_judged_is_neutral_not_low() -> None:
    c = crisis()
    for grade in ("F2", "B6"):
        item = asked(changed(c, e21={"grade": grade}))["items"]["e21"]
        assert not item["used"]
        assert spread(item["log"]) < 1e-12
    low = asked(changed(c, e21={"grade": "E5"}))["items"]["e21"]
    assert spread(low["log"]) > 1e-3


def test_an_act_that_every_type_can_afford_is_weak_proof_whatever_its_odds() -> None:
    """The price of mimicry is a difference of continuation values: nothing to do with how often it is seen."""
    solution = offramp.solve(offramp.compile(crisis(), "status_quo", resolution=QUICK))
    acts = bluff(solution).to_dict()["data"]["next_move"]["acts"]
    types = list(crisis().types)
    for act in acts.values():
        for theta in types:
            if act["price"][theta] is None:
                assert act["likes"] == theta
                continue
            others = [a for a in acts.values() if a is not act]
            weight = sum(a["chance"][theta] for a in others)
            elsewhere = sum(a["chance"][theta] * a["worth"][theta] for a in others) / weight
            assert act["price"][theta] == pytest.approx(elsewhere - act["worth"][theta], abs=1e-9)
    for theta in types:
        assert sum(a["chance"][theta] for a in acts.values()) == pytest.approx(1.0, abs=1e-12)


def test_posteriors_after_the_next_act_average_to_todays_beliefs() -> None:
    data = asked(crisis())
    mu = np.array(list(data["posterior"].values()))
    total = np.zeros(len(mu))
    for act in data["next_move"]["acts"].values():
        total += (np.array(list(act["chance"].values())) @ mu) * np.array(
            list(act["posterior"].values())
        )
    assert np.abs(total - mu).max() < 1e-9
    for seen in data["observations"]:
        assert 0.0 <= seen["bits"] <= data["entropy_bits"] + 1e-12


def test_the_most_informative_observation_comes_first_and_a_silent_channel_tells_nothing() -> None:
    data = asked(crisis())
    bits = [o["bits"] for o in data["observations"]]
    assert bits == sorted(bits, reverse=True)
    loud = offramp.override(crisis(), {"evidence_channel.reliability": 0.9})
    first = asked(loud)["observations"][0]
    assert first["source"] == "signal"
    silent = offramp.override(crisis(), {"evidence_channel.reliability": 0.0})
    assert all(o["source"] != "signal" for o in asked(silent)["observations"])


def test_a_channel_that_shows_the_type_removes_all_the_doubt_there_is() -> None:
    c = offramp.override(
        crisis(), {"evidence_channel.reliability": 1.0, "hypotheses.unmodelled": 0.0}
    )
    data = asked(c)
    signal = next(o for o in data["observations"] if o["source"] == "signal")
    assert signal["bits"] == pytest.approx(data["entropy_bits"], abs=1e-9)
    assert math.isfinite(data["entropy_bits"])


def test_a_probe_is_worth_its_outcome_and_its_lesson() -> None:
    """An offer that every type refuses teaches nothing and is worth what passing is worth."""
    data = asked(crisis())
    dead = data["probes"]["plan_a_deal"]
    assert max(dead["answers"]["accepts"]["chance"].values()) < 1e-3
    assert dead["bits"] < 0.005
    assert abs(dead["learning"]) < 0.005
    live = data["probes"]["armed_freeze"]
    assert live["gain"] > dead["gain"] + 0.01
