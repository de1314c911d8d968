"""Which warehouse would ship an order, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shundan.inventory.queries import Warehouse, active_warehouses_unscoped, free_by_warehouse_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.orders.models import Order, OrderLine, SourcingRule
from shundan.orders.queries.direct import direct_suppliers_unscoped
from shundan.orders.queries.record import lines_of
from shundan.orders.rules import open_quantity
from shundan.orders.rules.sourcing import DIRECT, DIVIDE, SHIPPED, ChosenPlaces, Need, Place, choose_places
from shundan.parties.models import Supplier


@dataclass(frozen=True, slots=True)
class SourcingPreview:
    """What the rules say of an order: warehouses in their order, who ships each line, and what is free where.

    What the order itself holds counts as free. `direct` are the positions that suppliers bring, with who does.
    """

    warehouses: dict[int, Warehouse]
    lines: list[OrderLine]
    sourced: ChosenPlaces
    free: dict[tuple[int, int], Decimal]
    direct: dict[int, Supplier]


def sourcing_rules() -> list[tuple[str, bool]]:
    """Return the rules in their order, each with whether it is active."""
    kept = list(SourcingRule.objects.order_by("position", "id").values_list("kind", "is_active"))
    return kept + [one for one in SHIPPED if one[0] not in dict(kept)] if kept else list(SHIPPED)


def preview_sourcing(order: Order, *, by: Actor, rules: Sequence[tuple[str, bool]] | None = None) -> SourcingPreview:
    """Return what the rules (those kept, unless others are tried) say of an order. Raises: NotPermitted."""
    require(by, "stock.read")
    return source_lines_unscoped(order, lines_of(order), rules=rules)


def source_lines_unscoped(
    order: Order, lines: Sequence[OrderLine], *, rules: Sequence[tuple[str, bool]] | None = None
) -> SourcingPreview:
    """Return which warehouses would ship lines of an order that need not be saved yet."""
    warehouses = active_warehouses_unscoped()
    goods = [line for line in lines if line.is_stocked]
    free = free_by_warehouse_unscoped(line.product_id for line in goods)
    for line in goods:
        if line.reserved and line.warehouse_id is not None:
            key = (line.product_id, line.warehouse_id)
            free[key] = free.get(key, Decimal(0)) + line.reserved
    asked = [kind for kind, is_active in (sourcing_rules() if rules is None else rules) if is_active]
    if order.customer is not None and order.customer.delivery_policy == "complete_line":
        asked = [kind for kind in asked if kind != DIVIDE]
    suppliers = direct_suppliers_unscoped(line.product_id for line in goods) if DIRECT in asked else {}
    always = {line.position for line in goods if line.product_id in suppliers and suppliers[line.product_id].is_always}
    sourced = choose_places(
        [
            Need(line.position, line.product_id, open_quantity(line), bool(line.lot_code))
            for line in goods
            if line.position not in always
        ],
        [Place(one.pk, one.province, one.city, one.operator == "own", one.priority) for one in warehouses],
        free=free,
        province=order.ship_province,
        city=order.ship_city or order.ship_district,
        rules=asked,
    )
    direct = {
        line.position: suppliers[line.product_id].supplier
        for line in goods
        if line.product_id in suppliers and not sourced.is_covered.get(line.position, False)
    }
    return SourcingPreview({one.pk: one for one in warehouses}, goods, sourced, free, direct)
