"""The day chart as a page, and moving tasks on it."""
