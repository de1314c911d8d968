"""Placeholder."""

from collections.abc import Iterator

from tools.gallery.frame import Sample


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield nothing yet."""
    yield from ()
