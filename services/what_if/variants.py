"""The usual questions as changes of a scenario: heads, volumes, skills, policy, a day without a team."""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from models.calendar import WEEKDAYS
from models.errors import UsageError
from models.formats.scenarios.volumes import scale_arrivals
from services.what_if.naming import AGENTS, TEAMS, name_of

TRAINED_LEVEL = 2
TRAINED_SPEED = 0.8
"""Of people who have learnt the work of another team: slower than those at home."""
ALWAYS = "always"


def add_heads(document: Mapping[str, Any], group_id: str, by: int) -> dict[str, Any]:
    """Return a scenario with more people in a group, or fewer.

    Raises
    ------
    UsageError
        If there is no such group, or it has not so many.
    """
    made = _copied(document)
    group = _find_group(made, group_id)
    count = int(group.get("count", 1)) + by
    if count < 0:
        name, people = name_of(document, AGENTS, group_id), int(group.get("count", 1))
        raise UsageError(f"{name} has {people} people; that many cannot be taken away")
    group["count"] = count
    return made


def scale_work(document: Mapping[str, Any], factor: float, names: Collection[str] | None = None) -> dict[str, Any]:
    """Return a scenario in which so many times as much comes in, of some types and processes or of all.

    Raises
    ------
    UsageError
        If nothing comes in as one of the names, or what comes in is a trace.
    """
    return scale_arrivals(document, factor, names=names)


def cross_train(
    document: Mapping[str, Any], skill: str, *, level: int = TRAINED_LEVEL, speed: float = TRAINED_SPEED
) -> dict[str, Any]:
    """Return a scenario in which everybody has a skill and may be lent to the teams whose work asks for it.

    Who has it already keeps their level and speed. Learners reach at least the level that the easiest work asks for.

    Raises
    ------
    UsageError
        If no work asks for the skill.
    """
    made = _copied(document)
    asking = [kind for kind in made["task_types"] if kind["skill"] == skill]
    if not asking:
        raise UsageError(f"no work asks for the skill {skill}")
    reached = max(level, min(int(kind.get("min_level", 1)) for kind in asking))
    teams = list(dict.fromkeys(kind["team"] for kind in asking))
    for group in made["agents"]:
        group.setdefault("skills", {}).setdefault(skill, {"level": reached, "speed": speed})
        lent = list(group.get("swing_teams") or ())
        lent += [team for team in teams if team != group["team"] and team not in lent]
        if lent:
            group["swing_teams"] = lent
    return made


def choose_policy(document: Mapping[str, Any], *, routing: str, swing: str | None = None) -> dict[str, Any]:
    """Return a scenario with another routing, and another mode of lending where one is given."""
    made = _copied(document)
    policy = made.setdefault("policy", {})
    policy["routing"] = routing
    if routing not in {"atc", "planned"}:
        policy.pop("dispatch", None)  # the terms are those of the index
    if swing is not None and (policy.get("swing") or {}).get("mode", "shared") != swing:
        policy["swing"] = {"mode": swing}
    return made


def push_work(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario in which nobody chooses their work any more."""
    made = _copied(document)
    made.setdefault("policy", {})["selection"] = {"mode": "push"}
    return made


def take_day_off(document: Mapping[str, Any], team: str, weekday: str) -> dict[str, Any]:
    """Return a scenario in which nobody of a team works on a weekday.

    Raises
    ------
    UsageError
        If nobody of the team works on that day, or some of it always do.
    """
    made = _copied(document)
    has_changed = False
    for group in made["agents"]:
        if group["team"] != team:
            continue
        if group["week"] == ALWAYS:
            group_name = name_of(document, AGENTS, group["id"])
            raise UsageError(f"{group_name} is always there; give it a week of shifts first")
        kept = []
        for duty in group["week"]:
            days = list(duty.get("days") or WEEKDAYS)
            has_changed |= weekday in days
            left = [day for day in days if day != weekday]
            if left:
                kept.append({**duty, "days": left})
        group["week"] = kept
    if not has_changed:
        team_name = name_of(document, TEAMS, team)
        raise UsageError(f"nobody of {team_name} works on that day as it is")
    return made


def is_pulled(document: Mapping[str, Any]) -> bool:
    """Return whether people choose their work in a scenario."""
    selection = (document.get("policy") or {}).get("selection") or {}
    return bool(selection.get("mode") == "pull")


def _copied(document: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(dict(document))
    return made


def _find_group(document: Mapping[str, Any], group_id: str) -> dict[str, Any]:
    for group in document["agents"]:
        if group["id"] == group_id:
            found: dict[str, Any] = group
            return found
    raise UsageError(f"there is no group {group_id}")
