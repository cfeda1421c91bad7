"""An office written as files and read again is the same office, whatever the form of the files."""

from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.calendar import OfficeCalendar
from models.formats.offices.office import ATTRIBUTES, Office, complete_frame, frame_of
from models.formats.offices.table_checks import check_tables
from models.formats.offices.table_files import read_tables
from models.formats.offices.table_writing import write_csv_tables, write_parquet_tables, write_xlsx_tables
from models.formats.offices.tables import TABLES_BY_NAME
from models.roster import shift_bounds

ZONE = ZoneInfo("Europe/Madrid")
FORMS = ("csv", "csv.gz", "xlsx", "parquet")

# What a cell can hold: no spaces around it, no control characters; and starts that spreadsheets take for formulas.
plain = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=8
)
words = st.one_of(
    plain, st.sampled_from(["=1+1", "'=x", "-5", "+a", "@b", "''-", "a, b", 'q"uote', "two\nlines", "x\ty"])
)
ids = plain.filter(lambda text: ";" not in text and text.isprintable())
instants = st.integers(86_400 * 400, 86_400 * 25_000)
levels = st.integers(1, 5)


def fractions(least: float, most: float) -> st.SearchStrategy[float]:
    """Draw numbers of few digits: a spreadsheet keeps sixteen, and rounds the rest."""
    return st.integers(1, 64).map(lambda part: round(least + (most - least) * part / 64, 6))


@st.composite
def offices(draw: st.DrawFn) -> Office:
    teams = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    skills = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    agents = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    kinds = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    clients = draw(st.lists(ids, max_size=2, unique=True))
    tasks = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    demands = st.one_of(st.none(), st.dictionaries(st.sampled_from(skills), levels, min_size=1, max_size=2))

    def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple) if values else st.just(())

    def one(values: list[str]) -> st.SearchStrategy[str | None]:
        return st.one_of(st.none(), st.sampled_from(values)) if values else st.none()

    rows: dict[str, list[dict[str, Any]]] = {
        "teams": [{"id": name, "name": draw(st.one_of(st.just(""), words))} for name in teams],
        "skills": [{"id": name} for name in skills],
        "clients": [{"id": name, "needs_clearance": draw(st.booleans())} for name in clients],
        "agents": [
            {
                "id": name,
                "team": draw(st.sampled_from(teams)),
                "swing_teams": draw(some(teams)),
                "clients": draw(some(clients)),
                "max_moves": draw(st.one_of(st.none(), st.integers(0, 9))),
                "min_stay_minutes": draw(fractions(0, 600)),
                "valid_from": draw(st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1)))),
            }
            for name in agents
        ],
        "agent_skills": [
            {"agent": agents[0], "skill": skills[0], "level": draw(levels), "speed": draw(fractions(0.1, 5))}
        ],
        "shifts": [
            {
                "agent": name,
                "date": draw(st.dates(date(2026, 1, 1), date(2026, 12, 31))),
                "start": draw(st.sampled_from([time(8), time(22, 30), time(6, 15, 30)])),
                "end": draw(st.sampled_from([time(16), time(7), time(0)])),
                "breaks": (),
            }
            for name in agents
        ],
        "task_types": [
            {
                "id": name,
                "team": draw(st.sampled_from(teams)),
                "skill": draw(st.sampled_from(skills)),
                "min_level": draw(levels),
                "handling_minutes": draw(fractions(0.01, 500)),
                "also_requires": draw(demands),
                "sla_minutes": draw(fractions(1, 5000)),
                "is_estimated": draw(st.booleans()),
            }
            for name in kinds
        ],
        "tasks": [
            {
                "id": name,
                "type": draw(st.sampled_from(kinds)),
                "title": draw(st.one_of(st.just(""), words)),
                "client": draw(one(clients)),
                "case": draw(st.one_of(st.none(), ids)),
                "quantity": draw(fractions(0.1, 50)),
                "arrived": draw(instants),
                "due": draw(st.one_of(st.none(), instants)),
                "weight": draw(st.one_of(st.none(), fractions(0, 1e6))),
                "also_requires": draw(demands),
                "preferred_agents": draw(some(agents)),
                "after": tuple(sorted(set(tasks[:position]) & set(draw(some(tasks))))),
                ATTRIBUTES: draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "Amount": st.integers(-(10**6), 10**6) | st.just(1.25),
                            "note": words.filter(
                                lambda text: (
                                    text.lower() not in {"true", "false"}
                                    and not text[0].isdigit()
                                    and not text[-1].isdigit()
                                )
                            ),
                        },
                    )
                ),
            }
            for position, name in enumerate(tasks)
        ],
    }
    long_enough = [row for row in rows["shifts"] if _is_shift(row)]
    for row in long_enough:
        row["breaks"] = draw(
            st.sampled_from([(), _first_half_hour(row, is_paid=False), _first_half_hour(row, is_paid=True)])
        )
    rows["shifts"] = long_enough or [{"agent": agents[0], "date": date(2026, 3, 2), "start": time(8), "end": time(16)}]
    frames = {name: pd.DataFrame(listed) for name, listed in rows.items() if listed}
    return Office(tables=frames, source="drawn")


