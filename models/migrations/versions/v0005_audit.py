"""Audit: changes and seals."""

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
