"""Who does the background duties: one of many processes, for as long as it says that it lives."""

from sqlalchemy import Connection, delete, insert, or_, select, update

from models.tables.schema import table_of

_LEASES = table_of("duty_leases")


def take_lease(connection: Connection, name: str, owner: str, *, now: int, until: int) -> bool:
    """Take or prolong a lease that is nobody else's now; return whether it is the owner's.

    Raises
    ------
    IntegrityError
        If two take one at the same moment that nobody ever had; `in_turn` lets the loser ask again.
    """
    is_mine_to_take = or_(_LEASES.c.owner == owner, _LEASES.c.until <= now)
    taken = connection.execute(
        update(_LEASES).where(_LEASES.c.name == name, is_mine_to_take).values(owner=owner, until=until)
    )
    if taken.rowcount:
        return True
    if connection.execute(select(_LEASES.c.owner).where(_LEASES.c.name == name)).first() is not None:
        return False
    connection.execute(insert(_LEASES).values(name=name, owner=owner, until=until))
    return True


def drop_lease(connection: Connection, name: str, owner: str) -> None:
    """Give up a lease, so that the next need not wait until it runs out."""
    connection.execute(delete(_LEASES).where(_LEASES.c.name == name, _LEASES.c.owner == owner))


def lease_holder(connection: Connection, name: str, *, now: int) -> str | None:
    """Return who holds a lease now; None where nobody does."""
    holds = (_LEASES.c.name == name) & (_LEASES.c.until > now)
    return connection.execute(select(_LEASES.c.owner).where(holds)).scalar()
