"""What reports there are: their columns, what each figure is, and over which days they reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from types import MappingProxyType
from typing import Literal

Kind = Literal["quantity", "money", "price", "days", "ratio", "share", "day"]
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
    Report(
        "over",
        "now",
        (
            Column("quantity", "quantity"),
            Column("sold", "quantity"),
            Column("supply", "days", is_summed=False),
            Column("excess", "quantity"),
            Column("excess_value", "money", is_cost=True),
        ),
        "-excess",
        "excess_value",
        "excess",
    ),
    Report(
        "dead",
        "now",
        (
            Column("quantity", "quantity"),
            _VALUE,
            Column("idle", "days", is_summed=False),
            Column("left_on", "day", is_summed=False),
        ),
        "-quantity",
        "value",
        "quantity",
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


# What of the stock needs attention, the worst first; who is told.
ALERTS = ("expired", "safety", "low", "expiring", "over", "dead")
# Those of stock that is missing; the others are of stock that lies there.
SHORT = ("safety", "low")
ALERT_ROLES = ("purchasing", "warehouse")
# In days: how the pace of sales is measured, what lasts too long, what nobody takes, what expires soon.
PACE_DAYS, OVER_DAYS, DEAD_DAYS, EXPIRY_DAYS = 90, 180, 180, 30


# Without a rule that says otherwise goods are there so many days after they were ordered; orders are made for a month.
USUAL_LEAD, REVIEW_DAYS = 14, 30
DAYS_OF_MONTH = Decimal("30.44")
PATTERNS = ("short", "steady", "seasonal", "intermittent")


@dataclass(frozen=True, slots=True)
class Need:
    """How much to order by when, so that it is there on the day when stock reaches the safety stock."""

    quantity: Decimal
    needed_on: date
    order_by: date
    # What is expected to be sold until the next order's goods are there.
    expected: Decimal


def expected_in(months: Sequence[Decimal], days: int) -> Decimal:
    """Return the demand of so many coming days; after the last month it goes on as in that month."""
    left, total = Decimal(days), Decimal(0)
    for at, month in enumerate(months):
        part = left if at == len(months) - 1 else min(left, DAYS_OF_MONTH)
        total += month * part / DAYS_OF_MONTH
        left -= part
    return total


def need_of(
    months: Sequence[Decimal], *, projected: Decimal, safety: Decimal, lead_days: int, decimals: int, today: date
) -> Need | None:
    """Return what to order for demand by month, or None when what is there and coming suffices until the next order."""
    reach = lead_days + REVIEW_DAYS
    expected = expected_in(months, reach)
    lacking = expected + safety - projected
    step = Decimal(1).scaleb(-decimals)
    quantity = lacking.quantize(step, ROUND_UP) if lacking > 0 else Decimal(0)
    if quantity <= 0:
        return None
    day = next((day for day in range(reach + 1) if projected - expected_in(months, day) <= safety), reach)
    needed_on = today + timedelta(days=day)
    order_by = max(today, needed_on - timedelta(days=lead_days))
    return Need(quantity, needed_on, order_by, expected.quantize(step, ROUND_HALF_UP))


def months_between(first: date, last: date) -> int:
    """Return how many months begin after one month up to another."""
    return (last.year - first.year) * 12 + last.month - first.month
