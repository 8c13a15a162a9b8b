"""The shipped reference case: what it holds, and what it must not hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from offramp.crisis._document import read
from offramp.crisis._load import examine
from offramp.crisis._paths import get, in_epoch, quantities, with_reading
from offramp.crisis._readings import SealedFile
from offramp.crisis._schema import Crisis

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "offramp" / "library" / "ukraine-2025"
DOCUMENTATION = ROOT / "docs" / "reference-case.md"


@pytest.fixture(scope="module")
def case() -> Crisis:
    found = examine(FOLDER / "crisis.yaml")
    assert found.crisis is not None, "\n".join(map(str, found.problems))
    return found.crisis


@pytest.fixture(scope="module")
def sealed() -> SealedFile:
    return SealedFile.model_validate(read(FOLDER / "sealed.yaml").data)


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple, str]]:
    """Every text with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    elif isinstance(value, str):
        yield path, value


def test_sections_have_the_stated_numbers_of_entries(case):
    held = {
        name: len(getattr(case, name))
        for name in (
            "issues", "contracts", "members", "levers", "plans", "events", "evidence", "readings",
            "epochs", "base_rates", "discriminators", "elicitation",
        )
    }  # fmt: skip
    assert held == {
        "issues": 6, "contracts": 8, "members": 25, "levers": 30, "plans": 8, "events": 14,
        "evidence": 35, "readings": 5, "epochs": 4, "base_rates": 10, "discriminators": 6,
        "elicitation": 1,
    }  # fmt: skip
    assert [rung.rung for rung in case.ladder.rungs] == list(range(10))


@pytest.mark.parametrize(
    ("reading", "epoch", "premises", "claims", "forecasts"),
    [
        ("delay_costs", "e2025", 12, 8, 4),
        ("broker_decides", "e2025", 12, 8, 5),
        ("raise_the_risk", "e2022b", 10, 7, 4),
        ("no_carrots", "e2023", 12, 8, 4),
        ("time_favours_b", "e2022a", 12, 8, 8),
    ],
)
def test_each_reading_is_whole_and_can_be_taken(case, reading, epoch, premises, claims, forecasts):
    author = case.readings[reading]
    assert author.epoch == epoch
    assert (len(author.premises), len(author.claims), len(author.forecasts)) == (
        premises, claims, forecasts,
    )  # fmt: skip
    then = in_epoch(case, epoch)
    for premise in author.premises:
        assert get(then, premise.path).low is not None, premise.path
        assert premise.value.low is not None
        assert premise.source
        assert get(case, case.transplant.maps.get(premise.path, premise.path)) is not None
    for transplant in (True, False):
        moved = with_reading(case, reading, transplant=transplant)
        total = sum(kind.prior.value for kind in moved.types.values())
        assert total + moved.hypotheses.unmodelled.value == pytest.approx(1.0, abs=1e-9)
    assert set(author.load_bearing_guess) <= {premise.path for premise in author.premises}


def test_every_source_is_declared_and_every_stated_number_has_one(case):
    data = read(FOLDER / "crisis.yaml").data
    for path, text in leaves(data):
        if "source" in path:
            for reference in text.split(";"):
                key = reference.strip().partition(":")[0]
                assert key in case.sources, f"{path}: {reference}"

    def sourced(path: str, number) -> bool:
        parts = path.split(".")
        above = (get(case, ".".join(parts[:end])) for end in range(2, len(parts)))
        return bool(number.source) or any(getattr(entry, "source", ()) for entry in above)

    bare = [path for path, number in quantities(case).items() if not sourced(path, number)]
    assert not bare


