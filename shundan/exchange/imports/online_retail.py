"""Online Retail: a wholesaler's invoice lines in one CSV file, with cancellations, adjustments and anonymous buyers."""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from rich.progress import Progress

from shundan.exchange.imports.comparing import Comparer, Comparison, section_of, show, sum_of, totals_beside
from shundan.exchange.imports.countries import CODES, country_code
from shundan.exchange.imports.history import forget_known, open_tables, write_history
from shundan.exchange.imports.masters import (
    GivenCustomer,
    GivenProduct,
    add_customers,
    add_products,
    count_orders_of_customers,
    refresh_statistics,
)
from shundan.exchange.imports.rates import ensure_rates
from shundan.exchange.imports.reading import read_table
from shundan.exchange.imports.runs import Run, read_differences, running, write_differences
from shundan.exchange.imports.staging import Stage

SOURCE = "online_retail"
CURRENCY = "GBP"
TAX = "zero"
MOMENT = "%Y-%m-%d %H:%M:%S"
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
# Lines without a customer belong to this one.
WALK_IN = "WALK-IN"
# What is billed under these codes is no goods: postage, fees, samples, manual corrections.
CHARGES = ("POST", "DOT", "M", "m", "D", "S", "B", "C2", "CRUK", "BANK CHARGES", "AMAZONFEE")
TYPED = """
drop table if exists typed;
create temp table typed as select row, "InvoiceNo" as invoice, "StockCode" as sku, trim("Description") as name,
    "Quantity"::numeric as quantity, "InvoiceDate"::timestamp as at, "UnitPrice"::numeric as price,
    coalesce(nullif("CustomerID", ''), %(walk_in)s) as customer, "Country" as country from staged_retail;
create index on typed (invoice);
drop table if exists invoices;
create temp table invoices as
select invoice, min(at) as at, min(customer) as customer, min(country) as country, count(distinct at) as moments,
    bool_or(quantity < 0) as has_negative, bool_or(price = 0) as has_free
from typed group by 1;
analyze typed, invoices
"""
# The description most lines of a code carry; remarks of the warehouse (written small, or without price) come last.
PRODUCTS = """
select distinct on (sku) sku, coalesce(nullif(name, ''), sku) as name, latest.price
from (select sku, name, count(*) filter (where price > 0 and name <> lower(name)) as good, count(*) as all_
      from typed group by 1, 2) d
left join (select distinct on (sku) sku, price from typed where price > 0
           order by sku, at desc, row desc) latest using (sku)
order by sku, good desc, all_ desc, name
"""
CUSTOMERS = """
select distinct on (customer) customer, country from typed group by 1, 2 order by customer, count(*) desc, country
"""
ORDERS = """
insert into incoming_order (source_key, source_number, customer_id, owner_id, team_id, department_id, at, ordered_on,
    currency, state, ship_country, flags)
select i.invoice, i.invoice, c.id, c.owner_id, c.team_id, c.department_id, i.at at time zone 'Europe/London',
    i.at::date, %(currency)s, 'completed', coalesce(k.code, 'ZZ'), array_remove(array[
        case when left(i.invoice, 1) = 'C' then 'cancellation' when left(i.invoice, 1) = 'A' then 'adjustment' end,
        case when i.has_negative then 'negative_without_reference' end,
        case when i.has_free then 'zero_price' end,
        case when i.customer = %(walk_in)s then 'no_customer' end,
        case when i.moments > 1 then 'several_times' end], null)
from invoices i
join parties_customer c on c.source = %(source)s and c.source_number = i.customer
left join unnest(%(names)s::text[], %(codes)s::text[]) as k(name, code) on k.name = i.country
order by i.at, i.invoice
"""
LINES = """
insert into incoming_line (n, position, product_id, sku, name, is_stocked, quantity, unit_price, tax_code, tax_rate)
select o.n, row_number() over (partition by o.n order by t.row), p.id, p.sku, coalesce(nullif(t.name, ''), p.name_zh),
    p.kind = 'goods', t.quantity, t.price, %(tax)s, 0
from incoming_order o join typed t on t.invoice = o.source_key
join catalog_product p on p.source = %(source)s and p.source_number = t.sku
order by o.n, t.row
"""
DIFFERENCES = """
select t.row, t.invoice, t.sku, t.quantity, t.price, to_char(t.at, 'YYYY-MM'), t.country, t.customer,
    t.quantity * t.price, round(t.quantity * t.price, 2), round(t.quantity * t.price, 2) - t.quantity * t.price,
    case left(t.invoice, 1) when 'C' then 'cancellation' when 'A' then 'adjustment' else 'sale' end
from typed t where round(t.quantity * t.price, 2) <> t.quantity * t.price order by t.row
"""
DIFFERENCE_COLUMNS = ("row invoice sku quantity price month country customer exact stored difference kind").split()


def run(path: Path, progress: Progress) -> None:
    """Import the file; a second run, or one after a kill, adds only what is missing. Raises: BadFile, ImportRunning."""
    with running(SOURCE, path, progress) as this:
        _stage(this, path)
        facts: dict[str, Any] = {"currency": CURRENCY, "source": SOURCE, "walk_in": WALK_IN, "tax": TAX}
        facts |= {"names": list(CODES), "codes": list(CODES.values())}
        with transaction.atomic():
            ensure_rates(CURRENCY)
            _add_masters(this)
            refresh_statistics()
        bar = this.bar("gathering orders", total=3)
        open_tables()
        with connection.cursor() as cursor:
            cursor.execute(ORDERS, facts)
            this.step(bar)
            known = forget_known(SOURCE)
            cursor.execute("analyze incoming_order")
            cursor.execute(LINES, facts)
            this.step(bar)
            cursor.execute(DIFFERENCES)
            listed = write_differences(SOURCE, DIFFERENCE_COLUMNS, cursor.fetchall())
        this.step(bar)
        new = write_history(this, currency=CURRENCY)
        count_orders_of_customers(SOURCE)
        this.count(orders_known=known, orders_new=new, rounding_lines=listed)
    totals = totals_beside(path)
    if totals is not None:
        show("Online Retail", verify(totals), progress.console)


