"""The plans on which tasks are being moved: each made ready once, kept while it is asked for."""

from collections import OrderedDict
from threading import Lock

from fastapi import Request

from api.plan_access import PlanShelf
from api.store import Edition
from services.moving.storing import make_mover
from services.moving.trying import Mover

MAX_KEPT = 4
_Key = tuple[Edition, int, str]


class Movers:
    """Plans made ready for moves; the ones that were asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making: dict[_Key, Lock] = {}
        self._kept: OrderedDict[_Key, Mover] = OrderedDict()

    def get(self, edition: Edition, shelf: PlanShelf, plan_id: int) -> Mover:
        """Return a plan made ready; who asks for one that is being made waits for it.

        Raises
        ------
        NotFoundError
            If there is no such plan.
        """
        stored = shelf.get(plan_id).stored
        key = (edition, plan_id, stored.record.problem_digest)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            made = make_mover(stored.record, stored.problem, stored.plan)
            with self._lock:
                self._kept[key] = made
                self._making.pop(key, None)
                while len(self._kept) > MAX_KEPT:
                    self._kept.popitem(last=False)
        return made


_MOVERS = Movers()


def find_mover(request: Request, shelf: PlanShelf, plan_id: int) -> Mover:
    """Return a stored plan of the server made ready for moves."""
    return _MOVERS.get(request.app.state.store.edition, shelf, plan_id)
