"""Small charts drawn on the server as SVG coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Spark:
    """The path of a line and of the area under it, inside a box of the given size."""

    width: int
    height: int
    line: str
    area: str
    last_x: float
    last_y: float


@dataclass(frozen=True)
class Bar:
    """One bar: its corner, its size and the value it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: Decimal


def sparkline(values: Sequence[Decimal | int], *, width: int = 120, height: int = 32) -> Spark:
    """Draw values from left to right between the smallest (or 0) and the largest."""
    low, high = min([*values, 0], default=0), max(values, default=0)
    reach = float(high - low) or 1.0
    step = (width - 4) / max(len(values) - 1, 1)
    points = [
        (round(2 + i * step, 1), round(height - 3 - float(v - low) / reach * (height - 6), 1))
        for i, v in enumerate(values)
    ] or [(2.0, height - 3.0)]
    line = "M" + "L".join(f"{x} {y}" for x, y in points)
    area = f"{line}L{points[-1][0]} {height}L{points[0][0]} {height}Z"
    return Spark(width, height, line, area, *points[-1])


def bars(values: Sequence[Decimal | int], *, width: int = 640, height: int = 120) -> list[Bar]:
    """Draw values as bars that start at 0."""
    high = float(max(values, default=0)) or 1.0
    slot = width / max(len(values), 1)
    return [
        Bar(
            x=round(i * slot + slot * 0.18, 1),
            y=round(height - max(float(v), 0) / high * height, 1),
            width=round(slot * 0.64, 1),
            height=round(max(float(v), 0) / high * height, 1),
            value=Decimal(v),
        )
        for i, v in enumerate(values)
    ]


def pairs(values: Sequence[Sequence[Decimal | int]], *, width: int = 960, height: int = 160) -> list[list[Bar]]:
    """Draw several figures of each slot side by side, as bars that start at 0 and share one scale."""
    high = float(max((max(row, default=0) for row in values), default=0)) or 1.0
    slot = width / max(len(values), 1)
    return [
        [
            Bar(
                x=round(at * slot + slot * (0.12 + 0.76 / len(row) * part), 1),
                y=round(height - max(float(value), 0) / high * height, 1),
                width=round(slot * 0.7 / len(row), 1),
                height=round(max(float(value), 0) / high * height, 1),
                value=Decimal(value),
            )
            for part, value in enumerate(row)
        ]
        for at, row in enumerate(values)
    ]
