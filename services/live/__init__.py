"""The live desk: what happens to tasks and agents, and what follows from it."""
