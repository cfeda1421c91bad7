"""`docs/next-task.md` names every word, term and leave, and its example is read as choice sets are."""

import json
import re
from pathlib import Path

from models.vocabulary_live import Leave
from optimizer.next_task import Block, Term
from services.live.choice_sets import list_entries

PAGE = (Path(__file__).parents[2] / "docs" / "next-task.md").read_text(encoding="utf-8")
FIRST_CELLS = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)


def test_every_reason_term_and_leave_has_its_row_in_the_order_of_the_code() -> None:
    words = [block.word for block in Block if block is not Block.ELIGIBLE]
    terms = [term.name.lower() for term in Term]
    leaves = [leave.value for leave in Leave]
    assert FIRST_CELLS[: len(words)] == words
    assert FIRST_CELLS[len(words) : len(words) + len(terms)] == terms
    assert sorted(FIRST_CELLS[-len(leaves) :]) == sorted(leaves)


def test_the_example_is_read_as_entries() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    entries = list_entries(json.loads(found[1]))
    assert [(entry.task, entry.rank, entry.due) for entry in entries] == [("T17", 1, 1772449200), ("T21", 2, None)]
    assert entries[0].terms == {"urgency": 1.1, "on_time": 1.31}
