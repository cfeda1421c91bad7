"""Plans made from other plans by hand: which is the newest of a line, and who made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from models.errors import NotFoundError
from models.tables.schema import table_of

REVISION_OF = "revision_of"
"""The plan that a revision was made from, under this name in its settings."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A plan that was made from another by hand."""

    id: int
    made_at: int
    principal_id: str | None
    settings: Mapping[str, Any]


def find_newest_revision(connection: Connection, plan_id: int, *, hold: bool = False) -> Revision | None:
    """Return the newest plan of those that were made from one, one after the other; None where none was.

    With `hold` nobody else can make one before the transaction ends.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    """
    plans = table_of("plans")
    query = select(plans.c.planned_from).where(plans.c.id == plan_id)
    planned_from = connection.scalar(query.with_for_update() if hold else query)
    if planned_from is None:
        raise NotFoundError(f"there is no plan {plan_id}")
    later = (
        select(plans.c.id, plans.c.made_at, plans.c.principal_id, plans.c.settings)
        .where(plans.c.id > plan_id, plans.c.planned_from == planned_from)
        .order_by(plans.c.id)
    )
    head, found = plan_id, None
    for row in connection.execute(later).mappings():
        if row["settings"].get(REVISION_OF) == head:
            head, found = int(row["id"]), Revision(**row)
    return found
