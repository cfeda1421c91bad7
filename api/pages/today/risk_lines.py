"""What will be late, in words: a line for the whole, one for each team, one for each task."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.today.scope import Scope
from models.vocabulary_live import LeadReason, TaskStage
from services.today.outlook import Course, Outlook, TaskOutlook, TeamOutlook

COURSE_MARKS = {
    Course.OVERDUE: "overdue",
    Course.LATE: "late",
    Course.NOBODY: "late",
    Course.AT_RISK: "at-risk",
    Course.ON_TIME: "on-time",
    Course.WAITING_OUTSIDE: "pended",
}


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """A task, as text.

    Attributes
    ----------
    mark
        A kind of badge.
    word
        What the badge says.
    outcome
        Who does it when, or that nobody does.
    """

    id: str
    title: str
    kind: str
    team: str
    due: int
    mark: str
    word: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class TeamLine:
    """A team's day.

    Attributes
    ----------
    tone
        bad, risk or good.
    sentence
        What will be late, when, how many hours short.
    first
        The tasks that will be late, due first.
    """

    id: str
    name: str
    tone: str
    sentence: str
    num_late: int
    num_overdue: int
    num_at_risk: int
    num_due: int
    num_with_lead: int
    short_s: float
    first: Sequence[TaskLine]


@dataclass(frozen=True, kw_only=True)
class RiskView:
    """The risk of the day.

    Attributes
    ----------
    headline, tone
        The whole in a sentence.
    """

    headline: str
    tone: str
    teams: Sequence[TeamLine]
    now: int


MOST_FIRST = 5


def view_risk(scope: Scope, outlook: Outlook) -> RiskView:
    """Return the risk of the teams that are asked for."""
    teams = outlook.of(scope.teams)
    busy = [team for team in teams if team.tasks or team.with_lead]
    return RiskView(
        headline=_headline(scope, teams),
        tone=_worst([_tone(team) for team in teams]),
        teams=[_team_line(scope, team) for team in busy],
        now=outlook.now,
    )


def task_line(scope: Scope, one: TaskOutlook) -> TaskLine:
    """Return a task of an outlook as text."""
    return TaskLine(
        id=one.task.id,
        title=one.task.title or scope.type_name(one.task.type),
        kind=scope.type_name(one.task.type),
        team=scope.team_name(one.team),
        due=one.due,
        mark=COURSE_MARKS[one.course],
        word=_word(scope, one),
        outcome=_outcome(scope, one),
    )


def lead_reason_text(scope: Scope, reason: str | None) -> str:
    """Return why a task waits for a lead."""
    texts = scope.texts
    return {
        LeadReason.SKIPPED: texts.gettext("Skipped too often"),
        LeadReason.SIGNED_OUT: texts.gettext("Begun by somebody who has left"),
        LeadReason.RELEASED: texts.gettext("Taken out of a hand, to be decided"),
        LeadReason.WRONG_TEAM: texts.gettext("Said to be another team's"),
        LeadReason.INFORMATION_MISSING: texts.gettext("Information is missing"),
        LeadReason.HELP: texts.gettext("Help was asked for"),
    }.get(LeadReason(reason) if reason else LeadReason.RELEASED, "")


def _headline(scope: Scope, teams: Sequence[TeamOutlook]) -> str:
    texts = scope.texts
    num_late = sum(len(team.late) for team in teams)
    num_overdue = sum(team.count(Course.OVERDUE) for team in teams)
    if not num_late and not num_overdue:
        return texts.gettext("Nothing that is due today will be late, as things stand.")
    said = []
    if num_late:
        first = min((team.late[0] for team in teams if team.late), key=lambda one: one.due)
        said.append(
            texts.ngettext(
                "%(num)s task that is due today will be late, at %(time)s (%(team)s).",
                "%(num)s tasks that are due today will be late, the first at %(time)s (%(team)s).",
                num_late,
                time=texts.clock_time(first.due),
                team=scope.team_name(first.team),
            )
        )
        said.append(
            texts.gettext("%(length)s of work is short.", length=texts.duration(sum(team.short_s for team in teams)))
        )
    if num_overdue:
        said.append(
            texts.ngettext("%(num)s task is overdue already.", "%(num)s tasks are overdue already.", num_overdue)
        )
    return " ".join(said)


def _team_line(scope: Scope, team: TeamOutlook) -> TeamLine:
    texts, late = scope.texts, team.late
    if late:
        sentence = texts.ngettext(
            "%(num)s task will be late, due %(time)s; %(length)s short.",
            "%(num)s tasks will be late, the first is due %(time)s; %(length)s short.",
            len(late),
            time=texts.clock_time(late[0].due),
            length=texts.duration(team.short_s),
        )
    elif team.count(Course.AT_RISK):
        sentence = texts.ngettext(
            "Nothing will be late; %(num)s task has little to spare.",
            "Nothing will be late; %(num)s tasks have little to spare.",
            team.count(Course.AT_RISK),
        )
    elif team.count(Course.OVERDUE):
        sentence = texts.gettext("Nothing else will be late.")
    else:
        sentence = texts.gettext("All that is due today will be on time.")
    return TeamLine(
        id=team.team,
        name=team.name,
        tone=_tone(team),
        sentence=sentence,
        num_late=len(late),
        num_overdue=team.count(Course.OVERDUE),
        num_at_risk=team.count(Course.AT_RISK),
        num_due=team.num_coming,
        num_with_lead=len(team.with_lead),
        short_s=team.short_s,
        first=[task_line(scope, one) for one in late[:MOST_FIRST]],
    )


def _tone(team: TeamOutlook) -> str:
    if team.late:
        return "bad"
    return "risk" if team.count(Course.OVERDUE, Course.AT_RISK) or team.with_lead else "good"


def _worst(tones: Sequence[str]) -> str:
    return next((tone for tone in ("bad", "risk") if tone in tones), "good")


def _word(scope: Scope, one: TaskOutlook) -> str:
    texts = scope.texts
    if one.course is not Course.NOBODY:
        return ""
    return texts.gettext("Does not fit in") if scope.queue.planned(one.task.id) else texts.gettext("Nobody has it")


def _outcome(scope: Scope, one: TaskOutlook) -> str:
    texts, task = scope.texts, one.task
    if task.stage is TaskStage.LEAD:
        return texts.gettext("waits for a lead to decide")
    if task.stage is TaskStage.PENDED:
        return texts.gettext("waits for somebody outside")
    if one.agent_id is None:
        planned = scope.queue.planned(task.id)
        if planned is None:
            return texts.gettext("nobody is to do it today")
        return texts.gettext("%(name)s has no time for it today", name=scope.queue.crew.name(planned[0]))
    return texts.gettext(
        "%(name)s, %(start)s to %(end)s",
        name=scope.queue.crew.name(one.agent_id),
        start=texts.clock_time(one.start),
        end=texts.moment(one.end),
    )
