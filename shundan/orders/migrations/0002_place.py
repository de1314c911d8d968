"""Placing an order in one round trip: number, order, lines, the workflow's effects, events and jobs.

The caller has decided everything; this writes it. Effects are SQL functions that take the order's row; a workflow
definition names them, the rooms above register them, so orders knows none of them.
"""

from django.db import migrations

PLACE = """
create function orders_reserve_stock(order_ orders_order) returns void language plpgsql as $$
declare
    wanted record;
begin
    select array_agg(l.id order by l.position) as lines, array_agg(l.product_id order by l.position) as products,
           array_agg(l.warehouse_id order by l.position) as warehouses,
           array_agg(l.quantity order by l.position) as quantities
    into wanted from orders_orderline l where l.order_id = (order_).id and l.is_stocked;
    if wanted.lines is not null then
        perform inventory_reserve(
            wanted.lines, wanted.products, wanted.warehouses, wanted.quantities, false, (order_).created_at);
    end if;
end $$;

create function orders_place(order_ jsonb, lines_ jsonb, series_ text, prefix_ text, effects_ text[], events_ jsonb)
returns jsonb language plpgsql as $$
declare
    placed orders_order;
    line_ids_ bigint[];
    sequence_ text;
    effect_ text;
    event_ jsonb;
begin
    sequence_ := kernel_next_number(series_)::text;
    placed := jsonb_populate_record(null::orders_order, order_);
    placed.id := nextval('orders_order_id_seq');
    placed.number := prefix_ || lpad(sequence_, greatest(6, length(sequence_)), '0');
    insert into orders_order select placed.*;
    -- A lateral call: `(f(x)).*` would run the function once for each column.
    with written as (insert into orders_orderline
    select r.* from jsonb_array_elements(lines_) as line, lateral jsonb_populate_record(
        null::orders_orderline,
        line || jsonb_build_object('id', nextval('orders_orderline_id_seq'), 'order_id', placed.id)) as r
    returning id, position)
    select array_agg(id order by position) into line_ids_ from written;
    for event_ in select value from jsonb_array_elements(events_) loop
        perform kernel_record(
            event_ ->> 'kind', 'order', placed.id, (event_ -> 'actor_id')::bigint, event_ ->> 'actor_name',
            event_ ->> 'door', placed.created_at,
            event_ -> 'data' || jsonb_build_object('number', placed.number),
            array(select jsonb_array_elements_text(event_ -> 'listeners')));
    end loop;
    -- Effects come last: the hottest rows (stock) are locked for the shortest time.
    foreach effect_ in array effects_ loop
        execute format('select %I($1)', effect_) using placed;
    end loop;
    return jsonb_build_object('id', placed.id, 'number', placed.number, 'lines', to_jsonb(line_ids_));
end $$;
"""
DROP = """
drop function orders_place(jsonb, jsonb, text, text, text[], jsonb);
drop function orders_reserve_stock(orders_order);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("inventory", "0003_reserve"),
        ("kernel", "0002_functions"),
    ]
    operations = [migrations.RunSQL(PLACE, DROP)]
