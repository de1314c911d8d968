"""What an administrator may choose for a kind of paper."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from shundan.kernel.layouts import SIZES, Layout

LONGEST_NOTE = 500
LONGEST_TERMS = 4000
LONGEST_NAME = 30
MOST_COPIES = 6
MOST_SIGNATURES = 4
LISTS = ("hidden", "copies_zh", "copies_en", "signatures_zh", "signatures_en")
TEXTS = ("head_zh", "head_en", "foot_zh", "foot_en", "terms_zh", "terms_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLook:
    """How a kind of paper looks, in both languages; an empty list of signatures means those of its kind."""

    size: str = "a4"
    hidden: tuple[str, ...] = ()
    copies_zh: tuple[str, ...] = ()
    copies_en: tuple[str, ...] = ()
    signatures_zh: tuple[str, ...] = ()
    signatures_en: tuple[str, ...] = ()
    head_zh: str = ""
    head_en: str = ""
    foot_zh: str = ""
    foot_en: str = ""
    terms_zh: str = ""
    terms_en: str = ""

    def layout(self, *, is_english: bool, size: str = "") -> Layout:
        """Return it in one language; what was not said in that language is taken from the other."""

        def said(name: str) -> Any:
            first, second = ("en", "zh") if is_english else ("zh", "en")
            return getattr(self, f"{name}_{first}") or getattr(self, f"{name}_{second}")

        return Layout(
            size=size or self.size,
            hidden=self.hidden,
            copies=said("copies"),
            signatures=said("signatures"),
            head_note=said("head"),
            foot_note=said("foot"),
            terms=said("terms"),
        )


def look_content(look: PaperLook) -> dict[str, Any]:
    """Return a look as JSON keeps it (Any: JSON)."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(look).items()}


def look_from(content: Mapping[str, Any]) -> PaperLook:
    """Return the look that a kept content describes; what it does not know is as shipped (Any: JSON)."""
    known = {one.name for one in fields(PaperLook)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items() if name in known
    }
    return PaperLook(**values)


def look_faults(look: PaperLook, *, columns: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (place, code) of all that cannot be kept; codes: unknown, too_many, invalid_text."""
    if look.size not in SIZES:
        yield "size", "unknown"
    if not set(look.hidden) <= columns:
        yield "hidden", "unknown"
    for name in LISTS[1:]:
        names: tuple[str, ...] = getattr(look, name)
        if len(names) > (MOST_COPIES if name.startswith("copies") else MOST_SIGNATURES):
            yield name, "too_many"
        if any(not one.strip() or len(one) > LONGEST_NAME or not one.isprintable() for one in names):
            yield name, "invalid_text"
    for name in TEXTS:
        text: str = getattr(look, name)
        longest = LONGEST_TERMS if name.startswith("terms") else LONGEST_NOTE
        if len(text) > longest or not text.replace("\n", "").replace("\r", "").isprintable():
            yield name, "invalid_text"
