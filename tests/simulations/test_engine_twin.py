"""The engine against a plain twin: slow and obvious, with nothing of the engine but its random numbers.

The twin keeps everything in lists and looks through all of it at every step. Random scenarios of every kind must give
the same start and end of every task, to a billionth of a minute.
"""

import bisect
import math
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from models.formats.scenarios.reading import parse_scenario
from models.formats.scenarios.scenario import AgentGroup, Distribution, Scenario
from services.simulating.assembly import Assembly, assemble_scenario
from services.simulating.deciding import make_decider
from services.simulating.replicator import make_engine
from simulations.engine import columns as c
from simulations.planning.live import LiveState
from simulations.randomness.distributions import draw_gamma, get_parameters, sample
from simulations.randomness.philox import draw, name_stream

KINDS = ("deterministic", "exponential", "lognormal", "gamma", "weibull", "empirical")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86400.0
MONDAY = "2026-03-02T00:00:00+00:00"
TOLERANCE_S = 60e-9


@dataclass(eq=False)
class Case:
    order: int
    stream: int
    index: int
    process: Any
    arrived: float
    due: float
    visit: int = 0
    step: Any = None
    last_agent: str = ""


@dataclass(eq=False)
class Work:
    """A task."""

    case: Case
    kind: Any
    enabled: float
    due: float
    content: float
    route: float
    leaves: float = math.inf
    taken: float = math.nan
    started: float = math.nan
    ended: float = math.nan
    outcome: str = "open"
    agent: str = ""


@dataclass(eq=False)
class Person:
    position: int
    name: str
    group: AgentGroup
    shifts: list[tuple[float, float, list[tuple[float, float]]]]
    shift: int = -1
    on_break: bool = False
    task: Work | None = None
    left: float = 0.0
    setup: float = 0.0
    since: float | None = None
    stretches: list[tuple[float, float]] = field(default_factory=list)
    choosing: float | None = None
    is_ready: bool = False
    idle_since: float = 0.0
    last_type: str = ""
    last_team: str = ""
    place: str = ""
    dwell_until: float = 0.0
    moves: int = 0
    choices: int = 0
    assigned: str = ""
    plan: list[Work] = field(default_factory=list)
    speeds: dict[str, float] = field(default_factory=dict)
    """By type of task; 0 where it may not be done."""

    @property
    def is_on_duty(self) -> bool:
        return self.shift >= 0 and not self.on_break

    @property
    def is_free(self) -> bool:
        return self.is_on_duty and self.task is None and self.choosing is None


