"""What dates refuse: every way to bring something later to an earlier solve."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from tests.audit.audit_crises import GRID, reference, scope

import offramp
from offramp.audit import NotAsked, labels_in, setting_of
from offramp.audit._asking import ask
from offramp.audit._draws import Job, central, scopes_of
from offramp.crisis import Crisis, CrisisError, UnknownPath, get
from offramp.crisis._claims import parse
from offramp.ensembles.spared import PRICE, spared
from offramp.game._evidence import updates


def changed(path: str, value: Any) -> Crisis:
    return offramp.override(reference(), {path: value})


def refused(
    crisis: Crisis, reading: str = "time_favours_b", transplant: bool = False
) -> CrisisError:
    with pytest.raises(CrisisError) as caught:
        setting_of(crisis, reading, transplant)
    return caught.value


def test_a_reading_is_asked_at_its_authors_own_date() -> None:
    for key, reading in reference().readings.items():
        found = setting_of(reference(), key)
        assert found.as_of == reading.as_of
        assert all(item.date <= reading.as_of for item in found.file.evidence.values())
        assert found.epoch is not None
        assert setting_of(reference(), key, transplant=True).as_of == reference().as_of


def test_epochs_are_crises_of_their_own_and_not_transplants() -> None:
    own, carried = (setting_of(reference(), "time_favours_b", t) for t in (False, True))
    assert own.file.regime == "standoff"
    assert "sanctions_2022" in own.file.levers
    assert carried.file.regime == "war"
    assert "sanctions_2022" not in carried.file.levers
    assert [p for p, _ in own.premises] != [p for p, _ in carried.premises]


def test_a_premise_about_a_type_is_not_moved_again_by_earlier_evidence() -> None:
    for key in ("delay_costs", "raise_the_risk", "time_favours_b"):
        found = setting_of(reference(), key)
        assert found.named.hypotheses.prior_date == found.author.as_of  # type: ignore[union-attr]
        assert updates(found.named) == ()
    free = setting_of(reference(), "no_carrots")
    assert updates(free.named), "a reading that states no prior takes the evidence of its date"


def test_single_items_are_asked_of_the_files_prior() -> None:
    at = scope("raise_the_risk")
    told = at.setting.named.types["preparing"].prior.value
    assert ask(parse(f"prior(preparing) < {told}"), at).truth
    assert ask(parse("post(preparing, e14, e15) > prior(preparing)"), at).truth


def test_later_evidence_is_out_of_the_crisis_and_refused_by_name() -> None:
    at = scope("time_favours_b")
    assert "e09" not in at.crisis.evidence
    with pytest.raises(NotAsked, match="e09 is not known at 2022-02-18"):
        ask(parse("post(preparing, e09) > 0.5"), at)


def test_evidence_put_back_into_an_epoch_is_refused() -> None:
    item = reference().evidence["e09"].model_dump(mode="json") | {
        "sealed_for": [],
        "epochs": ["e2022a"],
    }
    crisis = changed(
        "epochs.e2022a.changes", {**reference().epochs["e2022a"].changes, "evidence.x": item}
    )
    assert any("`evidence.x`" in p.message for p in refused(crisis).problems)


def test_a_later_item_without_its_mark_is_refused() -> None:
    item = reference().evidence["e01"].model_dump(mode="json") | {"date": "2025-06-01"}
    crisis = changed("evidence.e99", item)
    assert any("e99" in p.message for p in refused(crisis, "delay_costs", True).problems)


def test_an_event_of_a_later_date_is_refused_unless_the_epoch_declares_it() -> None:
    event = reference().events["us_aid_cut"].model_copy(update={"date": "2024-11-05"})
    crisis = changed("events.us_vote", event)
    assert any("us_vote" in p.message for p in refused(crisis).problems)
    changes = {
        **reference().epochs["e2022a"].changes,
        "events.us_vote": event.model_dump(mode="json"),
    }
    declared = offramp.override(crisis, {"epochs.e2022a.changes": changes})
    assert setting_of(declared, "time_favours_b").file.events["us_vote"].date == "2024-11-05"


def test_a_number_of_a_later_date_is_refused() -> None:
    number = reference().war.cost.A.model_copy(update={"as_of": dt.date(2023, 1, 1)})
    first = refused(changed("war.cost.A", number), "raise_the_risk").problems
    assert any("war.cost.A" in p.message for p in first)
    again = number.model_copy(update={"as_of": dt.date(2025, 4, 12)})
    problems = refused(changed("war.cost.A", again), "broker_decides").problems
    assert any("war.cost.A" in p.message for p in problems)


@pytest.mark.parametrize(
    "path",
    ["sealed.outcomes.f004_1.outcome", "evidence.e09.date", "base_rates.x.value", "readings.x"],
)
def test_a_premise_cannot_reach_for_outcomes_or_evidence(path: str) -> None:
    author = reference().readings["time_favours_b"]
    stolen = author.premises[0].model_copy(update={"path": path})
    crisis = changed(
        "readings.time_favours_b",
        author.model_copy(update={"premises": (*author.premises, stolen)}),
    )
    assert any(path in p.message for p in refused(crisis).problems)


def test_the_sealed_file_is_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    real = Path.read_bytes

    def watched(self: Path) -> bytes:
        assert "sealed" not in self.name
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", watched)
    monkeypatch.setattr(Path, "read_text", lambda self, **_: watched(self).decode())
    crisis = offramp.load("ukraine-2025")
    at = central(crisis, "time_favours_b", False, GRID)
    assert ask(parse("P_event(donbas_attack_or_pretext, 1) > 0.2"), at).truth


def test_unknown_readings_get_a_did_you_mean() -> None:
    with pytest.raises(UnknownPath, match="delay_costs"):
        setting_of(reference(), "delay_cost")


def test_a_way_out_spares_no_more_than_the_price() -> None:
    low = changed("blocs.B.audience.cost", 0.01)
    lever = next(k for k, x in low.levers.items() if "blocs.B.audience.cost" in x.shifts and
                 x.shifts["blocs.B.audience.cost"].value < 0)  # fmt: skip
    assert spared(low).levers[lever].shifts["blocs.B.audience.cost"].value == pytest.approx(-0.01)
    assert spared(reference()) is reference()


def test_a_draw_is_mended_only_where_the_file_does_not_contradict_itself() -> None:
    """The same low price: by chance in one file, the file's own in the other."""
    price, shift = PRICE, f"levers.exit_ladder.shifts.{PRICE}"

    def spared_by(crisis: Crisis, reading: str | None) -> float:
        job = Job(reading, True, (), (price,), np.array([[0.03]]), np.zeros((1, 0), bool), GRID)
        (one,) = scopes_of(crisis, job)
        assert one.crisis.blocs["B"].audience.cost.value < 0.04
        found = get(one.crisis, shift)
        return float(found.value)

    assert spared_by(reference(), None) > -0.04
    assert spared_by(changed(price, 0.01), None) == -0.04
    assert central(changed(price, 0.01), None, True, GRID).crisis.levers == reference().levers


def test_labels_are_found_in_names_and_allowed_as_an_authors_terms() -> None:
    assert labels_in(reference()) == ()
    named = changed("actors.RU.name", "The aggressor")
    assert [x.path for x in labels_in(named)] == ["actors.RU.name"]
    author = reference().readings["time_favours_b"]
    told = changed(
        "readings.time_favours_b",
        author.model_copy(
            update={"author_terms": ("Kyiv junta",), "language_note": "junta: his word"}
        ),
    )
    assert labels_in(told) == ()
    used = offramp.override(told, {"actors.UA.name": "Kyiv junta"})
    assert {x.label for x in labels_in(used)} == {"Kyiv junta"}
