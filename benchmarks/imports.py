"""How fast an office of 100,000 open tasks is taken in: reading, checking and storing, new and again.

Times are processor seconds of this process beside seconds by the clock: only the first say something on a busy machine.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.calendar import OfficeCalendar
from models.formats.offices.table_checks import check_tables
from models.formats.offices.table_files import read_tables
from models.formats.offices.table_writing import write_parquet_tables, write_xlsx_tables
from services.importing import ImportOptions, import_tables
from services.settings import Settings

ZONE = ZoneInfo("Europe/Madrid")
_Result = TypeVar("_Result")


def main(arguments: list[str] | None = None) -> None:
    """Print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    count = parser.parse_args(arguments).tasks
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_office(folder / "csv", count)
        found = _timed(f"read CSV, {count:,} tasks", lambda: read_tables(folder / "csv"))
        calendar = OfficeCalendar(zone=ZONE)
        checked = _timed("check", lambda: check_tables(found.tables, found.faults, calendar=calendar))
        (folder / "parquet").mkdir()
        write_parquet_tables(folder / "parquet", checked.office)
        _timed("read Parquet", lambda: read_tables(folder / "parquet"))
        write_xlsx_tables(folder / "office.xlsx", checked.office, zone=ZONE)
        _timed("read XLSX", lambda: read_tables(folder / "office.xlsx"))
        settings = Settings(database_url=f"sqlite:///{folder / 'office.sqlite3'}", timezone=ZONE.key)

        def take_in() -> object:
            return import_tables(settings, folder / "csv", ImportOptions(), now=int(time.time()))

        _timed("import tables, all new, SQLite", take_in)
        _timed("import tables, nothing changed", take_in)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':<40} {peak:9.0f} MB")


def _timed(label: str, work: Callable[[], _Result]) -> _Result:
    began, processor = time.perf_counter(), time.process_time()
    result = work()
    print(
        f"{label:<40} {time.process_time() - processor:9.2f} s  {time.perf_counter() - began:9.2f} s by the clock",
        flush=True,
    )
    return result


def _write_office(folder: Path, count: int) -> None:
    """Write eight teams, 24 task types, 90 people and their week, and the tasks, a third of them in chains of three."""
    folder.mkdir()
    monday = date(2026, 3, 2)
    lines = {
        "teams": ["id", *(f"team{n}" for n in range(8))],
        "skills": ["id", *(f"skill{n}" for n in range(24))],
        "agents": ["id,team", *(f"a{n},team{n % 8}" for n in range(90))],
        "agent_skills": [
            "agent,skill,level",
            *(f"a{n},skill{(n + k) % 24},{1 + (n + k) % 5}" for n in range(90) for k in range(3)),
        ],
        "shifts": [
            "agent,date,start,end,breaks",
            *(f"a{n},{monday + timedelta(days=d)},08:00,16:30,12:00-12:30 lunch" for n in range(90) for d in range(5)),
        ],
        "task_types": [
            "id,team,skill,handling_minutes",
            *(f"type{n},team{n % 8},skill{n},{5 + n}" for n in range(24)),
        ],
        "tasks": ["id,type,title,case,source,external_id,quantity,arrived,due,weight,after,attr.amount"],
    }
    for n in range(count):
        arrived = f"{monday - timedelta(days=n % 28)} {8 + n % 9:02}:{n % 60:02}"
        day = monday + timedelta(days=n % 30)
        due = f"{day}" if n % 4 else f"{day}T{8 + n % 9:02}:30:00+01:00"
        after = f"T{n - 1}" if n % 3 else ""
        lines["tasks"].append(
            f"T{n},type{n % 24},Claim number {n},case{n // 3},crm,X-{n},1,{arrived},{due},{1 + n % 9},{after},{n / 8}"
        )
    for name, rows in lines.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