class Twin:
    def __init__(self, scenario: Scenario, seed: int, replication: int, assembly: Assembly | None = None) -> None:
        self.scenario, self.seed, self.replication = scenario, seed, replication
        self.assembly, self.decider = assembly, None if assembly is None else make_decider(assembly)
        self.num_epochs, self.epoch_at = 0, -math.inf
        self.policy = scenario.policy
        self.horizon = scenario.days * DAY
        self.types = {kind.id: kind for kind in scenario.task_types}
        self.queue: list[Work] = []
        self.done: list[Work] = []
        self.people = self._hire()
        self.edges = sorted(
            {
                edge
                for person in self.people
                for start, end, breaks in person.shifts
                for edge in (max(0.0, start), end, *(item for span in breaks for item in span))
            }
        )
        self.arrivals = self._draw_arrivals()
        self.expected = self._expect()
        mean = self._mean_handling()
        self.mean_handling = max(1e-6, mean)
        self.scale = max(1e-6, self.policy.dispatch.k * mean)
        self.premiums = self._price()
        self.num_cases = 0
        self.rostered_to = -math.inf
        self.idle_with_work_s = 0.0
        self.choosing_s = 0.0

    # random numbers

    def _sample(self, of: Distribution, unit: float, stream: int, index: int, use: int) -> float:
        code = KINDS.index(of.distribution)
        if of.distribution == "empirical":
            return 60.0 * of.minutes[int(unit * len(of.minutes))]
        a, b = get_parameters(code, of.mean * 60.0, of.cv or 0.0)
        return float(sample(code, a, b, np.zeros(1), unit, self.seed, self.replication, stream, index, use))

    def _draw(self, stream: int, index: int, use: int) -> tuple[float, float]:
        first, second = draw(self.seed, self.replication, stream, index, use)
        return float(first), float(second)

    # what comes in

    def _mean_handling(self) -> float:
        total = sum(self.expected.values())
        weights = self.expected if total > 0 else dict.fromkeys(self.expected, 1.0)
        means = {name: kind.handling.mean * 60 for name, kind in self.types.items()}
        return sum(weights[name] * means[name] for name in means) / sum(weights.values())

    def _expect(self) -> dict[str, float]:
        expected = dict.fromkeys(self.types, 0.0)
        for arrivals in self.scenario.arrivals:
            hours = self.horizon / 3600
            if arrivals.per_hour is not None:
                number = arrivals.per_hour * hours
            else:
                number = sum(
                    window.per_hour * (window.end - window.start) / 3600
                    for window in arrivals.pattern
                    for day in range(self.scenario.days)
                    if DAYS[day % 7] in window.days
                )
            number *= arrivals.lot
            if arrivals.task_type is not None:
                expected[arrivals.task_type] += number
                continue
            (process,) = [item for item in self.scenario.processes if item.id == arrivals.process]
            visits = dict.fromkeys((step.id for step in process.steps), 0.0)
            for _ in range(2000):  # the traffic equations, by going round
                new = {name: float(name == process.start) for name in visits}
                for step in process.steps:
                    for branch in step.next:
                        new[branch.step] += visits[step.id] * branch.probability
                if new == visits:
                    break
                visits = new
            for step in process.steps:
                expected[step.task_type] += number * visits[step.id]
        return expected

    def _price(self) -> dict[tuple[str, str], float]:
        """What an hour of each group is worth beyond the cheapest that could do a type."""
        expected = self.expected
        groups = {group.id: group for group in self.scenario.agents}
        minutes = {}
        for group in groups.values():
            total = 0.0
            for start, end, breaks in self._shifts(group):
                for low, high in [(start, end), *breaks]:
                    length = max(0.0, min(high, self.horizon) - max(low, 0.0)) / 60
                    total += length if (low, high) == (start, end) else -length
            minutes[group.id] = total * group.count * (1 - group.absence)
        able = {name: [g for g in groups if self._pace(groups[g], kind) > 0] for name, kind in self.types.items()}
        load = {}
        for name, kind in self.types.items():
            offered = sum(minutes[g] * self._pace(groups[g], kind) for g in able[name])
            load[name] = expected[name] * kind.handling.mean / offered if offered > 0 else 0.0
        hour = {g: max((load[name] for name in self.types if g in able[name]), default=0.0) for g in groups}
        found: dict[tuple[str, str], float] = {}
        for name in self.types:
            least = min((hour[g] for g in able[name] if minutes[g] > 0), default=math.inf)
            found |= {(g, name): max(0.0, hour[g] - least) if least < math.inf else 0.0 for g in able[name]}
        return found

    def _draw_arrivals(self) -> list[tuple[float, int, Any, int, int]]:
        """Return instant, rank, record, stream of work and index, in order."""
        found = []
        seen: dict[tuple[str, str], int] = {}
        for rank, arrivals in enumerate(self.scenario.arrivals):
            key = ("task_type", arrivals.task_type) if arrivals.task_type else ("process", arrivals.process or "")
            number = seen.get(key, 0)
            seen[key] = number + 1
            gaps, days, work = (name_stream(use, *key, str(number)) for use in ("gaps", "days", "work"))
            instants: list[float] = []
            pieces = []
            if arrivals.per_hour is not None and arrivals.day_cv == 0:
                pieces.append((0.0, self.horizon, arrivals.per_hour / 3600))
            elif arrivals.per_hour is not None:
                for day in range(self.scenario.days):
                    rate = arrivals.per_hour / 3600 * self._factor(arrivals.day_cv, days, day)
                    pieces.append((day * DAY, (day + 1) * DAY, rate))
            for window in sorted(arrivals.pattern, key=lambda item: item.start):
                for day in range(self.scenario.days):
                    if DAYS[day % 7] in window.days:
                        rate = window.per_hour / 3600 * self._factor(arrivals.day_cv, days, day)
                        pieces.append((day * DAY + window.start, day * DAY + window.end, rate))
            pieces.sort()
            if arrivals.spacing == "even":
                for start, end, rate in pieces:
                    n = 0
                    while rate > 0 and start + (n + 0.5) / rate < end:
                        instants.append(start + (n + 0.5) / rate)
                        n += 1
            else:
                instants = self._poisson(pieces, gaps)
            for n, at in enumerate(instants):
                found += [(at, rank, arrivals, work, n * arrivals.lot + m) for m in range(arrivals.lot)]
        return sorted(found, key=lambda item: (item[0], item[1], item[4]))

    def _factor(self, cv: float, stream: int, day: int) -> float:
        if cv == 0:
            return 1.0
        shape = 1 / cv**2
        return float(draw_gamma(shape, self.seed, self.replication, stream, day, 0)) / shape

    def _poisson(self, pieces: list[tuple[float, float, float]], stream: int) -> list[float]:
        instants: list[float] = []
        n = 0
        left = -math.log(self._draw(stream, 0, 0)[0])
        for start, end, rate in pieces:
            at = start
            while left < (end - at) * rate:
                at += left / rate
                instants.append(at)
                n += 1
                left = -math.log(self._draw(stream, n >> 1, 0)[n % 2])
            left -= (end - at) * rate
        return instants

    # people

    def _hire(self) -> list[Person]:
        people: list[Person] = []
        for group in sorted(self.scenario.agents, key=lambda item: item.id):
            for number in range(1, group.count + 1):
                name = f"{group.id}-{number:03d}"
                shifts = [shift for shift in self._shifts(group) if not self._is_absent(group, name, shift[0])]
                speeds = {name: self._pace(group, kind) for name, kind in self.types.items()}
                people.append(Person(len(people), name, group, shifts, place=group.team, speeds=speeds))
        return people

    def _shifts(self, group: AgentGroup) -> list[tuple[float, float, list[tuple[float, float]]]]:
        if isinstance(group.week, str):
            return [(0.0, math.inf, [])]
        found = []
        for duty in group.week:
            for day in range(-1, self.scenario.days + 1):
                if DAYS[day % 7] in duty.days:
                    length = duty.end - duty.start if duty.end > duty.start else duty.end - duty.start + DAY
                    start = day * DAY + duty.start
                    breaks = [
                        (start + (rest.start - duty.start) % DAY, start + (rest.end - duty.start) % DAY)
                        for rest in duty.breaks
                    ]
                    breaks = [(low, high if high > low else start + length) for low, high in breaks]
                    if start + length > 0 and start < self.horizon:
                        found.append((start, start + length, sorted(breaks)))
        return sorted(found)

    def _is_absent(self, group: AgentGroup, name: str, start: float) -> bool:
        if group.absence == 0:
            return False
        return self._draw(name_stream("absence", name), round(start), 0)[0] < group.absence

    def _pace(self, group: AgentGroup, kind: Any) -> float:
        teams = [group.team] + ([] if self.policy.swing.mode == "off" else list(group.swing_teams))
        skills = group.skills
        if kind.team not in teams or kind.skill not in skills or skills[kind.skill].level < kind.min_level:
            return 0.0
        for skill, level in kind.also_requires.items():
            if skill not in skills or skills[skill].level < level:
                return 0.0
        return skills[kind.skill].speed

    # what an agent takes

    def may_take(self, person: Person, now: float) -> list[Work]:
        """The tasks among which the rule chooses."""
        speeds = person.speeds
        able = [task for task in self.queue if speeds[task.kind.id] > 0]
        if self.is_bound(person):
            able = [task for task in able if task.kind.team == person.last_team]
        elif self.policy.swing.mode == "planned":
            able = [task for task in able if task.kind.team == person.assigned]
        if self.policy.swing.mode != "threshold":
            return able
        home = person.group.team
        engage = self.policy.swing.engage_tasks or 0
        waiting = {
            team: sum(task.kind.team == team for task in self.queue) for team in {task.kind.team for task in self.queue}
        }
        at_home = [task for task in able if task.kind.team == home]
        away = [task for task in able if task.kind.team != home and waiting[task.kind.team] >= engage]
        if person.place != home and now < person.dwell_until:
            here = [task for task in able if task.kind.team == person.place]
            return here or at_home or away
        return at_home or away

    def is_bound(self, person: Person) -> bool:
        limit = person.group.max_moves
        return limit is not None and person.moves >= limit and person.last_team != ""

    def _lean(self, person: Person, task: Work, expected: float, now: float) -> float:
        """What the terms add to the logarithm of the index."""
        terms = self.policy.dispatch
        _, end, breaks = person.shifts[person.shift]
        left = end - now - sum(high - max(low, now) for low, high in breaks if high > now)
        leaning = -terms.price * self.premiums[person.group.id, task.kind.id]
        leaning -= terms.shift_fit * max(0.0, expected - left) / self.mean_handling
        if task.case.visit > 0 and task.case.last_agent == person.name:
            leaning += terms.continuity
        return leaning

    def order(self, person: Person, task: Work, now: float) -> tuple[float, float, int]:
        expected = max(1e-6, task.kind.handling.mean * 60 / person.speeds[task.kind.id])
        weight, rule = task.kind.weight, self.policy.routing
        slack = task.due - now - expected
        if rule in ("atc", "planned"):
            urgent = weight > 0 and task.due < math.inf
            index = math.log(weight / expected) - max(0.0, slack) / self.scale if urgent else -math.inf
            index += self._lean(person, task, expected, now)
        else:
            index = {
                "fifo": -task.enabled,
                "edf": -task.due,
                "slack": -slack,
                "priority": weight,
                "spt": -expected,
                "wspt": weight / expected,
            }[rule]
        return (-index, task.enabled, task.case.order)

    def head(self, person: Person, now: float) -> Work | None:
        able = self.may_take(person, now)
        listed = [
            task
            for task in person.plan
            if task in self.queue and (not self.is_bound(person) or task.kind.team == person.last_team)
        ]
        if listed:
            new = [task for task in able if task.enabled > self.epoch_at]
            first = min(new, key=lambda task: self.order(person, task, now), default=None)
            is_first = first is not None and self.order(person, first, now)[0] < self.order(person, listed[0], now)[0]
            return first if is_first else listed[0]
        return min(able, key=lambda task: self.order(person, task, now), default=None)

    def liking(self, person: Person, now: float) -> Work:
        tasks = self.may_take(person, now)
        prefers = self.policy.selection.prefers
        if prefers == "newest":
            return max(tasks, key=lambda task: (task.enabled, task.case.order))
        if prefers == "own_type":
            tasks = [task for task in tasks if task.kind.id == person.last_type]
            head = self.head(person, now)
            assert head is not None
            return min(tasks, key=lambda task: self.order(person, task, now), default=head)

        def shortness(task: Work) -> tuple[float, float, int]:
            expected = max(1e-6, task.kind.handling.mean * 60 / person.speeds[task.kind.id])
            return (expected, task.enabled, task.case.order)

        return min(tasks, key=shortness)

    # the loop

    def run(self) -> list[Work]:
        now = 0.0
        backlog = []
        seen: dict[str, int] = {}
        for record in self.scenario.initial_backlog:
            number = seen.get(record.task_type, 0)
            seen[record.task_type] = number + 1
            stream = name_stream("backlog", record.task_type, str(number))
            backlog += [(-3600 * record.age_hours, record.task_type, stream, n) for n in range(record.count)]
        for at, kind, stream, n in sorted(backlog, key=lambda item: item[0]):
            case = Case(self.num_cases, stream, n, None, at, math.inf)
            self.num_cases += 1
            self._enable(case, self.types[kind], at, patience_from=0.0)
        while now <= self.horizon:
            self._take_events(now)
            if now == self.horizon:
                break
            self._pass_epoch(now)
            self._dispatch(now)
            following = self._next(now)
            self._measure(now, min(following, self.horizon))
            now = following
        return sorted(
            [*self.done, *self._still_open()], key=lambda task: (task.case.order, task.case.visit, task.enabled)
        )

    def _measure(self, now: float, until: float) -> None:
        waiting = {task.kind.id for task in self.queue}  # a few, however many tasks wait
        for person in self.people:
            if person.is_on_duty and person.task is None:
                if any(
                    person.speeds[name] > 0 and (not self.is_bound(person) or self.types[name].team == person.last_team)
                    for name in waiting
                ):
                    self.idle_with_work_s += max(0.0, until - now)
                if person.choosing is not None:
                    self.choosing_s += max(0.0, until - now)

    def _still_open(self) -> list[Work]:
        for person in self.people:
            if person.task is not None and person.task.outcome == "open":
                stretches = person.stretches + ([(person.since, math.inf)] if person.since is not None else [])
                person.task.started = self._begin_of_handling(person, stretches)
        return [*self.queue, *(person.task for person in self.people if person.task is not None)]

    def _next(self, now: float) -> float:
        candidates = [person.since + person.left for person in self.people if person.since is not None]
        candidates.append(math.inf)
        candidates += self.edges[bisect.bisect_right(self.edges, now) :][:1]
        candidates += [task.leaves for task in self.queue]
        if self.arrivals:
            candidates.append(self.arrivals[0][0])
        if self.decider is not None:
            candidates.append(self._next_epoch())
        return min(candidates)

    def _next_epoch(self) -> float:
        return self.num_epochs * self.policy.planned.replan_minutes * 60

    def _pass_epoch(self, now: float) -> None:
        if self.decider is None or now < self._next_epoch():
            return
        self.num_epochs += 1
        if not any(person.is_on_duty for person in self.people):
            return
        self.epoch_at = now
        waiting = sorted(self.queue, key=lambda task: task.case.order)
        decision = self.decider.decide(self._look(waiting, now))
        if self.policy.routing == "planned":
            for person in self.people:
                person.plan = []
            for task, agent in zip(decision.task.tolist(), decision.agent.tolist(), strict=True):
                self.people[agent].plan.append(waiting[task])
        if self.policy.swing.mode == "planned":
            for person, team in zip(self.people, decision.team.tolist(), strict=True):
                if team >= 0:
                    person.assigned = self.scenario.teams[team].id

    def _look(self, waiting: list[Work], now: float) -> LiveState:
        assert self.assembly is not None
        layout, kinds = self.assembly.layout, list(self.types)
        shifts, worked = [], []
        for person, facts in zip(self.people, layout.agent_whole, strict=True):
            own = layout.stretch_shift[facts[c.STRETCH_LOW] : facts[c.STRETCH_HIGH]]
            rows = {(float(layout.shift_real[n, 0]), float(layout.shift_real[n, 1])): int(n) for n in own}
            shifts.append(rows[person.shifts[person.shift][:2]] if person.shift >= 0 else -1)
            done = sum(end - start for start, end in person.stretches) if person.task is not None else 0.0
            worked.append(done + (now - person.since if person.task is not None and person.since is not None else 0.0))
        held = [person.task is not None for person in self.people]
        setups = [person.setup if is_held else 0.0 for person, is_held in zip(self.people, held, strict=True)]
        return LiveState(
            now=now,
            task_type=np.array([kinds.index(task.kind.id) for task in waiting], dtype=np.int64),
            task_enabled=np.array([task.enabled for task in waiting]),
            task_due=np.array([task.due for task in waiting]),
            task_weight=np.array([task.kind.weight for task in waiting], dtype=np.float64),
            agent_shift=np.array(shifts),
            agent_last_type=np.array([kinds.index(p.last_type) if p.last_type else -1 for p in self.people]),
            agent_moves=np.array([person.moves for person in self.people]),
            held_type=np.array([-1 if p.task is None else kinds.index(p.task.kind.id) for p in self.people]),
            held_setup_s=np.maximum(0.0, np.array(setups) - worked),
            held_spent_s=np.maximum(0.0, np.array(worked) - setups),
        )

    def _take_events(self, now: float) -> None:
        for person in self.people:
            if person.since is not None and person.since + person.left == now:
                self._finish(person, now)
        if now == self.horizon:
            return
        if now > self.rostered_to:  # once at an instant, however often work of no length ends at it
            self.rostered_to = now
            self._change_rosters(now)
        for task in [task for task in self.queue if task.leaves <= now]:
            self.queue.remove(task)
            task.outcome, task.ended = "abandoned", now
            self.done.append(task)
        while self.arrivals and self.arrivals[0][0] == now:
            self._admit(now)

    def _change_rosters(self, now: float) -> None:
        for person in self.people:  # ends of breaks
            if person.shift >= 0 and person.on_break:
                _, end, breaks = person.shifts[person.shift]
                if any(high == now and high < end for _, high in breaks):
                    person.on_break = False
                    self._return(person, now)
        began = set()
        for person in self.people:  # starts of shifts
            for n, (start, end, _) in enumerate(person.shifts):
                if max(0.0, start) == now and end > now:
                    was_on_duty = person.is_on_duty
                    person.shift, person.on_break = n, False
                    person.last_type = person.last_team = ""
                    person.moves, person.place = 0, person.group.team
                    person.assigned = person.group.team
                    person.choosing = None
                    if person.task is None:
                        person.since = None
                    began.add(person.position)
                    if not was_on_duty:
                        self._return(person, now)
        for person in self.people:  # starts of breaks, ends of duty
            if person.shift < 0:
                continue
            _, end, breaks = person.shifts[person.shift]
            if any(max(0.0, low) == now < high for low, high in breaks):
                person.on_break = True
                self._pause(person, now)
            if end == now and person.position not in began:
                was_on_break = person.on_break
                person.shift, person.on_break = -1, False
                if person.task is not None and self.policy.shift_end == "finish":
                    if was_on_break:
                        person.since = now
                else:
                    if not was_on_break:
                        self._pause(person, now)
                    person.choosing, person.is_ready = None, False

    def _pause(self, person: Person, now: float) -> None:
        if person.since is not None:
            person.stretches.append((person.since, now))
            person.left -= now - person.since
            person.since = None

    def _return(self, person: Person, now: float) -> None:
        if person.task is not None:
            if person.since is None:
                person.since = now
            return
        person.idle_since = now
        if person.choosing is not None:
            person.since = now

    def _finish(self, person: Person, now: float) -> None:
        if person.task is None:  # has looked around
            person.choosing, person.since, person.is_ready = None, None, True
            return
        assert person.since is not None
        task = person.task
        person.stretches.append((person.since, now))
        task.started = self._begin_of_handling(person, person.stretches)
        task.ended, task.outcome = now, "completed"
        self.done.append(task)
        person.task, person.since, person.idle_since = None, None, now
        case = task.case
        if case.process is None:
            return
        until = 0.0
        step = case.step
        for branch in step.next:
            until += branch.probability
            if task.route < until:
                (case.step,) = [item for item in case.process.steps if item.id == branch.step]
                task.case = Case(**{**vars(case), "step": step})  # the log's view of this visit
                case.visit += 1
                self._enable(case, self.types[case.step.task_type], now, patience_from=now)
                return

    def _begin_of_handling(self, person: Person, stretches: list[tuple[float, float]]) -> float:
        assert person.task is not None
        left = person.setup
        if left == 0:
            return person.task.taken
        for start, end in stretches:
            if start + left <= end:
                return start + left
            left -= end - start
        return math.inf

    def _admit(self, now: float) -> None:
        _, _, record, stream, index = self.arrivals.pop(0)
        process = next((item for item in self.scenario.processes if item.id == record.process), None)
        due = math.inf if process is None or process.sla is None else now + process.sla.minutes * 60
        case = Case(self.num_cases, stream, index, process, now, due)
        self.num_cases += 1
        if process is None:
            kind = self.types[record.task_type]
        else:
            (case.step,) = [item for item in process.steps if item.id == process.start]
            kind = self.types[case.step.task_type]
        self._enable(case, kind, now, patience_from=now)

    def _enable(self, case: Case, kind: Any, now: float, *, patience_from: float) -> None:
        use = 256 * case.visit
        unit, route = self._draw(case.stream, case.index, use)
        content = self._sample(kind.handling, unit, case.stream, case.index, use + 1)
        own = math.inf if kind.sla is None else now + kind.sla.minutes * 60
        task = Work(case, kind, now, min(case.due, own), content, route)
        if kind.patience is not None:
            unit, _ = self._draw(case.stream, case.index, use + 128)
            task.leaves = patience_from + self._sample(kind.patience, unit, case.stream, case.index, use + 129)
        self.queue.append(task)

    def _dispatch(self, now: float) -> None:
        while True:
            able = [(person, self.head(person, now)) for person in self.people if person.is_free]
            ranked = [(self._rank(person, head), person, head) for person, head in able if head is not None]
            if not ranked:
                break
            for _, person, head in sorted(ranked, key=lambda item: item[0]):
                if self.policy.selection.mode == "push":
                    self._begin(person, head, now)
                    break
                stream = name_stream("choice", person.name)
                if person.is_ready:
                    coin = self._draw(stream, person.choices - 1, 0)[1]
                    chance = self.policy.selection.cherry_pick
                    self._begin(person, self.liking(person, now) if coin < chance else head, now)
                    break
                # Who looks around takes nothing from the queue: what the others would take is as it was.
                unit = self._draw(stream, person.choices, 0)[0]
                assert self.policy.selection.choose is not None
                person.choosing = self._sample(self.policy.selection.choose, unit, stream, person.choices, 1)
                person.choices += 1
                person.since, person.left = now, person.choosing
        for person in self.people:
            if person.is_on_duty:
                person.is_ready = False

    def _rank(self, person: Person, head: Work) -> tuple[float, float, int]:
        first = {
            "longest_idle": 0.0,
            "specialist": float(len(person.group.skills)),
            "fastest": -person.speeds[head.kind.id],
        }[self.policy.idle_agent]
        return (first, person.idle_since, person.position)

    def _begin(self, person: Person, task: Work, now: float) -> None:
        self.queue.remove(task)
        setup = self.scenario.setup
        if not person.last_type or person.last_type == task.kind.id:
            person.setup = 0.0
        elif person.last_team == task.kind.team:
            person.setup = setup.same_team_minutes * 60
        else:
            person.setup = setup.other_team_minutes * 60
        if person.last_team and person.last_team != task.kind.team:
            person.moves += 1
        person.task, person.is_ready = task, False
        person.left = person.setup + task.content / person.speeds[task.kind.id]
        person.since, person.stretches = now, []
        task.taken, task.agent = now, person.name
        task.case.last_agent, person.assigned = person.name, task.kind.team
        person.last_type, person.last_team = task.kind.id, task.kind.team
        if person.place != task.kind.team:
            person.dwell_until = self._look_ahead(person, now) + self.policy.swing.min_dwell_minutes * 60
        person.place = task.kind.team

    def _look_ahead(self, person: Person, now: float) -> float:
        """When handling will begin, as the roster stands."""
        at, left = now, person.setup
        shift = person.shift
        while True:
            _, end, breaks = person.shifts[shift]
            for low, high in breaks:
                if low > at or (low == at and left > 0):
                    if at + left <= low:
                        return at + left
                    left -= low - at
                    at = high
                elif low <= at < high:
                    at = high
            if at + left <= end:
                return at + left
            left -= end - at
            following = person.shifts[shift + 1][0] if shift + 1 < len(person.shifts) else math.inf
            if self.policy.shift_end == "finish":
                if end + left <= following:
                    return end + left
                left -= following - end
            if following == math.inf:
                return math.inf
            shift, at = shift + 1, following


