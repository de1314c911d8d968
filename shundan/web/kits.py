"""Kits of products on pages: what one is made of, how many there is enough for, and the rows of the form."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.catalog.actions import ComponentInput
from shundan.catalog.queries import KIT, Product, components_of_kits, kits_with_product
from shundan.inventory.queries import (
    availability_unscoped,
    available_kits_unscoped,
    available_of,
    kits_by_warehouse_unscoped,
    list_warehouses,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail
from shundan.kernel.money import ZERO, parse_decimal, plain
from shundan.orders.queries.kits import kit_of_lines
from shundan.orders.queries.lines import latest_lines_of_kit
from shundan.ui.formatting import qty
from shundan.web.forms import Given
from shundan.web.words import name_of


def read_components(given: Given) -> tuple[ComponentInput, ...]:
    """Return the components that were typed; a quantity that is no number is noted."""
    found = []
    for at, row in enumerate(_typed_rows(given)):
        quantity = parse_decimal(row.get("quantity", ""))
        if quantity is None:
            sentence = _("Enter a number such as 1234.50.")
            given.problems.append(Detail(f"components[{at}].quantity", "not_a_number", sentence))
        found.append(ComponentInput(sku=row.get("sku", "").strip(), quantity=quantity or ZERO))
    return tuple(found)


def typed_components(given: Given) -> list[dict[str, str]]:
    """Return the rows of components as they were typed."""
    return _typed_rows(given)


def kept_components(product: Product) -> list[dict[str, str]]:
    """Return what a kit is made of as its form shows it."""
    return [
        {"sku": one.component.sku, "name": name_of(one.component), "quantity": plain(one.quantity)}
        for one in components_of_kits([product]).get(product.pk, ())
    ]


def _typed_rows(given: Given) -> list[dict[str, str]]:
    return [row for row in given.rows("part") if row.get("sku") or row.get("quantity")]


def kit_context(product: Product, by: Actor) -> dict[str, Any]:
    """Return what a kit is made of and how many its stock allows, or the kits that a product is part of."""
    if product.kind != KIT:
        held_by = [_kit(kit, quantity) for kit, quantity in kits_with_product(product)]
        return {"components": None, "kits": held_by}
    parts = components_of_kits([product])[product.pk]
    sees = by.may("stock.read")
    levels = availability_unscoped([one.component_id for one in parts]) if sees else {}
    return {
        "components": [
            {
                "url": reverse("products.show", kwargs={"sku": one.component.sku}),
                "sku": one.component.sku,
                "name": name_of(one.component),
                "unit": name_of(one.component.unit),
                "quantity": one.quantity,
                "available": available_of(one.component_id, levels) if sees and one.component.kind == "goods" else None,
                "is_active": one.component.status == "active",
            }
            for one in parts
        ],
        "kits": [],
    }


def orders_of_kit(product: Product, by: Actor) -> list[dict[str, Any]]:
    """Return the latest orders that a kit was sold on, with how many at what price."""
    parts = [one.component_id for one in components_of_kits([product])[product.pk]]
    found = []
    for line in latest_lines_of_kit(product.pk, parts, by=by):
        kit = kit_of_lines([line])
        assert kit is not None  # asked for above
        found.append(
            {
                "number": line.order.number,
                "url": reverse("orders.show", kwargs={"number": line.order.number}),
                "customer": line.order.party_name,
                "quantity": kit.quantity,
                "price": kit.price,
                "currency": line.order.currency,
            }
        )
    return found


def kit_figures(product: Product) -> list[dict[str, Any]]:
    """Return the figure of a kit: how many whole ones there is enough for."""
    count = available_kits_unscoped([product.pk])[product.pk]
    if count is None:
        return []
    unit = name_of(product.unit)
    return [{"label": _("Whole kits available"), "value": qty(count), "note": unit, "alert": count <= 0}]


def kit_positions(product: Product, by: Actor) -> list[dict[str, Any]]:
    """Return how many whole kits each warehouse has enough for."""
    names = {one.pk: name_of(one) for one in list_warehouses(by=by)}
    counts = kits_by_warehouse_unscoped(product.pk)
    return [{"warehouse": names[pk], "available": count} for pk, count in counts.items() if pk in names]


def kits_in_stock(
    products: list[Product], by: Actor, *, warehouse_id: int | None = None
) -> Mapping[int, Decimal | None]:
    """Return the whole kits there is enough for, by id; nothing for those who may not read stock."""
    if not by.may("stock.read"):
        return {}
    return available_kits_unscoped((one.pk for one in products if one.kind == KIT), warehouse_id=warehouse_id)


def contents_of_kits(products: list[Product]) -> dict[int, str]:
    """Return what the kits among products hold, in a few words, by id."""
    return {
        pk: ", ".join(f"{name_of(one.component)} × {plain(one.quantity)}" for one in parts)
        for pk, parts in components_of_kits(products).items()
    }


def _kit(kit: Product, quantity: Decimal) -> dict[str, Any]:
    url = reverse("products.show", kwargs={"sku": kit.sku})
    return {"url": url, "sku": kit.sku, "name": name_of(kit), "quantity": quantity}
