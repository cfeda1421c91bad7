"""Passwords of people: what they cost to check, which are taken, and how often somebody may try."""
