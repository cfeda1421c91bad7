"""What a database takes on the disk, by its own word."""

from sqlalchemy import Connection, text


def measure_database(connection: Connection) -> int | None:
    """Return the bytes that a database takes; None where it does not tell."""
    if connection.dialect.name != "postgresql":
        return None
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
