"""The one way from a scenario to the engine's columns: ids become positions, instants become seconds."""

from dataclasses import dataclass

import numpy as np

from models.formats.scenarios.reading import Question
from models.formats.scenarios.scenario import AgentGroup, Distribution, Scenario, Sla
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import Rule
from optimizer.policy import CODE_OF_RULE
from optimizer.terms import price_premiums
from services.simulating.abilities import Abilities, lay_out_abilities
from services.simulating.demand import Demand, backlog_columns, count_expected, lay_out_demand
from services.simulating.rosters import Rosters, lay_out_calendars, lay_out_rosters
from services.simulating.wall_clock import WallClock
from simulations.engine import columns
from simulations.engine.layout import Layout, Reals, Wholes, freeze
from simulations.randomness import distributions
from simulations.randomness.philox import name_stream

SERIES_INTERVAL_S = 3600.0

_KINDS = {
    "deterministic": distributions.DETERMINISTIC,
    "exponential": distributions.EXPONENTIAL,
    "lognormal": distributions.LOGNORMAL,
    "gamma": distributions.GAMMA,
    "weibull": distributions.WEIBULL,
    "empirical": distributions.EMPIRICAL,
}
_ORDERS = {
    "longest_idle": columns.LONGEST_IDLE,
    "specialist": columns.SPECIALIST,
    "fastest": columns.FASTEST,
}
_PREFERENCES = {"shortest": columns.SHORTEST, "own_type": columns.OWN_TYPE, "newest": columns.NEWEST}


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """A scenario as columns, and what their positions stand for.

    Attributes
    ----------
    groups
        The groups of agents in order of their ids, which is the order of the engine.
    agent_ids
        Of each agent.
    expected
        Arrivals by task type over the whole time: from rates and from traces.
    rostered_s
        Seconds of all shifts of one agent in the counted period, by group.
    warm_up_s, horizon_s
        What is counted lies between these.
    """

    question: Question
    layout: Layout
    demand: Demand
    groups: tuple[AgentGroup, ...]
    agent_ids: tuple[str, ...]
    expected: Reals
    rostered_s: tuple[float, ...]
    warm_up_s: float
    horizon_s: float

    @property
    def scenario(self) -> Scenario:
        """The scenario itself."""
        return self.question.scenario