@pytest.mark.parametrize(
    ("path", "value", "low", "high", "source"),
    [
        ("blocs.A.patience", 0.970, 0.950, 0.985, "J"),
        ("blocs.B.patience", 0.985, 0.965, 0.993, "d000:P16"),
        ("blocs.B.felt_by.public", 0.15, 0.03, 0.40, "L"),
        ("actors.RU.preferences.order.weight", 0.10, 0.04, 0.30, "J"),
        ("actors.UA.floor.value", 0.55, 0.50, 0.60, "J"),
        ("actors.EUL.floor.value", 0.60, 0.54, 0.66, "J"),
        ("war.cost.A", 0.28, 0.15, 0.45, "J"),
        ("war.intensity", 0.10, 0.05, 0.20, "D"),
        ("war.collapse.A", 0.006, 0.003, 0.010, "J"),
        ("ceasefire.cost_share", 0.50, 0.30, 0.70, "J"),
        ("types.stalling.delay_flow", 0.09, 0.03, 0.14, "J"),
        ("types.preparing.war_bonus", 0.20, 0.08, 0.30, "J"),
        ("guarantees.force.loss", 0.6, 0.3, 1.0, "J"),
        ("guarantees.force.response", 0.45, 0.20, 0.70, "J"),
        ("coalition.fracture", 0.015, 0.004, 0.040, "d000:P7-P8"),
        ("broker.sides_with_b", 0.30, 0.10, 0.60, "d001:P11"),
        ("relief.comply", 0.45, 0.20, 0.70, "d003:P8"),
        ("conversions.pain_to_stake", 1.0, 0.4, 3.0, "J"),
        ("ladder.rungs.4.accident", 0.0010, 0.0002, 0.0040, "J"),
        ("levers.hydrocarbon_stop.ramp", 12, 4, 30, None),
        ("levers.us_backstop.response_gain", 0.20, 0.08, 0.35, None),
        ("events.us_aid_cut.hazard", 0.040, 0.015, 0.090, None),
        ("members.HU.stays", 0.940, 0.850, 0.980, None),
        ("members.NO.threat", 0.65, 0.50, 0.80, None),
    ],
)
def test_numbers_are_those_of_the_case_with_range_and_source(case, path, value, low, high, source):
    number = get(case, path)
    assert (number.value, number.low, number.high) == (value, low, high)
    if source is not None:
        assert source in number.source


def test_hand_figures_that_have_to_agree(case):
    voices, actors = case.blocs["A"].voices, case.actors
    ratio = sum(voices[key].value * actors[key].war_cost_ratio for key in voices)
    assert ratio == pytest.approx(1.0, abs=1e-3)
    priors = [kind.prior.value for kind in case.types.values()]
    assert sum(priors) + case.hypotheses.unmodelled.value == pytest.approx(1.0, abs=1e-9)
    # A force with a backstop answers as often as one without, plus what the backstop adds.
    answered = case.guarantees["force"].response.value
    gain = case.levers["us_backstop"].response_gain.value
    assert case.guarantees["force_backstop"].response.value == pytest.approx(answered + gain)
    # Spent assets: nothing beyond .35 on the sanctions issue.
    issue = case.issues["sanctions"]
    left = case.levers["frozen_assets"].sets["issues.sanctions.open"]
    assert issue.status_quo + left * (1 - issue.status_quo) == pytest.approx(0.35)
    # Drift of the front, .10 x (2 x .60 - 1) x .125, lies in the observed range.
    war = case.war
    drift = war.intensity.value * (2 * war.step_favours_b.value - 1) * war.step_size
    assert drift == pytest.approx(0.0025)
    assert war.observed_drift.low < drift < war.observed_drift.high
    assert case.red_lines["ru_alignment"].rule == "x >= 0.30"
    assert in_epoch(case, "e2022a").red_lines["ru_alignment"].rule == "x >= 0.60"


def test_judgements_without_a_figure_behind_them_are_named(case):
    named = [p for p, n in quantities(case).items() if n.note.startswith("coder's judgement:")]
    assert len(named) > 30
    for path in named:
        assert get(case, path).source == ("J",), path


def test_every_forecast_has_a_sealed_outcome(case, sealed):
    forecasts = {
        key: f for reading in case.readings.values() for key, f in reading.forecasts.items()
    }
    assert set(sealed.outcomes) == set(forecasts)
    assert len(sealed.outcomes) == 25
    assert (FOLDER / case.sealed).is_file()


