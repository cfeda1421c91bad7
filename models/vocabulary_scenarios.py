"""The words of scenarios that are kept: where each comes from."""

from enum import StrEnum


class ScenarioOrigin(StrEnum):
    """Where a scenario comes from: the office's history, a file, or another scenario, as it is or changed."""

    HISTORY = "history"
    FILE = "file"
    COPY = "copy"
    VARIANT = "variant"
