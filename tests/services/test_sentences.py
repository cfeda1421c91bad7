"""What a lead reads of a task that is left: the reason and the facts that bind, with names and clock times."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from models.vocabulary import UnscheduledReason
from optimizer.solution import Explanation
from services.sentences import Narrator

DATA = Path(__file__).parents[1] / "data"
HOUR = 3600


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


def tell(problem: Problem, task: str, explanation: Explanation, zone_name: str = "UTC") -> str:
    narrator = Narrator(problem, zone_name=zone_name)
    return narrator.tell(next(item for item in problem.tasks if item.id == task), explanation)


def test_nobody_able_names_what_is_wanted_and_who_comes_nearest(problem: Problem) -> None:
    sentence = tell(problem, "T8", Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT))
    assert sentence == (
        "Nobody who works for claims has claims at level 5 and spanish at level 1 and may take it; "
        "nearest is bob of claims with claims at level 4 (wanted: 5)."
    )


@pytest.mark.parametrize(
    ("bob", "told"),
    [
        ({"claims": 5}, "nearest is bob of claims, who has no spanish."),
        ({"claims": 4}, "nearest is bob of claims with claims at level 4 (wanted: 5), who has no spanish."),
        (
            {"claims": 3, "spanish": 1, "french": 1},
            "nearest is bob of claims with claims at level 3 (wanted: 5) and french at level 1 (wanted: 2).",
        ),
    ],
)
def test_what_the_nearest_lacks_is_told_and_not_what_they_have(
    problem: Problem, bob: dict[str, int], told: str
) -> None:
    wants_french = "french" in bob
    tasks = [
        replace(task, also_requires={**task.also_requires, **({"french": 2} if wants_french else {})})
        for task in problem.tasks
    ]
    held = {skill: {"level": level} for skill, level in bob.items()}
    agents = [
        vars(agent) | {"skills": held if agent.id == "bob" else {"billing": {"level": 1}}} for agent in problem.agents
    ]
    changed = Problem(**{**vars(problem), "agents": agents, "tasks": tasks})
    assert tell(changed, "T8", Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT)).endswith(f"; {told}")


def test_who_lacks_least_is_the_nearest(problem: Problem) -> None:
    """A higher level of the skill itself helps nobody who has no further skill that is wanted."""
    skills = {
        "bob": {"claims": {"level": 4}, "spanish": {"level": 1}},
        "ana": {"claims": {"level": 5}},
        "eva": {"claims": {"level": 5}, "spanish": {"level": 2}},
    }
    agents = [vars(agent) | {"skills": skills[agent.id]} for agent in problem.agents]
    one = replace(problem.tasks[7], excluded_agents=("eva",))
    assert one.id == "T8"
    changed = Problem(**{**vars(problem), "agents": agents, "tasks": [one]})
    nobody = Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT)
    assert tell(changed, "T8", nobody).endswith("; nearest is bob of claims with claims at level 4 (wanted: 5).")
    far = Problem(**{**vars(changed), "agents": [agent for agent in changed.agents if agent.id == "eva"]})
    assert tell(far, "T8", nobody).endswith(
        "; nearest is eva of Billing resolution, "
        "who neither works for claims nor may be lent there and is excluded from it."
    )


def test_a_pin_on_somebody_who_may_not_says_why(problem: Problem) -> None:
    pinned = Problem(
        **{**vars(problem), "tasks": [vars(task) | {"pinned_agent": "eva"} for task in problem.tasks[1:2]]}
    )
    sentence = tell(pinned, "T2", Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT))
    assert sentence == "It is pinned to eva, who may not do it: works neither for claims nor may be lent there."


def test_a_pin_on_somebody_without_a_further_skill_names_it(problem: Problem) -> None:
    skills = {"claims": {"level": 5}, "french": {"level": 1}}
    agents = [vars(agent) | {"skills": skills if agent.id == "bob" else {}} for agent in problem.agents]
    task = replace(problem.tasks[7], pinned_agent="bob", also_requires={"spanish": 1, "french": 2})
    pinned = Problem(**{**vars(problem), "agents": agents, "tasks": [task]})
    assert tell(pinned, "T8", Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT)) == (
        "It is pinned to bob, who may not do it: lacks french at level 2 and spanish at level 1."
    )


def test_a_task_behind_another_names_it(problem: Problem) -> None:
    explanation = Explanation(reason=UnscheduledReason.PREDECESSOR_UNSCHEDULED, predecessor=7)
    assert tell(problem, "T9", explanation) == "It waits for T8, which this plan leaves for later."


@pytest.mark.parametrize(("zone_name", "clock"), [("UTC", "15:10"), ("Europe/Madrid", "16:10")])
def test_full_agents_are_told_with_the_hour_in_the_offices_zone(problem: Problem, zone_name: str, clock: str) -> None:
    explanation = Explanation(
        reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0, 2), full_from=7 * HOUR + 10 * 60
    )
    expected = f"Ana and eva could do it, but from {clock} on none of them has room for it."
    assert tell(problem, "T7", explanation, zone_name) == expected


def test_who_is_not_on_duty_is_told_apart(problem: Problem) -> None:
    away = Problem(**{**vars(problem), "agents": [replace(problem.agents[0], shifts=()), *problem.agents[1:]]})
    full = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0, 2), full_from=7 * HOUR)
    assert tell(away, "T7", full) == (
        "Eva could do it, but from 15:00 on has no room for it. Ana could as well, but is not on duty."
    ).replace("Eva", problem.agents[2].name or problem.agents[2].id)
    nobody = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0,))
    assert tell(away, "T7", nobody) == "Ana could do it, but is not on duty."
    short = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(2,))
    assert tell(away, "T7", short).endswith("could do it, but is not on duty long enough once it could start.")


def test_another_day_is_named(problem: Problem) -> None:
    explanation = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0,), full_from=25 * HOUR)
    assert "from Tue 09:00 on" in tell(problem, "T7", explanation)


def test_a_week_ahead_is_told_with_its_date(problem: Problem) -> None:
    explanation = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0,), full_from=169 * HOUR)
    assert "from Mon 9 Mar 09:00 on" in tell(problem, "T7", explanation)


def test_nobody_on_duty_long_enough(problem: Problem) -> None:
    explanation = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=(0, 2))
    expected = "Ana and eva could do it, but none of them is on duty long enough once it could start."
    assert tell(problem, "T7", explanation) == expected


def test_not_worth_it_tells_the_price_and_at_most_three_names(problem: Problem) -> None:
    many = Problem(
        **{
            **vars(problem),
            "agents": [vars(problem.agents[2]) | {"id": f"eva{n}"} for n in range(5)],
            "tasks": problem.tasks[5:6],
        }
    )
    explanation = Explanation(reason=UnscheduledReason.NOT_WORTH_IT, eligible_agents=(0, 1, 2, 3, 4), extra_cost=1234.4)
    assert tell(many, "T6", explanation) == (
        "eva0, eva1, eva2 and 2 more could fit it in, but that would cost more than it gains: "
        "the total would grow by 1,234."
    )


def test_who_would_take_it_is_named_where_it_is_not_worth_it(problem: Problem) -> None:
    explanation = Explanation(reason=UnscheduledReason.NOT_WORTH_IT, eligible_agents=(0, 2), extra_cost=12.0, agent=2)
    assert tell(problem, "T6", explanation).startswith("eva could fit it in, but")


def test_four_eyes_and_used_up_moves_are_named(problem: Problem) -> None:
    explanation = Explanation(
        reason=UnscheduledReason.NO_CAPACITY,
        eligible_agents=(0, 1, 2),
        separated_agents=(1,),
        move_limited_agents=(0,),
        full_from=HOUR,
    )
    assert tell(problem, "T3", explanation) == (
        "Ana, bob and eva could do it, but from 09:00 on none of them has room for it. "
        "Four eyes keep it from bob. "
        "With one more move there would be room: Ana."
    )
