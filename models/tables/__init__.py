"""The tables of the database, a module for each family; `schema` knows them all."""
