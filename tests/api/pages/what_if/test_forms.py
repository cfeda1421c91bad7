"""Forms of scenarios: what nobody touched stays, what was written gets its place, what is wrong stands beside it."""

from collections.abc import Mapping
from typing import Any

import pytest

from api.language.texts import ENGLISH
from api.pages.what_if.forms.entries import Kind, Sheet, read_texts, write_texts
from api.pages.what_if.forms.sections import Changed, Section, build_sheet, change_section
from api.pages.what_if.forms.settings import build_staffing

DOCUMENT: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "name": "Two teams",
    "start": "2026-03-02T00:00:00Z",
    "days": 2,
    "teams": [{"id": "billing"}, {"id": "claims", "name": "Claims"}],
    "task_types": [
        {
            "id": "bill",
            "team": "billing",
            "skill": "b",
            "handling": {"distribution": "lognormal", "mean_minutes": 9.123456789012, "cv": 0.8},
            "sla": {"minutes": 240},
        },
        {"id": "claim", "team": "claims", "skill": "c", "handling": {"distribution": "empirical", "minutes": [3, 5.5]}},
    ],
    "arrivals": [
        {
            "task_type": "bill",
            "pattern": [
                {"days": ["mon"], "from": "08:00", "to": "10:00", "per_hour": 4},
                {"from": "10:00", "to": "24:00", "per_hour": 0.3333333333333},
            ],
        },
        {"task_type": "claim", "per_hour": 2},
    ],
    "initial_backlog": [{"task_type": "bill", "count": 5, "age_hours": 3}],
    "agents": [
        {
            "id": "b-1",
            "team": "billing",
            "count": 2,
            "swing_teams": ["claims"],
            "skills": {"b": {"level": 2}, "c": {"level": 1, "speed": 0.8}},
            "week": [
                {"days": ["mon", "tue"], "start": "08:00", "end": "16:00", "breaks": [["12:00", "12:30", "lunch"]]}
            ],
            "absence": 0.07,
        },
        {"id": "c-1", "team": "claims", "skills": {"c": {"level": 4}}, "week": "always"},
    ],
    "policy": {"routing": "atc", "swing": {"mode": "threshold", "engage_tasks": 3}},
    "staffing": {
        "groups": {"b-1": {"min": 1, "max": 4}},
        "targets": [{"metric": "overall.on_time_share", "at_least": 0.9, "confidence": 0.9}],
    },
}
FORMS = [(section, None) for section in Section] + [
    (section, record) for section in (Section.PEOPLE, Section.VOLUMES, Section.WORK) for record in (0, 1)
]


def posted_by(sheet: Sheet, **changes: Any) -> dict[str, list[str]]:
    """What a browser sends of a form in which some entries were changed."""
    sent = {entry.name: list(entry.texts) for entry in sheet.entries if entry.texts}
    for name, value in changes.items():
        sent[name] = value if isinstance(value, list) else [value]
    return sent


def change(section: Section, record: int | None = None, /, **changes: Any) -> Changed:
    sheet = build_sheet(DOCUMENT, ENGLISH, section, record, "")
    posted = posted_by(sheet, **changes)
    return change_section(DOCUMENT, {}, posted, ENGLISH, section=section, record=record, address="")


