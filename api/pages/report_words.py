"""The reports in the reader's words: what each is called, and what it answers."""

from collections.abc import Callable, Mapping, Sequence

from api.language.texts import Texts
from services.reporting.registry import REPORTS

Word = Callable[[Texts], str]

REPORT_WORDS: Mapping[str, tuple[Word, Word]] = {
    "waste": (
        lambda texts: texts.gettext("Paid time"),
        lambda texts: texts.gettext("Where did paid time go, and what would win it back?"),
    ),
    "waiting": (
        lambda texts: texts.gettext("Waiting"),
        lambda texts: texts.gettext("Why did tasks wait? Each second of it has one cause."),
    ),
    "picking": (
        lambda texts: texts.gettext("Picking"),
        lambda texts: texts.gettext("What was taken while something else came first, and what did that cost?"),
    ),
    "workload": (
        lambda texts: texts.gettext("Workload"),
        lambda texts: texts.gettext("What came in, was done and is open? When is the backlog gone?"),
    ),
    "handling": (
        lambda texts: texts.gettext("Handling"),
        lambda texts: texts.gettext("What do tasks take against their standard, and which standards are out of date?"),
    ),
    "resolution": (
        lambda texts: texts.gettext("Resolution"),
        lambda texts: texts.gettext("What was right the first time, reopened, or given back?"),
    ),
    "flow": (
        lambda texts: texts.gettext("Flow"),
        lambda texts: texts.gettext("Where are the bottlenecks, hand-offs, ping-pong and rework loops?"),
    ),
    "map": (
        lambda texts: texts.gettext("Process map"),
        lambda texts: texts.gettext("Which step follows which, how often, and how long do cases wait between them?"),
    ),
    "skills": (
        lambda texts: texts.gettext("Skills"),
        lambda texts: texts.gettext("Which skills are used, and which stand on paper only?"),
    ),
    "swing": (
        lambda texts: texts.gettext("Swing team"),
        lambda texts: texts.gettext("What did lending bring, against what the plans promised?"),
    ),
    "plans": (
        lambda texts: texts.gettext("Plans"),
        lambda texts: texts.gettext("What became of the plans?"),
    ),
    "compliance": (
        lambda texts: texts.gettext("Compliance"),
        lambda texts: texts.gettext("Were four eyes kept and checks made? What were the exceptions?"),
    ),
    "fairness": (
        lambda texts: texts.gettext("Fairness"),
        lambda texts: texts.gettext("How evenly do hard work, lending and variety fall over weeks?"),
    ),
    "digest": (
        lambda texts: texts.gettext("Daily digest"),
        lambda texts: texts.gettext("How was the last day, on one page?"),
    ),
}
"""What each report is called, and what it answers; the most asked for come first."""


def report_names() -> Sequence[str]:
    """Return the reports in the order of the overview; one that has no words yet comes last, by its own name."""
    return [
        *(name for name in REPORT_WORDS if name in REPORTS),
        *(name for name in REPORTS if name not in REPORT_WORDS),
    ]


def report_word(name: str, texts: Texts) -> str:
    """Return what a report is called."""
    words = REPORT_WORDS.get(name)
    return name if words is None else words[0](texts)


def report_question(name: str, texts: Texts) -> str:
    """Return what a report answers."""
    words = REPORT_WORDS.get(name)
    return REPORTS[name].summary if words is None else words[1](texts)
