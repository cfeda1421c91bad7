"""Other ways to make the daily plan, run side by side with ours at equal time: `python -m benchmarks.peers`."""
