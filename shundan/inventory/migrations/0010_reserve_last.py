"""All that a reservation writes comes before the stock rows: they are the hottest, and locked from here to the commit."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.inventory.migrations.0003_reserve").RESERVE

# Reserving in part is only known after the loop; all others write what they ask for first, and a shortage undoes it.
LAST = """
create or replace function inventory_reserve(
    lines bigint[], products bigint[], warehouses bigint[], quantities numeric[], partly boolean, at_ timestamptz
) returns numeric[] language plpgsql as $$
declare
    held numeric[] := array_fill(0::numeric, array[cardinality(lines)]);
    short jsonb := '[]';
    free numeric;
    i bigint;
begin
    if not partly then
        insert into inventory_reservation (product_id, warehouse_id, line_id, quantity, at)
        select t.p, t.w, t.l, t.h, at_ from unnest(lines, products, warehouses, quantities) as t(l, p, w, h) where t.h > 0
        on conflict (line_id, warehouse_id)
        do update set quantity = inventory_reservation.quantity + excluded.quantity;
    end if;
    for i in
        select t.n from unnest(products, warehouses) with ordinality as t(p, w, n) order by t.p, t.w, t.n
    loop
        update inventory_stocklevel set reserved = reserved + quantities[i]
        where product_id = products[i] and warehouse_id = warehouses[i] and on_hand - reserved >= quantities[i];
        if found then
            held[i] := quantities[i];
            continue;
        end if;
        select on_hand - reserved into free from inventory_stocklevel
        where product_id = products[i] and warehouse_id = warehouses[i] for no key update;
        free := coalesce(free, 0);
        if not partly then
            short := short || jsonb_build_object('line', i - 1, 'available', free);
        elsif free > 0 then
            free := least(free, quantities[i]);
            update inventory_stocklevel set reserved = reserved + free
            where product_id = products[i] and warehouse_id = warehouses[i];
            held[i] := free;
        end if;
    end loop;
    if jsonb_array_length(short) > 0 then
        raise exception 'out_of_stock' using errcode = 'SD409', detail = short::text;
    end if;
    if partly then
        insert into inventory_reservation (product_id, warehouse_id, line_id, quantity, at)
        select t.p, t.w, t.l, t.h, at_ from unnest(lines, products, warehouses, held) as t(l, p, w, h) where t.h > 0
        on conflict (line_id, warehouse_id)
        do update set quantity = inventory_reservation.quantity + excluded.quantity;
    end if;
    return held;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_light_references"), ("inventory", "0003_reserve")]
    operations = [migrations.RunSQL(LAST, EARLIER.replace("create function", "create or replace function"))]
