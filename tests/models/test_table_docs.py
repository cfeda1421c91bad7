"""The page that explains the tables says of every column what the spec says."""

import re
from pathlib import Path

from models.formats.offices.cells import expectation
from models.formats.offices.tables import TABLES, Column, Table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "tables.md"


def row(column: Column) -> str:
    """Return the line of a column."""
    notes = [column.meaning]
    if column.refers_to is not None:
        notes.append(f"of [{column.refers_to}](#{column.refers_to})")
    if column.default not in (None, "", (), False):
        notes.append(
            f"{column.default:g} where empty" if isinstance(column.default, float) else f"{column.default} where empty"
        )
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return f"| {name} | {expectation(column)} | {'; '.join(notes)} |"


def section(table: Table) -> str:
    """Return the part of the page that is made from the spec."""
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [f"### {table.name}", "", table.meaning, "", f"One row for each {key}."]
    lines += ["", "| column | holds | meaning |", "| --- | --- | --- |", *(row(column) for column in table.columns)]
    if table.takes_attributes:
        lines.append("| `attr.NAME` | anything | kept as the attribute NAME of the row |")
    return "\n".join(lines)


def test_the_page_has_every_table_as_the_spec_has_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for table in TABLES:
        wanted = section(table)
        assert wanted in page, f"docs/formats/tables.md should have:\n\n{wanted}"


def test_the_page_has_no_other_tables() -> None:
    listed = re.findall(r"^### (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [table.name for table in TABLES]
