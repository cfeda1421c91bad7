"""What runs the application: processes, their shutdown, their logs and their figures."""
