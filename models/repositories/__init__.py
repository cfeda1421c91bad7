"""Queries: rows in and out of the database, inside a transaction that a use case opened."""
