"""The categories of paid time, in words: what each means, whether it is waste, and what would win it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Category(StrEnum):
    """Where a paid second goes. The order is that of tables and files."""

    VALUE = "value"
    OVER_HANDLING = "over_handling"
    CHOOSING = "choosing"
    SETUP = "setup"
    REWORK = "rework"
    LOST_HANDLING = "lost_handling"
    INTERRUPTED = "interrupted"
    IMBALANCE = "imbalance"
    NO_WORK = "no_work"
    OFF_TASK = "off_task"
    UNEXPLAINED = "unexplained"


CATEGORIES: tuple[Category, ...] = tuple(Category)

NOT_WASTE_CODES = frozenset({"break", "lunch", "meeting", "training", "assisting", "phone duty"})
"""Recorded time off task that serves a purpose, or that people are entitled to."""

TRADE_SHARE = 0.28
"""The trade's figure: the part of paid time in back offices that goes to waste."""


@dataclass(frozen=True, kw_only=True)
class CategoryFacts:
    """What is to be said of a category.

    Attributes
    ----------
    name
        In tables and figures.
    meaning
        When a second belongs to it.
    lever
        What would win it back, as an order; empty where it is no waste.
    how
        How much of it that would win back, and how that is counted.
    """

    name: str
    meaning: str
    lever: str = ""
    how: str = ""


_OWN_BEST = "down to the share of paid time that the same team had on the best quarter of its days"

FACTS: Mapping[Category, CategoryFacts] = MappingProxyType(
    {
        Category.VALUE: CategoryFacts(name="Value", meaning="work on tasks"),
        Category.OVER_HANDLING: CategoryFacts(
            name="Over-handling",
            meaning="work on tasks beyond their standard, net over all of an agent's tasks of one type, "
            "beyond what chance and a standard that is wrong for everybody explain",
            lever="Sit beside whoever takes long",
            how="all of it: it is already only what chance does not explain",
        ),
        Category.CHOOSING: CategoryFacts(
            name="Choosing",
            meaning="free, while work waits that the agent may do, and looking through it",
            lever="Hand out the next task",
            how="what is beyond the time that tasks take to begin that were handed out",
        ),
        Category.SETUP: CategoryFacts(
            name="Searching and switching",
            meaning="from taking a task to beginning it",
            lever="Hand out alike work together",
            how="of tasks of another type than the one before, where more of that type was still waiting",
        ),
        Category.REWORK: CategoryFacts(
            name="Rework",
            meaning="work on what was completed before: reopened, or the same step of its case again",
            lever="Check the work where it comes back from",
            how=_OWN_BEST,
        ),
        Category.LOST_HANDLING: CategoryFacts(
            name="Lost handling",
            meaning="work on tasks that were then given back or given to somebody else, unfinished",
            lever="Send tasks to those who can finish them",
            how=_OWN_BEST,
        ),
        Category.INTERRUPTED: CategoryFacts(
            name="Interrupted",
            meaning="a task in hand is paused, and nothing else begun",
            lever="Keep hours free of interruptions",
            how=_OWN_BEST,
        ),
        Category.IMBALANCE: CategoryFacts(
            name="Imbalance",
            meaning="free, nothing to do, while work elsewhere that the agent could do is past its latest safe start",
            lever="Lend whoever is free",
            how="no more than the standard time of the work that was past its latest safe start",
        ),
        Category.NO_WORK: CategoryFacts(
            name="No work",
            meaning="free, nothing to do, and nothing elsewhere to be lent for",
            lever="Move hours to when work is there",
            how=_OWN_BEST,
        ),
        Category.OFF_TASK: CategoryFacts(
            name="Off task",
            meaning="recorded or rostered as something else than tasks: breaks, meetings, training, systems down",
            lever="Mend what keeps people off their tasks",
            how=f"no meetings, training or breaks; of the rest, {_OWN_BEST}",
        ),
        Category.UNEXPLAINED: CategoryFacts(
            name="Unexplained",
            meaning="paid, and nothing that is recorded says what for",
        ),
    }
)


def is_waste(category: Category, detail: str = "") -> bool:
    """Return whether time of a category is waste; `detail` is the code of time off task."""
    if category is Category.OFF_TASK:
        return detail not in NOT_WASTE_CODES
    return category not in (Category.VALUE, Category.UNEXPLAINED)
