"""The demo office's people: names, home teams, skills with levels and speeds, who may be lent where, clearances."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulations.demo_office.names import FAMILY, GIVEN
from simulations.demo_office.organisation import CLIENTS, LANGUAGES, SKILL_TEAM, TEAMS, TeamProfile

LEVEL_SHARES = (0.14, 0.26, 0.32, 0.19, 0.09)
SPEED_OF_LEVEL = (0.78, 0.9, 1.0, 1.08, 1.16)
SWING_LEVEL = 3
CLEARED_SHARE = 0.3
NUM_EXPERTS = 2


@dataclass(frozen=True, kw_only=True)
class Person:
    """An agent of the demo office; `skills` maps a skill to its level and speed."""

    id: str
    name: str
    team: str
    swing_teams: tuple[str, ...]
    skills: dict[str, tuple[int, float]]
    clients: tuple[str, ...]
    max_moves: int | None
    min_stay_minutes: float


def draw_people(generator: np.random.Generator, num_agents: int) -> list[Person]:
    """Return the agents, team by team; the first of each team hold all of its skills at a high level."""
    names = _draw_names(generator, num_agents)
    people: list[Person] = []
    for team, count in zip(TEAMS, _team_sizes(num_agents), strict=True):
        num_lent = round(team.lent_share * count)
        for place in range(count):
            name, agent_id = names[len(people)]
            people.append(
                _draw_person(
                    generator, name, agent_id, team, is_expert=place < NUM_EXPERTS, is_lent=place >= count - num_lent
                )
            )
    return people


def may_do(person: Person, team: str, skill: str, level: int) -> bool:
    """Return whether a person has the skill at the level and works for the team."""
    return person.skills.get(skill, (0, 1.0))[0] >= level and (team == person.team or team in person.swing_teams)


def _team_sizes(num_agents: int) -> list[int]:
    """Return how many agents each team has: largest remainders, and at least one each where there are enough."""
    shares = np.array([team.agents_share for team in TEAMS])
    least = 1 if num_agents >= len(TEAMS) else 0
    exact = shares / shares.sum() * (num_agents - least * len(TEAMS))
    sizes = np.floor(exact).astype(int)
    left = num_agents - least * len(TEAMS) - int(sizes.sum())
    sizes[np.argsort(sizes - exact, kind="stable")[:left]] += 1
    return [int(size) + least for size in sizes]


def _draw_names(generator: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Return so many names and ids, no two people alike: a second family name tells namesakes apart."""
    chosen: list[tuple[str, str]] = []
    seen: set[str] = set()
    while len(chosen) < count:
        given, family, second = generator.integers(0, (len(GIVEN), len(FAMILY), len(FAMILY)))
        for name in (f"{GIVEN[given]} {FAMILY[family]}", f"{GIVEN[given]} {FAMILY[family]} {FAMILY[second]}"):
            agent_id = plain(name).replace(" ", "-").lower()
            if agent_id not in seen:
                seen.add(agent_id)
                chosen.append((name, agent_id))
                break
    return chosen


def plain(text: str) -> str:
    """Return a text without accents, for ids."""
    return unicodedata.normalize("NFKD", text.replace("ł", "l")).encode("ascii", "ignore").decode()


def _draw_person(
    generator: np.random.Generator, name: str, agent_id: str, team: TeamProfile, *, is_expert: bool, is_lent: bool
) -> Person:
    if team.id == "swing":
        owners = [other for other in TEAMS if other.skills]
        # The dedicated swing team goes where the office is chronically short first, elsewhere by experience.
        chosen = {"billing", "complaints"} | {owners[i].id for i in generator.choice(len(owners), 3, replace=False)}
        swing_teams = tuple(other.id for other in owners if other.id in chosen)
    else:
        swing_teams = team.lends_to if is_lent else ()
    skills: dict[str, tuple[int, float]] = {}
    for position, skill in enumerate(team.skills):
        # The second skill of a team takes longer to learn: not everybody holds it.
        if position == 0 or is_expert or generator.random() < 0.7:
            skills[skill] = _draw_skill(generator, least=4 if is_expert else 1)
    for other in swing_teams:
        learnt = [skill for skill, owner in SKILL_TEAM.items() if owner == other]
        for position, skill in enumerate(learnt):
            if position == 0 or generator.random() < 0.5:
                skills.setdefault(skill, _draw_skill(generator, least=2, most=SWING_LEVEL + (team.id == "swing")))
    for language, share in LANGUAGES.items():
        if (is_expert and language == "english") or generator.random() < 0.12 + 0.45 * share:
            skills[language] = (int(generator.integers(2, 6)), 1.0)
    return Person(
        id=agent_id,
        name=name,
        team=team.id,
        swing_teams=swing_teams,
        skills=skills,
        clients=tuple(c.id for c in CLIENTS if c.needs_clearance and (is_expert or generator.random() < CLEARED_SHARE)),
        max_moves=(4 if team.id == "swing" else 2) if swing_teams else None,
        min_stay_minutes=60.0 if swing_teams else 0.0,
    )


def _draw_skill(generator: np.random.Generator, *, least: int = 1, most: int = 5) -> tuple[int, float]:
    shares: Sequence[float] = LEVEL_SHARES[least - 1 : most]
    level = int(generator.choice(np.arange(least, most + 1), p=np.array(shares) / sum(shares)))
    speed = SPEED_OF_LEVEL[level - 1] * generator.lognormal(0, 0.06)
    return level, round(float(np.clip(speed, 0.6, 1.4)), 2)
