"""Scenarios as forms: each sheet of entries is made of a document, read into one, and told its faults."""
