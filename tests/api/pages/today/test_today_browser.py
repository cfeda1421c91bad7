"""A lead's day in a real browser: ill, planned again, published, by mouse and by keyboard; two leads, one move."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect

LONG_MS = 60_000


def act(desk: Any, who: str, path: str, **body: Any) -> dict[str, Any]:
    """Do something by the interface for programs, as somebody who sits at another screen."""
    with httpx.Client(base_url=desk.address, cookies={"swingdesk_session": desk.session(who)}) as client:
        answer = client.post(path, json=body, headers={"Origin": desk.address})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_somebody_is_ill_in_two_clicks_and_the_day_is_planned_again_and_published(
    own_desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    hard = {"id": "HARD-1", "type": "invoice-dispute", "arrived": "2026-03-02T08:30+01:00", "weight": 9}
    hard |= {"due": "2026-03-02T13:00+01:00", "also_requires": {"dispatch": 1}}
    act(own_desk, "pia", "/api/tasks", tasks=[hard])
    page = open_page("lea", "/today", on=own_desk)
    headline = page.locator(".headline")
    expect(headline).to_contain_text(re.compile(r"\d+ tasks? that (is|are) due today will be late"))
    check_page(page)
    expect(page.get_by_role("row", name="Sara Mora")).to_contain_text("Later today")

    page.get_by_role("link", name="Chen Popescu is ill").click()
    page.get_by_role("button", name="Note it and plan again").click()
    expect(page).to_have_url(re.compile(r"/today/(jobs|review)/\d+$"))
    page.reload()  # in the middle of the job, or just after it
    expect(page.get_by_role("heading", level=1)).to_have_text("What the new plan changes", timeout=LONG_MS)
    expect(page.get_by_text(re.compile(r"keep their agent \(\d+"))).to_be_visible()
    plan_id = page.url.rsplit("/", 1)[1]
    check_page(page)

    page.goto(f"{own_desk.address}/today")
    expect(page.get_by_text("A new plan is ready")).to_be_visible()
    expect(page.get_by_role("row", name="Chen Popescu")).to_contain_text("Ill")
    page.get_by_role("link", name="See what it changes").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Published:")
    expect(page.get_by_text("A new plan is ready")).to_be_hidden()
    page.get_by_role("button", name="Download or print").click()
    expect(page.get_by_role("link", name="XLSX")).to_have_attribute("href", f"/plans/{plan_id}/plan.xlsx")

    # Nobody has the skills that this one wants: one click gives them to somebody, and the next plan does it.
    page.goto(f"{own_desk.address}/today/left")
    page.locator("#mend-HARD-1").click()
    less = page.get_by_role("row", name="Ask for less skill").first
    expect(less).to_contain_text("An administrator decides this")
    expect(less.get_by_role("link")).to_have_attribute("href", re.compile(r"^mailto:.*HARD-1"))
    check_page(page)
    page.get_by_role("row", name=re.compile("Train somebody")).get_by_role("button").first.click()
    expect(page.locator("#messages")).to_contain_text("Plan again to let HARD-1 in")
    done = page.get_by_role("row", name=re.compile("Train somebody"))
    expect(done).to_contain_text("has dispatch at level 1.")
    page.reload()
    check_page(page)
    done.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.get_by_role("row", name=re.compile("Train somebody")).first).to_contain_text("Taken back.")
    page.get_by_role("row", name=re.compile("Train somebody")).get_by_role("button").first.click()
    expect(page.get_by_role("button", name="Plan again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What the new plan changes", timeout=LONG_MS)
    expect(page.get_by_text(re.compile(r"HARD-1 is planned: .+, \d+:\d\d"))).to_be_visible()
    expect(page.get_by_role("row", name="HARD-1")).to_contain_text("Newly planned")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Published:")

    # Chen comes after all: by keyboard alone the absence goes, and the plan is made, looked at, and put aside.
    page.get_by_role("button", name="Not ill").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("no longer noted as ill")
    page.get_by_role("button", name="Plan again").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop").focus(timeout=LONG_MS)
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Agents see what they saw before")
    expect(page.get_by_text("A plan is being made")).to_be_hidden()

    page.get_by_role("link", name="Esther Núñez is ill").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Note it and plan again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Publish")).to_be_focused(timeout=LONG_MS)
    page.get_by_role("button", name="Put aside").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Put aside")
    expect(page.get_by_text("A new plan is ready")).to_be_hidden()


def test_two_leads_agree_on_a_move_or_one_refuses_it_and_each_sees_the_others_word_at_once(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    giver, taker = open_page("lea", "/today", on=desk), open_page("leo", "/today?team=orders", on=desk)
    for page in (giver, taker):
        page.locator("#minor-moves > summary").click()
    moves = (
        taker.locator("#swing tbody tr")
        .filter(has_text="Swing team")
        .filter(has=taker.get_by_role("button", name="Accept"))
    )
    key = moves.first.get_attribute("id") or ""
    other = moves.nth(1).get_attribute("id") or ""
    assert key != other
    giver.locator(f"#{key}").get_by_role("button", name="Accept").click()
    expect(giver.locator(f"#{key}")).to_contain_text("lea agrees; the lead of Order fulfilment has not answered")
    expect(taker.get_by_text("1 move waits for your answer")).to_be_visible()  # by itself, without a reload
    taker.locator(f"#{key}").get_by_role("button", name="Agree").click()
    expect(taker.locator(f"#{key}")).to_contain_text("Agreed")
    assert taker.url.endswith("/today?team=orders#swing")
    expect(giver.locator(f"#{key}")).to_contain_text("said by lea, leo")

    taker.locator("#minor-moves > summary").click()
    taker.locator(f"#{other} summary").press("Enter")
    taker.locator(f"#{other}").get_by_label("Why").fill("We have people enough")
    check_page(taker)
    taker.keyboard.press("Enter")
    expect(taker.locator(f"#{other}")).to_contain_text("leo: We have people enough")
    expect(giver.locator(f"#{other}")).to_contain_text("Refused")
    for row in (key, other):
        taker.locator(f"#{row}").get_by_role("button", name="Take back").click()
        expect(taker.locator("#messages")).to_contain_text("Taken back.")
    expect(giver.locator(f"#{key}")).to_contain_text("has not answered")  # or it would be decided on what was
    giver.locator(f"#{key}").get_by_role("button", name="Take back").click()
    expect(giver.locator("#messages")).to_contain_text("Taken back.")


def test_a_lead_who_moves_what_an_agent_just_took_is_told_so_and_decides_anew(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    act(desk, "admin", "/api/agents/esther-nunez/sign-in")
    page = open_page("lea", "/today/tasks?which=due&team=billing", on=desk)
    check_page(page)
    offer = act(desk, "admin", "/api/agents/esther-nunez/next")
    task = str(offer["primary"]["task_id"])
    act(desk, "admin", f"/api/tasks/{task}/return", agent_id="esther-nunez", reason="interrupted")
    page.goto(f"{desk.address}/today/tasks/{task}")
    expect(page.get_by_text("It waits in its queue.")).to_be_visible()
    act(desk, "admin", f"/api/tasks/{task}/claim", agent_id="esther-nunez")
    page.get_by_label("Give it to").select_option(label="Chen Popescu (not here)")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_role("alert")).to_contain_text("Esther Núñez took it at")
    page.get_by_label("Give it to").select_option(label="Chen Popescu (not here)")
    page.get_by_role("button", name="Give it anyway").click()
    expect(page.locator("#messages")).to_contain_text(f"{task} waits for Chen Popescu.")
    expect(page.get_by_text("It waits for Chen Popescu alone.")).to_be_visible()
    act(desk, "admin", f"/api/tasks/{task}/reassign")
    act(desk, "admin", "/api/agents/esther-nunez/sign-out")


def test_skills_are_edited_by_version_and_who_alone_has_one_is_told(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page, other = (open_page("lea", "/today/skills/maria-ramos", on=desk) for _ in range(2))
    for one, level in ((page, "4"), (other, "2")):
        one.get_by_label("Level of Billing", exact=True).select_option(level)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skills")
    expect(page.get_by_role("row", name="María Ramos")).to_contain_text("4")
    expect(page.get_by_text(re.compile(r"\d skills? hangs? on one person"))).to_be_visible()
    check_page(page)
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody has changed these skills since")
    expect(other.get_by_label("Level of Billing", exact=True)).to_have_value("4")
