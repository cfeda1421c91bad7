"""A guest in a plan: one more person for a team, who takes over what gains by it."""

from dataclasses import dataclass, replace

import numpy as np

from optimizer.draft import Draft
from optimizer.instance import NEVER, NO_LIMIT, Instance
from optimizer.sequences import renew
from optimizer.swinging.filling import charge_tasks, fill_agent


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A guest from `start` to `end`, what that saves, coming included, and the schedule with the guest."""

    start: int
    end: int
    saving: float
    draft: Draft


class Hosting:
    """A draft with a guest for one team, whose hours may be set."""

    def __init__(self, draft: Draft, team: int) -> None:
        instance = _invite(draft.instance, team)
        mine = draft.sequences
        self._draft = Draft(instance, mine.agent, mine.start, mine.end)
        costs = charge_tasks(self._draft)
        is_own = instance.type_team[instance.task_type] == team
        self._tasks = np.flatnonzero(is_own & (costs > 0)).astype(np.int32)
        self._guest = instance.num_agents - 1

    def host(self, before: Stay | None, start: int, end: int) -> Stay:
        """Return the draft with the guest there from `start` to `end`, grown from a shorter stay."""
        draft = (self._draft if before is None else before.draft).copy()
        begins, ends = draft.roster.work_start.copy(), draft.roster.work_end.copy()
        # Whoever comes from elsewhere has to settle in.
        begins[-1], ends[-1] = min(end - 1, start + draft.roster.setup_other_team), end
        begins.flags.writeable = ends.flags.writeable = False
        draft.roster = draft.roster._replace(work_start=begins, work_end=ends)
        renew(self._guest, draft.terms.type, draft.sequences, draft.roster)
        gained = fill_agent(draft, self._guest, self._tasks)
        coming = draft.charges.move if before is None else 0.0
        return Stay(
            start=start, end=end, saving=gained - coming + (0.0 if before is None else before.saving), draft=draft
        )


def _invite(instance: Instance, team: int) -> Instance:
    """Return the instance with one more agent, who may do all work of a team and is at home nowhere."""
    guest = instance.num_agents
    classes = np.zeros(len(instance.class_ptr) - 1, np.bool_)
    of_team = instance.type_team[instance.task_type] == team
    classes[instance.task_class[of_team]] = True
    ends = instance.class_ptr[1:][classes]

    def join(values: np.ndarray, value: float) -> np.ndarray:
        return np.append(values, np.array([value], values.dtype))

    num_intervals = len(instance.work_start) + 1
    return replace(
        instance,
        agent_home=join(instance.agent_home, -1),
        agent_max_moves=join(instance.agent_max_moves, NO_LIMIT),
        agent_min_stay=join(instance.agent_min_stay, 0),
        state_type=join(instance.state_type, -1),
        state_moves=join(instance.state_moves, 0),
        state_team_since=join(instance.state_team_since, -NEVER),
        agent_shift_ptr=join(instance.agent_shift_ptr, len(instance.shift_start) + 1),
        shift_start=join(instance.shift_start, 0),
        shift_end=join(instance.shift_end, NEVER),
        shift_work_ptr=join(instance.shift_work_ptr, num_intervals),
        work_start=join(instance.work_start, 0),
        work_end=join(instance.work_end, 1),
        class_ptr=(instance.class_ptr + np.concatenate(([0], np.cumsum(classes)))).astype(np.int32),
        class_agent=np.insert(instance.class_agent, ends, guest).astype(np.int32),
        class_speed=np.insert(instance.class_speed, ends, 1.0),
    )
