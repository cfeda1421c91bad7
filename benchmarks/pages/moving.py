"""What goes on at the desk while pages are asked for: agents complete what they have, take the next, and start it."""

from itertools import cycle
from typing import Any

import httpx

from benchmarks.pages.office import Stored
from models.vocabulary import Role

CONFLICT = 409


class Movers:
    """Agents who go on with their work, one after the other."""

    def __init__(self, port: int, stored: Stored) -> None:
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            cookies={"swingdesk_session": stored.sessions[Role.ADMIN]},
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=300,
        )
        self._agents = cycle(stored.agents)

    def act(self, number: int) -> None:
        """Let so many agents go on."""
        for _ in range(number):
            agent = next(self._agents)
            task = self._client.get(f"/api/agents/{agent}/state").raise_for_status().json()["task_id"]
            if task is not None:
                self._do(f"/api/tasks/{task}/complete", agent_id=agent)
            offered = self._do(f"/api/agents/{agent}/next").get("primary")
            if offered is not None:
                self._do(f"/api/tasks/{offered['task_id']}/start", agent_id=agent)

    def _do(self, path: str, **given: str) -> dict[str, Any]:
        """Do something that the desk may refuse, as it does with whoever is away, and return what came of it."""
        answer = self._client.post(path, json=given)
        return {} if answer.status_code == CONFLICT else dict(answer.raise_for_status().json())
