"""From a scenario to its result: columns, replications, averages with intervals."""
