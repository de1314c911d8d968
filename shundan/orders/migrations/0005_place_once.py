"""Placing takes the idempotency key along: claim, order and kept answer in one round trip."""

from django.db import migrations

DROP_OLD = "drop function orders_place(jsonb, jsonb, text, text, text[], jsonb)"
PLACE = """
create function orders_place(order_ jsonb, lines_ jsonb, series_ text, prefix_ text, effects_ text[], events_ jsonb, claim_ jsonb
)
returns jsonb language plpgsql as $$
declare
    placed orders_order;
    line_ids_ bigint[];
    sequence_ text;
    number_ text;
    kept_ jsonb;
    effect_ text;
    event_ jsonb;
begin
    sequence_ := kernel_next_number(series_)::text;
    number_ := prefix_ || lpad(sequence_, greatest(6, length(sequence_)), '0');
    if claim_ is not null then
        -- Whoever writes the claim does the work; repeats wait here for the first and get its answer.
        insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at, status, body)
        values ((claim_ -> 'user_id')::bigint, claim_ ->> 'endpoint', claim_ ->> 'key', claim_ ->> 'request_hash',
                (claim_ ->> 'at')::timestamptz, (claim_ -> 'status')::smallint,
                jsonb_set(claim_ -> 'body', '{number}', to_jsonb(number_)))
        on conflict do nothing;
        if not found then
            select jsonb_build_object('request_hash', k.request_hash, 'status', k.status, 'body', k.body)
            into kept_ from kernel_answeredrequest k where k.user_id = (claim_ -> 'user_id')::bigint
            and k.endpoint = claim_ ->> 'endpoint' and k.key = claim_ ->> 'key';
            return jsonb_build_object('kept', kept_);
        end if;
    end if;
    placed := jsonb_populate_record(null::orders_order, order_);
    placed.id := nextval('orders_order_id_seq');
    placed.number := number_;
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


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_list_indexes")]
    operations = [
        migrations.RunSQL(DROP_OLD, migrations.RunSQL.noop),
        migrations.RunSQL(PLACE, "drop function orders_place(jsonb, jsonb, text, text, text[], jsonb, jsonb)"),
    ]
