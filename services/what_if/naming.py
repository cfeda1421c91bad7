"""What the records of a scenario are called: by their names, and where they have none by those of their teams."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

AGENTS, TEAMS = "agents", "teams"


def list_named(document: Mapping[str, Any], collection: str) -> tuple[tuple[str, str], ...]:
    """Return the records of a collection by id and name; names that several have are told apart by the id.

    A group of people without a name is called after its team: the group `swing-2` of a team called Floaters is
    Floaters 2.
    """
    teams = dict(list_named(document, TEAMS)) if collection == AGENTS else {}
    found = [(str(item["id"]), _name(item, teams)) for item in document.get(collection) or ()]
    count = Counter(name for _, name in found)
    return tuple((key, name if count[name] == 1 else f"{name} ({key})") for key, name in found)


def name_of(document: Mapping[str, Any], collection: str, record_id: str) -> str:
    """Return the name of a record."""
    return dict(list_named(document, collection)).get(record_id, record_id)


def _name(record: Mapping[str, Any], teams: Mapping[str, str]) -> str:
    if record.get("name"):
        return str(record["name"])
    key, team = str(record["id"]), str(record.get("team", ""))
    number = key.removeprefix(f"{team}-")
    if team in teams and (key == team or (number != key and number.isdecimal())):
        return teams[team] if key == team else f"{teams[team]} {number}"
    return key
