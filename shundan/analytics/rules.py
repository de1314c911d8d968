"""What reports there are: their columns, what each figure is, and over which days they reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Kind = Literal["quantity", "money", "days", "ratio", "share", "day"]
Span = Literal["now", "day", "period"]
LONGEST_PERIOD = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a report: in which unit it is, and whether its sum over rows says something."""

    name: str
    kind: Kind
    is_summed: bool = True
    # Only for those who may know what goods cost.
    is_cost: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report by product and warehouse: its figures, the days it asks for, by which figure it is sorted at first.

    `drawn` is the figure that its chart shows, by category; without the right for costs it is `drawn_plain`.
    """

    code: str
    span: Span
    columns: tuple[Column, ...]
    sort: str
    drawn: str
    drawn_plain: str

    def columns_for(self, *, sees_costs: bool) -> tuple[Column, ...]:
        """Return the figures that somebody may see."""
        return tuple(one for one in self.columns if sees_costs or not one.is_cost)


_VALUE = Column("value", "money", is_cost=True)
AGES = (30, 60, 90, 180, 365)
_ALL = (
    Report(
        "stock",
        "day",
        (
            Column("quantity", "quantity"),
            Column("cost", "money", is_summed=False, is_cost=True),
            _VALUE,
        ),
        "-quantity",
        "value",
        "quantity",
    ),
    Report(
        "moves",
        "period",
        (
            Column("opening", "quantity"),
            Column("received", "quantity"),
            Column("issued", "quantity"),
            Column("corrected", "quantity"),
            Column("other", "quantity"),
            Column("closing", "quantity"),
        ),
        "-issued",
        "issued",
        "issued",
    ),
    Report(
        "ageing",
        "now",
        (
            *(Column(f"to_{days}", "quantity") for days in AGES),
            Column("older", "quantity"),
            Column("quantity", "quantity"),
            _VALUE,
            Column("since", "day", is_summed=False),
        ),
        "since",
        "value",
        "quantity",
    ),
    Report(
        "turnover",
        "period",
        (
            Column("issued", "quantity"),
            Column("average", "quantity"),
            Column("closing", "quantity"),
            Column("turns", "ratio", is_summed=False),
            Column("supply", "days", is_summed=False),
            Column("issued_value", "money", is_cost=True),
            Column("average_value", "money", is_cost=True),
        ),
        "-issued",
        "issued_value",
        "issued",
    ),
    Report(
        "outs",
        "period",
        (
            Column("days_out", "days"),
            Column("share", "share", is_summed=False),
            Column("issued", "quantity"),
            Column("closing", "quantity"),
        ),
        "-days_out",
        "days_out",
        "days_out",
    ),
)
REPORTS: Mapping[str, Report] = MappingProxyType({one.code: one for one in _ALL})


def turns_of(issued: Decimal, average: Decimal, days: int) -> Decimal | None:
    """Return how often a stock is turned over in a year at the pace of some days; None for no stock."""
    return (issued * 365 / days / average).quantize(Decimal("0.01")) if average > 0 and days > 0 else None


def buckets_of(since: date, until: date, *, most: int = 31) -> Sequence[tuple[date, date]]:
    """Return the days of a period as at most so many spans: days, weeks from Monday, or months."""
    days = (until - since).days + 1
    if days <= most:
        return [(since + timedelta(at), since + timedelta(at)) for at in range(days)]
    starts, on = [], since
    while on <= until:
        starts.append(on)
        on += timedelta(days=7 - on.weekday())
        if days > 7 * most:
            on = (starts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
    return [
        (start, (starts[at + 1] - timedelta(days=1)) if at + 1 < len(starts) else until)
        for at, start in enumerate(starts)
    ]
