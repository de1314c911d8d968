"""Northwind: a trading company's customers, products, suppliers and orders, as a folder of CSV files."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction
from rich.progress import Progress

from shundan.accounts.models import User
from shundan.catalog.actions import save_category
from shundan.catalog.models import Product
from shundan.exchange.imports.comparing import Comparer, Comparison, section_of, show, sum_of, totals_beside
from shundan.exchange.imports.countries import CODES, country_code
from shundan.exchange.imports.history import forget_known, open_tables, write_history
from shundan.exchange.imports.masters import (
    GivenCustomer,
    GivenProduct,
    add_customers,
    add_people,
    add_products,
    add_suppliers,
    count_orders_of_customers,
    refresh_statistics,
)
from shundan.exchange.imports.rates import ensure_rates
from shundan.exchange.imports.reading import find_file, read_table
from shundan.exchange.imports.runs import Run, latest_counts, read_differences, running, write_differences
from shundan.exchange.imports.staging import Stage
from shundan.inventory.actions import receive_stock
from shundan.inventory.queries import default_warehouse_unscoped
from shundan.parties.models import Supplier

SOURCE = "northwind"
CURRENCY = "USD"
# Goods leave the country: new orders of these products are zero-rated like the old ones.
TAX = "zero"
FREIGHT = "FREIGHT"
DAY = "%Y-%m-%d"
COLUMNS = {
    "orders": (
        "orderID customerID employeeID orderDate requiredDate shippedDate shipVia freight shipName shipAddress shipCity"
        " shipRegion shipPostalCode shipCountry"
    ),
    "order_details": "orderID productID unitPrice quantity discount",
    "customers": "customerID companyName contactName contactTitle address city region postalCode country phone",
    "products": (
        "productID productName supplierID categoryID quantityPerUnit unitPrice unitsInStock unitsOnOrder reorderLevel"
        " discontinued"
    ),
    "suppliers": "supplierID companyName contactName address city country phone",
    "employees": "employeeID lastName firstName",
    "shippers": "shipperID companyName",
    "categories": "categoryID categoryName description",
    # Read and counted only: the house has no place for sales territories.
    "regions": "regionID",
    "territories": "territoryID",
    "employee_territories": "employeeID territoryID",
}


@dataclass(frozen=True, slots=True)
class Staged:
    """All files, staged and checked."""

    stages: dict[str, Stage]

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a small file."""
        stage = self.stages[name]
        names = ", ".join(f'"{column}"' for column in stage.table.columns)
        with connection.cursor() as cursor:
            cursor.execute(f"select {names} from {stage.name} order by row")
            return [dict(zip(stage.table.columns, row, strict=True)) for row in cursor.fetchall()]


def run(path: Path, progress: Progress) -> None:
    """Import a folder; a second run, or one after a kill, adds only what is missing. Raises: BadFile, ImportRunning."""
    with running(SOURCE, path, progress) as this:
        staged = _stage(this, path)
        with transaction.atomic():
            ensure_rates(CURRENCY)
            people = _add_masters(this, staged)
            refresh_statistics()
        open_tables()
        _gather_orders(people)
        known = forget_known(SOURCE)
        _gather_lines()
        new = write_history(this, currency=CURRENCY)
        count_orders_of_customers(SOURCE)
        listed = _list_differences()
        this.count(orders_known=known, orders_new=new, rounding_lines=listed)
    totals = totals_beside(path)
    if totals is not None:
        show("Northwind", verify(totals), progress.console)


