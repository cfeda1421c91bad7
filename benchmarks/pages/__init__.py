"""How pages feel: measured in a real browser, printed, never asserted by the clock."""
