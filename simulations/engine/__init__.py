"""The event loop: who takes which task when, over flat, fixed arrays."""
