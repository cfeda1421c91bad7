"""Taking in an upload as a job: all of it with the end of the job, or nothing and what is wrong with which cell."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from models.database import Session
from models.errors import InputError
from models.formats.event_logs.log import LogColumns
from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import KEPT, JobResult
from models.tables.columns import to_json
from services.importing.report import ImportReport
from services.importing.tables import ImportOptions, import_tables
from services.jobs.doing import MOST_FAULTS
from services.jobs.lease import Lease
from services.jobs.questions import ImportAsk
from services.jobs.unpacking import write_log, write_tables
from services.log_import import LogImport, LogOptions, import_log
from services.settings import Settings

JSON = "application/json"
UPLOAD = "upload"
"""The name under which a job keeps what was uploaded."""
KEPT_UPLOAD = f"{KEPT}upload"
"""The same where it outlasts a rehearsal, so that it can be taken in afterwards without being sent again."""


def take_in(lease: Lease, settings: Settings) -> JobResult | None:
    """Take in what was uploaded, or, in a rehearsal, say what that would change or what is wrong."""
    ask = ImportAsk.model_validate(lease.job.question)
    files = lease.read_files()
    body = files.get(UPLOAD) or files[KEPT_UPLOAD]
    with lease.database.reading() as session:
        now = read_clock(session.connection())
    with tempfile.TemporaryDirectory(prefix="swingdesk-import-") as name:
        folder = Path(name)
        take = _take_log if ask.kind == "log" else _take_tables
        try:
            document = take(lease, settings, ask, folder, body, now)
        except InputError as error:
            bare = InputError(replace(item, file=item.file.replace(f"{folder}/", "")) for item in error.faults)
            if not ask.dry_run:
                raise bare from error
            faults = [asdict(fault) for fault in bare.faults[:MOST_FAULTS]]
            document = {"ok": False, "num_faults": len(bare.faults), "faults": faults}
    return None if lease.is_finished else JobResult(media_type=JSON, body=to_json(dict(document)).encode())


def _take_tables(
    lease: Lease, settings: Settings, ask: ImportAsk, folder: Path, body: bytes, now: int
) -> Mapping[str, Any]:
    lease.tell("reading the tables")
    tables, aside = folder / "tables", folder / "left-out.csv"
    tables.mkdir()
    path = write_tables(tables, ask.name, body)
    options = ImportOptions(
        quarantine=aside if ask.takes_good_rows else None,
        is_snapshot=ask.snapshot,
        is_dry_run=ask.dry_run,
        timezone=ask.timezone,
        order=ask.dates,
        name=ask.name,
        principal_id=lease.job.principal_id,
    )

    def finish(session: Session, report: ImportReport) -> None:
        document = _report(report, aside)
        result = JobResult(media_type=JSON, body=to_json(document).encode())
        lease.finish(session, result=result, ref={"import": report.batch})

    report = import_tables(
        settings, path, options, now=now, confirm=(lambda _: True) if ask.confirmed else None, on_store=finish
    )
    return _report(report, aside)


def _take_log(
    lease: Lease, settings: Settings, ask: ImportAsk, folder: Path, body: bytes, now: int
) -> Mapping[str, Any]:
    path = write_log(folder, ask.name, body)
    options = LogOptions(
        columns=LogColumns(**ask.columns, attributes=tuple(dict.fromkeys(ask.attributes))),
        timezone=ask.timezone,
        office_timezone=ask.office_timezone,
        time_format=ask.time_format,
        name=ask.name.rpartition("/")[2].partition(".")[0],
        has_personal_speed=ask.personal_speed,
        roster=ask.roster,
        is_dry_run=ask.dry_run,
        principal_id=lease.job.principal_id,
    )

    def finish(session: Session, made: LogImport) -> None:
        result = JobResult(media_type=JSON, body=to_json(_log_report(made, ask)).encode())
        lease.finish(session, result=result, ref={"import": made.report.batch})

    made = import_log(settings, path, options, now=now, on_stage=lease.tell, on_store=finish)
    return _log_report(made, ask)


def _log_report(made: LogImport, ask: ImportAsk) -> dict[str, Any]:
    document = made.document()
    inner = {**document["import"], "source": ask.name}
    return {"ok": True, "report": {**document, "source": ask.name, "import": inner}}


def _report(report: ImportReport, aside: Path) -> dict[str, Any]:
    """Return a report, with the rows that were left out as the text of a CSV file to mend and take in again."""
    document: dict[str, Any] = {"ok": True, "report": {**report.document(), "quarantine": None}}
    if report.quarantined and aside.exists():
        document["left_out_csv"] = aside.read_text(encoding="utf-8-sig")
    return document