def make_scenario(rng: random.Random) -> dict[str, Any]:
    """A random scenario, small, and likely to hold what is rare."""
    num_teams, num_types = rng.randint(1, 3), rng.randint(1, 4)
    teams = [f"t{n}" for n in range(num_teams)]
    is_round = rng.random() < 0.5  # instants that coincide

    def duration(mean: float) -> dict[str, Any]:
        if is_round or rng.random() < 0.2:
            return {"distribution": "deterministic", "mean_minutes": rng.choice([0, 5, 10, 30]) if is_round else mean}
        kind = rng.choice(KINDS[1:])
        if kind == "empirical":
            return {"distribution": kind, "minutes": [rng.choice([0, 1, 5, 15, 40]) for _ in range(4)] + [3]}
        made = {"distribution": kind, "mean_minutes": mean}
        return made if kind == "exponential" else {**made, "cv": rng.choice([0.5, 1.0, 2.0])}

    types = []
    for n in range(num_types):
        kind = {
            "id": f"k{n}",
            "team": rng.choice(teams),
            "skill": f"s{rng.randint(0, 2)}",
            "min_level": rng.choice([1, 1, 2]),
            "weight": rng.choice([0, 1, 1, 2, 5]),
            "handling": duration(rng.choice([4.0, 10.0, 25.0])),
        }
        if rng.random() < 0.7:
            kind["sla"] = {"minutes": rng.choice([30, 60, 240, 1000])}
        if rng.random() < 0.25:
            kind["patience"] = duration(rng.choice([20.0, 60.0]))
        types.append(kind)
    processes = []
    if rng.random() < 0.5:
        steps = []
        num_steps = rng.randint(1, 3)
        for n in range(num_steps):
            branches = [{"step": f"p{rng.randrange(num_steps)}", "probability": rng.choice([0.3, 0.5, 0.9])}]
            if rng.random() < 0.5:
                branches.append({"step": f"p{rng.randrange(num_steps)}", "probability": 0.05})
            steps.append({"id": f"p{n}", "task_type": rng.choice(types)["id"], "next": branches})
        process: dict[str, Any] = {"id": "case", "start": "p0", "steps": steps}
        if rng.random() < 0.5:
            process["sla"] = {"minutes": rng.choice([60, 300])}
        processes.append(process)
    arrivals: list[dict[str, Any]] = []
    for kind in types:
        if rng.random() < 0.8:
            record: dict[str, Any] = {"task_type": kind["id"], "lot": rng.choice([1, 1, 1, 3])}
            rate = rng.choice([1, 2, 3])
            if rng.random() < 0.5:
                record["per_hour"] = rate
            else:
                record["pattern"] = [
                    {"from": "08:00", "to": "12:00", "per_hour": rate},
                    {"from": "12:00", "to": "18:00", "per_hour": 2 * rate, "days": ["mon", "wed"]},
                ]
            record["spacing"] = "even" if is_round else rng.choice(["poisson", "poisson", "even"])
            if rng.random() < 0.2:
                record["day_cv"] = 0.5
            arrivals.append(record)
    if processes:
        arrivals.append({"process": "case", "per_hour": rng.choice([0.5, 1])})
    threshold = {"mode": "threshold", "engage_tasks": rng.randint(1, 4), "min_dwell_minutes": rng.choice([0, 10, 60])}
    policy: dict[str, Any] = {
        "routing": rng.choice(["fifo", "edf", "slack", "priority", "spt", "wspt", "atc", "atc"]),
        "idle_agent": rng.choice(["longest_idle", "specialist", "fastest"]),
        "swing": rng.choice([{"mode": "off"}, {"mode": "shared"}, threshold]),
        "shift_end": rng.choice(["finish", "resume"]),
    }
    if rng.random() < 0.35:
        policy["selection"] = {
            "mode": "pull",
            "choose": {"distribution": "deterministic", "mean_minutes": rng.choice([0, 1, 5])}
            if is_round
            else {"distribution": "exponential", "mean_minutes": 2},
            "cherry_pick": rng.choice([0, 0.3, 1]),
            "prefers": rng.choice(["shortest", "own_type", "newest"]),
        }
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": MONDAY,
        "days": rng.choice([1, 1, 1, 2]),
        "teams": [{"id": name} for name in teams],
        "task_types": types,
        "processes": processes,
        "arrivals": arrivals,
        "initial_backlog": [{"task_type": types[0]["id"], "count": rng.choice([0, 4]), "age_hours": 2}],
        "agents": [make_group(rng, f"g{n}", teams, rng.randint(1, 2)) for n in range(rng.randint(1, 4))],
        "setup": {"same_team_minutes": rng.choice([0, 2]), "other_team_minutes": rng.choice([0, 5])},
        "policy": policy,
    }


