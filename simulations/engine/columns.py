"""The columns of the engine's tables, and the codes that stand in them."""

# what a policy and a roster switch on: `Layout.switches`
RULE, IDLE_ORDER, RESUMES, IS_PULL, PREFERS, HAS_THRESHOLD, ENGAGE, HAS_IDLE_WITH_WORK, IS_SIMPLE = range(9)
CHOOSE_KIND = 9
NUM_SWITCHES = 10

# `Layout.amounts`, times in seconds
HORIZON, WARM_UP, SCALE, DWELL, SETUP_SAME, SETUP_OTHER, CHERRY, CHOOSE_A, CHOOSE_B, INTERVAL = range(10)
NUM_AMOUNTS = 10

LONGEST_IDLE, SPECIALIST, FASTEST = range(3)
SHORTEST, OWN_TYPE, NEWEST = range(3)

# `Layout.type_whole` and `type_real`
TYPE_TEAM, TYPE_HANDLING, TYPE_PATIENCE, TYPE_CALENDAR = range(4)
HANDLING_A, HANDLING_B, PATIENCE_A, PATIENCE_B, TYPE_SLA, TYPE_MEAN = range(6)
NO_CALENDAR, NO_SLA = -1, -2

# `Layout.step_whole`
STEP_TYPE, STEP_PROCESS, BRANCH_LOW, BRANCH_HIGH = range(4)

# `Layout.queue_whole`
QUEUE_TYPE, QUEUE_TEAM, IS_MONOTONE = range(3)

# `Layout.stream_whole`
KIND, ENTRY, LOT, GAP_STREAM, DAY_STREAM, WORK_STREAM, LOW, HIGH = range(8)
POISSON, EVEN, TRACE = range(3)

# `Layout.piece_real`, `trace_real`, `trace_whole`, `backlog_whole`
PIECE_START, PIECE_END, PIECE_RATE = range(3)
TRACE_AT, TRACE_HANDLING, TRACE_DUE = range(3)
TRACE_STEP, TRACE_WEIGHT = range(2)
BACKLOG_STEP, BACKLOG_STREAM, BACKLOG_INDEX = range(3)

# `Layout.class_whole`
CLASS_LEVEL, CLASS_TIERS, CLASS_HOME, CLASS_AFTER_DWELL, CLASS_GROUP = range(5)
MOST_TIERS = 3

# `Layout.agent_whole` and `agent_absence`
AGENT_CLASS, AGENT_GROUP, MAX_MOVES, ABSENCE_STREAM, CHOICE_STREAM, STRETCH_LOW, STRETCH_HIGH = range(7)

# `Layout.event_whole`: what the roster does, in the order in which it is taken at one instant
EVENT_KIND, EVENT_GROUP, EVENT_SHIFT, EVENT_STRETCH = range(4)
BREAK_END, SHIFT_START, BREAK_START, DUTY_END = 1, 2, 3, 4

# `Layout.shift_whole`
SHIFT_KEY, FIRST_STRETCH = range(2)

# a task in the system: `Workspace.slot_real` and `slot_whole`
ENABLED, DUE, CASE_DUE, ARRIVED, CONTENT, ROUTE, LEAVES_AT = range(7)
SLOT_REALS = 8
QUEUE, ORDER, STREAM, INDEX, VISIT, STEP, WEIGHT, COUNTED, NEXT, PREVIOUS, CHILD, SIBLING, PARENT, PLACE = range(14)
SLOT_WHOLES = 16
NOT_COUNTED, IS_COUNTED, IS_BACKLOG = range(3)

# an agent: `Workspace.agent_real` and `agent_whole`
IDLE_SINCE, STRETCH_END, DWELL_UNTIL, TAKEN_AT, STARTED_AT, FINISHED_AT, HANDLING_S, SETUP_S = range(8)
STATE, CLASS, SLOT, LAST_TYPE, LAST_TEAM, PLACE_TEAM, MOVES, SHIFT, ON_BREAK, STRETCH = range(10)
NEXT_FREE, PREVIOUS_FREE, CHOICES = 10, 11, 12
AGENT_WHOLES = 16
IDLE, BUSY, CHOOSING, READY = range(4)

# a queue: `Workspace.queue_whole`
HEAD, TAIL, ROOT = range(3)

# a stream: `Workspace.stream_real` and `stream_whole`
STREAM_AT, STREAM_RATE = range(2)
STREAM_NEXT, STREAM_PIECE, STREAM_DRAWN = range(3)
BUFFER = 64

# `Workspace.counts` and `clock`
NUM_RUNNING, FREE_SLOT, NUM_PATIENT, NUM_WAITS, NUM_ROWS, NEXT_EVENT, NEXT_SAMPLE, NUM_CASES, NUM_READY = range(9)
FAILURE, HAS_BEGUN, NUM_WAITING, NUM_OPEN, NUM_EVENTS = 9, 10, 11, 12, 13
NUM_COUNTS = 16
MEASURED_TO = 0

# what a run ends with
FINISHED, PAUSED, SLOTS_FULL, WAITS_FULL, ROWS_FULL = range(5)

# `Workspace.type_sums` and `process_sums`
NUM_ARRIVED, NUM_BACKLOG, NUM_STARTED, SUM_WAIT, NUM_WAITED, NUM_COMPLETED, SUM_FLOW, NUM_DUE, SUM_TARDY = range(9)
NUM_COHORT, NUM_ON_TIME, NUM_ABANDONED, NUM_LEFT, LEFT_S = 9, 10, 11, 12, 13
TASK_SUMS = 14

# `Workspace.group_sums`, in seconds but for moves
SUM_BUSY, SUM_OVERTIME, SUM_ATTENDED, SUM_MOVES, SUM_IDLE_WITH_WORK, SUM_CHOOSING = range(6)
GROUP_SUMS = 6

# the log: `Workspace.row_real` and `row_whole`
ROW_ARRIVED, ROW_ENABLED, ROW_TAKEN, ROW_STARTED, ROW_ENDED, ROW_DUE, ROW_HANDLING, ROW_SETUP = range(8)
ROW_ORDER, ROW_STEP, ROW_QUEUE, ROW_AGENT, ROW_OUTCOME, ROW_STREAM, ROW_INDEX, ROW_VISIT = range(8)
OPEN, COMPLETED, ABANDONED = range(3)
