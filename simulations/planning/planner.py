"""Asks the optimizer at an epoch: by iterations, never by the clock."""

import numpy as np

from optimizer.replanning import replan
from simulations.engine import columns as c
from simulations.engine.layout import Layout, Wholes
from simulations.planning.live import Decision, LiveState
from simulations.planning.question import Question, Questioner

MARGIN = 0.5
"""By which part of the time between epochs dues are brought forward."""


class Planner:
    """Plans from states of one layout; the same state gives the same plan.

    Parameters
    ----------
    iterations
        Candidates that the search tries at an epoch.
    every_s
        Seconds between epochs: somebody is given the team in which it works most until the next.
    """

    def __init__(self, layout: Layout, *, iterations: int, every_s: float) -> None:
        self._layout = layout
        self._questioner = Questioner(layout, margin_s=MARGIN * every_s)
        self._iterations = iterations
        self._every_s = every_s

    def decide(self, live: LiveState) -> Decision:
        """Return who does what in which order, and for which team."""
        question = self._questioner.ask(live)
        team = np.full(len(live.agent_shift), -1, dtype=np.int64)
        nothing = np.zeros(0, dtype=np.int64)
        if len(question.agents) == 0:
            return Decision(task=nothing, agent=nothing, team=team)
        self._send_home(live, team)
        if len(question.tasks) == 0:
            return Decision(task=nothing, agent=nothing, team=team)
        solution = replan(question.instance, iterations=self._iterations)
        num = len(question.tasks)
        doer, start = solution.task_agent[:num], solution.task_start[:num]
        planned = np.flatnonzero(doer >= 0)
        order = planned[np.lexsort((start[planned], doer[planned]))]
        self._choose_teams(question, order, doer, start, solution.task_end, team)
        return Decision(task=question.tasks[order], agent=question.agents[doer[order]], team=team)

    def _send_home(self, live: LiveState, team: Wholes) -> None:
        layout = self._layout
        there = np.flatnonzero(live.agent_shift >= 0)
        team[there] = layout.class_whole[layout.agent_whole[there, c.AGENT_CLASS], c.CLASS_HOME]

    def _choose_teams(
        self,
        question: Question,
        order: np.ndarray,
        doer: np.ndarray,
        start: np.ndarray,
        end: np.ndarray,
        team: Wholes,
    ) -> None:
        """Give everybody the team in which it works longest until the next epoch, or where it goes first after it."""
        instance = question.instance
        teams = instance.type_team[instance.task_type]
        spent = np.zeros((len(question.agents), instance.num_teams))
        first = np.full(len(question.agents), -1)
        for task in order.tolist():
            who = int(doer[task])
            if first[who] < 0:
                first[who] = teams[task]
            spent[who, teams[task]] += max(0.0, min(float(end[task]), self._every_s) - float(start[task]))
        for who in np.flatnonzero(first >= 0).tolist():
            agent = question.agents[who]
            if team[agent] >= 0:
                team[agent] = int(spent[who].argmax()) if spent[who].any() else int(first[who])
