"""Orders that arrive at the same moment are written together: one call, one commit (docs/adr/0046)."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0081_tax_kinds").PLACE


def _between(begin: str, end: str) -> str:
    _head, found, tail = EARLIER.partition(begin)
    assert found
    return tail.partition(end)[0]


_ORDER = _between("insert into orders_order (id, number, ", ")\n")
_ORDER_VALUES = _between("select nextval('orders_order_id_seq'), number_, ", "\n")
_ORDER_TYPES = _between("from json_to_record(order_) as o(", ")\n")
_LINE = _between("insert into orders_orderline (id, order_id, ", ")\n")
_LINE_VALUES = _between("select nextval('orders_orderline_id_seq'), placed.id, ", "\n")
_LINE_TYPES = _between("from json_to_recordset(lines_) as l(", ")\n")

# What is said of each order stands at its place in the arrays; in JSON `n` is that place.
PLACE = f"""
create function orders_place_together(
    snapshots_ text[], moments_ timestamptz[], series_ text[], before_ text[], widths_ int[], after_ text[],
    claims_ json, orders_ json, lines_ json, events_ json, facts_ json,
    takes_credit_ boolean[], reserves_ boolean[], patience_ int
) returns json language plpgsql as $$
declare
    ids_ bigint[];
    numbers_ text[];
    told_ jsonb[];
    made_ timestamptz[];
    claimed_ int;
    kept_ json;
    line_ids_ bigint[];
    held_ bigint[];
    products_ bigint[];
    warehouses_ bigint[];
    quantities_ numeric[];
begin
    perform kernel_require_known(s.snapshot::pg_snapshot, s.at)
    from (select distinct t.snapshot, t.at from unnest(snapshots_, moments_) as t(snapshot, at)) s
    where s.snapshot is not null;
    if patience_ > 0 then
        -- Whoever has to wait for a row keeps the others waiting: then each goes alone.
        perform set_config('lock_timeout', patience_::text, true);
    end if;
    with drawn as materialized (
        select n, nextval('orders_order_id_seq') as id, kernel_next_number(series_[n])::text as sequence
        from generate_subscripts(series_, 1) as n
    ), numbered as (
        select n, id, before_[n] || lpad(sequence, greatest(widths_[n], length(sequence)), '0') || after_[n] as number
        from drawn
    )
    select array_agg(d.id order by d.n), array_agg(d.number order by d.n),
        array_agg(f.value::jsonb || jsonb_build_object('number', d.number) order by d.n)
    into ids_, numbers_, told_
    from numbered d join json_array_elements(facts_) with ordinality as f(value, n) on f.n = d.n;
    if claims_ is not null then
        -- Whoever writes the claim does the work; repeats wait here for the first and get its answer.
        insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at, status, body)
        select c.user_id, c.endpoint, c.key, c.request_hash, c.at, c.status,
            c.head || to_json(numbers_[c.n])::text || c.tail
        from json_to_recordset(claims_) as c(
            n int, user_id bigint, endpoint text, key text, request_hash text, at timestamptz, status smallint, head text,
            tail text)
        order by c.user_id, c.endpoint, c.key
        on conflict do nothing;
        get diagnostics claimed_ = row_count;
        if claimed_ < json_array_length(claims_) then
            if cardinality(ids_) > 1 then
                raise exception 'apart' using errcode = 'SD409';
            end if;
            select json_build_object('request_hash', k.request_hash, 'status', k.status, 'body', k.body)
            into kept_ from kernel_answeredrequest k where k.user_id = (claims_ -> 0 ->> 'user_id')::bigint
            and k.endpoint = claims_ -> 0 ->> 'endpoint' and k.key = claims_ -> 0 ->> 'key';
            return json_build_object('kept', kept_);
        end if;
    end if;
    with written as (
        insert into orders_order (id, number, {_ORDER})
        select ids_[o.n], numbers_[o.n], {_ORDER_VALUES}
        from json_to_recordset(orders_) as o(n int, {_ORDER_TYPES})
        returning id, created_at
    )
    select array_agg(created_at order by id) into made_ from written;
    with written as (
        insert into orders_orderline (id, order_id, {_LINE})
        select nextval('orders_orderline_id_seq'), ids_[l.n], {_LINE_VALUES}
        from json_to_recordset(lines_) as l(n int, {_LINE_TYPES})
        returning id, order_id, position, product_id, warehouse_id, quantity, is_stocked
    ), sorted as (
        select w.*, w.is_stocked and reserves_[array_position(ids_, w.order_id)] as is_held
        from written w order by order_id, position
    )
    select array_agg(id), array_agg(id) filter (where is_held), array_agg(product_id) filter (where is_held),
        array_agg(warehouse_id) filter (where is_held), array_agg(quantity) filter (where is_held)
    into line_ids_, held_, products_, warehouses_, quantities_ from sorted;
    perform kernel_record_each('order', ids_, made_, events_, told_);
    -- References are checked now, not at commit: from the first lock of a hot row on nothing shall take time.
    set constraints all immediate;
    set constraints all deferred;
    -- What others wait for comes last, the hottest rows (stock) at the very end.
    if true = any(takes_credit_) then
        perform billing_take_credit(s.customer_id, s.currency, s.total, s.ordered_on) from (
            select o.customer_id, o.currency, o.ordered_on, sum(o.total) as total
            from unnest(ids_, takes_credit_) as t(id, takes) join orders_order o on o.id = t.id
            where t.takes group by 1, 2, 3 order by 1, 2, 3) s;
    end if;
    if held_ is not null then
        perform inventory_reserve_whole(held_, products_, warehouses_, quantities_, made_[1]);
    end if;
    return json_build_object('ids', ids_, 'numbers', numbers_, 'lines', line_ids_);
end $$;
"""  # noqa: S608 - our own column names
DROP = """
drop function orders_place_together(
    text[], timestamptz[], text[], text[], int[], text[], json, json, json, json, json, boolean[], boolean[], int)
"""
# What it took before: one order by itself, and functions of an order's row.
DROP_EARLIER = """
drop function orders_place(
    text, timestamptz, json, json, text, text, int, text, text[], json, jsonb, json, text, text);
drop function orders_reserve_stock(orders_order);
drop function billing_take_order_credit(orders_order);
"""
RESERVE_STOCK = import_module("shundan.orders.migrations.0002_place").PLACE.partition("create function orders_reserve")
TAKE_CREDIT = import_module("shundan.billing.migrations.0003_take_credit").TAKE.partition(
    "create function billing_take_order"
)
AGAIN = "".join([EARLIER, *RESERVE_STOCK[1:2], RESERVE_STOCK[2].partition("$$;")[0], "$$;", *TAKE_CREDIT[1:]])


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0081_tax_kinds"),
        ("kernel", "0006_record_each"),
        ("inventory", "0027_reserve_together"),
        ("billing", "0003_take_credit"),
    ]
    operations = [migrations.RunSQL(PLACE, DROP), migrations.RunSQL(DROP_EARLIER, AGAIN)]
