"""What suppliers have lying with us as their own (consigned)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from shundan.catalog.models import Product
from shundan.inventory.models import StockPosition
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.search import matches
from shundan.parties.models import Supplier


@dataclass(frozen=True, slots=True)
class Consigned:
    """How much of a product a supplier has usable in a warehouse (by code), in the product's base unit."""

    supplier: Supplier
    warehouse: str
    quantity: Decimal


def list_consigned(
    *,
    by: Actor,
    search: str = "",
    supplier: str = "",
    warehouse: str = "",
    sku: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[StockPosition]:
    """Return one page of the places where goods of suppliers lie, newest first; `since` says since when at least.

    `search` fits products, suppliers and whole codes of lots. Raises: NotPermitted, Malformed.
    """
    require(by, "stock.read")
    rows = StockPosition.objects.exclude(owner=None)
    rows = rows.select_related("product__unit", "warehouse", "location", "lot", "owner")
    if search.strip():
        fits = Q(product__in=Product.objects.filter(matches(search)))
        fits |= Q(lot__code=search.replace("\x00", "").strip())
        rows = rows.filter(fits | Q(owner__in=Supplier.objects.filter(matches(search))))
    if supplier:
        rows = rows.filter(owner__number=supplier.replace("\x00", ""))
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if sku:
        rows = rows.filter(product__sku=sku.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def consigned_of_product(product_id: int, *, by: Actor) -> list[Consigned]:
    """Return which suppliers have usable units of a product with us, and where. Raises: NotPermitted."""
    require(by, "stock.read")
    rows = StockPosition.objects.filter(_usable(by), product_id=product_id).exclude(owner=None)
    sums = rows.values_list("owner_id", "warehouse__code").annotate(q=Sum("quantity")).order_by("warehouse__code", "-q")
    found = list(sums)
    suppliers = Supplier.objects.in_bulk({owner_id for owner_id, _code, _q in found})
    return [Consigned(suppliers[owner_id], code, quantity) for owner_id, code, quantity in found]


def consigned_units(
    supplier_id: int, *, warehouse_id: int, product_ids: Iterable[int], by: Actor
) -> dict[int, Decimal]:
    """Return by product how many usable units a supplier has in a warehouse. Raises: NotPermitted."""
    require(by, "stock.read")
    rows = StockPosition.objects.filter(
        _usable(by), owner_id=supplier_id, warehouse_id=warehouse_id, product_id__in=list(product_ids)
    )
    return dict(rows.values_list("product_id").annotate(Sum("quantity")))


def _usable(by: Actor) -> Q:
    lasts = Q(lot=None) | Q(lot__expires_on=None) | Q(lot__expires_on__gte=by.today)
    return Q(status="usable") & lasts
