"""What comes in: instants and work contents, drawn ahead in blocks, stream by stream."""

import numpy as np

from simulations.engine.bundles import inner
from simulations.engine.columns import (
    BUFFER,
    DAY_STREAM,
    ENTRY,
    GAP_STREAM,
    HANDLING_A,
    HANDLING_B,
    HIGH,
    KIND,
    LOT,
    LOW,
    PIECE_END,
    PIECE_RATE,
    PIECE_START,
    POISSON,
    STEP_TYPE,
    STREAM_AT,
    STREAM_DRAWN,
    STREAM_NEXT,
    STREAM_PIECE,
    STREAM_RATE,
    TRACE,
    TRACE_AT,
    TYPE_HANDLING,
    WORK_STREAM,
)
from simulations.engine.layout import Layout
from simulations.engine.workspace import Workspace
from simulations.randomness.distributions import EXPONENTIAL, draw_gamma, sample
from simulations.randomness.logarithms import take_log
from simulations.randomness.philox import draw, draw_pairs, draw_row

USES_OF_VISIT = 256
"""Draws that one visit of a task to a step may use: of these the first is for its work content and for where it goes
on, those from the second on for a gamma content, and from the middle on for its patience."""

PATIENCE_USE = 128


@inner
def draw_content(
    layout: Layout, task_type: int, seed: int, replication: int, stream: int, index: int, visit: int
) -> tuple[float, float]:
    """Return the work content of a visit to a step, in seconds, and the uniform number for where the case goes on."""
    use = USES_OF_VISIT * visit
    unit, route = draw(seed, replication, stream, index, use)
    content = sample(
        layout.type_whole[task_type, TYPE_HANDLING],
        layout.type_real[task_type, HANDLING_A],
        layout.type_real[task_type, HANDLING_B],
        layout.values,
        unit,
        seed,
        replication,
        stream,
        index,
        use + 1,
    )
    return content, route


@inner
def refill(layout: Layout, work: Workspace, stream: int, seed: int, replication: int) -> None:
    """Draw the next arrivals of a stream; infinity stands for none."""
    facts = layout.stream_whole[stream]
    at = work.buffer_at[stream]
    if facts[KIND] == TRACE:
        row = facts[LOW] + work.stream_whole[stream, STREAM_NEXT]
        for n in range(BUFFER):
            at[n] = layout.trace_real[row + n, TRACE_AT] if row + n < facts[HIGH] else np.inf
        return
    if facts[KIND] == POISSON:
        _refill_poisson(layout, work, stream, seed, replication)
    else:
        _refill_even(layout, work, stream, seed, replication)
    if facts[LOT] == 1:
        _draw_contents(layout, work, stream, seed, replication)


@inner
def _draw_contents(layout: Layout, work: Workspace, stream: int, seed: int, replication: int) -> None:
    """Draw what `draw_content` gives for the next arrivals of a stream, all at once."""
    facts = layout.stream_whole[stream]
    task_type = layout.step_whole[facts[ENTRY], STEP_TYPE]
    first = work.stream_whole[stream, STREAM_NEXT]
    contents = work.buffer_content[stream]
    draw_row(seed, replication, facts[WORK_STREAM], first, 0, contents, work.buffer_route[stream])
    kind = layout.type_whole[task_type, TYPE_HANDLING]
    a, b = layout.type_real[task_type, HANDLING_A], layout.type_real[task_type, HANDLING_B]
    if kind == EXPONENTIAL:
        for n in range(BUFFER):
            contents[n] = -a * take_log(contents[n])
        return
    for n in range(BUFFER):
        index = first + n
        contents[n] = sample(kind, a, b, layout.values, contents[n], seed, replication, facts[WORK_STREAM], index, 1)


