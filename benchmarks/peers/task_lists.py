"""A shift with a list of tasks, and a task in such a list, as Timefold's formulation sees them: its end and its cost.

They are plain here, so that tests need no Java; `timefold_program` makes planning entities of them. Their methods are
compiled for Java: they keep to what that compiler takes.
"""

from dataclasses import dataclass, field
from typing import Optional

BARRED = 100_000
"""Seconds after a shift's end that a task by somebody who may not do it is as bad as."""


@dataclass(kw_only=True, eq=False)
class PlannedShift:
    """One shift.

    Attributes
    ----------
    agent : whose it is
    state_kind, state_team : of the last task if the shift is open at `now`, else -1
    seconds : working seconds in all
    positions, offsets : of each stretch between breaks, the position at which it begins, and instant less position
    setup_same, setup_other, move : seconds between types and between teams; the charge for a move
    tasks : what is done in it, in this order
    """

    agent: int
    state_kind: int
    state_team: int
    seconds: int
    positions: list[int]
    offsets: list[int]
    setup_same: int
    setup_other: int
    move: int
    tasks: list["PlannedTask"] = field(default_factory=list)

    def find_position(self, instant: int) -> int:
        """Return the working seconds before an instant."""
        if instant <= self.offsets[0]:
            return 0
        found = 0
        for n in range(len(self.positions)):
            if instant > self.positions[n] + self.offsets[n]:
                until = self.positions[n + 1] if n + 1 < len(self.positions) else self.seconds
                found = min(instant - self.offsets[n], until)
        return found

    def find_end(self, position: int) -> int:
        """Return the instant at which work that ends at a position ends: before a break, not after it."""
        offset = self.offsets[0]
        for n in range(1, len(self.positions)):
            if self.positions[n] < position:
                offset = self.offsets[n]
        return position + offset


@dataclass(kw_only=True, eq=False)
class PlannedTask:
    """One task: what it costs where, and, once it is in a shift, when it ends.

    Attributes
    ----------
    number, kind, team, release : position in the instance, type, team of the type, earliest start
    seconds : by agent who may do it
    due, rate, late, must_by, missed, left : the due date, from `now` on, and charges; `left` is all that leaving costs
    charges : by agent, for who does it: away, not preferred, reassigned
    shift, before : its shift, and the task before it there
    ends : its end, in working seconds of the shift
    """

    number: int
    kind: int
    team: int
    release: int
    seconds: dict[int, int]
    due: int
    rate: int
    late: int
    must_by: int
    missed: int
    left: int
    charges: dict[int, int]
    shift: PlannedShift | None = None
    before: Optional["PlannedTask"] = None
    ends: int | None = None

    def update(self) -> None:
        """Compute when it ends."""
        shift = self.shift
        if shift is None:
            self.ends = None
            return
        before = self.before
        if before is None or before.ends is None:
            ends = 0
            kind = shift.state_kind
            team = shift.state_team
        else:
            ends = before.ends
            kind = before.kind
            team = before.team
        if kind >= 0 and kind != self.kind:
            ends += shift.setup_same if team == self.team else shift.setup_other
        self.ends = max(ends, shift.find_position(self.release)) + self.seconds.get(shift.agent, 0)

    def count_broken(self) -> int:
        """Return the seconds by which it ends after its shift, and many if its agent may not do it."""
        if self.shift is None or self.ends is None:
            return 0
        broken = 0 if self.shift.agent in self.seconds else BARRED
        if self.ends > self.shift.seconds:
            broken += self.ends - self.shift.seconds
        return broken

    def charge(self) -> int:
        """Return what it costs: its end, who does it, and a move before it; or that it is left."""
        if self.shift is None or self.ends is None:
            return self.left
        cost = self.charge_completion(self.shift.find_end(self.ends)) + self.charges.get(self.shift.agent, 0)
        team = self.shift.state_team if self.before is None else self.before.team
        if team >= 0 and team != self.team:
            cost += self.shift.move
        return cost

    def charge_completion(self, completion: int) -> int:
        """Return what completion at an instant costs: tardiness, the late charge, a missed must-by."""
        cost = 0
        if completion > self.due:
            cost = self.rate * (completion - self.due) + self.late
        if completion > self.must_by:
            cost += self.missed
        return cost
