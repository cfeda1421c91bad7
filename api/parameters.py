"""Types of what requests carry: ids and texts that any of our databases can hold."""

from typing import Annotated

from pydantic import StringConstraints

MAX_ID = 200
MAX_TEXT = 2000
MAX_INT = 2**53 - 1
NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"

Id = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID, pattern=NO_CONTROLS)]
"""The office's own name of something: a task, an agent, a team."""
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT, pattern=r"^[^\x00]*$")]
"""A text for people; without NUL, which PostgreSQL does not take."""