def assemble_scenario(question: Question, *, warm_up_days: float | None = None) -> Assembly:
    """Return a scenario as columns.

    Parameters
    ----------
    warm_up_days
        In place of the scenario's.
    """
    scenario = question.scenario
    clock = WallClock(scenario, file=question.file)
    days = scenario.warm_up_days if warm_up_days is None else warm_up_days
    horizon, warm_up = clock.after(scenario.days), clock.after(days or 0.0)
    groups = sorted(scenario.agents, key=lambda group: group.id)
    demand = lay_out_demand(question, clock, horizon=horizon)
    expected, traced = count_expected(question, demand)
    queue_of, queue_type, queue_weight = _number_queues(scenario, demand)
    abilities = lay_out_abilities(scenario, groups, queue_type)
    rosters = lay_out_rosters(scenario, groups, clock, warm_up=warm_up, horizon=horizon)
    event_at, event_whole = rosters.event_columns()
    slas = [kind.sla for kind in scenario.task_types] + [process.sla for process in scenario.processes]
    longest_sla_s = max((sla.minutes * SECONDS_PER_MINUTE for sla in slas if sla is not None), default=0.0)
    oldest = max((-row[0] for row in demand.backlog), default=0.0)
    open_real, calendar_ptr = lay_out_calendars(scenario, clock, oldest_s=oldest, longest_sla_s=longest_sla_s)
    backlog_real, backlog_whole = backlog_columns(demand)
    values: list[float] = []
    type_whole, type_real = _type_columns(scenario, values)
    step_whole, branch_step, branch_until = _step_columns(scenario)
    agents = [(n, group, number) for n, group in enumerate(groups) for number in range(1, group.count + 1)]
    agent_ids = tuple(f"{group.id}-{number:03d}" for _, group, number in agents)
    agent_whole = [
        (
            abilities.group_class[n],
            n,
            2**62 if group.max_moves is None else group.max_moves,
            name_stream("absence", name),
            name_stream("choice", name),
            *rosters.group_stretches[n],
        )
        for (n, group, _), name in zip(agents, agent_ids, strict=True)
    ]
    switches, amounts = _policy_columns(scenario, expected, values, warm_up=warm_up, horizon=horizon)
    capacity = _list_capacity(groups, rosters, horizon)
    calendars = {calendar.id: n for n, calendar in enumerate(scenario.calendars)}
    process_slas = [_sla_columns(process.sla, calendars) for process in scenario.processes]
    layout = Layout(
        switches=switches,
        amounts=amounts,
        type_whole=type_whole,
        type_real=type_real,
        step_whole=step_whole,
        branch_step=branch_step,
        branch_until=branch_until,
        process_whole=_wholes([sla[0] for sla in process_slas]),
        process_real=_reals([sla[1] for sla in process_slas]),
        queue_whole=_queue_columns(scenario, queue_type, demand),
        queue_weight=_reals(queue_weight),
        queue_of=queue_of,
        queue_classes=abilities.queue_classes,
        queue_unheld=abilities.queue_unheld,
        class_whole=abilities.class_whole,
        class_queues=abilities.class_queues,
        class_engaged=abilities.class_engaged,
        class_all=abilities.class_all,
        class_speed=abilities.class_speed,
        class_premium=_price_classes(abilities, scenario, queue_type, expected + traced, capacity),
        class_next=abilities.class_next,
        agent_whole=_wholes(agent_whole, 7),
        agent_absence=_reals([group.absence for _, group, _ in agents]),
        agent_live=np.full((len(agents), 3), -1, dtype=np.int64),
        group_ptr=_wholes(np.cumsum([0, *(group.count for group in groups)])),
        stretch_real=_reals(rosters.stretches, 2),
        stretch_shift=_wholes(rosters.stretch_shift),
        shift_real=_reals(rosters.shifts, 2),
        shift_whole=_wholes(rosters.shift_whole, 2),
        event_at=event_at,
        event_whole=event_whole,
        stream_whole=_wholes(demand.streams, 8),
        stream_shape=_reals(demand.shapes),
        piece_real=_reals(demand.pieces, 3),
        piece_day=_wholes(demand.piece_day),
        trace_real=_reals(demand.trace, 3),
        trace_whole=_wholes(demand.trace_whole, 2),
        backlog_real=backlog_real,
        backlog_whole=backlog_whole,
        open_real=open_real,
        calendar_ptr=calendar_ptr,
        values=_reals(values or [0.0]),
    )
    return Assembly(
        question=question,
        layout=freeze(layout),
        demand=demand,
        groups=tuple(groups),
        agent_ids=agent_ids,
        expected=expected + traced,
        rostered_s=tuple(rosters.rostered_s),
        warm_up_s=warm_up,
        horizon_s=horizon,
    )


def _wholes(rows: object, width: int | None = None) -> Wholes:
    made = np.array(rows, dtype=np.int64)
    return np.ascontiguousarray(made if width is None else made.reshape(-1, width))


def _reals(rows: object, width: int | None = None) -> Reals:
    made = np.array(rows, dtype=np.float64)
    return np.ascontiguousarray(made if width is None else made.reshape(-1, width))


def _number_queues(scenario: Scenario, demand: Demand) -> tuple[Wholes, list[int], list[float]]:
    """Return the queue of each weight and type, and the type and the weight of each queue."""
    types = scenario.task_types
    queue_of = np.zeros((1 + len(demand.weights), len(types)), dtype=np.int64)
    queue_of[0] = np.arange(len(types))
    queue_type = list(range(len(types)))
    queue_weight = [kind.weight for kind in types]
    for n, weight in enumerate(demand.weights, start=1):
        for kind, facts in enumerate(types):
            if weight == facts.weight:
                queue_of[n, kind] = kind
                continue
            queue_of[n, kind] = len(queue_type)
            queue_type.append(kind)
            queue_weight.append(weight)
    return queue_of, queue_type, queue_weight