def verify(path: Path) -> list[Comparison]:
    """Compare what is stored with a file of known totals."""
    section = section_of(path, SOURCE)
    freight = Product.objects.filter(source=SOURCE, source_number=FREIGHT).values_list("sku", flat=True).first()
    counted = Comparer(section, facts={"source": SOURCE, "freight": freight})
    read = latest_counts(SOURCE)
    for name in ("regions", "territories", "employee_territories"):
        counted.read(f"rows.{name}", read.get("rows", {}).get(name))
    counted.read("totals.units_on_order", read.get("units_on_order"))
    listed = read_differences(SOURCE)
    orders = "from orders_order o where o.source = %(source)s"
    lines = "from orders_orderline l join orders_order o on o.id = l.order_id where o.source = %(source)s"
    goods = f"{lines} and l.sku <> %(freight)s"
    counted.one("rows.orders", f"select count(*) {orders}")
    counted.one("rows.order_details", f"select count(*) {goods}")
    counted.one("rows.customers", "select count(*) from parties_customer where source = %(source)s")
    counted.one(
        "rows.products",
        "select count(*) from catalog_product where source = %(source)s and kind = 'goods'",
    )
    counted.one("rows.suppliers", "select count(*) from parties_supplier where source = %(source)s")
    counted.one("rows.employees", f"select count(distinct o.owner_id) {orders}")
    counted.one(
        "rows.categories",
        "select count(distinct category_id) from catalog_product where source = %(source)s and kind = 'goods'",
    )
    counted.one(
        "rows.shippers",
        "select count(distinct s.carrier) from fulfilment_shipment s join orders_order o on o.id = s.order_id"
        " where o.source = %(source)s",
    )
    counted.one("totals.gross", f"select sum(l.gross + l.discount) {goods}", places=4)
    counted.one("totals.net_exact", f"select sum(l.gross) {goods}", rounding=sum_of(listed))
    counted.one("totals.net_line_rounded", f"select sum(l.gross) {goods}")
    counted.one("totals.units", f"select sum(l.quantity)::bigint {goods}")
    counted.one("totals.freight", f"select sum(l.gross) {lines} and l.sku = %(freight)s", places=4)
    counted.one("totals.not_shipped", f"select count(*) {orders} and o.fulfilment = 'none'")
    counted.one("totals.shipped_late", f"select count(*) {orders} and 'shipped_late' = any(o.history_flags)")
    counted.one("totals.customers_with_orders", f"select count(distinct o.customer_id) {orders}")
    counted.one(
        "totals.stock_units",
        "select sum(m.delta)::bigint from inventory_stockmove m join catalog_product p on p.id = m.product_id"
        " where p.source = %(source)s and m.kind = 'receipt' and m.reason = 'opening'",
    )
    counted.one(
        "totals.discontinued",
        "select count(*) from catalog_product where source = %(source)s and status = 'retired'",
    )
    counted.groups(
        "net_line_rounded_by_year", f"select extract(year from o.ordered_on)::int, sum(l.gross) {goods} group by 1"
    )
    counted.groups("orders_by_year", f"select extract(year from o.ordered_on)::int, count(*) {orders} group by 1")
    counted.groups(
        "net_line_rounded_by_category",
        "select c.name_en, sum(l.gross) from orders_orderline l join orders_order o on o.id = l.order_id"
        " join catalog_product p on p.id = l.product_id join catalog_category c on c.id = p.category_id"
        " where o.source = %(source)s and p.kind = 'goods' group by 1",
    )
    by_customer = (
        "from orders_orderline l join orders_order o on o.id = l.order_id join parties_customer c"
        " on c.id = o.customer_id where o.source = %(source)s and l.sku <> %(freight)s group by 1"
    )
    names = {code: name for name, code in CODES.items() if name in section["net_line_rounded_by_country"]}
    counted.groups(
        "net_line_rounded_by_country",
        f"select c.country, sum(l.gross) {by_customer}",
        label=lambda code: names.get(code, code),
    )
    counted.groups("top5_customers", f"select c.source_number, sum(l.gross) {by_customer}")
    return counted.results


