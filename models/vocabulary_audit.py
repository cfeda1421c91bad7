"""The words of the audit trail: what a change is a change of."""

from enum import StrEnum


class Subject(StrEnum):
    """What a change is a change of."""

    AGENT = "agent"
    DATABASE = "database"
    IMPORT = "import"
    JOB = "job"
    KEY = "key"
    LENDING = "lending"
    OFFICE = "office"
    PLAN = "plan"
    PRINCIPAL = "principal"
    ROLE = "role"
    SCENARIO = "scenario"
    SESSION = "session"
    SETTING = "setting"
    TASK = "task"
    TASK_TYPE = "task-type"
    TEAM = "team"
