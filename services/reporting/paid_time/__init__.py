"""Paid time and what became of it, from each source: the desk, an office's tables, an event log, a simulator's log."""
