"""Event logs, CSV or XES: read, cleaned, one row a task instance."""
