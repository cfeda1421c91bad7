"""The history of the tables, step by step; `runner` brings a database to the newest."""
