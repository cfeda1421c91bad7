"""Stored plans for requests: read once, kept while they are asked for; a stored plan never changes."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Annotated

from fastapi import Depends, Path, Request

from api.documents.plan_view import PlanView, view_plan
from api.documents.render import render_plan_body
from api.store import Generation, Store
from models.repositories.calendars import has_office
from models.repositories.plans import PlanRecord, count_plans, list_plans
from models.time import load_zone
from models.vocabulary import Rule
from reports.plan_tables import PlanTables, tabulate_plan
from services.daily_plan import StoredPlan, stored_plan

FORMS = (("spreadsheet", "xlsx"), ("CSV", "csv"), ("page without a server", "html"))
MAX_KEPT = 8
MAX_PLAN = 2**31 - 1
PlanId = Annotated[int, Path(ge=1, le=MAX_PLAN, description="The number of a stored plan.")]
MAX_LISTED = 200


@dataclass(frozen=True, kw_only=True)
class PlanSheet:
    """A stored plan, its tables, and its page as data and as markup."""

    stored: StoredPlan
    tables: PlanTables
    view: PlanView
    body: str


class PlanShelf:
    """The plans that were asked for last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Generation, int], PlanSheet] = OrderedDict()

    def get(self, plan_id: int) -> PlanSheet:
        """Return a plan with its page.

        Raises
        ------
        NotFoundError
            If there is no such plan, or no database.
        """
        database = self._store.database()
        key = (self._store.generation, plan_id)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        sheet = _make_sheet(stored_plan(database, plan_id))
        with self._lock:
            self._kept[key] = sheet
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return sheet

    def list(self) -> tuple[list[PlanRecord], int]:
        """Return the last plans, the newest first, and how many there are in all."""
        with self._store.database().reading() as session:
            return list_plans(session, limit=MAX_LISTED), count_plans(session)

    def has_office(self) -> bool:
        """Return whether an office was taken in."""
        with self._store.database().reading() as session:
            return has_office(session.connection())


def comparisons(record: PlanRecord) -> dict[Rule, dict[str, object]]:
    """Return the figures of single rules that are stored with a plan; rules that are no more are left out."""
    return {rule: dict(record.comparisons[rule.value]) for rule in Rule if rule.value in record.comparisons}


def _make_sheet(stored: StoredPlan) -> PlanSheet:
    record = stored.record
    share = record.settings.get("plannable_share")
    tables = tabulate_plan(stored.problem, stored.plan, zone=load_zone(record.timezone), plannable_share=share)
    others = comparisons(record)
    view = view_plan(stored.problem, stored.plan, tables, title=f"Plan {record.id}", others=others)
    downloads = [(name, f"/plans/{record.id}/plan.{ending}") for name, ending in FORMS]
    downloads.append(("JSON", f"/api/plans/{record.id}"))
    body = render_plan_body(view, downloads=downloads)
    return PlanSheet(stored=stored, tables=tables, view=view, body=body)


def _shelf(request: Request) -> PlanShelf:
    shelf: PlanShelf = request.app.state.shelf
    return shelf


Shelf = Annotated[PlanShelf, Depends(_shelf)]
