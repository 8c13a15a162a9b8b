"""Publishers' files: layouts as published, bad rows reported where they are, the rest read."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.ensembles.loaders import (
    DataFileError,
    load_acled,
    load_gdelt,
    load_kiel,
    load_polecat,
    load_territory,
    monthly_aid,
    monthly_change,
    monthly_counts,
)


def month(text):
    return dt.date.fromisoformat(f"{text}-01")


# --- Kiel ----------------------------------------------------------------------------------

TABLE = """country,iso,year,month,total,financial,humanitarian,military
Norland,NOR,2022,2,0.7,0.5,0.1,0.1
Norland,NOR,2022,4,0.2,0.0,0.0,0.2
"Sud, Republic of",SUD,2022,4,1.0,1.0,0.0,
"""

SHEET_HEAD = (
    "ID,donor,month,measure,aid_type_general,explanation,tot_activity_value_EUR,"
    "tot_sub_activity_value_EUR_redistr\n"
)
SHEET = (
    SHEET_HEAD
    + """N1,Norland,1,Allocation,Military,"shells, first lot",0,"250,000,000"
N2,Norland,13,Allocation,Humanitarian ,,0,1000000000
N3,Norland,13,Commitment,Financial,,5,7
N4,Norland,0,Allocation,Financial,multi-year,0,5
N5,Sud,2,Allocation,Financial,,0,.
"""
)


def test_a_table_by_donor_and_month_is_read(tmp_path):
    file = tmp_path / "kiel.csv"
    file.write_text(TABLE)
    loaded = load_kiel(file)
    assert loaded.problems == ()
    assert len(loaded.rows) == 8  # an empty kind is no row
    assert {a.donor for a in loaded.rows} == {"Norland", "Sud, Republic of"}
    assert monthly_aid(loaded.rows, donors=["Norland"]) == pytest.approx(
        {month("2022-02"): 0.7, month("2022-03"): 0.0, month("2022-04"): 0.2}
    )
    assert monthly_aid(loaded.rows, kinds=["military"])[month("2022-04")] == pytest.approx(0.2)


def test_the_main_sheet_is_filtered_and_its_months_are_counted_from_december_2021(tmp_path):
    file = tmp_path / "sheet.csv"
    file.write_text(SHEET)
    loaded = load_kiel(file)
    assert loaded.problems == ()
    assert [(a.month, a.kind, a.billions) for a in loaded.rows] == [
        (month("2022-01"), "military", 0.25),
        (month("2023-01"), "humanitarian", 1.0),
    ]
    assert loaded.skipped == {
        "measure is Commitment": 1,
        "month not known": 1,
        "no value given": 1,
    }
    assert "1 left out: month not known" in loaded.summary()
    assert len(load_kiel(file, measure="Commitment").rows) == 1


def test_every_bad_row_of_the_sheet_is_reported_and_the_rest_is_read(tmp_path):
    file = tmp_path / "sheet.csv"
    rows = [
        "N1,Norland,1,Allocation,Militari,,0,10",
        "N2,Norland,1,Alocation,Military,,0,10",
        "N3,Norland,1.5,Allocation,Military,,0,10",
        'N4,Norland,1,Allocation,Military,,0,"1.234,5"',
        "N5,Norland,1,Allocation,Military",
        "N6,,1,Allocation,Military,,0,1",
        "N7,Norland,1,Allocation,Military,,0,2000000000",
    ]
    file.write_text(SHEET_HEAD + "\n".join(rows) + "\n")
    loaded = load_kiel(file)
    assert [a.billions for a in loaded.rows] == [2.0]
    assert [(p.line, p.column) for p in loaded.problems] == [
        (2, 25), (3, 14), (4, 12), (5, 37), (6, None), (7, 4),
    ]  # fmt: skip
    first, second, third, fourth, fifth, _ = (str(p) for p in loaded.problems)
    assert f"{file}:2:25: unknown kind of aid `Militari`" in first
    assert "did you mean `military`?" in first
    assert first.splitlines()[2].index("^") == 2 + 24  # the caret stands below the field
    assert "did you mean `Allocation`?" in second
    assert "not a whole number" in third
    assert "not a number: `1.234,5`" in fourth
    assert "5 fields where" in fifth
    assert "broken off" in fifth
    with pytest.raises(DataFileError) as caught:
        loaded.strict()
    assert len(caught.value.problems) == 6
    assert caught.value.exit_code == 3


def test_a_missing_column_is_refused_with_the_nearest_one(tmp_path):
    file = tmp_path / "kiel.csv"
    file.write_text("country,year,mnth,military\nNorland,2022,1,1\n")
    with pytest.raises(DataFileError, match="no column `month`") as caught:
        load_kiel(file)
    assert "is it the column `mnth`?" in str(caught.value)


def test_an_unknown_measure_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Allocation and Commitment"):
        load_kiel(tmp_path / "none.csv", measure="Spending")


# --- Territory -----------------------------------------------------------------------------


def test_area_by_month_is_the_change_from_last_day_to_last_day(tmp_path):
    file = tmp_path / "area.csv"
    file.write_text(
        "date,occupied_km2,n_polys\n"
        "2024-08-31,110100.5,1\n2024-07-08,109000,1\n2024-07-31,109600.5,1\n"
        "2024-10-01,111000,1\n"
    )
    loaded = load_territory(file)
    assert [a.date.isoformat() for a in loaded.rows][:2] == ["2024-07-08", "2024-07-31"]
    assert monthly_change(loaded.rows) == {month("2024-08"): 500.0}  # September is missing


def test_a_day_given_twice_and_a_date_that_is_none_are_reported(tmp_path):
    file = tmp_path / "area.csv"
    file.write_text("date,area_km2\n2024-07-08,1\n2024-07-08,2\n2024-13-01,3\n08.07.2025,-4\n")
    loaded = load_territory(file)
    assert len(loaded.rows) == 1
    assert [p.line for p in loaded.problems] == [3, 4, 5]
    assert "was given before, in line 2" in str(loaded.problems[0])
    assert "dates look like 2025-04-15" in str(loaded.problems[1])
    assert "outside 0 to" in str(loaded.problems[2])


# --- Events --------------------------------------------------------------------------------


def gdelt_line(**fields):
    row = [""] * 61
    places = {"id": 0, "day": 1, "one": 7, "two": 17, "code": 26, "score": 30, "country": 53}
    values = {"id": "1", "day": "20250415", "one": "RUS", "two": "UKR", "code": "014",
              "score": "-2.0", "country": "UP"} | fields  # fmt: skip
    for name, value in values.items():
        row[places[name]] = value
    return "\t".join(row)


def test_gdelt_is_read_without_a_header_and_codes_stay_text(tmp_path):
    file = tmp_path / "20250415.export.CSV"
    file.write_text(gdelt_line() + "\n" + gdelt_line(id="2", code="1721", score="") + "\n")
    first, second = load_gdelt(file).strict()
    assert (first.kind, first.source, first.target, first.directed) == ("014", "RUS", "UKR", True)
    assert (first.date, first.score, first.country) == (dt.date(2025, 4, 15), -2.0, "UP")
    assert second.score is None


def test_gdelt_rows_that_are_broken_are_reported(tmp_path):
    file = tmp_path / "20250415.export.CSV"
    bad = [
        gdelt_line(code="4"),
        gdelt_line(score="11"),
        gdelt_line() + "\textra",
        gdelt_line(day="2025-04-15"),
    ]
    file.write_text("\n".join([*bad, gdelt_line()]) + "\n")
    loaded = load_gdelt(file)
    assert len(loaded.rows) == 1
    text = "\n".join(map(str, loaded.problems))
    assert "014 into 14" in text
    assert "11, outside -10 to 10" in text
    assert "62 fields where GDELT 2.0 events has 61" in text
    assert "dates look like 20250415" in text


ACLED_HEAD = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,"
    "assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,"
    "country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,source_scale,"
    "notes,fatalities,tags,timestamp"
)


def acled_line(id="UKR1", date="2025-04-15", kind="Battles", deaths="3", notes="plain"):
    row = [id, date, "2025", "1", "Political violence", kind, "Armed clash", "Force A", "", "State",
           "Force B", "", "State", "S-S", "", "804", "Europe", "Ukraine", "", "", "", "Place",
           "1", "2", "1", "Daily", "National", notes, deaths, "", "1"]  # fmt: skip
    return ",".join(row)


def test_acled_has_31_columns_and_no_direction(tmp_path):
    assert len(ACLED_HEAD.split(",")) == 31
    file = tmp_path / "acled.csv"
    file.write_text(
        "\ufeff"
        + "\n".join(
            [
                ACLED_HEAD,
                acled_line(notes='"Two lines,\nand ""quotes""."'),
                acled_line("UKR2", "16 May 2025"),
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    first, second = load_acled(file).strict()
    assert not first.directed
    assert (first.source, first.target, first.fatalities) == ("Force A", "Force B", 3)
    assert second.date == dt.date(2025, 5, 16)


def test_acled_of_before_march_2023_is_read_too(tmp_path):
    file = tmp_path / "old.csv"
    file.write_text(
        "data_id,iso,event_id_cnty,event_id_no_cnty,event_date,year,event_type,actor1,actor2,country,"
        "fatalities\n1,804,UKR1,1,15 April 2021,2021,Riots,A,,Ukraine,0\n"
    )
    (event,) = load_acled(file).strict()
    assert (event.kind, event.target) == ("Riots", "")


def test_acled_rows_after_a_note_of_several_lines_keep_their_line_numbers(tmp_path):
    file = tmp_path / "acled.csv"
    file.write_text(
        "\n".join([ACLED_HEAD, acled_line(notes='"a\nb"'), acled_line(kind="Battle")]) + "\n"
    )
    (problem,) = load_acled(file).problems
    assert problem.line == 4
    assert "did you mean `Battles`?" in str(problem)


POLECAT_HEAD = (
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\t"
    "Actor Country\tRecipient Name\tRecipient Country\tCountry"
)


def test_polecat_imports_what_it_can_and_reports_the_rest_by_line(tmp_path):
    file = tmp_path / "polecat.txt"
    lines = [
        POLECAT_HEAD,
        'P1\t2025-04-15\tTHREATEN\tviolence\t-3.5\tVERBAL CONFLICT\tmilitary\tA "B\tRUS\tC\tUKR\tUKR',
        "P2\t2025-04-15\tTHREATN\t\t-3.5\t\t\tA\tRUS\tC\tUKR\tUKR",
        "P3\t2025-04-15\tAID\t\t10\t\t\tA",
        "P4\t2025-04-16\tCONSULT\t\tmany\t\t\tA\tRUS\tC\tUKR\tUKR",
        "P5\t2025-04-16\tCONSULT\t\t\t\t\tA\tNone\tC\tUKR\tUKR",
    ]
    file.write_bytes("\n".join(lines).encode() + b"\nP6\t\xff\n")
    loaded = load_polecat(file)
    assert [(e.id, e.kind, e.score) for e in loaded.rows] == [
        ("P1", "THREATEN", -3.5),
        ("P5", "CONSULT", None),
    ]
    assert loaded.rows[1].source == "A"  # a country that is not given falls back on the name
    assert sorted(p.line or 0 for p in loaded.problems) == [3, 4, 5, 7]
    text = "\n".join(map(str, loaded.problems))
    assert "did you mean `THREATEN`?" in text
    assert "not UTF-8" in text
    assert "4 could not be read" in loaded.summary()


def test_events_are_counted_by_month_and_code_prefix(tmp_path):
    file = tmp_path / "20250415.export.CSV"
    days = [("20250401", "172"), ("20250430", "1721"), ("20250602", "010"), ("20250603", "173")]
    file.write_text("\n".join(gdelt_line(day=d, code=c) for d, c in days) + "\n")
    events = load_gdelt(file).strict()
    assert monthly_counts(events, kinds=["17"]) == {
        month("2025-04"): 2.0,
        month("2025-05"): 0.0,
        month("2025-06"): 1.0,
    }
    assert monthly_counts(events, country="XX") == {}


# --- Files that are not what they should be ------------------------------------------------


@pytest.mark.parametrize("load", [load_acled, load_polecat, load_territory, load_kiel])
def test_an_empty_file_is_refused(tmp_path, load):
    file = tmp_path / "empty"
    file.write_text("")
    with pytest.raises(DataFileError, match="empty"):
        load(file)


def test_a_file_with_another_separator_says_so(tmp_path):
    file = tmp_path / "gdelt.csv"
    file.write_text(gdelt_line().replace("\t", ",") + "\n")
    (problem,) = load_gdelt(file).problems
    assert "separated by a tab" in str(problem)


def test_another_publishers_file_is_refused(tmp_path):
    file = tmp_path / "polecat.txt"
    file.write_text(ACLED_HEAD + "\n")
    with pytest.raises(DataFileError, match="another publisher's file"):
        load_polecat(file)


def test_terminal_sequences_in_a_file_are_not_printed(tmp_path):
    file = tmp_path / "area.csv"
    file.write_text("date,area\n\x1b[31mred,1\n")
    (problem,) = load_territory(file).problems
    assert "\x1b" not in str(problem)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(b'date,area\n2025-01-01,"' + b"x" * (2**24 + 8) + b"\n", 2, id="open quote"),
        pytest.param(b"date,area\r2025-01-01,3\r", 1, id="carriage returns"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_refused_with_their_place(tmp_path, content, line):
    file = tmp_path / "area.csv"
    file.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        load_territory(file)
    [problem] = caught.value.problems
    assert (problem.line, problem.code) == (line, "rows")
