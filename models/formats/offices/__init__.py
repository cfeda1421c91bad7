"""The tables of an office as files: their columns, what must hold together, how they are parsed and written."""
