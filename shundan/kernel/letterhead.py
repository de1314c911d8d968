"""The head of a paper, apart from what makes papers: those who only know the company need no printing."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who sends a paper: name, lines below it, and a PNG or JPEG with its size in pixels."""

    name: str
    lines: Sequence[str] = ()
    logo: bytes = b""
    logo_size: tuple[int, int] = (0, 0)

    def as_data(self) -> dict[str, object]:
        """Return it as the template takes it: the picture wrapped in an SVG, which travels as text."""
        return {"name": self.name, "lines": list(self.lines), "logo": self._drawn()}

    def _drawn(self) -> str:
        if not self.logo:
            return ""
        kind = "png" if self.logo[:4] == b"\x89PNG" else "jpeg"
        width, height = self.logo_size
        picture = f"data:image/{kind};base64,{b64encode(self.logo).decode()}"
        size = f'width="{width}" height="{height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image href="{picture}" {size}/></svg>'
