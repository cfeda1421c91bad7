"""What tasks must hold together: predecessors that are there and end, four eyes, one open task a person, a due."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from models.formats.offices.raw_tables import CELL

MAX_LOOPS_SHOWN = 20
_ROW_COLUMNS = ("id", "type", "due", "after", "separate_from", "in_progress", "pinned_agent", "started", "closed")
Columns = Mapping[str, Sequence[Any]]
Found = tuple[int, str, str, object, bool]


def find_task_faults(
    columns: Columns,
    spoilt: set[int],
    *,
    broken: Callable[..., set[int]],
    known_types: Collection[str],
    with_sla: Collection[str],
    known_ids: Collection[str],
    known_after: Mapping[str, Sequence[str]],
) -> Iterator[Found]:
    """Yield what is wrong with tasks, as position, column, expectation, value, and whether it is a consequence.

    Parameters
    ----------
    spoilt
        Rows that are bad already; grows as the caller marks what is yielded.
    broken
        Says in which rows one of some cells holds no value.
    known_types, with_sla
        Task types that are there, and those that give a due to tasks without one.
    known_ids, known_after
        Tasks that are there already, and what those wait for.
    """
    yield from _row_faults(columns, broken(*_ROW_COLUMNS), set(known_types) - set(with_sla))
    yield from _cycles(columns, broken("id", "after"), known_after)
    yield from _missing_tasks(columns, spoilt, known_ids)


def _row_faults(columns: Columns, skipped: set[int], without_sla: Collection[str]) -> Iterator[Found]:
    opened: dict[str, str] = {}
    for at, row in enumerate(zip(*(columns[name] for name in _ROW_COLUMNS), strict=True)):
        if at in skipped:
            continue
        task, kind, due, after, separate_from, in_progress, pinned, started, closed = row
        if due is None and kind in without_sla and closed is None:
            yield at, "due", f"a due, or sla_minutes on the task type {kind!r}", None, False
        elif task in after:
            yield at, "after", "other tasks; it names its own", task, False
        elif task in separate_from:
            yield at, "separate_from", "other tasks; it names its own", task, False
        elif started is not None and closed is not None and closed < started:
            yield at, "closed", "an instant not before started", CELL, False
        elif in_progress and closed is None:
            if pinned is None:
                yield at, "in_progress", "a pinned_agent beside it, who has the task open", CELL, False
            elif pinned in opened:
                yield (
                    at,
                    "in_progress",
                    f"one open task an agent; {pinned!r} has {opened[pinned]!r} open too",
                    CELL,
                    False,
                )
            else:
                opened[pinned] = task


def _cycles(columns: Columns, skipped: set[int], known_after: Mapping[str, Sequence[str]]) -> Iterator[Found]:
    """Yield the tasks that wait for themselves: what is left when those free of predecessors are taken away."""
    position: dict[str, int] = {}
    waits_for: dict[str, set[str]] = {task: set(before) for task, before in known_after.items() if before}
    for at, (task, after) in enumerate(zip(columns["id"], columns["after"], strict=True)):
        if at in skipped:
            continue
        position[task] = at
        waits_for.pop(task, None)
        if any(other != task for other in after):  # a task that names itself is told already
            waits_for[task] = {other for other in after if other != task}
    followers: dict[str, list[str]] = defaultdict(list)
    for task, before in waits_for.items():
        for other in before:
            followers[other].append(task)
    ready = [other for other in followers if other not in waits_for]
    while ready:
        done = ready.pop()
        for task in followers.get(done, ()):
            waits_for[task].discard(done)
            if not waits_for[task]:
                del waits_for[task]
                ready.append(task)
    for number, task in enumerate(_on_cycles(waits_for)):
        if task in position:
            loop = " after ".join(_loop(task, waits_for)) if number < MAX_LOOPS_SHOWN else None
            yield position[task], "after", "no cycle; this task waits for itself", loop, False


def _on_cycles(waits_for: Mapping[str, set[str]]) -> list[str]:
    """Return the tasks on a cycle, without those that only wait for one: nobody who is free waits for them."""
    waiters: dict[str, set[str]] = {task: set() for task in waits_for}
    for task, before in waits_for.items():
        for other in before:
            if other in waiters:
                waiters[other].add(task)
    free = [task for task, others in waiters.items() if not others]
    while free:
        task = free.pop()
        del waiters[task]
        for other in waits_for[task]:
            if other in waiters:
                waiters[other].discard(task)
                if not waiters[other]:
                    free.append(other)
    return sorted(waiters)


def _loop(task: str, waits_for: Mapping[str, set[str]]) -> list[str]:
    """Return the way from a task along its predecessors until one comes again."""
    path, seen = [task], {task}
    while True:
        before = sorted(other for other in waits_for[path[-1]] if other in waits_for)
        following = task if task in before else next((other for other in before if other not in seen), before[0])
        path.append(following)
        if following in seen:
            return path if len(path) <= 12 else [*path[:6], "...", path[-1]]
        seen.add(following)


def _missing_tasks(columns: Columns, spoilt: set[int], known_ids: Collection[str]) -> Iterator[Found]:
    """Yield tasks that refer to tasks that are not there, and those that refer to these, and so on."""
    ids = columns["id"]
    good = {task for at, task in enumerate(ids) if at not in spoilt}
    in_file = set(ids)
    referring: dict[str, list[tuple[int, str]]] = defaultdict(list)
    lost: list[str] = []
    for name in ("after", "separate_from"):
        for at, others in enumerate(columns[name]):
            if not others:
                continue
            for other in others:
                referring[other].append((at, name))
    lost = [other for other in referring if other not in good and other not in known_ids]
    fallen: set[tuple[int, str]] = set()
    while lost:
        other = lost.pop()
        for at, name in referring[other]:
            if (at, other) in fallen:
                continue
            fallen.add((at, other))
            what = "the id of a row of tasks that is good; that one is not" if other in in_file else "an id of tasks"
            yield at, name, what, other, other in in_file
            if ids[at] in good and ids[at] not in known_ids:
                good.discard(ids[at])
                lost.append(ids[at])
