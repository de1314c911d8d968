"""Writing orders of the past: gathered in temporary tables, then inserted chunk by chunk, each in one transaction.

History keeps its dates and states, reserves no stock, owes nothing and says in its flags where it breaks our workflow.
A killed import leaves whole chunks; the next run skips what is there by (source, source key).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.exchange.imports.runs import Run
from shundan.fulfilment.models import Shipment, ShipmentLine
from shundan.inventory.queries import default_warehouse_unscoped
from shundan.kernel.models import Event
from shundan.kernel.money import decimals_of
from shundan.orders.actions.draft import number_series
from shundan.orders.models import Order, OrderLine, OrderType
from shundan.orders.queries import current_type_version_id, number_pattern
from shundan.parties.models import PaymentTerm
from shundan.workflow.queries import current_version_id

CHUNK = 2000
SOME_DAY = date(2000, 1, 1)
FILLED = (Order, OrderLine, Shipment, ShipmentLine, Event)

TABLES = """
drop table if exists incoming_order, incoming_line;
create temp table incoming_order (
    n int generated always as identity primary key,
    id bigint not null default nextval('orders_order_id_seq'),
    source_key text not null, source_number text not null, customer_id bigint not null,
    owner_id bigint, team_id bigint, department_id bigint,
    at timestamptz not null, ordered_on date not null, requested_on date,
    currency text not null, state text not null,
    ship_contact text not null default '', ship_country text not null default '',
    ship_province text not null default '', ship_city text not null default '',
    ship_street text not null default '', ship_postal_code text not null default '',
    carrier text not null default '', shipped_on date, remark text not null default '',
    flags text[] not null default '{}', number text, shipment_number text);
create temp table incoming_line (
    id bigint not null default nextval('orders_orderline_id_seq'),
    n int not null, position int not null, product_id bigint not null, sku text not null, name text not null,
    unit text not null default 'pcs', is_stocked boolean not null,
    quantity numeric not null, unit_price numeric not null, discount numeric not null default 0,
    tax_code text not null, tax_rate numeric not null, returned numeric not null default 0,
    gross numeric, net numeric, tax numeric);
"""

# The rule of flows 4.9 as sets, prices including tax; `line_amounts` is the oracle that a test compares it with.
AMOUNTS = """
analyze incoming_line;
update incoming_line l set gross = t.gross, net = t.net, tax = t.gross - t.net
from (select id, gross, round(gross / (1 + tax_rate)::numeric(30, 20), %(decimals)s) as net
      from (select id, tax_rate, round(quantity * unit_price, %(decimals)s) - discount as gross from incoming_line) g) t
where t.id = l.id
"""

# Numbers are drawn first: a volatile function in the middle of a join may be called too often, or too seldom.
# An empty template makes to_char() answer null.
_NUMBERS = """
with drawn as materialized (
    select n, on_, kernel_next_number({series} || to_char(on_, {period}))::text as seq
    from (select n, {day} as on_ from incoming_order
          where n between %(first)s and %(last)s and {day} is not null order by n) o)
update incoming_order o
set {number} = coalesce(to_char(on_, {before}), '') || lpad(seq, greatest({width}, length(seq)), '0')
    || coalesce(to_char(on_, {after}), '')
