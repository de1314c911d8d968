"""What kits are made of."""

from collections.abc import Iterable
from decimal import Decimal

from shundan.catalog.models import KitComponent, Product
from shundan.catalog.rules import KIT, KitPart


def parts_of_kits_unscoped(kit_ids: Iterable[int]) -> dict[int, tuple[KitPart, ...]]:
    """Return what each of these kits is made of, in the order in which it was entered."""
    rows = KitComponent.objects.filter(kit__in=set(kit_ids)).select_related("component").order_by("kit_id", "id")
    found: dict[int, tuple[KitPart, ...]] = {}
    for one in rows:
        product = one.component
        part = KitPart(product.pk, product.sku, one.quantity, is_stocked=product.kind == "goods")
        found[one.kit_id] = (*found.get(one.kit_id, ()), part)
    return found


def components_of_kits(products: Iterable[Product]) -> dict[int, list[KitComponent]]:
    """Return what the kits among these products are made of, by id; the caller has fetched them."""
    found: dict[int, list[KitComponent]] = {one.pk: [] for one in products if one.kind == KIT}
    rows = KitComponent.objects.filter(kit__in=list(found)).select_related("component__unit") if found else ()
    for one in sorted(rows, key=lambda each: each.pk):
        found[one.kit_id].append(one)
    return found


def kits_with_product(product: Product) -> list[tuple[Product, Decimal]]:
    """Return the kits that a product is part of, and how much of it each holds; the caller has fetched it."""
    rows = KitComponent.objects.filter(component=product).select_related("kit").order_by("kit__sku")
    return [(one.kit, one.quantity) for one in rows]
