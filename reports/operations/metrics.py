"""What the figures on running the place mean: formula, unit, denominator; `docs/metrics.md` says the same."""

from reports.metrics import Metric

DAYS_TO_CLEAR = Metric(
    key="days_to_clear",
    name="Days to clear",
    unit="working days",
    formula="actionable hours / (capacity - inflow), of one set of people and the work that nobody else can do",
    denominator="hours a working day that these people can work beyond what comes in for them",
    note="Never, where inflow is as large as capacity. Capacity is time on task at people's speeds.",
)
BREACHES = Metric(
    key="num_breaches",
    name="Breaches to come",
    unit="tasks, mean of draws",
    formula="open tasks not late yet that are completed after their due if coming days yield what past ones did",
    note="Each coming day is a past one of its weekday, drawn anew; tasks are done by due. What is still to come in is "
    "left out.",
)
AGE = Metric(
    key="age_share",
    name="Age of the deadline",
    unit="share of time",
    formula="(now - arrival) / (due - arrival), of an open task",
    denominator="the time that the task was given",
)
PRODUCTIVITY = Metric(
    key="productivity",
    name="Productivity",
    unit="share of time",
    formula="standard minutes of tasks completed / on-task time",
    denominator="time on shift less breaks and recorded off-task time",
    note="A trend of a team, never a ranking of people. Above 1 standards may be too long.",
)
HANDLING_RATIO = Metric(
    key="handling_ratio",
    name="Handling against standard",
    unit="ratio",
    formula="handling minutes / standard minutes, sums over the tasks measured",
    denominator="standard minutes of tasks completed in the period whose handling is known, without runaways",
)
PROPOSED = Metric(
    key="proposed_minutes",
    name="Proposed standard minutes",
    unit="minutes a unit",
    formula="standard minutes of the type * handling against standard",
    note="Proposed from 30 measured tasks on, where the difference is 5 % or more and no chance among all types "
    "tested (false discoveries 5 %).",
)
DRIFT = Metric(
    key="drift_a_week",
    name="Drift of handling",
    unit="ratio a week",
    formula="median slope between pairs of weeks of handling against standard",
    note="From four weeks on; said to drift where Kendall's test says so among all types (false discoveries 5 %).",
)
FIRST_TIME_RIGHT = Metric(
    key="first_time_right_share",
    name="First-time-right rate",
    unit="share of tasks",
    formula="tasks completed that were never given back, reopened or found wanting / tasks completed",
    denominator="tasks completed in the period",
)
RESOLUTION = Metric(
    key="resolution_share",
    name="Resolution rate",
    unit="share of tasks",
    formula="tasks completed and not reopened / tasks completed",
    denominator="tasks completed in the period",
    note="Those completed lately may still be reopened.",
)
REOPENED = Metric(
    key="reopen_share",
    name="Reopen rate",
    unit="share of tasks",
    formula="tasks completed that were reopened / tasks completed",
    denominator="tasks completed in the period",
)
HAND_OFFS = Metric(
    key="hand_off_share",
    name="Hand-offs",
    unit="share of steps",
    formula="steps done by another than the step before of their case / steps that follow another",
    denominator="steps begun in the period that follow another of their case, both by somebody known",
)
PING_PONG = Metric(
    key="ping_pong_share",
    name="Ping-pong",
    unit="share of hand-offs",
    formula="hand-offs back to whom the work came from one step before / hand-offs",
    denominator="hand-offs",
)
REPEATS = Metric(
    key="repeat_share",
    name="Rework loops",
    unit="share of steps",
    formula="steps of a type that their case has had before / steps",
    denominator="steps begun in the period",
)
QUEUEING = Metric(
    key="queueing_share",
    name="Queueing share",
    unit="share of time",
    formula="waiting / (waiting + handling), of a step",
    denominator="waiting within the period and handling of what was completed in it",
)
MEAN_QUEUE = Metric(
    key="mean_queue",
    name="Mean queue",
    unit="tasks",
    formula="hours waited within the period / hours of the period",
    note="Little's law: what waits at any time, nights included.",
)
WAY_WAIT = Metric(
    key="way_wait_hours",
    name="Wait on the way",
    unit="hours, mean",
    formula="start of a step less the end of the step before, 0 where they overlap, mean over that pair of steps",
    denominator="times that one step follows the other",
)
SKILL_USE = Metric(
    key="used_share",
    name="Skills in use",
    unit="share of holders",
    formula="holders of a skill who completed a task that wants it in the period / holders",
    denominator="agents who have the skill on paper",
)
SAVED = Metric(
    key="saved_weighted_hours",
    name="Saved by lending",
    unit="weighted hours of tardiness",
    formula="weighted tardiness of the team's tasks with the instants of its own people alone, less what it was",
    note="Reckoned day by day: tasks keep their order and take the instants at which the team's own people completed "
    "something; what finds none is done by the end of the team's next day with work.",
)
PLAN_KEPT = Metric(
    key="same_agent_share",
    name="Planned people kept",
    unit="share of tasks",
    formula="planned tasks completed by whom they were planned for / planned tasks completed",
    denominator="planned tasks completed by the end of the period",
)
ORDER_KEPT = Metric(
    key="order_kept_share",
    name="Planned order kept",
    unit="share of pairs",
    formula="pairs of an agent's planned tasks begun in the planned order / pairs of such tasks begun",
    denominator="pairs of tasks planned for one agent and begun by that agent",
)
FOUR_EYES = Metric(
    key="four_eyes_share",
    name="Four eyes kept",
    unit="share of pairs",
    formula="pairs of tasks that two people must do and did / pairs",
    denominator="pairs completed in the period of which it is known who did both",
)
CHECKED = Metric(
    key="check_share",
    name="Quality-check coverage",
    unit="share of tasks",
    formula="tasks completed that were checked / tasks completed",
    denominator="tasks completed in the period",
)
HARD_RATIO = Metric(
    key="hard_ratio",
    name="Hard work against an even part",
    unit="ratio",
    formula="hard tasks that somebody completed / what lot would have given them of their team's work, by weeks",
    denominator="share of hard tasks in the team's work of each week that they may do, times the tasks they completed",
    note="Hard is the longest fifth of the team's tasks by standard minutes.",
)
VARIETY = Metric(
    key="variety",
    name="Variety",
    unit="task types",
    formula="exp of the entropy of types completed in a week, mean over weeks",
    note="The number of types that, in equal parts, would be as varied.",
)

OPERATION_METRICS: tuple[Metric, ...] = (
    DAYS_TO_CLEAR,
    BREACHES,
    AGE,
    PRODUCTIVITY,
    HANDLING_RATIO,
    PROPOSED,
    DRIFT,
    FIRST_TIME_RIGHT,
    RESOLUTION,
    REOPENED,
    HAND_OFFS,
    PING_PONG,
    REPEATS,
    QUEUEING,
    MEAN_QUEUE,
    WAY_WAIT,
    SKILL_USE,
    SAVED,
    PLAN_KEPT,
    ORDER_KEPT,
    FOUR_EYES,
    CHECKED,
    HARD_RATIO,
    VARIETY,
)
