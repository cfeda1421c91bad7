"""What an hour is worth by the prices of the bound: by type of task, by agent and by time of day."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.formats.records import FROM_FILE, RECORD, Instant, Many, Number
from models.time import SECONDS_PER_HOUR, format_instant
from optimizer.instance import Floats
from optimizer.prices import Prices

MOST_HOURS = 24
KEY = "hour_values"


@dataclass(frozen=True, kw_only=True, config=RECORD)
class HourValues:
    """What an hour is worth: the first begins at the question's now, each goes on for an hour.

    Attributes
    ----------
    begins
        When each hour begins.
    task_types
        By type of task, what one more agent for it, as good as the mean of those there are, is worth in each hour.
    agents
        By agent, what the agent's work is worth in each hour.
    """

    begins: Many[Instant]
    task_types: dict[str, Many[Annotated[Number, Field(ge=0)]]]
    agents: dict[str, Many[Annotated[Number, Field(ge=0)]]]


_adapter = TypeAdapter(HourValues)


def list_hour_values(problem: Problem, prices: Prices) -> dict[str, Any]:
    """Return what prices say of the next 24 hours, as JSON, up to the last hour that is worth anything."""
    by_type, by_agent = _by_hour(prices, prices.type_value), _by_hour(prices, prices.agent_value)
    worth = np.flatnonzero(by_type.any(axis=0) | by_agent.any(axis=0))
    num_hours = int(worth[-1]) + 1 if len(worth) else 0

    def listed(names: list[str], values: Floats) -> dict[str, list[float]]:
        rows = np.round(np.maximum(values[:, :num_hours], 0.0), 2)
        return {name: row for name, row in zip(names, rows.tolist(), strict=True) if any(row)}

    return {
        "begins": [format_instant(problem.now + hour * SECONDS_PER_HOUR) for hour in range(num_hours)],
        "task_types": listed([kind.id for kind in problem.task_types], by_type),
        "agents": listed([agent.id for agent in problem.agents], by_agent),
    }


def read_hour_values(plan: Plan) -> HourValues | None:
    """Return what a plan says of hours; None where it says nothing that can be read, as `extra` is anybody's."""
    try:
        found = _adapter.validate_python(plan.extra.get(KEY), context=FROM_FILE)
    except ValidationError:
        return None
    lengths = {len(row) for row in (*found.task_types.values(), *found.agents.values())}
    return found if lengths <= {len(found.begins)} else None


def _by_hour(prices: Prices, per_minute: Floats) -> Floats:
    """Return, (N, H), what each hour from `now` on is worth."""
    hours = np.arange(MOST_HOURS) * SECONDS_PER_HOUR
    start = np.maximum(prices.slot_start[:, None], hours[None, :])
    end = np.minimum(prices.slot_end[:, None], hours[None, :] + SECONDS_PER_HOUR)
    worth: Floats = per_minute @ (np.maximum(end - start, 0) / 60)
    return worth
