"""Forms of the work: all types with what is changed most, or everything about one type."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import distributions, list_named, name_of, skills_of
from api.pages.what_if.forms.entries import (
    Entry,
    Kind,
    Line,
    Part,
    Path,
    Sheet,
    choice_of,
    entry_of,
    get_at,
)

EMPIRICAL = "empirical"


def build_work(document: Mapping[str, Any], texts: Texts, address: str) -> Sheet:
    """Return the form of all types: how long they take, how soon they are due, how much they weigh."""
    names = dict(list_named(document, "task_types"))
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("Task types"),
                headings=(
                    texts.gettext("Type"),
                    texts.gettext("Takes, minutes"),
                    texts.gettext("Due after, minutes"),
                    texts.gettext("Weight"),
                ),
                lines=tuple(
                    Line(
                        name=names[kind["id"]],
                        entries=(
                            _mean(document, texts, ("task_types", n, "handling")),
                            entry_of(
                                document, ("task_types", n, "sla", "minutes"), texts.gettext("Due after, minutes")
                            ),
                            entry_of(document, ("task_types", n, "weight"), texts.gettext("Weight"), default=1),
                        ),
                        href=f"{address}?record={n}",
                    )
                    for n, kind in enumerate(document["task_types"])
                ),
            ),
        )
    )


def build_type(document: Mapping[str, Any], texts: Texts, position: int) -> Sheet:
    """Return the form of one type."""
    at: Path = ("task_types", position)
    kind = document["task_types"][position]
    skills = tuple((skill, skill) for skill in skills_of(document))
    return Sheet(
        parts=(
            Part(
                title=name_of(document, "task_types", kind["id"]),
                entries=(
                    entry_of(document, (*at, "name"), texts.gettext("Name"), kind=Kind.TEXT),
                    choice_of(document, (*at, "team"), texts.gettext("Team"), list_named(document, "teams")),
                    choice_of(document, (*at, "skill"), texts.gettext("Skill"), skills),
                    entry_of(
                        document,
                        (*at, "min_level"),
                        texts.gettext("Level needed"),
                        kind=Kind.WHOLE,
                        hint=texts.gettext("1 to 5."),
                        default=1,
                    ),
                    entry_of(document, (*at, "weight"), texts.gettext("Weight"), default=1),
                ),
            ),
            Part(
                title=texts.gettext("How long it takes"),
                note=texts.gettext("Of somebody who works at speed 1."),
                entries=distribution_of(document, (*at, "handling"), texts, is_required=True),
            ),
            Part(
                title=texts.gettext("When it is due"),
                entries=(
                    entry_of(
                        document,
                        (*at, "sla", "minutes"),
                        texts.gettext("Minutes after it came in"),
                        hint=texts.gettext("Nothing: it has no due."),
                    ),
                    choice_of(
                        document,
                        (*at, "sla", "calendar"),
                        texts.gettext("Counted"),
                        (("", texts.gettext("All the time")), *_open_times(document, texts)),
                        is_required=False,
                    ),
                ),
            ),
            Part(
                title=texts.gettext("How long a customer waits before giving up"),
                note=texts.gettext("Nothing: nobody gives up."),
                entries=distribution_of(document, (*at, "patience"), texts, is_required=False),
            ),
        )
    )


def finish_type(document: dict[str, Any], position: int) -> None:
    """Take away what was emptied: a due without minutes, a patience that is none, what a distribution does not have."""
    kind = document["task_types"][position]
    if kind.get("sla") is not None and kind["sla"].get("minutes") is None:
        del kind["sla"]
    if kind.get("patience") is not None and not kind["patience"].get("distribution"):
        del kind["patience"]
    for name in ("handling", "patience"):
        tidy_distribution(kind.get(name))


def finish_work(document: dict[str, Any]) -> None:
    """Take away dues without minutes."""
    for kind in document["task_types"]:
        if kind.get("sla") is not None and kind["sla"].get("minutes") is None:
            del kind["sla"]


def tidy_distribution(given: dict[str, Any] | None) -> None:
    """Take from a distribution what belongs to another one."""
    if given is None:
        return
    if given.get("distribution") == EMPIRICAL:
        given.pop("mean_minutes", None)
        given.pop("cv", None)
        return
    given.pop("minutes", None)
    if given.get("distribution") in {"exponential", "deterministic"}:
        given.pop("cv", None)


def distribution_of(document: Mapping[str, Any], at: Path, texts: Texts, *, is_required: bool) -> tuple[Entry, ...]:
    """Return the entries of a distribution; what was observed can only be kept or replaced."""
    observed = get_at(document, (*at, "minutes"))
    options = tuple(item for item in distributions(texts) if item[0] != EMPIRICAL or observed)
    return (
        choice_of(
            document,
            (*at, "distribution"),
            texts.gettext("Distribution"),
            options if is_required else (("", texts.gettext("None")), *options),
            is_required=is_required,
        ),
        entry_of(
            document,
            (*at, "mean_minutes"),
            texts.gettext("Mean, minutes"),
            hint="" if observed is None else _tell_observed(observed, texts),
        ),
        entry_of(
            document,
            (*at, "cv"),
            texts.gettext("How much it varies"),
            hint=texts.gettext("Standard deviation / mean; of lognormal, gamma and Weibull."),
        ),
    )


def _mean(document: Mapping[str, Any], texts: Texts, at: Path) -> Entry:
    observed = get_at(document, (*at, "minutes"))
    if observed:
        # Its values are changed as a whole, on the page of the type: there is no mean to write here.
        said = texts.number(sum(observed) / len(observed), 1)
        return Entry(path=("?observed", *at), label=texts.gettext("Takes, minutes"), kind=Kind.FIXED, texts=(said,))
    return entry_of(document, (*at, "mean_minutes"), texts.gettext("Takes, minutes"))


def _tell_observed(observed: list[float], texts: Texts) -> str:
    mean = texts.number(sum(observed) / len(observed), 1)
    return texts.gettext(
        "As observed: %(num)s times, %(mean)s minutes in the mean.", num=texts.number(len(observed)), mean=mean
    )


def _open_times(document: Mapping[str, Any], texts: Texts) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item["id"], texts.gettext("In the open time of %(calendar)s", calendar=item["id"]))
        for item in document.get("calendars") or ()
    )
