"""The public form of a staffing question and of its answer: scenarios and simulation results."""
