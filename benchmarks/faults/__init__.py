"""What happens when servers and databases die under load: nothing is lost, and nothing happens twice."""
