"""Picking: what people took while something else was to come first, and what that cost."""