def _queue_columns(scenario: Scenario, queue_type: list[int], demand: Demand) -> Wholes:
    """Return the queues; a queue is monotone where what is enabled later is never due earlier."""
    teams = {team.id: n for n, team in enumerate(scenario.teams)}
    in_process = {step.task_type for process in scenario.processes for step in process.steps}
    has_given_dues = any(not np.isnan(row[2]) for row in demand.trace)
    rows = []
    for kind in queue_type:
        facts = scenario.task_types[kind]
        rows.append((kind, teams[facts.team], int(facts.id not in in_process and not has_given_dues)))
    return _wholes(rows, 3)


def _distribution_columns(value: Distribution, values: list[float]) -> tuple[int, float, float]:
    kind = _KINDS[value.distribution]
    if value.distribution == "empirical":
        first = len(values)
        values += [minutes * SECONDS_PER_MINUTE for minutes in value.minutes]
        return kind, float(first), float(len(value.minutes))
    a, b = distributions.get_parameters(kind, value.mean * SECONDS_PER_MINUTE, value.cv or 0.0)
    return kind, a, b


def _sla_columns(sla: Sla | None, calendars: dict[str, int]) -> tuple[int, float]:
    if sla is None:
        return columns.NO_SLA, 0.0
    calendar = columns.NO_CALENDAR if sla.calendar is None else calendars[sla.calendar]
    return calendar, sla.minutes * SECONDS_PER_MINUTE


def _type_columns(scenario: Scenario, values: list[float]) -> tuple[Wholes, Reals]:
    teams = {team.id: n for n, team in enumerate(scenario.teams)}
    calendars = {calendar.id: n for n, calendar in enumerate(scenario.calendars)}
    whole, real = [], []
    for kind in scenario.task_types:
        handling, a, b = _distribution_columns(kind.handling, values)
        patience, c, d = (-1, 0.0, 0.0) if kind.patience is None else _distribution_columns(kind.patience, values)
        calendar, sla_s = _sla_columns(kind.sla, calendars)
        whole.append((teams[kind.team], handling, patience, calendar))
        real.append((a, b, c, d, sla_s, kind.handling.mean * SECONDS_PER_MINUTE))
    return _wholes(whole, 4), _reals(real, 6)


def _step_columns(scenario: Scenario) -> tuple[Wholes, Wholes, Reals]:
    types = {kind.id: n for n, kind in enumerate(scenario.task_types)}
    whole = [(n, -1, 0, 0) for n in range(len(types))]
    branch_step: list[int] = []
    branch_until: list[float] = []
    for position, process in enumerate(scenario.processes):
        first = len(whole)
        steps = {step.id: first + n for n, step in enumerate(process.steps)}
        for step in process.steps:
            low, until = len(branch_step), 0.0
            for branch in step.next:
                until += branch.probability
                branch_step.append(steps[branch.step])
                branch_until.append(until)
            if step.next and until > 1 - 1e-9:
                branch_until[-1] = 1.0  # a sum that is 1 but for rounding
            whole.append((types[step.task_type], position, low, len(branch_step)))
    return _wholes(whole, 4), _wholes(branch_step), _reals(branch_until)


def _list_capacity(groups: list[AgentGroup], rosters: Rosters, horizon: float) -> Reals:
    """Return the working minutes of each group that are expected of those who come."""
    stretches = np.clip(np.array(rosters.stretches, dtype=np.float64).reshape(-1, 2), 0.0, horizon)
    lengths = stretches[:, 1] - stretches[:, 0]
    each = [float(lengths[low:high].sum()) for low, high in rosters.group_stretches]
    here = [group.count * (1 - group.absence) for group in groups]
    return _reals(np.array(each) * np.array(here) / SECONDS_PER_MINUTE)


