# ruff: noqa: E501 - a case a line reads best
"""What is said of tables whose rows do not hold together: everything at once, by file, row, column and value."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import OfficeCalendar
from models.errors import InputError
from models.formats.offices.cell_times import DateOrder
from models.formats.offices.checks import Known
from models.formats.offices.raw_tables import match_columns
from models.formats.offices.table_checks import Checked, check_tables
from models.formats.offices.table_files import read_tables
from models.formats.offices.tables import TABLES_BY_NAME
from models.formats.sheets.grids import Grid
from models.time import parse_instant

MADRID = ZoneInfo("Europe/Madrid")
GOOD = {
    "teams": "id,name\nbilling,Billing\nclaims,Claims\n",
    "skills": "id\nbilling\nclaims\n",
    "agents": "id,team,swing_teams\nana,billing,claims\nben,claims,\n",
    "agent_skills": "agent,skill,level\nana,billing,3\nben,claims,2\n",
    "shifts": "agent,date,start,end,breaks\nana,2026-03-02,08:00,16:00,12:00-12:30 lunch\nben,2026-03-02,22:00,06:00,\n",
    "task_types": "id,team,skill,handling_minutes,sla_minutes\ndispute,billing,billing,14,480\napproval,claims,claims,25,\n",
    "tasks": "id,type,arrived,due,after\nT1,dispute,2026-03-01 10:00,,\nT2,approval,2026-03-01 10:00,2026-03-02,T1\n",
}


def check(
    tmp_path: Path,
    *,
    known: Known | None = None,
    may_leave_out: bool = False,
    order: DateOrder | None = None,
    **changed: Any,
) -> Checked:
    """Check a good office in which some tables are other ones, or None and not there."""
    for name, text in (GOOD | changed).items():
        if text is not None:
            (tmp_path / f"{name}.csv").write_text(text)
    found = read_tables(tmp_path)
    calendar = OfficeCalendar(zone=MADRID)
    return check_tables(
        found.tables, found.faults, known=known, calendar=calendar, order=order, may_leave_out=may_leave_out
    )


def faults(tmp_path: Path, *, known: Known | None = None, **changed: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        check(tmp_path, known=known, **changed)
    return [str(fault) for fault in caught.value.faults]


def test_a_good_office_is_taken_whole(tmp_path: Path) -> None:
    checked = check(tmp_path)
    assert not checked.faults
    assert [str(note) for note in checked.notes] == ["tasks.due: 1 without a time: close of business of that day"]
    tasks = checked.office.rows("tasks")
    assert [task["due"] for task in tasks] == [None, parse_instant("2026-03-02T18:00:00+01:00")]
    assert tasks[1]["after"] == ("T1",)


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        ("teams", "id\nbilling\nclaims\nbilling\n", "row 4: id: is 'billing'; expected one row for each; row 2 has the same"),
        ("agents", "id,team\nana,biling\nben,claims\n", "row 2: team: is 'biling'; expected an id of teams; did you mean 'billing'?"),
        ("agents", "id,team,swing_teams\nana,billing,x;claims\nben,claims,\n", "row 2: swing_teams: is 'x'; expected an id of teams: billing, claims"),
        ("agents", "id,team,valid_from,valid_to\nana,billing,2026-02-01,2026-01-01\nben,claims,,\n", "row 2: valid_to: is '2026-01-01'; expected a day not before valid_from"),
        ("agents", "id,team,max_moves\nana,billing,-1\nben,claims,\n", "row 2: max_moves: is '-1'; expected a whole number of 0 or more"),
        ("agent_skills", "agent,skill,level\nana,billing,6\n", "row 2: level: is '6'; expected a whole number from 1 to 5"),
        ("agent_skills", "agent,skill,level,speed\nana,billing,1,0\n", "row 2: speed: is '0'; expected a number above 0"),
        ("task_types", "id,team,skill,handling_minutes,sla_minutes,also_requires\ndispute,billing,billing,14,9,german:2\napproval,claims,claims,25,9,\n", "row 2: also_requires: is 'german'; expected an id of skills"),
        ("task_types", "id,team,skill,handling_minutes,sla_minutes\ndispute,billing,billing,-3,9\napproval,claims,claims,25,9\n", "row 2: handling_minutes: is '-3'; expected a number above 0 and at most 100,000"),
        ("task_types", "id,team,skill,handling_minutes,sla_minutes\ndispute,billing,billing,3,1e9\napproval,claims,claims,25,9\n", "row 2: sla_minutes: is '1e9'; expected a number above 0 and at most 1,000,000"),
        ("tasks", "id,type,arrived,due,weight\nT1,dispute,2026-03-01,2026-03-02,1e13\n", "row 2: weight: is '1e13'; expected a number from 0 to 1,000,000,000"),
        ("tasks", "id,type,arrived,due,quantity\nT1,dispute,2026-03-01,2026-03-02,1e300\n", "row 2: quantity: is '1e300'; expected a number above 0 and at most 10,000"),
        ("shifts", "agent,date,start,end\nana,9999-12-31,22:00,06:00\n", "row 2: date: is '9999-12-31'; expected a year from 1970 to 2199"),
        ("shifts", "agent,date,start,end\nana,0001-01-01,08:00,16:00\n", "row 2: date: is '0001-01-01'; expected a year from 1970 to 2199"),
        ("holidays", "date,name\n9999-12-31,the last\n", "row 2: date: is '9999-12-31'; expected a year from 1970 to 2199"),
        ("absences", "agent,start,end\nana,2026-03-02 10:00,2026-03-02 09:00\n", "row 2: end: is '2026-03-02 09:00'; expected an end after its start"),
        ("absences", "agent,start,end\nana,2026-03-29 02:30,2026-03-29 09:00\n", "row 2: start: is '2026-03-29 02:30'; expected a time that exists"),
        ("office", "name,timezone\nOurs,Madrid\n", "row 2: timezone: is 'Madrid'; expected an IANA time zone"),
        ("office", "name,timezone,country\nOurs,UTC,Spain\n", "row 2: country: is 'Spain'; expected an ISO 3166 country code"),
        ("office", "name,timezone,country,subdivision\nOurs,UTC,ES,XX\n", "row 2: subdivision: is 'XX'; expected a part of the country 'ES'"),
        ("office", "name,timezone\nOurs,UTC\nTheirs,UTC\n", "row 3: name: is 'Theirs'; expected one office, in one row"),
        ("office_hours", "weekday,opens,closes\nmon,08:00,12:00\nMon,11:00,18:00\n", "row 3: opens: is '11:00'; expected hours of a weekday that do not overlap"),
        ("office_hours", "weekday,opens,closes\nmonday,08:00,12:00\n", "row 2: weekday: is 'monday'; expected one of mon, tue"),
        ("shifts", "agent,date,start,end\nana,2026-03-02,08:00,16:00\nana,2026-03-02,15:00,18:00\n", "row 3: start: is '15:00'; expected shifts of an agent that do not overlap; another ends on 2026-03-02 at 16:00"),
        ("shifts", "agent,date,start,end\nana,2026-03-01,22:00,06:00\nana,2026-03-02,05:00,09:00\n", "row 3: start: is '05:00'; expected shifts of an agent that do not overlap; another ends on 2026-03-02 at 06:00"),
        ("shifts", "agent,date,start,end,breaks\nana,2026-03-02,08:00,16:00,16:00-16:30 lunch\n", "row 2: breaks: is '16:00-16:30 lunch'; expected breaks inside their shift; 16:00-16:30 is not"),
        ("shifts", "agent,date,start,end,breaks\nana,2026-03-02,08:00,16:00,10:00-11:00; 10:30-12:00 meeting\n", "row 2: breaks: is '10:00-11:00; 10:30-12:00 meeting'; expected breaks that do not overlap; 10:30-12:00 begins"),
        ("shifts", "agent,date,start,end\nana,2026-03-29,02:00,03:00\n", "row 2: end: is '03:00'; expected a shift of some length; a clock change leaves nothing"),
        ("tasks", "id,type,arrived,due\nT1,dispute,2026-03-01,2026-03-02\nT1,dispute,2026-03-01,2026-03-02\n", "row 3: id: is 'T1'; expected one row for each; row 2 has the same"),
        ("tasks", "id,type,arrived,due\nT1,approval,2026-03-01,\n", "row 2: due: a due, or sla_minutes on the task type 'approval'"),
        ("tasks", "id,type,arrived,due,after\nT1,dispute,2026-03-01,,T1\n", "row 2: after: is 'T1'; expected other tasks; it names its own"),
        ("tasks", "id,type,arrived,due,separate_from\nT1,dispute,2026-03-01,,T1\n", "row 2: separate_from: is 'T1'; expected other tasks"),
        ("tasks", "id,type,arrived,due,after\nT1,dispute,2026-03-01,,T9\n", "row 2: after: is 'T9'; expected an id of tasks"),
        ("tasks", "id,type,arrived,weight\nT1,dispute,2026-03-01,-2\n", "row 2: weight: is '-2'; expected a number from 0 to 1,000,000,000"),
        ("tasks", "id,type,arrived,in_progress\nT1,dispute,2026-03-01,yes\n", "row 2: in_progress: is 'yes'; expected a pinned_agent beside it"),
        ("tasks", "id,type,arrived,started,closed\nT1,dispute,2026-03-01,2026-03-02,2026-03-01\n", "row 2: closed: is '2026-03-01'; expected an instant not before started"),
        ("tasks", "id,type,arrived,due\nT1,dispute,2026-03-01,someday\n", "row 2: due: is 'someday'; expected a date such as 2026-03-02"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_hold_is_named(tmp_path: Path, table: str, text: str, expected: str) -> None:
    changed: dict[str, Any] = {table: text}
    (line,) = faults(tmp_path, **changed)
    assert line.startswith(f"{table}.csv: {expected}")


def test_everything_is_said_at_once_in_the_order_of_files_rows_and_columns(tmp_path: Path) -> None:
    assert faults(
        tmp_path,
        agents="id,team,max_moves\nana,nowhere,-1\nben,claims,x\n",
        agent_skills="agent,skill,level\nana,billing,9\nzoe,billing,1\n",
        tasks="id,type,arrived,due,wieght\nT1,dispute,yesterday,,\n",
    ) == [
        "agents.csv: row 2: team: is 'nowhere'; expected an id of teams: billing, claims",
        "agents.csv: row 2: max_moves: is '-1'; expected a whole number of 0 or more",
        "agents.csv: row 3: max_moves: is 'x'; expected a whole number of 0 or more",
        "agent_skills.csv: row 2: level: is '9'; expected a whole number from 1 to 5",
        "agent_skills.csv: row 3: agent: is 'zoe'; expected an id of agents; there are none yet",
        "tasks.csv: wieght: is not a column of tasks; did you mean 'weight'?",
        "tasks.csv: row 2: arrived: is 'yesterday'; expected a date such as 2026-03-02, or a date and time such as 2026-03-02 08:30",
    ]


def test_notes_speak_of_the_rows_that_are_taken(tmp_path: Path) -> None:
    saturday = "T{},{},2026-03-01,2026-03-07\n"
    tasks = "id,type,arrived,due\n" + "".join(
        saturday.format(at, kind) for at, kind in enumerate(("dispute", "gift", "dispute", "loan", "gift"), start=1)
    )
    checked = check(tmp_path, tasks=tasks, may_leave_out=True)
    assert len(checked.office.table("tasks")) == 2
    assert [str(note) for note in checked.notes] == [
        "tasks.due: 2 without a time: close of business of that day",
        "tasks.due: 2 on a day when the office is closed: close of business of the next open day",
    ]


def test_a_cycle_is_shown_and_those_that_only_wait_for_it_are_not(tmp_path: Path) -> None:
    head = "id,type,arrived,after\n"
    rows = "T1,dispute,2026-03-01,T3\nT2,dispute,2026-03-01,T1\nT3,dispute,2026-03-01,T2\nT4,dispute,2026-03-01,T3\nT5,dispute,2026-03-01,\n"
    assert faults(tmp_path, tasks=head + rows) == [
        "tasks.csv: row 2: after: is 'T1 after T3 after T2 after T1'; expected no cycle; this task waits for itself",
        "tasks.csv: row 3: after: is 'T2 after T1 after T3 after T2'; expected no cycle; this task waits for itself",
        "tasks.csv: row 4: after: is 'T3 after T2 after T1 after T3'; expected no cycle; this task waits for itself",
    ]
    checked = check(tmp_path, tasks=head + rows, may_leave_out=True)
    assert [task["id"] for task in checked.office.rows("tasks")] == ["T5"]


def test_a_file_full_of_strangers_or_cycles_is_told_in_time(tmp_path: Path) -> None:
    count = 10_000
    text = "id,name\n" + "".join(f"known{n},\n" for n in range(1500))
    rows = "".join(f"T{n},dispute,stranger{n},2026-03-01,T{(n + 1) % count}\n" for n in range(count))
    listed = faults(tmp_path, clients=text, tasks="id,type,client,arrived,after\n" + rows)
    assert len(listed) == 2 * count
    assert sum("did you mean" in line for line in listed) <= 20
    assert sum(" after T" in line for line in listed) <= 20


def test_a_cycle_through_what_is_stored_is_seen(tmp_path: Path) -> None:
    known = Known(ids={"tasks": {"S1"}}, after={"S1": ("T1",)})
    (line,) = faults(tmp_path, known=known, tasks="id,type,arrived,after\nT1,dispute,2026-03-01,S1\n")
    assert "is 'T1 after S1 after T1'; expected no cycle" in line


def test_a_spoilt_row_takes_along_what_refers_to_it(tmp_path: Path) -> None:
    checked = check(
        tmp_path,
        may_leave_out=True,
        teams="id,name\nbilling,Billing\ncla;ims,Claims\n",
        tasks="id,type,arrived,due,after,separate_from\n"
        "T1,approval,2026-03-01,2026-03-02,,\nT2,dispute,2026-03-01,,T1,\nT3,dispute,2026-03-01,,,T2\nT4,dispute,2026-03-01,,,\n",
    )
    office = checked.office
    assert [row["id"] for row in office.rows("teams")] == ["billing"]
    assert not office.rows("agents")  # ana may be lent to the team, ben is in it
    assert not office.rows("agent_skills")
    assert not office.rows("shifts")
    assert [row["id"] for row in office.rows("task_types")] == ["dispute"]
    assert [row["id"] for row in office.rows("tasks")] == ["T4"]
    assert sum(found.fault.expected.endswith("is good; that one is not") for found in checked.faults) == 7


def test_what_is_stored_may_be_referred_to(tmp_path: Path) -> None:
    known = Known(
        ids={"teams": {"billing"}, "task_types": {"old"}, "tasks": {"S1"}, "agents": {"zoe"}}, types_with_sla={"old"}
    )
    only: dict[str, Any] = dict.fromkeys(GOOD)
    only["tasks"] = "id,type,arrived,after,pinned_agent\nT1,old,2026-03-01,S1,zoe\n"
    (task,) = check(tmp_path, known=known, **only).office.rows("tasks")
    assert (task["type"], task["after"], task["pinned_agent"]) == ("old", ("S1",), "zoe")


def test_a_roster_is_held_against_the_days_beside_it(tmp_path: Path) -> None:
    night = (parse_instant("2026-03-01T22:00:00+01:00"), parse_instant("2026-03-02T09:00:00+01:00"))
    asked: list[tuple[date, date]] = []

    def shifts(first: date, last: date) -> list[tuple[str, date, int, int]]:
        asked.append((first, last))
        return [("ana", date(2026, 3, 1), *night), ("ana", date(2026, 3, 2), *night), ("ben", date(2026, 3, 1), *night)]

    (line,) = faults(tmp_path, known=Known(shifts=shifts))
    assert line.startswith("shifts.csv: row 2: start: is '08:00'; expected shifts of an agent")
    assert asked == [(date(2026, 3, 1), date(2026, 3, 3))]


def test_a_due_without_a_time_is_the_close_of_the_office_by_its_own_tables(tmp_path: Path) -> None:
    checked = check(
        tmp_path,
        office="name,timezone,country\nOurs,America/New_York,US\n",
        office_hours="weekday,opens,closes\nmon,09:00,12:00\nmon,13:00,17:30\ntue,09:00,16:00\n",
        holidays="date\n2026-03-03\n",
        tasks="id,type,arrived,due\nT1,dispute,2026-03-01,2026-03-02\nT2,dispute,2026-03-01,2026-03-03\nT3,dispute,2026-03-01,2026-05-25\n",
    )
    dues = [task["due"] for task in checked.office.rows("tasks")]
    assert dues == [
        parse_instant("2026-03-02T17:30:00-05:00"),
        parse_instant("2026-03-09T17:30:00-04:00"),  # a holiday of the office; the clocks have changed
        parse_instant("2026-05-26T16:00:00-04:00"),  # Memorial Day
    ]
    assert {note.text: note.count for note in checked.notes} == {
        "without a time: close of business of that day": 3,
        "on a day when the office is closed: close of business of the next open day": 2,
    }


def test_the_order_of_dates_is_read_off_the_file_or_said(tmp_path: Path) -> None:
    text = "id,type,arrived,due\nT1,dispute,23/02/2026 10:00,02/03/2026\n"
    (task,) = check(tmp_path, tasks=text).office.rows("tasks")
    assert task["due"] == parse_instant("2026-03-02T18:00:00+01:00")
    text = "id,type,arrived,due\nT1,dispute,01/02/2026 10:00,02/03/2026\n"
    assert len(faults(tmp_path, tasks=text)) == 2
    (task,) = check(tmp_path, tasks=text, order=DateOrder.MONTH_FIRST).office.rows("tasks")
    assert task["due"] == parse_instant("2026-02-03T18:00:00+01:00")


def test_attributes_are_kept_by_their_names(tmp_path: Path) -> None:
    text = "id,type,arrived,attr.Amount,attr.note,attr.vip\nT1,dispute,2026-03-01,12.50,0012,TRUE\nT2,dispute,2026-03-01,,,\n"
    first, second = check(tmp_path, tasks=text).office.rows("tasks")
    assert first["attributes"] == {"Amount": 12.5, "note": "0012", "vip": True}
    assert second["attributes"] == {}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "e", None, "x;y"]),
        st.sampled_from(["kind", "other", None]),
        st.sampled_from(["2026-03-01 10:00", "2026-02-30", 5, None]),
        st.lists(st.sampled_from(["a", "b", "c", "d", "e", "stored"]), max_size=2, unique=True).map("; ".join),
        st.sampled_from(["1", "-1", "much", None]),
    ),
    max_size=7,
)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS)
def test_the_rows_that_stay_hold_together(rows: list[tuple[object, ...]]) -> None:
    """Whatever is left out, what is kept has good cells, unique ids, references that are there, and no cycle."""
    header = ["id", "type", "arrived", "after", "weight"]
    cells: list[list[object]] = [[cell or None for cell in row] for row in rows]
    grid = Grid(file="tasks", name="tasks", rows=[header, *cells], numbers=range(1, len(cells) + 2))
    raw, found = match_columns(TABLES_BY_NAME["tasks"], grid)
    known = Known(ids={"task_types": {"kind"}, "tasks": {"stored"}}, types_with_sla={"kind"})
    checked = check_tables({"tasks": raw}, found, known=known, may_leave_out=True, may_be_empty=("tasks",))
    kept = checked.office.rows("tasks")
    ids = {row["id"] for row in kept}
    assert len(ids) == len(kept)
    spoilt = {fault.position for fault in checked.faults}
    assert len(kept) == len(rows) - len(spoilt)
    waits_for = {row["id"]: set(row["after"]) - {"stored"} for row in kept}
    for row in kept:
        assert row["type"] == "kind"
        assert row["weight"] in (1.0, None)
        assert set(row["after"]) <= ids | {"stored"}
    while waits_for:
        free = {name for name, before in waits_for.items() if not before & waits_for.keys()}
        assert free, "a cycle"
        for name in free:
            del waits_for[name]
    if spoilt:
        with pytest.raises(InputError) as caught:
            check_tables({"tasks": raw}, found, known=known)
        assert {fault.record for fault in caught.value.faults} <= {raw.record(at) for at in spoilt if at is not None}
    elif rows:
        assert check_tables({"tasks": raw}, found, known=known).office.rows("tasks") == kept


@settings(max_examples=50, deadline=None)
@given(shifts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 23), st.integers(1, 23)), max_size=6))
def test_shifts_that_stay_do_not_overlap(shifts: list[tuple[int, int, int]]) -> None:
    header = ["agent", "date", "start", "end"]
    cells: list[list[object]] = [
        ["ana", f"2026-03-{28 + day:02}", f"{start}:00", f"{(start + hours) % 24}:00"] for day, start, hours in shifts
    ]
    grid = Grid(file="shifts", name="shifts", rows=[header, *cells], numbers=range(1, len(cells) + 2))
    raw, found = match_columns(TABLES_BY_NAME["shifts"], grid)
    checked = check_tables(
        {"shifts": raw},
        found,
        known=Known(ids={"agents": {"ana"}}),
        calendar=OfficeCalendar(zone=MADRID),
        may_leave_out=True,
        may_be_empty=("shifts",),
    )
    # In wall-clock minutes since the first day, with the hour that the clocks skip on the 29th taken away.
    skipped = 1440 + 120
    taken: list[tuple[int, int]] = []
    for row in checked.office.rows("shifts"):
        begin = (row["date"] - date(2026, 3, 28)).days * 1440 + row["start"].hour * 60
        end = begin + (row["end"].hour - row["start"].hour) % 24 * 60
        begin, end = (at if at <= skipped else max(skipped, at - 60) for at in (begin, end))
        assert begin < end
        taken.append((begin, end))
    taken.sort()
    assert all(first[1] <= second[0] for first, second in pairwise(taken))
