"""How the demo office's cases go from step to step, and where another pair of eyes is wanted."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a process: its task type, and the earlier steps whose agents may not do it (four eyes)."""

    kind: str
    name: str
    separate_from: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Process:
    """A case's way through the office.

    `volume` is its share of all tasks, its steps together; `stages` are the shares of open cases that wait for each
    step, all earlier ones done.
    """

    prefix: str
    volume: float
    steps: tuple[Step, ...]
    stages: tuple[float, ...]


PROCESSES: tuple[Process, ...] = (
    Process(
        prefix="ORD",
        volume=0.3,
        steps=(
            Step(kind="verify-order", name="order"),
            Step(kind="pack-order", name="pack"),
            Step(kind="ship-order", name="ship"),
            Step(kind="issue-invoice", name="invoice"),
        ),
        stages=(0.45, 0.25, 0.15, 0.15),
    ),
    Process(
        prefix="CLM",
        volume=0.13,
        steps=(
            Step(kind="claim-triage", name="triage"),
            Step(kind="claim-assessment", name="assess"),
            Step(kind="claim-approval", name="approve", separate_from=("assess",)),
        ),
        stages=(0.3, 0.4, 0.3),
    ),
    Process(
        prefix="CPL",
        volume=0.07,
        steps=(
            Step(kind="complaint-first-reply", name="reply"),
            Step(kind="complaint-investigation", name="investigate"),
            Step(kind="complaint-resolution", name="resolve"),
        ),
        stages=(0.35, 0.35, 0.3),
    ),
    Process(
        prefix="BNK",
        volume=0.05,
        steps=(
            Step(kind="bank-details", name="change"),
            Step(kind="bank-details-check", name="check", separate_from=("change",)),
        ),
        stages=(0.75, 0.25),
    ),
    Process(
        prefix="RUN",
        volume=0.005,
        steps=(
            Step(kind="payment-run", name="prepare"),
            Step(kind="payment-run-release", name="release", separate_from=("prepare",)),
        ),
        stages=(1.0, 0.0),
    ),
)
