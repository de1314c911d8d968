"""Placing takes only what differs from the defaults, checks what its caller remembered, and locks stock at the very end."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0012_number_patterns").BY_PATTERN

# Column, its type, and its value where the order says nothing.
ORDER = """
type_id bigint;type_version_id bigint;kind text 'sale';customer_id bigint;supplier_id bigint;origin_id bigint
target_warehouse_id bigint;target_department_id bigint;customer_reference text '';owner_id bigint;team_id bigint
department_id bigint;workflow_id bigint;state text;category text;approval text 'not_needed';fulfilment text 'none'
invoicing text 'none';payment text 'unpaid';holds text[] '{}';currency text;exchange_rate numeric 1
includes_tax boolean true;net numeric 0;tax numeric 0;total numeric 0;company_total numeric 0;exposure numeric 0
invoiced numeric 0;paid numeric 0;due_on date;payment_term_id bigint;payment_method text '';warehouse_id bigint
allows_backorder boolean false;ordered_on date;requested_on date;promised_on date;ship_contact text '';ship_phone text ''
ship_country text 'CN';ship_province text '';ship_city text '';ship_district text '';ship_street text ''
ship_postal_code text '';remark text '';attributes jsonb '{}';source text '';source_key text '';source_number text ''
is_history boolean false;history_flags text[] '{}';content_hash text '';version int 1;revision int 1;line_count int 0
created_at timestamptz;changed_at timestamptz;state_since timestamptz;acts_at timestamptz
"""
LINE = """
position int;product_id bigint;source_line_id bigint;sku text;name_zh text;name_en text '';unit text
is_stocked boolean true;is_history boolean false;warehouse_id bigint;quantity numeric;unit_price numeric
list_price numeric;cost numeric;discount numeric 0;tax_code text;tax_rate numeric;gross numeric;net numeric;tax numeric
cancelled numeric 0;reserved numeric 0;picked numeric 0;shipped numeric 0;delivered numeric 0;returned numeric 0
invoiced numeric 0;requested_on date;remark text '';attributes jsonb '{}'
"""


def _columns(text: str) -> list[list[str]]:
    return [one.split(" ", 2) for one in text.strip().replace("\n", ";").split(";")]


def _names(text: str) -> str:
    return ", ".join(one[0] for one in _columns(text))


def _types(text: str) -> str:
    return ", ".join(" ".join(one[:2]) for one in _columns(text))


def _values(text: str, alias: str) -> str:
    return ", ".join(
        f"coalesce({alias}.{name}, {default[0]})" if default else f"{alias}.{name}"
        for name, _type, *default in _columns(text)
    )


PLACE = f"""
create function orders_place(
    snapshot_ text, taken_at_ timestamptz, order_ json, lines_ json, series_ text, before_ text, width_ int, after_ text,
    effects_ text[], events_ json, facts_ jsonb, claim_ json, head_ text, tail_ text
) returns json language plpgsql as $$
declare
    placed orders_order;
    line_ids_ bigint[];
    sequence_ text;
    number_ text;
    kept_ json;
    effect_ text;