def _price_classes(
    abilities: Abilities, scenario: Scenario, queue_type: list[int], expected: Reals, capacity: Reals
) -> Reals:
    """Return what an hour of each class is worth beyond the cheapest that could do a queue."""
    groups = abilities.class_whole[:, columns.CLASS_GROUP]
    speed = abilities.class_speed[abilities.group_class][:, : len(expected)]
    work = expected * np.array([kind.handling.mean for kind in scenario.task_types])
    premium = price_premiums(work, capacity, speed)
    return np.ascontiguousarray(premium[groups][:, queue_type])


def _policy_columns(
    scenario: Scenario, expected: Reals, values: list[float], *, warm_up: float, horizon: float
) -> tuple[Wholes, Reals]:
    policy = scenario.policy
    switches = np.zeros(columns.NUM_SWITCHES, dtype=np.int64)
    amounts = np.zeros(columns.NUM_AMOUNTS)
    is_threshold, is_pull = policy.swing.mode == "threshold", policy.selection.mode == "pull"
    has_limits = any(group.max_moves is not None for group in scenario.agents)
    is_planned, has_teams = policy.routing == "planned", policy.swing.mode == "planned"
    rule = Rule.ATC if is_planned else Rule(policy.routing)
    terms = (policy.dispatch.price, policy.dispatch.shift_fit, policy.dispatch.continuity)
    has_terms = rule is Rule.ATC and any(terms)
    switches[columns.RULE] = CODE_OF_RULE[rule]
    switches[columns.IS_PLANNED], switches[columns.HAS_TEAMS] = is_planned, has_teams
    switches[columns.HAS_TERMS], switches[columns.IS_PERSONAL] = has_terms, has_terms or is_planned
    switches[columns.IDLE_ORDER] = _ORDERS[policy.idle_agent]
    switches[columns.RESUMES] = policy.shift_end == "resume"
    switches[columns.IS_PULL] = is_pull
    switches[columns.PREFERS] = _PREFERENCES[policy.selection.prefers]
    switches[columns.HAS_THRESHOLD] = is_threshold
    switches[columns.ENGAGE] = policy.swing.engage_tasks or 1
    switches[columns.HAS_IDLE_WITH_WORK] = is_threshold or is_pull or has_limits or has_teams
    switches[columns.IS_SIMPLE] = not (is_pull or is_planned or has_teams or has_terms)
    means = np.array([kind.handling.mean * SECONDS_PER_MINUTE for kind in scenario.task_types])
    weights = expected if expected.sum() > 0 else np.ones(len(means))
    mean = float(np.average(means, weights=weights))
    amounts[columns.HORIZON], amounts[columns.WARM_UP] = horizon, warm_up
    amounts[columns.SCALE] = max(policy.dispatch.k * mean, 1e-6)
    amounts[columns.MEAN_HANDLING] = max(mean, 1e-6)
    amounts[columns.PRICE], amounts[columns.SHIFT_FIT], amounts[columns.CONTINUITY] = terms
    amounts[columns.EPOCH_EVERY] = policy.planned.replan_minutes * SECONDS_PER_MINUTE
    amounts[columns.FIRST_EPOCH] = 0.0 if is_planned or has_teams else np.inf
    amounts[columns.DWELL] = policy.swing.min_dwell_minutes * SECONDS_PER_MINUTE
    amounts[columns.SETUP_SAME] = scenario.setup.same_team_minutes * SECONDS_PER_MINUTE
    amounts[columns.SETUP_OTHER] = scenario.setup.other_team_minutes * SECONDS_PER_MINUTE
    amounts[columns.INTERVAL] = SERIES_INTERVAL_S
    if policy.selection.choose is not None:
        kind, a, b = _distribution_columns(policy.selection.choose, values)
        switches[columns.CHOOSE_KIND] = kind
        amounts[columns.CHOOSE_A], amounts[columns.CHOOSE_B] = a, b
        amounts[columns.CHERRY] = policy.selection.cherry_pick
    return switches, amounts
