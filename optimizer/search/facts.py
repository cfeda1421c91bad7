"""An instance becomes the search's records: whole seconds, whole cost units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import Fault, InputError
from optimizer.instance import NEVER, NO_LIMIT, Floats, Instance, Ints, Seconds
from optimizer.kernels import compiled
from optimizer.search.board import Records
from optimizer.search.records import (
    AGENT,
    EXCLUDES,
    FAR,
    FRESH,
    IN_PROGRESS,
    MOST_TEAMS,
    MOST_TYPES,
    NUM_DELAYS,
    OFFICE,
    PREFERS,
    RULES,
    SEPARATE,
    SPAN,
    TASK,
    TYPE_BITS,
)  # fmt: skip

_EXACT_SCALE = 1200.0
"""Makes minutes, and the default coefficients of them, whole units for each second."""

_FINEST = 2**10
_MOST_ONCE = 2**30
_MOST_RATE = 2**24
_MOST_TOTAL = 2**56


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What does not change during a search, and the scale of its costs."""

    scale: float
    tasks: Records
    agents: Records
    spans: Records
    rules: Records
    office: Records
    delays: Seconds
    able: NDArray[np.uint32]
    speeds: Floats


def gather_facts(instance: Instance) -> Facts:
    """Return the records of an instance.

    Raises
    ------
    InputError
        If there are more task types or teams than a kind can tell apart.
    """
    for name, count, most in (
        ("task_types", instance.num_types, MOST_TYPES),
        ("teams", instance.num_teams, MOST_TEAMS),
    ):
        if count > most:
            raise InputError([Fault(file="problem", field=name, value=str(count), expected=f"at most {most} of them")])
    scale = choose_scale(instance)
    office = _office(instance)
    spans, agents = _agents(instance)
    able, speeds = _abilities(instance)
    return Facts(
        scale=scale,
        tasks=_tasks(instance, scale, office),
        agents=agents,
        spans=spans,
        rules=_rules(instance, scale),
        office=office,
        delays=_delays(instance),
        able=able,
        speeds=speeds,
    )


def choose_scale(instance: Instance) -> float:
    """Return the units per unit of the objective: exact where that is possible, and never so fine as to overflow."""
    costs, weights = instance.objective, instance.task_weight
    heaviest = float(weights.max(initial=0.0))
    per_second = max(costs.tardiness * heaviest / 60, costs.away / 60)
    once = max(costs.late * heaviest, costs.missed, costs.move, costs.preferred, costs.reassigned)
    horizon = float(max(1, int(np.clip(instance.task_carry_over, 0, FAR).max(initial=1))))
    everything = len(weights) * (
        costs.tardiness * heaviest * horizon / 60
        + (costs.late + costs.carried_over) * heaviest
        + costs.missed
        + costs.away * horizon / 60
        + costs.move
        + costs.preferred
        + costs.reassigned
    )
    limits = ((_MOST_RATE, per_second), (_MOST_ONCE, once), (_MOST_TOTAL, everything))
    most = min((limit / value for limit, value in limits if value > 0), default=_EXACT_SCALE)
    units = np.concatenate(
        [
            _EXACT_SCALE * costs.tardiness * weights / 60,
            _EXACT_SCALE * costs.late * weights,
            _EXACT_SCALE * np.array([costs.away / 60, costs.missed, costs.move, costs.preferred, costs.reassigned]),
        ]
    )
    is_exact = most >= _EXACT_SCALE and bool(np.all(np.abs(units - np.rint(units)) < 1e-6))
    return _EXACT_SCALE if is_exact else min(most, _EXACT_SCALE * _FINEST)


