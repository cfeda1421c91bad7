"""The rows that figures are made of: a page at a time, sorted, and those of one value alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.pages.analysis.asking import SCRIPTS, STYLES, Question, Reader
from api.pages.analysis.finding import read_last
from api.pages.analysis.report import AS_TEXT, cell_class
from api.pages.analysis.telling import tell, tell_cell, tell_heading, tell_metric
from api.pages.rendering import lead_to, render, texts_for
from api.pages.report_words import report_word
from api.pages.serving import address_with

router = APIRouter()
PAGE = 100
TableName = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Word = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/time/{name}/rows/{table}")
def show_rows(
    request: Request,
    asked: Question,
    caller: Reader,
    table: TableName,
    of: Word = "",
    value: Word = "",
    sort: Word = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show the rows of a table of a report; only those whose column `of` holds a value where one is given."""
    texts = texts_for(request)
    made = read_last(request, caller, asked)
    if made is None:  # a link of somebody else's, whose report is theirs
        said = texts.gettext("The report is made first; its rows are there then.")
        return lead_to(request, asked.address(), said=said)
    found, cells = made.table(table), made.cells(table)
    places = list(range(found.num_rows))
    if of in cells:
        places = [at for at in places if str(cells[of][at]) == value]
    by, is_falling = sort.removeprefix("-"), sort.startswith("-")
    if by in cells:
        places.sort(key=lambda at: _order(cells[by][at]), reverse=is_falling)
    begin = (page - 1) * PAGE
    shown = places[begin : begin + PAGE]
    heads = [
        (
            tell_heading(column.heading, texts),
            column.format not in AS_TEXT,
            address_with(request, sort=f"-{column.name}" if sort == column.name else column.name, page=None),
            "" if by != column.name else "descending" if is_falling else "ascending",
        )
        for column in found.columns
    ]
    rows = [[tell_cell(cells[column.name][at], column, texts) for column in found.columns] for at in shown]
    metrics = {column.metric.key: column.metric for column in found.columns if column.metric is not None}
    return render(
        request,
        "time/rows.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        asked=asked,
        name=report_word(asked.name, texts),
        table=found,
        heads=heads,
        title=tell(found.title, texts),
        note=tell(found.note, texts),
        rows=rows,
        classes=[cell_class(column, (row[at] for row in rows)) for at, column in enumerate(found.columns)],
        metrics=[tell_metric(metric, texts) for metric in metrics.values()],
        of=next((tell_heading(column.heading, texts) for column in found.columns if column.name == of), ""),
        value=tell(value, texts) if any(one.name == of and one.format == "words" for one in found.columns) else value,
        everything=address_with(request, of=None, value=None, page=None),
        num_rows=len(places),
        first=begin + 1 if shown else 0,
        last=begin + len(shown),
        before=address_with(request, page=page - 1) if page > 1 else "",
        after=address_with(request, page=page + 1) if begin + PAGE < len(places) else "",
    )


def _order(cell: Any) -> tuple[bool, Any]:
    """Return by what a cell is sorted: what is unknown comes last."""
    return (cell is None, 0 if cell is None else cell)