@inner
def _refill_poisson(layout: Layout, work: Workspace, stream: int, seed: int, replication: int) -> None:
    """Invert the cumulated rate at the sums of exponential gaps.

    References
    ----------
    Cinlar (1975), Introduction to Stochastic Processes, chapter 4, section 7 (the change of time).
    """
    facts, state = layout.stream_whole[stream], work.stream_whole[stream]
    drawn = state[STREAM_DRAWN]
    instant = work.stream_real[stream, STREAM_AT]
    rate = work.stream_real[stream, STREAM_RATE]
    piece = state[STREAM_PIECE]
    draw_pairs(seed, replication, facts[GAP_STREAM], drawn >> 1, work.gaps)
    for n in range(BUFFER):
        work.gaps[n] = -take_log(work.gaps[n])
    for n in range(BUFFER):
        gap = work.gaps[n]
        while True:
            if piece >= facts[HIGH]:
                instant = np.inf
                break
            if piece >= facts[LOW]:
                room = (layout.piece_real[piece, PIECE_END] - instant) * rate
                if gap < room:
                    instant += gap / rate
                    break
                gap -= room
            piece += 1
            if piece < facts[HIGH]:
                instant = layout.piece_real[piece, PIECE_START]
                rate = _get_rate(layout, stream, piece, seed, replication)
        work.buffer_at[stream, n] = instant
    state[STREAM_DRAWN] = drawn + BUFFER
    state[STREAM_PIECE] = piece
    work.stream_real[stream, STREAM_AT] = instant
    work.stream_real[stream, STREAM_RATE] = rate


@inner
def _refill_even(layout: Layout, work: Workspace, stream: int, seed: int, replication: int) -> None:
    """Lay arrivals at equal distances, the first half of one after a rate begins."""
    facts, state = layout.stream_whole[stream], work.stream_whole[stream]
    drawn, piece = state[STREAM_DRAWN], state[STREAM_PIECE]
    rate = work.stream_real[stream, STREAM_RATE]
    for n in range(BUFFER):
        instant = np.inf
        while piece < facts[HIGH]:
            if piece >= facts[LOW] and rate > 0.0:
                instant = layout.piece_real[piece, PIECE_START] + (drawn + 0.5) / rate
                if instant < layout.piece_real[piece, PIECE_END]:
                    drawn += 1
                    break
            instant = np.inf
            piece += 1
            drawn = 0
            if piece < facts[HIGH]:
                rate = _get_rate(layout, stream, piece, seed, replication)
        work.buffer_at[stream, n] = instant
    state[STREAM_DRAWN] = drawn
    state[STREAM_PIECE] = piece
    work.stream_real[stream, STREAM_RATE] = rate


@inner
def _get_rate(layout: Layout, stream: int, piece: int, seed: int, replication: int) -> float:
    """Return the rate of a piece, by the factor of its day."""
    shape = layout.stream_shape[stream]
    rate = layout.piece_real[piece, PIECE_RATE]
    if shape > 0.0:
        day = layout.piece_day[piece]
        day_stream = layout.stream_whole[stream, DAY_STREAM]
        rate *= draw_gamma(shape, seed, replication, day_stream, day, 0) / shape
    return rate


@inner
def start_streams(layout: Layout, work: Workspace, seed: int, replication: int) -> None:
    """Draw the first arrivals of each stream and set up the heap of streams."""
    num_streams = len(layout.stream_whole)
    for stream in range(num_streams):
        work.stream_whole[stream, STREAM_NEXT] = 0
        work.stream_whole[stream, STREAM_PIECE] = layout.stream_whole[stream, LOW] - 1
        work.stream_whole[stream, STREAM_DRAWN] = 0
        work.stream_real[stream, STREAM_RATE] = 0.0
        work.stream_real[stream, STREAM_AT] = 0.0
        refill(layout, work, stream, seed, replication)
    for n in range(len(work.arriving_at)):
        work.arriving_at[n] = np.inf
        work.arriving_stream[n] = n
    for stream in range(num_streams):  # a heap by insertion: each goes to the end and rises
        at, n = work.buffer_at[stream, 0], stream
        while n > 0 and work.arriving_at[(n - 1) >> 1] > at:
            work.arriving_at[n] = work.arriving_at[(n - 1) >> 1]
            work.arriving_stream[n] = work.arriving_stream[(n - 1) >> 1]
            n = (n - 1) >> 1
        work.arriving_at[n] = at
        work.arriving_stream[n] = stream
