"""What came of jobs and is kept for a while only: files that could be made again."""

from sqlalchemy import Connection, delete, func, select

from models.repositories.jobs.records import Job, make_job
from models.tables.schema import table_of
from models.vocabulary_jobs import JobKind, JobState


def list_kept(connection: Connection, kind: JobKind, *, since: int, limit: int = 200) -> list[Job]:
    """Return the jobs of a kind that are done since an instant and whose result is kept, the newest first."""
    jobs, results = table_of("jobs"), table_of("job_results")
    query = (
        select(jobs)
        .join(results, results.c.job_id == jobs.c.id)
        .where(jobs.c.kind == kind.value, jobs.c.state == JobState.DONE.value, jobs.c.ended_at >= since)
        .order_by(jobs.c.id.desc())
        .limit(limit)
    )
    return [make_job(row) for row in connection.execute(query)]


def free_results(connection: Connection, kind: JobKind, *, ended_before: int, most_bytes: int) -> int:
    """Delete results of a kind of jobs, and return how many; what was asked, and by whom, stays.

    Those go whose jobs ended before an instant; of the others as many of the oldest as it takes for no more bytes to be
    left than said. The newest stays, however large it is.
    """
    old = find_old_results(connection, kind, ended_before=ended_before, most_bytes=most_bytes)
    if old:
        results = table_of("job_results")
        connection.execute(delete(results).where(results.c.job_id.in_(old)))
    return len(old)


def find_old_results(connection: Connection, kind: JobKind, *, ended_before: int, most_bytes: int) -> list[int]:
    """Return the numbers of the jobs whose results `free_results` would delete."""
    jobs, results = table_of("jobs"), table_of("job_results")
    query = (
        select(jobs.c.id, jobs.c.ended_at, func.length(results.c.body).label("size"))
        .join(results, results.c.job_id == jobs.c.id)
        .where(jobs.c.kind == kind.value)
        .order_by(jobs.c.ended_at.desc(), jobs.c.id.desc())
    )
    old, num_bytes = [], 0
    for place, row in enumerate(connection.execute(query)):
        num_bytes += row.size
        if row.ended_at < ended_before or (place and num_bytes > most_bytes):
            old.append(int(row.id))
    return old
