"""Runs many tasks at a time: in threads, in processes, or on a cluster; what comes out is the same."""
