"""Who may do what: people and programs, their roles and keys, sessions, and requests that were answered before."""
