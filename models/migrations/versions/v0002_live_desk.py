"""The live desk: events, the state of tasks and agents, choice sets."""

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
