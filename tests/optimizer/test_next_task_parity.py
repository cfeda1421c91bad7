"""Where nothing but the index counts, the desk ranks as the policy does, by every rule."""

from typing import Any

import numpy as np
import pytest

from models.vocabulary import Rule
from optimizer import policy
from optimizer.next_task import MOST_LISTED, Term, make_board, rank
from optimizer.next_task.columns import CHUNK, empty_columns
from optimizer.next_task.tiny import tiny_desk
from optimizer.policy import CODE_OF_RULE

NOW = 1_772_434_800.0
SCALE_S = 2400.0


@pytest.mark.parametrize("rule", list(Rule))
def test_the_desk_ranks_by_the_very_index_of_the_policy(rule: Rule) -> None:
    random = np.random.default_rng(5)
    tasks, (_, view, ask) = empty_columns(CHUNK), tiny_desk()
    tasks.is_waiting[:], tasks.chunk_waiting[:] = 1, CHUNK
    tasks.standard_s[:] = random.uniform(60, 4000, CHUNK)
    tasks.weight[:] = random.uniform(0.5, 9, CHUNK)
    tasks.log_rate[:] = np.log(tasks.weight / tasks.standard_s)
    tasks.enabled[:] = tasks.earliest[:] = NOW - random.uniform(0, 10**6, CHUNK)
    tasks.due[:] = NOW + random.uniform(-(10**5), 10**5, CHUNK)
    speed = 1.25
    view = view._replace(speed=np.array([speed]), log_speed=np.log([speed]), room_s=np.array([1e9]))
    costs: dict[str, Any] = {"late": 0.0, "missed": 0.0, "carried_over": 0.0, "continuity": 0.0}
    ask = ask._replace(now=NOW, rule=CODE_OF_RULE[rule], scale_s=SCALE_S, **costs)
    ranking = rank(tasks, view, ask, make_board())
    order, index = policy.rank(
        rule,
        now=0.0,
        enabled=tasks.enabled - NOW,
        due=tasks.due - NOW,
        weight=tasks.weight,
        handling=tasks.standard_s / speed,
        scale=SCALE_S,
    )
    assert ranking.slots.tolist() == order[:MOST_LISTED].tolist()
    assert ranking.index.tolist() == index[order[:MOST_LISTED]].tolist()
    assert not np.delete(ranking.terms, Term.URGENCY, axis=1).any()
