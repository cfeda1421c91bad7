"""The page on the audit trail names what there is."""

import re
from pathlib import Path

from models.vocabulary_audit import Subject

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")


def test_every_subject_is_told() -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| `subject_kind`"))
    assert set(re.findall(r"`([\w-]+)`", row)) - {"subject_kind", "subject_id"} == set(Subject)
