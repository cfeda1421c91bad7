"""What is stored of who may do what."""