def make_group(rng: random.Random, name: str, teams: list[str], count: int) -> dict[str, Any]:
    day = {"start": "08:00", "end": "16:00", "breaks": [["12:00", "12:30", "lunch"], ["14:00", "14:10"]]}
    night = {"start": "22:00", "end": "06:00", "breaks": [["23:50", "00:20"]]}
    early = {"start": "06:00", "end": "14:00", "breaks": [["06:00", "06:10"], ["13:30", "14:00"]]}
    split = [{"start": "08:00", "end": "12:00"}, {"start": "12:00", "end": "17:00"}]
    group: dict[str, Any] = {
        "id": name,
        "count": count,
        "team": rng.choice(teams),
        "swing_teams": rng.sample(teams, rng.randint(0, len(teams))),
        "skills": {
            f"s{n}": {"level": rng.randint(1, 3), "speed": rng.choice([1.0, 1.0, 1.25, 0.8])}
            for n in range(3)
            if rng.random() < 0.7
        },
        "week": rng.choice(["always", "always", [day], [night], [early], split, [day, night]]),
        "absence": rng.choice([0, 0, 0.3]),
    }
    if not group["skills"]:
        group["skills"] = {"s0": {"level": 3}}
    if rng.random() < 0.3:
        group["max_moves"] = rng.choice([0, 1, 2])
    return group


