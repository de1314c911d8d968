"""The README's pictures are made afresh, and the README names no picture that does not exist."""

import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from tools import screenshots
from tools.album import SHOTS
from tools.posing import Variant
from tools.screenshots import README_PICTURES, README_SHOTS, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMED = re.compile(r"\(docs/pictures/([^)]+)\)")


def named_pictures() -> set[str]:
    """Return the pictures that either README shows."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.en.md")]
    return {name for text in texts for name in NAMED.findall(text)}


def shades(path: Path) -> int:
    """Return how many different bytes the pixels of a PNG are made of."""
    data, at, packed = path.read_bytes(), 8, b""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    return len(set(zlib.decompress(packed)))


def test_the_readme_shows_only_pictures_that_exist_and_all_that_are_made() -> None:
    made = {
        f"{name}-{lang}-{theme}-1440.png"
        for name, themes in README_SHOTS.items()
        for theme in themes
        for lang in screenshots.LANGUAGES
    }
    assert named_pictures() == made
    assert {path.name for path in README_PICTURES.glob("*.png")} == made
    assert max(path.stat().st_size for path in README_PICTURES.glob("*.png")) < screenshots.MOST_BYTES


def test_the_pictures_can_be_taken_afresh(company: str, browser: "Browser", tmp_path: Path) -> None:
    taken = screenshots.take_readme_pictures(browser, company, tmp_path)
    assert {path.name for path in taken} == named_pictures()
    assert [path.name for path in taken if shades(path) < 64] == []
    assert max(path.stat().st_size for path in taken) < screenshots.MOST_BYTES
    again = screenshots.take(
        browser,
        company,
        tmp_path / "again",
        SHOTS[1:2],
        Variant("zh", "light", "1440"),
        whole=False,
    )
    assert again[0].read_bytes() == (tmp_path / again[0].name).read_bytes()
