"""Which tasks could be on time if each were the only one."""

import numpy as np

from optimizer.certificate.capacity import Duty
from optimizer.instance import Flags, Floats, Ints, Seconds


def could_be_on_time(
    handling_minutes: Floats, release: Seconds, due: Seconds, agents: Ints, speeds: Floats, duty: Duty
) -> Flags:
    """Return, (T,), whether somebody works long enough on a task's own between its release and its due.

    Durations are rounded as the rules say. That a task may not leave its shift is left out, which only helps it.

    Parameters
    ----------
    handling_minutes, release, due : (T,) tasks that all of the agents may do
    agents, speeds : who may do them, and how fast
    """
    could = np.zeros(len(due), np.bool_)
    for place in np.argsort(-speeds, kind="stable").tolist():
        open_tasks = np.flatnonzero(~could)
        if not len(open_tasks):
            break
        at, worked = duty.progress[agents[place]]
        if not len(at):
            continue
        both = np.interp(np.concatenate((due[open_tasks], release[open_tasks])), at, worked)
        between = both[: len(open_tasks)] - both[len(open_tasks) :]
        takes = np.maximum(np.floor(60 * handling_minutes[open_tasks] / speeds[place] + 0.5), 1)
        could[open_tasks] = (release[open_tasks] < due[open_tasks]) & (np.rint(between) >= takes)
    return could