def differing(before: Any, after: Any, place: str = "") -> Mapping[str, Any]:
    """What differs between two documents, by place; where only one has something, what the second has."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {
            key: value
            for name in before | after
            for key, value in differing(before.get(name), after.get(name), f"{place}.{name}").items()
        }
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return {
            key: value
            for n, pair in enumerate(zip(before, after, strict=True))
            for key, value in differing(*pair, f"{place}.{n}").items()
        }
    return {} if before == after else {place.removeprefix("."): after}


@pytest.mark.parametrize(("section", "record"), FORMS)
def test_what_nobody_touched_stays_digit_by_digit(section: Section, record: int | None) -> None:
    made = change(section, record)
    assert made.sheet.faults == []
    assert made.sheet.errors == ()
    assert made.document is not None
    assert differing(DOCUMENT, made.document) == {}


@pytest.mark.parametrize(
    ("section", "record", "changes", "expected"),
    [
        (Section.PEOPLE, None, {"agents.0.count": "3"}, {"agents.0.count": 3}),
        (Section.PEOPLE, None, {"agents.1.absence": "2,5"}, {"agents.1.absence": 0.025}),
        (Section.PEOPLE, 0, {"agents.0.swing_teams": []}, {"agents.0.swing_teams": []}),
        (Section.PEOPLE, 0, {"agents.0.skills.c.level": ""}, {"agents.0.skills.c": None}),
        (Section.PEOPLE, 1, {"agents.1.skills.b.level": "2"}, {"agents.1.skills.b": {"level": 2}}),
        (
            Section.PEOPLE,
            0,
            {"agents.0.week.0.breaks.1": "15:00 - 15:15", "agents.0.week.0.end": "17:00"},
            {
                "agents.0.week.0.breaks": [["12:00", "12:30", "lunch"], ["15:00", "15:15"]],
                "agents.0.week.0.end": "17:00",
            },
        ),
        (
            Section.PEOPLE,
            0,
            {"?remove.agents.0.week.0": "yes", "agents.0.week.1.start": "09:00", "agents.0.week.1.end": "10:00"},
            {
                "agents.0.week.0.start": "09:00",
                "agents.0.week.0.end": "10:00",
                "agents.0.week.0.days": None,
                "agents.0.week.0.breaks": None,
            },
        ),
        (Section.VOLUMES, None, {"?scale.1": "150", "?backlog": "0"}, {"arrivals.1": None, "initial_backlog": None}),
        (Section.VOLUMES, 0, {"arrivals.0.pattern.0.per_hour": "6"}, {"arrivals.0.pattern.0.per_hour": 6}),
        (Section.WORK, None, {"task_types.0.sla.minutes": ""}, {"task_types.0.sla": None}),
        (
            Section.WORK,
            1,
            {"task_types.1.handling.distribution": "exponential", "task_types.1.handling.mean_minutes": "4"},
            {
                "task_types.1.handling.distribution": "exponential",
                "task_types.1.handling.mean_minutes": 4,
                "task_types.1.handling.minutes": None,
            },
        ),
        (
            Section.POLICY,
            None,
            {"policy.swing.mode": "off"},
            {"policy.swing.mode": "off", "policy.swing.engage_tasks": None},
        ),
        (
            Section.SETTINGS,
            None,
            {"precision.half_width": "0.01"},
            {"precision": {"half_width": 0.01, "metric": "overall.on_time_share"}},
        ),
        (
            Section.STAFFING,
            None,
            {"?sought.c-1": "yes", "staffing.targets.0.at_least": "80"},
            {"staffing.groups.c-1": {"min": 0, "max": 6}, "staffing.targets.0.at_least": 0.8},
        ),
    ],
)
def test_what_is_written_gets_its_place(
    section: Section, record: int | None, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    made = change(section, record, **changes)
    assert (made.sheet.faults, made.sheet.errors) == ([], ())
    found = differing(DOCUMENT, made.document)
    if section is Section.VOLUMES and record is None:
        assert made.document is not None
        assert made.document["arrivals"][1]["pattern"] == [
            {"from": "00:00", "to": "24:00", "per_hour": 3.0, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
        ]
        assert made.document["initial_backlog"][0]["count"] == 0
        return
    assert found == expected


@pytest.mark.parametrize(
    ("section", "record", "entry", "text", "told"),
    [
        (Section.PEOPLE, None, "agents.0.count", "-1", "Write a number from 0 on."),
        (Section.PEOPLE, None, "agents.0.count", "two", "Write a whole number."),
        (Section.PEOPLE, None, "agents.1.absence", "200", "Write a number of at most 100."),
        (Section.PEOPLE, 0, "agents.0.week.0.start", "8 o'clock", "Write a time such as 08:30."),
        (Section.PEOPLE, 0, "agents.0.week.0.breaks.0", "noon", "Expected: "),
        (Section.VOLUMES, None, "?scale.0", "many", "Write a number."),
        (Section.VOLUMES, 0, "arrivals.0.pattern.0.to", "07:00", "It must be later, 24:00 at the latest."),
        (Section.VOLUMES, 0, "arrivals.0.pattern.1.from", "x", "Write a time such as 08:30."),
        (Section.WORK, None, "task_types.0.handling.mean_minutes", "", "This is needed."),
        (Section.WORK, 0, "task_types.0.min_level", "7", "Expected: "),
        (Section.POLICY, None, "policy.swing.engage_tasks", "", "This is needed."),
        (Section.SETTINGS, None, "days", "0", "Write a number from 1 on."),
        (Section.SETTINGS, None, "start", "tomorrow", "Write a day and a time"),
        (Section.STAFFING, None, "staffing.groups.b-1.max", "0", "It must not be below the least, 1."),
        (Section.STAFFING, None, "staffing.targets.0.at_least", "no", "Write a number."),
    ],
)
def test_what_is_wrong_stands_beside_its_entry(
    section: Section, record: int | None, entry: str, text: str, told: str
) -> None:
    made = change(section, record, **{entry: text})
    wrong = {one.name: one.error for one in made.sheet.entries if one.error}
    assert made.document is None
    assert list(wrong) == [entry], made.sheet.errors
    assert wrong[entry].startswith(told) or told == "Expected: "
    assert next(one for one in made.sheet.entries if one.name == entry).text == text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0.07, Kind.PERCENT),
        (3, Kind.WHOLE),
        (0.5, Kind.NUMBER),
        (["12:00", "12:30", "tea"], Kind.BREAK),
        (4, Kind.LEVEL),
    ],
)
def test_what_is_written_is_read_again(value: Any, kind: Kind) -> None:
    assert read_texts(write_texts(value, kind), kind) == value


def test_groups_of_one_team_are_told_apart_and_what_is_missing_to_speak_of_cost_is_said() -> None:
    week = [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "16:30"}]
    first = {"id": "c-1", "team": "c", "skills": {"claims": {"level": 3}}, "week": week}
    second = {"id": "c-2", "team": "c", "week": [{**week[0], "days": ["mon", "sat"]}], "skills": {}}
    groups: list[dict[str, Any]] = [first, second, {"id": "c-3", "team": "c", "week": "always"}]

    def part(*costs: float) -> Any:
        agents = [{**group, "cost_per_hour": cost} for group, cost in zip(groups, costs, strict=True)]
        return build_staffing({"teams": [{"id": "c"}], "agents": agents}, ENGLISH).parts[1]

    assert [line.note for line in part(0, 0, 0).lines] == [
        "Mon–Fri 08:00–16:30 · claims 3",
        "Mon Sat 08:00–16:30",
        "always",
    ]
    assert "every hour counts as 1" in part(0, 0, 0).note
    assert "Beware" in part(20, 0, 25).note
    assert "cost" not in part(20, 21, 25).note
