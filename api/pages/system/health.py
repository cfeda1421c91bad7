"""`/system`: whether the server is ready, what it stands on, and when it was backed up last."""

import time

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render, texts_for
from api.pages.serving import database_of
from api.pages.system.frame import SCRIPTS, STYLES, Admin, tabs_of
from api.standing import DatabaseStanding, KeeperStanding, Standing
from models.time import SECONDS_PER_DAY
from services.audit.sealing import anchor_of
from services.audit.trail import find_end
from services.system_state import read_system_state

router = APIRouter()
BACKUP_EVERY_S = 2 * SECONDS_PER_DAY
"""A backup older than this is pointed out."""


@router.get("/system")
def show_health(request: Request, _caller: Admin) -> HTMLResponse:
    """Show how the server stands."""
    standing: Standing = request.app.state.standing
    database_stands, keeper, is_draining = standing.database(), standing.keeper(), standing.is_draining
    is_ready = database_stands is DatabaseStanding.CURRENT and keeper is not KeeperStanding.MISSING and not is_draining
    database = database_of(request)
    state, end, now = read_system_state(database), find_end(database), int(time.time())
    backup_age_s = None if state.last_backup_at is None else now - state.last_backup_at
    opened = request.app.state.live.current()
    return render(
        request,
        "system/health.html",
        texts=(texts := texts_for(request)),
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/system"),
        is_ready=is_ready,
        database=database_stands.value,
        keeper=keeper.value,
        is_draining=is_draining,
        has_desk=opened is not None,
        state=state,
        backup_age_s=backup_age_s,
        is_backup_old=backup_age_s is None or backup_age_s > BACKUP_EVERY_S,
        anchor="" if end.seal is None else anchor_of(end.seal),
        sealed_at=None if end.seal is None else end.seal.sealed_at,
        num_unsealed=end.event_tail.count + end.change_tail.count,
        version=request.app.version,
        zone=str(texts.zone),
        now=now,
    )
