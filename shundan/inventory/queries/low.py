"""Below how much stock is low: the one rule that lists, states of stock and alerts go by.

In a warehouse the point of its active reorder rule counts, else the point of the product.
"""

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from shundan.catalog.models import Product
from shundan.inventory.models import ReorderRule

# The same in SQL, for a stock level `s` of a product `p` with its active rule `r`, if it has one.
LOW_POINT_JOIN = (
    "left join inventory_reorderrule r on r.product_id = s.product_id and r.warehouse_id = s.warehouse_id"
    " and r.is_active"
)
LOW_POINT = "coalesce(r.reorder_point, p.reorder_point)"


def low_point() -> Coalesce:
    """Return the point of a stock level as an expression; nothing where neither rule nor product has one."""
    rules = ReorderRule.objects.filter(
        product_id=OuterRef("product_id"), warehouse_id=OuterRef("warehouse_id"), is_active=True
    )
    return Coalesce(Subquery(rules.values("reorder_point")), F("product__reorder_point"))


def products_with_point() -> QuerySet[Product, int]:
    """Return the ids of products that have a point anywhere."""
    own = Product.objects.filter(reorder_point__isnull=False).values_list("pk", flat=True)
    return own.union(ReorderRule.objects.filter(is_active=True).values_list("product_id", flat=True))
