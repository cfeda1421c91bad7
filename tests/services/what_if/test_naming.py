"""Groups of people are called after their teams, and no two records by the same name."""

from hypothesis import given
from hypothesis import strategies as st

from services.what_if.naming import list_named, name_of

TEAMS = [{"id": "swing", "name": "Swing team"}, {"id": "billing", "name": "Billing"}, {"id": "claims"}]
NAMES = st.sampled_from(["", "Early", "Late", "Swing team"])


def group(key: str, team: str, name: str = "") -> dict[str, str]:
    return {"id": key, "team": team, **({"name": name} if name else {})}


def test_groups_without_a_name_bear_that_of_their_team() -> None:
    document = {
        "teams": TEAMS,
        "agents": [
            group("swing-1", "swing"),
            group("swing-2", "swing"),
            group("billing", "billing"),
            group("claims-1", "claims"),
            group("evening", "billing"),
            group("billing-late", "billing"),
            group("x", "billing", "Night shift"),
            group("old-1", "gone"),
        ],
    }
    assert [name for _, name in list_named(document, "agents")] == [
        "Swing team 1",
        "Swing team 2",
        "Billing",
        "claims 1",
        "evening",
        "billing-late",
        "Night shift",
        "old-1",
    ]
    assert name_of(document, "teams", "swing") == "Swing team"
    assert name_of(document, "agents", "nobody") == "nobody"


@given(st.lists(st.tuples(st.sampled_from([f"swing-{n}" for n in range(5)]), NAMES), unique_by=lambda pair: pair[0]))
def test_names_tell_records_apart(groups: list[tuple[str, str]]) -> None:
    document = {"teams": TEAMS, "agents": [group(key, "swing", name) for key, name in groups]}
    found = list_named(document, "agents")
    assert [key for key, _ in found] == [key for key, _ in groups]
    assert len({name for _, name in found}) == len(groups)
