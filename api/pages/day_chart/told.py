"""What a move would change, why it cannot be, and what came in between: in the reader's words."""

from collections.abc import Sequence

from api.language.texts import Texts
from models.formats.problem import Problem
from models.time import SECONDS_PER_MINUTE
from optimizer.moving import Obstacle
from services.moving.conflicts import Conflict, ConflictKind
from services.moving.trying import Lack, Lateness, Preview, Refusal

LEAST_COST = 0.05
"""Changes of the total below this are none to anybody."""
MOST_NAMED = 3


class Teller:
    """Tells of moves in a plan's question, by the names that people use."""

    def __init__(self, problem: Problem, texts: Texts) -> None:
        self._texts = texts
        self._agents = {agent.id: agent.name or agent.id for agent in problem.agents}
        self._tasks = {task.id: task.name or str(task.attributes.get("title") or task.id) for task in problem.tasks}

    def agent(self, agent: str | None) -> str:
        """Return what somebody is called."""
        return self._texts.gettext("somebody") if agent is None else self._agents.get(agent, agent)

    def task(self, task: str | None) -> str:
        """Return what a task is called."""
        return "" if task is None else self._tasks.get(task, task)

    def preview(self, preview: Preview) -> dict[str, object]:
        """Return what a move would change, the whole of it first."""
        change = preview.total_change
        tone = "same" if abs(change) < LEAST_COST else "good" if change < 0 else "worse"
        after = preview.after
        says = [self._cost(tone, change, preview.late_minutes_change), self._place(preview)]
        says += self._named("late", preview.made_late)
        says += self._named("on-time", preview.made_on_time)
        says += self._later(preview.still_late)
        return {"tone": tone, "says": says, "start": after.start, "end": after.end}

    def refusal(self, move_agent: str, refusal: Refusal) -> dict[str, object]:
        """Return why a move cannot be made."""
        return {"tone": "bad", "says": [self._refusal(move_agent, refusal)]}

    def conflict(self, conflict: Conflict) -> dict[str, object]:
        """Return what came in between, and which plan to look at instead where there is one."""
        said = _word_conflict(
            self._texts,
            conflict.kind,
            conflict.principal_id or self._texts.gettext("somebody"),
            "" if conflict.at is None else self._texts.moment(conflict.at),
            self.agent(conflict.agent),
        )
        return {"tone": "bad", "says": [said], "conflict": conflict.kind.value, "plan": conflict.plan_id}

    def seen(self, conflict: Conflict) -> str:
        """Return why a plan that somebody opens is only to be looked at."""
        texts, at = self._texts, "" if conflict.at is None else self._texts.moment(conflict.at)
        if conflict.kind is ConflictKind.PLAN_CHANGED:
            who = conflict.principal_id or texts.gettext("somebody")
            return texts.gettext("%(who)s has changed this plan since (%(at)s).", who=who, at=at)
        if conflict.kind is ConflictKind.PLAN_REPLACED:
            return texts.gettext("Another plan of this day was published since (%(at)s).", at=at)
        return texts.gettext("The day of this plan is over. Nothing can be moved in it.")

    def _cost(self, tone: str, change: float, late_minutes: float) -> str:
        texts = self._texts
        cost = texts.number(abs(change), 0 if abs(change) >= 10 else 1)
        span = texts.duration(abs(late_minutes) * SECONDS_PER_MINUTE)
        if tone == "same":
            said = texts.gettext("The plan costs the same.")
        elif tone == "good":
            said = texts.gettext("The plan costs %(cost)s points less.", cost=cost)
        else:
            said = texts.gettext("The plan costs %(cost)s points more.", cost=cost)
        if abs(late_minutes) < 1:
            return said
        if late_minutes > 0:
            return f"{said} " + texts.gettext("Tasks are late by %(span)s more in all.", span=span)
        return f"{said} " + texts.gettext("Tasks are late by %(span)s less in all.", span=span)

    def _place(self, preview: Preview) -> str:
        after = preview.after
        return self._texts.gettext(
            "%(agent)s would do it from %(start)s to %(end)s.",
            agent=self.agent(after.agent),
            start=self._texts.moment(after.start),
            end=self._texts.clock_time(after.end),
        )

    def _named(self, kind: str, items: Sequence[Lateness]) -> list[str]:
        if not items:
            return []
        texts = self._texts
        told = ", ".join(self._item(item) for item in items[:MOST_NAMED])
        more = len(items) - MOST_NAMED
        if more > 0:
            told = texts.ngettext("%(told)s and %(num)s more", "%(told)s and %(num)s more", more, told=told)
        if kind == "late":
            return [texts.gettext("Becomes late: %(told)s.", told=told)]
        return [texts.gettext("No longer late: %(told)s.", told=told)]

    def _item(self, item: Lateness) -> str:
        minutes = item.minutes_after or item.minutes_before
        return f"{self.task(item.task)} ({self._texts.duration(minutes * SECONDS_PER_MINUTE)})"

    def _later(self, items: Sequence[Lateness]) -> list[str]:
        later = sum(item.minutes_after > item.minutes_before for item in items)
        if not later:
            return []
        return [
            self._texts.ngettext(
                "%(num)s task that is late gets later.", "%(num)s tasks that are late get later.", later
            )
        ]

    def _refusal(self, move_agent: str, refusal: Refusal) -> str:
        if refusal.obstacle is Obstacle.NOT_ABLE:
            return self._lack(move_agent, refusal)
        other = refusal.other if refusal.other is not None else refusal.task
        return _word_obstacle(
            self._texts, refusal.obstacle, self.agent(move_agent), self.task(refusal.task), self.task(other)
        )

    def _lack(self, move_agent: str, refusal: Refusal) -> str:
        texts, agent = self._texts, self.agent(move_agent)
        if refusal.lack is Lack.EXCLUDED:
            return texts.gettext("Not possible: %(agent)s is excluded from this task.", agent=agent)
        if refusal.lack is Lack.SKILL:
            return texts.gettext("Not possible: %(agent)s lacks the skill %(skill)s.", agent=agent, skill=refusal.skill)
        if refusal.lack is Lack.LEVEL:
            return texts.gettext(
                "Not possible: %(agent)s has %(skill)s at level %(held)s; it takes level %(level)s.",
                agent=agent,
                skill=refusal.skill,
                held=refusal.held_level,
                level=refusal.level,
            )
        return texts.gettext("Not possible: %(agent)s is not of its team, nor may be lent to it.", agent=agent)


