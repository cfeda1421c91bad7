"""What ties single tasks to others and to agents: who is barred from which task, and what must be done before it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models.repositories.live.waiting import Ties
from optimizer.next_task import Block


class TieBook:
    """The ties of the tasks that are open, by ids, as they stand.

    A task is known to it for as long as it is open; who did a task that is closed is kept for as long as one that must
    have another agent is open.
    """

    def __init__(self) -> None:
        self._before: dict[str, set[str]] = {}
        self._followers: dict[str, set[str]] = defaultdict(set)
        self._apart: dict[str, set[str]] = defaultdict(set)
        self._excluded: dict[str, set[str]] = {}
        self._preferred: dict[str, frozenset[str]] = {}
        self._doers: dict[str, str] = {}
        self._skippers: dict[str, set[str]] = defaultdict(set)
        self._given: dict[tuple[str, str], int] = {}
        self._bars: dict[str, dict[str, Block]] = defaultdict(dict)
        self._barred_from: dict[str, set[str]] = {}
        self._wishes: dict[str, set[str]] = defaultdict(set)

    def write(self, ids: Iterable[str], ties: Ties) -> set[str]:
        """Replace what ties some tasks; return the tasks whose predecessors or bars that may have changed."""
        named = set(ids)
        for task in named:
            self._forget(task)
        self._doers |= ties.doers
        touched = set(named)
        for task, other in ties.after:
            if other in ties.open_ids:
                self._before.setdefault(task, set()).add(other)
                self._followers[other].add(task)
                touched.add(task)
        for task, other in ties.separate:
            self._apart[task].add(other)
            self._apart[other].add(task)
            touched |= {task, other}
        for task, agent in ties.excluded:
            self._excluded.setdefault(task, set()).add(agent)
        wished: dict[str, set[str]] = defaultdict(set)
        for task, agent in ties.preferred:
            wished[task].add(agent)
        for task, agents in wished.items():
            self._preferred[task] = frozenset(agents)
            for agent in agents:
                self._wishes[agent].add(task)
        for task in touched:
            self._bar(task)
        return touched

    def close(self, task: str, doer: str | None) -> set[str]:
        """Note that a task is closed, and who did it; return the tasks that need not wait for it any more."""
        freed = self._followers.pop(task, set())
        for follower in freed:
            self._before.get(follower, set()).discard(task)
        self.hold(task, doer)
        return freed

    def hold(self, task: str, agent: str | None) -> None:
        """Note who has a task in hand, or did it; nobody where None."""
        if self._doers.get(task) == agent:
            return
        if agent is None:
            self._doers.pop(task, None)
        else:
            self._doers[task] = agent
        for other in self._apart.get(task, ()):
            self._bar(other)

    def skip(self, task: str, agent: str, event_id: int) -> None:
        """Note that an agent skipped a task today, unless it was given to the agent after that."""
        if event_id > self._given.get((task, agent), 0):
            self._skippers[task].add(agent)
            self._bar(task)

    def give(self, task: str, agent: str, event_id: int) -> None:
        """Note that a task was given to an agent: that it was skipped before counts no more."""
        self._given[task, agent] = max(event_id, self._given.get((task, agent), 0))
        self._skippers[task].discard(agent)
        self._bar(task)

    def forget_skips(self) -> None:
        """Begin a new day: what was skipped may be shown again."""
        skipped, self._skippers, self._given = self._skippers, defaultdict(set), {}
        for task in skipped:
            self._bar(task)

    def num_before(self, task: str) -> int:
        """Return the number of open tasks that must be done before a task."""
        return len(self._before.get(task, ()))

    def before(self, task: str) -> list[str]:
        """Return the open tasks that must be done before a task."""
        return sorted(self._before.get(task, ()))

    def num_preferred(self, task: str) -> int:
        """Return the number of agents that a task would rather go to."""
        return len(self._preferred.get(task, ()))

    def bars(self, agent: str) -> Mapping[str, Block]:
        """Return what keeps an agent from single tasks, by task."""
        return self._bars.get(agent, {})

    def wishes(self, agent: str) -> Iterable[str]:
        """Return the tasks that would rather go to an agent."""
        return self._wishes.get(agent, ())

    def apart(self, task: str) -> Mapping[str, str]:
        """Return the tasks that must not share their agent with a task, with the agent of each that has one."""
        return {other: self._doers[other] for other in sorted(self._apart.get(task, ())) if other in self._doers}

    def _forget(self, task: str) -> None:
        for other in self._before.pop(task, ()):
            self._followers[other].discard(task)
        for other in self._apart.pop(task, ()):
            self._apart[other].discard(task)
        self._excluded.pop(task, None)
        for agent in self._preferred.pop(task, ()):
            self._wishes[agent].discard(task)

    def _bar(self, task: str) -> None:
        """Say anew who is barred from a task; what comes first in `Block` is what is told."""
        now: dict[str, Block] = {}
        for agent in self._skippers.get(task, ()):
            now[agent] = Block.SKIPPED
        for other in self._apart.get(task, ()):
            if other in self._doers:
                now[self._doers[other]] = Block.FOUR_EYES
        for agent in self._excluded.get(task, ()):
            now[agent] = Block.EXCLUDED
        for agent in self._barred_from.get(task, set()) - now.keys():
            self._bars[agent].pop(task, None)
        for agent, block in now.items():
            self._bars[agent][task] = block
        if now:
            self._barred_from[task] = set(now)
        else:
            self._barred_from.pop(task, None)
