"""What was taken in, from where, when, by whom, and what it changed."""

from typing import Any

from sqlmodel import Field

from models.tables.columns import Instant, Json, Row, not_empty


class ImportBatchRow(Row, table=True):
    """One import that was taken in; one that failed left nothing.

    `counts` is the report: by table how many rows were new, changed, unchanged and gone, and what was cleaned.
    """

    __tablename__ = "import_batches"
    __table_args__ = not_empty("kind")

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    source: str
    digest: str = Field(default="", index=True)
    principal_id: str | None = Field(default=None, foreign_key="principals.id", index=True)
    imported_at: int = Field(sa_type=Instant)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