def _stage(this: Run, folder: Path) -> Staged:
    bar = this.bar("reading and checking", total=len(COLUMNS))
    stages = {}
    for name, columns in COLUMNS.items():
        stages[name] = Stage(f"staged_{name}", read_table(find_file(folder, name), columns=columns.split()))
        this.step(bar)
    orders, details, products = stages["orders"], stages["order_details"], stages["products"]
    for name in ("orders", "customers", "products", "suppliers", "employees", "shippers", "categories"):
        key = COLUMNS[name].split()[0]
        stages[name].need(key)
        stages[name].need_once(key)
    details.need_once("orderID", "productID")
    orders.need_numbers("freight")
    orders.need_times("orderDate", form=DAY)
    orders.need_times("requiredDate", form=DAY, is_optional=True)
    orders.need_times("shippedDate", form=DAY, is_optional=True)
    details.need_numbers("unitPrice", "discount")
    details.need_whole_numbers("quantity")
    products.need_numbers("unitPrice")
    products.need_whole_numbers("unitsInStock", "unitsOnOrder", "reorderLevel")
    orders.need_known("customerID", of=stages["customers"], key="customerID")
    orders.need_known("employeeID", of=stages["employees"], key="employeeID")
    orders.need_known("shipVia", of=stages["shippers"], key="shipperID")
    details.need_known("orderID", of=orders, key="orderID")
    details.need_known("productID", of=products, key="productID")
    products.need_known("categoryID", of=stages["categories"], key="categoryID")
    this.count(rows={name: stage.rows for name, stage in stages.items()})
    return Staged(stages)


def _add_masters(this: Run, staged: Staged) -> dict[str, User]:
    by = this.by
    categories = {
        row["categoryID"]: save_category(
            code=f"NW-{row['categoryID']}", name_zh=row["categoryName"], name_en=row["categoryName"], by=by
        )
        for row in staged.rows("categories")
    }
    given = [
        GivenProduct(
            key=row["productID"],
            sku=f"NW-{int(row['productID']):03d}",
            name=row["productName"],
            spec=row["quantityPerUnit"],
            category=categories[row["categoryID"]],
            tax=TAX,
            currency=CURRENCY,
            price=Decimal(row["unitPrice"]),
            is_retired=row["discontinued"] == "1",
            reorder_point=Decimal(row["reorderLevel"]),
        )
        for row in staged.rows("products")
    ]
    given.append(
        GivenProduct(key=FREIGHT, sku=FREIGHT, name="Freight", kind="charge", tax=TAX, currency=CURRENCY, price=None)
    )
    products = add_products(SOURCE, given, by=by)
    _receive_opening(this, products, {row["productID"]: int(row["unitsInStock"]) for row in staged.rows("products")})
    customers = add_customers(SOURCE, [_customer(row) for row in staged.rows("customers")], by=by)
    suppliers = add_suppliers(SOURCE, [_supplier(row) for row in staged.rows("suppliers")], by=by)
    this.count(units_on_order=sum(int(row["unitsOnOrder"]) for row in staged.rows("products")))
    this.count(products_new=len(products), customers_new=customers, suppliers_new=suppliers)
    emails = {_email(row): f"{row['firstName']} {row['lastName']}" for row in staged.rows("employees")}
    people = add_people(emails, by=by)
    return {row["employeeID"]: people[_email(row)] for row in staged.rows("employees")}


def _receive_opening(this: Run, products: list[Product], units: dict[str, int]) -> None:
    """Put what Northwind had in stock on our shelves, so that new orders can be placed."""
    warehouse = default_warehouse_unscoped()
    for product in products:
        quantity = Decimal(units.get(product.source_number, 0))
        if quantity > 0 and warehouse is not None:
            receive_stock(
                product_id=product.pk, warehouse_id=warehouse.pk, quantity=quantity, reason="opening", by=this.by
            )


def _customer(row: dict[str, str]) -> GivenCustomer:
    return GivenCustomer(
        key=row["customerID"],
        name=row["companyName"],
        currency=CURRENCY,
        country=country_code(row["country"]),
        province=row["region"],
        city=row["city"],
        street=row["address"],
        postal_code=row["postalCode"],
        contact=row["contactName"],
        contact_title=row["contactTitle"],
        phone=row["phone"],
    )


def _supplier(row: dict[str, str]) -> Supplier:
    return Supplier(
        name=row["companyName"],
        contact_name=row["contactName"],
        phone=row["phone"],
        country=country_code(row["country"]),
        address=", ".join(part for part in (row["address"], row["city"]) if part),
        source_number=row["supplierID"],
    )