def compare(document: dict[str, Any], seed: int) -> int:
    """Hold the engine to the twin and return the number of tasks."""
    question = parse_scenario(document)
    assembly = assemble_scenario(question)
    outcome = make_engine(assembly, seed, has_log=True).replicate(3)
    assert outcome.row_real is not None
    assert outcome.row_whole is not None
    order = np.lexsort((outcome.row_whole[:, c.ROW_VISIT], outcome.row_whole[:, c.ROW_ORDER]))
    real, whole = outcome.row_real[order], outcome.row_whole[order]
    twin = Twin(question.scenario, seed, 3, assembly)
    expected = twin.run()
    assert len(expected) == len(real)
    outcomes = ("open", "completed", "abandoned")
    for task, row, facts in zip(expected, real, whole, strict=True):
        assert task.case.order == facts[c.ROW_ORDER]
        assert task.outcome == outcomes[facts[c.ROW_OUTCOME]], task
        assert task.enabled == pytest.approx(row[c.ROW_ENABLED], abs=TOLERANCE_S)
        assert task.due == pytest.approx(row[c.ROW_DUE], abs=TOLERANCE_S)
        assert (task.agent or None) == (assembly.agent_ids[facts[c.ROW_AGENT]] if facts[c.ROW_AGENT] >= 0 else None), (
            task
        )
        if task.agent:
            assert task.taken == pytest.approx(row[c.ROW_TAKEN], abs=TOLERANCE_S)
            if task.started < twin.horizon or row[c.ROW_STARTED] < twin.horizon:
                assert task.started == pytest.approx(row[c.ROW_STARTED], abs=TOLERANCE_S)
        if task.outcome != "open":
            assert task.ended == pytest.approx(row[c.ROW_ENDED], abs=TOLERANCE_S)
    sums = outcome.group_sums.sum(axis=0)
    if assembly.layout.switches[c.HAS_IDLE_WITH_WORK]:
        assert sums[c.SUM_IDLE_WITH_WORK] == pytest.approx(twin.idle_with_work_s, abs=1e-3)
    assert sums[c.SUM_CHOOSING] == pytest.approx(twin.choosing_s, abs=1e-3)
    return len(expected)


