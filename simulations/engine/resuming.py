"""Work that is in somebody's hands when a simulation begins."""

from simulations.engine.bundles import inner
from simulations.engine.columns import (
    AGENT_GROUP,
    BUSY,
    HANDLING_S,
    HORIZON,
    LAST_AGENT,
    NUM_RUNNING,
    RESUMES,
    SETUP_S,
    SLOT,
    STARTED_AT,
    STATE,
    STRETCH_HIGH,
    STRETCH_LOW,
    SUM_BUSY,
    SUM_OVERTIME,
    TAKEN_AT,
)
from simulations.engine.duty import RECORD, clip, count_work, is_absent, pass_work
from simulations.engine.heaps import push_event
from simulations.engine.layout import Layout
from simulations.engine.workspace import Workspace

_START, _END = range(2)


@inner
def resume_task(
    layout: Layout, work: Workspace, agent: int, slot: int, since: float, left: float, seed: int, replication: int
) -> None:
    """Let a person go on with a task taken at `since`, of which so many seconds are left when the simulation begins."""
    real = work.agent_real[agent]
    work.agent_whole[agent, STATE] = BUSY
    work.agent_whole[agent, SLOT] = slot
    work.slot_whole[slot, LAST_AGENT] = agent
    real[TAKEN_AT], real[STARTED_AT] = since, since
    real[SETUP_S], real[HANDLING_S] = 0.0, left + count_work(layout, agent, since, 0.0, seed, replication)
    stretch, last = layout.agent_whole[agent, STRETCH_LOW], layout.agent_whole[agent, STRETCH_HIGH]
    while stretch < last and (
        layout.stretch_real[stretch, _END] <= 0.0
        or is_absent(layout, agent, layout.stretch_shift[stretch], seed, replication)
    ):
        stretch += 1
    is_in_shift = stretch < last and layout.shift_real[layout.stretch_shift[stretch], _START] <= 0.0
    if is_in_shift or (layout.switches[RESUMES] == 1 and stretch < last):
        at = max(0.0, layout.stretch_real[stretch, _START])
        finish = pass_work(layout, agent, stretch, at, left, seed, replication, work.group_sums, RECORD)
    else:  # in overtime
        finish = left
        seconds = clip(layout, 0.0, left)
        work.group_sums[layout.agent_whole[agent, AGENT_GROUP], SUM_BUSY] += seconds
        work.group_sums[layout.agent_whole[agent, AGENT_GROUP], SUM_OVERTIME] += seconds
    if finish <= layout.amounts[HORIZON]:
        size = push_event(work.running_at, work.running_agent, work.counts[NUM_RUNNING], finish, agent)
        work.counts[NUM_RUNNING] = size
