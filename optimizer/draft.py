"""A schedule on which changes are tried: what each would cost, exactly, with everything else as it is."""

from dataclasses import dataclass

import numpy as np

from optimizer.insertion import IMPOSSIBLE, find_insertion_apart, find_place, insert_for
from optimizer.instance import NEVER, Instance, Ints, Seconds
from optimizer.objective import Score, charge_leaving, get_charges, score
from optimizer.removal import cost_lifting, remove
from optimizer.sequences import Sequences, build_sequences, get_ready, get_terms, is_separated
from optimizer.timeline import compute_duration, contains, get_roster, get_speed


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a task could go.

    Attributes
    ----------
    change
        What it adds to the total; below 0 where it pays.
    agent, previous, shift
        Whose it would be, behind which task (-1 for the first place) and in which shift.
    duration
        Working seconds that it would take.
    """

    change: float
    agent: int
    previous: int
    shift: int
    duration: int


class Draft:
    """A feasible schedule of an instance, to be changed task by task.

    Attributes
    ----------
    instance, terms, charges, roster, sequences
        What the kernels of `insertion` and `removal` take. The sequences are the draft's own.
    """

    def __init__(self, instance: Instance, task_agent: Ints, task_start: Seconds, task_end: Seconds) -> None:
        self.instance = instance
        self.terms, self.charges, self.roster = get_terms(instance), get_charges(instance), get_roster(instance)
        self.sequences = build_sequences(instance, task_agent, task_start, task_end, self.roster)

    def copy(self) -> "Draft":
        """Return another draft of the same schedule."""
        other = object.__new__(Draft)
        other.instance, other.terms, other.charges, other.roster = self.instance, self.terms, self.charges, self.roster
        other.sequences = Sequences._make(column.copy() for column in self.sequences)
        return other

    def within(self, instance: Instance) -> "Draft":
        """Return the same schedule as one of another instance with the same tasks and agents."""
        return Draft(instance, self.sequences.agent, self.sequences.start, self.sequences.end)

    def score(self) -> Score:
        """Return the terms and the total of the schedule."""
        return score(self.instance, self.sequences.agent, self.sequences.start, self.sequences.end)

    def speed(self, task: int, agent: int) -> float:
        """Return the speed of an agent at a task; 0 where the agent may not do it, four eyes apart."""
        instance = self.instance
        pinned = instance.task_pinned[task]
        if (pinned >= 0 and pinned != agent) or contains(agent, task, instance.excluded_ptr, instance.excluded_agent):
            return 0.0
        demand = int(instance.task_class[task])
        return float(get_speed(demand, agent, instance.class_ptr, instance.class_agent, instance.class_speed))

    def eligible_agents(self, task: int) -> list[int]:
        """Return the agents who may do a task, four eyes apart."""
        demand, pointers = self.instance.task_class[task], self.instance.class_ptr
        members = self.instance.class_agent[pointers[demand] : pointers[demand + 1]].tolist()
        return [agent for agent in members if self.speed(task, agent) > 0]

    def is_separated(self, task: int, agent: int) -> bool:
        """Return whether an agent has a task that must be another agent's than this one's."""
        return bool(is_separated(task, agent, self.terms, self.sequences))

    def ready(self, task: int) -> int:
        """Return the instant from which an unscheduled task may start; `NEVER` where it waits for one that is left."""
        return int(get_ready(task, -1, self.terms, self.sequences))

    def leaving_cost(self, task: int) -> float:
        """Return what it costs to leave a task."""
        return float(charge_leaving(task, self.charges))

    def find_place(
        self, task: int, agent: int, *, speed: float | None = None, limit: float = IMPOSSIBLE
    ) -> Place | None:
        """Return the cheapest place of an unscheduled task with an agent; None where there is none below the limit.

        Parameters
        ----------
        speed
            Taken instead of the agent's own, with no regard to whether the agent may do it.
        """
        pace = self.speed(task, agent) if speed is None else speed
        ready = self.ready(task)
        if pace <= 0 or ready == NEVER or self.is_separated(task, agent):
            return None
        duration = compute_duration(float(self.instance.task_handling[task]), pace)
        cost, previous, shift = find_place(
            task,
            agent,
            duration,
            ready,
            self.leaving_cost(task),
            float(limit),
            self.terms,
            self.sequences,
            self.charges,
            self.roster,
        )
        if cost >= IMPOSSIBLE:
            return None
        return Place(change=float(cost), agent=agent, previous=previous, shift=shift, duration=duration)

    def find_best_place(self, task: int, *, barred: int = -1) -> Place | None:
        """Return the cheapest place of an unscheduled task with any agent who may do it, one apart."""
        cost, agent, previous, shift = find_insertion_apart(
            barred, task, self.terms, self.sequences, self.charges, self.roster
        )
        if cost >= IMPOSSIBLE:
            return None
        duration = compute_duration(float(self.instance.task_handling[task]), self.speed(task, agent))
        return Place(change=float(cost), agent=agent, previous=previous, shift=shift, duration=duration)

    def put(self, task: int, place: Place) -> None:
        """Put an unscheduled task where `find_place` says."""
        insert_for(
            place.duration, task, place.agent, place.previous, place.shift, self.terms, self.sequences, self.roster
        )

    def take_out(self, tasks: list[int]) -> list[int]:
        """Take out tasks and what cannot stay without them; return all that is out, each behind those it waits for.

        Those behind in their sequences start as early as they can. What must go too are tasks that wait for them, and
        those behind that a rule would push too far (a least stay may count from another move).
        """
        wanted = self._with_followers(tasks)
        out: list[int] = []
        while wanted:
            free = [task for task in sorted(wanted) if not self._scheduled_followers(task)]
            for task in free:
                if cost_lifting(task, self.terms, self.sequences, self.charges, self.roster) < IMPOSSIBLE:
                    remove(task, self.terms, self.sequences, self.roster)
                    wanted.discard(task)
                    out.append(task)
                    break
            else:
                # The last task of a sequence can always go.
                wanted |= self._with_followers([self._last_behind(free[0])])
        return out[::-1]

    def changed_against(self, other: "Draft") -> list[int]:
        """Return the tasks whose agent or times differ from those in another draft."""
        mine, theirs = self.sequences, other.sequences
        return np.flatnonzero(
            (mine.agent != theirs.agent) | (mine.start != theirs.start) | (mine.end != theirs.end)
        ).tolist()

    def sequence_of(self, agent: int) -> list[int]:
        """Return the tasks of an agent in their order."""
        tasks, task = [], int(self.sequences.first[agent])
        while task >= 0:
            tasks.append(task)
            task = int(self.sequences.next[task])
        return tasks

    def _scheduled_followers(self, task: int) -> list[int]:
        followers = self.terms.follower_task[self.terms.follower_ptr[task] : self.terms.follower_ptr[task + 1]]
        return [follower for follower in followers.tolist() if self.sequences.agent[follower] >= 0]

    def _with_followers(self, tasks: list[int]) -> set[int]:
        found: set[int] = set()
        pending = [task for task in tasks if self.sequences.agent[task] >= 0]
        while pending:
            task = pending.pop()
            if task not in found:
                found.add(task)
                pending += self._scheduled_followers(task)
        return found

    def _last_behind(self, task: int) -> int:
        last = task
        while (behind := int(self.sequences.next[last])) >= 0:
            last = behind
        return last
