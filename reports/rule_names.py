"""What rules are called where a plan is set beside theirs."""

from collections.abc import Mapping

from models.vocabulary import Rule

RULE_NAMES: Mapping[Rule, str] = {
    Rule.FIFO: "First in, first out",
    Rule.EDF: "Earliest due first",
    Rule.SLACK: "Least slack first",
    Rule.PRIORITY: "Most important first",
    Rule.SPT: "Shortest first",
    Rule.WSPT: "Most important for its length first",
    Rule.ATC: "Urgency and importance",
}
