"""Finding by part of a name in Chinese, pinyin or initials: one- and two-character grams."""

from functools import lru_cache

from django.db.models import Q

from shundan.kernel.models import search_condition

LONGEST_QUERY = 80


def search_columns(*texts: str) -> dict[str, object]:
    """Return the values of the columns `search_text` and `search_grams` for these texts."""
    spoken = [form for text in texts if text for form in spoken_forms(text)]
    text = " ".join(dict.fromkeys(spoken))
    return {"search_text": text, "search_grams": sorted(_grams(text))}


def matches(query: str) -> Q:
    """Return the condition for rows that contain every word of what the user typed.

    An empty query matches every row.
    """
    words = _clean(query)[:LONGEST_QUERY].split()
    grams = sorted({gram for word in words for gram in (_pairs(word) if len(word) > 1 else {word})})
    return search_condition(words, grams) if words else Q()


def spoken_forms(text: str) -> list[str]:
    """Return how a text may be typed: as it is, and its pinyin and initials if it is Chinese."""
    cleaned = _clean(text)
    return [cleaned, *_pinyin(cleaned)] if any("㐀" <= char <= "鿿" for char in cleaned) else [cleaned]


@lru_cache(maxsize=4096)
def _pinyin(text: str) -> tuple[str, str]:
    # Imported here: the dictionary costs a tenth of a second at start-up.
    from pypinyin import Style, lazy_pinyin

    return (
        "".join(lazy_pinyin(text, errors="default")).replace(" ", ""),
        "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="default")).replace(" ", ""),
    )


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").lower().split())


def _grams(text: str) -> set[str]:
    return {gram for word in text.split() for gram in {*word, *_pairs(word)}}


def _pairs(word: str) -> set[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)}
