"""The ranking against a plain exhaustive one, over thousands of random desks, and its terms one by one."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from optimizer.next_task import MOST_LISTED, Block, Ranking, Term, make_board, rank, tell_block
from optimizer.next_task.columns import (
    CHUNK,
    NO_INSTANT,
    NO_RATE,
    NOBODY,
    AgentView,
    Circumstances,
    TaskColumns,
    empty_columns,
)
from optimizer.next_task.ranking import NUM_BUCKETS, ZERO_BUCKET, bucket_bounds
from optimizer.next_task.terms import SPREAD
from optimizer.next_task.tiny import tiny_desk
from optimizer.policy import ATC, EDF, FIFO, LEAST_EXPONENT, NO_DUE, NO_URGENCY, PRIORITY, SLACK, SPT, WSPT

NUM_STATES = 10_000
NOW = 1_772_434_800.0
RULES = (ATC, ATC, ATC, WSPT, FIFO, EDF, SLACK, PRIORITY, SPT)
BUCKETS = sorted((bucket_bounds(at) for at in range(NUM_BUCKETS)), key=lambda bounds: (bounds[0], bounds[1]))
STARTS = [low for low, _ in BUCKETS]
Desk = tuple[TaskColumns, AgentView, Circumstances]
Lists = Any
"""Columns as lists: plain Python is slow enough without numpy's numbers."""


@dataclass(frozen=True)
class Weighed:
    """A task as the plain ranking sees it."""

    slot: int
    index: float
    tier: int
    terms: list[float]
    key: tuple[float, ...]


def plain_block(tasks: Lists, view: Lists, ask: Circumstances, slot: int) -> Block:
    if not tasks.is_waiting[slot]:
        return Block.NOT_WAITING
    demand = tasks.demand[slot]
    checks = [
        (view.block[demand] == Block.TEAM, Block.TEAM),
        (view.block[demand] == Block.SKILL, Block.SKILL),
        (view.block[demand] == Block.CLEARANCE, Block.CLEARANCE),
        (tasks.pinned[slot] not in {NOBODY, ask.agent}, Block.PINNED),
        (view.barred[slot] == Block.EXCLUDED, Block.EXCLUDED),
        (view.barred[slot] == Block.FOUR_EYES, Block.FOUR_EYES),
        (tasks.num_before[slot] > 0, Block.PREDECESSOR),
        (tasks.earliest[slot] > ask.now, Block.TOO_EARLY),
        (view.block[demand] == Block.MOVE_CAP, Block.MOVE_CAP),
        (view.block[demand] == Block.DWELL, Block.DWELL),
        (
            max(1, math.floor(tasks.standard_s[slot] / view.speed[demand] + 0.5)) > view.room_s[demand],
            Block.SHIFT_END,
        ),
        (view.barred[slot] == Block.SKIPPED, Block.SKIPPED),
    ]
    return next((block for holds, block in checks if holds), Block.ELIGIBLE)


def plain_atc(weight: float, handling: float, due_in: float, scale: float) -> float:
    if weight <= 0:
        return NO_URGENCY
    exponent = math.log(weight / handling) - max(0.0, due_in - handling) / scale
    return math.exp(exponent) if exponent > LEAST_EXPONENT else exponent - LEAST_EXPONENT


def plain_index(tasks: Lists, view: Lists, ask: Circumstances, slot: int) -> float:
    weight, due = float(tasks.weight[slot]), float(tasks.due[slot])
    handling = float(tasks.standard_s[slot] / view.speed[tasks.demand[slot]])
    if ask.rule == ATC:
        return NO_URGENCY if due >= NO_DUE else plain_atc(weight, handling, due - ask.now, ask.scale_s)
    due_in = due - ask.now if due < NO_DUE else due
    return {
        FIFO: ask.now - float(tasks.enabled[slot]),
        EDF: -due_in,
        SLACK: handling - due_in,
        PRIORITY: weight,
        SPT: -handling,
        WSPT: weight / handling,
    }[ask.rule]


