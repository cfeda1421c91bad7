"""The terminal: a module for each family of commands."""
