"""The coalition answer on small, degenerate and odd crises; its words and its JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.answers.answer_crises import starter, starter_solved, yaml_of

import offramp
from offramp.answers import Answer
from offramp.answers._coalition_facts import leads_of, majority_of, members_of
from offramp.answers._coalition_votes import Rule, chances, kept_share, shapley_shubik, unanimity
from offramp.answers.coalition import coalition
from offramp.solution import Solution
from offramp.theory import coalitions as theory

MEMBERS: dict[str, Any] = {
    "north": {"name": "Norland", "contributions": {"money": 3}, "stays": 0.98, "threat": 0.8,
              "dissent": 0.1, "exposure": 0.1},
    "south": {"name": "Southland", "contributions": {"money": 1}, "stays": 0.95, "threat": 0.2,
              "dissent": 0.6, "exposure": 0.5, "refuses": ["embargo"]},
    "west": {"name": "Westland", "contributions": {"money": 1}},
}  # fmt: skip


def with_members(members: dict[str, Any] | None = None, **changes: Any) -> Solution:
    plain = yaml_of(starter())
    plain["members"] = MEMBERS if members is None else members
    plain["levers"]["embargo"]["consent"] = {"rule": "unanimity"}
    for path, value in changes.items():
        section, field = path.split("__")
        plain[section][field] = value
    crisis = offramp.loads(json.dumps(plain), "starter.json")
    return offramp.solve(offramp.compile(crisis, resolution="sketch"))


def plain(answer: Answer) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    return read


def test_without_members_it_says_so() -> None:
    answer = coalition(starter_solved())
    assert "names no members" in answer.headline
    assert not answer.charts
    assert plain(answer)["answer"] == "coalition"


def test_a_small_coalition_is_answered_whole() -> None:
    answer = coalition(with_members(), solved=1)
    data = plain(answer)["data"]
    assert set(data["members"]) == set(MEMBERS)
    assert data["levers"]["embargo"]["against"] == ["south"]
    assert not data["levers"]["embargo"]["passes"]
    assert data["members"]["west"]["alive"][-1] == 1.0
    assert any("Westland" in text for text in answer.warnings)
    assert "arland" not in answer.words().replace("Arland", "")
    assert 3 <= len(answer.paragraphs) <= 6
    removed = data["removed"]
    assert list(removed) == ["north"] or len(removed) == 1


def test_unanimity_is_the_product_of_the_members_chances() -> None:
    data = plain(coalition(with_members(), solved=0))["data"]
    product = np.prod([data["members"][m]["alive"] for m in MEMBERS], axis=0)
    assert np.allclose(data["rules"]["unanimity"]["holds"], product, atol=1e-12)


def test_nobody_gives_and_nobody_leaves() -> None:
    """No contributions, no stated chances: nothing erodes, nothing is solved, words say it."""
    answer = coalition(with_members({"north": {"name": "Norland"}}), solved=2)
    data = plain(answer)["data"]
    assert set(data["whole_members"]) == {1.0}
    assert data["removed"] == {}
    assert any("no contributions" in text for text in answer.warnings)


def test_one_month() -> None:
    plain_ = yaml_of(with_members().game.crisis)
    plain_["clock"]["horizon_months"] = 1
    del plain_["plans"]["pressure"]
    crisis = offramp.loads(json.dumps(plain_), "starter.json")
    answer = coalition(offramp.solve(offramp.compile(crisis, resolution="sketch")), solved=0)
    assert plain(answer)["data"]["months"] == [0, 1]


def test_a_shock_unites_and_dispute_divides() -> None:
    calm = plain(coalition(with_members(), solved=0))["data"]["members"]["north"]["alive"][12]
    shaken = plain(coalition(with_members(), solved=0, shock=1.0))["data"]
    frayed = with_members(coalition__fracture={"value": 0.04})
    worn = plain(coalition(frayed, solved=0))["data"]["members"]["north"]["alive"][12]
    assert shaken["members"]["north"]["alive"][12] > calm + 0.05
    assert worn < calm - 0.001


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        coalition(starter_solved(), shock=-1.0)
    with pytest.raises(KeyError, match="nobody"):
        coalition(with_members(), solved=0, leads=("nobody",))


def test_leads_are_asked_for_said_or_the_largest_givers() -> None:
    crisis = with_members().game.crisis
    assert leads_of(crisis, None) == ("north", "south")
    assert leads_of(crisis, ("west",)) == ("west",)
    said = offramp.override(crisis, {"members.west.role": "leads with Norland"})
    assert leads_of(said, None) == ("west",)


def test_a_majority_has_the_files_weights_or_the_states_or_one_vote_each() -> None:
    crisis = with_members().game.crisis
    keys = members_of(crisis)
    assert majority_of(crisis, keys).count == 2
    stated = offramp.override(
        crisis, {"coalition.majority_weights": {"north": 2.5, "south": 1, "west": 1}}
    )
    assert majority_of(stated, keys).weights == (25, 10, 10)
    named = offramp.override(
        crisis,
        {
            "members.north.name": "Germany",
            "members.south.name": "France",
            "members.west.name": "Malta",
        },
    )
    assert majority_of(named, keys).weights == (1849, 1517, 12)


@pytest.mark.parametrize("seed", range(5))
def test_chances_agree_with_counting_every_coalition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = tuple("abcdefg")
    weights = tuple(int(w) for w in rng.integers(0, 9, 7))
    rule = Rule(
        "r", "r", names, frozenset({"c"}), count=4, weights=weights, quota=sum(weights) // 2
    )
    p = rng.random(7)
    total, inside = 0.0, np.zeros(7)
    for bits in range(2**7):
        here = [bool(bits >> i & 1) for i in range(7)]
        chance = float(np.prod([q if b else 1 - q for q, b in zip(p, here, strict=True)]))
        if rule.holds(frozenset(n for n, b in zip(names, here, strict=True) if b)):
            total += chance
            inside += chance * np.array(here)
    found = chances(rule, p)
    assert found.holds[0] == pytest.approx(total, abs=1e-13)
    assert np.allclose(found.with_member[0], inside / p, atol=1e-12)
    both = p * found.with_member[0] + (1 - p) * found.without[0]
    assert np.allclose(both, total, atol=1e-12)


def test_power_is_the_textbooks() -> None:
    weights = (7, 5, 4, 4, 3, 1, 0)
    rule = Rule("v", "v", tuple("abcdefg"), weights=weights, quota=14)
    assert shapley_shubik(rule) == pytest.approx(theory.shapley_shubik(weights, 14), abs=1e-13)


def test_certain_members_and_certain_leavers() -> None:
    rule = Rule("v", "v", tuple("abc"), weights=(2, 1, 1), quota=3)
    assert chances(rule, np.array([1.0, 0.0, 1.0])).holds[0] == 1.0
    assert chances(rule, np.array([0.0, 1.0, 1.0])).holds[0] == 0.0
    with pytest.raises(ValueError, match="never be met"):
        Rule("v", "v", tuple("ab"), weights=(1, 1), quota=3)
    with pytest.raises(ValueError, match="asks nobody"):
        unanimity("v", "v", ())


def test_the_share_kept_has_the_mean_of_the_members() -> None:
    shares, p = (0.5, 0.3, 0.2), np.array([0.9, 0.5, 0.2])
    levels = [i / 2000 for i in range(1, 2001)]
    tail = kept_share(shares, p, levels)[0]
    assert tail.sum() / 2000 == pytest.approx(float(np.dot(shares, p)), abs=1e-9)
