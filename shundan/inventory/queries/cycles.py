"""The plan of cycle counts, what is due by it, and how the classes stand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from shundan.inventory.models import CountPlan
from shundan.inventory.rules import CLASSES, OPEN_COUNTS, USUAL_PLAN
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require

# What of a class lies somewhere, when it was last counted there, and whether a count that runs has it already.
_STANDING = """
with last as (
    select l.product_id, c.warehouse_id, max(l.found_at) filter (where c.state = 'posted') as counted_at,
        bool_or(c.state = any(%(open)s)) as is_open
    from inventory_countline l join inventory_stockcount c on c.id = l.count_id
    where c.state = 'posted' or c.state = any(%(open)s) group by 1, 2
), here as (
    select p.product_id, p.warehouse_id, k.code, k.worth, l.counted_at, coalesce(l.is_open, false) as is_open,
        %(at)s - make_interval(days => case k.code when 'A' then %(a)s when 'B' then %(b)s else %(c)s end) as before
    from (select distinct product_id, warehouse_id from inventory_stockposition
        where owner_id is null and status <> 'transit') p
    join inventory_warehouse w on w.id = p.warehouse_id and w.is_active
    join inventory_productclass k on k.product_id = p.product_id
    left join last l on l.product_id = p.product_id and l.warehouse_id = p.warehouse_id
), due as (
    select *, not is_open and (counted_at is null or counted_at <= before) as is_due from here
)
"""
_DUE = """
select product_id, code from due where is_due and warehouse_id = %(warehouse)s and not exists (select
    from inventory_stockcount c where c.warehouse_id = %(warehouse)s and c.classes <> '' and c.state = any(%(open)s))
order by code, counted_at nulls first, worth desc, product_id
"""
_CLASSES = """
select k.code, count(*), coalesce(sum(k.worth), 0), (select count(*) from due where due.code = k.code),
    (select count(*) from due where due.code = k.code and is_due)
from inventory_productclass k group by 1
"""


@dataclass(frozen=True, slots=True)
class CountClass:
    """How a class stands: its products, what left of them in a year, and where they lie and are due to be counted."""

    code: str
    days: int
    products: int = 0
    worth: Decimal = Decimal(0)
    # Pairs of product and warehouse.
    stocked: int = 0
    due: int = 0


def count_plan() -> CountPlan:
    """Return the plan of cycle counts, the usual one until somebody sets another."""
    return CountPlan.objects.filter(pk=1).first() or CountPlan(pk=1, version=0, **USUAL_PLAN)


def count_classes(*, by: Actor) -> list[CountClass]:
    """Return how the classes stand now. Raises: NotPermitted."""
    require(by, "stock.read")
    plan = count_plan()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING + _CLASSES, _values(plan, by.at))
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [CountClass(code, plan.days_of(code), *found.get(code, ())) for code in CLASSES]


def due_products_unscoped(plan: CountPlan, *, warehouse_id: int, at: datetime) -> dict[int, str]:
    """Return the class of each product that is due in a warehouse, what is counted first coming first.

    Nothing is while its last cycle count runs.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING + _DUE, _values(plan, at) | {"warehouse": warehouse_id})
        return dict(cursor.fetchall())


def _values(plan: CountPlan, at: datetime) -> dict[str, Any]:
    running = [*OPEN_COUNTS, "approving"]
    return {"open": running, "at": at, "a": plan.days_a, "b": plan.days_b, "c": plan.days_c}
