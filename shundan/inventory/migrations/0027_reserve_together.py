"""What is asked for whole is reserved in two statements, however many lines ask for it."""

from importlib import import_module

from django.db import migrations

RESERVE = """
create or replace function inventory_reserve(
    lines bigint[], products bigint[], warehouses bigint[], quantities numeric[], partly boolean, at_ timestamptz
) returns numeric[] language plpgsql as $$
declare
    held numeric[] := array_fill(0::numeric, array[cardinality(lines)]);
    short jsonb := '[]';
    free numeric;
    wanted record;
    i bigint;
begin
    if not partly then
        return inventory_reserve_whole(lines, products, warehouses, quantities, at_);
    end if;
    for i in
        select t.n from unnest(products, warehouses) with ordinality as t(p, w, n) order by t.p, t.w, t.n
    loop
        update inventory_stocklevel set reserved = reserved + quantities[i]
        where product_id = products[i] and warehouse_id = warehouses[i]
        and on_hand - blocked - reserved >= quantities[i];
        if found then
            held[i] := quantities[i];
            continue;
        end if;
        select on_hand - blocked - reserved into free from inventory_stocklevel
        where product_id = products[i] and warehouse_id = warehouses[i] for no key update;
        free := coalesce(free, 0);
        if free > 0 then
            free := least(free, quantities[i]);
            update inventory_stocklevel set reserved = reserved + free
            where product_id = products[i] and warehouse_id = warehouses[i];
            held[i] := free;
        end if;
    end loop;
    insert into inventory_reservation (product_id, warehouse_id, line_id, quantity, at)
    select t.p, t.w, t.l, t.h, at_ from unnest(lines, products, warehouses, held) as t(l, p, w, h) where t.h > 0
    on conflict (line_id, warehouse_id)
    do update set quantity = inventory_reservation.quantity + excluded.quantity;
    return held;
end $$;
"""

# All that is written comes before the stock rows: they are the hottest, and locked from here to the commit. A shortage
# undoes it. The rows are locked in one order (docs/adr/0007) before any of them is changed.
WHOLE = """
create function inventory_reserve_whole(
    lines bigint[], products bigint[], warehouses bigint[], quantities numeric[], at_ timestamptz
) returns numeric[] language plpgsql as $$
declare
    asked int := 1;
    served bigint[];
begin
    insert into inventory_reservation (product_id, warehouse_id, line_id, quantity, at)
    select t.p, t.w, t.l, t.h, at_ from unnest(lines, products, warehouses, quantities) as t(l, p, w, h) where t.h > 0
    on conflict (line_id, warehouse_id)
    do update set quantity = inventory_reservation.quantity + excluded.quantity;
    if cardinality(lines) > 1 then
        perform 1 from unnest(products, warehouses) as t(p, w)
        join inventory_stocklevel s on s.product_id = t.p and s.warehouse_id = t.w
        order by s.product_id, s.warehouse_id for no key update of s;
        select count(*) into asked from (select distinct t.p, t.w from unnest(products, warehouses) as t(p, w)) each_;
    end if;
    with taken as (
        update inventory_stocklevel s set reserved = s.reserved + t.q
        from (select u.p, u.w, sum(u.q) as q from unnest(products, warehouses, quantities) as u(p, w, q)
              group by u.p, u.w) t
        where s.product_id = t.p and s.warehouse_id = t.w and s.on_hand - s.blocked - s.reserved >= t.q
        returning s.id
    )
    select array_agg(id) into served from taken;
    if coalesce(cardinality(served), 0) < asked then
        perform inventory_refuse_short(products, warehouses, quantities, coalesce(served, '{}'));
    end if;
    return quantities;
end $$;
create function inventory_refuse_short(
    products bigint[], warehouses bigint[], quantities numeric[], served bigint[]
) returns void language plpgsql as $$
declare
    short jsonb := '[]';
    one record;
    free numeric;
    p_ bigint;
    w_ bigint;
begin
    -- Line by line, as they stand: who comes later is told what those before him left.
    for one in
        select t.p, t.w, t.q, t.n, coalesce(s.on_hand - s.blocked - s.reserved, 0) as available
        from unnest(products, warehouses, quantities) with ordinality as t(p, w, q, n)
        left join inventory_stocklevel s on s.product_id = t.p and s.warehouse_id = t.w
        where s.id is null or s.id <> all(served) order by t.p, t.w, t.n
    loop
        if (one.p, one.w) is distinct from (p_, w_) then
            p_ := one.p; w_ := one.w; free := one.available;
        end if;
        if one.q <= free then
            free := free - one.q;
        else
            short := short || jsonb_build_object('line', one.n - 1, 'available', free);
        end if;
    end loop;
    raise exception 'out_of_stock' using errcode = 'SD409', detail = short::text;
end $$;
"""
EARLIER = import_module("shundan.inventory.migrations.0005_reserve_last").LAST.replace(
    "on_hand - reserved", "on_hand - blocked - reserved"
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0026_cycle_counts")]
    operations = [
        migrations.RunSQL(
            WHOLE,
            "drop function inventory_reserve_whole(bigint[], bigint[], bigint[], numeric[], timestamptz);"
            "drop function inventory_refuse_short(bigint[], bigint[], numeric[], bigint[])",
        ),
        migrations.RunSQL(RESERVE, EARLIER),
    ]
