"""What a diagram is made of: boxes, lines and labels in pixels, and how wide their texts are."""

from dataclasses import dataclass

LETTER, SIGN = 6.7, 12.0
LONGEST_LABEL = 150


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a transition beside its line; `full` is what it says when `text` had to be cut."""

    name: str
    text: str
    full: str
    x: int
    y: int
    anchor: str


@dataclass(slots=True)
class Box:
    """A state; `loops` are the transitions that stay in it."""

    name: str
    label: str
    category: str
    is_initial: bool
    loops: tuple[tuple[str, str], ...]
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0

    @property
    def shown(self) -> str:
        """Return as much of its name as fits into it."""
        return cut(self.label, self.width - 16)

    @property
    def shown_loops(self) -> str:
        """Return as many of the transitions that stay in it as fit."""
        return cut(" · ".join(label for _name, label in self.loops), self.width - 16)

    @property
    def middle(self) -> int:
        """Return the x of its middle."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """Return the y of its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """The drawn ways of one or more transitions with the same ends; `goes` are SVG paths, each ends at the target."""

    names: tuple[str, ...]
    goes: tuple[str, ...]
    labels: tuple[Label, ...]
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole diagram in pixels."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    start: str


def width_of(text: str) -> float:
    """Return about how wide a text is at 12 pixels: Chinese signs are twice as wide as letters."""
    return sum(SIGN if ord(sign) > 0x2E7F else LETTER for sign in text)


def cut(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return as much of a text as fits into a width, with … where it was cut."""
    if width_of(text) <= longest:
        return text
    kept = text
    while kept and width_of(kept) > longest - SIGN:
        kept = kept[:-1]
    return f"{kept}…"
