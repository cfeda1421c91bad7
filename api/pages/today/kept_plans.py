"""The plans in force as the day's pages need them: read once, without the tables and the page of a plan."""

from collections.abc import Sequence

from api.keeping import Kept
from api.store import Edition
from models.database import Database
from models.formats.plan import Assignment, Objective, Plan
from models.repositories.plans import get_plan
from models.repositories.published import PublishedPlan, list_in_force, read_published
from services.daily_plan import StoredPlan
from services.differences import Differences, compare_plans
from services.today.lendings import Move, read_moves

MAX_KEPT = 8


class KeptPlans:
    """The plans that were asked for last, and what was shown of them: neither plans nor publications ever change."""

    def __init__(self) -> None:
        self._plans = Kept[tuple[Edition, int], Plan](MAX_KEPT)
        self._moves = Kept[tuple[Edition, int], Sequence[Move]](MAX_KEPT)
        self._published = Kept[tuple[Edition, tuple[int, ...]], PublishedPlan | None](MAX_KEPT)
        self._differences = Kept[tuple[Edition, int, tuple[int, ...]], Differences](MAX_KEPT)

    def get(self, database: Database, edition: Edition, plan_id: int) -> Plan:
        """Return a plan.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """

        def read() -> Plan:
            with database.reading() as session:
                return get_plan(session, plan_id)

        return self._plans.get((edition, plan_id), read)

    def moves(self, database: Database, edition: Edition, plan_id: int) -> Sequence[Move]:
        """Return the moves that a plan makes.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """
        return self._moves.get((edition, plan_id), lambda: read_moves(self.get(database, edition, plan_id)))

    def published(self, database: Database, edition: Edition, now: int) -> PublishedPlan | None:
        """Return what agents have been shown that holds at an instant; None where no plan is in force then."""
        return self._published_by(database, edition, now)[1]

    def differences(self, database: Database, edition: Edition, stored: StoredPlan, now: int) -> Differences:
        """Return what a plan changes against what agents have been shown.

        Raises
        ------
        PlanRejectedError
            If the plan does not hold.
        """
        shown_by, published = self._published_by(database, edition, now)
        key = edition, stored.record.id, shown_by
        return self._differences.get(key, lambda: _compare(stored, published))

    def _published_by(
        self, database: Database, edition: Edition, now: int
    ) -> tuple[tuple[int, ...], PublishedPlan | None]:
        """Return the publications in force, and what they show together."""
        with database.reading() as session:
            shown_by = tuple(one.id for one in list_in_force(session.connection(), now))

        def read() -> PublishedPlan | None:
            with database.reading() as session:
                return read_published(session.connection(), now)

        return shown_by, self._published.get((edition, shown_by), read)


def _compare(stored: StoredPlan, published: PublishedPlan | None) -> Differences:
    known = {task.id for task in stored.problem.tasks}
    assigned: tuple[Assignment, ...] = ()
    if published is not None:
        assigned = tuple(item for items in published.by_agent.values() for item in items if item.task in known)
    old = Plan(assignments=assigned, unscheduled=(), objective=Objective(total=0.0))
    return compare_plans(stored.problem, old, stored.plan)


KEPT_PLANS = KeptPlans()
