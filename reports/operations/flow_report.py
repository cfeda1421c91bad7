"""The reports `flow` and `map`: where cases queue, go back and forth, and come back; and the way that they go."""

import pandas as pd

from reports.operations.figures import draw_bars, draw_process_map
from reports.operations.flow import (
    Steps,
    count_hand_offs,
    find_loops,
    list_hand_offs,
    list_repeats,
    order_steps,
    rank_bottlenecks,
)
from reports.operations.metrics import HAND_OFFS, MEAN_QUEUE, PING_PONG, QUEUEING, REPEATS, WAY_WAIT
from reports.operations.process_map import draw_map
from reports.operations.record import HANDLING, PENDS, Record
from reports.operations.showing import (
    call,
    count,
    lay_out,
    list_rows,
    make_document,
    say_limits,
    say_period,
)
from reports.report import Action, Report, ReportTable
from reports.shares import say_share


def report_flow(record: Record) -> Report:
    """Return the report on hand-offs, loops and bottlenecks."""
    steps = order_steps(record)
    hand_offs, ways = count_hand_offs(steps), list_hand_offs(steps)
    loops, bottlenecks = find_loops(steps), rank_bottlenecks(record)
    people = hand_offs[hand_offs["between"] == "agents"].iloc[0]
    repeats, rework = int(loops["num_repeats"].sum()), float(loops["rework_hours"].sum())
    whole = float(bottlenecks["wait_hours"].sum())
    facts = [
        f"Tasks waited {whole:,.0f} hours in all.",
        (
            f"{say_share(people['hand_off_share'])} of steps change hands, {people['num_ping_pong']:,} of them back to "
            "whom they came from."
        ),
        (
            f"{count(repeats, 'step')} of {loops['num_steps'].sum():,} repeat one that the case had had: {rework:,.0f} "
            "hours of work."
        ),
    ]
    if len(bottlenecks):
        first = bottlenecks.iloc[0]
        facts.insert(
            0, f"{call(record, first['type'])} is the bottleneck: {say_share(first['wait_share'])} of all waiting."
        )
    return Report(
        name="flow",
        title="Flow: queues, hand-offs and loops",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=_find_actions(record, bottlenecks, ways, loops),
        facts=facts[1:],
        limits=say_limits(record, HANDLING, PENDS),
        panels=[
            draw_bars(
                record,
                bottlenecks,
                by="type",
                value="wait_hours",
                name="bottlenecks",
                title="Waiting by step",
                formula="from when a task can be begun to its start, within the period",
                axis="hours waited",
                format=",.0f",
            )
        ],
        tables=[
            lay_out(
                record,
                bottlenecks,
                ("type", "Step"),
                ("team", "Team"),
                ("num_waited", "Tasks", "count"),
                ("wait_hours", "Waited, hours", "number"),
                ("wait_share", "Of all waiting", "share"),
                ("mean_wait_hours", "Mean wait, hours", "number"),
                ("mean_queue", "Mean queue", "number", MEAN_QUEUE),
                ("handling_hours", "Handling, hours", "number"),
                ("queueing_share", "Queueing", "share", QUEUEING),
                ("rank_by_length", "Place by length", "count"),
                name="bottlenecks",
                title="Bottlenecks by step",
                note="By waiting; the place that a step would have by the length of its work stands last.",
                evidence="waits",
            ),
            lay_out(
                record,
                hand_offs,
                ("between", "Between", "words"),
                ("num_steps", "Steps that follow", "count"),
                ("num_hand_offs", "Hand-offs", "count"),
                ("hand_off_share", "Share", "share", HAND_OFFS),
                ("num_ping_pong", "Ping-pong", "count"),
                ("ping_pong_share", "Of hand-offs", "share", PING_PONG),
                ("hand_offs_a_case", "A case", "number"),
                ("wait_hours", "Wait at a hand-off, hours", "number"),
                ("wait_hours_same", "Wait without, hours", "number"),
                name="hand-offs",
                title="Hand-offs",
            ),
            lay_out(
                record,
                ways,
                ("from_team", "From"),
                ("to_team", "To"),
                ("num", "Hand-offs", "count"),
                ("num_back", "Straight back", "count"),
                ("wait_hours", "Mean wait, hours", "number"),
                name="ways",
                title="Hand-offs between teams",
            ),
            lay_out(
                record,
                loops,
                ("type", "Step"),
                ("num_steps", "Steps", "count"),
                ("num_repeats", "Repeats", "count"),
                ("repeat_share", "Share", "share", REPEATS),
                ("cases_repeated_share", "Of its cases", "share"),
                ("rework_hours", "Rework, hours", "number"),
                ("num_loop_1", "At once", "count"),
                ("num_loop_2", "After one other", "count"),
                ("num_loop_3", "After more", "count"),
                name="loops",
                title="Rework loops",
                evidence="repeats",
                note="A step again in one case may be meant so: a second call, a second document.",
            ),
            _waits_table(record),
            lay_out(
                record,
                list_repeats(steps),
                ("task", "Task"),
                ("case", "Case"),
                ("type", "Step"),
                ("team", "Team"),
                ("hours", "Hours", "number"),
                name="repeats",
                title="Repeated steps",
                is_evidence=True,
            ),
        ],
        document=make_document(
            record,
            "flow",
            {
                "bottlenecks": list_rows(record, bottlenecks),
                "hand_offs": list_rows(record, hand_offs),
                "ways": list_rows(record, ways),
                "loops": list_rows(record, loops),
            },
        ),
    )


