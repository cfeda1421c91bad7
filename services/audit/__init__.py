"""The audit trail: sealing what was committed, checking the seals, backups."""
