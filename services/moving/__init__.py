"""Moving tasks of a stored plan by hand: what a move would change, and a new revision of the plan with it."""
