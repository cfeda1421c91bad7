import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.operations.digest import report_digest
from reports.operations.flow_report import report_flow, report_map
from reports.operations.handling_report import report_handling
from reports.operations.people_reports import report_fairness, report_skills
from reports.operations.plan_reports import report_plans, report_swing
from reports.operations.quality_reports import report_compliance, report_resolution
from reports.operations.record import KNOWLEDGE, RETURNS, Record
from reports.operations.workload_report import report_workload
from reports.picking.reconstruct import reconstruct_choices
from reports.picking.report import report_picking
from reports.report import MOST_ACTIONS, Report

Make = Callable[..., Record]


def _planned(record: Record) -> pd.DataFrame:
    rows = record.tasks.iloc[::3]
    start = record.start + 100.0 * np.arange(len(rows))
    return pd.DataFrame({"plan": 1, "task": rows["task"], "agent": "a1", "start": start, "end": start + 600})


def _promised(record: Record) -> pd.DataFrame:
    tasks = tuple(record.tasks["task"].iloc[:3])
    row = {"plan": 1, "agent": "a1", "from_team": "t1", "to_team": "t0", "start": record.start, "end": record.end}
    return pd.DataFrame([{**row, "minutes": 60.0, "gain": 5.0, "tasks": tasks}])


REPORTS: dict[str, Callable[[Record], Report]] = {
    "workload": report_workload,
    "handling": report_handling,
    "resolution": report_resolution,
    "flow": report_flow,
    "map": report_map,
    "skills": report_skills,
    "fairness": report_fairness,
    "compliance": report_compliance,
    "digest": report_digest,
    "plans": lambda record: report_plans(record, _planned(record)),
    "swing": lambda record: report_swing(record, _promised(record)),
    "picking": lambda record: report_picking(record, reconstruct_choices(record)),
}


def _texts(report: Report) -> str:
    said = [report.lead, *report.facts, *report.limits, *(f"{item.heading} {item.text}" for item in report.actions)]
    cells = [table.rows.to_csv() for table in report.tables]
    panels = [f"{panel.text} {panel.rows} {json.dumps(panel.data())}" for panel in report.panels]
    return "\n".join([json.dumps(report.document), *said, *cells, *panels])


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_whole_and_names_nobody(make_record: Make, name: str) -> None:
    record = make_record(4)
    report = REPORTS[name](record)
    assert report.name == name
    assert report.document["report"] == name
    json.dumps(report.document, allow_nan=False)
    assert len(report.actions) <= MOST_ACTIONS
    names = {table.name for table in report.tables}
    assert len(names) == len(report.tables)
    assert {table.evidence for table in report.tables} - {""} <= names
    assert {action.table for action in report.actions} - {""} <= names
    for table in report.tables:
        assert [column.name for column in table.columns] == list(table.rows.columns)
    assert not [
        agent for agent in record.agents["agent"] if f'"{agent}"' in _texts(report) or f",{agent}," in _texts(report)
    ]


@pytest.mark.parametrize("name", REPORTS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(make_record: Make, name: str, seed: int) -> None:
    plain, mixed = REPORTS[name](make_record(seed)), REPORTS[name](make_record(seed, shuffle=seed + 1))
    assert json.dumps(plain.document) == json.dumps(mixed.document)
    assert plain.lead == mixed.lead
    assert [action.heading for action in plain.actions] == [action.heading for action in mixed.actions]


@pytest.mark.parametrize("name", REPORTS)
def test_an_office_in_which_nothing_was_done_yet_is_reported_on_too(make_small: Make, name: str) -> None:
    rows = [
        {
            "task": "a",
            "type": "k",
            "team": "t",
            "arrived": 1,
            "started": np.nan,
            "closed": np.nan,
            "standard_minutes": 5,
        }
    ]
    report = REPORTS[name](make_small(rows))
    json.dumps(report.document, allow_nan=False)
    assert report.lead


@pytest.mark.parametrize("name", ["skills", "fairness", "compliance", "swing"])
def test_people_are_named_only_where_that_may_be_seen(make_record: Make, name: str) -> None:
    record = make_record(4)
    named: dict[str, Callable[[Record], Report]] = {
        "skills": lambda record: report_skills(record, may_name=True),
        "fairness": lambda record: report_fairness(record, may_name=True),
        "compliance": lambda record: report_compliance(record, may_name=True),
        "swing": lambda record: report_swing(record, _promised(record), may_name=True),
    }
    agents = set(record.agents["agent"])
    assert agents & set(_texts(named[name](record)).replace('"', ",").split(","))


@pytest.mark.parametrize("report", [report_skills, report_fairness])
def test_an_agent_sees_their_own_figures_and_nobody_elses(make_record: Make, report: Callable[..., Report]) -> None:
    made = report(make_record(4), agent="a2")
    assert {row["agent"] for row in made.document["people"]} == {"a2"}


def test_what_a_source_does_not_know_is_said_and_not_guessed(make_record: Make) -> None:
    known = make_record(4)
    record = Record(**{**vars(known), "knows": frozenset()})
    for name, report in REPORTS.items():
        said = report(record).limits
        assert name in {"map", "plans", "fairness"} or set(said) & set(KNOWLEDGE.values())
    document = report_resolution(record).document
    assert document["teams"][0]["first_time_right_share"] is None
    assert KNOWLEDGE[RETURNS] in report_resolution(record).limits
    assert report_compliance(record).document["teams"][0]["check_share"] is None
    assert not [row for row in report_compliance(record).document["exceptions"] if row["kind"] == "without-skill"]
