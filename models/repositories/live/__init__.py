"""The live desk in the database: the log of events, and the states of tasks and agents beside it."""
