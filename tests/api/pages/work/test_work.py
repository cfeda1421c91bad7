"""An agent's pages without a browser: what they say in each state and language, and what they refuse, in words."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.language.texts import ENGLISH, Texts
from api.pages.work import words
from api.pages.work.acting import OF_AGENTS, OF_TASKS
from api.pages.work.view import due_words, is_day_over
from models.calendar import OfficeCalendar
from models.database import Database
from models.formats.offices.office import Office
from models.repositories.live.records import LiveAgent
from models.vocabulary import Role
from models.vocabulary_live import EventKind, OffTaskCode, PendReason, SkipReason
from optimizer.next_task import Block
from services.importing.store import store_office
from services.live.acting import read_clock
from services.live.agent_stages import LEAVES_HAND
from services.live.follow_ups import FollowUp
from services.live.lost_tasks import LostTask
from services.live.own_day import DayMark
from services.live.own_work import OwnWork
from services.live.reasons import Reason, ReasonCode

MONDAY_8 = 1772434800
HOUR = 3600
SPANISH = Texts("es")
TASK = re.compile(r'data-task="([^"]*)"')
STAGE = re.compile(r'id="desk" class="desk" data-stage="([^"]*)"')


class Pages:
    """Ben's pages, asked for as a script of theirs asks, and what a lead does beside."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.ben = api.key(Role.AGENT, agent="ben", principal="ben")
        self.lead = api.key(Role.LEAD, teams=("claims",))

    def get(self, path: str = "/work", *, key: str | None = None, language: str = "en") -> httpx.Response:
        headers = {"Accept-Language": language}
        found: httpx.Response = self.api.get(path, key=key or self.ben, headers=headers)
        return found

    def act(self, name: str, *, language: str = "en", **form: str) -> httpx.Response:
        headers = {"HX-Request": "true", "Accept-Language": language}
        found: httpx.Response = self.api.post(f"/work/acts/{name}", key=self.ben, headers=headers, data=form)
        return found

    def lead_does(self, task_id: str, act: str, **body: str) -> None:
        assert self.api.post(f"/api/tasks/{task_id}/{act}", key=self.lead, json=body).status_code == 200


@pytest.fixture
def make_pages(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], make_api: Callable[..., Any]
) -> Callable[..., Pages]:
    def make(*tasks: dict[str, Any], **settings: Any) -> Pages:
        url = make_database_url("sqlite")
        with Database(url) as database, database.writing() as session:
            store_office(session, make_office(tasks=list(tasks)), kind="tables", now=MONDAY_8)
        return Pages(make_api(url, rate_per_address="", rate_per_key="", **settings))

    return make


def claim(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8, "due": MONDAY_8 + HOUR, **fields}


def shown_stage(answer: httpx.Response) -> tuple[str, str]:
    stage, task = STAGE.search(answer.text), TASK.search(answer.text)
    assert stage is not None, answer.text
    assert task is not None
    return stage[1], task[1]


