"""The pages on the JSON of reports: every key that a report has is there, and no other list."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.reporting.question import LogFile, ReportQuestion
from services.reporting.registry import REPORTS, make_report
from services.settings import Settings

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
PAGE_OF = {"picking": "report-picking", "waiting": "report-waiting", "waste": "report-waste"}
OPERATIONS = "report-operations"


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> ReportQuestion:
    draw = np.random.default_rng(2)
    lines = ["case_id,activity,resource,enabled_time,start_time,end_time"]
    zero = pd.Timestamp("2026-03-02T08:00:00Z")
    for n in range(150):
        enabled = zero + pd.Timedelta(days=n % 5, minutes=float(draw.integers(0, 300)))
        started = enabled + pd.Timedelta(minutes=float(draw.integers(5, 90)))
        ended = started + pd.Timedelta(minutes=float(draw.integers(3, 20)))
        times = ",".join(f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (enabled, started, ended))
        lines.append(f"{n // 3},{('Check', 'Pay', 'Close')[n % 3]},p{n % 4},{times}")
    path = tmp_path_factory.mktemp("log") / "queue.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return ReportQuestion(settings=Settings(), now=1_790_000_000, log=LogFile(path=path, timezone="UTC"))


def _words(page: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", (FORMATS / f"{page}.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in PAGE_OF or name == "picking"])
def test_every_key_of_a_report_is_on_its_page(question: ReportQuestion, name: str) -> None:
    document: dict[str, Any] = dict(make_report(name, question).document)
    told = _words(PAGE_OF.get(name, OPERATIONS)) | _words(OPERATIONS)
    lists = {key: rows for key, rows in document.items() if isinstance(rows, list) and key != "limits"}
    keys = {*document, *(key for rows in lists.values() for row in rows if isinstance(row, dict) for key in row)}
    assert sorted(keys - told) == []
    assert document["report"] == name


def test_the_page_of_reports_names_them_all() -> None:
    page = (FORMATS.parent / "reports.md").read_text(encoding="utf-8")
    assert [name for name in REPORTS if f"`{name}`" not in page and f"report {name}" not in page] == []
