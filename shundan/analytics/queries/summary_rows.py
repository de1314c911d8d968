"""The SQL behind summaries: purchase lines and counted positions of a period, grouped as each summary asks.

A statement selects (key, name_zh, name_en, more_zh, more_en, figures in the order of the columns). Purchases are taken
at their net price in company currency on the day they were ordered; what of them came and went back since is a part.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from shundan.analytics.queries.score_rows import ISSUED
from shundan.catalog.models import Product
from shundan.kernel.search import matches

_PART = "round(l.net * o.exchange_rate * {} / l.quantity, 2)".format
_BOUGHT = (
    "bought as materialized (select o.id as order_id, o.supplier_id, o.ordered_on, l.product_id, p.category_id,"
    f" l.quantity - l.cancelled as quantity, {_PART('(l.quantity - l.cancelled)')} as ordered,"
    f" {_PART('l.shipped')} as received, {_PART('l.returned')} as returned,"
    " l.net * o.exchange_rate / l.quantity as price, l.id as line_id"
    " from orders_order o join orders_orderline l on l.order_id = o.id join catalog_product p on p.id = l.product_id"
    " where o.kind = 'purchase' and o.category = any(%(issued)s)"
    " and o.ordered_on between %(since)s and %(until)s and l.quantity > l.cancelled{chosen})"
)
_SPENT = "sum(ordered) as ordered, sum(received) as received, sum(returned) as returned"
_SHARE = "coalesce(round(sum(ordered) / nullif(sum(sum(ordered)) over (), 0), 4), 0) as share"
_SUPPLIERS = (
    f"with {_BOUGHT} select s.number, s.name, s.name, '', '', count(distinct order_id) as orders,"
    " count(distinct product_id) as products,"
    " round(power(100 * sum(ordered) / nullif(sum(sum(ordered)) over (), 0), 2)) as concentration,"
    f" {_SPENT}, {_SHARE} from bought b join parties_supplier s on s.id = b.supplier_id group by s.id"
)
_CATEGORIES = (
    f"with {_BOUGHT} select coalesce(c.id::text, ''), coalesce(c.name_zh, ''), coalesce(c.name_en, ''), '', '',"
    f" count(distinct product_id) as products, {_SPENT}, {_SHARE}"
    " from bought b left join catalog_category c on c.id = b.category_id group by c.id"
)
_EACH_MONTH = (
    "generate_series(date_trunc('month', %(since)s::timestamp), %(until)s::timestamp, interval '1 month') m (first)"
)
_MONTH = "to_char(m.first, 'YYYY-MM-DD')", "to_char(m.first, 'YYYY-MM')"
_IN_MONTH = "date_trunc('month', b.ordered_on::timestamp) = m.first"
_MONTHS = (
    f"with {_BOUGHT} select {_MONTH[0]}, {_MONTH[1]}, {_MONTH[1]}, '', '', count(distinct order_id) as orders,"
    " count(distinct supplier_id) as sellers, coalesce(sum(ordered), 0) as ordered,"
    f" coalesce(sum(received), 0) as received, coalesce(sum(returned), 0) as returned, {_SHARE}"
    f" from {_EACH_MONTH} left join bought b on {_IN_MONTH} group by m.first"
)
_PRICES = (
    "sum(quantity) as quantity, sum(ordered) as ordered, round(sum(ordered) / sum(quantity), 6) as average,"
    " round(min(price), 6) as lowest, round(max(price), 6) as highest"
)
_AT_ENDS = (
    "round((array_agg(price order by ordered_on, line_id))[1], 6) as first,"
    " round((array_agg(price order by ordered_on desc, line_id desc))[1], 6) as latest"
)
_OF_PRODUCT = "p.sku, p.name_zh, p.name_en"
_PRODUCT_PRICES = (
    f"with {_BOUGHT} select sku, name_zh, name_en, '', '', quantity, ordered, average, lowest, highest, first, latest,"
    f" round(latest / nullif(first, 0) - 1, 4) as change from (select {_OF_PRODUCT}, {_PRICES}, {_AT_ENDS}"
    " from bought b join catalog_product p on p.id = b.product_id group by p.id) x"
)
_TREND = (
    f"with {_BOUGHT} select {_MONTH[0]}, {_MONTH[1]}, {_MONTH[1]}, '', '', {_PRICES},"
    " round(sum(ordered) / sum(quantity) / nullif(lag(sum(ordered) / sum(quantity)) over (order by m.first), 0) - 1, 4)"
    f" as change from {_EACH_MONTH} join bought b on {_IN_MONTH} group by m.first"
)
# The product that most was spent on in a period: whose prices are shown first.
_DEAREST = (
    f"with {_BOUGHT} select p.sku, p.name_zh, p.name_en from bought b join catalog_product p on p.id = b.product_id"
    " group by p.id order by sum(ordered) desc, p.id limit 1"
)
_DEPENDENCE = (
    f"with {_BOUGHT}, sold as (select product_id, supplier_id, sum(ordered) as ordered, row_number() over"
    " (partition by product_id order by sum(ordered) desc, supplier_id) as place from bought group by 1, 2)"
    f" select {_OF_PRODUCT}, max(s.name) filter (where place = 1), max(s.name) filter (where place = 1),"
    " count(*) as sellers, sum(ordered) as ordered, max(ordered) as largest,"
    " round(max(ordered) / nullif(sum(ordered), 0), 4) as largest_share,"
    " case when count(*) = 1 then sum(ordered) else 0 end as single,"
    " case when count(*) = 1 then 1 else 0 end as single_share"
    " from sold b join parties_supplier s on s.id = b.supplier_id join catalog_product p on p.id = b.product_id"
    " group by p.id"
)
# What a position is worth takes the cost of the day on which its count was closed, as the stock report does.
_COUNTED = (
    "counted as materialized (select c.id, c.number, c.closed_at, c.warehouse_id, l.found = l.expected as is_exact,"
    " abs(l.expected) * k.cost as booked, abs(l.found - l.expected) * k.cost as difference"
    " from inventory_stockcount c join inventory_countline l on l.count_id = c.id"
    " join inventory_warehouse w on w.id = c.warehouse_id join catalog_product p on p.id = l.product_id"
    " left join lateral (select k.cost from catalog_productcost k where k.product_id = l.product_id"
    " order by k.at <= c.closed_at desc, case when k.at <= c.closed_at then k.at end desc, k.at, k.id desc limit 1) k"
    " on true where c.state = 'posted' and l.found is not null and c.closed_at >= %(from_at)s"
    " and c.closed_at < %(until_at)s{chosen})"
)
_ACCURATE = (
    "count(*) as positions, count(*) filter (where is_exact) as exact,"
    " round(count(*) filter (where is_exact)::numeric / count(*), 4) as accuracy,"
    " coalesce(round(sum(booked), 2), 0) as booked, coalesce(round(sum(difference), 2), 0) as difference,"
    " case when sum(booked) > 0 then round(greatest(0, 1 - sum(difference) / sum(booked)), 4) end as worth_accuracy"
)
_CLOSED = "date_trunc('month', analytics_day(closed_at)::timestamp)"
_ACCURACY = (
    f"with {_COUNTED} select w.code || '|' || to_char({_CLOSED}, 'YYYY-MM-DD'), w.name_zh, w.name_en,"
    f" to_char({_CLOSED}, 'YYYY-MM'), to_char({_CLOSED}, 'YYYY-MM'), count(distinct c.id) as counts, {_ACCURATE}"
    f" from counted c join inventory_warehouse w on w.id = c.warehouse_id group by w.id, {_CLOSED}"
)
_COUNTS = (
    f"with {_COUNTED} select c.number, c.number, c.number,"
    " to_char(analytics_day(closed_at), 'YYYY-MM-DD') || ' · ' || w.name_zh,"
    f" to_char(analytics_day(closed_at), 'YYYY-MM-DD') || ' · ' || w.name_en, {_ACCURATE}"
    " from counted c join inventory_warehouse w on w.id = c.warehouse_id group by c.id, c.number, closed_at, w.id"
)
_SUPPLIER = "supplier_id = (select id from parties_supplier where number = %(supplier)s)"
# Who else sells what one supplier sells is the question, so their sales stay.
_OF_ONE = (
    " and l.product_id in (select k.product_id from orders_order b join orders_orderline k on k.order_id = b.id"
    " where b.kind = 'purchase' and b.category = any(%(issued)s) and b.ordered_on between %(since)s and %(until)s"
    f" and k.quantity > k.cancelled and b.{_SUPPLIER})"
)
_ROWS: Mapping[str, str] = MappingProxyType(
    {
        "suppliers": _SUPPLIERS,
        "categories": _CATEGORIES,
        "months": _MONTHS,
        "prices": _PRODUCT_PRICES,
        "trend": _TREND,
        "dearest": _DEAREST,
        "dependence": _DEPENDENCE,
        "accuracy": _ACCURACY,
        "counts": _COUNTS,
    }
)


def rows_of_summary(
    code: str, *, supplier: str, category_id: int | None, search: str, product: str, warehouse: str
) -> tuple[str, dict[str, Any]]:
    """Return the select of a summary and what it is narrowed by; days are given by the caller (Any: SQL parameters)."""
    chosen, params = "", dict[str, Any](issued=list(ISSUED))
    if supplier:
        chosen += _OF_ONE if code == "dependence" else f" and o.{_SUPPLIER}"
        params["supplier"] = supplier
    if category_id is not None:
        chosen += " and p.category_id = %(category)s"
        params["category"] = category_id
    if product:
        chosen += " and p.sku = %(product)s"
        params["product"] = product
    elif search.strip():
        params["products"] = list(Product.objects.filter(matches(search)).values_list("pk", flat=True))
        chosen += " and p.id = any(%(products)s)"
    if warehouse:
        chosen += " and w.code = %(warehouse)s"
        params["warehouse"] = warehouse
    return _ROWS[code].format(chosen=chosen), params
