"""Superstore (示例 - 超市): order lines with Chinese headers; an order number may belong to several customers."""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from rich.progress import Progress

from shundan.accounts.actions import save_department, save_team
from shundan.accounts.models import Team, User
from shundan.catalog.actions import save_category
from shundan.exchange.imports.comparing import Comparer, Comparison, section_of, show, sum_of, totals_beside
from shundan.exchange.imports.history import forget_known, open_tables, write_history
from shundan.exchange.imports.masters import (
    GivenCustomer,
    GivenProduct,
    add_customers,
    add_people,
    add_products,
    count_orders_of_customers,
    refresh_statistics,
)
from shundan.exchange.imports.reading import find_file, read_table
from shundan.exchange.imports.runs import Run, latest_counts, read_differences, running, write_differences
from shundan.exchange.imports.staging import Stage

SOURCE = "superstore"
SECTION = "superstore_cn"
CURRENCY = "CNY"
# Nobody knows the tax in these old amounts; new orders of the products take the usual rate.
OLD_TAX, NEW_TAX = "untaxed", "vat13"
DAY = "%Y-%m-%d"
COLUMNS = (
    "订单 ID,订单日期,发货日期,邮寄方式,客户 ID,客户名称,细分,城市,省/自治区,地区,产品 ID,类别,子类别,产品名称,"
    "销售额,数量,折扣,利润"
).split(",")
SEGMENTS = {"消费者": "person", "公司": "company", "小型企业": "company"}
# One order number stands for several orders: of several customers, now and then of several days or towns.
TYPED = """
drop table if exists typed;
create temp table typed as
select t.*, number || '/' || customer || case when part > 1 then '/' || part else '' end as key
from (select g.*, dense_rank() over (partition by number, customer order by first_row) as part
      from (select row, "订单 ID" as number, "客户 ID" as customer, "订单日期"::date as ordered_on,
                "发货日期"::date as shipped_on, "邮寄方式" as mode, "省/自治区" as province, "城市" as city,
                "地区" as region, "产品 ID" as sku, "产品名称" as name, "类别" as category, "细分" as segment,
                "销售额"::numeric as amount, "数量"::numeric as quantity, "折扣"::numeric as discount,
                min(row) over (partition by "订单 ID", "客户 ID", "订单日期", "发货日期", "邮寄方式", "省/自治区",
                    "城市") as first_row
            from staged_superstore) g) t;
create index on typed (key);
analyze typed
"""
# The price before discount, of the latest sale.
PRODUCTS = """
select distinct on (sku) sku, name, category, subcategory,
    round(amount / quantity / (1 - discount), 2)
from (select t.*, s."子类别" as subcategory, count(*) over (partition by t.sku, t.name) as often
      from typed t join staged_superstore s using (row)) t
order by sku, often desc, ordered_on desc, row
"""
CUSTOMERS = """
select distinct on (customer) customer, s."客户名称", segment, region, province, city
from (select *, count(*) over (partition by customer, city) as often from typed) t join staged_superstore s using (row)
order by customer, often desc, ordered_on desc, row
"""
ORDERS = """
insert into incoming_order (source_key, source_number, customer_id, owner_id, team_id, department_id, at, ordered_on,
    currency, state, ship_contact, ship_country, ship_province, ship_city, carrier, shipped_on, flags)
select o.key, o.number, c.id, m.user_id, m.team_id, m.department_id, (o.ordered_on + time '12:00') at time zone 'UTC',
    o.ordered_on, %(currency)s, 'completed', c.name, 'CN', o.province, o.city, o.mode, o.shipped_on,
    array_remove(array[
        case when o.is_returned then 'returned' end,
        case when o.is_returned and o.owners > 1 then 'return_of_shared_number' end,
        case when o.owners > 1 then 'shared_number' end,
        case when o.shipped_on < o.ordered_on then 'shipped_before_ordered' end], null)
from (select key, number, customer, ordered_on, shipped_on, mode, province, city, region, min(row) as row,
             count(*) over (partition by number) as owners,
             exists (select 1 from staged_returns r where r."订单 ID" = number) as is_returned
      from typed group by 1, 2, 3, 4, 5, 6, 7, 8, 9) o
join parties_customer c on c.source = %(source)s and c.source_number = o.customer
left join unnest(%(regions)s::text[], %(users)s::bigint[], %(teams)s::bigint[], %(departments)s::bigint[])
    as m(region, user_id, team_id, department_id) on m.region = o.region
order by o.ordered_on, o.row
"""
# The file knows what was paid and the discount; the price before it follows. At ten decimals the division may land just
# under half a cent: then the last decimal is raised, so that price times quantity is the amount again.
LINES = """
insert into incoming_line (n, position, product_id, sku, name, is_stocked, quantity, unit_price, discount, tax_code,
    tax_rate, returned)
select o.n, row_number() over (partition by o.n order by t.row), p.id, p.sku, t.name, true, t.quantity, t.price,
    round(t.quantity * t.price, 2) - round(t.amount, 2), %(tax)s, 0,
    case when 'returned' = any(o.flags) then t.quantity else 0 end
from incoming_order o
join (select *, rough + case when round(quantity * rough, 2) < round(amount, 2) then 0.0000000001 else 0 end as price
      from (select *, round(amount / quantity / (1 - discount), 10) as rough from typed) r) t on t.key = o.source_key
join catalog_product p on p.source = %(source)s and p.source_number = t.sku
order by o.n, t.row
"""
DIFFERENCES = """
select row, number, customer, sku, quantity, discount, extract(year from ordered_on)::int, category, region, province,
    case when exists (select 1 from staged_returns r where r."订单 ID" = number) then 'yes' else 'no' end,
    amount, round(amount, 2), round(amount, 2) - amount
from typed where round(amount, 2) <> amount order by row
"""
DIFFERENCE_COLUMNS = (
    "row order customer sku quantity discount year category region province returned exact stored difference"
).split()