def test_nothing_sealed_is_in_the_crisis(case, sealed):
    text = (FOLDER / "crisis.yaml").read_text(encoding="utf-8")
    for key, outcome in sealed.outcomes.items():
        assert outcome.fact not in text, key
    # Dates of what happened that no item of evidence has a right to.
    for date in (
        "2022-02-21", "2022-02-22", "2022-03-12", "2022-05-01", "2022-08-29", "2022-09-06",
        "2022-09-27", "2023-11-30", "2024-04-24", "2025-07-18", "2025-08-18", "2025-10-23",
    ):  # fmt: skip
        assert date not in text
    for words in ("joint borrowing", "breakthrough", "called off", "was dropped", "supplement"):
        assert words not in text.lower()


def test_dates_after_the_as_of_date_are_marked(case):
    later = {key for key, item in case.evidence.items() if item.date > case.as_of}
    assert later == {"e32", "e33", "e34", "e35"}
    assert all(case.evidence[key].after_as_of for key in later)
    assert "e09" not in in_epoch(case, "e2022a").evidence
    assert not {"e16", "e17", "e18"} & set(in_epoch(case, "e2022b").evidence)


def test_items_about_bloc_a_tell_nothing_about_bloc_b(case):
    about_a = [item for item in case.evidence.values() if item.about == "A"]
    assert len(about_a) == 7
    assert all(len(set(item.likelihood.values())) == 1 for item in about_a)


def documented() -> list[tuple[str, str, float, float, float]]:
    row = re.compile(r"\| `([^`]+)` \| `([^`]+)` \| (\S+) \[(\S+), (\S+)\] \|")
    found = row.findall(DOCUMENTATION.read_text(encoding="utf-8"))
    return [(name, path, float(v), float(low), float(high)) for name, path, v, low, high in found]


def test_documentation_gives_the_numbers_of_the_file(case):
    table = documented()
    assert len(table) == len({name for name, *_ in table}) == 62
    for name, path, value, low, high in table:
        where = case
        if path.startswith("epochs."):
            _, epoch, _, path = path.split(".", 3)
            where = in_epoch(case, epoch)
        number = get(where, path)
        assert (number.value, number.low, number.high) == (value, low, high), name


# --- Our own words -------------------------------------------------------------------------

RUN = 8
"""Words in a row that count as copied."""

CITED = {"title", "source", "expression", "path"}
"""Fields that name or cite, and so may repeat: titles of documents, references, formulas."""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub("['\u2019]", "", text.lower()))


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[place : place + RUN]) for place in range(len(found) - RUN + 1))


@cache
def originals() -> frozenset[tuple[str, ...]]:
    """Runs of words of the coded documents and of the draft; skips where they are not here."""
    data = os.environ.get("OFFRAMP_DATA")
    if not data:
        pytest.skip("OFFRAMP_DATA is not set, so the coded documents are not here")
    beside = Path(data).parent
    files = [*(beside / "sources").glob("*.txt"), *(beside / "case").glob("*draft.yaml")]
    if len(files) < 6:
        pytest.skip("the coded documents do not lie beside OFFRAMP_DATA")
    return frozenset(run for file in files for run in runs(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["crisis.yaml", "sealed.yaml"])
def test_texts_are_paraphrases(name):
    copied = [
        f"{path}: {' '.join(run)}"
        for path, text in leaves(read(FOLDER / name).data)
        if not CITED & set(path)
        for run in runs(text)
        if run in originals()
    ]
    assert not copied


def test_comments_and_documentation_are_paraphrases():
    comments = "\n".join(
        line.partition("#")[2]
        for line in (FOLDER / "crisis.yaml").read_text(encoding="utf-8").splitlines()
    )
    for prose in (comments, DOCUMENTATION.read_text(encoding="utf-8")):
        assert not [" ".join(run) for run in runs(prose) if run in originals()]
