"""Sheets that people fill in: read from CSV or XLSX, their columns found by name, their rows made records."""
