"""The demo company's master data: rates, warehouses, categories, products with prices, customers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from shundan.accounts.models import User
from shundan.catalog.actions import save_category
from shundan.catalog.models import (
    Category,
    ExchangeRate,
    Product,
    ProductCost,
    ProductPrice,
    ProductUnit,
    TaxRate,
    Unit,
)
from shundan.catalog.queries import sellable_products_unscoped
from shundan.exchange.copying import copy_rows, new_ids
from shundan.exchange.demo import goods as goods_data
from shundan.exchange.demo.calendar import at_work, day_of
from shundan.exchange.demo.companies import Company, invent_companies
from shundan.exchange.demo.journal import Journal
from shundan.exchange.demo.people import REPS, WAREHOUSE
from shundan.exchange.demo.world import Client, Good, acting
from shundan.inventory.actions import LocationInput, create_warehouse, save_location
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.money import round_amount
from shundan.kernel.numbering import next_numbers
from shundan.kernel.search import search_columns
from shundan.parties.models import Address, Contact, Customer, PaymentTerm

M = TypeVar("M", Unit, TaxRate, PaymentTerm)

# The first one is shipped under this code and becomes the default.
WAREHOUSES = (
    ("MAIN", "上海仓", "Shanghai", ("上海市", "上海市", "青浦区", "华徐公路 888 号"), "马库", "13816620000"),
    ("GZ", "广州仓", "Guangzhou", ("广东省", "广州市", "白云区", "机场路 1202 号"), "梁志强", "13922110087"),
    ("CD", "成都仓", "Chengdu", ("四川省", "成都市", "双流区", "物流大道 66 号"), "唐莉", "13541180023"),
)
# Each warehouse has so many zones, each with so many shelves.
ZONES, SHELVES = 4, 12
FIRST_RATES = {"USD": Decimal("7.08"), "EUR": Decimal("7.72")}
# Before the first day of a currency's rates nobody could place an order: one row reaches far back.
LONG_AGO = date(1990, 1, 1)
CURRENCIES = ("CNY", "USD", "EUR")
TERMS = ("net30", "net30", "net30", "net15", "net60", "eom30", "cash")
TAGS = ("重点客户", "新客户", "价格敏感", "月结", "经销商")


def set_rates(rng: Random, first: date, last: date) -> dict[str, list[ExchangeRate]]:
    """Enter a rate for each month, wandering a little."""
    rates: dict[str, list[ExchangeRate]] = {}
    for currency, rate in FIRST_RATES.items():
        days = [LONG_AGO, *(first + timedelta(days=i) for i in range(0, (last - first).days + 1, 30))]
        rows = []
        for day in days:
            rate = round(rate * Decimal(str(rng.uniform(0.985, 1.0155))), 4)
            rows.append(ExchangeRate(currency=currency, valid_from=day, rate=rate))
        rates[currency] = ExchangeRate.objects.bulk_create(rows)
    return rates


def open_warehouses(*, by: Actor) -> dict[str, Warehouse]:
    """Add the three warehouses, each with its shelves, a place for what comes in, and one for what is spoilt."""
    found = {}
    for code, zh, en, address, contact, phone in WAREHOUSES:
        place: dict[str, Any] = dict(zip(("province", "city", "district", "street"), address, strict=True))
        found[code] = create_warehouse(
            code=code, name_zh=zh, name_en=en, **place, contact_name=contact, phone=phone, by=by
        )
        for shelf in _shelves():
            save_location(code, shelf, by=by)
    return found


def _shelves() -> Iterator[LocationInput]:
    for i in range(ZONES * SHELVES):
        zone, shelf = chr(ord("A") + i // SHELVES), i % SHELVES + 1
        yield LocationInput(code=f"{zone}-{shelf:02}", zone=zone, walking_order=10 + i)
    yield LocationInput(code="DOCK", kind="receiving", walking_order=1)
    yield LocationInput(code="SPOILT", kind="scrap", walking_order=900)


def list_goods(rng: Random, journal: Journal, *, by: Actor) -> list[Good]:
    """Add categories, products and prices; return the goods as they will be sold."""
    categories: dict[str, Category] = {}
    for code, name_zh, name_en, parent in goods_data.CATEGORIES:
        categories[code] = save_category(
            code=code, name_zh=name_zh, name_en=name_en, parent=categories.get(parent), by=by
        )
    units, taxes = _by_code(Unit), _by_code(TaxRate)
    ids, price_ids = new_ids(Product), new_ids(ProductPrice)
    goods: list[Good] = []
    prices: list[ProductPrice] = []
    for category, sku, name_zh, name_en, kind, unit, tax, price, usual, spec in _rows():
        barcode = goods_data.ean13(f"690{rng.randrange(10**9):09d}") if kind == "goods" else ""
        product = Product(
            pk=next(ids),
            sku=sku,
            barcode=barcode,
            name_zh=f"{name_zh} {spec}".strip(),
            name_en=f"{name_en} {spec}".strip(),
            spec=spec,
            kind=kind,
            category=categories[category],
            unit=units[unit],
            tax_rate=taxes[tax],
            standard_cost=_cost(sku, kind, price),
            created_at=by.at,
            **search_columns(sku, barcode, name_zh, name_en, spec),
        )
        goods.append(Good(product, usual, rng.paretovariate(1.1)))
        prices += _prices(rng, product, price, usual, price_ids)
        journal.note("product.created", ("product", product.pk), by, {"sku": sku})
    copy_rows([good.product for good in goods])
    ProductCost.objects.bulk_create(
        ProductCost(product=good.product, cost=good.product.standard_cost, at=by.at)
        for good in goods
        if good.product.standard_cost is not None
    )
    copy_rows(prices)
    ProductUnit.objects.bulk_create(
        _box(good, units["box"]) for good in goods if good.product.unit.code == "pcs" and 20 <= good.usual <= 100
    )
    for currency in CURRENCIES:
        offers = sellable_products_unscoped([good.product.sku for good in goods], currency=currency)
        for good in goods:
            if offers[good.product.sku].steps:
                good.offers[currency] = offers[good.product.sku]
    return goods


def find_clients(
    rng: Random,
    people: dict[str, User],
    warehouses: dict[str, Warehouse],
    goods: list[Good],
    journal: Journal,
    *,
    first: date,
    last: date,
    count: int,
) -> list[Client]:
    """Add customers with contacts and addresses, most of them from the start, some later."""
    terms = _by_code(PaymentTerm)
    companies = invent_companies(rng, count)
    days = sorted(first if rng.random() < 0.6 else first + (last - first) * rng.random() * 0.9 for _ in companies)
    moments = [at_work(rng, day if day > first else first - timedelta(days=rng.randint(3, 40))) for day in days]
    moments.sort()
    numbers = _customer_numbers(moments)
    ids, contact_ids, address_ids = new_ids(Customer), new_ids(Contact), new_ids(Address)
    clients = []
    for i, company in enumerate(companies):
        rep = people[rng.choice(REPS[company.region])]
        is_large = i % 25 == 3
        customer = Customer(
            pk=next(ids),
            number=numbers[i],
            payment_term=terms[rng.choice(TERMS)],
            **_columns(rng, company, is_large=is_large),
            owner=rep,
            department_id=rep.department_id,
            team_id=rep.team_id,
            created_at=moments[i],
        )
        contacts, addresses = _people_of(company, customer, contact_ids, address_ids)
        found = search_columns(
            customer.number,
            customer.name,
            customer.short_name,
            *(one.name for one in contacts),
            *(one.phone for one in contacts),
        )
        for column, value in found.items():
            setattr(customer, column, value)
        share = rng.uniform(9, 15) if is_large else min(6.0, rng.paretovariate(1.4))
        clients.append(
            Client(
                customer=customer,
                addresses=addresses,
                contacts=contacts,
                warehouse=warehouses[company.warehouse],
                rep=rep,
                share=share,
                size=rng.uniform(5, 13) if is_large else rng.uniform(0.7, 3.2),
                favourites=_favourites(rng, goods, company.currency),
                tardiness=rng.betavariate(1.2, 4),
                since=moments[i],
            )
        )
        journal.note(
            "customer.created", ("customer", customer.pk), acting(rep, moments[i]), {"number": customer.number}
        )
    return clients


def keeper(people: dict[str, User], at: datetime) -> Actor:
    """Return the warehouse keeper at a moment."""
    return acting(people[WAREHOUSE], at)


def _rows() -> Iterator[tuple[str, str, str, str, str, str, str, Decimal, int, str]]:
    counts: dict[str, int] = {}
    for category, zh, en, unit, tax, price, usual, specs in goods_data.families():
        counts[category] = counts.get(category, 0) + 1
        for i, spec in enumerate(specs.split(",")):
            sku = f"{category}-{counts[category]:02d}{i + 1:02d}"
            cost = round_amount(Decimal(price) * Decimal(goods_data.SIZE_STEPS[i]))
            yield category, sku, zh, en, "goods", unit, tax, cost, max(1, int(usual) * (10 - i) // 10), spec
    for sku, zh, en, kind, unit, tax, price in goods_data.services():
        yield "SRV", sku, zh, en, kind, unit, tax, Decimal(price), 1, ""


def _cost(sku: str, kind: str, price: Decimal) -> Decimal | None:
    """Return a cost of 58 to 79 % of the list price without its tax; charges are passed on, and a few nobody knows."""
    step = sum(map(ord, sku)) % 22
    if kind == "charge" or step == 0:
        return None
    return round_amount(price / Decimal("1.13") * (Decimal(58 + step) / 100))


def _prices(rng: Random, product: Product, price: Decimal, usual: int, ids: Iterator[int]) -> Iterator[ProductPrice]:
    yield _price(product, ids, "CNY", price)
    if product.kind == "goods" and rng.random() < 0.45:
        for times, part in goods_data.QUANTITY_STEPS:
            least = int(Decimal(times) * usual)
            if least > 1:
                yield _price(product, ids, "CNY", round_amount(price * Decimal(part)), least)
    for currency, share in (("USD", 0.7), ("EUR", 0.6)):
        if product.kind != "goods" or rng.random() < share:
            foreign = price / FIRST_RATES[currency] * Decimal("1.12")
            decimals = Decimal("0.0001") if foreign < 1 else Decimal("0.01")
            yield _price(product, ids, currency, foreign.quantize(decimals))


def _price(product: Product, ids: Iterator[int], currency: str, amount: Decimal, least: int = 0) -> ProductPrice:
    return ProductPrice(pk=next(ids), product=product, currency=currency, min_quantity=Decimal(least), amount=amount)


def _box(good: Good, unit: Unit) -> ProductUnit:
    """Return the box that a good is sold and bought in, with a barcode of its own."""
    barcode = goods_data.ean13(f"1690{good.product.pk:08d}")
    pieces = 12 if good.usual < 50 else 20
    return ProductUnit(product=good.product, unit=unit, numerator=pieces, barcode=barcode, is_sale_default=True)


def _columns(rng: Random, company: Company, *, is_large: bool) -> dict[str, object]:
    tags = [TAGS[0]] if is_large else []
    tags += [tag for tag in TAGS[2:] if rng.random() < 0.08]
    return {
        "name": company.name,
        "short_name": company.short_name,
        "currency": company.currency,
        "language": "zh-hans" if company.country == "CN" else "en",
        "country": company.country,
        "region": company.region,
        "tax_title": company.name,
        "tax_number": company.tax_number,
        "bank_name": company.bank_name,
        "bank_account": company.bank_account,
        "tags": tags,
        "preferences": rng.choice(
            ("", "", "", "送货前一天电话通知", "发票随货", "周三、周五收货", "托盘不超过 1.5 米")
        ),
    }


def _people_of(
    company: Company, customer: Customer, contact_ids: Iterator[int], address_ids: Iterator[int]
) -> tuple[list[Contact], list[Address]]:
    contacts = [
        Contact(
            pk=next(contact_ids), customer=customer, name=name, title=title, phone=phone, email=email, is_main=i == 0
        )
        for i, (name, title, phone, email) in enumerate(company.people)
    ]
    addresses = [
        Address(
            pk=next(address_ids),
            customer=customer,
            kind="ship" if i == 0 else "bill",
            contact_name=contacts[0].name,
            phone=contacts[0].phone,
            country=company.country,
            province=company.province,
            city=company.city,
            district=company.district,
            street=street,
            postal_code=company.postal_code,
            is_main=i == 0,
        )
        for i, street in enumerate(company.streets)
    ]
    return contacts, addresses


def _favourites(rng: Random, goods: list[Good], currency: str) -> list[Good]:
    sold = [good for good in goods if currency in good.offers]
    return rng.choices(sold, [good.popularity for good in sold], k=rng.randint(8, 40))


def _customer_numbers(moments: list[datetime]) -> list[str]:
    years = [day_of(moment).year for moment in moments]
    return [
        number
        for year in sorted(set(years))
        for number in next_numbers("customer", prefix="C", on=date(year, 1, 1), count=years.count(year))
    ]


def _by_code(model: type[M]) -> dict[str, M]:
    return {row.code: row for row in model._default_manager.all()}
