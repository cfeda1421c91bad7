"""The audit trail for administrators: who changed what, and where the chain of seals ends."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.access import permits
from api.documents.audit import change_document, tail_document
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.parameters import Id, Text
from models.time import FIRST_INSTANT, LAST_INSTANT, epoch_second, format_instant
from models.vocabulary_audit import Subject
from services.audit.sealing import anchor_of
from services.audit.trail import ChangeFilter, find_changes, find_end

router = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[permits()])

_CHANGE: dict[str, Any] = {
    "id": 41,
    "position": 40,
    "at": "2026-03-02T07:00:00+00:00",
    "principal_id": "ada",
    "what": "POST /api/keys",
    "subject_kind": "key",
    "subject_id": "k7",
    "before": None,
    "after": {"scopes": ["analyst"]},
}
_END: dict[str, Any] = {
    "anchor": f"812:{'5b' * 32}",
    "sealed_at": "2026-03-02T07:00:00+00:00",
    "unsealed_events": {"count": 2, "first_id": 9001, "first_at": "2026-03-02T07:00:00+00:00"},
    "unsealed_changes": {"count": 0, "first_id": None, "first_at": None},
}


class ChangeDocument(BaseModel):
    """One change; names and free text are digests."""

    model_config = ConfigDict(title="Change", json_schema_extra={"example": _CHANGE})

    id: int
    position: int | None = Field(description="Its place in the chain; null until it is sealed.")
    at: str = Field(description="When, in UTC.", json_schema_extra={"format": "date-time"})
    principal_id: str | None = Field(description="Who; null where it was the product itself.")
    what: str = Field(description="The route or command.")
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None = Field(description="The fields that changed, as they were; null for what is new.")
    after: dict[str, Any] | None = Field(description="The same as they are; null for what is gone.")


class TailDocument(BaseModel):
    """Rows that lie under no seal yet."""

    model_config = ConfigDict(title="UnsealedTail")

    count: int
    first_id: int | None
    first_at: str | None = Field(description="Of the oldest.", json_schema_extra={"format": "date-time"})


class ChainEndDocument(BaseModel):
    """Where the chain of seals ends."""

    model_config = ConfigDict(title="ChainEnd", json_schema_extra={"example": _END})

    anchor: str | None = Field(
        description="Number and digest of the last seal, to be kept elsewhere; null without one."
    )
    sealed_at: str | None = Field(json_schema_extra={"format": "date-time"})
    unsealed_events: TailDocument
    unsealed_changes: TailDocument


def _moment(text: object) -> int:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError("an instant with an offset, such as 2026-03-02T08:00:00+01:00") from None
    if instant.tzinfo is None:
        raise ValueError("an instant with an offset, such as 2026-03-02T08:00:00+01:00")
    epoch_s = epoch_second(instant)
    if not FIRST_INSTANT <= epoch_s <= LAST_INSTANT:
        raise ValueError("an instant of the years 1 to 9999 in UTC")
    return epoch_s


Moment = Annotated[int, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]


@router.get("/changes", summary="List changes")
def list_changes(
    request: Request,
    principal: Annotated[Id | None, Query(description="Only what this one did.")] = None,
    subject: Annotated[Subject | None, Query(description="Only of this kind.")] = None,
    subject_id: Annotated[Id | None, Query(description="Only of this one of the kind.")] = None,
    what: Annotated[Text | None, Query(description="Only by routes or commands that begin so.")] = None,
    since: Annotated[Moment | None, Query(description="Only from this instant on.")] = None,
    until: Annotated[Moment | None, Query(description="Only before this instant.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ChangeDocument]:
    """Return changes under all conditions that are given, the newest first."""
    place = decode_cursor(cursor, int)
    wanted = ChangeFilter(
        principal_id=principal,
        subject=None if subject is None else subject.value,
        subject_id=subject_id,
        what=what,
        since=since,
        until=until,
    )
    found = find_changes(
        request.app.state.store.database(),
        wanted,
        before_id=None if place is None else int(place[0] or 0),
        limit=limit + 1,
    )
    shown = found[:limit]
    return Page(
        items=[ChangeDocument(**change_document(change)) for change in shown],
        next=next_address(request, (shown[-1].id,) if len(found) > limit else None),
    )


@router.get("/head", summary="Get the end of the chain")
def get_head(request: Request) -> ChainEndDocument:
    """Return the last seal as an anchor, and what lies under no seal yet.

    Keep the anchor where whoever can write to the database cannot reach it; `swingdesk audit verify --anchor` takes it.
    """
    end = find_end(request.app.state.store.database())
    return ChainEndDocument(
        anchor=None if end.seal is None else anchor_of(end.seal),
        sealed_at=None if end.seal is None else format_instant(end.seal.sealed_at),
        unsealed_events=TailDocument(**tail_document(end.event_tail)),
        unsealed_changes=TailDocument(**tail_document(end.change_tail)),
    )
