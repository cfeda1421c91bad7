"""What deeper layers say stands on the pages of a reader of Spanish in Spanish: nothing is marked as English there."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.language.texts import Texts
from models.time import load_zone
from services.explaining import Explainer
from services.reason_sentences import ReasonTeller
from services.swing_board import draw_board

SPANISH = Texts("es", load_zone("Europe/Madrid"))
IN_ENGLISH = re.compile(r'<(?!button)\w+[^>]* lang="en"[^>]*>(.*?)<', re.DOTALL)
ENGLISH_WORDS = re.compile(
    r"\b(after|and|are|at|be|but|by|could|does|due|for|from|is|it|its|late|less|more|nobody|not|of|than|that|the|then"
    r"|to|was|when|would|with)\b"
)
"""Words that an English sentence can hardly do without, and that are none in Spanish."""
LEFT = re.compile(r'href="(/today/left/[^"]+)"')
TASK = re.compile(r'href="(/today/tasks/[^"?]+)"')


@pytest.fixture
def visit(desk: Any) -> Iterator[Any]:
    """A client of somebody who reads Spanish."""
    opened: list[httpx.Client] = []

    def make(who: str) -> httpx.Client:
        cookies = {"swingdesk_session": desk.session(who), "swingdesk_language": "es"}
        client = httpx.Client(base_url=desk.address, cookies=cookies, headers={"Origin": desk.address}, timeout=60)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


def check(answer: httpx.Response, status: int = 200) -> str:
    assert answer.status_code == status, answer.url
    assert '<html lang="es"' in answer.text
    assert IN_ENGLISH.findall(answer.text) == [], answer.url
    return answer.text.replace("&amp;", "&")


def test_a_plan_and_today_say_in_spanish_what_is_left_and_why(visit: Any) -> None:
    lea = visit("lea")
    plan = check(lea.get("/plans/1"))
    assert "Hecho con los tiempos de gestión esperados" in plan
    today, left = check(lea.get("/today")), check(lea.get("/today/left"))
    for path in [*sorted(set(LEFT.findall(left)))[:2], *sorted(set(TASK.findall(today + left)))[:3]]:
        check(lea.get(path))


def test_my_work_and_its_refusals_are_in_spanish(visit: Any) -> None:
    ana = visit("ana")
    check(ana.get("/work"))
    assert "esto exige el rol responsable, planificación o administración" in check(ana.get("/today"), 403)


def test_what_a_scenario_lacks_is_said_in_spanish(visit: Any) -> None:
    pia = visit("pia")
    check(pia.get("/what-if"))
    broken = {"scenario": ("broken.yaml", b"format: swingdesk/scenario\ndays: x\n", "text/yaml")}
    refused = check(pia.post("/what-if/upload", files=broken), 422)
    assert "se esperaba" in refused
    assert "expected" not in refused


def test_the_forms_of_the_office_say_in_spanish_what_they_expect(visit: Any) -> None:
    admin = visit("admin")
    for path in (
        "/office",
        "/office/people",
        "/office/import",
        "/system",
        "/system/jobs",
        "/system/audit",
        "/accounts",
    ):
        check(admin.get(path))
    refused = check(admin.post("/office/people/new", data={"id": "x y;z", "team": "nowhere", "max_moves": "-1"}), 422)
    assert "un identificador" in refused
    assert "un número entero de 0" in refused
    refused = check(admin.post("/accounts/new", data={"id": "x y", "kind": "person", "roles": "lead"}), 422)
    assert "caracteres sin espacios" in refused or "dirige equipos concretos" in refused


def test_every_reason_of_a_plan_is_said_in_spanish(small_day: Any) -> None:
    """Each sentence is known to the last word: without its names, no English is left."""
    problem, plan = small_day.problem, small_day.plan
    explainer = Explainer(problem, plan)
    teller = ReasonTeller(explainer, zone_name="Europe/Madrid")
    said = [teller.tell_assignment(why) for why in explainer.assignments([one.task for one in plan.assignments[::9]])]
    left = [item.task for item in plan.unscheduled]
    said += [teller.tell_left(explainer.left(task)) for task in left[::5]]
    said += [teller.tell_fix(fix) for task in left[:2] for fix in explainer.fixes(task)]
    board = draw_board(problem, plan, zone_name="Europe/Madrid")
    said += [block.sentence for block in board.blocks] + [team.sentence for team in board.teams]
    assert len(said) > 50
    names = [item.name or item.id for item in (*problem.agents, *problem.teams, *problem.task_types, *problem.tasks)]
    names += [item.id for item in (*problem.agents, *problem.teams, *problem.task_types, *problem.tasks)]
    names += [str(task.attributes.get("title", "")) for task in problem.tasks]
    names += [skill for agent in problem.agents for skill in agent.skills]
    known = re.compile("|".join(sorted(map(re.escape, {name for name in names if name}), key=len, reverse=True)))
    faults = []
    for sentence in said:
        parts = SPANISH.told_parts(sentence)
        text = "".join(part.text for part in parts)
        if not all(part.is_told for part in parts) or ENGLISH_WORDS.search(known.sub("", text)):
            faults.append((sentence, text))
    assert faults == []
