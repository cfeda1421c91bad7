"""`/system/audit`: who changed what, before and after; whether the chain of seals holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.documents.audit import verdict_lines
from api.language.texts import Texts
from api.pages.rendering import is_fragment_wanted, render, texts_for
from api.pages.serving import address_with, database_of
from api.pages.system.frame import SCRIPTS, STYLES, Admin, tabs_of
from api.pages.system.words import subject_choices, subject_word
from models.repositories.audit import DIGEST_PREFIX, Change
from models.time import from_wall_clock
from services.audit.sealing import anchor_of
from services.audit.trail import ChangeFilter, find_changes, find_end, verify
from services.instants import find_office_zone

router = APIRouter()
PAGE = 50
HIDDEN = "•••"
MAX_ID = 2**53 - 1
Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A change as it is shown: the fields that it changed, before and after."""

    at: int
    who: str
    what: str
    subject: str
    subject_id: str
    fields: tuple[tuple[str, str, str], ...]


@router.get("/system/audit")
def show_audit(
    request: Request,
    _caller: Admin,
    who: Sought = "",
    subject: Sought = "",
    subject_id: Sought = "",
    what: Sought = "",
    since: Sought = "",
    until: Sought = "",
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> HTMLResponse:
    """Show the changes that are asked for, the newest first."""
    texts, database = texts_for(request), database_of(request)
    zone = find_office_zone(database, request.app.state.settings)

    def midnight(text: str, days: int) -> int | None:
        day = _day(text)
        return None if day is None else from_wall_clock(day + timedelta(days=days), clock_time(0), zone)

    wanted = ChangeFilter(
        principal_id=who or None,
        subject=subject or None,
        subject_id=subject_id or None,
        what=what or None,
        since=midnight(since, 0),
        until=midnight(until, 1),
    )
    found = find_changes(database, wanted, before_id=before, limit=PAGE + 1)
    end = find_end(database)
    return render(
        request,
        "system/audit.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/system/audit"),
        lines=[_line(one, texts) for one in found[:PAGE]],
        who=who,
        subject=subject,
        subject_id=subject_id,
        what=what,
        since=since if _day(since) else "",
        until=until if _day(until) else "",
        subjects=[("", texts.gettext("Everything")), *subject_choices(texts)],
        is_filtered=any((who, subject, subject_id, what, since, until)),
        anchor="" if end.seal is None else anchor_of(end.seal),
        sealed_at=None if end.seal is None else end.seal.sealed_at,
        num_unsealed=end.event_tail.count + end.change_tail.count,
        newest=address_with(request, before=None) if before is not None else "",
        older=address_with(request, before=found[PAGE - 1].id) if len(found) > PAGE else "",
    )


@router.post("/system/audit/verify")
def check_chain(request: Request, _caller: Admin) -> HTMLResponse:
    """Check the whole chain, every seal and every row, and say what was found."""
    verdict = verify(database_of(request))
    texts = texts_for(request)
    return render(
        request,
        "system/verdict.html" if is_fragment_wanted(request) else "system/verdict-page.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/system/audit"),
        verdict=verdict,
        lines=verdict_lines(verdict),
    )


def _day(text: str) -> date | None:
    """Return the day that an address names; None where it names none, as an address that was typed may."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line(change: Change, texts: Texts) -> ChangeLine:
    before, after = change.before or {}, change.after or {}
    return ChangeLine(
        at=change.at,
        who=change.principal_id or "",
        what=change.what,
        subject=subject_word(change.subject_kind, texts),
        subject_id=change.subject_id,
        fields=tuple((name, _shown(before, name), _shown(after, name)) for name in {**before, **after}),
    )


def _shown(fields: Mapping[str, Any], name: str) -> str:
    """Return a value of the trail as text; those that are digests, of names and free text, tell nothing."""
    value = fields.get(name)
    if value is None:
        return "–"
    if isinstance(value, str):
        return HIDDEN if value.startswith(DIGEST_PREFIX) else value
    return json.dumps(value, ensure_ascii=False)
