"""Every report in Spanish, as its page shows it: sentences, headings, definitions, words and figures of charts."""

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.documents.report_cells import cell_text
from api.language.texts import Texts
from api.pages.analysis.telling import tell_cell, tell_lead
from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.office_pages import list_named, list_task_types
from models.time import from_wall_clock
from models.vocabulary import Role
from reports.report import CellFormat, ReportColumn
from services.demo import DemoSize, fill_with_demo
from services.jobs.doing import do_job
from services.reporting.registry import REPORTS
from services.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
SPANISH = {"Accept-Language": "es"}
ENGLISH_WORDS = re.compile(
    r"\b(a|an|and|are|at|by|day|days|for|from|has|have|hours|how|in|is|it|minutes|not|of|on|paid|share|task|tasks|team"
    r"|than|that|the|their|time|to|type|waited|waiting|was|waste|were|what|which|who|with|work)\b",
    re.IGNORECASE,
)
"""What an English sentence of a report can hardly do without, and a Spanish one has no use for."""
CUT_NAME = re.compile(r"[^\N{RIGHTWARDS ARROW},]*\N{HORIZONTAL ELLIPSIS}")
SPANISH_TOO = frozenset({"a", "has"})
SHOWN = frozenset({"text", "name", "title", "x", "y", "ticktext", "customdata", "hovertext"})
"""Parts of Plotly's JSON that a reader sees."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> str:
    """A small demo office with three days of history, and every report on it made for its analyst."""
    path = tmp_path_factory.mktemp("office") / "office.sqlite3"
    url = f"sqlite:///{shutil.copy(sqlite_template, path)}"
    size = DemoSize(num_agents=12, num_tasks=40, num_days=3)
    with Database(url) as database:
        fill_with_demo(database, size=size, now=1_772_400_000, principal_id=None)
    return url


def do_jobs(url: str) -> None:
    while True:
        with Database(url) as database, database.writing() as session:
            connection = session.connection()
            job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
        if job is None:
            return
        do_job(Settings(database_url=url), job.id, owner="test")


def shown(page: str) -> Iterator[str]:
    """Yield what a page says to readers: between tags, in attributes, and in its charts."""
    main = page[page.index("<main") : page.index("</main>")]
    drawn = re.search(r'<script type="application/json" id="figures-data">(.*?)</script>', main, re.DOTALL)
    if drawn is not None:
        yield from drawn_texts(json.loads(html.unescape(drawn[1])))
    main = re.sub(r"<script.*?</script>", "", main, flags=re.DOTALL)
    yield from (html.unescape(text) for text in re.findall(r'aria-label="([^"]*)"', main))
    yield from (html.unescape(text).strip() for text in re.split(r"<[^>]+>", main))


def drawn_texts(part: Any, *, is_shown: bool = False) -> Iterator[str]:
    if isinstance(part, str) and is_shown:
        yield part
    elif isinstance(part, list):
        for item in part:
            yield from drawn_texts(item, is_shown=is_shown)
    elif isinstance(part, dict):
        for name, item in part.items():
            yield from drawn_texts(item, is_shown=name in SHOWN)


def read_names(url: str) -> re.Pattern[str]:
    """Return a pattern of what the office calls things: names are nobody's to translate."""
    with Database(url) as database, database.reading() as session:
        rows = [*list_named(session.connection(), "teams", limit=99), *list_task_types(session.connection(), limit=999)]
    names = sorted({row["name"] or row["id"] for row in rows}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def test_every_report_is_read_in_spanish_to_its_last_row(office: str, make_api: Callable[..., Any]) -> None:
    api = make_api(office, rate_per_address="", rate_per_key="")
    key = api.key(Role.ANALYST, principal="ivo")
    api.post("/time/make", key=key, headers=OURS)
    do_jobs(office)
    names, english = read_names(office), []
    for path in ["/time", *(f"/time/{name}" for name in REPORTS)]:
        page = api.get(path, key=key, headers=SPANISH).text
        assert 'lang="en"' not in page.partition("<main")[2]
        rows = sorted(set(re.findall(r'href="(/time/[\w-]+/rows/[\w-]+)"', page)))
        for told in [page, *(api.get(table, key=key, headers=SPANISH).text for table in rows)]:
            for text in shown(told):
                found = {
                    word.lower() for word in ENGLISH_WORDS.findall(CUT_NAME.sub("", names.sub("", text)))
                } - SPANISH_TOO
                english += [f"{path}: {text[:200]} ({', '.join(sorted(found))})"] if found else []
    assert english == [], "\n".join(english)
    chart = api.get("/time/workload", key=key, headers=SPANISH).text
    assert '"separators":",."' in html.unescape(chart)
    assert api.get("/time/workload/report.csv", key=key, headers=SPANISH).text.startswith("\ufeffTeam,")


def test_days_and_times_in_cells_are_written_as_readers_do() -> None:
    texts = Texts("es", clock=lambda: from_wall_clock(date(2026, 3, 9), time(12), UTC))
    instant, day = (ReportColumn(name="c", heading="c", format=kind) for kind in ("instant", "text"))
    assert tell_cell(pd.Timestamp(2026, 3, 2, 9, 5, 7), instant, texts) == "lun 2 mar 09:05:07"
    assert tell_cell("2026-03-02", day, texts) == "lun 2 mar"
    assert tell_cell(pd.NaT, instant, texts) == "–"


@pytest.mark.parametrize(
    ("kind", "value", "spanish"),
    [
        ("number", 1234.5, "1.234,50"),
        ("count", 12345, "12.345"),
        ("share", 0.4567, "45,7\N{NO-BREAK SPACE}%"),
        ("flag", True, "sí"),
        ("words", "never", "nunca"),
        ("text", "all together", "en conjunto"),
        ("text", "Waste", "Waste"),  # a team may be called so
        ("number", None, "–"),
    ],
)
def test_cells_are_written_as_readers_do(kind: CellFormat, value: Any, spanish: str) -> None:
    column = ReportColumn(name="c", heading="c", format=kind)
    assert tell_cell(value, column, Texts("es")) == spanish
    assert tell_cell(value, column, Texts("en")) == cell_text(value, kind)


def test_a_sentence_keeps_its_names_and_has_its_figures_in_spanish() -> None:
    english = "2026-03-02 to 2026-03-08: 12 tasks arrived and 1 task were completed; 5 are open, 1,210 hours of work."
    then = from_wall_clock(date(2026, 3, 9), time(12), UTC)
    spanish, plain = (Texts(language, clock=lambda: then) for language in ("es", "en"))
    assert tell_lead(english, spanish) == (
        "lun 2 mar a dom 8 mar",
        "Llegadas: 12 tareas; completadas: 1 tarea; abiertas: 5, 1.210 horas de trabajo.",
    )
    period, said = tell_lead(f"database, {english}", plain)
    assert (period, english.endswith(said)) == ("Mon 2 Mar to Sun 8 Mar", True)
    assert tell_lead("Send help to Payment matching", spanish) == ("", "Enviar ayuda a Payment matching")
