"""What a lead's fixes are done with, and the single edits of people that they and their undoing are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from models.database import Database
from models.errors import ConflictError, StaleError
from models.repositories.office_pages import get_agent, list_shifts
from models.time import to_datetime
from services.access.caller import Caller
from services.live.acts import Act
from services.live.desk import Desk
from services.live.queue import LiveQueue
from services.office_editing import set_skills, version_of
from services.settings import Settings
from services.upserting import upsert_rows

MOST_SHIFTS = 20
"""Of one person within a day."""


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """What fixes are done with."""

    database: Database
    desk: Desk
    queue: LiveQueue
    settings: Settings
    caller: Caller
    now: int
    what: str

    @property
    def act(self) -> Act:
        """An act of the caller at the desk."""
        return Act(principal_id=self.caller.principal_id)

    def home_team(self, agent_id: str) -> str | None:
        """Return whose an agent is; None for nobody who is there today."""
        crew = self.queue.crew
        position = crew.position.get(agent_id)
        return None if position is None else crew.agents[position].team

    def read_agent(self, agent_id: str) -> dict[str, Any]:
        """Return what is stored of an agent."""
        with self.database.reading() as session:
            return get_agent(session.connection(), agent_id)

    def change_agent(self, agent_id: str, **changes: Any) -> None:
        """Store an agent with another `max_moves`, other `swing_teams` or `clients`."""
        record = {**self.read_agent(agent_id), **changes}
        row = {
            "id": record["id"],
            "name": record["name"],
            "team": record["team_id"],
            "swing_teams": list(record["swing_teams"]),
            "clients": list(record["clients"]),
            "max_moves": record["max_moves"],
            "min_stay_minutes": record["min_stay_minutes"],
            **{name: None if record[name] is None else record[name].isoformat() for name in ("valid_from", "valid_to")},
        }
        self._store("agents", row)

    def find_shift(self, agent_id: str, *, before: int) -> dict[str, Any]:
        """Return the last shift that an agent has from now on and before an instant.

        Raises
        ------
        ConflictError
            If there is none.
        """
        with self.database.reading() as session:
            found = list_shifts(session.connection(), start=self.now, end=before, agent=agent_id, limit=MOST_SHIFTS)
        if not found:
            raise ConflictError(f"agent {agent_id!r} has no shift any more that could end at another time")
        return found[-1]

    def end_shift(self, shift: dict[str, Any], ends_at: int) -> None:
        """Let a shift end at another instant."""
        zone = self.queue.crew.calendar.zone
        self._store("shifts", shift_row(shift, zone) | {"end": _clock(ends_at, zone)})

    def held_skill(self, agent_id: str, skill: str) -> dict[str, Any]:
        """Return the level and the speed that an agent has for good at a skill; level 0 where it has none."""
        for row in _lasting(self.read_agent(agent_id)):
            if row["skill"] == skill:
                return {"skill": skill, "level": row["level"], "speed": row["speed"]}
        return {"skill": skill, "level": 0, "speed": 1.0}

    def change_skill(self, agent_id: str, held: Mapping[str, Any]) -> None:
        """Let an agent have a level and a speed at a skill for good; none at all where the level is 0.

        Raises
        ------
        ConflictError
            If nothing would be left that it can do.
        StaleError
            If somebody changes the agent in the same moment.
        """
        record = self.read_agent(agent_id)
        version = version_of(record)
        rows = [row for row in _lasting(record) if row["skill"] != held["skill"]]
        before = next((row for row in _lasting(record) if row["skill"] == held["skill"]), {"valid_from": None})
        if held["level"]:
            rows.append({**before, **held})
        if not rows:
            raise ConflictError(f"agent {agent_id!r} would have no skill left; give another one first")

        def check(current: str) -> None:
            if current != version:
                raise StaleError(f"somebody is changing what {agent_id!r} can do: look at it again")

        set_skills(
            self.database,
            self.settings,
            agent_id,
            rows,
            now=self.now,
            principal_id=self.caller.principal_id,
            check=check,
        )

    def _store(self, table: str, row: dict[str, Any]) -> None:
        who = self.caller.principal_id
        upsert_rows(self.database, self.settings, table, [row], now=self.now, principal_id=who)


def shift_row(shift: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return a stored shift as a row of the table of shifts."""
    breaks = "; ".join(
        f"{_clock(block['starts_at'], zone)}-{_clock(block['ends_at'], zone)} {block['kind']} "
        f"{'paid' if block['is_paid'] else 'unpaid'}"
        for block in shift["blocks"]
    )
    return {
        "agent": shift["agent_id"],
        "date": to_datetime(shift["starts_at"], zone).date().isoformat(),
        "start": _clock(shift["starts_at"], zone),
        "end": _clock(shift["ends_at"], zone),
        "breaks": breaks or None,
    }


def _lasting(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an agent can do for good, as rows of the table of skills."""
    return [
        {
            "skill": row["skill_id"],
            "level": row["level"],
            "speed": row["speed"],
            "valid_from": None if row["valid_from"] is None else row["valid_from"].isoformat(),
        }
        for row in record["skills"]
        if row["valid_to"] is None
    ]


def _clock(instant: int, zone: tzinfo) -> str:
    return f"{to_datetime(instant, zone):%H:%M}"
