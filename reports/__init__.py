"""What happened: figures and tables from frames. Pure."""
