"""Task types that want the same skill at the same level are done by the same agents, each at its own length."""

from models.formats.problem import Agent, Problem, Shift, Skill, Task, TaskType, Team
from optimizer.routing import solve
from services.assemble import assemble_instance


def test_types_that_share_a_demand_each_take_their_time() -> None:
    shift = (Shift(start=0, end=8 * 3600),)
    problem = Problem(
        now=0,
        carry_over=24 * 3600,
        teams=(Team(id="team"),),
        task_types=(
            TaskType(id="short", team="team", skill="skill", handling_minutes=5),
            TaskType(id="long", team="team", skill="skill", handling_minutes=30),
        ),
        agents=tuple(
            Agent(id=name, team="team", skills={"skill": Skill(level=1, speed=speed)}, shifts=shift)
            for name, speed in (("ana", 1.0), ("ben", 0.5))
        ),
        tasks=tuple(
            Task(id=f"{kind}{n}", type=kind, arrived=0, due=3600) for kind in ("short", "long") for n in range(6)
        ),
    )
    solution = solve(assemble_instance(problem), iterations=2000, threads=1)
    for position, task in enumerate(problem.tasks):
        minutes = 5 if task.type == "short" else 30
        speed = 1.0 if solution.task_agent[position] == 0 else 0.5
        assert solution.task_agent[position] >= 0
        assert solution.task_end[position] - solution.task_start[position] == 60 * minutes / speed
