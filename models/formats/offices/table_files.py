"""Finding the tables of an office: files of a folder, sheets of a workbook, or a single file."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import Fault, InputError
from models.formats.offices.mixed_rows import REASONS_COLUMN, is_mixed, split_rows
from models.formats.offices.raw_tables import RawTable, RowFault, header_name, match_columns
from models.formats.offices.tables import TABLES, TABLES_BY_NAME
from models.formats.sheets.csv_text import read_csv
from models.formats.sheets.grids import Grid
from models.formats.sheets.parquet import read_parquet
from models.formats.sheets.xlsx import read_workbook

CSV_ENDINGS = (".csv.gz", ".csv", ".tsv.gz", ".tsv", ".txt.gz", ".txt")
XLSX_ENDINGS = (".xlsx", ".xlsm")
PARQUET_ENDINGS = (".parquet",)
ENDINGS = CSV_ENDINGS + XLSX_ENDINGS + PARQUET_ENDINGS


@dataclass(frozen=True, kw_only=True)
class Found:
    """The tables that a path holds, what is wrong with them as a whole, and what was left aside."""

    tables: dict[str, RawTable]
    faults: Sequence[RowFault] = ()
    notes: Sequence[str] = ()

    @property
    def is_part(self) -> bool:
        """Whether these are rows that an import left out, mended: a part of what their tables should hold."""
        return any(REASONS_COLUMN in raw.grid.rows[0] for raw in self.tables.values())


def read_tables(path: Path | str, *, name: str | None = None) -> Found:
    """Return the tables of a folder, of one workbook, or of one file: named after its table, or with `#table` a row.

    Parameters
    ----------
    name
        What messages call the place, where it has another name than people gave it.

    Raises
    ------
    InputError
        If the path is not there, or holds no table at all. What is wrong with single files is among the faults.
    """
    where = Path(path)
    if not where.exists():
        raise InputError.of(str(path), "there is no such file or folder")
    files = sorted(item for item in where.iterdir() if item.is_file()) if where.is_dir() else [where]
    reader = _Reader()
    for file in files:
        reader.read_file(file, is_only=not where.is_dir(), called=None if where.is_dir() else name)
    return reader.result(name or str(path))


def ending_of(path: Path) -> str | None:
    """Return the ending by which a file's kind is known; None where it is none that holds tables."""
    name = path.name.lower()
    return next((ending for ending in ENDINGS if name.endswith(ending)), None)


class _Reader:
    def __init__(self) -> None:
        self.grids: dict[str, Grid] = {}
        self.faults: list[RowFault] = []
        self.notes: list[str] = []
        self.unknown: list[tuple[str, str]] = []
        self.is_misnamed = False

    def read_file(self, path: Path, *, is_only: bool, called: str | None = None) -> None:
        """Read the tables of one file; what it is wrong with it is noted, and reading goes on."""
        ending = ending_of(path)
        name = path.name
        if ending is None or name.startswith((".", "~$")):  # what spreadsheets leave beside an open workbook
            if is_only:
                self._fault(name, _expected_file(path))
            elif not name.startswith((".", "~$")):
                self.notes.append(f"{name} is no table: left aside")
            return
        stem = header_name(name[: -len(ending)])
        if ending in XLSX_ENDINGS:
            for grid in self._try(lambda: read_workbook(path, file=called or name)):
                self._sheet(grid, stem)
            return
        read = read_parquet if ending in PARQUET_ENDINGS else read_csv
        if is_only:
            # Only a file that is asked for by its name: in a folder, what was left out would be there twice.
            for grid in self._try(lambda: [read(path, file=called or name, name=stem)]):
                self._lone(stem, grid)
            return
        if stem not in TABLES_BY_NAME:
            self.unknown.append((name, stem))
            return
        for grid in self._try(lambda: [read(path, file=name, name=stem)]):
            self._add(stem, grid)

    def _lone(self, stem: str, grid: Grid) -> None:
        """Take a file for the table that it is named after, or for the tables that its rows name."""
        if is_mixed(grid):
            parts, faults = split_rows(grid)
            self.faults += faults
            for table, part in parts.items():
                self._add(table, part)
        elif stem in TABLES_BY_NAME:
            self._add(stem, grid)
        else:
            self.unknown.append((grid.file, stem))
            self.is_misnamed = True

    def _sheet(self, grid: Grid, stem: str) -> None:
        """Take a sheet for the table that it is named after, or the only sheet of a file that is."""
        table = header_name(grid.name)
        if table not in TABLES_BY_NAME:
            if stem in TABLES_BY_NAME and stem not in self.grids and grid.rows and not grid.is_hidden:
                table = stem
            elif grid.rows:
                self.unknown.append((grid.file, table))
                return
            else:
                return
        if grid.is_hidden:
            self._fault(grid.file, "is hidden; show the sheet, or rename it where it is not meant", table)
            return
        self._add(table, grid)

    def _add(self, name: str, grid: Grid) -> None:
        if name in self.grids:
            self._fault(grid.file, f"one file or sheet a table; {name} is in {self.grids[name].file} already", name)
            return
        self.grids[name] = grid

    def _try(self, read: Callable[[], list[Grid]]) -> Iterator[Grid]:
        try:
            yield from read()
        except InputError as error:
            self.faults += [RowFault(table="", position=None, fault=fault) for fault in error.faults]

    def _fault(self, file: str, expected: str, table: str = "") -> None:
        self.faults.append(RowFault(table=table, position=None, fault=Fault(file=file, expected=expected)))

    def result(self, path: str) -> Found:
        """Return the tables, or refuse a place that holds none."""
        for file, name in self.unknown:
            close = difflib.get_close_matches(
                name, [table.name for table in TABLES if table.name not in self.grids], n=1
            )
            if close:
                self._fault(file, f"is not the name of a table; did you mean {close[0]!r}?")
            else:
                self.notes.append(f"{file} is no table: left aside")
        if not self.grids and not self.faults:
            names = ", ".join(TABLES_BY_NAME)
            if self.is_misnamed:
                raise InputError.of(
                    path,
                    f"a name that says which table it holds, such as tasks.csv, or a column #table; tables are {names}",
                )
            raise InputError.of(path, f"holds no table; tables are {names}, each as .csv, .xlsx or .parquet")
        tables: dict[str, RawTable] = {}
        for name, grid in self.grids.items():
            if not grid.rows:
                self._fault(grid.file, "is empty; expected a header and rows below it", name)
                continue
            tables[name], faults = match_columns(TABLES_BY_NAME[name], grid)
            self.faults += faults
        return Found(tables=tables, faults=tuple(self.faults), notes=tuple(self.notes))


def _expected_file(path: Path) -> str:
    if path.name.lower().endswith(".xls"):
        return "is an old .xls workbook; save it as .xlsx"
    return "expected a folder of tables, a workbook (.xlsx), or one table (.csv, .csv.gz, .parquet)"
