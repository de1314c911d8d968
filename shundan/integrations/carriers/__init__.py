"""Adapters of carriers: each file speaks one carrier's documented language."""
