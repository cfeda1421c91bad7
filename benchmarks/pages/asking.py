"""The pages of a server by its access matrix, filled with what is stored, and requests of them that are timed."""

import http.client
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from api.access import Reach, access_matrix
from api.app import create_app
from models.vocabulary import Role
from services.settings import Settings

PARAMETER = re.compile(r"{(\w+)}")
SKIPPED = frozenset(
    {
        *("/openapi.json", "/metrics", "/health", "/ready", "/single-sign-on", "/single-sign-on/return"),
        "/office/import/{job_id}/left-out.csv",
    }
)
"""What is for programs, what only a provider of sign-ons leads to, and what only an import with faults has."""
MOST_SEEN = (Role.AGENT, Role.LEAD, Role.PLANNER, Role.ANALYST)
"""Each page is asked for by the last of these that may: planners see all teams where leads see their own."""
OWN_NAMES = {
    ("/today/left/{task_id}", "task_id"): "left_task_id",
    ("/today/jobs/{job_id}", "job_id"): "plan_job_id",
    ("/today/review/{plan_id}", "plan_id"): "new_plan_id",
    ("/what-if/runs/{job_id}", "job_id"): "run_job_id",
    ("/what-if/histories/{job_id}", "job_id"): "history_job_id",
    ("/office/import/{job_id}", "job_id"): "import_job_id",
    ("/workbooks/{job_id}", "job_id"): "workbook_job_id",
    ("/work/figures/{name}", "name"): "own_name",
}
"""Names of values that stand in the addresses below a path for a parameter that means something else elsewhere."""
QUERIES = {
    "/today/left/{task_id}": "?plan={plan_id}",
    "/plans/{plan_id}/tasks/{task_id}/moves/{agent_id}": "?start={move_at}",
}
"""What else the address of a page must say."""
GZIP = {"Accept-Encoding": "gzip", "Accept": "text/html,application/json"}


@dataclass(frozen=True, kw_only=True)
class PageRoute:
    """A page, and as whom it is asked for; None for nobody."""

    path: str
    role: Role | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values that its address needs."""
        return tuple(
            self._name_of(parameter) for parameter in PARAMETER.findall(self.path + QUERIES.get(self.path, ""))
        )

    def address(self, values: Mapping[str, str | int]) -> str:
        """Return its address with values of an office."""
        wanted = self.path + QUERIES.get(self.path, "")
        return PARAMETER.sub(lambda found: quote(str(values[self._name_of(found[1])]), safe=""), wanted)

    def _name_of(self, parameter: str) -> str:
        own = (name for (path, of), name in OWN_NAMES.items() if of == parameter and self.path.startswith(path))
        return next(own, parameter)


def list_pages() -> list[PageRoute]:
    """Return everything that a browser may ask for, whatever it is that comes: the matrix says who may."""
    app = create_app(Settings(database_url="sqlite:///nowhere.sqlite3"))
    return [
        PageRoute(path=path, role=_asker(grants))
        for (method, path), grants in sorted(access_matrix(app).items(), key=lambda item: item[0][1])
        if method == "GET" and not path.startswith("/api/") and path not in SKIPPED and not path.endswith("/events")
    ]


def _asker(grants: Mapping[Role, Reach] | None) -> Role | None:
    if grants is None:
        return None
    return next((role for role in reversed(MOST_SEEN) if role in grants), Role.ADMIN)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came, and what it took.

    Attributes
    ----------
    kind
        Its media type; `file` where it is one to keep.
    size
        Bytes that were sent, compressed where it was.
    seconds, processor_s
        From the request to the last byte, by the clock; processor time of the server's processes meanwhile.
    """

    status: int
    kind: str
    size: int
    seconds: float
    processor_s: float


@dataclass
class Timed:
    """The answers of a page, the first apart: what is kept from then on was made for it."""

    page: PageRoute
    first: Answer
    answers: list[Answer] = field(default_factory=list)


class Asker:
    """Asks a server on this machine on connections that are kept."""

    def __init__(self, port: int, sessions: Mapping[Role, str], processes: Collection[int]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._sessions = sessions
        self._processes = processes

    def ask(self, page: PageRoute, values: Mapping[str, str | int]) -> Answer:
        """Ask for a page."""
        headers = dict(GZIP)
        if page.role is not None:
            headers["Cookie"] = f"swingdesk_session={self._sessions[page.role]}"
        address = page.address(values)
        spent, since = processor_times(self._processes), time.perf_counter()
        self._connection.request("GET", address, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - since
        is_file = (answer.getheader("Content-Disposition") or "").startswith("attachment")
        return Answer(
            status=answer.status,
            kind="file" if is_file else (answer.getheader("Content-Type") or "").partition(";")[0],
            size=len(body),
            seconds=seconds,
            processor_s=sum(
                taken - spent.get(thread, 0.0) for thread, taken in processor_times(self._processes).items()
            ),
        )


def processor_times(processes: Collection[int]) -> dict[str, float]:
    """Return the processor seconds that each thread of some processes has taken."""
    return {
        str(thread): int((thread / "schedstat").read_text().split()[0]) / 1e9
        for process in processes
        for thread in Path(f"/proc/{process}/task").iterdir()
    }
