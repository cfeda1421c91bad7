"""Forms of the people: all groups with what is changed most, or everything about one group."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import describe_group, list_named, name_of, skills_of
from api.pages.what_if.forms.entries import (
    Entry,
    Kind,
    Line,
    Part,
    Path,
    Sheet,
    choice_of,
    entry_of,
    get_at,
    write_texts,
)
from api.pages.what_if.forms.hours import build_hours
from api.pages.what_if.forms.reading import REMOVE

ALWAYS = "always"
MOST_BREAKS = 3
"""Breaks of a shift that the form shows; of shifts with more all are shown, and one more."""


def build_people(document: Mapping[str, Any], texts: Texts, address: str) -> Sheet:
    """Return the form of all groups: how many people, how often they are absent, what they cost."""
    names = dict(list_named(document, "agents"))
    teams = dict(list_named(document, "teams"))
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("Groups of people"),
                note=texts.gettext("People of equal team, skills and shifts are one group."),
                headings=(
                    texts.gettext("Group"),
                    texts.gettext("Team"),
                    texts.gettext("People"),
                    texts.gettext("Absent, percent"),
                    texts.gettext("Cost an hour"),
                ),
                lines=tuple(
                    Line(
                        name=names[group["id"]],
                        note=describe_group(group, texts),
                        facts=(teams.get(group["team"], group["team"]),),
                        entries=(
                            entry_of(
                                document,
                                ("agents", n, "count"),
                                texts.gettext("People"),
                                kind=Kind.WHOLE,
                                default=1,
                            ),
                            entry_of(
                                document,
                                ("agents", n, "absence"),
                                texts.gettext("Absent, percent"),
                                kind=Kind.PERCENT,
                                default=0,
                            ),
                            entry_of(
                                document, ("agents", n, "cost_per_hour"), texts.gettext("Cost an hour"), default=0
                            ),
                        ),
                        href=f"{address}?record={n}",
                    )
                    for n, group in enumerate(document["agents"])
                ),
            ),
        )
    )


def build_group(document: Mapping[str, Any], texts: Texts, position: int) -> Sheet:
    """Return the form of one group: who they are, what they can do, when they are there, what they cost."""
    at: Path = ("agents", position)
    group = document["agents"][position]
    return Sheet(
        parts=(
            Part(
                title=name_of(document, "agents", group["id"]),
                entries=(
                    entry_of(document, (*at, "name"), texts.gettext("Name"), kind=Kind.TEXT),
                    entry_of(document, (*at, "count"), texts.gettext("People"), kind=Kind.WHOLE, default=1),
                    choice_of(document, (*at, "team"), texts.gettext("Team"), list_named(document, "teams")),
                    Entry(
                        path=(*at, "swing_teams"),
                        label=texts.gettext("May be lent to"),
                        kind=Kind.MANY,
                        options=tuple(item for item in list_named(document, "teams") if item[0] != group["team"]),
                        texts=write_texts(group.get("swing_teams") or [], Kind.MANY),
                    ),
                    entry_of(
                        document,
                        (*at, "absence"),
                        texts.gettext("Absent"),
                        kind=Kind.PERCENT,
                        unit="%",
                        hint=texts.gettext("Of all shifts."),
                        default=0,
                    ),
                ),
            ),
            _skills(document, texts, at),
            *_week(document, texts, at),
            Part(
                title=texts.gettext("Cost and moves"),
                entries=(
                    entry_of(document, (*at, "cost_per_hour"), texts.gettext("Cost an hour"), default=0),
                    entry_of(
                        document,
                        (*at, "overtime_factor"),
                        texts.gettext("Overtime costs so many times as much"),
                        default=1,
                    ),
                    entry_of(
                        document,
                        (*at, "max_moves"),
                        texts.gettext("Moves in a shift at most"),
                        kind=Kind.WHOLE,
                        hint=texts.gettext("Nothing: as many as there are."),
                    ),
                ),
            ),
        )
    )


def finish_group(document: dict[str, Any], position: int) -> None:
    """Take away skills without a level and breaks that were emptied."""
    group = document["agents"][position]
    skills = group.get("skills") or {}
    group["skills"] = {name: held for name, held in skills.items() if held.get("level") is not None}
    if isinstance(group.get("week"), list):
        for duty in group["week"]:
            if isinstance(duty.get("breaks"), list):
                duty["breaks"] = [rest for rest in duty["breaks"] if rest]


def copy_group(document: Mapping[str, Any], position: int, name: str) -> dict[str, Any]:
    """Return a document with a group once more, under another id, after the first."""
    agents = list(document["agents"])
    taken = {group["id"] for group in agents}
    number = 2
    while (made := f"{agents[position]['id']}-{number}") in taken:
        number += 1
    agents.insert(position + 1, {**agents[position], "id": made, "name": name})
    return {**document, "agents": agents}


def drop_group(document: Mapping[str, Any], position: int) -> dict[str, Any]:
    """Return a document without a group, and without what the search for staffing says of it."""
    agents = list(document["agents"])
    gone = agents.pop(position)["id"]
    made = {**document, "agents": agents}
    staffing = document.get("staffing")
    if staffing:
        groups = {name: limits for name, limits in (staffing.get("groups") or {}).items() if name != gone}
        made["staffing"] = {**staffing, "groups": groups}
    return made


def _skills(document: Mapping[str, Any], texts: Texts, at: Path) -> Part:
    levels = (("", texts.gettext("None")), *((str(level), str(level)) for level in range(1, 6)))
    lines = []
    for skill in skills_of(document):
        level = Entry(
            path=(*at, "skills", skill, "level"),
            label=texts.gettext("Level of %(skill)s", skill=skill),
            kind=Kind.LEVEL,
            options=levels,
            texts=write_texts(get_at(document, (*at, "skills", skill, "level")), Kind.LEVEL),
        )
        speed = Entry(
            path=(*at, "skills", skill, "speed"),
            label=texts.gettext("Speed at %(skill)s", skill=skill),
            texts=write_texts(get_at(document, (*at, "skills", skill, "speed")), Kind.NUMBER),
        )
        lines.append(Line(name=skill, entries=(level, speed)))
    return Part(
        title=texts.gettext("Skills"),
        note=texts.gettext("Speed 1 takes the usual time, 0.8 a quarter more."),
        headings=(texts.gettext("Skill"), texts.gettext("Level"), texts.gettext("Speed")),
        lines=tuple(lines),
    )


def _week(document: Mapping[str, Any], texts: Texts, at: Path) -> tuple[Part, ...]:
    week = get_at(document, (*at, "week"))
    if week == ALWAYS:
        return (Part(title=texts.gettext("Shifts"), note=texts.gettext("Always there, day and night.")),)
    breaks = max([MOST_BREAKS - 1, *(len(duty.get("breaks") or ()) for duty in week)])
    return (
        Part(
            title=texts.gettext("Shifts"),
            note=texts.gettext(
                "A shift that ends before it begins ends the next day. A break is written 12:00-12:30. "
                "No day means every day."
            ),
            headings=(
                texts.gettext("Days"),
                texts.gettext("From"),
                texts.gettext("To"),
                *(texts.gettext("Break %(number)s", number=n + 1) for n in range(breaks)),
                texts.gettext("Remove"),
            ),
            lines=tuple(
                Line(entries=_duty(duty, (*at, "week", n), texts, breaks)) for n, duty in enumerate([*week, None])
            ),
        ),
    )


def _duty(duty: Mapping[str, Any] | None, at: Path, texts: Texts, breaks: int) -> tuple[Entry, ...]:
    given: Mapping[str, Any] = duty or {}
    return (
        *build_hours(duty, at, texts, begin="start", end="end"),
        *(
            Entry(
                path=(*at, "breaks", n),
                label=texts.gettext("Break %(number)s", number=n + 1),
                kind=Kind.BREAK,
                texts=write_texts(get_at(given, ("breaks", n)), Kind.BREAK),
            )
            for n in range(breaks)
        ),
        *(() if duty is None else (Entry(path=(REMOVE, *at), label=texts.gettext("Remove"), kind=Kind.REMOVE),)),
    )
