"""Running the place: workload, standards, flow, skills, lending, plans, rules kept, fairness, and a day on one page."""
