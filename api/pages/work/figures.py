"""`/work/figures`: an agent's own figures, and nobody else's: made when they are looked at, and kept for a while."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.access import Caller, Reach, permits
from api.language.texts import Texts
from api.live_access import Live, OpenDesk
from api.pages.rendering import is_fragment_wanted, render, texts_for
from api.pages.work.kept_figures import KEPT_FIGURES, Rows
from models.errors import InputError, NotFoundError, UnavailableError, UsageError
from models.time import parse_instant
from services.live.acting import read_clock
from services.reporting.leave import AGENT, note_look
from services.reporting.question import ReportQuestion
from services.reporting.registry import make_report

DAYS_BACK = 28
STYLES, SCRIPTS = ("work.css",), ()
Own = Annotated[Caller, permits(agent=Reach.OWN)]
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class OwnFigure:
    """A figure with what it is compared with, and how it is counted."""

    name: str
    value: str
    note: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class OwnReport:
    """What a report says of one agent.

    Attributes
    ----------
    nothing
        Why it says nothing, where it does not.
    is_coming
        Whether it is still being made.
    """

    name: str
    title: str
    figures: tuple[OwnFigure, ...] = ()
    skills: tuple[tuple[str, str, str, str], ...] = ()
    nothing: str = ""
    is_coming: bool = False


@router.get("/work/figures")
def show_figures(request: Request, live: Live, caller: Own) -> Response:
    """Show what there is to be seen of an agent's own work."""
    return _answer(request, live, caller, shown="")


@router.get("/work/figures/{name}")
def show_report(
    request: Request, live: Live, caller: Own, name: Annotated[str, Path(max_length=40, pattern=r"^[a-z-]+$")]
) -> Response:
    """Show what a report says of an agent, to that agent."""
    if name not in _REPORTS:
        raise NotFoundError(f"no report {name!r} says anything of one agent; {', '.join(_REPORTS)} do")
    return _answer(request, live, caller, shown=name)


def _answer(request: Request, live: OpenDesk, caller: Caller, *, shown: str) -> Response:
    texts, agent_id = texts_for(request), caller.agent_id
    if agent_id is None:
        return render(request, "work/no-agent.html", texts=texts, styles=STYLES, is_known=False)
    made = _make(request, live, caller, texts, agent_id, shown) if shown else None
    if made is not None and is_fragment_wanted(request):
        return render(request, "work/figure.html", texts=texts, report=made)
    reports = [made if made is not None and name == shown else name for name in _REPORTS]
    titles = {name: title(texts) for name, (title, _) in _REPORTS.items()}
    return render(
        request,
        "work/figures.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        reports=reports,
        titles=titles,
        num_days=DAYS_BACK,
    )


def _make(request: Request, live: OpenDesk, caller: Caller, texts: Texts, agent_id: str, name: str) -> OwnReport:
    crew, now = live.queue.crew, read_clock()
    first = (crew.calendar.local_day(now) - timedelta(days=DAYS_BACK)).isoformat()
    question = ReportQuestion(
        settings=request.app.state.settings,
        now=now,
        start=first,
        principal_id=caller.principal_id,
        what=f"{request.method} {request.scope['route'].path_format}",
    )
    title, tell = _REPORTS[name]
    key = (request.app.state.store.edition, name, first)
    own = KEPT_FIGURES.get(key, agent_id, lambda: _find_people(name, replace(question, is_for_each=True)))
    if own is None:
        return OwnReport(name=name, title=title(texts), is_coming=True)
    note_look(replace(question, options={AGENT: agent_id}), name)
    if not own:
        nothing = texts.gettext("There is nothing to say yet: it takes some more of your tasks.")
        return OwnReport(name=name, title=title(texts), nothing=nothing)
    return tell(texts, crew.skill_names, title(texts), own)


