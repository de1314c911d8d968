"""Finding stock counts, and what each still asks for."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from shundan.inventory.models import CountLine, StockCount
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of


def list_counts(
    *,
    by: Actor,
    state: str = "",
    search: str = "",
    warehouse: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[StockCount]:
    """Return one page of counts, newest first. Raises: NotPermitted, Malformed."""
    rows = _counts(by).annotate(
        line_count=Count("lines"), found_count=Count("lines", filter=Q(lines__found__isnull=False))
    )
    if state:
        rows = rows.filter(state=state)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(number__iexact=search.strip().replace("\x00", "")[:80])
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_count(number: str, *, by: Actor) -> StockCount:
    """Return a count. Raises: NotPermitted, NotFound."""
    found = _counts(by).filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="count", key=number[:100])
    return found


def count_numbers(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of counts by id for who may see them, for the ledger of stock."""
    if not by.may("stock.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(StockCount.objects.filter(pk__in=wanted).values_list("pk", "number"))


def count_exists(number: str, *, by: Actor) -> bool:
    """Tell whether there is a count of this number that the actor may see."""
    return by.may("stock.read") and StockCount.objects.filter(number=number.replace("\x00", "")).exists()


def lines_of_count(count: StockCount) -> list[CountLine]:
    """Return the lines of a count that the actor fetched, in walking order."""
    rows = CountLine.objects.filter(count=count).select_related("product__unit", "location", "lot")
    return list(rows.order_by("location__walking_order", "location__code", "product__sku", "id"))


def is_to_count(line: CountLine, state: str) -> bool:
    """Tell whether a line waits to be counted: all of a new count, then those that differ."""
    return line.found is None and (state == "counting" or line.first_found is not None)


def _counts(by: Actor) -> QuerySet[StockCount]:
    require(by, "stock.read")
    return StockCount.objects.select_related("warehouse", "location", "category")
