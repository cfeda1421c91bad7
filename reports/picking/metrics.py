"""What the figures on picking mean: formula, unit, denominator; `docs/metrics.md` says the same."""

from reports.metrics import Metric

DEVIATIONS = Metric(
    key="deviation_share",
    name="Deviations",
    unit="share of choices",
    formula="choices in which the head was passed over and nothing excuses it / choices",
    denominator="tasks taken while two or more could have been",
    note="Excused: an offered alternate, an index within 5 % of the head's, a lead's order, a skip with a reason, the "
    "same case, the end of the shift, a run of one type while a head of another can wait. What an agent lacks the "
    "skill for is in no choice.",
)
INVERSIONS = Metric(
    key="inversions_share",
    name="Inversions",
    unit="share of pairs",
    formula="pairs of a task taken and one passed over for it / pairs of a task taken and one that waited then",
    denominator="pairs over all choices that nothing excuses",
    note="Kendall's distance between the order in which work was taken and that in which it was to come: 0 the same, "
    "1 the reverse.",
)
SHORTEST_LIFT = Metric(
    key="shortest_lift",
    name="Lift of the shortest",
    unit="times",
    formula="choices in which the shortest was taken / those in which lot would have taken it",
    denominator="choices in which not all are equally short",
    note="1 is no preference. A policy that itself puts short work first lifts it too: compare with deviations.",
)
SAME_TYPE_LIFT = Metric(
    key="same_type_lift",
    name="Lift of the same type",
    unit="times",
    formula="choices of the type of the task before / those in which lot would have taken that type",
    denominator="choices in which some are of that type and some are not",
)
SHORTNESS = Metric(
    key="shortness",
    name="Shortness of deviations",
    unit="share of the others",
    formula="what waited and was longer than what was taken / what else waited but the head, mean over deviations",
    denominator="deviations",
    note="0.5 is no preference. The p-value is the chance of as much by lot within the same choice sets.",
)
ADJUSTED_THROUGHPUT = Metric(
    key="standard_minutes_an_hour",
    name="Complexity-adjusted throughput",
    unit="standard minutes an hour",
    formula="standard minutes of tasks completed / hours of handling",
    denominator="hours of handling of tasks completed in the period",
    note="Beside tasks an hour: who takes the short ones completes many and not more work.",
)
CHOOSING = Metric(
    key="choose_median_s",
    name="Time to choose",
    unit="seconds, median",
    formula="from looking (the list open, or the next task shown) to taking",
    denominator="tasks taken while the desk saw the looking",
)
TARDINESS_ADDED = Metric(
    key="added_weighted_hours",
    name="Tardiness added by picking",
    unit="weighted hours of tardiness",
    formula="weighted tardiness as it was, less that of the same days replayed in the policy's order",
    note="The same people, the same minutes at work and on each task; only the order differs.",
)

PICKING_METRICS: tuple[Metric, ...] = (
    DEVIATIONS,
    INVERSIONS,
    SHORTEST_LIFT,
    SAME_TYPE_LIFT,
    SHORTNESS,
    ADJUSTED_THROUGHPUT,
    CHOOSING,
    TARDINESS_ADDED,
)
