"""Local search over the sequences of all agents: bounded route evaluation, moves, annealing in lanes."""
