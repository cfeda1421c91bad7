"""The page about the life of a task says what the code does."""

import re
from pathlib import Path

from models.vocabulary_live import EventKind, OffTaskCode, TaskStage
from services.live.agent_stages import PRESENCES
from services.live.task_stages import NEUTRAL, STEPS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "live-desk.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|", re.MULTILINE)
WORD = re.compile(r"`([a-z-]+)`")


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_events_is_that_of_the_steps() -> None:
    rows = {kind: set(WORD.findall(stages)) for kind, stages, _ in ROW.findall(_section("Events"))}
    steps = {kind.value: {stage.value for stage in step.stages} for kind, step in STEPS.items()}
    assert rows == {**steps, EventKind.ARRIVED.value: set()}


def test_every_event_stage_and_code_is_named() -> None:
    events = _section("Events")
    named = set(WORD.findall(events))
    others = {kind for kind in EventKind if kind in NEUTRAL or kind in PRESENCES}
    assert {kind.value for kind in {*STEPS, *others, EventKind.PLAN_PUBLISHED, EventKind.OFFICE_CHANGED}} <= named
    assert set(re.findall(r"^\| `([a-z]+)` \|", _section("Stages"), re.MULTILINE)) == {*TaskStage}
    assert all(code in events for code in OffTaskCode)
