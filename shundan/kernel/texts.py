"""Texts of files that people upload, whatever a spreadsheet wrote them in."""

import codecs

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(content: bytes) -> bytes:
    """Return a file in UTF-16, which begins with its mark (Excel calls it “Unicode text”), in UTF-8; others as is."""
    if not content.startswith(_WIDE):
        return content
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError:
        return content