@pytest.mark.parametrize("block", range(10))
def test_random_scenarios_run_as_in_the_twin(block: int) -> None:
    num_tasks = 0
    for n in range(50):
        seed = 1000 * block + n
        document = make_scenario(random.Random(seed))  # noqa: S311
        try:
            num_tasks += compare(document, seed)
        except AssertionError as error:
            error.add_note(f"scenario {seed}: {document}")
            raise
    assert num_tasks > 2000


@pytest.mark.parametrize("block", range(3))
def test_terms_of_the_policy_are_as_in_the_twin(block: int) -> None:
    num_tasks = 0
    for n in range(3):
        rng = random.Random(7000 + 3 * block + n)  # noqa: S311
        document = make_scenario(rng)
        document["policy"]["routing"] = "atc"
        terms = {"k": rng.choice([1, 2]), "price": rng.choice([0, 40]), "shift_fit": rng.choice([0, 10])}
        document["policy"]["dispatch"] = {**terms, "continuity": rng.choice([0, 1.5])}
        for kind in document["task_types"]:  # much waits for people who may choose, and who leave
            kind["team"], kind["min_level"] = "t0", 1
            kind["handling"] = {"distribution": "exponential", "mean_minutes": rng.choice([10, 45])}
        document["days"] = 1
        for record in document["arrivals"]:
            record["lot"] = 2
        for group in document["agents"]:
            group["team"], group["week"] = "t0", [{"start": "07:00", "end": "15:10", "breaks": [["12:00", "12:20"]]}]
        try:
            num_tasks += compare(document, n)
        except AssertionError as error:
            error.add_note(f"scenario {block} {n}: {document}")
            raise
    assert num_tasks > 100


