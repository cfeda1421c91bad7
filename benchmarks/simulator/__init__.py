"""The simulator beside others that do the same work, and beside itself with everything on."""
