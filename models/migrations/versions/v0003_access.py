"""Access: roles, keys, requests that were answered, sessions."""

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
