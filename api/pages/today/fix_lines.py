"""What would let a task in, whose that is to do, and what was done for it, as text."""

from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.today.scope import Scope
from services.fixes import Fix, FixKind
from services.office_duty import CLEARANCE
from services.reason_sentences import ReasonTeller
from services.today.bench import Workbench
from services.today.fixing import Doer, doer_of, key_of
from services.today.undoing import AppliedFix


@dataclass(frozen=True, kw_only=True)
class FixLine:
    """A fix, as text.

    Attributes
    ----------
    whose
        Whose it is to do; empty where the caller may.
    """

    key: str
    name: str
    sentence: str
    saving: float
    whose: str


@dataclass(frozen=True, kw_only=True)
class AppliedLine:
    """A fix that was done, as text."""

    id: int
    name: str
    sentence: str
    who: str
    at: int
    is_undone: bool


def fix_line(scope: Scope, bench: Workbench, teller: ReasonTeller, found: Fix) -> FixLine:
    """Return a fix as text."""
    is_clearance = found.skill is not None and found.skill.startswith(CLEARANCE)
    return FixLine(
        key=key_of(found),
        name=_name(found.kind, scope.texts, is_clearance=is_clearance),
        sentence=scope.texts.told(teller.tell_fix(found)),
        saving=found.saving,
        whose=_whose(scope, doer_of(bench, found), found),
    )


def applied_line(scope: Scope, done: AppliedFix) -> AppliedLine:
    """Return a fix that was done as text."""
    return AppliedLine(
        id=done.id,
        name=_name(done.kind, scope.texts, is_clearance="client" in done.after),
        sentence=_tell_applied(scope, done),
        who=done.principal_id,
        at=done.at,
        is_undone=done.is_undone,
    )


def _name(kind: FixKind, texts: Texts, *, is_clearance: bool) -> str:
    if is_clearance:
        return texts.gettext("Clear somebody")
    return {
        FixKind.OVERTIME: texts.gettext("Overtime"),
        FixKind.LENDING: texts.gettext("Lend somebody"),
        FixKind.MOVE: texts.gettext("Allow more moves"),
        FixKind.PIN_LIFTED: texts.gettext("Lift the pin"),
        FixKind.SKILL_WAIVED: texts.gettext("Ask for less skill"),
        FixKind.TRAINING: texts.gettext("Train somebody"),
        FixKind.DUE_MOVED: texts.gettext("Agree on a later time"),
    }[kind]


def _whose(scope: Scope, doer: Doer, found: Fix) -> str:
    texts = scope.texts
    if doer is Doer.ADMIN:
        return texts.gettext("An administrator decides this")
    if doer is Doer.TEAM_LEAD:
        return texts.gettext("The lead of the task's team decides this")
    if doer is Doer.HOME_LEAD:
        crew = scope.queue.crew
        position = crew.position.get(found.agent or "")
        team = "" if position is None else scope.team_name(crew.agents[position].team)
        return texts.gettext("The lead of %(team)s decides this", team=team)
    return ""


def _tell_applied(scope: Scope, done: AppliedFix) -> str:
    texts, after = scope.texts, done.after
    who = "" if done.agent is None else scope.queue.crew.name(done.agent)
    if done.kind is FixKind.OVERTIME:
        return texts.gettext("%(name)s stays until %(time)s.", name=who, time=texts.clock_time(after["ends_at"]))
    if done.kind is FixKind.MOVE:
        return texts.ngettext(
            "%(name)s may change teams %(num)s time.",
            "%(name)s may change teams %(num)s times.",
            after["max_moves"],
            name=who,
        )
    if done.kind is FixKind.LENDING:
        team = scope.team_name(after["team"])
        if after["is_agreed"]:
            return texts.gettext("%(name)s may be lent to %(team)s.", name=who, team=team)
        return texts.gettext("%(name)s is to be lent to %(team)s; the other lead is asked.", name=who, team=team)
    if done.kind is FixKind.PIN_LIFTED:
        return texts.gettext("%(task)s is for anybody who may do it.", task=done.task)
    if done.kind is FixKind.DUE_MOVED:
        return texts.gettext("%(task)s is due %(time)s.", task=done.task, time=texts.moment(after["due_at"]))
    if done.kind is FixKind.TRAINING and "client" in after:
        return texts.gettext("%(name)s is cleared for %(client)s.", name=who, client=after["client"])
    level = texts.number(after["level"])
    if done.kind is FixKind.TRAINING:
        return texts.gettext("%(name)s has %(skill)s at level %(level)s.", name=who, skill=after["skill"], level=level)
    if not after["level"]:
        return texts.gettext("%(task)s does without %(skill)s.", task=done.task, skill=after["skill"])
    return texts.gettext(
        "%(task)s is content with %(skill)s at level %(level)s.", task=done.task, skill=after["skill"], level=level
    )
