"""What a history tells a scenario: durations, rates, ways through a process, weeks, and how people take work."""
