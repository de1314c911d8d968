"""Tools for building and checking the project; nothing here runs in production."""
