"""Measures of speed: ours beside the raw limit of the same PostgreSQL, in one run, as ratios."""
