"""Compile the catalogues of texts that are newer than what was compiled from them."""

from pathlib import Path

from shundan.config.folders import ROOT

LOCALE = ROOT / "locale"


def catalogues() -> list[Path]:
    """Return the catalogue of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_stale() -> list[Path]:
    """Compile what changed; return the catalogues that were compiled."""
    stale = [source for source in catalogues() if _is_stale(source)]
    for source in stale:
        _compile(source)
    return stale


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    """Write the compiled catalogue whole or not at all: another process may be reading it."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    half = source.with_suffix(".mo.new")
    with open(source, "rb") as text, open(half, "wb") as target:
        write_mo(target, read_po(text, locale=source.parent.parent.name))
    half.replace(source.with_suffix(".mo"))