from drawn where drawn.n = o.n
"""
ORDER_NUMBERS = _NUMBERS.format(
    day="ordered_on",
    number="number",
    series="%(series)s",
    period="%(period)s",
    before="%(before)s",
    width="%(width)s",
    after="%(after)s",
)
SHIPMENT_NUMBERS = _NUMBERS.format(
    day="shipped_on",
    number="shipment_number",
    series="'shipment_'",
    period="'YYYY'",
    before="""'"SH-"YYYY"-"'""",
    width=6,
    after="''",
)
_ORDER: Mapping[str, str] = {
    "id": "o.id",
    "type_id": "%(type)s",
    "type_version_id": "%(type_version)s",
    "attributes": "'{}'::jsonb",
    "number": "o.number",
    "customer_id": "o.customer_id",
    "owner_id": "o.owner_id",
    "team_id": "o.team_id",
    "department_id": "o.department_id",
    "workflow_id": "%(workflow)s",
    "state": "o.state",
    "category": "o.state",
    "fulfilment": "case when o.shipped_on is null then 'none' else 'shipped' end",
    "invoicing": "case when o.state = 'completed' then 'full' else 'none' end",
    "payment": "case when o.state = 'completed' then 'paid' else 'unpaid' end",
    "currency": "o.currency",
    "exchange_rate": "r.rate",
    "net": "a.net",
    "tax": "a.tax",
    "total": "a.gross",
    "company_total": "a.company",
    "invoiced": "case when o.state = 'completed' then a.gross else 0 end",
    "paid": "case when o.state = 'completed' then greatest(a.gross, 0) else 0 end",
    "payment_term_id": "%(term)s",
    "ordered_on": "o.ordered_on",
    "requested_on": "o.requested_on",
    "ship_contact": "o.ship_contact",
    "ship_country": "o.ship_country",
    "ship_province": "o.ship_province",
    "ship_city": "o.ship_city",
    "ship_street": "o.ship_street",
    "ship_postal_code": "o.ship_postal_code",
    "remark": "o.remark",
    "source": "%(source)s",
    "source_key": "o.source_key",
    "source_number": "o.source_number",
    "is_history": "true",
    "history_flags": "o.flags",
    "line_count": "a.lines",
    "created_at": "o.at",
    "changed_at": "o.at",
}
_ORDER_FROM = """
incoming_order o
join (select l.n, count(*) as lines, sum(l.gross) as gross, sum(l.net) as net, sum(l.tax) as tax,
             sum(round(l.gross * r.rate, %(company_decimals)s)) as company
      from incoming_line l join incoming_order o on o.n = l.n join incoming_rate r on r.n = l.n
      where l.n between %(first)s and %(last)s group by l.n) a on a.n = o.n
