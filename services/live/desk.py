"""The desk: everything that can happen to a task or an agent, each one short transaction of event and state."""

from services.live.attendance import Attendance
from services.live.handling import Handling
from services.live.leading import Leading
from services.live.waiting import Waiting


class Desk(Handling, Waiting, Leading, Attendance):
    """The use cases of the live desk; `Acting` says what it is made with.

    Each checks what may happen where the task and the agent stand, writes the event and the states that follow from it
    in one transaction, and returns both. Telling the same event twice under one key changes nothing.
    """