def _word_obstacle(texts: Texts, obstacle: Obstacle, agent: str, task: str, other: str) -> str:
    if obstacle is Obstacle.IN_PROGRESS:
        return texts.gettext("Not possible: it is in progress, and stays with whoever has begun it.")
    if obstacle is Obstacle.SEPARATE:
        return texts.gettext(
            "Not possible: %(agent)s has “%(task)s”, and another person must do this one.", agent=agent, task=task
        )
    if obstacle is Obstacle.WAITS:
        return texts.gettext("Not possible: “%(task)s” must be done before it.", task=task)
    if obstacle is Obstacle.HOLDS_UP:
        return texts.gettext(
            "Not possible: “%(task)s” waits for this work, and begins before it would be done.", task=other
        )
    if obstacle is Obstacle.NO_ROOM:
        return texts.gettext("Not possible: it does not fit there before the shift of %(agent)s ends.", agent=agent)
    if obstacle is Obstacle.TOO_MANY_MOVES:
        return texts.gettext("Not possible: %(agent)s would change teams more often than allowed.", agent=agent)
    if obstacle is Obstacle.PUSHES_OUT:
        return texts.gettext(
            "Not possible: “%(task)s” would no longer be done before the shift of %(agent)s ends.",
            agent=agent,
            task=task,
        )
    return texts.gettext("Not possible: without it, who has it now would have to change teams too soon.")


def _word_conflict(texts: Texts, kind: ConflictKind, who: str, at: str, agent: str) -> str:
    if kind is ConflictKind.PLAN_CHANGED:
        return texts.gettext(
            "%(who)s has changed this plan meanwhile (%(at)s). Your change was not made; nothing was lost.",
            who=who,
            at=at,
        )
    if kind is ConflictKind.PLAN_REPLACED:
        return texts.gettext(
            "Another plan of this day was published meanwhile (%(at)s). Your change was not made; nothing was lost.",
            at=at,
        )
    if kind is ConflictKind.DAY_OVER:
        return texts.gettext("The day of this plan is over. Nothing can be moved in it.")
    if kind is ConflictKind.TASK_CLOSED:
        return texts.gettext("The task is done or closed meanwhile. Nothing was changed.")
    if kind is ConflictKind.TASK_TAKEN:
        return texts.gettext("%(agent)s has this task in hand since %(at)s. Nothing was changed.", agent=agent, at=at)
    if kind is ConflictKind.TASK_GIVEN:
        return texts.gettext(
            "This task was given to %(agent)s at the desk (%(at)s). Take that back first; nothing was changed.",
            agent=agent,
            at=at,
        )
    return texts.gettext("There is nothing to undo: this plan is as it was made.")
