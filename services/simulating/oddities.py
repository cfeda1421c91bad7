"""What is odd about a scenario though it can be run: said in the result and on the terminal."""

import numpy as np

from models.formats.scenarios.scenario import Scenario
from services.simulating.abilities import get_speed, list_teams
from services.simulating.assembly import Assembly


def find_oddities(assembly: Assembly) -> list[str]:
    """Return sentences on what a planner should know of a scenario before believing its result."""
    scenario = assembly.scenario
    found = list(assembly.demand.warnings)
    comes = assembly.expected + np.array(
        [
            sum(item.count for item in scenario.initial_backlog if item.task_type == kind.id)
            for kind in scenario.task_types
        ]
    )
    if not comes.any():
        found.append("nothing arrives: there is no work on these days")
    speeds = _speeds(assembly)
    for n, kind in enumerate(scenario.task_types):
        if comes[n] > 0 and not speeds[:, n].any():
            found.append(f"task type {kind.id}: nobody may do it, by skill, level and team; it waits for ever")
    if not any(assembly.rostered_s):
        found.append("nobody has a shift in the counted days")
    else:
        found += _overloads(assembly, speeds)
    found += [
        f"agent group {group.id}: everybody is absent from every shift"
        for group in scenario.agents
        if group.count and group.absence >= 1
    ]
    found += _never_used(scenario)
    return found


def _speeds(assembly: Assembly) -> np.ndarray:
    """Return the speed of each group at each type, 0 where it may not do it."""
    scenario = assembly.scenario
    rows = []
    for group in assembly.groups:
        teams = list_teams(scenario, group)
        rows.append(
            [get_speed(group, kind) if group.count and kind.team in teams else 0.0 for kind in scenario.task_types]
        )
    return np.array(rows)


def _overloads(assembly: Assembly, speeds: np.ndarray) -> list[str]:
    """Compare work with working time over sets of types: those of one team, and all."""
    scenario = assembly.scenario
    minutes = np.array([kind.handling.mean for kind in scenario.task_types]) * assembly.expected
    attended = _attended_minutes(assembly)
    found = []
    sets = [
        (f"team {team.id}", [n for n, k in enumerate(scenario.task_types) if k.team == team.id])
        for team in scenario.teams
    ]
    if len(sets) > 1:
        sets.append(("all teams", list(range(len(scenario.task_types)))))
    for name, members in sets:
        able = speeds[:, members].max(axis=1, initial=0.0)
        work, time = float(minutes[members].sum()), float((attended * able).sum())
        patient = all(scenario.task_types[n].patience is None for n in members)
        if patient and time > 0 and work > time:
            found.append(
                f"{name}: {work / 60:,.0f} hours of work come for {time / 60:,.0f} hours of working time; "
                "the backlog grows for as long as this lasts"
            )
    return found


def _attended_minutes(assembly: Assembly) -> np.ndarray:
    """Return the expected working minutes of each group over the whole time."""
    layout, found = assembly.layout, []
    low = 0
    for group in assembly.groups:
        if group.count == 0:
            found.append(0.0)
            continue
        first, last = layout.agent_whole[low, 5:7]
        spans = np.clip(layout.stretch_real[first:last], 0.0, assembly.horizon_s)
        found.append(group.count * (1 - group.absence) * float((spans[:, 1] - spans[:, 0]).sum()) / 60)
        low += group.count
    return np.array(found)


def _never_used(scenario: Scenario) -> list[str]:
    known = {kind.skill for kind in scenario.task_types} | {
        s for kind in scenario.task_types for s in kind.also_requires
    }
    return [
        f"agent group {group.id}: no task type asks for its skill {skill}"
        for group in scenario.agents
        for skill in group.skills
        if skill not in known
    ]