def verify(path: Path) -> list[Comparison]:
    """Compare what is stored with a file of known totals."""
    section = section_of(path, SOURCE)
    counted = Comparer(section, facts={"source": SOURCE, "walk_in": WALK_IN})
    listed = read_differences(SOURCE)
    orders = "from orders_order o where o.source = %(source)s"
    lines = "from orders_orderline l join orders_order o on o.id = l.order_id where o.source = %(source)s"
    of = {
        kind: f" and left(o.source_number, 1) = '{mark}'" for kind, mark in (("cancellation", "C"), ("adjustment", "A"))
    }
    of["sale"] = " and left(o.source_number, 1) not in ('A', 'C')"
    counted.one("totals.lines", f"select count(*) {lines}")
    counted.one("totals.invoices", f"select count(*) {orders}")
    counted.one("totals.cancellation_invoices", f"select count(*) {orders}{of['cancellation']}")
    counted.one("totals.adjustment_invoices", f"select count(*) {orders}{of['adjustment']}")
    counted.one("totals.cancellation_lines", f"select count(*) {lines}{of['cancellation']}")
    counted.one(
        "totals.customers",
        "select count(*) from parties_customer where source = %(source)s and source_number <> %(walk_in)s",
    )
    walk_in = "(select id from parties_customer where source = %(source)s and source_number = %(walk_in)s)"
    counted.one("totals.lines_without_customer", f"select count(*) {lines} and o.customer_id = {walk_in}")
    counted.one("totals.stock_codes", "select count(*) from catalog_product where source = %(source)s")
    counted.one("totals.countries", f"select count(distinct o.ship_country) {orders}")
    counted.one("totals.first_ts", f"select min(o.created_at) at time zone 'Europe/London' {orders}")
    # The last invoice's first minute: an invoice that went on for minutes keeps the moment it began.
    counted.one("totals.last_ts", f"select max(o.created_at) at time zone 'Europe/London' {orders}")
    counted.one("totals.units_net", f"select sum(l.quantity)::bigint {lines}")
    counted.one("totals.zero_price_lines", f"select count(*) {lines} and l.unit_price = 0")
    gross = f"select sum(l.gross) {lines}"
    counted.one("totals.amount_net", gross, rounding=sum_of(listed))
    counted.one("totals.amount_sales", gross + of["sale"], rounding=sum_of(listed, kind="sale"))
    counted.one("totals.amount_cancellations", gross + of["cancellation"], rounding=sum_of(listed, kind="cancellation"))
    counted.one("totals.amount_adjustments", gross + of["adjustment"], rounding=sum_of(listed, kind="adjustment"))
    by_month = "select to_char(o.ordered_on, 'YYYY-MM'), sum(o.total)"
    counted.groups(
        "sales_by_month",
        f"{by_month} {orders}{of['sale']} group by 1",
        rounding=lambda month: sum_of(listed, kind="sale", month=month),
    )
    counted.groups(
        "cancellations_by_month",
        f"{by_month} {orders}{of['cancellation']} group by 1",
        rounding=lambda month: sum_of(listed, kind="cancellation", month=month),
    )
    names = {country_code(name): name for name, _amount in section["net_top10_countries"]}
    counted.groups(
        "net_top10_countries",
        f"select o.ship_country, sum(o.total) {orders} group by 1",
        label=lambda code: names.get(code, code),
        rounding=lambda name: sum_of(listed, country=name),
    )
    counted.groups(
        "top10_customers_net",
        "select c.source_number, sum(o.total) from orders_order o join parties_customer c on c.id = o.customer_id"
        " where o.source = %(source)s group by 1",
        rounding=lambda customer: sum_of(listed, customer=customer),
    )
    return counted.results


def _stage(this: Run, path: Path) -> None:
    bar = this.bar("reading and checking", total=3)
    table = read_table(path, columns=COLUMNS)
    this.step(bar)
    stage = Stage("staged_retail", table)
    this.step(bar)
    stage.need("InvoiceNo", "StockCode", "Country")
    stage.need_whole_numbers("Quantity")
    stage.need_numbers("UnitPrice")
    stage.need_times("InvoiceDate", form=MOMENT)
    with connection.cursor() as cursor:
        cursor.execute(TYPED, {"walk_in": WALK_IN})
    this.step(bar)
    this.count(rows={"lines": stage.rows})


def _add_masters(this: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS)
        products = [
            GivenProduct(
                key=sku,
                sku=sku,
                name=name,
                kind="charge" if sku in CHARGES else "goods",
                tax=TAX,
                currency=CURRENCY,
                price=price,
            )
            for sku, name, price in cursor.fetchall()
        ]
        cursor.execute(CUSTOMERS)
        customers = [
            GivenCustomer(
                key=key,
                name="散客 Walk-in customer" if key == WALK_IN else f"Customer {key}",
                currency=CURRENCY,
                country=country_code(country),
                region=country,
            )
            for key, country in cursor.fetchall()
        ]
    this.count(
        products_new=len(add_products(SOURCE, products, by=this.by)),
        customers_new=add_customers(SOURCE, customers, by=this.by),
    )
