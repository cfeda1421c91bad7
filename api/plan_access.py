"""Stored plans for requests: read once, kept while they are asked for; a stored plan never changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from api.documents.plan_view import PlanView, view_plan
from api.documents.render import render_plan_body
from api.keeping import Kept
from api.language.texts import ENGLISH, Texts
from api.store import Edition, Store
from models.repositories.calendars import has_office
from models.repositories.plans import PlanRecord, count_plans, get_plan_record, list_plans
from reports.plan_tables import PlanTables
from services.daily_plan import StoredPlan, stored_plan
from services.stored_plans import comparisons, tabulate_stored

FORMS: tuple[tuple[Callable[[Texts], str], str], ...] = (
    (lambda texts: texts.gettext("spreadsheet"), "xlsx"),
    (lambda texts: texts.gettext("CSV"), "csv"),
    (lambda texts: texts.gettext("page without a server"), "html"),
)
MAX_KEPT = 8
MAX_PLAN = 2**31 - 1
PlanId = Annotated[int, Path(ge=1, le=MAX_PLAN, description="The number of a stored plan.")]
MAX_LISTED = 200


class PlanSheet:
    """A stored plan, and its tables once somebody asks for them: half as much work again as reading the plan."""

    def __init__(self, stored: StoredPlan) -> None:
        self.stored = stored
        self._tables: PlanTables | None = None

    @property
    def tables(self) -> PlanTables:
        """The plan as tables."""
        made = self._tables
        if made is None:  # by a `cached_property`, all plans would wait for each other
            made = self._tables = tabulate_stored(self.stored.record, self.stored.problem, self.stored.plan)
        return made


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """The page of a stored plan in a language, as data and as markup."""

    view: PlanView
    body: str


class PlanShelf:
    """The plans that were asked for last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sheets = Kept[tuple[Edition, int], PlanSheet](MAX_KEPT)
        self._pages = Kept[tuple[Edition, int, Texts], PlanPage](MAX_KEPT)

    def get(self, plan_id: int) -> PlanSheet:
        """Return a plan.

        Raises
        ------
        NotFoundError
            If there is no such plan, or no database.
        """
        database = self._store.database()
        key = (self._store.edition, plan_id)
        return self._sheets.get(key, lambda: PlanSheet(stored_plan(database, plan_id)))

    def count_tasks(self, plan_id: int) -> int:
        """Return how many tasks a plan was asked about, without reading it where its figures say so.

        Raises
        ------
        NotFoundError
            If there is no such plan, or no database.
        """
        with self._store.database().reading() as session:
            figures = get_plan_record(session, plan_id).figures
        known = figures.get("num_tasks")
        return len(self.get(plan_id).stored.problem.tasks) if known is None else int(known)

    def page(self, plan_id: int, texts: Texts = ENGLISH) -> PlanPage:
        """Return the page of a plan in a language.

        Raises
        ------
        NotFoundError
            If there is no such plan, or no database.
        """
        sheet = self.get(plan_id)
        return self._pages.get((self._store.edition, plan_id, texts), lambda: _make_page(sheet, texts))

    def list(self) -> tuple[list[PlanRecord], int]:
        """Return the last plans, the newest first, and how many there are in all."""
        with self._store.database().reading() as session:
            return list_plans(session, limit=MAX_LISTED), count_plans(session)

    def has_office(self) -> bool:
        """Return whether an office was taken in."""
        with self._store.database().reading() as session:
            return has_office(session.connection())


def _make_page(sheet: PlanSheet, texts: Texts) -> PlanPage:
    record = sheet.stored.record
    view = view_plan(
        sheet.stored.problem,
        sheet.stored.plan,
        sheet.tables,
        title=texts.gettext("Plan %(id)s", id=record.id),
        others=comparisons(record),
        texts=texts,
    )
    downloads = [(name(texts), f"/plans/{record.id}/plan.{ending}") for name, ending in FORMS]
    downloads.append(("JSON", f"/api/plans/{record.id}"))
    source = f"/plans/{record.id}/chart.json?moves=false"
    return PlanPage(view=view, body=render_plan_body(view, downloads=downloads, chart_source=source, texts=texts))


def _shelf(request: Request) -> PlanShelf:
    shelf: PlanShelf = request.app.state.shelf
    return shelf


Shelf = Annotated[PlanShelf, Depends(_shelf)]
