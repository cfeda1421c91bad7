"""List scheduling by an index rule: the tasks that wait, who is free when, and the loop over the two."""
