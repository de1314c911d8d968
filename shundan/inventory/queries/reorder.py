"""The rules of when products are bought again."""

from django.db.models import QuerySet

from shundan.catalog.models import Product
from shundan.inventory.models import ReorderRule
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.search import matches


def list_reorder_rules(
    *,
    by: Actor,
    search: str = "",
    warehouse: str = "",
    supplier: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[ReorderRule]:
    """Return one page of reorder rules, newest first. Raises: NotPermitted, Malformed."""
    rows = _rules(by)
    if search.strip():
        rows = rows.filter(product__in=Product.objects.filter(matches(search)))
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if supplier:
        rows = rows.filter(supplier__number=supplier.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_reorder_rule(sku: str, warehouse: str, *, by: Actor) -> ReorderRule:
    """Return the rule of a product in a warehouse. Raises: NotPermitted, NotFound."""
    found = _rules(by).filter(product__sku=sku.replace("\x00", ""), warehouse__code=warehouse.replace("\x00", ""))
    rule = found.first()
    if rule is None:
        raise NotFound(what="reorder rule", key=f"{sku} {warehouse}"[:100])
    return rule


def reorder_rules_of_product(product_id: int, *, by: Actor) -> list[ReorderRule]:
    """Return a product's rules, by warehouse. Raises: NotPermitted."""
    return list(_rules(by).filter(product_id=product_id).order_by("warehouse__code"))


def _rules(by: Actor) -> QuerySet[ReorderRule]:
    require(by, "stock.read")
    return ReorderRule.objects.select_related("product", "product__unit", "warehouse", "supplier")
