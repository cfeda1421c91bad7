"""What there is to do at an instant: an office's open tasks as a problem's, and what is left out and why."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.calendar import OfficeCalendar
from models.errors import Fault, InputError, shown
from models.formats.offices.office import ATTRIBUTES, Office
from models.formats.problem import Agent, Task
from models.formats.records import MAX_MINUTES
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import LeftOut
from services.office_deadlines import due_after_open_minutes
from services.office_duty import CLEARANCE, Duty

MIN_REMAINING_SHARE = 0.25
"""Least part of a begun task's minutes that is taken to remain, however long somebody has had it open."""

_DESCRIPTION = ("title", "case", "step", "source", "external_id", "link")
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Standards:
    """Task types with what they take from which day on, by type."""

    by_type: Mapping[str, Sequence[tuple[date, Row]]]

    def on(self, task_type: str, day: date) -> Row | None:
        """Return what holds for a type on a day; None where nothing does yet."""
        held = [row for valid_from, row in self.by_type.get(task_type, ()) if valid_from <= day]
        return held[-1] if held else None

    def current(self, day: date) -> dict[str, Row]:
        """Return what holds on a day, by type."""
        return {name: row for name in self.by_type if (row := self.on(name, day)) is not None}

    def sla_minutes(self, task_type: str, arrived: int, calendar: OfficeCalendar) -> float | None:
        """Return what was promised when a task arrived, or at first where that was before the first standard."""
        listed = self.by_type[task_type]
        row = None if len(listed) == 1 else self.on(task_type, calendar.local_day(arrived))
        minutes = (row or listed[0][1])["sla_minutes"]
        return None if minutes is None else float(minutes)


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What decides which tasks a question asks for, and how.

    Attributes
    ----------
    at, arrived_by
        The question's now, and the instant by which a task must have arrived.
    kinds
        What holds for each task type that is asked for.
    agents, known_agents, on_duty
        Agents of the question by id, those of the office, and those of the question with a shift still to work.
    """

    at: int
    arrived_by: int
    calendar: OfficeCalendar
    standards: Standards
    kinds: Mapping[str, Row]
    other_kinds: Collection[str]
    agents: Mapping[str, Agent]
    known_agents: Collection[str]
    on_duty: Collection[str]
    duty: Duty
    plannable_share: float


@dataclass(frozen=True, kw_only=True)
class Work:
    """The tasks of a question.

    Attributes
    ----------
    left_out
        Open tasks that are not asked for, by reason.
    num_handed_back
        Begun tasks whose agent is not on duty; they are for anybody again.
    num_begun_in_error
        Begun tasks whose agent is on duty and may not do them, by team, skill or exclusion; for anybody again too.
    pinned_agents
        Agents that tasks are pinned to.
    """

    tasks: tuple[Task, ...]
    left_out: Mapping[LeftOut, int]
    num_handed_back: int
    num_begun_in_error: int
    pinned_agents: frozenset[str]


def read_standards(office: Office) -> Standards:
    """Return the task types of an office with all of their standards."""
    by_type: dict[str, list[tuple[date, Row]]] = defaultdict(list)
    for row in office.rows("task_types"):
        by_type[row["id"]].append((row["valid_from"] or date.min, row))
    return Standards(by_type={name: sorted(rows, key=lambda item: item[0]) for name, rows in by_type.items()})


def gather_work(office: Office, circumstances: Circumstances) -> Work:
    """Return the tasks that are open and can be done, as a problem has them.

    Raises
    ------
    InputError
        With every task that refers to what is not there, or has no deadline and no service level.
    """
    return _Gathering(office, circumstances).gather()


@dataclass
class _Sorted:
    """Tasks by what they are at the instant."""

    chosen: dict[str, Row] = field(default_factory=dict)
    closed: dict[str, Row] = field(default_factory=dict)
    left: dict[str, LeftOut] = field(default_factory=dict)
    left_rows: list[Row] = field(default_factory=list)


class _Gathering:
    def __init__(self, office: Office, circumstances: Circumstances) -> None:
        self._office = office
        self._in = circumstances
        self._faults: list[Fault] = []
        self._client_names = {row["id"]: row["name"] or row["id"] for row in office.rows("clients")}
        self._guarded = {row["id"] for row in office.rows("clients") if row["needs_clearance"]}

    def gather(self) -> Work:
        sorted_ = self._sort(self._office.rows("tasks"))
        self._leave_blocked(sorted_)
        barred = self._barred(sorted_)
        in_hand, begun, deserted, in_error = self._begun(sorted_.chosen.values(), barred)
        handed_back = deserted | in_error
        dues = self._dues(sorted_.chosen)
        tasks = tuple(
            self._task(
                row,
                sorted_.chosen,
                due=dues[name],
                holder=begun.get(name),
                is_in_hand=name in in_hand,
                is_handed_back=name in handed_back,
                barred=barred.get(name, ()),
            )
            for name, row in sorted_.chosen.items()
            if name in dues  # the others are faults
        )
        if self._faults:
            raise InputError(self._faults)
        return Work(
            tasks=tasks,
            left_out=Counter(sorted_.left.values()),
            num_handed_back=len(deserted),
            num_begun_in_error=len(in_error),
            pinned_agents=frozenset(task.pinned_agent for task in tasks if task.pinned_agent is not None),
        )

    def _sort(self, rows: Iterable[Row]) -> _Sorted:
        now, arrived_by, kinds, others = self._in.at, self._in.arrived_by, self._in.kinds, self._in.other_kinds
        found = _Sorted()
        for row in rows:
            name, closed, pended = row["id"], row["closed"], row["pended_until"]
            if name in found.chosen or name in found.closed or name in found.left:
                self._fault(row, "id", name, "an id that no other task has")
            elif closed is not None and closed <= now:
                found.closed[name] = row
            elif row["type"] not in kinds and row["type"] not in others:
                self._fault(row, "type", row["type"], "the id of a task type that has standard minutes on that day")
            elif row["arrived"] > arrived_by:
                self._leave(found, row, LeftOut.NOT_ARRIVED)
            elif row["type"] not in kinds:
                self._leave(found, row, LeftOut.OTHER_TEAM)
            elif pended is not None and pended > now:
                self._leave(found, row, LeftOut.PENDED)
            else:
                found.chosen[name] = row
        return found

    @staticmethod
    def _leave(found: _Sorted, row: Row, reason: LeftOut) -> None:
        found.left[row["id"]] = reason
        found.left_rows.append(row)

    def _leave_blocked(self, found: _Sorted) -> None:
        """Leave out tasks that wait for one that is left out: no plan without that one can start them."""
        followers: dict[str, list[str]] = defaultdict(list)
        for name, row in found.chosen.items():
            for other in row["after"]:
                if other in found.chosen or other in found.left:
                    followers[other].append(name)
                elif other not in found.closed:
                    self._fault(row, "after", other, "the id of a task")
        pending = [name for name in followers if name in found.left]
        while pending:
            for name in followers.get(pending.pop(), ()):
                if name in found.chosen:
                    self._leave(found, found.chosen.pop(name), LeftOut.BLOCKED)
                    pending.append(name)

    def _barred(self, found: _Sorted) -> dict[str, set[str]]:
        """Return who may not do a task since they did, or have begun, one that another agent must do."""
        barred: dict[str, set[str]] = defaultdict(set)
        elsewhere = {row["id"]: row["done_by"] for row in (*found.closed.values(), *found.left_rows)}
        for name, row in found.chosen.items():
            for other in row["separate_from"]:
                if other in elsewhere:
                    if elsewhere[other] is not None:
                        barred[name].add(elsewhere[other])
                elif other not in found.chosen:
                    self._fault(row, "separate_from", other, "the id of a task")
        for row in (*found.closed.values(), *found.left_rows):
            if row["done_by"] is not None:
                for other in row["separate_from"]:
                    if other in found.chosen:
                        barred[other].add(row["done_by"])
        return barred

    def _begun(
        self, rows: Iterable[Row], barred: Mapping[str, Collection[str]]
    ) -> tuple[set[str], dict[str, str], set[str], set[str]]:
        """Return what is in hand, who has begun what, what nobody on duty has begun, and what its agent may not do.

        An agent has one task in hand: the one said to be in progress, else the one begun last; whatever else the
        agent has begun waits for the same agent. What its agent may not do would wait for nobody, were it pinned.
        """
        opened: dict[str, list[Row]] = defaultdict(list)
        deserted: set[str] = set()
        in_error: set[str] = set()
        for row in rows:
            holder = row["pinned_agent"] if row["in_progress"] else None
            if row["in_progress"] and holder is None:
                self._fault(row, "in_progress", True, "a pinned_agent beside it, who has the task open")
            if holder is None and row["started"] is not None and row["started"] <= self._in.at:
                holder = row["done_by"]
            if holder is None:
                continue
            if holder not in self._in.on_duty:
                deserted.add(row["id"])
            elif holder in barred.get(row["id"], ()) or not self._may_do(row, self._in.agents[holder]):
                in_error.add(row["id"])
            else:
                opened[holder].append(row)
        in_hand = {
            max(rows, key=lambda row: (row["in_progress"], row["started"] or row["arrived"], row["id"]))["id"]
            for rows in opened.values()
        }
        return in_hand, {row["id"]: agent for agent, rows in opened.items() for row in rows}, deserted, in_error

    def _may_do(self, row: Row, agent: Agent) -> bool:
        """Return whether an agent may do a task: home or swing team, every skill at its level, not excluded."""
        kind = self._in.kinds[row["type"]]
        wanted = [*(kind["also_requires"] or {}).items(), *self._also_requires(row).items()]
        wanted.append((kind["skill"], kind["min_level"] if row["min_level"] is None else row["min_level"]))
        return (
            kind["team"] in (agent.team, *agent.swing_teams)
            and agent.id not in row["excluded_agents"]
            and all(skill in agent.skills and agent.skills[skill].level >= least for skill, least in wanted)
        )

    def _dues(self, chosen: Mapping[str, Row]) -> dict[str, int]:
        dues: dict[str, int] = {}
        promised: dict[str, tuple[int, float]] = {}
        for name, row in chosen.items():
            if row["due"] is not None:
                dues[name] = row["due"]
                continue
            minutes = self._in.standards.sla_minutes(row["type"], row["arrived"], self._in.calendar)
            if minutes is None:
                self._fault(row, "due", None, f"a deadline, or sla_minutes of its type {row['type']!r}")
            else:
                promised[name] = row["arrived"], minutes
        try:
            reached = due_after_open_minutes(
                self._in.calendar, [item[0] for item in promised.values()], [item[1] for item in promised.values()]
            )
        except ValueError as error:
            raise InputError.of(self._office.source, str(error), record="office_hours") from error
        return dues | dict(zip(promised, reached.tolist(), strict=True))

    def _task(
        self,
        row: Row,
        chosen: Mapping[str, Row],
        *,
        due: int,
        holder: str | None,
        is_in_hand: bool,
        is_handed_back: bool,
        barred: Collection[str],
    ) -> Task:
        kind = self._in.kinds[row["type"]]
        pinned = None if is_handed_back and row["in_progress"] else row["pinned_agent"]
        if holder is not None:
            pinned = holder
        if pinned is not None and not self._is_known(row, "pinned_agent", pinned):
            pinned = None
        excluded = set(self._agents(row, "excluded_agents")) if row["excluded_agents"] else set()
        excluded.update(agent for agent in barred if agent in self._in.agents)
        # What a record takes by default need not be said; most tasks have little else.
        said = {
            "name": row["title"],
            "handling_minutes": self._minutes(row, kind, holder),
            "min_level": row["min_level"],
            "also_requires": self._also_requires(row),
            "must_by": row["must_by"],
            "earliest_start": row["earliest_start"],
            "pinned_agent": pinned,
            "in_progress": is_in_hand,
            "preferred_agents": row["preferred_agents"] and tuple(self._agents(row, "preferred_agents")),
            "excluded_agents": tuple(sorted(excluded)),
            "separate_from": tuple(other for other in row["separate_from"] if other in chosen),
            "after": tuple(other for other in row["after"] if other in chosen),
            "attributes": self._attributes(row),
        }
        return Task(
            id=row["id"],
            type=row["type"],
            arrived=row["arrived"],
            due=due,
            weight=kind["weight"] if row["weight"] is None else row["weight"],
            **{name: value for name, value in said.items() if value or (value == 0 and value is not False)},
        )

    def _minutes(self, row: Row, kind: Row, holder: str | None) -> float | None:
        """Return what differs from the type's minutes; of a task that somebody has begun, what remains."""
        share, own, quantity = self._in.plannable_share, row["handling_minutes"], row["quantity"]
        expected = kind["handling_minutes"] * quantity if own is None else own
        if expected / share > MAX_MINUTES:
            self._fault(row, "quantity", quantity, f"units of no more than {MAX_MINUTES * share:,.0f} minutes in all")
            return None
        if holder is not None and not row["in_progress"]:
            worked = self._in.duty.worked_seconds(holder, row["started"], self._in.at) / SECONDS_PER_MINUTE
            return float(max(expected - worked, expected * MIN_REMAINING_SHARE) / share)
        return None if own is None and quantity == 1 else float(expected / share)

    def _also_requires(self, row: Row) -> dict[str, int]:
        demands = row["also_requires"] or {}
        return {**demands, CLEARANCE + row["client"]: 1} if row["client"] in self._guarded else demands

    def _attributes(self, row: Row) -> dict[str, Any]:
        made = dict(row[ATTRIBUTES])
        for key in _DESCRIPTION:
            if row[key]:
                made[key] = row[key]
        if row["client"] is not None:
            made["client"] = self._client_names.get(row["client"], row["client"])
        if row["quantity"] != 1:
            made["quantity"] = row["quantity"]
        return made

    def _agents(self, row: Row, column: str) -> Iterator[str]:
        """Yield the agents of a cell who are in the question; an agent elsewhere could not have done it anyway."""
        for agent in row[column]:
            if self._is_known(row, column, agent) and agent in self._in.agents:
                yield agent

    def _is_known(self, row: Row, column: str, agent: str) -> bool:
        if agent in self._in.known_agents:
            return True
        self._fault(row, column, agent, "the id of an agent")
        return False

    def _fault(self, row: Row, column: str, value: object, expected: str) -> None:
        self._faults.append(
            Fault(
                file=self._office.source,
                record=f"tasks ({row['id']!r})",
                field=column,
                value="empty" if value is None else shown(value),
                expected=expected,
            )
        )