def run(path: Path, progress: Progress) -> None:
    """Import a folder; a second run, or one after a kill, adds only what is missing. Raises: BadFile, ImportRunning."""
    with running(SOURCE, path, progress) as this:
        _stage(this, path)
        with transaction.atomic():
            managers = _add_masters(this)
            refresh_statistics()
        facts: dict[str, Any] = {"currency": CURRENCY, "source": SOURCE, "tax": OLD_TAX, "regions": list(managers)}
        facts["users"] = [int(user.pk) for user in managers.values()]
        facts["teams"] = [user.team_id for user in managers.values()]
        facts["departments"] = [user.department_id for user in managers.values()]
        open_tables()
        with connection.cursor() as cursor:
            cursor.execute(ORDERS, facts)
            known = forget_known(SOURCE)
            cursor.execute("analyze incoming_order")
            cursor.execute(LINES, facts)
            cursor.execute(DIFFERENCES)
            listed = write_differences(SOURCE, DIFFERENCE_COLUMNS, cursor.fetchall())
        new = write_history(this, currency=CURRENCY)
        count_orders_of_customers(SOURCE)
        this.count(orders_known=known, orders_new=new, rounding_lines=listed)
    totals = totals_beside(path)
    if totals is not None:
        show("Superstore 示例超市", verify(totals), progress.console)


def verify(path: Path) -> list[Comparison]:
    """Compare what is stored with a file of known totals."""
    section = section_of(path, SECTION)
    counted = Comparer(section, facts={"source": SOURCE})
    listed = read_differences(SOURCE)
    orders = "from orders_order o where o.source = %(source)s"
    tables = "from orders_orderline l join orders_order o on o.id = l.order_id"
    lines = f"{tables} where o.source = %(source)s"
    counted.one("totals.lines", f"select count(*) {lines}")
    counted.one("totals.orders", f"select count(distinct o.source_number) {orders}")
    counted.one("totals.customers", "select count(*) from parties_customer where source = %(source)s")
    counted.one("totals.products", "select count(*) from catalog_product where source = %(source)s")
    counted.one("totals.units", f"select sum(l.quantity)::bigint {lines}")
    counted.one("totals.sales_exact", f"select sum(l.gross) {lines}", rounding=sum_of(listed))
    counted.one("totals.sales_line_rounded", f"select sum(l.gross) {lines}")
    counted.one("totals.first_order", f"select min(o.ordered_on) {orders}")
    counted.one("totals.last_order", f"select max(o.ordered_on) {orders}")
    read = latest_counts(SOURCE)
    counted.read("totals.return_rows", read.get("rows", {}).get("returns"))
    # The house keeps no cost of sales yet.
    counted.read("totals.profit_exact", read.get("profit"))
    returned = "'returned' = any(o.history_flags)"
    counted.one("totals.return_orders", f"select count(distinct o.source_number) {orders} and {returned}")
    counted.one("totals.return_orders_matched", f"select count(distinct o.source_number) {orders} and {returned}")
    counted.one(
        "totals.sales_of_returned_orders",
        f"select sum(l.gross) {lines} and {returned}",
        rounding=sum_of(listed, returned="yes"),
    )
    counted.one(
        "totals.mean_days_to_ship",
        f"select avg((s.shipped_at at time zone 'UTC')::date - o.ordered_on) {tables}"
        " join fulfilment_shipment s on s.order_id = o.id where o.source = %(source)s",
        places=4,
    )
    counted.groups(
        "sales_by_year",
        f"select extract(year from o.ordered_on)::int, sum(o.total) {orders} group by 1",
        rounding=lambda year: sum_of(listed, year=year),
    )
    counted.groups(
        "sales_by_category",
        f"select k.name_zh, sum(l.gross) {tables} join catalog_product p on p.id = l.product_id"
        " join catalog_category c on c.id = p.category_id join catalog_category k on k.id = c.parent_id"
        " where o.source = %(source)s group by 1",
        rounding=lambda category: sum_of(listed, category=category),
    )
    counted.groups(
        "sales_by_region",
        "select t.name_zh, sum(o.total) from orders_order o join accounts_user u on u.id = o.owner_id"
        " join accounts_team t on t.id = u.team_id where o.source = %(source)s group by 1",
        rounding=lambda region: sum_of(listed, region=region),
    )
    by_segment = f"select c.tags[1], count(*) {tables} join parties_customer c on c.id = o.customer_id"
    counted.groups("lines_by_segment", f"{by_segment} where o.source = %(source)s group by 1")
    by_mode = f"select s.carrier, count(*) {tables} join fulfilment_shipment s on s.order_id = o.id"
    counted.groups("lines_by_ship_mode", f"{by_mode} where o.source = %(source)s group by 1")
    counted.groups(
        "top5_provinces",
        f"select o.ship_province, sum(o.total) {orders} group by 1",
        rounding=lambda province: sum_of(listed, province=province),
    )
    counted.one(
        "orders_with_more_than_one_customer",
        f"select count(*) from (select o.source_number {orders} group by 1 having count(distinct o.customer_id) > 1) t",
    )
    return counted.results


