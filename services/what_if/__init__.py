"""What would happen if: scenarios that planners keep, change and compare."""
