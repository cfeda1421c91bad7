"""Counter-based random numbers: a draw depends on seed, replication, stream and index, and on nothing else."""
