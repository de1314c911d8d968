"""What of the stock needs attention now."""

from collections.abc import Mapping

from django.db.models import Count, QuerySet

from shundan.analytics.models import StockAlert
from shundan.analytics.rules import ALERTS
from shundan.catalog.models import Product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.search import matches


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
    rows = _open(by)
    if kind in ALERTS:
        rows = rows.filter(kind=kind)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(product__in=Product.objects.filter(matches(search)))
    rows = rows.select_related("product__unit", "product__category", "warehouse", "lot")
    return page_of(rows, cursor=cursor, limit=limit, counted=True)


def count_stock_alerts(*, by: Actor) -> Mapping[str, int]:
    """Return how many alerts last, by kind; kinds without any as 0. Raises: NotPermitted."""
    known = dict(_open(by).values_list("kind").annotate(Count("id")))
    return {kind: known.get(kind, 0) for kind in ALERTS}


def _open(by: Actor) -> QuerySet[StockAlert]:
    require(by, "stock.read")
    return StockAlert.objects.filter(ended_at=None)
