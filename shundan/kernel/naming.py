"""How names stand one after the other in a sentence."""

from collections.abc import Iterable

from django.utils.translation import get_language


def listed(names: Iterable[str]) -> str:
    """Return names one after the other, parted as the reader's language parts them."""
    return (", " if (get_language() or "").startswith("en") else "、").join(names)
