"""When goods can be there: what is free now, what comes when, and who stands before (docs/adr/0030)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.orders.models import Order, OrderLine, Promise
from shundan.orders.queries.record import lines_of
from shundan.orders.rules import backordered_quantity

# Free now, then each arrival on its day, less all that waits; who asks anew stands behind all who wait, and several
# asked for at once stand behind each other in the order of the question. One statement for any number of lines.
_DATES = """
with asked as (
    select t.n, t.l, t.p, t.w, sum(t.q) over (partition by t.p, t.w order by t.n) as q
    from unnest(%(lines)s::bigint[], %(products)s::bigint[], %(warehouses)s::bigint[], %(quantities)s::numeric[])
        with ordinality as t(l, p, w, q, n)
), keys as materialized (
    select distinct p, w from asked
), waiting as (
    select l.id, k.p, k.w, sum(l.quantity - l.cancelled - l.shipped - l.reserved) over (
        partition by k.p, k.w order by o.priority desc, o.requested_on asc nulls last, o.id, l.position
    ) as q
    from keys k
    join orders_orderline l on l.product_id = k.p and l.warehouse_id = k.w
        and l.is_stocked and not l.is_history and l.quantity > l.cancelled + l.shipped + l.reserved
    join orders_order o on o.id = l.order_id
    where o.category in ('confirmed', 'in_progress') and o.kind in ('sale', 'transfer', 'service')
        and not ('customer' = any(o.holds))
), demand as (
    select p, w, max(q) as q from waiting group by p, w
), coming as (
    select k.p, k.w, l.id, coalesce(o.promised_on, l.requested_on, o.requested_on) as day,
        l.quantity - l.cancelled - l.shipped as q
    from keys k
    join orders_orderline l on l.product_id = k.p
        and l.is_stocked and not l.is_history and l.quantity > l.cancelled + l.shipped + l.reserved
        and not l.is_direct
    join orders_order o on o.id = l.order_id
    where o.category in ('confirmed', 'in_progress') and coalesce(l.warehouse_id, o.warehouse_id) = k.w
        and (o.kind = 'purchase' or (o.kind = 'return' and o.customer_id is not null))
    union all
    select k.p, k.w, l.id, greatest(coalesce(l.requested_on, o.requested_on), o.planned_on),
        l.quantity - l.cancelled - l.delivered - l.returned
    from keys k
    join orders_order o on o.target_warehouse_id = k.w and o.kind = 'transfer'
        and o.category in ('confirmed', 'in_progress') and not o.is_history
    join orders_orderline l on l.order_id = o.id and l.product_id = k.p and l.is_stocked
    where l.quantity > l.cancelled + l.delivered + l.returned
), covering as (
    select p, w, id, day, sum(q) over (partition by p, w order by day, id) as q from coming where day is not null
), needed as (
    select a.n, a.p, a.w, coalesce(s.on_hand - s.blocked - s.reserved, 0) as free,
        coalesce(own.q, coalesce(d.q, 0) + a.q) - coalesce(s.on_hand - s.blocked - s.reserved, 0) as q
    from asked a
    left join inventory_stocklevel s on s.product_id = a.p and s.warehouse_id = a.w
    left join waiting own on own.id = a.l and own.p = a.p and own.w = a.w
    left join demand d on d.p = a.p and d.w = a.w
)
select n.free, case
        when n.q <= 0 then %(today)s::date
        when c.day is not null then greatest(c.day, %(today)s::date)
    end, c.id, c.day
from needed n
left join lateral (
    select id, day from covering c where c.p = n.p and c.w = n.w and n.q > 0 and c.q >= n.q order by c.q limit 1
) c on true
order by n.n
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How much of a product is wanted from a warehouse; `line_id` is that of an order that waits for it already."""

    product_id: int
    warehouse_id: int
    quantity: Decimal
    line_id: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is free now, and when the whole quantity can be there: no day if not enough is known to come.

    `arrival_line_id` is the awaited line that covers the rest, and `arrival_on` when that is to come.
    """

    free: Decimal
    on: date | None
    arrival_line_id: int | None
    arrival_on: date | None


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """A line of goods with what of it is lacking, and what was promised of that, if anything lacked."""

    line: OrderLine
    lacking: Decimal
    promise: Promise | None


def outlook_unscoped(wishes: Sequence[Wish], *, today: date) -> list[Outlook]:
    """Return when each quantity can be there, in the order of the question; one statement for all."""
    if not wishes:
        return []
    values: dict[str, list[int] | list[Decimal] | date] = {
        "lines": [one.line_id for one in wishes],
        "products": [one.product_id for one in wishes],
        "warehouses": [one.warehouse_id for one in wishes],
        "quantities": [one.quantity for one in wishes],
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DATES, values)
        return [Outlook(*row) for row in cursor.fetchall()]


def outlook_of(wishes: Sequence[Wish], *, by: Actor) -> list[Outlook]:
    """Return when each quantity can be there, for somebody who may see stock. Raises: NotPermitted."""
    require(by, "stock.read")
    return outlook_unscoped(wishes, today=by.today)


def outlook_of_lines(lines: Iterable[OrderLine], *, by: Actor) -> dict[int, Outlook]:
    """Return by line position when what is entered can be there; lines that are no goods are left out.

    Raises: NotPermitted.
    """
    wanted = [line for line in lines if line.is_stocked and line.warehouse_id is not None]
    wishes = [
        Wish(product_id=line.product_id, warehouse_id=line.warehouse_id or 0, quantity=line.quantity) for line in wanted
    ]
    return {line.position: one for line, one in zip(wanted, outlook_of(wishes, by=by), strict=True)}


def promises_of(order: Order) -> list[PromisedLine]:
    """Return the lines of goods of an order that the caller was allowed to fetch, with their promises."""
    made = {one.line_id: one for one in Promise.objects.filter(order_id=order.pk)}
    return [
        PromisedLine(line, backordered_quantity(line), made.get(line.pk)) for line in lines_of(order) if line.is_stocked
    ]
