"""The page that explains the workbook names every column, and every other word for it, as the code understands them."""

from pathlib import Path

from services.workbooks.sheets import PRIORITIES, SHEETS, SheetSpec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "workbook.md"


def section(spec: SheetSpec) -> str:
    """Return the part of the page that is made from the code."""
    lines = [
        f"### {spec.name}",
        "",
        f"{spec.meaning[0].upper()}{spec.meaning[1:]}. Also found as: {', '.join(spec.also)}.",
        "",
        "| column | holds | also understood |",
        "| --- | --- | --- |",
    ]
    for item in spec.columns:
        name = f"**`{item.column.name}`**" if item.column.required else f"`{item.column.name}`"
        lines.append(f"| {name} | {item.column.meaning} | {', '.join(item.also)} |")
    return "\n".join(lines)


def test_the_page_has_every_sheet_as_the_code_has_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for spec in SHEETS:
        assert section(spec) in page, f"docs/formats/workbook.md should have:\n\n{section(spec)}"


def test_the_page_has_every_priority() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert ", ".join(f"{name} {weight:g}" for name, weight in PRIORITIES.items()) in page


def test_no_word_means_two_columns_of_a_sheet() -> None:
    for spec in SHEETS:
        words = [word for item in spec.columns for word in (item.column.name, *item.also)]
        assert len(words) == len(set(words)), spec.name
