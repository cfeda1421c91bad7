"""The plans in force as the day's pages need them: read once, without the tables and the page of a plan."""

from collections import OrderedDict
from threading import Lock

from api.store import Generation
from models.database import Database
from models.formats.plan import Plan
from models.repositories.plans import get_plan

MAX_KEPT = 8


class KeptPlans:
    """The plans that were asked for last; a stored plan never changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Generation, int], Plan] = OrderedDict()

    def get(self, database: Database, generation: Generation, plan_id: int) -> Plan:
        """Return a plan.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """
        key = (generation, plan_id)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with database.reading() as session:
            plan = get_plan(session, plan_id)
        with self._lock:
            self._kept[key] = plan
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return plan


KEPT_PLANS = KeptPlans()
