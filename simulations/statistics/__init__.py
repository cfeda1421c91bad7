"""Averages with intervals that hold, comparisons, warm-up."""
