"""Cycle counts: products are classed by what leaves of them, and what is due is put on counts, by hand or at night."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.counts import add_count
from shundan.inventory.models import CountPlan, StockCount, StockPosition, Warehouse
from shundan.inventory.queries.cycles import count_plan, due_products_unscoped
from shundan.inventory.rules import CLASSES, IN_TRANSIT, MOST_DUE
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import plain

LONGEST_SPAN = 3650
YEAR = timedelta(days=365)
# What left for another warehouse of ours is no consumption. What has no known cost has no known worth: it is a C.
_CLASSIFY = """
with left_here as (
    select product_id, sum(case when kind = 'issue' then -delta when delta > 0 then -delta else 0 end) as quantity
    from inventory_stockmove where kind in ('issue', 'transit')
    and status in ('usable', 'transit') and effective_at > %(since)s group by 1
), known as (
    select p.id, round(greatest(coalesce(l.quantity, 0) * coalesce(p.standard_cost, 0), 0), 2) as worth
    from catalog_product p left join left_here l on l.product_id = p.id where p.kind = 'goods'
), ranked as (
    select id, worth, sum(worth) over () as total, sum(worth) over (order by worth desc, id) - worth as before
    from known
), classed as (
    select id, worth, case when worth = 0 then 'C' when before < total * %(a)s / 100 then 'A'
        when before < total * (%(a)s + %(b)s) / 100 then 'B' else 'C' end as code from ranked
), saved as (
    insert into inventory_productclass as c (product_id, code, worth) select id, code, worth from classed order by id
    on conflict (product_id) do update set code = excluded.code, worth = excluded.worth
    where (c.code, c.worth) is distinct from (excluded.code, excluded.worth)
)
select code, count(*) from classed group by 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPlanInput:
    """The plan as it is given: shares of worth in percent, days between two counts."""

    share_a: Decimal
    share_b: Decimal
    days: Mapping[str, int]
    is_nightly: bool


@action
def save_count_plan(given: CountPlanInput, *, version: int, by: Actor) -> CountPlan:
    """Say how products are classed and how often each class is counted, on the version that was seen.

    Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "warehouse.edit")
    _check(given)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('inventory.count_plan'))")
    plan = count_plan()
    if plan.version != version:
        raise VersionConflict()
    before = _facts(plan)
    plan.share_a, plan.share_b, plan.is_nightly = given.share_a, given.share_b, given.is_nightly
    plan.days_a, plan.days_b, plan.days_c = (given.days[code] for code in CLASSES)
    plan.version, plan.changed_at, plan.changed_by_name = version + 1, by.at, by.name
    plan.save()
    data = {"before": before, "after": _facts(plan)}
    record("count_plan.set", subject=("count_plan", 1), by=by, data=data)
    return plan


@action
def plan_due_counts(*, by: Actor, warehouse_id: int | None = None) -> list[StockCount]:
    """Class all products anew and plan one count of what is due in each active warehouse, or in one.

    A warehouse whose last cycle count is still open gets no other; the most worth comes first, then what was not
    counted for longest, up to so many positions. Raises: NotPermitted.
    """
    require(by, "stock.adjust")
    plan = count_plan()
    _classify(plan, by)
    warehouses = Warehouse.objects.filter(is_active=True).order_by("id")
    made = []
    for warehouse in warehouses.filter(pk=warehouse_id) if warehouse_id else warehouses:
        due = due_products_unscoped(plan, warehouse_id=warehouse.pk, at=by.at)
        positions = _positions(warehouse.pk, due)
        if positions:
            classes = "".join(sorted({due[one.product_id] for one in positions}))
            made.append(add_count(StockCount(warehouse=warehouse, classes=classes), positions, by=by))
    return made


def plan_nightly_counts(*, by: Actor) -> list[StockCount]:
    """Plan what is due if the plan says that this happens by itself."""
    return plan_due_counts(by=by) if count_plan().is_nightly else []


def _classify(plan: CountPlan, by: Actor) -> None:
    with connection.cursor() as cursor:
        # One at a time: two would plan the same positions.
        cursor.execute("select pg_advisory_xact_lock(hashtext('inventory.count_plan'))")
        cursor.execute(_CLASSIFY, {"since": by.at - YEAR, "a": plan.share_a, "b": plan.share_b})
        sizes = dict(cursor.fetchall())
    data = {code: sizes.get(code, 0) for code in CLASSES}
    record("products.classified", subject=("count_plan", 1), by=by, data=data)


def _positions(warehouse_id: int, due: Mapping[int, str]) -> list[StockPosition]:
    """Return our positions of what is due, whole products in their order, no more than one count takes."""
    rows = StockPosition.objects.filter(warehouse_id=warehouse_id, product_id__in=list(due), owner=None)
    by_product: dict[int, list[StockPosition]] = {}
    for row in rows.exclude(status=IN_TRANSIT):
        by_product.setdefault(row.product_id, []).append(row)
    found: list[StockPosition] = []
    for product_id in due:
        here = by_product.get(product_id, [])
        if found and len(found) + len(here) > MOST_DUE:
            break
        found += here
    return found


def _check(given: CountPlanInput) -> None:
    wrong = []
    if not 0 < given.share_a <= 100 or not 0 <= given.share_b <= 100 - given.share_a:
        sentence = _("Enter shares above 0 that add up to 100 at most; the rest is C.")
        wrong.append(Detail("share_a", "out_of_range", sentence))
    wrong += [
        Detail(f"days_{code.lower()}", "out_of_range", _("Enter a number of days from 1 to 3,650."))
        for code in CLASSES
        if not 0 < given.days.get(code, 0) <= LONGEST_SPAN
    ]
    if wrong:
        raise Malformed(details=wrong)


def _facts(plan: CountPlan) -> dict[str, Any]:
    shares: Iterable[Decimal] = (plan.share_a, plan.share_b)
    return {
        "shares": [plain(share) for share in shares],
        "days": [plan.days_of(code) for code in CLASSES],
        "is_nightly": plan.is_nightly,
    }
