"""`/time`: all reports, what each answers, and what it says first."""

import time
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.language.texts import Texts
from api.pages.analysis.asking import SCRIPTS, STYLES, Asked, Reader
from api.pages.analysis.telling import tell_lead
from api.pages.rendering import lead_to, render, texts_for
from api.pages.report_words import report_names, report_question, report_word
from api.pages.serving import database_of, what_of
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobState
from services.reporting.made import Headline, ask_for_page, find_headlines, find_in_hand, find_made, has_history

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A report on the overview: its name, what it answers, and what it said when it was made last.

    `state` is that of the job that makes it now; empty where none does.
    """

    href: str
    name: str
    question: str
    period: str
    headline: str
    made_at: int | None
    state: str


@router.get("/time")
def show_overview(request: Request, caller: Reader) -> HTMLResponse:
    """Show the reports that there are."""
    texts, database = texts_for(request), database_of(request)
    asks = [Asked(name=name).ask(caller) for name in report_names()]
    headlines, in_hand = find_headlines(database, caller, asks), find_in_hand(database, caller, asks)
    lines = [_line(name, headlines.get(name), in_hand.get(name), texts) for name in report_names()]
    return render(
        request,
        "time/overview.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        lines=lines,
        has_history=has_history(database),
        is_admin=caller.has(),
        num_missing=sum(not line.headline and not line.state for line in lines),
        num_in_hand=len(in_hand),
    )


def _line(name: str, said: Headline | None, job: Job | None, texts: Texts) -> ReportLine:
    period, headline = ("", "") if said is None else tell_lead(said.text, texts)
    return ReportLine(
        href=Asked(name=name).address(),
        name=report_word(name, texts),
        question=report_question(name, texts),
        period=period,
        headline=headline,
        made_at=None if said is None else said.made_at,
        state="" if job is None else job.state.value,
    )


@router.post("/time/make")
def make_all(request: Request, caller: Reader) -> Response:
    """Ask for every report that is not made or being made."""
    database, now, num_asked = database_of(request), int(time.time()), 0
    for name in report_names():
        ask = Asked(name=name).ask(caller)
        job = find_made(database, caller, ask, now=now)
        if job is None or job.state is JobState.FAILED:
            ask_for_page(database, caller, ask, what=what_of(request))
            num_asked += 1
    texts = texts_for(request)
    said = texts.ngettext("One report is being made.", "%(num)s reports are being made.", num_asked)
    return lead_to(request, "/time", said=said)