def plain_terms(tasks: Lists, view: Lists, ask: Circumstances, slot: int, index: float) -> list[float]:
    demand, weight = tasks.demand[slot], float(tasks.weight[slot])
    handling, setup = float(tasks.standard_s[slot] / view.speed[demand]), float(view.setup_s[demand])
    minutes = (handling + setup) / 60
    terms = dict.fromkeys(Term, 0.0)
    if ask.rule in {ATC, WSPT}:
        terms[Term.URGENCY] = ask.tardiness * ask.scale_s * max(0.0, index)
        if ask.now + handling <= tasks.due[slot]:
            terms[Term.ON_TIME] = 0.5 * ask.late * 60 * max(0.0, index)
    must_by = float(tasks.must_by[slot])
    if must_by < NO_INSTANT and ask.now + handling <= must_by:
        rate = plain_atc(ask.missed, handling, must_by - ask.now, ask.scale_s)
        terms[Term.MUST_BY] = 0.5 * 60 * max(0.0, rate)
    gained = terms[Term.URGENCY] + terms[Term.ON_TIME] + terms[Term.MUST_BY]
    terms[Term.SETUP] = -gained * setup / (handling + setup)
    terms[Term.PRICE] = -float(view.price[demand])
    terms[Term.AWAY] = -ask.away * float(view.is_away[demand])
    terms[Term.MOVE] = -ask.move * float(view.is_move[demand]) / minutes
    if tasks.num_preferred[slot] and not view.is_preferred[slot]:
        terms[Term.PREFERRED] = -ask.preferred / minutes
    planned = int(tasks.planned[slot])
    is_near = abs(float(tasks.planned_at[slot]) - ask.now) <= ask.plan_window_s
    if planned not in {NOBODY, ask.agent} and is_near and view.is_expected[planned]:
        terms[Term.REASSIGNED] = -ask.reassigned / minutes
    case = int(tasks.case[slot])
    if case != NOBODY and (case == ask.last_case or view.case_agent[case] == ask.agent):
        terms[Term.CONTINUITY] = ask.continuity / minutes
    spare = float(view.room_s[demand]) - handling
    if spare < SPREAD * handling:
        risk = min(1.0, max(0.0, 1 - spare / (SPREAD * handling)))
        terms[Term.SHIFT_END] = -ask.carried_over * weight * risk / minutes
    return [terms[term] for term in Term]


def as_lists(columns: TaskColumns | AgentView) -> Lists:
    return type(columns)(*(column.tolist() for column in columns))


def plain_ranking(tasks: TaskColumns, view: AgentView, ask: Circumstances) -> list[Weighed]:
    """Weigh every task in plain Python and sort them: the definition that the kernel must meet."""
    return rank_plainly(as_lists(tasks), as_lists(view), ask)


def rank_plainly(tasks: Lists, view: Lists, ask: Circumstances) -> list[Weighed]:
    found = []
    for slot in range(len(tasks.is_waiting)):
        if plain_block(tasks, view, ask, slot) is not Block.ELIGIBLE:
            continue
        index = plain_index(tasks, view, ask, slot)
        terms = plain_terms(tasks, view, ask, slot, index)
        score = 0.0
        for term in terms:
            score += term
        is_near = abs(float(tasks.planned_at[slot]) - ask.now) <= ask.plan_window_s
        tier = 2 if tasks.pinned[slot] == ask.agent else 1 if tasks.planned[slot] == ask.agent and is_near else 0
        first, second = (score, index) if ask.rule in {ATC, WSPT} else (index, score)
        if tier == 1:
            first, second = -float(tasks.planned_at[slot]), first
        key = (-tier, -first, -second, float(tasks.enabled[slot]), int(tasks.order[slot]))
        found.append(Weighed(slot, index, tier, terms, key))
    return sorted(found, key=lambda item: item.key)


def random_question(seed: int, view: AgentView) -> tuple[AgentView, Circumstances]:
    """Return who asks when and by which rule, and what is left of the shift."""
    random = np.random.default_rng(seed)
    room = np.full(len(view.room_s), float(random.choice([500.0, 700.0, 3600.0, 20_000.0, NO_INSTANT])))
    ask = tiny_desk()[2]._replace(
        agent=int(random.integers(0, len(view.is_expected))),
        last_case=int(random.integers(-1, len(view.case_agent))),
        now=NOW + float(random.integers(-3000, 3000)),
        rule=int(random.choice(RULES)),
        scale_s=float(random.choice([300.0, 1200.0, 5000.0])),
    )
    return view._replace(room_s=room), ask


