"""`swingdesk/backup`: everything that a database holds, in one file that either kind of database takes back."""