def test_each_act_leads_on_and_is_repeated_without_harm(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1"), claim("C2", weight=2.0), claim("C3", weight=3.0))
    assert shown_stage(pages.get()) == ("out", "")
    assert shown_stage(pages.act("sign-in", key="k1")) == ("claimed", "C3")
    assert shown_stage(pages.act("sign-in", key="k1")) == ("claimed", "C3")
    assert shown_stage(pages.act("claim", key="k2", task_id="C2")) == ("claimed", "C2")
    assert shown_stage(pages.act("claim", key="k2", task_id="C2")) == ("claimed", "C2")
    assert shown_stage(pages.act("start", key="k3", task_id="C2")) == ("started", "C2")
    assert shown_stage(pages.act("off-task", key="k4", code="meeting")) == ("off-task", "C2")
    assert shown_stage(pages.act("back", key="k5")) == ("paused", "C2")
    assert shown_stage(pages.act("resume", key="k6", task_id="C2")) == ("started", "C2")
    waiting = pages.act("complete", key="k7", task_id="C2", more="yes")
    assert shown_stage(waiting) == ("free", "")  # more is to come: nothing is claimed yet
    assert shown_stage(pages.act("complete", key="k7", task_id="C2")) == ("claimed", "C3")
    state = pages.api.get("/api/tasks/C2/state", key=pages.ben).json()
    assert (state["state"], state["closed_reason"]) == ("closed", "completed")
    used = pages.act("start", key="k7", task_id="C3")  # a key is of one press
    assert used.status_code == 409
    assert shown_stage(used) == ("claimed", "C3")
    plain = pages.api.post("/work/acts/start", key=pages.ben, data={"task_id": "C3", "key": "k8"})
    assert (plain.status_code, plain.headers["location"]) == (303, "/work")


@pytest.mark.parametrize(
    ("name", "form", "status", "said"),
    [
        ("dance", {}, 400, "there is no act"),
        ("start", {}, 400, "What was sent cannot be used"),
        ("start", {"task_id": "C9"}, 404, "There is no such task or team any more."),
        ("start", {"task_id": "D1"}, 409, "is not waiting any more"),
        ("claim", {"task_id": "D1"}, 409, "Take another one, or go on with yours."),
        ("complete", {"task_id": "C3"}, 409, "Things stand otherwise by now"),
        ("skip", {"task_id": "C3", "reason": "lazy"}, 400, "What was sent cannot be used"),
        ("start", {"task_id": "C3", "at": "noon"}, 400, "is no instant"),
        ("start", {"task_id": "C3", "at": "99999999999"}, 400, "nothing can have happened at"),
        ("pend", {"task_id": "C3", "reason": "customer", "until": "at"}, 400, "That is no time"),
        (
            "pend",
            {"task_id": "C3", "reason": "customer", "until": "at", "until_day": "2020-01-01"},
            400,
            "Choose one from now on",
        ),
        ("wrong-team", {"task_id": "C3", "team_id": "nobody"}, 404, "There is no such task or team any more."),
        ("off-task", {"code": "golf"}, 400, "What was sent cannot be used"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    make_pages: Callable[..., Pages], name: str, form: dict[str, str], status: int, said: str
) -> None:
    pages = make_pages(claim("C3"), {"id": "D1", "type": "dispute", "arrived": MONDAY_8})
    pages.act("sign-in")
    answer = pages.act(name, **form)
    assert answer.status_code == status
    assert "was not noted" in answer.text
    assert said.replace("'", "&#39;") in answer.text
    assert shown_stage(answer) == ("claimed", "C3")


def test_the_end_of_a_day_is_no_beginning(make_pages: Callable[..., Pages], monkeypatch: pytest.MonkeyPatch) -> None:
    pages = make_pages(claim("C1"), claim("C2"))
    assert "Good to see you" in pages.get().text
    _, task = shown_stage(pages.act("sign-in"))
    pages.act("start", task_id=task)
    pages.act("complete", task_id=task, more="yes")
    ended = pages.act("sign-out")
    assert shown_stage(ended) == ("over", "")
    assert "1 task done" in ended.text.partition('id="state-over"')[2].partition("</section>")[0]
    assert "Su jornada ha terminado" in pages.get(language="es").text
    assert shown_stage(pages.act("sign-in"))[0] == "claimed"
    pages.act("sign-out")
    tomorrow = read_clock() + 24 * HOUR
    for module in ("api.pages.work.now", "services.live.acting"):
        monkeypatch.setattr(f"{module}.read_clock", lambda: tomorrow)
    assert shown_stage(pages.get()) == ("out", "")


@pytest.mark.parametrize(
    ("shift", "is_over"),
    [
        (None, True),
        ((-4 * HOUR, 4 * HOUR), True),  # in the middle of it: by mistake
        ((3 * HOUR, 7 * HOUR), True),
        ((HOUR // 2, 4 * HOUR), False),  # the second part of the day is near
    ],
)
def test_a_day_is_over_until_its_next_shift_is_near(shift: tuple[int, int] | None, is_over: bool) -> None:
    ended = MONDAY_8 + 4 * HOUR
    work = OwnWork(
        agent_id="ben",
        name="Ben",
        team="claims",
        at=ended + 60,
        state=LiveAgent(agent_id="ben", since=ended, version=2),
        skips_left=3,
        most_skips=3,
        token="",
        shift=None if shift is None else (ended + shift[0], ended + shift[1]),
    )
    assert is_day_over(work, OfficeCalendar(zone=ZoneInfo("UTC"))) is is_over
    assert not is_day_over(replace(work, state=LiveAgent(agent_id="ben")), OfficeCalendar(zone=ZoneInfo("UTC")))


def test_skips_end_at_their_most_and_the_sheet_says_how_many_are_left(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1"), claim("C2"), most_skips_a_day=1)
    _, first = shown_stage(pages.act("sign-in"))
    assert "1 skip left today." in pages.get().text
    _, second = shown_stage(pages.act("skip", task_id=first, reason="unclear"))
    refused = pages.act("skip", task_id=second, reason="unclear", language="es")
    assert refused.status_code == 409
    assert "Hoy ha saltado 1 tarea, que es el máximo." in refused.text
    assert "Empiécela o devuélvala con un motivo." in refused.text


def test_an_empty_hand_says_why(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1"), {"id": "D1", "type": "dispute", "arrived": MONDAY_8})
    pages.act("sign-in")
    pages.act("pend", task_id="C1", reason="customer", until="next-day")
    nothing = pages.get()
    assert shown_stage(nothing) == ("free", "")
    assert "1 is another team&#39;s" in nothing.text
    assert "Waiting for a reply" in nothing.text
    assert "1 es de otro equipo" in pages.get(language="es").text
    alone = make_pages(claim("C1"))
    alone.act("sign-in")
    alone.act("pend", task_id="C1", reason="customer", until="in-2-hours")
    assert "What you have waits for replies." in alone.get().text
    back = make_pages(claim("C1"))
    back.act("sign-in")
    back.act("return", task_id="C1", reason="unclear")
    assert "Take it after all" in back.get().text
    assert shown_stage(back.act("claim", task_id="C1")) == ("claimed", "C1")
    none = make_pages()
    none.act("sign-in")
    assert "No task waits." in none.get().text


def test_a_lead_moves_the_task_and_the_next_look_says_so_once(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1", title="Broken <b>phone</b>"))
    pages.act("sign-in")
    pages.lead_does("C1", "cancel", reason="withdrawn")
    told = pages.get("/work/now?had=C1")
    assert "A lead cancelled “Broken &lt;b&gt;phone&lt;/b&gt;” at" in told.text
    assert "no longer yours" not in pages.get("/work/now?had=").text
    late = pages.act("start", task_id="C1", at=str(MONDAY_8))
    assert late.status_code == 409
    assert "“Start” of Mon 2 Mar 08:00 was not noted" in late.text


def test_only_links_of_the_web_are_shown(make_pages: Callable[..., Pages]) -> None:
    for link, is_shown in (("javascript:alert(1)", False), ("https://crm.example/T1", True)):
        pages = make_pages(claim("C1", link=link))
        assert (f'href="{link}"' in pages.act("sign-in").text) is is_shown


def test_accounts_without_an_agent_are_told_what_to_do(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1"))
    admin = pages.api.key(Role.ADMIN)
    assert "No agent belongs to this account" in pages.get(key=admin).text
    assert "No agent belongs to this account" in pages.get("/work/figures", key=admin).text
    assert pages.api.post("/work/acts/sign-in", key=admin).headers["location"] == "/work"
    assert pages.get(key=pages.lead).status_code == 403


def test_figures_are_made_one_by_one_and_are_ones_own(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(claim("C1"))
    page = pages.get("/work/figures")
    assert re.findall(r'hx-get="/work/figures/(\w+)"', page.text) == ["fairness", "skills", "picking"]
    assert "There is nothing to say yet" in pages.get("/work/figures/picking").text
    pages.act("sign-in")
    pages.act("start", task_id="C1")
    pages.act("complete", task_id="C1")
    skills = pages.api.get("/work/figures/skills", key=pages.ben, headers={"HX-Request": "true"})
    assert 'id="own-skills"' in skills.text
    assert ">claim</th>" in skills.text
    assert ">bill</th>" not in skills.text  # that is Ana's
    assert pages.get("/work/figures/waste").status_code == 404


@pytest.mark.parametrize("texts", [ENGLISH, SPANISH], ids=lambda texts: texts.language)
def test_every_code_has_words(texts: Texts) -> None:
    reasons = [
        words.reason_text(texts, Reason(code=code, at=MONDAY_8, seconds=60.0, name="Ben")) for code in ReasonCode
    ]
    assert len({*reasons}) == len(ReasonCode)
    for table, codes in (
        (words.SKIP_REASONS, SkipReason),
        (words.PEND_REASONS, PendReason),
        (words.OFF_TASK_CODES, OffTaskCode),
        (words.FOLLOW_UPS, FollowUp),
        (words.ACTS, OF_TASKS | OF_AGENTS),
    ):
        said = [table[code](texts) for code in codes]  # type: ignore[index]
        assert all(said)
        assert len({*said}) == len(said)
    assert words.DAY_MARKS.keys() == {*DayMark} - {DayMark.TO_DO}
    assert words.BLOCKS.keys() == {*Block} - {Block.ELIGIBLE, Block.NOT_WAITING}
    assert all(told(texts, 2).startswith("2 ") for told in words.BLOCKS.values())


@pytest.mark.parametrize("kind", [*sorted(LEAVES_HAND), None])
def test_what_became_of_a_task_has_words(kind: EventKind | None) -> None:
    def tell(**fields: Any) -> str:
        lost = LostTask(task_id="T1", title="Phone", task_type="claim", kind=kind, at=MONDAY_8, **fields)
        return words.lost_text(SPANISH, lost, title="Phone")

    assert "«Phone»" in tell()
    assert "«Phone»" in tell(is_own=True)
    assert (tell(holder="ana") != tell()) is (kind is None)


def test_a_due_is_late_at_risk_or_on_time() -> None:
    def tone(due: int | None) -> str:
        return due_words(ENGLISH, due, now=MONDAY_8, handling_s=900.0)[0]

    assert [tone(due) for due in (None, MONDAY_8 - 1, MONDAY_8 + 899, MONDAY_8 + 900)] == [
        "",
        "late",
        "at-risk",
        "on-time",
    ]
