"""Answers to take along: the same numbers in each file, at once, as an answer never has many."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.vocabulary import Role
from services.jobs.doing import do_job
from services.settings import Settings


@pytest.mark.parametrize("asked", ["simulations", "comparisons"])
def test_an_answer_says_the_same_as_a_workbook_as_csv_and_as_json(
    make_database_url: Callable[..., str], make_api: Callable[..., Any], tiny_scenario: dict[str, Any], asked: str
) -> None:
    api = make_api(make_database_url("sqlite"))
    key = api.key(Role.PLANNER, principal="pia")
    body: dict[str, Any] = {"scenario": tiny_scenario, "threads": 1}
    if asked == "comparisons":
        body = {"scenarios": [tiny_scenario], "edits": ["agents.billing.count=5"], "threads": 1}
    location = api.post(f"/api/{asked}", key=key, json=body).headers["location"]
    with Database(api.url) as database, database.writing() as session:
        job = claim_job(session.connection(), owner="test", now=read_clock(session.connection()), lease_s=60)
    assert job is not None
    do_job(Settings(database_url=api.url), job.id, owner="test")
    run = f"/what-if/runs/{location.rpartition('/')[2]}"
    made = api.get(f"{run}/answer.xlsx", key=key)
    assert made.headers["content-disposition"] == f'attachment; filename="answer-{job.id}.xlsx"'
    header, *rows = openpyxl.load_workbook(io.BytesIO(made.content))["answer"].iter_rows(values_only=True)
    names, *lines = csv.reader(io.StringIO(api.get(f"{run}/answer.csv", key=key).content.decode("utf-8-sig")))
    assert list(header) == names
    assert len(rows) == len(lines) > 5
    for row, line in zip(rows, lines, strict=True):
        said = ["" if cell is None else cell if isinstance(cell, str) else f"{cell:.6g}" for cell in row]
        assert said == line
    figures = [row[names.index("figure")] for row in rows]
    assert "overall.on_time_share" in figures
    document = api.get(f"{run}/answer.json", key=key).json()
    part = document["scenarios"][0]["overall.on_time_share"] if asked == "comparisons" else None
    mean = document["overall"]["on_time_share"]["mean"] if part is None else part["mean"]
    assert rows[figures.index("overall.on_time_share")][names.index("mean")] == pytest.approx(mean)
