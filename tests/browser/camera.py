"""A camera that films codes: Chromium reads a film of one picture where its camera would be."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import barcode
import segno

from tools.chromium import FLAGS, need_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

WIDTH, HEIGHT = 1280, 720
# Luma of ink and paper, in the range that films use; a paper has bars in its middle, quiet around them.
INK, PAPER = 16, 235
MARGIN = 200


@dataclass(frozen=True)
class Film:
    """The file that the browser takes for its camera; it is read anew each time the camera is switched on."""

    path: Path

    def show_bars(self, code: str, *, kind: str = "code128") -> None:
        """Film a bar code: Code 128, or EAN-13 where `kind` is `ean13`."""
        given = code[:12] if kind == "ean13" else code
        bits = barcode.get_barcode_class(kind)(given).build()[0].replace("G", "1")
        module = (WIDTH - 2 * MARGIN) // len(bits)
        line = bytearray([PAPER] * WIDTH)
        left = (WIDTH - len(bits) * module) // 2
        for at, bit in enumerate(bits):
            if bit == "1":
                line[left + at * module : left + (at + 1) * module] = bytes([INK]) * module
        paper = bytes([PAPER]) * WIDTH * MARGIN
        self._write(paper + bytes(line) * (HEIGHT - 2 * MARGIN) + paper)

    def show_square(self, text: str) -> None:
        """Film a QR code."""
        rows = segno.make(text, micro=False).matrix
        module = (HEIGHT - MARGIN) // len(rows)
        top, left = (HEIGHT - len(rows) * module) // 2, (WIDTH - len(rows) * module) // 2
        picture = bytearray([PAPER] * WIDTH * HEIGHT)
        for y, row in enumerate(rows):
            line = b"".join(bytes([INK if dark else PAPER]) * module for dark in row)
            for step in range(module):
                start = (top + y * module + step) * WIDTH + left
                picture[start : start + len(line)] = line
        self._write(bytes(picture))

    def _write(self, luma: bytes) -> None:
        head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
        self.path.write_bytes(head + luma + bytes([128]) * (WIDTH * HEIGHT // 2))


@contextmanager
def with_camera(chrome: "BrowserType", film: Film) -> "Iterator[Browser]":
    """Start a browser whose camera shows the film, and which lets pages use it."""
    chromium = need_chromium()
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film.path}",
    ]
    browser = chrome.launch(executable_path=chromium.path, args=flags, env={**chromium.environment})
    yield browser
    browser.close()
