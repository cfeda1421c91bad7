"""Jobs in and out of the database."""
