"""What should be bought now: what falls below its reorder point, and what sold orders wait for."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import require
from shundan.purchasing.rules import proposed_quantity

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Demand:
    """A product in a warehouse: what is free, coming, asked for, owed to customers, and what to buy; in its unit."""

    sku: str
    name_zh: str
    name_en: str
    spec: str
    unit: str
    warehouse: str
    warehouse_zh: str
    warehouse_en: str
    available: Decimal
    on_order: Decimal
    requested: Decimal
    backordered: Decimal
    reorder_point: Decimal | None
    safety_stock: Decimal | None
    target: Decimal | None
    lead_days: int | None
    supplier: str | None
    supplier_name: str | None
    proposed: Decimal
    needed_on: date

    @property
    def projected(self) -> Decimal:
        """Return what will be free when all that is coming and asked for is there and all that is owed has left."""
        return self.available + self.on_order + self.requested - self.backordered

    @property
    def is_urgent(self) -> bool:
        """Tell whether customers wait, or the safety stock is being used up."""
        return self.backordered > 0 or self.available < (self.safety_stock or 0)

    @property
    def source(self) -> str:
        """Return what asks for it: sold orders that wait, or the reorder point."""
        return "backorder" if self.reorder_point is None else "reorder"


# Each part is an aggregate over what is open, which is little beside all there ever was.
_OPEN = """
with on_order as (
    select l.product_id, case when o.kind = 'transfer' then o.target_warehouse_id
        else coalesce(l.warehouse_id, o.warehouse_id) end as warehouse_id,
        sum(l.quantity - l.cancelled - case when o.kind = 'transfer' then l.delivered else l.shipped end) as quantity
    from orders_orderline l join orders_order o on o.id = l.order_id
    where not o.is_history and l.is_stocked and not l.is_direct
        and (o.kind = 'purchase' and o.category in ('draft', 'submitted', 'approved', 'confirmed', 'in_progress')
            or o.kind = 'transfer' and o.category in ('confirmed', 'in_progress'))
        and l.quantity - l.cancelled > case when o.kind = 'transfer' then l.delivered else l.shipped end
    group by 1, 2
), backordered as (
    select l.product_id, coalesce(l.warehouse_id, o.warehouse_id) as warehouse_id,
        sum(l.quantity - l.cancelled - l.shipped - l.reserved) as quantity
    from orders_orderline l join orders_order o on o.id = l.order_id
    where o.kind in ('sale', 'service') and o.category in ('confirmed', 'in_progress') and not o.is_history
        and o.fulfilment not in ('shipped', 'delivered') and l.is_stocked and not l.is_direct
        and l.quantity - l.cancelled - l.shipped - l.reserved > 0
    group by 1, 2
), requested as (
    select l.product_id, r.warehouse_id, sum(greatest(0, l.quantity - coalesce(s.quantity, 0))) as quantity
    from purchasing_purchaserequestline l join purchasing_purchaserequest r on r.id = l.request_id
    left join (select s.line_id, sum(s.quantity) as quantity from purchasing_requestsupply s
        join orders_order o on o.id = s.order_id where o.category <> 'cancelled' group by 1) s on s.line_id = l.id
    where r.state in ('pending', 'approved') group by 1, 2
)"""
# What will be free of each product in each warehouse when all that is coming is there and all that is owed has left.
_MOVING = """, moving as (
    select product_id, warehouse_id, quantity from on_order union all
    select product_id, warehouse_id, quantity from requested union all
    select product_id, warehouse_id, -quantity from backordered union all
    select product_id, warehouse_id, on_hand - blocked - reserved from inventory_stocklevel
)
select product_id, warehouse_id, sum(quantity) from moving group by 1, 2
"""
_PROJECTED = _OPEN + _MOVING
_WANTED = """, wanted as (
    select product_id, warehouse_id from inventory_reorderrule where is_active
    union select product_id, warehouse_id from backordered
)
select p.sku, p.name_zh, p.name_en, p.spec, u.code, w.code, w.name_zh, w.name_en,
    coalesce(v.on_hand - v.blocked - v.reserved, 0), coalesce(i.quantity, 0), coalesce(q.quantity, 0),
    coalesce(b.quantity, 0), r.reorder_point, r.safety_stock, r.target, r.lead_days, c.number, c.name
from wanted n
join catalog_product p on p.id = n.product_id and p.status = 'active'
join catalog_unit u on u.id = p.unit_id
join inventory_warehouse w on w.id = n.warehouse_id and w.is_active
left join inventory_reorderrule r on r.product_id = n.product_id and r.warehouse_id = n.warehouse_id and r.is_active
left join parties_supplier c on c.id = r.supplier_id
left join inventory_stocklevel v on v.product_id = n.product_id and v.warehouse_id = n.warehouse_id
left join on_order i on i.product_id = n.product_id and i.warehouse_id = n.warehouse_id
left join backordered b on b.product_id = n.product_id and b.warehouse_id = n.warehouse_id
left join requested q on q.product_id = n.product_id and q.warehouse_id = n.warehouse_id
where (coalesce(v.on_hand - v.blocked - v.reserved, 0) + coalesce(i.quantity, 0) + coalesce(q.quantity, 0)
    - coalesce(b.quantity, 0)) < coalesce(r.reorder_point, 0)
    and (%s::text = '' or w.code = %s)
order by coalesce(b.quantity, 0) = 0, p.sku, w.code
limit %s
"""
_DEMAND = _OPEN + _WANTED


def projected_stock_unscoped() -> dict[tuple[int, int], Decimal]:
    """Return by product and warehouse what will be free with all that is ordered and asked for, less what is owed."""
    return {(row[0], row[1]): row[2] for row in fetch_prepared(_PROJECTED, [])}


def purchase_demand(*, by: Actor, warehouse: str = "", limit: int = MOST_SHOWN) -> list[Demand]:
    """Return what should be bought now, what customers wait for first; nothing that is coming or asked for already.

    Raises: NotPermitted.
    """
    require(by, "purchase_request.create")
    require(by, "stock.read")
    place = warehouse.replace("\x00", "")
    rows = fetch_prepared(_DEMAND, [place, place, limit])
    return [_demand(row, by) for row in rows]


def _demand(row: tuple[Any, ...], by: Actor) -> Demand:
    available, on_order, requested, backordered, reorder_point, _safety, target, lead_days = row[8:16]
    projected = available + on_order + requested - backordered
    proposed = proposed_quantity(projected, reorder_point=reorder_point, target=target)
    return Demand(*(*row, proposed, by.today + timedelta(days=lead_days or 0)))