def _tasks(instance: Instance, scale: float, office: Records) -> Records:
    costs, weights = instance.objective, instance.task_weight
    tasks = np.zeros(instance.num_tasks, TASK)
    has = {name: np.diff(getattr(instance, f"{name}_ptr")) > 0 for name in ("excluded", "preferred", "separate")}
    tasks["work"] = 60 * instance.task_handling
    team = instance.type_team[instance.task_type].astype(np.int32)
    tasks["kind"] = (team << TYPE_BITS) | instance.task_type
    tasks["demand"] = instance.task_class
    tasks["release"] = np.minimum(instance.task_release, FAR)
    tasks["latest"] = FAR
    due = np.clip(instance.task_due, 0, FAR)
    tasks["due"] = due
    tasks["rate"] = np.rint(scale * costs.tardiness * weights / 60)
    tasks["late"] = np.where(instance.task_due >= 0, np.rint(scale * costs.late * weights), 0)
    tasks["must_by"] = np.clip(instance.task_must_by, -FAR, FAR)
    tasks["pinned"] = instance.task_pinned
    tasks["published"] = instance.task_published
    tasks["flags"] = (
        np.where(instance.task_in_progress, IN_PROGRESS, 0)
        | np.where(has["excluded"], EXCLUDES, 0)
        | np.where(has["preferred"], PREFERS, 0)
        | np.where(has["separate"], SEPARATE, 0)
    )
    done = instance.task_carry_over
    tardy = np.maximum(0, done - due)
    if len(office):
        tardy = np.maximum(0, _counted(instance, done) - _counted(instance, np.maximum(0, instance.task_due)))
    tasks["left"] = (
        tasks["rate"].astype(np.int64) * tardy
        + np.where(done > instance.task_due, tasks["late"], 0)
        + np.rint(scale * costs.carried_over * weights).astype(np.int64)
        + np.where((instance.task_must_by < NEVER) & (done > instance.task_must_by), np.rint(scale * costs.missed), 0)
    )
    tasks["lane"] = -1
    return tasks


def _counted(instance: Instance, instants: np.ndarray) -> np.ndarray:
    """Return the seconds inside office hours before each instant."""
    clipped = [np.clip(instants, s, e) - s for s, e in zip(instance.office_start, instance.office_end, strict=True)]
    return np.asarray(np.sum(clipped, axis=0))


def _office(instance: Instance) -> Records:
    office = np.zeros(len(instance.office_start), OFFICE)
    office["start"] = np.clip(instance.office_start, -FAR, FAR)
    office["end"] = np.clip(instance.office_end, -FAR, FAR)
    lengths = office["end"].astype(np.int64) - office["start"]
    office["before"] = np.clip(np.cumsum(lengths) - lengths, 0, FAR)
    return office


def _delays(instance: Instance) -> Seconds:
    """Return the delays worth tabulating: shares and multiples of the mean handling."""
    mean_s = 60 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0
    shares = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
    return np.maximum(np.arange(1, NUM_DELAYS + 1), np.rint(shares * min(mean_s, FAR / 8))).astype(np.int64)


def _rules(instance: Instance, scale: float) -> Records:
    costs = instance.objective
    rules = np.zeros(1, RULES)
    rules["same"] = min(instance.setup_same_team, FAR)
    rules["other"] = min(instance.setup_other_team, FAR)
    for name in ("move", "missed", "preferred", "reassigned"):
        rules[name] = round(scale * getattr(costs, name))
    rules["away"] = scale * costs.away / 60
    rules["words"] = (len(instance.class_ptr) - 1 + 31) // 32
    rules["num_types"] = instance.num_types
    rules["office"] = len(instance.office_start)
    return rules