def _email(row: dict[str, str]) -> str:
    return f"{row['firstName']}.{row['lastName']}@northwind.invalid".lower().replace(" ", "")


def _gather_orders(people: dict[str, User]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into incoming_order (source_key, source_number, customer_id, owner_id, team_id, department_id, at,
                ordered_on, requested_on, currency, state, ship_contact, ship_country, ship_province, ship_city,
                ship_street, ship_postal_code, carrier, shipped_on, flags)
            select o."orderID", o."orderID", c.id, e.user_id, c.team_id, c.department_id,
                (o."orderDate"::date + time '12:00') at time zone 'UTC', o."orderDate"::date,
                nullif(o."requiredDate", '')::date, %(currency)s,
                case when o."shippedDate" = '' then 'confirmed' else 'completed' end,
                o."shipName", coalesce(k.code, 'ZZ'), o."shipRegion", o."shipCity", o."shipAddress", o."shipPostalCode",
                s."companyName", nullif(o."shippedDate", '')::date,
                array_remove(array[
                    case when o."shippedDate" = '' then 'not_shipped' end,
                    case when o."shippedDate" <> '' and o."shippedDate" > o."requiredDate" then 'shipped_late' end,
                    case when o."shippedDate" <> '' and o."shippedDate" < o."orderDate"
                        then 'shipped_before_ordered' end
                ], null)
            from staged_orders o
            join parties_customer c on c.source = %(source)s and c.source_number = o."customerID"
            join staged_shippers s on s."shipperID" = o."shipVia"
            join unnest(%(employees)s::text[], %(users)s::bigint[]) as e(employee, user_id)
                on e.employee = o."employeeID"
            left join unnest(%(names)s::text[], %(codes)s::text[]) as k(name, code) on k.name = o."shipCountry"
            order by o."orderDate", o.row
            """,
            {
                "currency": CURRENCY,
                "source": SOURCE,
                "employees": list(people),
                "users": [int(user.pk) for user in people.values()],
                "names": list(CODES),
                "codes": list(CODES.values()),
            },
        )


def _gather_lines() -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze incoming_order")
        cursor.execute(
            """
            insert into incoming_line (n, position, product_id, sku, name, is_stocked, quantity, unit_price, discount,
                tax_code, tax_rate)
            select o.n, row_number() over (partition by o.n order by d.row), p.id, p.sku, p.name_zh, true,
                d."quantity"::numeric, d."unitPrice"::numeric,
                round(d."unitPrice"::numeric * d."quantity"::numeric, 2)
                - round(d."unitPrice"::numeric * d."quantity"::numeric * (1 - d."discount"::numeric), 2), %(tax)s, 0
            from incoming_order o join staged_order_details d on d."orderID" = o.source_key
            join catalog_product p on p.source = %(source)s and p.source_number = d."productID"
            order by o.n, d.row;
            insert into incoming_line (n, position, product_id, sku, name, is_stocked, quantity, unit_price, tax_code,
                tax_rate)
            select o.n, 1 + (select count(*) from incoming_line l where l.n = o.n), p.id, p.sku, p.name_zh, false, 1,
                s."freight"::numeric, %(tax)s, 0
            from incoming_order o join staged_orders s on s."orderID" = o.source_key
            join catalog_product p on p.source = %(source)s and p.source_number = %(freight)s
            where s."freight"::numeric <> 0 order by o.n
            """,
            {"tax": TAX, "source": SOURCE, "freight": FREIGHT},
        )


def _list_differences() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select row, "orderID", "productID", "quantity", "unitPrice", "discount", exact, round(exact, 2),
                round(exact, 2) - exact
            from (select *, "unitPrice"::numeric * "quantity"::numeric * (1 - "discount"::numeric) as exact
                  from staged_order_details) d
            where round(exact, 2) <> exact order by row
            """
        )
        header = ("row", "order", "product", "quantity", "price", "discount", "exact", "stored", "difference")
        return write_differences(SOURCE, header, cursor.fetchall())
