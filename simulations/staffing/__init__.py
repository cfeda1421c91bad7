"""The least-cost staffing that meets targets, by search over simulation."""
