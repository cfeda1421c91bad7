"""Use cases: the only package that meets rows, arrays, files and the clock together."""
