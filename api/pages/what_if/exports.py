"""Scenarios and answers to take along: as their public formats, as tables, as a page of its own."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.documents.assets import static_text
from api.documents.render import BASE_STYLES, digest_of, page_environment, trusted
from api.pages.rendering import texts_for
from api.pages.what_if.forms.choices import name_of
from api.pages.what_if.frame import HOME, JobId, Planner, ScenarioId, database_of
from api.pages.what_if.running import first_scenario, read_answer, read_document
from api.pages.what_if.words import name_kind
from models.formats.documents import document_text
from models.formats.scenarios.writing import scenario_text
from models.formats.sheets.writing import new_workbook
from models.vocabulary_jobs import JobKind
from services.jobs.reporting import XLSX
from services.spreadsheets import SheetWriter, csv_bytes
from services.what_if.asking import find_run
from services.what_if.keeping import find_scenario

router = APIRouter()
_RUN = f"{HOME}/runs/{{job_id}}"
_SCENARIO = f"{HOME}/scenarios/{{scenario_id}}"
ALL = "all"
_STYLES = (*BASE_STYLES, "parts.css", "what-if.css")


@dataclass(frozen=True, kw_only=True)
class NumberColumn:
    """A column of the table of an answer."""

    name: str
    heading: str
    format: str


@router.get(f"{_SCENARIO}/scenario.json")
def scenario_json(request: Request, caller: Planner, scenario_id: ScenarioId) -> Response:
    """Hand out a scenario as JSON."""
    stored = find_scenario(database_of(request), caller, scenario_id)
    body = document_text(dict(stored.document))
    return Response(body, media_type="application/json", headers=_attachment(f"scenario-{scenario_id}.json"))


@router.get(f"{_SCENARIO}/scenario.yaml")
def scenario_yaml(request: Request, caller: Planner, scenario_id: ScenarioId) -> Response:
    """Hand out a scenario as YAML, with what its history told as comments."""
    stored = find_scenario(database_of(request), caller, scenario_id)
    notes = "\n".join(f"- {note}." for note in (stored.findings or {}).get("notes") or ())
    body = scenario_text(stored.document, {(): notes} if notes else {})
    return Response(body, media_type="application/yaml", headers=_attachment(f"scenario-{scenario_id}.yaml"))


@router.get(f"{_RUN}/answer.json")
def answer_json(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Hand out an answer in its public format."""
    find_run(database_of(request), caller, job_id)
    body = document_text(read_document(database_of(request), caller, job_id))
    return Response(body, media_type="application/json", headers=_attachment(f"answer-{job_id}.json"))


@router.get(f"{_RUN}/answer.csv")
def answer_csv(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Hand out the numbers of an answer as CSV."""
    run = find_run(database_of(request), caller, job_id)
    table, columns = tabulate(run.job.kind, read_document(database_of(request), caller, job_id), first_scenario(run))
    body = csv_bytes(table, columns)
    return Response(body, media_type="text/csv; charset=utf-8", headers=_attachment(f"answer-{job_id}.csv"))


@router.get(f"{_RUN}/answer.xlsx")
def answer_xlsx(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Hand out the numbers of an answer as a workbook."""
    run = find_run(database_of(request), caller, job_id)
    table, columns = tabulate(run.job.kind, read_document(database_of(request), caller, job_id), first_scenario(run))
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        SheetWriter(book).write_table("answer", table, columns)
    return Response(stream.getvalue(), media_type=XLSX, headers=_attachment(f"answer-{job_id}.xlsx"))


@router.get(f"{_RUN}/answer.html")
def answer_html(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Hand out an answer as a page that needs no network and runs no script."""
    texts = texts_for(request)
    run = find_run(database_of(request), caller, job_id)
    answer = read_answer(database_of(request), caller, run, texts)
    style = "\n".join(static_text(name) for name in _STYLES)
    policy = f"default-src 'none'; style-src '{digest_of(style)}'; base-uri 'none'; form-action 'none'"
    body = (
        page_environment(texts)
        .get_template("what-if/answer-file.html")
        .render(
            inline={"style": trusted(style), "script": "", "policy": policy},
            run=run,
            kind=name_kind(run.job.kind, texts),
            kind_code=run.job.kind.value,
            answer=answer,
        )
    )
    return Response(body, media_type="text/html; charset=utf-8", headers=_attachment(f"answer-{job_id}.html"))


def tabulate(
    kind: JobKind, document: Mapping[str, Any], scenario: Mapping[str, Any]
) -> tuple[pd.DataFrame, list[NumberColumn]]:
    """Return the numbers of an answer as a table: of a comparison a row for each figure of each scenario."""
    if kind is JobKind.STAFF:
        rows = _frontier_rows(document, scenario)
    elif kind is JobKind.COMPARE:
        rows = _compared_rows(document, scenario)
    else:
        rows = _simulated_rows(document, scenario)
    names = list(rows[0]) if rows else ["figure"]
    columns = [
        NumberColumn(name=name, heading=name.replace("_", " "), format="text" if name in _TEXTS else "number")
        for name in names
    ]
    return pd.DataFrame(rows, columns=names), columns


_TEXTS = frozenset({"scenario", "of", "figure", "is_answer"})
_ENDS = ("mean", "low", "high")


def _name_place(path: str, scenario: Mapping[str, Any]) -> str:
    """Return of what a figure is, by its name; the figure itself keeps the id, by which programs know it."""
    section, _, rest = path.partition(".")
    return ALL if section == "overall" else name_of(scenario, section, rest.rpartition(".")[0])


def _compared_rows(document: Mapping[str, Any], scenario: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for n, item in enumerate(document["scenarios"]):
        difference = document["differences"][n - 1] if n else {}
        for path in item:
            if path == "name":
                continue
            made, other = item[path] or {}, difference.get(path) or {}
            rows.append(
                {
                    "scenario": item["name"],
                    "of": _name_place(path, scenario),
                    "figure": path,
                    **{end: made.get(end) for end in _ENDS},
                    **{f"difference_{end}": other.get(end) for end in _ENDS},
                }
            )
    return rows


def _simulated_rows(document: Mapping[str, Any], scenario: Mapping[str, Any]) -> list[dict[str, Any]]:
    sections = [("overall", {"": document["overall"]})]
    sections += [(name, document.get(name) or {}) for name in ("teams", "task_types", "processes", "agents")]
    return [
        {
            "of": name_of(scenario, section, key) if key else ALL,
            "figure": ".".join(part for part in (section, key, metric) if part),
            **{end: made[end] for end in (*_ENDS, "sd")},
        }
        for section, items in sections
        for key, metrics in items.items()
        for metric, made in metrics.items()
    ]


def _frontier_rows(document: Mapping[str, Any], scenario: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "is_answer": "yes" if point["groups"] == document["groups"] else "no",
            "cost": point["cost"],
            **{f"on_time_{end}": point["on_time_share"][end] for end in _ENDS},
            **{name_of(scenario, "agents", name): count for name, count in point["groups"].items()},
        }
        for point in document["frontier"]
    ]


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
