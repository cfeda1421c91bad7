"""Reports: from the database or an event log to tables, figures and files."""
