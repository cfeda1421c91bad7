"""Sheets of cells as CSV, XLSX and Parquet files hold them, read and written."""
