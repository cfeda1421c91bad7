"""What requests tell the desk: when it happened, under which id of its source, and what belongs to each kind of act."""

from datetime import datetime
from typing import Annotated

from fastapi import Body
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.conditional import ANY, make_etag
from api.parameters import Id
from models.errors import StaleError
from models.time import FIRST_INSTANT, LAST_INSTANT, epoch_second
from models.vocabulary_live import (
    CancelReason,
    CheckResult,
    OffTaskCode,
    PendReason,
    ReopenReason,
    Severity,
    SkipReason,
)
from services.live.acts import Act

DedupKey = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
LAST_VERSION = 2**31 - 1


class ActBody(BaseModel):
    """How an act is told; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", title="Act", json_schema_extra={"examples": [{}]})

    occurred_at: AwareDatetime | None = Field(
        default=None, description="When it happened by the clock of whoever tells it; now where left out."
    )
    dedup_key: DedupKey | None = Field(
        default=None, description="The source's own id of this event: told again with it, nothing changes."
    )


class AgentActBody(ActBody):
    """An act on a task in an agent's hand."""

    model_config = ConfigDict(extra="forbid", title="AgentAct", json_schema_extra={"examples": [{}]})

    agent_id: Id | None = Field(
        default=None, description="Whose act it is; the caller's own agent where left out. Leads may act for theirs."
    )


class ReasonBody(AgentActBody):
    """An act that needs a reason."""

    model_config = ConfigDict(
        extra="forbid", title="ReasonedAct", json_schema_extra={"examples": [{"reason": "unclear"}]}
    )

    reason: SkipReason


class OffTaskBody(ActBody):
    """What an agent does other than tasks."""

    model_config = ConfigDict(extra="forbid", title="OffTask", json_schema_extra={"examples": [{"code": "break"}]})

    code: OffTaskCode


class WrongTeamBody(AgentActBody):
    """Whose a task is, where the agent knows."""

    model_config = ConfigDict(
        extra="forbid", title="WrongTeam", json_schema_extra={"examples": [{"team_id": "claims"}]}
    )

    team_id: Id | None = None


class PendBody(AgentActBody):
    """For whom or what a task waits, and until when."""

    model_config = ConfigDict(
        extra="forbid",
        title="Pend",
        json_schema_extra={"examples": [{"reason": "customer", "follow_up_at": "2026-03-04T09:00:00+00:00"}]},
    )

    reason: PendReason
    follow_up_at: AwareDatetime = Field(description="When the task returns by itself.")


class CancelBody(ActBody):
    """Why a task need not be done."""

    model_config = ConfigDict(extra="forbid", title="Cancel", json_schema_extra={"examples": [{"reason": "duplicate"}]})

    reason: CancelReason


class ReopenBody(ActBody):
    """Why a closed task is open again."""

    model_config = ConfigDict(
        extra="forbid", title="Reopen", json_schema_extra={"examples": [{"reason": "contact-came-back"}]}
    )

    reason: ReopenReason


class ReassignBody(ActBody):
    """To whom a task goes: an agent, or the queue of a team; to its own queue where neither is named."""

    model_config = ConfigDict(
        extra="forbid", title="Reassign", json_schema_extra={"examples": [{"to_agent_id": "ben"}]}
    )

    to_agent_id: Id | None = None
    to_team_id: Id | None = None


class CheckBody(ActBody):
    """What a quality check of a closed task found."""

    model_config = ConfigDict(
        extra="forbid",
        title="Check",
        json_schema_extra={"examples": [{"result": "fail", "severity": "minor", "step": "entry"}]},
    )

    result: CheckResult
    severity: Severity | None = None
    step: Id | None = Field(default=None, description="The step at fault.")


NO_ACT = Body(default_factory=ActBody)


def read_act(body: ActBody, principal_id: str, if_match: str | None = None) -> Act:
    """Return what a request tells the desk.

    Raises
    ------
    StaleError
        If it names a version that there cannot be.
    """
    return Act(
        principal_id=principal_id,
        occurred_at=None if body.occurred_at is None else to_instant(body.occurred_at),
        dedup_key=body.dedup_key,
        if_version=None if if_match is None else _read_version(if_match),
    )


def to_instant(value: datetime) -> int:
    """Return the epoch second of an instant; fractions of a second are cut."""
    return min(max(epoch_second(value), FIRST_INSTANT), LAST_INSTANT)


def _read_version(if_match: str) -> int | None:
    """Return the version that If-Match names; None for any."""
    named = if_match.strip()
    if named == ANY:
        return None
    digits = named.strip('"')
    if digits.isascii() and digits.isdigit() and int(digits) <= LAST_VERSION and make_etag(int(digits)) == named:
        return int(digits)
    raise StaleError(f"there is no version {named!r}: give the ETag that came with what you read")