def _agents(instance: Instance) -> tuple[Records, Records]:
    """Return the working intervals, those of each agent closed by one beyond time, and the agents' entry states."""
    agents = np.zeros(instance.num_agents, AGENT)
    agents["home"] = instance.agent_home
    agents["most_moves"] = instance.agent_max_moves
    agents["stay"] = np.minimum(instance.agent_min_stay, FAR)
    # A last move that is still to come (`state.team_since` after now) limits the next one even without a stay.
    agents["limited"] = (
        (instance.agent_max_moves < NO_LIMIT) | (instance.agent_min_stay > 0) | (instance.state_team_since > 0)
    )
    agents["progress"] = -1
    open_tasks = np.flatnonzero(instance.task_in_progress)
    agents["progress"][instance.task_pinned[open_tasks]] = open_tasks
    shift_ptr, work_ptr = instance.agent_shift_ptr.tolist(), instance.shift_work_ptr.tolist()
    starts = np.maximum(instance.work_start, 0).tolist()
    ends = np.minimum(instance.work_end, FAR - 1).tolist()
    entries = np.zeros((instance.num_agents, 3), np.int64)  # shift, span and instant at which an agent enters
    spans: list[tuple[int, int, int, int]] = []
    for a in range(instance.num_agents):
        entries[a] = -1, len(spans), FAR
        for shift in range(shift_ptr[a], shift_ptr[a + 1]):
            rows = range(work_ptr[shift], work_ptr[shift + 1])
            work = [(starts[n], ends[n]) for n in rows if ends[n] > 0 and starts[n] < FAR - 1]
            if work and entries[a, 0] < 0:
                entries[a] = shift, len(spans), work[0][0]
            left, behind = sum(end - start for start, end in work), len(spans) + len(work)
            for start, end in work:
                left -= end - start
                spans.append((start, end, left, behind))
        spans.append((FAR, FAR, 0, len(spans)))
    _enter(instance, agents, *entries.T)
    return np.array(spans, SPAN), agents


def _enter(instance: Instance, agents: Records, shift: Seconds, span: Seconds, free: Seconds) -> None:
    """Set the states in which agents begin, each in the shift of its first working interval (-1 where it has none)."""
    agents["entry_span"], agents["entry_end"] = span, free
    agents["entry_kind"], agents["entry_moves"], agents["entry_since"] = FRESH, 0, -FAR
    is_open = shift >= 0
    is_open[is_open] = instance.shift_start[shift[is_open]] <= 0
    kind = instance.state_type.astype(np.int64)
    is_set_up = is_open & (kind >= 0)
    agents["entry_kind"][is_set_up] = (instance.type_team[kind[is_set_up]].astype(np.int64) << TYPE_BITS) | kind[
        is_set_up
    ]
    agents["entry_moves"][is_open] = instance.state_moves[is_open]
    agents["entry_since"][is_open] = np.maximum(-FAR, instance.state_team_since[is_open])


def _abilities(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    num_classes = len(instance.class_ptr) - 1
    words = (num_classes + 31) // 32
    able = np.zeros(instance.num_agents * words, np.uint32)
    speeds = np.zeros(instance.num_agents * instance.num_types, np.float64)
    # One class of demand may hold tasks of several types: the same skill at the same level.
    pairs = np.unique(instance.task_class.astype(np.int64) * instance.num_types + instance.task_type)
    _fill_abilities(
        instance.class_ptr, instance.class_agent, instance.class_speed,
        pairs // instance.num_types, pairs % instance.num_types, words, instance.num_types, able, speeds,
    )  # fmt: skip
    return able, speeds


@compiled(nogil=True)
def _fill_abilities(
    class_ptr: Ints,
    class_agent: Ints,
    class_speed: Floats,
    pair_class: NDArray[np.int64],
    pair_type: NDArray[np.int64],
    words: int,
    num_types: int,
    able: NDArray[np.uint32],
    speeds: Floats,
) -> None:
    for demand in range(len(class_ptr) - 1):
        for n in range(class_ptr[demand], class_ptr[demand + 1]):
            a = class_agent[n]
            able[a * words + (demand >> 5)] |= np.uint32(1 << (demand & 31))
    for pair in range(len(pair_class)):
        for n in range(class_ptr[pair_class[pair]], class_ptr[pair_class[pair] + 1]):
            speeds[class_agent[n] * num_types + pair_type[pair]] = class_speed[n]
