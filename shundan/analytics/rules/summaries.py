"""What summaries there are: figures of purchases and of counts by supplier, category, month, product or count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shundan.analytics.rules import Column


@dataclass(frozen=True, slots=True)
class Summary:
    """A report whose rows are of one kind (`rows`), with its figures, its first sort and the figure that is drawn.

    `ratios` are totals that follow from two sums: the figure's part and its whole, and whether the rest is meant.
    """

    code: str
    room: str
    rows: str
    columns: tuple[Column, ...]
    sort: str
    drawn: str
    ratios: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict)

    def columns_for(self, *, sees_costs: bool) -> tuple[Column, ...]:
        """Return the figures that somebody may see."""
        return tuple(one for one in self.columns if sees_costs or not one.is_cost)


def _spend(code: str, rows: str, *counts: Column, sort: str = "-ordered") -> Summary:
    columns = (
        *counts,
        Column("ordered", "money"),
        Column("received", "money"),
        Column("returned", "money"),
        Column("share", "share", is_summed=False),
    )
    return Summary(code, "buying", rows, columns, sort, "ordered", ratios={"share": ("ordered", "ordered", False)})


_ORDERS, _PRODUCTS = Column("orders", "quantity"), Column("products", "quantity", is_summed=False)
_ACCURACY = (
    Column("positions", "quantity"),
    Column("exact", "quantity"),
    Column("accuracy", "share", is_summed=False),
    Column("booked", "money", is_cost=True),
    Column("difference", "money", is_cost=True),
    Column("worth_accuracy", "share", is_summed=False, is_cost=True),
)
_ACCURATE: Mapping[str, tuple[str, str, bool]] = MappingProxyType(
    {"accuracy": ("exact", "positions", False), "worth_accuracy": ("difference", "booked", True)}
)
_PRICES = (
    Column("quantity", "quantity", is_summed=False),
    Column("ordered", "money"),
    Column("average", "price", is_summed=False),
    Column("lowest", "price", is_summed=False),
    Column("highest", "price", is_summed=False),
)
_ALL = (
    _spend("suppliers", "supplier", _ORDERS, _PRODUCTS, Column("concentration", "quantity")),
    _spend("categories", "category", _PRODUCTS),
    _spend("months", "month", _ORDERS, Column("sellers", "quantity", is_summed=False), sort="month"),
    Summary(
        "prices",
        "buying",
        "product",
        (
            *_PRICES,
            Column("first", "price", is_summed=False),
            Column("latest", "price", is_summed=False),
            Column("change", "share", is_summed=False),
        ),
        "-change",
        "ordered",
    ),
    Summary("trend", "buying", "month", (*_PRICES, Column("change", "share", is_summed=False)), "month", "average"),
    Summary(
        "dependence",
        "buying",
        "product",
        (
            Column("sellers", "quantity", is_summed=False),
            Column("ordered", "money"),
            Column("largest", "money"),
            Column("largest_share", "share", is_summed=False),
            Column("single", "money"),
            Column("single_share", "share", is_summed=False),
        ),
        "-single",
        "single",
        ratios={"largest_share": ("largest", "ordered", False), "single_share": ("single", "ordered", False)},
    ),
    Summary(
        "accuracy",
        "counting",
        "place",
        (Column("counts", "quantity"), *_ACCURACY),
        "month",
        "accuracy",
        ratios=_ACCURATE,
    ),
    Summary("counts", "counting", "count", _ACCURACY, "-month", "accuracy", ratios=_ACCURATE),
)
SUMMARIES: Mapping[str, Summary] = MappingProxyType({one.code: one for one in _ALL})