def _waits_table(record: Record) -> ReportTable:
    tasks = record.tasks[record.tasks["started"].notna()]
    tasks = tasks[(tasks["started"] >= record.start) & (tasks["started"] < record.end)]
    tasks = tasks.assign(hours=(tasks["started"] - tasks["enabled"]).clip(lower=0) / 3600)
    return lay_out(
        record,
        tasks.sort_values(["hours", "task"], ascending=[False, True]),
        ("task", "Task"),
        ("type", "Step"),
        ("case", "Case"),
        ("enabled", "Could begin", "instant"),
        ("started", "Begun", "instant"),
        ("hours", "Waited, hours", "number"),
        name="waits",
        title="Tasks begun, and what each waited",
        is_evidence=True,
    )


def _find_actions(record: Record, bottlenecks: pd.DataFrame, ways: pd.DataFrame, loops: pd.DataFrame) -> list[Action]:
    found = []
    if len(bottlenecks) and bottlenecks.iloc[0]["wait_hours"] > 0:
        row = bottlenecks.iloc[0]
        longest = (
            ""
            if row["rank_by_length"] == 1 or PENDS not in record.knows
            else "It is not the longest work: what lacks is somebody at it."
        )
        found.append(
            Action(
                heading=f"Put people on {call(record, row['type'])}"
                if {HANDLING, PENDS} <= record.knows
                else f"Find out what {call(record, row['type'])} waits for, people or customers",
                text=f"{say_share(row['wait_share'])} of all waiting is there: {row['mean_queue']:,.0f} tasks wait at "
                f"any time, {row['mean_wait_hours']:,.1f} hours each. {longest}".strip(),
                table="bottlenecks",
            )
        )
    back = ways[ways["num_back"] > 0].sort_values(["num_back", "from_team"], ascending=[False, True])
    if len(back):
        row = back.iloc[0]
        found.append(
            Action(
                heading=f"Settle what {call(record, row['from_team'])} and {call(record, row['to_team'])} exchange",
                text=f"{row['num_back']:,} of {row['num']:,} hand-offs go straight back to where the work came from.",
                table="ways",
            )
        )
    if len(loops) and loops.iloc[0]["rework_hours"] > 0:
        row = loops.iloc[0]
        found.append(
            Action(
                heading=f"Look at why {call(record, row['type'])} is done again",
                text=f"{row['num_repeats']:,} of its {row['num_steps']:,} steps repeat one of their case: "
                f"{row['rework_hours']:,.0f} hours of work.",
                table="loops",
            )
        )
    return found


def report_map(record: Record) -> Report:
    """Return the process map."""
    steps: Steps = order_steps(record)
    waiting = record.tasks[record.open_at(record.end)]["case"].dropna()
    made = draw_map(steps, open_cases=frozenset(waiting))
    edges = made.edges
    costly = edges.sort_values(["wait_hours_total", "from_step", "to_step"], ascending=[False, True, True])
    facts = [f"{count(len(made.nodes), 'step')}, {count(len(edges), 'way')} between them."]
    actions = []
    if len(costly):
        row = costly.iloc[0]
        facts.append(
            f"Most waiting lies between {call(record, row['from_step'])} and {call(record, row['to_step'])}: "
            f"{row['wait_hours_total']:,.0f} hours."
        )
        actions.append(
            Action(
                heading=f"Shorten the way from {call(record, row['from_step'])} to {call(record, row['to_step'])}",
                text=f"Gone {count(row['num'], 'time')}, {row['wait_hours']:,.1f} hours each (half within "
                f"{row['wait_hours_median']:,.1f}): {row['wait_hours_total']:,.0f} hours of waiting in all.",
                table="ways",
            )
        )
    return Report(
        name="map",
        title="Process map",
        lead=f"{say_period(record)}: {facts[-1]}",
        actions=actions,
        facts=facts[:-1],
        limits=say_limits(record, HANDLING, PENDS),
        panels=[draw_process_map(record, made)],
        tables=[
            lay_out(
                record,
                edges,
                ("from_step", "From"),
                ("to_step", "To"),
                ("num", "Times", "count"),
                ("share", "Of what leaves the first", "share"),
                ("wait_hours", "Mean wait, hours", "number", WAY_WAIT),
                ("wait_hours_median", "Median, hours", "number"),
                ("wait_hours_p90", "9 of 10 within, hours", "number"),
                ("wait_hours_total", "In all, hours", "number"),
                name="ways",
                title="Ways between steps",
            ),
            lay_out(
                record,
                made.nodes,
                ("step", "Step"),
                ("team", "Team"),
                ("num", "Times", "count"),
                ("hours", "Mean handling, hours", "number"),
                ("num_first", "Begins a case", "count"),
                ("num_last", "Ends a case", "count"),
                name="steps",
                title="Steps",
            ),
        ],
        document=make_document(
            record, "map", {"steps": list_rows(record, made.nodes), "ways": list_rows(record, edges)}
        ),
    )
