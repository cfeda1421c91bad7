"""What a workbook says of teams, held together: people whose team has no work, work whose team has no people."""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from services.workbooks.lists import SheetRows
from services.workbooks.sheets import PEOPLE, TYPES, count_of, list_names, plain

NEAR = 0.75
"""How alike two names are, of 1, for one to be taken for the other mistyped."""
Rows = Sequence[Mapping[str, Any]]


def check_teams(people: SheetRows, agents: Rows, types: Rows, tasks: Rows) -> list[str]:
    """Return what a lead should look at first; a team that looks like another one mistyped is noted as a fault.

    A team without types is a swing team where its people name, under `lend to`, the teams that they help.

    Parameters
    ----------
    people
        The sheet, for its faults.
    agents, types, tasks
        Rows of the office's tables.
    """
    working = list(dict.fromkeys(row["team"] for row in types if row["team"] is not None))
    if not working:
        return []
    positions = {name: at for at, name in reversed(list(enumerate(people.columns["name"])))}
    idle: dict[str, list[str]] = {}
    for agent in agents:
        home = agent["team"]
        if home is None or home in working:
            continue
        near = near_name(home, working)
        is_lent = any(team in working for team in agent["swing_teams"])
        if near is not None and not is_lent:
            people.fault(
                positions[agent["id"]],
                "team",
                f"a team of the sheet {TYPES.name}: {list_names(working)}; did you mean {near!r}? A team without "
                "types is a swing team: say under `lend to` which teams it helps",
                home,
            )
        elif not is_lent or (near is not None and near not in agent["swing_teams"]):
            idle.setdefault(home, []).append(agent["id"])
    return [*(_idle(home, names, working) for home, names in idle.items()), *_unstaffed(agents, types, tasks)]


def near_name(name: str, names: Sequence[str]) -> str | None:
    """Return the name that one may be mistyped for: nearly the same letters, or the same words and some more."""
    wanted = plain(name)
    best = max(names, key=lambda known: _likeness(wanted, plain(known)), default=None)
    return best if best is not None and _likeness(wanted, plain(best)) >= NEAR else None


def _likeness(one: str, other: str) -> float:
    words = set(one.split()), set(other.split())
    if words[0] <= words[1] or words[1] <= words[0]:
        return 1.0
    return difflib.SequenceMatcher(None, one, other).ratio()


def _idle(home: str, names: Sequence[str], working: Sequence[str]) -> str:
    near = near_name(home, working)
    hint = f" (did you mean {near!r}?)" if near is not None else f", which has {list_names(working)}"
    return (
        f"sheet {PEOPLE.name!r}: the team {home!r} of {list_names(names)} has no type on {TYPES.name!r}{hint}: "
        "nothing to do at home; if it is a swing team, say under `lend to` which teams it helps"
    )


def _unstaffed(agents: Rows, types: Rows, tasks: Rows) -> list[str]:
    """Return a sentence for each team that has items and nobody."""
    team_of = {row["id"]: row["team"] for row in types}
    counts = Counter(team_of[task["type"]] for task in tasks if task["type"] in team_of)
    staffed = {team for agent in agents for team in (agent["team"], *agent["swing_teams"])}
    return [
        f"sheet {PEOPLE.name!r}: nobody is in the team {team!r} or may be lent to it: "
        f"its {count_of(count, 'item')} will be left"
        for team, count in counts.items()
        if team is not None and team not in staffed
    ]
