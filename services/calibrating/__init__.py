"""Scenarios from the office's own history."""