begin
    if snapshot_ is not null then
        perform kernel_require_known(snapshot_::pg_snapshot, taken_at_);
    end if;
    sequence_ := kernel_next_number(series_)::text;
    number_ := before_ || lpad(sequence_, greatest(width_, length(sequence_)), '0') || after_;
    if claim_ is not null then
        -- Whoever writes the claim does the work; repeats wait here for the first and get its answer.
        insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at, status, body)
        select c.user_id, c.endpoint, c.key, c.request_hash, c.at, c.status, head_ || to_json(number_)::text || tail_
        from json_to_record(claim_) as c(
            user_id bigint, endpoint text, key text, request_hash text, at timestamptz, status smallint)
        on conflict do nothing;
        if not found then
            select json_build_object('request_hash', k.request_hash, 'status', k.status, 'body', k.body)
            into kept_ from kernel_answeredrequest k where k.user_id = (claim_ ->> 'user_id')::bigint
            and k.endpoint = claim_ ->> 'endpoint' and k.key = claim_ ->> 'key';
            return json_build_object('kept', kept_);
        end if;
    end if;
    insert into orders_order (id, number, {_names(ORDER)})
    select nextval('orders_order_id_seq'), number_, {_values(ORDER, "o")}
    from json_to_record(order_) as o({_types(ORDER)})
    returning * into placed;
    with written as (
        insert into orders_orderline (id, order_id, {_names(LINE)})
        select nextval('orders_orderline_id_seq'), placed.id, {_values(LINE, "l")}
        from json_to_recordset(lines_) as l({_types(LINE)})
        returning id, position
    )
    select array_agg(id order by position) into line_ids_ from written;
    perform kernel_record_all(
        'order', placed.id, placed.created_at, events_, facts_ || jsonb_build_object('number', number_));
    -- References are checked now, not at commit: from the first lock of a hot row on nothing shall take time.
    set constraints all immediate;
    set constraints all deferred;
    -- Effects come last, the hottest rows (stock) at the very end. The two of every sale are spelled out: a call by
    -- name is parsed and planned each time.
    foreach effect_ in array effects_ loop
        case effect_
            when 'billing_take_order_credit' then perform billing_take_order_credit(placed);
            when 'orders_reserve_stock' then perform orders_reserve_stock(placed);
            else execute format('select %I($1)', effect_) using placed;
        end case;
    end loop;
    return json_build_object('id', placed.id, 'number', number_, 'lines', line_ids_);
end $$;
"""  # noqa: S608 - our own column names
DROP_EARLIER = "drop function orders_place(jsonb, jsonb, text, text, int, text, text[], jsonb, jsonb)"
DROP = (
    "drop function orders_place(text, timestamptz, json, json, text, text, int, text, text[], json, jsonb, json, text,"
    " text)"
)

# What a process may remember: these tables tell when they change. Counters of a customer's orders change with every
# order, and nobody remembers them.
REMEMBERED = {
    "accounts_user": (
        "email, name, roles, department_id, team_id, language, theme, has_letter_keys, is_active, password"
    ),
    "accounts_apitoken": "",
    "accounts_department": "",
    "parties_customer": (
        "number, name, short_name, kind, status, owner_id, department_id, team_id, currency, includes_tax,"
        " payment_term_id, credit_limit, language, country, region, tax_title, tax_number, bank_name, bank_account, tags,"
        " version"
    ),
    "parties_address": "",
    "parties_paymentterm": "",
    "catalog_product": "",
    "catalog_productprice": "",
    "catalog_unit": "",
    "catalog_taxrate": "",
    "inventory_warehouse": "",
    "orders_ordertype": "",
    "orders_ordertypeversion": "",
    "workflow_workflowversion": "",
    "workflow_approvaltableversion": "",
}
TELL = ";\n".join(
    f"create trigger told_to_memory after insert or delete or update {f'of {columns} ' if columns else ''}on {table}"
    f" for each statement execute function kernel_note_change();\n"
    f"create trigger emptying_told_to_memory after truncate on {table}"
    f" for each statement execute function kernel_note_change()"
    for table, columns in REMEMBERED.items()
)
TELL_NOT = ";\n".join(
    f"drop trigger told_to_memory on {table};\ndrop trigger emptying_told_to_memory on {table}" for table in REMEMBERED
)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0022_line_cost"),
        ("kernel", "0005_memory"),
        ("inventory", "0005_reserve_last"),
        ("accounts", "0001_initial"),
        ("parties", "0003_supplier_version"),
        ("catalog", "0001_initial"),
        ("workflow", "0006_drafts_of_tables"),
    ]
    operations = [
        migrations.RunSQL(DROP_EARLIER, EARLIER),
        migrations.RunSQL(PLACE, DROP),
        migrations.RunSQL(TELL, TELL_NOT),
    ]
