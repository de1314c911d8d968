"""Kits on orders: one row in the entry grid, a heading over its lines on the order's page."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from shundan.inventory.queries import available_kits_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO, plain
from shundan.orders.queries import Order, OrderLine, may_do
from shundan.orders.queries.kits import EnteredKit, as_entered, kit_of_lines
from shundan.ui.formatting import money
from shundan.ui.names import path_of
from shundan.web.words import unit_words


def with_kits(rows: list[dict[str, Any]], lines: Sequence[OrderLine], order: Order, by: Actor) -> list[dict[str, Any]]:
    """Return the rows of the entry grid with those of a whole kit made one; as they are where there is none."""
    if not any(line.kit for line in lines):
        return rows
    by_position = {row["position"]: row for row in rows}
    entered, units = as_entered(lines), unit_words(by)
    ids = [kit.product_id for _its, kit in entered if kit]
    free = available_kits_unscoped(ids, warehouse_id=order.warehouse_id) if by.may("stock.read") else {}
    found: list[dict[str, Any]] = []
    for its, kit in entered:
        mine = [by_position[line.position] for line in its]
        if kit is None:
            row = mine[0]
        else:
            count = free.get(kit.product_id)
            available = None if count is None else plain(count)
            row = _row(kit, its, mine) | {"unit": units.get(kit.unit, kit.unit), "available": available}
        found.append(row | {"position": len(found) + 1})
    return found


def _row(kit: EnteredKit, lines: Sequence[OrderLine], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    sums = {name: sum((getattr(line, name) for line in lines), ZERO) for name in ("gross", "net", "tax")}
    return rows[0] | {
        "sku": kit.sku,
        "name": kit.name,
        "spec": ", ".join(f"{row['name']} × {row['quantity']}" for row in rows),
        "unit_code": "",
        "units": [],
        "lot": "",
        "lots": [],
        "quantity": plain(kit.quantity),
        "price": plain(kit.price),
        "discount": plain(kit.discount),
        "off": plain(kit.off),
        "typed": kit.is_named,
        "kept": kit.is_kept,
        "tax_word": " / ".join(dict.fromkeys(row["tax_word"] for row in rows)),
        "promise": None,
        **{name: plain(value) for name, value in sums.items()},
    }


def headings_of_kits(lines: Sequence[OrderLine], order: Order, by: Actor) -> dict[int, dict[str, Any]]:
    """Return the headings of kits by the position of the line that they stand over."""
    groups: dict[int, list[OrderLine]] = {}
    for line in lines:
        if line.kit:
            groups.setdefault(line.kit["group"], []).append(line)
    if not groups:
        return {}
    can_break_up = order.category == "draft" and may_do("order.edit", order, by=by)
    units = unit_words(by)
    found = {}
    for group, its in groups.items():
        kit = kit_of_lines(its)
        assert kit is not None
        found[its[0].position] = {
            "sku": kit.sku,
            "name": kit.name,
            "url": path_of("products.show", sku=kit.sku),
            "counted": f"{plain(kit.quantity)} {units.get(kit.unit, kit.unit)}",
            "price": money(kit.price, order.currency),
            "gross": sum((line.gross for line in its), ZERO),
            "break_up_url": reverse("orders.break_up_kit", kwargs={"number": order.number, "group": group})
            if can_break_up
            else None,
        }
    return found
