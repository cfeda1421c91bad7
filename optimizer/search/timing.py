"""When a task can be done behind a given state of its agent, and what it then costs."""

from typing import Any

from optimizer.search.board import Records
from optimizer.search.compiling import inlined, inner
from optimizer.search.records import FAR


@inner
def place(
    spans: Records, span: int, free: int, setup: int, floor: int, release: int, duration: int, barred: bool
) -> tuple[int, int, int, bool]:
    """Find the earliest working time for a task, over breaks and shifts.

    Parameters
    ----------
    spans : working intervals
    span, free : the interval in which the agent is, and the instant from which it is free
    setup : working seconds to lose first; a new shift needs none
    floor, release : earliest start in this shift, and in a later one
    barred : whether this shift is closed to the task

    Returns
    -------
    start, end, span, fresh
        `end` is `FAR` where there is no room; `fresh` tells whether it is the first task of another shift.
    """
    fresh = False
    while spans[span].start < FAR:
        behind = spans[span].next
        if not barred:
            at, start = span, free
            while at < behind and start + setup >= spans[at].end:
                setup -= spans[at].end - start
                at += 1
                start = spans[at].start
            start = max(start + setup, floor)
            while at < behind and start >= spans[at].end:
                at += 1
            start = max(start, spans[at].start)
            if at < behind and spans[at].end - start + spans[at].left >= duration:
                end = start + duration
                while end > spans[at].end:
                    end += spans[at + 1].start - spans[at].end
                    at += 1
                return start, end, at, fresh
        span = behind
        free, setup, floor, fresh, barred = spans[span].start, 0, release, True, False
    return FAR, FAR, span, fresh


@inner
def office_seconds(office: Records, num_office: int, instant: int) -> int:
    """Return the seconds inside office hours before an instant."""
    seconds = 0
    for n in range(num_office):
        if instant <= office[n].start:
            break
        seconds = office[n].before + min(instant, office[n].end) - office[n].start
    return seconds


@inlined
def charge(slot: Any, end: int, missed: int, office: Records, num_office: int) -> int:
    """Return what a task costs when it ends at an instant, with what its agent makes it cost."""
    cost = int(slot.fixed)
    tardy = end - slot.due
    if tardy > 0:
        cost += slot.late
        if num_office:
            tardy = office_seconds(office, num_office, end) - office_seconds(office, num_office, slot.due)
        cost += int(slot.rate) * int(tardy)
    if end > slot.must_by:
        cost += missed
    return cost
