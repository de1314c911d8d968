"""Names in the reader's language, alone and one after the other in a sentence."""

from collections.abc import Iterable

from django.utils.translation import get_language


def listed(names: Iterable[str]) -> str:
    """Return names one after the other, parted as the reader's language parts them."""
    return (", " if (get_language() or "").startswith("en") else "、").join(names)


def said(name_zh: str, name_en: str) -> str:
    """Return a name in the language that is active now; the Chinese one where there is no English one."""
    return (name_en if (get_language() or "").startswith("en") else name_zh) or name_zh