def _stage(this: Run, folder: Path) -> None:
    bar = this.bar("reading and checking", total=3)
    orders = Stage("staged_superstore", read_table(find_file(folder, "orders"), columns=COLUMNS))
    this.step(bar)
    returns = Stage("staged_returns", read_table(find_file(folder, "returns"), columns=("订单 ID",)))
    managers = Stage("staged_managers", read_table(find_file(folder, "managers"), columns=("地区", "地区经理")))
    this.step(bar)
    orders.need("订单 ID", "客户 ID", "产品 ID", "地区", "类别", "子类别")
    orders.need_numbers("销售额", "折扣", "利润")
    orders.need_whole_numbers("数量")
    orders.need_between("折扣", "0", "0.99")
    orders.need_between("数量", "1", "999999999")
    orders.need_times("订单日期", form=DAY)
    orders.need_times("发货日期", form=DAY)
    orders.need_known("地区", of=managers, key="地区")
    managers.need_once("地区")
    returns.need("订单 ID")
    with connection.cursor() as cursor:
        cursor.execute(TYPED)
        cursor.execute('select sum("利润"::numeric)::text from staged_superstore')
        profit = cursor.fetchone()[0]
    this.step(bar)
    this.count(rows={"lines": orders.rows, "returns": returns.rows, "managers": managers.rows}, profit=profit)


def _add_masters(this: Run) -> dict[str, User]:
    managers = _add_managers(this)
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS)
        found = cursor.fetchall()
        categories = {}
        for _sku, _name, category, subcategory, _price in found:
            if category not in categories:
                categories[category] = save_category(
                    code=f"SS-{category}", name_zh=category, name_en=category, by=this.by
                )
            if (category, subcategory) not in categories:
                categories[category, subcategory] = save_category(
                    code=f"SS-{category}-{subcategory}",
                    name_zh=subcategory,
                    name_en=subcategory,
                    parent=categories[category],
                    by=this.by,
                )
        products = [
            GivenProduct(
                key=sku,
                sku=sku,
                name=name,
                category=categories[category, subcategory],
                tax=NEW_TAX,
                currency=CURRENCY,
                price=price,
            )
            for sku, name, category, subcategory, price in found
        ]
        cursor.execute(CUSTOMERS)
        customers = [
            GivenCustomer(
                key=key,
                name=name,
                kind=SEGMENTS.get(segment, "company"),
                currency=CURRENCY,
                country="CN",
                region=region,
                province=province,
                city=city,
                contact=name,
                language="zh-hans",
                tags=(segment,),
            )
            for key, name, segment, region, province, city in cursor.fetchall()
        ]
    this.count(
        products_new=len(add_products(SOURCE, products, by=this.by)),
        customers_new=add_customers(SOURCE, customers, by=this.by),
    )
    return managers


def _add_managers(this: Run) -> dict[str, User]:
    """Add a team for each region and its manager of those days, who owns the region's orders."""
    with connection.cursor() as cursor:
        cursor.execute('select "地区", "地区经理" from staged_managers order by row')
        names = dict(cursor.fetchall())
    department = save_department(
        code="superstore", name_zh="示例超市（导入）", name_en="Superstore (imported)", parent=None, by=this.by
    )
    teams: dict[str, Team] = {}
    emails = {}
    for i, (region, name) in enumerate(names.items(), 1):
        team = save_team(code=f"superstore-{region}", name_zh=region, name_en=region, department=department, by=this.by)
        emails[f"manager{i}@superstore.invalid"] = name
        teams[f"manager{i}@superstore.invalid"] = team
    people = add_people(emails, by=this.by, teams=teams)
    return dict(zip(names, people.values(), strict=True))
