"""The least-cost staffing of a scenario."""
