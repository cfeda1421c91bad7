"""The waste ledger: every paid second of every agent in exactly one category, and what could be won back."""
