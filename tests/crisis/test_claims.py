"""The claim grammar: what can be said, what is refused and where, and that the page of definitions is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import offramp
from offramp.crisis import Crisis, CrisisError
from offramp.crisis._claims import Ask, ClaimError, Part, children, parse, render, walk
from offramp.crisis._claims_check import Known, check_claim, known_of
from offramp.crisis._claims_functions import FUNCTIONS, KINDS, WORLD, signature
from offramp.crisis._claims_page import page
from offramp.crisis._expressions import Name, Number
from offramp.crisis._shipped import shipped


@pytest.fixture(scope="module")
def case() -> Crisis:
    return offramp.load("ukraine-2025")


@pytest.fixture(scope="module")
def known(case: Crisis) -> Known:
    return known_of(case)


@pytest.fixture
def raw(case: Crisis) -> dict[str, Any]:
    return case.model_dump(mode="json")


# --- Reading -----------------------------------------------------------------------------------


def test_a_question_has_arguments_and_a_world() -> None:
    found = parse("V(B, stall | plan_b, offer=armed_freeze)")
    assert found == Ask(
        "V",
        (Part(None, Name("B")), Part(None, Name("stall"))),
        (Part(None, Name("plan_b")), Part("offer", Name("armed_freeze"))),
    )
    bare = parse("room(| status_quo)")
    assert isinstance(bare, Ask)
    assert (bare.arguments, len(bare.world)) == ((), 1)


@pytest.mark.parametrize(
    ("text", "offset", "said", "hint"),
    [
        ("", 0, "empty", None),
        ("P_settle(12 | plan_b", 8, "never closed", "add `)`"),
        ("P_settle(12 | )", 12, "nothing follows", "delete it, or name a plan"),
        ("1 = 2", 2, "a single `=`", "did you mean `==`?"),
        ("P_settle(12) | plan_b", 13, "inside a question", "as in `P_settle(12 | plan)`"),
        ("[1, 2] > 0", 0, "a value is needed", None),
        ("W(RU | x=[1, y])", 13, "a list holds numbers", None),
        ("W(RU | x=[1, 2)", 9, "never closed", "add `]`"),
        ("P(1 = 2)", 4, "only a name", "did you mean `==`?"),
        ("1 < 2 && 3 < 4", 6, "no sign", "did you mean `and`?"),
        ("V(B, stall) > 1 OR 2 > 1", 16, "no word", "did you mean `or`?"),
        ("(" * 60 + "1" + ")" * 60, 50, "inside each other", None),
    ],
)
def test_mistakes_are_found_at_their_place(
    text: str, offset: int, said: str, hint: str | None
) -> None:
    with pytest.raises(ClaimError) as caught:
        parse(text)
    assert said in caught.value.message
    assert caught.value.offset == offset
    if hint is not None:
        assert caught.value.suggestion == hint


def test_nothing_is_ever_run(known: Known) -> None:
    for text in ("__import__(os)", "open(A)", "exec(1) > 0", "A.__class__ > 0"):
        try:
            wrong = check_claim(parse(text), known)
        except ClaimError:
            continue
        assert wrong, text


NAMES = st.sampled_from(["A", "B", "plan_b", "x.y", "oil-cap", "war.cost.B"])
NUMBERS = st.floats(0, 1e6).map(lambda v: Number(float(f"{v:.6g}")))


def _asks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.tuples(st.none() | st.sampled_from(["offer", "a.b"]), inner | NAMES.map(Name))
    some = st.lists(parts.map(lambda p: Part(*p)), max_size=3).map(tuple)
    return st.builds(Ask, st.sampled_from(["V", "P_settle", "abs"]), some, some)


@settings(max_examples=60, deadline=None)
@given(st.recursive(NUMBERS | NAMES.map(Name), _asks, max_leaves=8))
def test_what_is_written_is_read_back(node: Any) -> None:
    text = render(node)
    assert parse(text) == node
    assert len(list(walk(node))) == 1 + sum(len(list(walk(c))) for c in children(node))


# --- Checking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset", "said", "hint"),
    [
        ("P_setle(12 | plan_b) > 0", 0, "no question `P_setle`", "`P_settle`"),
        ("P_settle(12 | plan_c) > 0", 14, "no plan `plan_c`", "`plan_a`"),
        ("P_settle(12) > 0", 0, "asked of a plan", "P_settle(m | plan, ...)"),
        ("P_settle(1.5 | plan_b) > 0", 9, "whole number of months", None),
        ("P_settle(12 | plan_b)", 0, "a truth is needed", "compare it"),
        ("V(C, start | plan_b) > 0", 2, "no side `C`", "`A`, `B`"),
        ("V(B, sign | plan_b) > 0", 5, "no act `sign`", "`deal`"),
        ("P_settle(12 | plan_b, offer=armed_freez) > 0", 28, "no offer", "`armed_freeze`"),
        ("P_settle(12 | plan_b, position=1) > 0", 22, "does not read `position`", None),
        ("P_settle(12 | plan_b, war.cost.C=1) > 0", 22, "", "`war.cost."),
        ("P_settle(12 | plan_b, war.cost.B=0.9 > 1) > 0", 22, "a world sets", None),
        ("P_settle(12 | plan_b) + true > 0", 24, "a number is needed", None),
        ("not P_settle(12 | plan_b)", 4, "a truth is needed", None),
        ("d(1, war.cost.B) > 0", 2, "a measure is a question", None),
        ("d(P_settle(12 | plan_b), war.cost.b) > 0", 25, "no number at", "`war.cost.B`"),
        ("max(1) > 0", 0, "at least 2 arguments", "`max(x, ...)`"),
        ("max(1, 2 | plan_b) > 0", 11, "no world of its own", None),
        ("W(RU, alignmnt=0.5) > 0", 6, "no issue `alignmnt`", "`alignment`"),
        ("P_stay(contributors, FR, 12 | plan_a) > 0", 0, "one rule, or members", None),
        ("unchanged(c009_1 | swap=order_motive)", 10, "no claim `c009_1`", "`c00"),
        ("war.cost.Q > 1", 0, "no number at", "`war.cost."),
        ("sealed.outcomes.f004_1 > 0", 0, "no number at", None),
        ("P_event(f004_1, 12) > 0", 8, "no event `f004_1`", None),
    ],
)
def test_what_does_not_fit_the_crisis_is_refused(
    known: Known, text: str, offset: int, said: str, hint: str | None
) -> None:
    wrong = check_claim(parse(text), known)
    assert wrong, text
    assert said in wrong[0].message
    assert wrong[0].offset == offset
    if hint is not None:
        assert hint in (wrong[0].suggestion or "")


def test_all_mistakes_come_in_one_pass_in_order(known: Known) -> None:
    wrong = check_claim(parse("P_setle(12) > V(C, stop | plan_x)"), known)
    assert [e.offset for e in wrong] == sorted(e.offset for e in wrong)
    assert len(wrong) == 4


def test_the_claims_of_the_reference_case_are_in_the_grammar_or_say_why_not(case: Crisis) -> None:
    claims = {k: c for r in case.readings.values() for k, c in r.claims.items()}
    assert len(claims) == 39
    said_why = {k for k, c in claims.items() if c.not_expressed}
    assert said_why == {"c002_3", "c004_6"}
    assert all(len(str(claims[k].not_expressed)) > 60 for k in said_why)
    checked = known_of(case)
    for key, claim in claims.items():
        if claim.expression:
            assert not check_claim(parse(claim.expression), checked), key
            assert parse(render(parse(claim.expression))) == parse(claim.expression)


# --- At load -----------------------------------------------------------------------------------


def _loaded(raw: dict[str, Any]) -> CrisisError:
    with pytest.raises(CrisisError) as caught:
        offramp.load(raw)
    return caught.value


def test_a_claim_that_does_not_fit_stops_the_load_with_its_place(raw: dict[str, Any]) -> None:
    claim = raw["readings"]["delay_costs"]["claims"]["c000_1"]
    claim["expression"] = "V(B, stall | plan_z) > 0"
    found = [p for p in _loaded(raw).problems if p.code == "claim"]
    assert [p.path for p in found] == [
        ("readings", "delay_costs", "claims", "c000_1", "expression")
    ]
    assert "no plan `plan_z`" in found[0].message


def test_a_mistake_in_a_file_is_pointed_at_in_its_line() -> None:
    text = shipped()["ukraine-2025"].read_text(encoding="utf-8")
    line = 'expression: "V(B, stall | plan_a) > V(B, deal | plan_a)"'
    assert text.count(line) == 1
    with pytest.raises(CrisisError) as caught:
        offramp.loads(text.replace(line, line.replace("deal", "dael")), "case.yaml")
    problem = next(p for p in caught.value.problems if p.code == "claim")
    written = next(i for i, x in enumerate(text.splitlines(), 1) if line in x)
    row = text.splitlines()[written - 1]
    assert problem.line == written
    assert problem.column == row.index("deal") + 1
    assert "`deal`" in (problem.suggestion or "")


def test_a_claim_is_either_asked_or_says_why_not(raw: dict[str, Any]) -> None:
    claim = raw["readings"]["delay_costs"]["claims"]["c000_1"]
    claim["not_expressed"] = "no reason"
    assert any("either an `expression`" in p.message for p in _loaded(raw).problems)


def test_ids_of_claims_are_unique_in_a_file(raw: dict[str, Any]) -> None:
    readings = raw["readings"]
    readings["no_carrots"]["claims"]["c000_1"] = readings["delay_costs"]["claims"]["c000_1"]
    assert any("is taken by the reading `delay_costs`" in p.message for p in _loaded(raw).problems)


def test_what_is_reported_is_checked_too(raw: dict[str, Any]) -> None:
    claim = raw["readings"]["delay_costs"]["claims"]["c000_1"]
    claim["reports"] = {"nonsense": "P_settel(12 | plan_a)"}
    assert any("no question `P_settel`" in p.message for p in _loaded(raw).problems)


# --- The page ----------------------------------------------------------------------------------


def test_the_page_of_definitions_is_written_from_the_table() -> None:
    path = Path(__file__).parents[2] / "docs" / "claims.md"
    assert path.read_text(encoding="utf-8") == page()
    for name, f in FUNCTIONS.items():
        assert f"### `{signature(name)}`" in page()
        assert len(f.means) > 8
        assert all(slot.kind in KINDS for slot in (*f.takes, *((f.more,) if f.more else ())))
        assert set(f.also) <= set(WORLD)
