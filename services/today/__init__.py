"""A lead's day as it stands: what will be late, who is there, who is lent, and what would mend it."""
