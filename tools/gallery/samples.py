"""Every page of the gallery with its made-up context."""

from collections.abc import Iterator

from tools.gallery import home, masters, money, orders, people, warehouse
from tools.gallery.frame import Sample


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield every page in one language and theme."""
    for module in (home, orders, warehouse, money, masters, people):
        yield from module.samples(language, theme)
