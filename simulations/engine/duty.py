"""How time at work passes: breaks pause it; at the end of a shift it goes on in overtime, or in the next shift."""

import numpy as np

from simulations.engine.bundles import inner
from simulations.engine.columns import (
    ABSENCE_STREAM,
    AGENT_GROUP,
    HORIZON,
    PRESENCE,
    RESUMES,
    SHIFT_KEY,
    STRETCH_HIGH,
    STRETCH_LOW,
    SUM_ATTENDED,
    SUM_BUSY,
    SUM_OVERTIME,
    WARM_UP,
)
from simulations.engine.layout import Layout, Reals
from simulations.randomness.philox import draw

_START, _END = range(2)
ONLY_LOOK, RECORD = range(2)


@inner
def is_absent(layout: Layout, agent: int, shift: int, seed: int, replication: int) -> bool:
    """Return whether an agent stays away for a whole shift; of one under way at the start that may be known."""
    if layout.agent_live[agent, PRESENCE] >= 0 and layout.shift_real[shift, _START] < 0.0:
        return layout.agent_live[agent, PRESENCE] == 0
    probability = layout.agent_absence[agent]
    if probability <= 0.0:
        return False
    unit, _ = draw(
        seed, replication, layout.agent_whole[agent, ABSENCE_STREAM], layout.shift_whole[shift, SHIFT_KEY], 0
    )
    return unit < probability


@inner
def clip(layout: Layout, start: float, end: float) -> float:
    """Return how much of a stretch of time is counted."""
    return max(0.0, min(end, layout.amounts[HORIZON]) - max(start, layout.amounts[WARM_UP]))


@inner
def pass_work(
    layout: Layout,
    agent: int,
    stretch: int,
    start: float,
    seconds: float,
    seed: int,
    replication: int,
    sums: Reals,
    mode: int,
) -> float:
    """Return when so many seconds of work end that begin at `start`, inside a working stretch.

    Parameters
    ----------
    sums
        Sums by group, to which busy time and overtime are added where `mode` is `RECORD`.
    """
    group = layout.agent_whole[agent, AGENT_GROUP]
    last_stretch = layout.agent_whole[agent, STRETCH_HIGH]
    at, left = start, seconds
    while True:
        end = layout.stretch_real[stretch, _END]
        if at + left <= end:
            if mode == RECORD:
                sums[group, SUM_BUSY] += clip(layout, at, at + left)
            return at + left
        if mode == RECORD:
            sums[group, SUM_BUSY] += clip(layout, at, end)
        left -= end - at
        shift = layout.stretch_shift[stretch]
        stretch += 1
        if stretch < last_stretch and layout.stretch_shift[stretch] == shift:
            at = layout.stretch_real[stretch, _START]
            continue
        over = layout.shift_real[shift, _END]
        while stretch < last_stretch:
            shift = layout.stretch_shift[stretch]
            if not is_absent(layout, agent, shift, seed, replication):
                break
            while stretch < last_stretch and layout.stretch_shift[stretch] == shift:
                stretch += 1
        again = layout.shift_real[shift, _START] if stretch < last_stretch else np.inf
        if layout.switches[RESUMES] == 0:
            spent = min(left, again - over)
            if mode == RECORD:
                sums[group, SUM_BUSY] += clip(layout, over, over + spent)
                sums[group, SUM_OVERTIME] += clip(layout, over, over + spent)
            if over + left <= again:
                return over + left
            left -= again - over
        if stretch >= last_stretch:
            return np.inf
        at = layout.stretch_real[stretch, _START]


@inner
def pass_duty(layout: Layout, stretch: int, last_stretch: int, start: float, seconds: float) -> float:
    """Return when so many seconds on duty end within the shift of a stretch; infinity where they do not."""
    shift = layout.stretch_shift[stretch]
    at, left = start, seconds
    while stretch < last_stretch and layout.stretch_shift[stretch] == shift:
        at = max(at, layout.stretch_real[stretch, _START])
        end = layout.stretch_real[stretch, _END]
        if at + left <= end:
            return at + left
        left -= end - at
        stretch += 1
    return np.inf


@inner
def count_duty(layout: Layout, stretch: int, last_stretch: int, start: float, until: float) -> float:
    """Return the counted seconds on duty from `start` to `until` within the shift of a stretch."""
    shift = layout.stretch_shift[stretch]
    counted = 0.0
    while stretch < last_stretch and layout.stretch_shift[stretch] == shift:
        low = max(start, layout.stretch_real[stretch, _START])
        counted += clip(layout, low, min(until, layout.stretch_real[stretch, _END]))
        stretch += 1
    return counted


@inner
def attend(layout: Layout, seed: int, replication: int, sums: Reals) -> None:
    """Add up the counted working time for which people come."""
    for agent in range(len(layout.agent_whole)):
        group = layout.agent_whole[agent, AGENT_GROUP]
        low, high = layout.agent_whole[agent, STRETCH_LOW], layout.agent_whole[agent, STRETCH_HIGH]
        shift, is_away = -1, False
        for stretch in range(low, high):
            if layout.stretch_shift[stretch] != shift:
                shift = layout.stretch_shift[stretch]
                is_away = is_absent(layout, agent, shift, seed, replication)
            if not is_away:
                sums[group, SUM_ATTENDED] += clip(
                    layout, layout.stretch_real[stretch, _START], layout.stretch_real[stretch, _END]
                )


@inner
def count_work(layout: Layout, agent: int, start: float, until: float, seed: int, replication: int) -> float:
    """Return the seconds from `start` to `until` in which an agent is on duty, counted or not."""
    spent = 0.0
    for stretch in range(layout.agent_whole[agent, STRETCH_LOW], layout.agent_whole[agent, STRETCH_HIGH]):
        low = max(start, layout.stretch_real[stretch, _START])
        high = min(until, layout.stretch_real[stretch, _END])
        if low < high and not is_absent(layout, agent, layout.stretch_shift[stretch], seed, replication):
            spent += high - low
    return spent


@inner
def count_left(layout: Layout, stretch: int, last_stretch: int, now: float) -> float:
    """Return the working seconds from `now` to the end of the shift of a stretch."""
    shift = layout.stretch_shift[stretch]
    left = 0.0
    while stretch < last_stretch and layout.stretch_shift[stretch] == shift:
        left += max(0.0, layout.stretch_real[stretch, _END] - max(now, layout.stretch_real[stretch, _START]))
        stretch += 1
    return left
