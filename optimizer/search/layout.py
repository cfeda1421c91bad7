"""Agents are dealt to lanes, and their sequences laid out lane by lane, so that each lane's work stays in cache.

A lane owns its agents, the tasks they hold and a share of the pool: lanes share nothing that any of them writes, so
that the outcome does not depend on how many threads run them.
"""

import numpy as np

from optimizer.instance import Instance, Ints
from optimizer.kernels import compiled
from optimizer.search.board import Board, Records
from optimizer.search.choosing import below, seconds_for, write_slot
from optimizer.search.facts import Facts
from optimizer.search.records import BLOCKED, LANE, NUM_DELAYS, OFFER, SIDE, SLOT, UNKNOWN
from optimizer.search.walking import enter, settle

_SPARE_PLACES = 16
_AGENTS_A_LANE = 25


def count_lanes(num_agents: int) -> int:
    """Return the number of lanes: even, and a matter of the problem's size only."""
    if num_agents < 6:
        return 1
    return 2 * max(1, round(num_agents / (2 * _AGENTS_A_LANE)))


def list_agent_teams(instance: Instance) -> tuple[Ints, Ints]:
    """Return for each agent, as a list of lists, its home team and each team in which it can do a task."""
    class_team = np.zeros(len(instance.class_ptr) - 1, np.int64)
    class_team[instance.task_class] = instance.type_team[instance.task_type]
    teams = np.repeat(class_team, np.diff(instance.class_ptr))
    pairs = np.concatenate(
        [
            instance.class_agent * np.int64(instance.num_teams) + teams,
            np.arange(instance.num_agents) * np.int64(instance.num_teams) + instance.agent_home,
        ]
    )
    pairs = np.unique(pairs)
    ptr = np.searchsorted(pairs // instance.num_teams, np.arange(instance.num_agents + 1))
    return ptr.astype(np.int32), (pairs % instance.num_teams).astype(np.int32)


def deal_agents(teams: tuple[Ints, Ints], num_lanes: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Deal agents to lanes, alike ones together: by one of their teams, the teams in random order.

    Returns
    -------
    lane_agents : (A,) lane by lane
    lane_ptr : (L + 1,)
    """
    ptr, items = teams
    num_agents = len(ptr) - 1
    team = items[ptr[:-1] + random.integers(0, np.diff(ptr))]
    rank = random.permutation(int(items.max(initial=0)) + 1)
    order = np.lexsort((random.random(num_agents), rank[team]))
    order = np.roll(order, int(random.integers(0, max(1, num_agents))))
    return order.astype(np.int32), np.linspace(0, num_agents, num_lanes + 1).astype(np.int32)


def lay_out(
    instance: Instance,
    facts: Facts,
    lanes: tuple[Ints, Ints],
    sequences: tuple[Ints, Ints],
    key: tuple[int, ...],
    least_rooms: Ints | None = None,
) -> Board:
    """Return a board on which each agent holds a sequence that is feasible for it, and every lane its pool.

    Parameters
    ----------
    lanes : the agents, and where those of each lane begin
    sequences : the tasks of each agent in order, as a list of lists
    key : of the random streams
    least_rooms : (A,) places that a row must have
    """
    lane_agents, lane_ptr = lanes
    num_agents, num_lanes = instance.num_agents, len(lane_ptr) - 1
    num_classes = len(instance.class_ptr) - 1
    sizes = np.diff(sequences[0])
    rooms = sizes + sizes // 4 + _SPARE_PLACES
    if least_rooms is not None:
        rooms = np.maximum(rooms, least_rooms)
    most = int(rooms.max(initial=0)) + 4
    agents = facts.agents.copy()
    agents["room"] = rooms
    rows = np.zeros(num_lanes, LANE)
    rows["agent_from"], rows["agent_to"] = lane_ptr[:-1], lane_ptr[1:]
    rows["key"] = np.random.SeedSequence(key).generate_state(num_lanes, np.uint64)
    num_slots = int(rooms.sum()) + num_agents + 3 * most * num_lanes
    board = Board(
        slots=np.empty(num_slots, SLOT),
        starts=np.zeros(num_slots, np.int32),
        gains=np.full(num_slots, UNKNOWN, np.int64),
        delays=facts.delays,
        delay_costs=np.zeros(num_slots * NUM_DELAYS, np.float64),
        spans=facts.spans,
        agents=agents,
        tasks=facts.tasks,
        rules=facts.rules,
        office=facts.office,
        task_agent=np.full(instance.num_tasks, -1, np.int32),
        able=facts.able,
        speeds=facts.speeds,
        excluded_ptr=instance.excluded_ptr,
        excluded_agent=instance.excluded_agent,
        preferred_ptr=instance.preferred_ptr,
        preferred_agent=instance.preferred_agent,
        separate_ptr=instance.separate_ptr,
        separate_task=instance.separate_task,
        lanes=rows,
        offers=np.zeros(num_lanes, OFFER),
        sides=np.zeros(2 * num_lanes, SIDE),
        lane_agents=lane_agents,
        pool=np.zeros(instance.num_tasks, np.int32),
        member_ptr=np.zeros(num_lanes * num_classes + 1, np.int32),
        members=np.zeros(len(instance.class_agent), np.int32),
    )
    _fill(board, sequences[0], sequences[1], most, instance.class_ptr, instance.class_agent)
    return board


@compiled(nogil=True)
def _fill(board: Board, sequence_ptr: Ints, sequence_task: Ints, most: int, class_ptr: Ints, class_agent: Ints) -> None:
    num_lanes = len(board.lanes)
    agent_lane = np.zeros(len(board.agents), np.int32)
    at = 0
    for lane in range(num_lanes):
        row = board.lanes[lane]
        for n in range(row.agent_from, row.agent_to):
            a = board.lane_agents[n]
            agent_lane[a] = lane
            agent = board.agents[a]
            agent.base = at
            _seat_all(board, a, sequence_task[sequence_ptr[a] : sequence_ptr[a + 1]])
            at += 1 + agent.room
        row.stage = at
        row.spare = at + 2 * most
        at += 3 * most
    _deal_pool(board, agent_lane, class_ptr, class_agent)
    _list_members(board, agent_lane, class_ptr, class_agent)


@compiled(is_inner=True, nogil=True)
def _seat_all(board: Board, a: int, tasks: Records) -> None:
    agent = board.agents[a]
    enter(board.slots, board.agents, a)
    size = 0
    for i in tasks:
        if not board.tasks[i].flags & BLOCKED:
            size += 1
            board.task_agent[i] = a
            write_slot(board, agent.base + size, i, a, seconds_for(board, i, a))
    agent.size = size
    agent.first = 1
    if size > 0 and board.slots[agent.base + 1].task == agent.progress:
        agent.first = 2
    settle(
        board.slots, board.starts, board.gains, board.spans, board.agents, board.tasks, board.rules, board.office, a, 0
    )


@compiled(is_inner=True, nogil=True)
def _deal_pool(board: Board, agent_lane: Ints, class_ptr: Ints, class_agent: Ints) -> None:
    """Give each unscheduled task to the lane of some agent who may do it."""
    num_lanes = len(board.lanes)
    room = np.zeros(num_lanes + 1, np.int64)
    for i in range(len(board.tasks)):
        task = board.tasks[i]
        a = board.task_agent[i]
        if a >= 0:
            task.lane = agent_lane[a]
        elif task.pinned >= 0:
            task.lane = agent_lane[task.pinned]
        else:
            first, count = class_ptr[task.demand], class_ptr[task.demand + 1] - class_ptr[task.demand]
            if count == 0:
                task.lane = -1
                continue
            task.lane = agent_lane[class_agent[first + below(board.lanes, 0, count)]]
        room[task.lane + 1] += 1
    for lane in range(num_lanes):
        room[lane + 1] += room[lane]
        board.lanes[lane].pool_from = room[lane]
        board.lanes[lane].pool_size = 0
    for i in range(len(board.tasks)):
        task = board.tasks[i]
        if task.lane >= 0 and board.task_agent[i] < 0:
            row = board.lanes[task.lane]
            board.pool[row.pool_from + row.pool_size] = i
            row.pool_size += 1


@compiled(is_inner=True, nogil=True)
def _list_members(board: Board, agent_lane: Ints, class_ptr: Ints, class_agent: Ints) -> None:
    """List for each lane and class of demand the agents of the lane who can meet it."""
    num_classes = len(class_ptr) - 1
    for demand in range(num_classes):
        for n in range(class_ptr[demand], class_ptr[demand + 1]):
            board.member_ptr[agent_lane[class_agent[n]] * num_classes + demand + 1] += 1
    for group in range(len(board.member_ptr) - 1):
        board.member_ptr[group + 1] += board.member_ptr[group]
    filled = board.member_ptr.copy()
    for demand in range(num_classes):
        for n in range(class_ptr[demand], class_ptr[demand + 1]):
            group = agent_lane[class_agent[n]] * num_classes + demand
            board.members[filled[group]] = class_agent[n]
            filled[group] += 1
