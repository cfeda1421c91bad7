"""What entries of scenarios can be chosen from, by name."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from models.calendar import WEEKDAYS
from services.what_if.naming import list_named, name_of

__all__ = [
    "Options",
    "days_of",
    "describe_group",
    "distributions",
    "list_named",
    "name_of",
    "routings",
    "skills_of",
    "swing_modes",
]

Options = tuple[tuple[str, str], ...]


def days_of(texts: Texts) -> Options:
    """Return the days of the week."""
    names = (
        texts.gettext("Mon"),
        texts.gettext("Tue"),
        texts.gettext("Wed"),
        texts.gettext("Thu"),
        texts.gettext("Fri"),
        texts.gettext("Sat"),
        texts.gettext("Sun"),
    )
    return tuple(zip(WEEKDAYS, names, strict=True))


def describe_group(group: Mapping[str, Any], texts: Texts) -> str:
    """Return when a group's people are there and what they can do, by which groups of one team are told apart."""
    week = group.get("week") or ()
    hours = [texts.gettext("always")] if week == "always" else [_say_stretch(stretch, texts) for stretch in week]
    skills = [f"{name} {skill['level']}" for name, skill in (group.get("skills") or {}).items()]
    return " · ".join(", ".join(part) for part in (hours, skills) if part)


def _say_stretch(stretch: Mapping[str, Any], texts: Texts) -> str:
    names = dict(days_of(texts))
    days = [day for day in WEEKDAYS if day in (stretch.get("days") or WEEKDAYS)]
    places = [WEEKDAYS.index(day) for day in days]
    is_row = len(days) > 2 and places == list(range(places[0], places[0] + len(days)))
    said = f"{names[days[0]]}–{names[days[-1]]}" if is_row else " ".join(names[day] for day in days)
    return f"{said} {stretch.get('start')}–{stretch.get('end')}"


def skills_of(document: Mapping[str, Any]) -> list[str]:
    """Return all skills that work asks for or somebody has."""
    asked = [kind["skill"] for kind in document["task_types"]]
    more = [skill for kind in document["task_types"] for skill in kind.get("also_requires") or {}]
    had = [skill for group in document["agents"] for skill in group.get("skills") or {}]
    return sorted({*asked, *more, *had})


def routings(texts: Texts) -> Options:
    """Return by what the next task is chosen."""
    return (
        ("atc", texts.gettext("Urgency and importance")),
        ("edf", texts.gettext("Earliest due first")),
        ("fifo", texts.gettext("First in, first out")),
        ("slack", texts.gettext("Least slack first")),
        ("priority", texts.gettext("Most important first")),
        ("spt", texts.gettext("Shortest first")),
        ("wspt", texts.gettext("Most important for its length first")),
        ("planned", texts.gettext("Planned by the optimizer")),
    )


def swing_modes(texts: Texts) -> Options:
    """Return when people work outside of their home team."""
    return (
        ("shared", texts.gettext("Whenever their rank says so")),
        ("off", texts.gettext("Never: nobody leaves home")),
        ("threshold", texts.gettext("From so many waiting tasks on")),
        ("planned", texts.gettext("As the optimizer plans it")),
    )


def distributions(texts: Texts) -> Options:
    """Return how lengths of time can spread."""
    return (
        ("lognormal", texts.gettext("Lognormal: a few take very long")),
        ("gamma", texts.gettext("Gamma")),
        ("weibull", texts.gettext("Weibull")),
        ("exponential", texts.gettext("Exponential")),
        ("deterministic", texts.gettext("Always the same")),
        ("empirical", texts.gettext("As observed")),
    )