def _find_people(name: str, question: ReportQuestion) -> Mapping[str, Rows]:
    try:
        document = make_report(name, question).document
    except UnavailableError:
        raise
    except (InputError, UsageError):
        return {}  # a period in which nobody did anything: there is no report on it
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in document["people"]:
        found.setdefault(one["agent"], []).append(one)
    return found


def _tell_evenness(texts: Texts, _names: Mapping[str, str], title: str, people: Rows) -> OwnReport:
    [own] = people[:1]
    team = texts.gettext("%(share)s would be an even part", share=texts.share(own["hard_expected"]))
    figures = (
        OwnFigure(
            name=texts.gettext("Tasks of your team"),
            value=texts.number(own["num_tasks"]),
            note=texts.ngettext("in %(num)s week", "in %(num)s weeks", int(own["num_weeks"])),
            definition=texts.gettext("Tasks of your home team that you completed in the period."),
        ),
        OwnFigure(
            name=texts.gettext("Hard ones among them"),
            value=texts.share(own["hard_share"]),
            note=team,
            definition=texts.gettext(
                "Hard is the longest fifth of the team's tasks by standard minutes; the even part is what lot would "
                "have given you of those that you may do."
            ),
        ),
        OwnFigure(
            name=texts.gettext("Variety"),
            value=texts.number(own["variety"], 1),
            note=texts.gettext("of %(most)s that the team has", most=texts.number(own["variety_possible"], 1)),
            definition=texts.gettext("The number of task types a week that, in equal parts, would be as varied."),
        ),
        OwnFigure(
            name=texts.gettext("Lent to other teams"),
            value=texts.gettext("%(hours)s h", hours=texts.number(own["lent_hours"], 1)),
            note="",
            definition=texts.gettext("Hours that you worked on tasks of other teams."),
        ),
    )
    return OwnReport(name="fairness", title=title, figures=figures)


def _tell_skills(texts: Texts, names: Mapping[str, str], title: str, people: Rows) -> OwnReport:
    rows = tuple(
        (
            names.get(one["skill"], one["skill"]),
            texts.number(one["level"]) if one["level"] else texts.gettext("none on paper"),
            texts.number(one["num_used"]),
            texts.day(parse_instant(one["last_used"])) if one["last_used"] else texts.gettext("not seen"),
        )
        for one in people
    )
    return OwnReport(name="skills", title=title, skills=rows)


def _tell_picking(texts: Texts, _names: Mapping[str, str], title: str, people: Rows) -> OwnReport:
    [own] = people[:1]
    figures = (
        OwnFigure(
            name=texts.gettext("Choices"),
            value=texts.number(own["num_choices"]),
            note=texts.gettext("times that you took a task and had another to take"),
            definition=texts.gettext("Tasks taken while at least two could be; all else is counted over these."),
        ),
        OwnFigure(
            name=texts.gettext("As offered"),
            value=texts.number(own["num_head"]),
            note="",
            definition=texts.gettext("You took the first in rank, or one as good."),
        ),
        OwnFigure(
            name=texts.gettext("For a good reason"),
            value=texts.number(own["num_excused"]),
            note="",
            definition=texts.gettext(
                "You took another with leave: an alternate that was shown, the same case, the end of your shift, a "
                "lead's word, or after skips with a reason."
            ),
        ),
        OwnFigure(
            name=texts.gettext("Otherwise"),
            value=texts.share(own["deviation_share"]),
            note=texts.gettext("%(share)s if people drew lots", share=texts.share(own["by_lot_share"])),
            definition=texts.gettext("The share of your choices that were neither."),
        ),
    )
    return OwnReport(name="picking", title=title, figures=figures)


_REPORTS: Mapping[
    str,
    tuple[Callable[[Texts], str], Callable[[Texts, Mapping[str, str], str, Rows], OwnReport]],
] = {
    "fairness": (lambda texts: texts.gettext("How evenly work falls to you"), _tell_evenness),
    "skills": (lambda texts: texts.gettext("Your skills in use"), _tell_skills),
    "picking": (lambda texts: texts.gettext("What you took"), _tell_picking),
}
