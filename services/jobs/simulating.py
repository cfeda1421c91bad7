"""Simulations and comparisons as jobs: their replications are kept, and gone on with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from models.formats.scenarios.result import result_document
from models.repositories.jobs.records import JobResult
from models.tables.columns import to_json
from services.jobs.lease import Lease
from services.jobs.questions import CompareAsk, SimulateAsk
from services.jobs.remembering import RememberingRunner
from services.jobs.scenarios import read_compared, read_scenario
from services.running.threads import ThreadRunner
from services.settings import Settings
from services.simulating.comparing import DEFAULT_METRICS, compare_scenarios, comparison_document
from services.simulating.simulate import make_result
from services.simulating.simulate import simulate as simulate_question

JSON = "application/json"


def simulate(lease: Lease, _settings: Settings) -> JobResult:
    """Simulate a scenario; the result is `swingdesk/result`."""
    ask = SimulateAsk.model_validate(lease.job.question)
    question = read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    with running(lease, ask.threads) as runner:
        experiment = simulate_question(
            question,
            runner=runner,
            cancel=lease.cancel,
            on_progress=lambda done, of: lease.tell("replicating", done=done, of=of),
        )
    return result_of(result_document(make_result(experiment)))


def compare(lease: Lease, _settings: Settings) -> JobResult:
    """Compare scenarios; the result is `swingdesk/comparison`."""
    ask = CompareAsk.model_validate(lease.job.question)
    questions = read_compared(ask)
    before = last = 0

    def tell(done: int, of: int) -> None:
        """Say how far all of them are: each begins to count anew."""
        nonlocal before, last
        if done <= last:
            before += of
        last = done
        lease.tell("replicating", done=before + done, of=of * len(questions), scenarios=len(questions))

    with running(lease, ask.threads) as runner:
        comparison = compare_scenarios(
            questions,
            metrics=ask.metrics or DEFAULT_METRICS,
            runner=runner,
            cancel=lease.cancel,
            on_progress=tell,
        )
    return result_of(comparison_document(comparison))


@contextmanager
def running(lease: Lease, threads: int) -> Iterator[RememberingRunner]:
    """Give a runner that keeps what it makes."""
    lease.tell("reading the scenario")
    with RememberingRunner(ThreadRunner(threads), lease) as runner:
        yield runner


def result_of(document: Mapping[str, Any]) -> JobResult:
    """Return a document as the result of a job."""
    return JobResult(media_type=JSON, body=to_json(dict(document)).encode())
