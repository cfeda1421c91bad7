"""What people have asked of the server this morning: a plan, a report, an import, what if; all by its pages."""

import io
import json
import time
import urllib.parse

import httpx

from benchmarks.pages.office import Stored
from models.vocabulary import Role

TIME_LIMIT_S = 900.0
REPORT = "waste"
OWN_FIGURES = "picking"
TABLE = "evidence-value"
JOB_VALUES = frozenset(
    {
        *("history_job_id", "import_job_id", "job_id", "name", "new_plan_id", "own_name", "plan_job_id", "run_job_id"),
        *("scenario_id", "section", "table", "workbook_job_id"),
    }
)
"""Names of the values that jobs and what came of them have for the addresses of pages."""
PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def ask_for_jobs(port: int, stored: Stored) -> None:
    """Have the server do jobs of every family, wait for them, and note in the values what they are called."""
    address = f"http://127.0.0.1:{port}"
    clients = {
        role: httpx.Client(base_url=address, cookies={"swingdesk_session": secret}, headers=PAGE, timeout=300)
        for role, secret in stored.sessions.items()
    }
    admin, planner, analyst = clients[Role.ADMIN], clients[Role.PLANNER], clients[Role.ANALYST]
    _post(analyst, f"/time/{REPORT}")
    plan = _post(planner, "/api/plans/replan", json={"iterations": 1}).json()["id"]
    history = _number(_post(planner, "/what-if/history", data={"days": "3"}))
    _wait(admin)
    scenario = _number(planner.get(f"/what-if/histories/{history}"))
    run = _number(_post(planner, f"/what-if/scenarios/{scenario}/simulate", data={"replications": "4"}))
    template = admin.get("/office/import/template.zip").content
    files = {"file": ("template.zip", io.BytesIO(template), "application/zip")}
    imported = _number(_post(admin, "/office/import", data={"kind": "tables"}, files=files))
    workbook = analyst.get(f"/plans/{stored.values['plan_id']}/plan.xlsx")
    _wait(admin)
    done = admin.get(f"/api/jobs/{plan}").json()
    values: dict[str, str | int] = {
        "job_id": plan,
        "plan_job_id": plan,
        "history_job_id": history,
        "run_job_id": run,
        "import_job_id": imported,
        # Of a small office it comes at once, and there is no such page.
        "workbook_job_id": _number(workbook) if "location" in workbook.headers else plan,
        "new_plan_id": int(done["links"]["plan"].rsplit("/", 1)[1]),
        "scenario_id": scenario,
        "section": "people",
        "name": REPORT,
        "own_name": OWN_FIGURES,
        "table": TABLE,
    }
    assert values.keys() == JOB_VALUES
    stored.values.update(values)
    for client in clients.values():
        client.close()


def _post(client: httpx.Client, path: str, **given: object) -> httpx.Response:
    answer = client.post(path, **given)  # type: ignore[arg-type]
    if answer.status_code >= 400:
        raise RuntimeError(f"POST {path}: {answer.status_code} {answer.text[:500]}")
    return answer


def _number(answer: httpx.Response) -> int:
    return int(urllib.parse.urlsplit(answer.headers["location"]).path.rsplit("/", 1)[1])


def _wait(admin: httpx.Client) -> None:
    """Wait until every job has ended, and none has failed."""
    give_up_at = time.monotonic() + TIME_LIMIT_S
    while time.monotonic() < give_up_at:
        jobs = admin.get("/api/jobs").json()["items"]
        if all(job["ended_at"] for job in jobs):
            failed = [job for job in jobs if job["state"] != "done"]
            if failed:
                raise RuntimeError(f"a job failed: {json.dumps(failed)}")
            return
        time.sleep(1.0)
    raise RuntimeError(f"jobs were not done in {TIME_LIMIT_S:g} s")
