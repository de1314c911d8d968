"""Watching stock: what needs attention is kept while it lasts, and told once when it begins."""

from django.db import connection

from shundan.analytics.rules import (
    ALERT_ROLES,
    DEAD_DAYS,
    EXPIRY_DAYS,
    OVER_DAYS,
    PACE_DAYS,
)
from shundan.inventory.queries import LOW_POINT, LOW_POINT_JOIN
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record

# Low is what all of the house calls low. Too much is what lasts for half a year at the pace of the last three months;
# dead is what lay there before and left nobody since.
_WATCH = f"""
with issued as (
    select product_id, warehouse_id, sum(went - came) filter (where "on" > %(today)s::date - %(pace)s) as lately,
        max("on") as last_on
    from analytics_stockday where kind = 'issue' and "on" > %(today)s::date - %(dead)s group by 1, 2
), levels as (
    select s.product_id, s.warehouse_id, s.on_hand, s.on_hand - s.blocked - s.reserved as available,
        {LOW_POINT} as point, coalesce(r.safety_stock, 0) as safety,
        coalesce(i.lately, 0) as lately, i.last_on
    from inventory_stocklevel s
    join catalog_product p on p.id = s.product_id and p.status = 'active'
    join inventory_warehouse w on w.id = s.warehouse_id and w.is_active
    {LOW_POINT_JOIN}
    left join issued i on i.product_id = s.product_id and i.warehouse_id = s.warehouse_id
    union all
    -- What is to be kept where there never was any is short like all else.
    select r.product_id, r.warehouse_id, 0, 0, r.reorder_point, r.safety_stock, 0, null
    from inventory_reorderrule r
    join catalog_product p on p.id = r.product_id and p.status = 'active'
    join inventory_warehouse w on w.id = r.warehouse_id and w.is_active
    where r.is_active and not exists (select from inventory_stocklevel s
        where (s.product_id, s.warehouse_id) = (r.product_id, r.warehouse_id))
), found as (
    select case when available < safety then 'safety' else 'low' end as kind, product_id, warehouse_id,
        null::bigint as lot_id, available as quantity, point as bound, null::date as "on"
    from levels where available < point
    union all
    select 'over', product_id, warehouse_id, null, on_hand, round(lately * %(over)s / %(pace)s, 6), null
    from levels where lately > 0 and on_hand > lately * %(over)s / %(pace)s
    union all
    select 'dead', l.product_id, l.warehouse_id, null, l.on_hand, null, null
    from levels l where l.on_hand > 0 and l.last_on is null and exists (
        select from analytics_stockday d where d.product_id = l.product_id and d.warehouse_id = l.warehouse_id
            and d."on" <= %(today)s::date - %(dead)s)
    union all
    select case when t.expires_on < %(today)s then 'expired' else 'expiring' end, q.product_id, q.warehouse_id,
        q.lot_id, sum(q.quantity), null, t.expires_on
    from inventory_stockposition q join inventory_lot t on t.id = q.lot_id
    where q.owner_id is null and q.status = 'usable' and t.expires_on <= %(today)s::date + %(expiry)s
    group by q.product_id, q.warehouse_id, q.lot_id, t.expires_on
), ended as (
    update analytics_stockalert a set ended_at = %(at)s where a.ended_at is null and not exists (
        select from found f where (f.kind, f.product_id, f.warehouse_id) = (a.kind, a.product_id, a.warehouse_id)
            and f.lot_id is not distinct from a.lot_id)
), kept as (
    update analytics_stockalert a set quantity = f.quantity, bound = f.bound, "on" = f."on" from found f
    where a.ended_at is null and (f.kind, f.product_id, f.warehouse_id) = (a.kind, a.product_id, a.warehouse_id)
        and f.lot_id is not distinct from a.lot_id
        and (f.quantity, f.bound, f."on") is distinct from (a.quantity, a.bound, a."on")
), begun as (
    insert into analytics_stockalert (kind, product_id, warehouse_id, lot_id, quantity, bound, "on", since)
    select kind, product_id, warehouse_id, lot_id, quantity, bound, "on", %(at)s from found f
    where not exists (select from analytics_stockalert a where a.ended_at is null
        and (f.kind, f.product_id, f.warehouse_id) = (a.kind, a.product_id, a.warehouse_id)
        and f.lot_id is not distinct from a.lot_id)
    order by kind, product_id, warehouse_id, lot_id
    returning kind
)
select kind, count(*) from begun group by 1
"""  # noqa: S608 - our own words


@action
def watch_stock(*, by: Actor) -> dict[str, int]:
    """Begin and end alerts as stock is now, and tell those concerned of new ones together; return how many by kind.

    One watcher at a time. What lasts is not told again.
    """
    days = {"pace": PACE_DAYS, "over": OVER_DAYS, "dead": DEAD_DAYS, "expiry": EXPIRY_DAYS}
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('analytics.watch'))")
        cursor.execute(_WATCH, {"today": by.today, "at": by.at, **days})
        begun = dict(cursor.fetchall())
    if begun:
        people = [f"role:{role}" for role in ALERT_ROLES]
        record("stock.alerted", subject=("stock_alerts", 0), by=by, data={"begun": begun, "notify": people})
    return begun