join incoming_rate r on r.n = o.n
where o.n between %(first)s and %(last)s order by o.n
"""
_LINE: Mapping[str, str] = {
    "id": "l.id",
    "attributes": "'{}'::jsonb",
    "order_id": "o.id",
    "position": "l.position",
    "product_id": "l.product_id",
    "sku": "l.sku",
    "name_zh": "l.name",
    "name_en": "l.name",
    "unit": "l.unit",
    "is_stocked": "l.is_stocked",
    "is_history": "true",
    "quantity": "l.quantity",
    "unit_price": "l.unit_price",
    "list_price": "l.unit_price",
    "discount": "l.discount",
    "tax_code": "l.tax_code",
    "tax_kind": "case when l.tax_rate > 0 then 'taxable' when l.tax_code = 'exempt' then 'exempt'"
    " when l.tax_code = 'untaxed' then 'not_taxable' else 'zero' end",
    "tax_rate": "l.tax_rate",
    "gross": "l.gross",
    "net": "l.net",
    "tax": "l.tax",
    "shipped": "case when o.shipped_on is not null and l.is_stocked then l.quantity else 0 end",
    "returned": "l.returned",
    "invoiced": "case when o.state = 'completed' then l.quantity else 0 end",
}
_LINE_FROM = "incoming_line l join incoming_order o on o.n = l.n where l.n between %(first)s and %(last)s order by l.id"
_SHIPMENT: Mapping[str, str] = {
    "number": "o.shipment_number",
    "order_id": "o.id",
    "warehouse_id": "%(warehouse)s",
    "state": "'shipped'",
    "carrier": "o.carrier",
    "created_at": "o.at",
    "created_by_name": "%(actor)s",
    "shipped_at": "(o.shipped_on + time '12:00') at time zone 'UTC'",
    "is_history": "true",
}
_SHIPMENT_FROM = """
incoming_order o where o.n between %(first)s and %(last)s and o.shipped_on is not null order by o.n
"""
_SHIPMENT_LINE: Mapping[str, str] = {"shipment_id": "s.id", "order_line_id": "l.id", "quantity": "l.quantity"}
_SHIPMENT_LINE_FROM = """
incoming_line l join incoming_order o on o.n = l.n join fulfilment_shipment s on s.order_id = o.id
where l.n between %(first)s and %(last)s and l.is_stocked order by l.id
"""
_EVENT: Mapping[str, str] = {
    "kind": "'order.imported'",
    "subject_kind": "'order'",
    "subject_id": "o.id",
    "actor_name": "%(actor)s",
    "door": "%(door)s",
    "at": "%(now)s",
    "data": (
        "jsonb_build_object('number', h.number, 'source', h.source, 'source_number', h.source_number,"
        " 'ordered_on', h.ordered_on, 'total', h.total::text, 'currency', h.currency, 'flags', h.history_flags)"
    ),
}
_EVENT_FROM = (
    "incoming_order o join orders_order h on h.id = o.id where o.n between %(first)s and %(last)s order by o.n"
)


def open_tables() -> None:
    """Make empty tables for what comes in."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def forget_known(source: str) -> int:
    """Drop gathered orders that an earlier run has written; return how many those are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from incoming_order i using orders_order o where o.source = %s and o.source_key = i.source_key",
            [source],
        )
        return int(cursor.rowcount)


def set_amounts(currency: str) -> None:
    """Compute the amounts of all gathered lines."""
    with connection.cursor() as cursor:
        cursor.execute(AMOUNTS, {"decimals": decimals_of(currency)})


def write_history(run: Run, *, currency: str) -> int:
    """Write the gathered orders with lines, shipments and one event each; return how many they are."""
    set_amounts(currency)
    warehouse = default_warehouse_unscoped()
    order_type = OrderType.objects.get(code="sales")
    with connection.cursor() as cursor:
        cursor.execute(
            "create index on incoming_line (n);"
            " create temp table if not exists incoming_rate (n int primary key, rate numeric); truncate incoming_rate;"
            " insert into incoming_rate select o.n, case when o.currency = %s then 1 else (select rate from"
            " catalog_exchangerate x where x.currency = o.currency and x.valid_from <= o.ordered_on"
            " order by x.valid_from desc limit 1) end from incoming_order o; analyze incoming_line, incoming_order",
            [COMPANY_CURRENCY],
        )
        cursor.execute("select min(n), max(n), count(*) from incoming_order")
        first, last, count = cursor.fetchone()
    version_id = current_type_version_id(order_type)
    pattern = number_pattern(version_id)
    before, after = pattern.sql_frame()
    facts = {
        "type": order_type.pk,
        "type_version": version_id,
        # The series without its period, which follows each order's day.
        "series": number_series(order_type, pattern, on=SOME_DAY).removesuffix(pattern.period(SOME_DAY)),
        "period": pattern.sql_period,
        "before": before,
        "width": pattern.width,
        "after": after,
        "workflow": current_version_id(order_type.workflow),
        "term": PaymentTerm.objects.get(code="net30").pk,
        "warehouse": warehouse.pk if warehouse else None,
        "source": run.source,
        "actor": run.by.name,
        "door": run.by.door,
        "now": run.by.at,
        "company_decimals": decimals_of(COMPANY_CURRENCY),
    }
    if not count:
        # A second run finds all orders there already: a bar at 0 % would look like a failure.
        return 0
    bar = run.bar("writing orders", total=count)
    written = 0
    for start in range(first, last + 1, CHUNK):
        with transaction.atomic():
            orders = _write_chunk(facts | {"first": start, "last": start + CHUNK - 1})
            written += orders
            run.count(orders_new=written)
        run.step(bar, orders)
    if written:
        with connection.cursor() as cursor:
            cursor.execute(f"analyze {', '.join(model._meta.db_table for model in FILLED)}")
    return written


def _write_chunk(facts: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ORDER_NUMBERS, facts)
        cursor.execute(SHIPMENT_NUMBERS, facts)
    orders = _insert(Order, _ORDER, _ORDER_FROM, facts)
    _insert(OrderLine, _LINE, _LINE_FROM, facts)
    if _insert(Shipment, _SHIPMENT, _SHIPMENT_FROM, facts):
        _insert(ShipmentLine, _SHIPMENT_LINE, _SHIPMENT_LINE_FROM, facts)
    _insert(Event, _EVENT, _EVENT_FROM, facts)
    return orders


def _insert(model: type[Model], columns: Mapping[str, str], source: str, facts: dict[str, Any]) -> int:
    """Insert a set of rows; columns that history says nothing of get the model's own default."""
    names, values, facts = [], [], dict(facts)
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column not in columns and column == "id":
            continue
        names.append(f'"{column}"')
        if column in columns:
            values.append(columns[column])
        else:
            default = field.get_default()
            facts[f"default_{column}"] = default
            values.append(f"%(default_{column})s::{field.cast_db_type(connection)}")
    sql = f"insert into {model._meta.db_table} ({', '.join(names)}) select {', '.join(values)} from {source}"
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return int(cursor.rowcount)
