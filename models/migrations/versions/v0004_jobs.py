"""Jobs: long work, leased."""

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
