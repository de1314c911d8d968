"""The SQL behind stock reports: one row for each product and warehouse, from levels, days and positions.

What stood at the end of a day is what stands now less what came since: so a report of yesterday reads little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from shundan.analytics.rules import AGES, DEAD_DAYS, OVER_DAYS, PACE_DAYS
from shundan.catalog.models import Product
from shundan.kernel.search import matches

# Days travel as numbers beside the other figures.
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Statement:
    """A select of (product_id, warehouse_id, category_id, the report's figures) and its parameters."""

    sql: str
    params: dict[str, Any]


def figures_of(
    code: str, *, since: date, until: date, today: date, warehouse: str, category_id: int | None, search: str
) -> Statement:
    """Return the rows of a report, those that say nothing left out."""
    of_levels, of_days, params = _chosen(warehouse, category_id, search)
    params |= {"since": since, "until": until, "today": today, "days": (until - since).days + 1, "first": FIRST_DAY}
    known = {"levels": _LEVELS.format(of_levels=of_levels), "of_days": of_days, "of_levels": of_levels}
    known["costs"] = _COST_NOW if until >= today else _COST_THEN
    return Statement(_FIGURES[code].format(**known), params)


def flow_statement(*, warehouse: str, category_id: int | None, search: str) -> Statement:
    """Return what was received and issued by day between `since` and `until`."""
    _levels, of_days, params = _chosen(warehouse, category_id, search)
    return Statement(_FLOW.format(of_days=of_days), params)


def _chosen(warehouse: str, category_id: int | None, search: str) -> tuple[str, str, dict[str, Any]]:
    """Return the conditions on levels (s, p, w) and on summaries (d), and what they compare with."""
    of_levels, of_days, params = "", "", dict[str, Any]()
    if warehouse:
        of_levels += " and w.code = %(warehouse)s"
        of_days += " and d.warehouse_id = (select id from inventory_warehouse where code = %(warehouse)s)"
        params["warehouse"] = warehouse
    if category_id is not None:
        of_levels += " and p.category_id = %(category)s"
        of_days += " and d.product_id in (select id from catalog_product where category_id = %(category)s)"
        params["category"] = category_id
    if search.strip():
        params["products"] = list(Product.objects.filter(matches(search)).values_list("pk", flat=True))
        of_levels += " and p.id = any(%(products)s)"
        of_days += " and d.product_id = any(%(products)s)"
    return of_levels, of_days, params


_LEVELS = (
    "levels as (select s.product_id, s.warehouse_id, p.category_id, s.on_hand, p.standard_cost, p.status"
    " from inventory_stocklevel s join catalog_product p on p.id = s.product_id"
    " join inventory_warehouse w on w.id = s.warehouse_id where true{of_levels})"
)
_LATER = (
    "later as (select d.product_id, d.warehouse_id, sum(d.came - d.went) as net from analytics_stockday d"
    ' where d."on" > %(until)s{of_days} group by 1, 2)'
)
_PERIOD = (
    "period as (select d.product_id, d.warehouse_id, sum(d.came - d.went) as net,"
    ' sum((d.came - d.went) * (%(until)s::date - d."on" + 1)) as weighed,'
    " sum(d.came - d.went) filter (where d.kind = 'receipt') as received,"
    " sum(d.went - d.came) filter (where d.kind = 'issue') as issued,"
    " sum(d.came - d.went) filter (where d.kind in ('adjustment', 'scrap', 'lost')) as corrected,"
    " sum(d.came - d.went) filter (where d.kind not in ('receipt', 'issue', 'adjustment', 'scrap', 'lost')) as other"
    ' from analytics_stockday d where d."on" between %(since)s and %(until)s{of_days} group by 1, 2)'
)
_COST_NOW = "costs as (select distinct product_id, standard_cost as cost from levels)"
# The cost of a day is the last one set until its end; before the first one that is known, that one.
_COST_THEN = (
    "costs as (select l.product_id, c.cost from (select distinct product_id from levels) l left join lateral"
    " (select c.cost, analytics_day(c.at) <= %(until)s as was from catalog_productcost c"
    " where c.product_id = l.product_id order by 2 desc,"
    " case when analytics_day(c.at) <= %(until)s then c.at end desc, c.at, c.id desc limit 1) c on true)"
)
_PLACES = (
    " from levels l left join later using (product_id, warehouse_id) left join period using (product_id, warehouse_id)"
)
_CLOSING = "l.on_hand - coalesce(later.net, 0)"
_OPENING = f"{_CLOSING} - coalesce(period.net, 0)"

_STOCK = (
    "with {levels}, " + _LATER + ", {costs}"
    f", held as (select l.product_id, l.warehouse_id, l.category_id, {_CLOSING} as quantity from levels l"
    " left join later using (product_id, warehouse_id))"
    " select held.product_id, warehouse_id, category_id, quantity, cost, round(quantity * cost, 2) as value"
    " from held join costs using (product_id) where quantity <> 0"
)
_MOVES = (
    "with {levels}, " + _LATER + ", " + _PERIOD + ", all_moves as (select l.product_id, l.warehouse_id, l.category_id,"
    f" {_OPENING} as opening, coalesce(received, 0) as received, coalesce(issued, 0) as issued,"
    f" coalesce(corrected, 0) as corrected, coalesce(other, 0) as other, {_CLOSING} as closing{_PLACES})"
    " select * from all_moves where (opening, received, issued, corrected, other) <> (0, 0, 0, 0, 0)"
)
# What has a lot is as old as its lot's position. Of what has none, what came first has left first, wherever it lay:
# what is here is the last that came (docs/adr/0081). A receipt that was reversed takes back the arrivals before it.
_OURS = "q.owner_id is null and q.status <> 'transit'"
# All arrivals of a day run up together: rows of one day are peers in the window.
_LOOSE = (
    "loose as (select q.product_id, q.warehouse_id, sum(q.quantity) as quantity, min(analytics_day(q.since)) as since"
    " from inventory_stockposition q join levels using (product_id, warehouse_id)"
    f" where {_OURS} and q.lot_id is null group by 1, 2 having sum(q.quantity) > 0)"
    ', running as (select product_id, warehouse_id, l.quantity, d."on",'
    " sum(case d.kind when 'receipt' then d.came - d.went when 'reversal' then least(d.came - d.went, 0)"
    " else greatest(d.came - d.went, 0) end) over way as net"
    " from analytics_stockday d join loose l using (product_id, warehouse_id)"
    " where d.kind in ('receipt', 'reversal', 'adjustment')"
    ' window way as (partition by product_id, warehouse_id order by d."on" desc))'
    # Until the day on which what came last covers what is here; the days are counted, for arrays hold one type.
    ", reached as (select product_id, warehouse_id, least(greatest(max(net), 0), max(quantity)) as known,"
    ' max("on") filter (where net >= quantity) as covered_on, max(array[net, "on" - %(first)s::date]) as most,'
    + ", ".join(
        f'least(greatest(max(net) filter (where %(today)s::date - "on" <= {days}), 0), max(quantity)) as by_{days}'
        for days in AGES
    )
    + " from running group by 1, 2)"
)
_AGED = "coalesce(sum(quantity) filter (where {}), 0)".format


def _of_age(day: str, at: int) -> str:
    """Return the condition that a day lies in one of the spans of age."""
    age = f"%(today)s::date - {day}"
    later = [f"{age} > {AGES[at - 1]}"] if at else []
    return " and ".join([*([f"{age} <= {AGES[at]}"] if at < len(AGES) else []), *later])


_SPANS = (*(f"to_{days}" for days in AGES), "older")
_REACHED = ("0", *(f"coalesce(by_{days}, 0)" for days in AGES), "coalesce(known, 0)")
_UNKNOWN = "l.quantity - coalesce(known, 0)"
_AGEING = (
    "with {levels}, "
    + _LOOSE
    + ", aged as (select q.product_id, q.warehouse_id,"
    + ", ".join(f"{_AGED(_of_age('analytics_day(q.since)', at))} as {name}" for at, name in enumerate(_SPANS))
    + ", sum(q.quantity) as quantity, min(analytics_day(q.since)) as came_on"
    f" from inventory_stockposition q where {_OURS} and q.lot_id is not null group by 1, 2"
    " union all select product_id, warehouse_id,"
    # What the ledger does not tell the arrival of is as old as what lies there the longest.
    + ", ".join(
        f"{_REACHED[at + 1]} - {_REACHED[at]} + case when {_of_age('l.since', at)} then {_UNKNOWN} else 0 end"
        for at in range(len(_SPANS))
    )
    + ", l.quantity, case when known = l.quantity then covered_on"
    " else least(l.since, case when known > 0 then %(first)s::date + most[2]::int end) end"
    " from loose l left join reached using (product_id, warehouse_id))"
    ", lying as (select product_id, warehouse_id, "
    + ", ".join(f"sum({name}) as {name}" for name in _SPANS)
    + ", sum(quantity) as quantity, min(came_on) - %(first)s::date as since from aged group by 1, 2)"
    " select l.product_id, l.warehouse_id, l.category_id, "
    + ", ".join(f"to_{days}" for days in AGES)
    + ", older, quantity, round(quantity * l.standard_cost, 2) as value, since"
    " from levels l join lying using (product_id, warehouse_id)"
)
_TURNOVER = (
    "with {levels}, " + _LATER + ", " + _PERIOD + ", {costs}"
    ", used as (select l.product_id, l.warehouse_id, l.category_id, coalesce(issued, 0) as issued,"
    f" round({_OPENING} + coalesce(weighed, 0) / %(days)s, 2) as average, {_CLOSING} as closing{_PLACES})"
    " select used.product_id, warehouse_id, category_id, issued, average, closing,"
    " case when average > 0 then round(issued * 365 / %(days)s / average, 2) end as turns,"
    " case when issued > 0 then round(closing * %(days)s / issued) end as supply,"
    " round(issued * cost, 2) as issued_value, round(average * cost, 2) as average_value"
    " from used join costs using (product_id) where (issued, average, closing) <> (0, 0, 0)"
)
# A place is out of stock from the day on which nothing is left until the day before something comes; not before it
# was ever stocked, and not when the product is no longer sold.
_OUTS = (
    "with {levels}, " + _LATER + ", " + _PERIOD + ', days as (select d.product_id, d.warehouse_id, d."on",'
    ' sum(d.came - d.went) as net from analytics_stockday d where d."on" between %(since)s and %(until)s{of_days}'
    " group by 1, 2, 3)"
    f", places as (select l.product_id, l.warehouse_id, l.category_id, {_OPENING} as opening, {_CLOSING} as closing,"
    f" coalesce(issued, 0) as issued{_PLACES} where l.status = 'active')"
    ', balances as (select product_id, warehouse_id, "on", opening + sum(net) over way as left_over,'
    ' lead("on", 1, %(until)s::date + 1) over way as next_on from days join places using (product_id, warehouse_id)'
    ' window way as (partition by product_id, warehouse_id order by "on"))'
    ', empty as (select product_id, warehouse_id, min("on") as first_on,'
    ' sum(next_on - "on") filter (where left_over <= 0) as days_out from balances group by 1, 2)'
    ", found as (select p.product_id, p.warehouse_id, p.category_id,"
    " (coalesce(e.days_out, 0) + case when p.opening <= 0 and exists (select from analytics_stockday d"
    ' where d.product_id = p.product_id and d.warehouse_id = p.warehouse_id and d."on" < %(since)s)'
    " then coalesce(e.first_on, %(until)s::date + 1) - %(since)s::date else 0 end)::numeric as days_out, p.issued,"
    " p.closing from places p left join empty e using (product_id, warehouse_id))"
    " select product_id, warehouse_id, category_id, days_out, round(days_out / %(days)s, 4) as share, issued, closing"
    " from found where days_out > 0"
)
# Too much and dead mean what alerts mean by it (actions/watch.py): the same stock is in both.
_OVER = (
    "with {levels}, sold as (select d.product_id, d.warehouse_id, sum(d.went - d.came) as sold"
    f" from analytics_stockday d where d.kind = 'issue' and d.\"on\" > %(today)s::date - {PACE_DAYS}"
    "{of_days} group by 1, 2)"
    f", kept as (select l.*, sold, round(sold * {OVER_DAYS} / {PACE_DAYS}, 6) as enough from levels l"
    " join sold using (product_id, warehouse_id) join inventory_warehouse w on w.id = l.warehouse_id"
    " where l.status = 'active' and w.is_active and sold > 0)"
    f" select product_id, warehouse_id, category_id, on_hand as quantity, sold, round(on_hand * {PACE_DAYS} / sold)"
    " as supply, round(on_hand - enough, 2) as excess, round((on_hand - enough) * standard_cost, 2) as excess_value"
    " from kept where on_hand > enough"
)
_DEAD = (
    'with {levels}, lived as (select d.product_id, d.warehouse_id, min(d."on") as began,'
    " max(d.\"on\") filter (where d.kind = 'issue') as left_on from analytics_stockday d where true{of_days}"
    " group by 1, 2)"
    " select l.product_id, l.warehouse_id, l.category_id, on_hand as quantity, round(on_hand * standard_cost, 2)"
    " as value, %(today)s::date - coalesce(left_on, began) as idle, left_on - %(first)s::date as left_on"
    " from levels l join lived using (product_id, warehouse_id) join inventory_warehouse w on w.id = l.warehouse_id"
    " where l.status = 'active' and w.is_active and on_hand > 0"
    f" and began <= %(today)s::date - {DEAD_DAYS} and coalesce(left_on, began) <= %(today)s::date - {DEAD_DAYS}"
)
_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "stock": _STOCK,
        "moves": _MOVES,
        "ageing": _AGEING,
        "turnover": _TURNOVER,
        "outs": _OUTS,
        "over": _OVER,
        "dead": _DEAD,
    }
)
# `of_days` stands inside the summaries; `{levels}` and `{costs}` are filled with it.
_FLOW = (
    "select d.\"on\", coalesce(sum(d.came - d.went) filter (where d.kind = 'receipt'), 0),"
    " coalesce(sum(d.went - d.came) filter (where d.kind = 'issue'), 0) from analytics_stockday d"
    ' where d."on" between %(since)s and %(until)s{of_days} group by 1 order by 1'
)