def _is_shift(row: dict[str, Any]) -> bool:
    start, end = shift_bounds(row["date"], row["start"], row["end"], ZONE)
    return end - start >= 6 * 3600


def _first_half_hour(row: dict[str, Any], *, is_paid: bool) -> tuple[tuple[time, time, str, bool], ...]:
    start: time = row["start"]
    end = time((start.hour + (start.minute + 30) // 60) % 24, (start.minute + 30) % 60, start.second)
    return ((start, end, "training", is_paid),)


def write(office: Office, folder: Path, form: str) -> Path:
    """Write an office in a form and return where to read it."""
    if form == "xlsx":
        write_xlsx_tables(folder / "office.xlsx", office, zone=ZONE)
        return folder / "office.xlsx"
    if form == "parquet":
        write_parquet_tables(folder, office)
    else:
        write_csv_tables(folder, office, zone=ZONE, compressed=form == "csv.gz")
    return folder


def same(office: Office, other: Office) -> None:
    assert set(office.tables) == set(other.tables)
    for name in office.tables:
        assert other.rows(name) == office.rows(name), name


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(office=offices())
def test_an_office_survives_its_files(form: str, office: Office) -> None:
    with TemporaryDirectory() as folder:
        found = read_tables(write(office, Path(folder), form))
        read = check_tables(found.tables, found.faults, calendar=OfficeCalendar(zone=ZONE))
    same(office, read.office)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_written_can_be_taken_for_a_formula(form: str, tmp_path: Path) -> None:
    rows = frame_of({"id": ["=cmd|' /C calc'!A0"], "name": ["-2+3"]}, num_rows=1)
    where = write(Office(tables={"teams": rows}), tmp_path, form)
    if form == "csv":
        assert (tmp_path / "teams.csv").read_text() == "id,name\n'=cmd|' /C calc'!A0,'-2+3\n"
    (row,) = check_tables(read_tables(where).tables).office.rows("teams")
    assert row == {"id": "=cmd|' /C calc'!A0", "name": "-2+3"}


def test_frames_are_completed_with_plain_values() -> None:
    frame = complete_frame(
        TABLES_BY_NAME["tasks"],
        pd.DataFrame({"id": ["a", "b"], "type": ["x", "y"], "arrived": [1, 2], "due": [3.0, None], "weight": [1, 2]}),
    )
    assert frame["due"].tolist() == [3, None]
    assert [type(cell) for cell in frame["due"]] == [int, type(None)]
    assert [type(cell) for cell in frame["weight"]] == [float, float]
    assert frame["preferred_agents"].tolist() == [(), ()]
    assert frame["attributes"].tolist() == [{}, {}]
    assert frame["attributes"][0] is not frame["attributes"][1]
    assert frame["quantity"].tolist() == [1.0, 1.0]


def test_a_column_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no column 'colour'"):
        Office(tables={"teams": pd.DataFrame({"id": ["a"], "colour": ["red"]})})