@pytest.mark.parametrize("block", range(4))
def test_the_optimizer_in_the_loop_is_followed_as_in_the_twin(block: int) -> None:
    num_tasks = 0
    for n in range(8):
        rng = random.Random(8000 + 8 * block + n)  # noqa: S311
        document = make_scenario(rng)
        document["policy"]["planned"] = {
            "replan_minutes": rng.choice([90, 150, 240]),
            "iterations": rng.choice([0, 200]),
        }
        is_lent = rng.random() < 0.5
        if is_lent:
            document["policy"]["swing"] = {"mode": "planned"}
        if not is_lent or rng.random() < 0.4:
            document["policy"]["routing"] = "planned"
            document["policy"]["dispatch"] = {"continuity": rng.choice([0, 1])}
        try:
            num_tasks += compare(document, n)
        except AssertionError as error:
            error.add_note(f"scenario {block} {n}: {document}")
            raise
    assert num_tasks > 300


@pytest.mark.parametrize("count", [63, 64, 65, 128, 129])
@pytest.mark.parametrize("is_of_one_group", [True, False])
def test_every_number_of_agents_fits_its_words(count: int, is_of_one_group: bool) -> None:
    rng = random.Random(count)  # noqa: S311
    document = make_scenario(rng)
    sizes = [count] if is_of_one_group else [1] * count
    document["agents"] = [make_group(rng, f"g{n:03d}", ["t0"], size) for n, size in enumerate(sizes)]
    document["teams"] = [{"id": "t0"}]
    for kind in document["task_types"]:
        kind["team"] = "t0"
    document["days"] = 1
    document["arrivals"] = [
        {"task_type": kind["id"], "pattern": [{"from": "08:00", "to": "10:00", "per_hour": 40}]}
        for kind in document["task_types"]
    ]
    assert compare(document, count) > 50
