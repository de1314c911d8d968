"""What of the stock needs attention now."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Round

from shundan.analytics.models import StockAlert
from shundan.analytics.rules import ALERTS, SHORT
from shundan.catalog.models import Product
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.kernel.search import matches


@dataclass(frozen=True, slots=True)
class WarehouseAlerts:
    """How many alerts last in a warehouse by kind, and what they are about at cost in company currency.

    `worth` is what is missing up to the reorder point where stock is short, else what lies there; None for those who
    may not see costs. `uncosted` of all are about products whose cost nobody knows: they add nothing to it.
    """

    warehouse: Warehouse
    counts: Mapping[str, int]
    worth: Mapping[str, Decimal] | None
    uncosted: int

    @property
    def count(self) -> int:
        """Return how many alerts last here."""
        return sum(self.counts.values())


def list_stock_alerts(
    *,
    by: Actor,
    kind: str = "",
    warehouse: str = "",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StockAlert]:
    """Return one page of what needs attention, newest first. Raises: NotPermitted, Malformed."""
    rows = _chosen(kind, warehouse, search, by=by)
    rows = rows.select_related("product__unit", "product__category", "warehouse", "lot")
    return page_of(rows, cursor=cursor, limit=limit, counted=True)


def stock_alerts_by_warehouse(
    *, by: Actor, kind: str = "", warehouse: str = "", search: str = ""
) -> list[WarehouseAlerts]:
    """Return how many of the alerts that a list shows there are in each warehouse, most first. Raises: NotPermitted."""
    sees_costs = by.may("product.cost")
    lacking = When(kind__in=SHORT, then=F("bound") - F("quantity"))
    groups = _chosen(kind, warehouse, search, by=by).values("warehouse_id", "kind")
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    for one in groups.annotate(
        count=Count("id"),
        uncosted=Count("id", filter=Q(product__standard_cost=None)),
        worth=Sum(Round(Case(lacking, default=F("quantity")) * F("product__standard_cost"), precision=2)),
    ):
        found.setdefault(one["warehouse_id"], {})[one["kind"]] = one
    places = Warehouse.objects.in_bulk(found)
    told = [
        WarehouseAlerts(
            warehouse=places[key],
            counts={name: one["count"] for name, one in kinds.items()},
            worth={name: one["worth"] or ZERO for name, one in kinds.items()} if sees_costs else None,
            uncosted=sum(one["uncosted"] for one in kinds.values()),
        )
        for key, kinds in found.items()
    ]
    return sorted(told, key=lambda one: (-one.count, one.warehouse.code))


def count_stock_alerts(*, by: Actor) -> Mapping[str, int]:
    """Return how many alerts last, by kind; kinds without any as 0. Raises: NotPermitted."""
    known = dict(_open(by).values_list("kind").annotate(Count("id")))
    return {kind: known.get(kind, 0) for kind in ALERTS}


def _chosen(kind: str, warehouse: str, search: str, *, by: Actor) -> QuerySet[StockAlert]:
    rows = _open(by)
    if kind in ALERTS:
        rows = rows.filter(kind=kind)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(product__in=Product.objects.filter(matches(search)))
    return rows


def _open(by: Actor) -> QuerySet[StockAlert]:
    require(by, "stock.read")
    return StockAlert.objects.filter(ended_at=None)
