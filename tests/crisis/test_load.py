"""Loading a crisis: from a name, a file, a text, a mapping; and the schema that editors use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from offramp import library
from offramp.crisis import (
    Crisis,
    CrisisError,
    Quantity,
    crisis_hash,
    examine,
    json_schema,
    load,
    loads,
    locate,
)
from offramp.crisis._document import read
from offramp.crisis._starter import text as starter_text

jsonschema: Any = pytest.importorskip("jsonschema")

BASE = Path(__file__).parent / "bad" / "no_is_a_country_and_text.yaml"


@pytest.fixture
def data() -> dict[str, Any]:
    return read(BASE).data


# --- Where a crisis comes from -------------------------------------------------------------


def test_a_crisis_is_the_same_from_file_text_mapping_and_json(
    tmp_path: Path, data: dict[str, Any]
) -> None:
    as_json = tmp_path / "crisis.json"
    as_json.write_text(json.dumps(data), encoding="utf-8")
    text = BASE.read_text(encoding="utf-8")
    crises = [load(str(BASE)), load(as_json), load(data), loads(text)]
    assert len({crisis_hash(crisis) for crisis in crises}) == 1


def test_what_json_writes_loads_as_the_same_crisis() -> None:
    crisis = load(BASE)
    assert loads(crisis.model_dump_json()) == crisis


def test_a_crisis_can_be_written_in_python_with_models(data: dict[str, Any]) -> None:
    data["war"] = {"intensity": Quantity(value=0.1, low=0.05, high=0.2)}
    assert load(data).war.intensity.high == 0.2


@pytest.mark.parametrize("name", library.names())
def test_a_shipped_crisis_loads_by_name(name: str) -> None:
    crisis = load(name)
    assert crisis == load(library.path(name))
    assert name in {row["name"] for row in library.describe()}


def test_a_folder_with_a_crisis_file_is_that_crisis(tmp_path: Path) -> None:
    (tmp_path / "crisis.yaml").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    assert load(tmp_path) == load(BASE)
    assert locate(tmp_path) == tmp_path / "crisis.yaml"


@pytest.mark.skipif(not library.names(), reason="no crisis is shipped yet")
def test_a_misspelt_shipped_name_gets_a_did_you_mean() -> None:
    name = library.names()[0]
    with pytest.raises(CrisisError, match=f"did you mean `{name}`") as caught:
        load(name[:-1])
    assert caught.value.exit_code == 3
    with pytest.raises(KeyError, match="did you mean"):
        library.path(name[:-1])


def test_a_file_that_is_not_there_is_named_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "strait.yaml").write_text("", encoding="utf-8")
    with pytest.raises(CrisisError, match=r"strait\.yaml"):
        load(tmp_path / "strat.yaml")


@pytest.mark.parametrize("name", ["crisis.xlsx", "CRISIS.XLSM"])
def test_a_workbook_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(CrisisError, match="reads no workbooks yet"):
        load(name)


# --- What is reported ----------------------------------------------------------------------


def test_examine_never_raises_for_what_a_file_says(tmp_path: Path) -> None:
    examined = examine(tmp_path / "missing.yaml")
    assert examined.crisis is None
    assert examined.problems
    assert not examine(BASE).problems


def test_problems_of_a_mapping_carry_their_path(data: dict[str, Any]) -> None:
    data["levers"]["embargo"]["kind"] = "stik"
    data["blocs"]["A"]["voices"]["NO"] = 0.1
    with pytest.raises(CrisisError) as caught:
        load(data)
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {("levers", "embargo", "kind"), ("blocs", "A", "voices")}
    assert "levers.embargo.kind" in str(caught.value)


def test_a_reference_to_a_refused_entry_is_no_second_error(data: dict[str, Any]) -> None:
    data["guarantees"]["patrol"]["detection"] = "often"
    (problem,) = examine(data).problems
    assert problem.path == ("guarantees", "patrol", "detection")


def test_sums_over_a_refused_part_are_no_second_error(data: dict[str, Any]) -> None:
    data["types"]["weary"]["prior"] = "likely"
    (problem,) = examine(data).problems
    assert problem.path == ("types", "weary", "prior")


def test_a_broken_list_keeps_the_places_of_its_neighbours(data: dict[str, Any]) -> None:
    data["plans"]["pressure"]["stages"][0]["nmae"] = "x"
    data["plans"]["pressure"]["offer"] = "frieze"
    problems = examine(data).problems
    assert {p.path for p in problems} == {
        ("plans", "pressure", "stages", 0, "nmae"),
        ("plans", "pressure", "offer"),
    }


def test_warnings_do_not_stop_a_crisis(data: dict[str, Any]) -> None:
    data["types"]["stalling"]["delay_flow"] = -0.04
    examined = examine(data)
    assert examined.crisis is not None
    assert ["same payoffs" in w.message for w in examined.warnings] == [True]


@pytest.mark.parametrize(
    ("short", "value", "low", "high"),
    [
        (0.3, 0.3, None, None),
        ("5 to 20 %", 0.125, 0.05, 0.2),
        ("0.1 to 0.3", 0.2, 0.1, 0.3),
        ([0.3, 0.1, 0.5], 0.3, 0.1, 0.5),
        ({"value": "0.1 to 0.3", "note": "x"}, 0.2, 0.1, 0.3),
        ({"value": [0.3, 0.1, 0.5], "grade": "B2"}, 0.3, 0.1, 0.5),
        ({"value": 0.3, "low": 0.1, "high": 0.5}, 0.3, 0.1, 0.5),
        (
            {
                "pool": "quantile",
                "experts": [{"who": "a", "value": 0.2}, {"who": "b", "value": 0.4}],
            },
            0.3,
            0.2 + 0.1,
            0.3,
        ),
    ],
)
def test_a_number_may_be_written_in_many_ways(
    data: dict[str, Any], short: Any, value: float, low: float | None, high: float | None
) -> None:
    data["events"]["storm"]["hazard"] = short
    hazard = load(data).events["storm"].hazard
    assert hazard.value == pytest.approx(value)
    assert (hazard.low, hazard.high) == pytest.approx((low, high))


def test_a_broken_expert_is_reported_where_the_expert_stands(data: dict[str, Any]) -> None:
    data["events"]["storm"]["hazard"] = {"pool": "linear", "experts": [{"who": "a"}]}
    (problem,) = examine(data).problems
    assert problem.path == ("events", "storm", "hazard", "experts", 0)
    assert problem.message.startswith("`value` is missing")


# --- The JSON Schema -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def test_the_json_schema_is_draft_07(schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    for later in ("$defs", "prefixItems", "unevaluated", "dependentRequired"):
        assert later not in text


def test_every_field_of_the_json_schema_is_described(schema: dict[str, Any]) -> None:
    bare = []

    def look(node: Any, where: str) -> None:
        if isinstance(node, dict):
            for name, field in node.get("properties", {}).items():
                if "description" not in field:
                    bare.append(f"{where}.{name}")
            for key, inner in node.items():
                look(inner, f"{where}/{key}")
        elif isinstance(node, list):
            for inner in node:
                look(inner, where)

    look(schema, "")
    assert not bare


def test_the_json_schema_accepts_what_loads(schema: dict[str, Any], data: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(schema)
    data["events"]["storm"]["hazard"] = {"value": "0.1 to 0.2", "source": "staff:P1; staff"}
    for crisis in (data, load(data).model_dump(mode="json")):
        assert [error.message for error in validator.iter_errors(crisis)] == []


@pytest.mark.parametrize("number", [True, "much", [1, 2], {"low": 1, "high": 2}])
def test_the_json_schema_refuses_what_is_no_number(
    schema: dict[str, Any], data: dict[str, Any], number: Any
) -> None:
    data["events"]["storm"]["hazard"] = number
    assert not jsonschema.Draft7Validator(schema).is_valid(data)


# --- Cost ----------------------------------------------------------------------------------


def test_reading_a_crisis_needs_no_arrays() -> None:
    code = (
        "import sys, offramp.crisis as c; c.loads(sys.stdin.read()); "
        "sys.exit('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=starter_text(), text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_the_model_is_immutable() -> None:
    crisis: Crisis = load(BASE)
    with pytest.raises(ValueError, match="frozen"):
        crisis.title = "Another"