def random_desk(seed: int, num_slots: int | None = None) -> Desk:
    """Return a desk on which everything that can happen happens now and then, and many tasks are alike."""
    random = np.random.default_rng(seed)
    num_tasks = int(random.integers(1, 40)) if num_slots is None else num_slots
    size = -(-num_tasks // CHUNK) * CHUNK
    num_demands, num_agents, num_cases = 6, 5, 8
    now = NOW
    tasks = empty_columns(size)

    def some(share: float) -> Any:
        return random.random(size) < share

    tasks.is_waiting[:] = some(0.9) & (np.arange(size) < num_tasks)
    tasks.chunk_waiting[:] = tasks.is_waiting.reshape(-1, CHUNK).sum(axis=1)
    tasks.demand[:] = random.integers(0, num_demands, size)
    if seed % 2:
        tasks.chunk_demand[:] = random.integers(0, num_demands, size // CHUNK)
        tasks.demand[:] = np.repeat(tasks.chunk_demand, CHUNK)
    tasks.standard_s[:] = random.choice([30.0, 600.0, 600.0, 1234.5, 5400.0], size)
    tasks.weight[:] = random.choice([0.0, 1.0, 1.0, 2.5, 40.0], size)
    rates = np.maximum(tasks.weight, 1e-300) / tasks.standard_s
    tasks.log_rate[:] = np.where(tasks.weight > 0, np.log(rates), NO_RATE)
    tasks.enabled[:] = now - random.choice([0, 60, 3600, 86_400, 864_000], size)
    tasks.due[:] = np.where(some(0.1), NO_DUE, now + random.choice([-90_000, -60, 900, 5400, 30_000, 10**7], size))
    tasks.must_by[:] = np.where(some(0.2), now + random.choice([-60, 300, 2000, 40_000], size), NO_INSTANT)
    tasks.earliest[:] = np.where(some(0.1), now + 60, tasks.enabled)
    tasks.case[:] = np.where(some(0.5), random.integers(0, num_cases, size), NOBODY)
    tasks.pinned[:] = np.where(some(0.1), random.integers(0, num_agents, size), NOBODY)
    tasks.planned[:] = np.where(some(0.4), random.integers(0, num_agents, size), NOBODY)
    tasks.planned_at[:] = now + random.choice([-10_000, -600, 600, 600, 7000, 20_000], size)
    tasks.num_before[:] = some(0.1)
    tasks.num_preferred[:] = 2 * some(0.3)
    tasks.order[:] = random.permutation(size) - size // 2
    tasks.id_high[:] = random.integers(0, 2**64, size, dtype=np.uint64)
    tasks.id_low[:] = random.integers(0, 2**64, size, dtype=np.uint64)
    blocks = [Block.ELIGIBLE] * 12 + [Block.TEAM, Block.SKILL, Block.CLEARANCE, Block.MOVE_CAP, Block.DWELL]
    is_move = (random.random(num_demands) < 0.3).astype(np.float64)
    barred = [Block.ELIGIBLE] * 12 + [Block.EXCLUDED, Block.FOUR_EYES, Block.SKIPPED]
    speed = random.choice([0.7, 1.0, 1.0, 1.3], num_demands)
    view = AgentView(
        block=random.choice(blocks, num_demands).astype(np.uint8),
        speed=speed,
        log_speed=np.log(speed),
        setup_s=np.where(is_move > 0, 300.0, random.choice([0.0, 60.0], num_demands)),
        room_s=np.full(num_demands, NO_INSTANT),
        price=random.choice([0.0, 0.0, 0.4, 3.0], num_demands),
        is_away=(random.random(num_demands) < 0.3).astype(np.float64),
        is_move=is_move,
        barred=random.choice(barred, size).astype(np.uint8),
        is_preferred=some(0.5).astype(np.uint8),
        case_agent=random.integers(-1, num_agents, num_cases).astype(np.int32),
        is_expected=random.integers(0, 2, num_agents).astype(np.uint8),
    )
    return tasks, *random_question(seed, view)


def assert_close(found: Any, wanted: Any) -> None:
    found, wanted = np.asarray(found, np.float64).ravel(), np.asarray(wanted, np.float64).ravel()
    assert (np.abs(found - wanted) <= 1e-12 + 1e-9 * np.abs(wanted)).all()


def assert_is_plain(plain: list[Weighed], ranking: Ranking, taken: int) -> None:
    """Assert that a ranking is the plain one in all that it says; keys may differ by rounding alone."""
    by_slot = {item.slot: item for item in plain}
    slots = ranking.slots.tolist()
    listed = slots[: min(MOST_LISTED, len(plain))]
    assert ranking.num_eligible == len(plain)
    assert len(listed) == min(MOST_LISTED, len(plain))
    for item, slot in zip(plain, listed, strict=False):
        if item.slot != slot:  # only where the two are alike but for the last digits
            other = by_slot[slot]
            assert other.tier == item.tier
            assert_close(other.key[1:3], item.key[1:3])
    assert_close(ranking.terms, [by_slot[slot].terms for slot in slots])
    assert_close(ranking.index, [by_slot[slot].index for slot in slots])
    assert ranking.tiers.tolist() == [by_slot[slot].tier for slot in slots]
    counted: dict[tuple[float, float], int] = {}
    for item in plain:
        low, high = BUCKETS[bisect_right(STARTS, abs(item.index)) - 1] if item.index else (0.0, 0.0)
        bounds = (low, high) if item.index >= 0 else (-high, 0.0 - low)
        counted[bounds] = counted.get(bounds, 0) + 1
    assert dict(ranking.index_counts) == counted
    assert (ranking.taken_rank is None) == (taken not in by_slot)


def test_the_first_task_is_that_of_an_exhaustive_ranking_in_ten_thousand_random_states() -> None:
    board = make_board()
    same, in_first_three, num_told, num_ranked, same_rank = 0, 0, 0, 0, 0
    for seed in range(NUM_STATES):
        if seed % 50 == 0:
            tasks, any_view, _ = random_desk(seed // 50)
            lists = as_lists(tasks)
        view, ask = random_question(seed, any_view)
        taken = seed % 40
        ranking = rank(tasks, view, ask, board, taken=taken)
        plain = rank_plainly(lists, as_lists(view), ask)
        assert_is_plain(plain, ranking, taken)
        if plain:
            num_told += 1
            same += ranking.slots[0] == plain[0].slot
            in_first_three += ranking.slots[0] in [item.slot for item in plain[:3]]
        if ranking.taken_rank is not None:
            num_ranked += 1
            same_rank += plain[ranking.taken_rank - 1].slot == taken
    assert num_told > 0.7 * NUM_STATES
    assert same >= 0.999 * num_told
    assert in_first_three == num_told
    assert same_rank >= 0.999 * num_ranked > 0.1 * NUM_STATES


def test_a_long_queue_is_listed_to_its_fiftieth_and_the_rank_of_any_task_is_told() -> None:
    desk = random_desk(7, num_slots=3000)
    plain = plain_ranking(*desk)
    board = make_board()
    for rank_ in (1, 2, 49, 50, 51, 300, len(plain)):
        item = plain[rank_ - 1]
        ranking = rank(*desk, board, taken=item.slot)
        assert ranking.slots.tolist()[:MOST_LISTED] == [item.slot for item in plain[:MOST_LISTED]]
        assert ranking.taken_rank == rank_
        assert len(ranking.slots) == MOST_LISTED + (rank_ > MOST_LISTED)
        assert item.slot in ranking.slots
        assert ranking.ranks[ranking.slots.tolist().index(item.slot)] == rank_
        assert sum(ranking.index_counts.values()) == len(plain)


def test_what_blocks_is_counted_and_told_as_the_plain_checks_say() -> None:
    for seed in range(300):
        tasks, view, ask = random_desk(seed)
        lists = as_lists(tasks), as_lists(view)
        blocks = [plain_block(*lists, ask, slot) for slot in range(len(tasks.is_waiting))]
        told = [tell_block(slot, ask.agent, ask.now, tasks, view) for slot in range(len(tasks.is_waiting))]
        assert told == blocks
        counted = rank(tasks, view, ask, make_board()).blocked
        others = [block for block in blocks if block > Block.NOT_WAITING]
        assert counted == {block: others.count(block) for block in set(others)}


def test_the_digest_is_the_sum_of_the_digests_of_all_that_are_eligible_whatever_their_order() -> None:
    desk = random_desk(12, num_slots=500)
    slots = [item.slot for item in plain_ranking(*desk)]
    high = sum(int(desk[0].id_high[slot]) for slot in slots) % 2**64
    low = sum(int(desk[0].id_low[slot]) for slot in slots) % 2**64
    assert rank(*desk, make_board()).digest == f"{high:016x}{low:016x}"
    order = np.random.default_rng(1).permutation(len(desk[0].order))
    columns: list[Any] = [column[order] if len(column) == len(order) else column for column in desk[0]]
    shuffled = TaskColumns(*columns)
    shuffled.chunk_waiting[:] = shuffled.is_waiting.reshape(-1, CHUNK).sum(axis=1)
    view = desk[1]._replace(barred=desk[1].barred[order], is_preferred=desk[1].is_preferred[order])
    again = rank(shuffled, view, desk[2], make_board())
    assert again.digest == f"{high:016x}{low:016x}"
    assert order[again.slots].tolist() == rank(*desk, make_board()).slots.tolist()


def test_every_index_lies_in_the_bounds_of_its_bucket() -> None:
    tasks, view, ask = tiny_desk()
    for exponent in range(-80, 80):
        for sign in (1.0, -1.0):
            tasks.weight[:] = 1.0
            tasks.standard_s[:] = 1.0
            due = -sign * float(Fraction(3, 2) * Fraction(2) ** exponent)
            tasks.due[:] = due
            ranking = rank(tasks, view, ask._replace(rule=EDF, now=0.0), make_board())
            ((low, high),) = ranking.index_counts
            assert low <= -due <= high
            assert ranking.index_counts[low, high] == 3
    assert bucket_bounds(ZERO_BUCKET) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("term", "change"),
    [
        (Term.PRICE, {"price": np.array([0.7])}),
        (Term.AWAY, {"is_away": np.ones(1)}),
        (Term.MOVE, {"is_move": np.ones(1)}),
        (Term.SETUP, {"setup_s": np.array([60.0])}),
        (Term.SHIFT_END, {"room_s": np.array([620.0])}),
    ],
)
def test_what_speaks_against_a_demand_is_its_own_term(term: Term, change: dict[str, Any]) -> None:
    tasks, view, ask = tiny_desk()
    before = rank(tasks, view, ask, make_board()).terms[0]
    after = rank(tasks, view._replace(**change), ask, make_board()).terms[0]
    assert before[term] == 0
    assert after[term] < 0
    assert [Term(int(at)) for at in np.flatnonzero(before != after)] == [term]


def test_a_task_of_the_plan_comes_before_the_most_urgent_and_a_leads_order_before_it() -> None:
    tasks, view, ask = tiny_desk()
    tasks.weight[:3], tasks.log_rate[0] = (1000.0, 1.0, 1.0), np.log(1000 / 600)
    tasks.planned[1], tasks.planned_at[1] = ask.agent, ask.now + 600
    assert rank(tasks, view, ask, make_board()).slots.tolist() == [1, 0, 2]
    tasks.pinned[2] = ask.agent
    assert rank(tasks, view, ask, make_board()).slots.tolist() == [2, 1, 0]
    tasks.planned_at[1] = ask.now + ask.plan_window_s + 1
    assert rank(tasks, view, ask, make_board()).slots.tolist() == [2, 0, 1]


def test_what_is_planned_for_somebody_who_is_expected_is_left_to_them_unless_it_is_worth_more() -> None:
    tasks, view, ask = tiny_desk()
    tasks.planned[0], tasks.planned_at[:] = 1, ask.now
    view = view._replace(is_expected=np.ones(2, np.uint8))
    tasks.weight[:3], tasks.log_rate[0] = (1.1, 1.0, 1.0), np.log(1.1 / 600)
    assert rank(tasks, view, ask, make_board()).slots[0] != 0
    gone = view._replace(is_expected=np.array([1, 0], np.uint8))
    assert rank(tasks, gone, ask, make_board()).slots[0] == 0
    tasks.weight[0], tasks.log_rate[0] = 1000.0, np.log(1000 / 600)
    assert rank(tasks, view, ask, make_board()).slots[0] == 0


def test_a_case_stays_with_who_knows_it_where_tasks_are_alike() -> None:
    tasks, view, ask = tiny_desk()
    tasks.case[2] = 0
    view = view._replace(case_agent=np.array([ask.agent], np.int32))
    ranking = rank(tasks, view, ask, make_board())
    assert ranking.slots[0] == 2
    assert ranking.terms[0, Term.CONTINUITY] > 0
    others = view._replace(case_agent=np.array([3], np.int32))
    assert rank(tasks, others, ask, make_board()).terms[:, Term.CONTINUITY].tolist() == [0, 0, 0]
    assert rank(tasks, others, ask._replace(last_case=0), make_board()).slots[0] == 2
