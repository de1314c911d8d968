"""Making the demo company: people and goods first, then its days, then everything written at once."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rich.progress import Progress, TaskID

from shundan.billing.models import Allocation, CreditAccount, Invoice, InvoiceLine, Payment
from shundan.catalog.models import Product
from shundan.catalog.queries import tax_book_unscoped
from shundan.exchange.copying import copy_rows, copy_values
from shundan.exchange.demo.books import Books
from shundan.exchange.demo.calendar import Clock, at_work, day_of, to_work, worked_before
from shundan.exchange.demo.delivery import SHIPMENT_LINE_COLUMNS, Delivery
from shundan.exchange.demo.journal import Journal, Numbers
from shundan.exchange.demo.logistics import give_to_carriers
from shundan.exchange.demo.masters import find_clients, list_goods, open_warehouses, set_rates
from shundan.exchange.demo.people import hire_people
from shundan.exchange.demo.present import FATES, Present
from shundan.exchange.demo.prices import keep_prices
from shundan.exchange.demo.samples import add_types
from shundan.exchange.demo.statements import take_in_statements
from shundan.exchange.demo.stockroom import Stockroom
from shundan.exchange.demo.supply import Supply
from shundan.exchange.demo.views import save_views
from shundan.exchange.demo.world import World, rate_on
from shundan.fulfilment.models import Shipment, ShipmentLine
from shundan.inventory.models import Reservation, StockLevel, StockMove
from shundan.kernel.actor import system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.kernel.models import Event
from shundan.orders.models import Order, OrderHold, OrderLine, OrderType
from shundan.orders.queries import current_type_version_id
from shundan.parties.actions import CompanyInput, save_company
from shundan.parties.models import Customer
from shundan.workflow.queries import current_version_id

SEED = 20_260_101
CUSTOMERS = 200
ORDERS = 2000
MONTHS = 14
# Made by the real actions, step by step: two working days.
LAST_DAYS = timedelta(hours=18)
RETIRED = 6
LETTERHEAD = CompanyInput(
    name_zh="顺达工业用品有限公司",
    name_en="Shunda Industrial Supplies Co., Ltd.",
    address_zh="上海市嘉定区曹安公路 1855 号 6 幢",
    address_en="Building 6, 1855 Cao'an Highway, Jiading, Shanghai",
    phone="021-5590 1855",
    email="service@example.com",
    tax_number="91310114MA1GTX0J2K",
    bank_name="中国工商银行上海嘉定支行",
    bank_account="1001 2345 0900 6688",
)
FILLED = (
    Customer,
    Product,
    Order,
    OrderLine,
    StockLevel,
    StockMove,
    Reservation,
    Shipment,
    ShipmentLine,
    Invoice,
    InvoiceLine,
    Payment,
    Allocation,
    CreditAccount,
    Event,
)


class AlreadyFilled(Refused):
    """The demo company is only for an empty installation."""

    code = "not_empty"
    sentence = _("This database already has customers. Load the demo company into an empty one.")


@action
def load_demo(*, seed: int = SEED, now: datetime | None = None, progress: Progress | None = None) -> None:
    """Fill an empty installation with the demo company, all in one transaction. Raises: AlreadyFilled.

    The same seed makes the same company; its fourteen months end at `now`.
    """
    if Customer.objects.exists():
        raise AlreadyFilled()
    now = now or timezone.now()
    bar = _Bar(progress, total=8 + sum(number for _fate, number in FATES))
    world, supply = _begin(Random(seed), now)  # noqa: S311 - a demo, no secret
    bar.advance(2)
    days = _simulate(world, supply)
    bar.advance(3)
    _write(world, days)
    _analyze()  # The last days are lived by queries that must know how much there is.
    bar.advance(3)
    add_types(by=system_actor(to_work(world.clock.until), door="demo"))
    Present(world, now=now, worked=LAST_DAYS).live(bar.advance)
    give_to_carriers(world.rng, now=now, by=system_actor(now, door="demo"))
    _retire(world)
    save_views(world.people, now=now)
    keep_prices(world, now=now)
    take_in_statements(now=now)
    save_company(LETTERHEAD, version=0, by=system_actor(now, door="demo"))
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    _analyze()  # Nobody should wait for the autovacuum until the first page is planned well.


def _analyze() -> None:
    """Let the planner know what was filled: after a load that was taken back it believes the tables to be empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {', '.join(model._meta.db_table for model in FILLED)}")


def _begin(rng: Random, now: datetime) -> "tuple[World, Supply]":
    until = worked_before(now, LAST_DAYS)
    first = day_of(now - timedelta(days=round(MONTHS * 30.44)))
    opening = at_work(rng, first)
    by = system_actor(to_work(opening - timedelta(days=40)), door="demo")
    journal, numbers = Journal(), Numbers()
    people = hire_people(journal, by=by)
    warehouses = open_warehouses(by=by)
    goods = list_goods(rng, journal, by=by)
    clients = find_clients(rng, people, warehouses, goods, journal, first=first, last=day_of(until), count=CUSTOMERS)
    for good in rng.sample([good for good in goods if good.product.kind == "goods"], RETIRED):
        good.leaves_at = until - timedelta(days=rng.randint(100, 200))
    order_type = OrderType.objects.get(code="sales")
    rates = set_rates(rng, first, day_of(now))
    world = World(
        rng=rng,
        clock=Clock(until),
        people=people,
        order_type=order_type,
        type_version_id=current_type_version_id(order_type),
        workflow_id=current_version_id(order_type.workflow),
        warehouses=warehouses,
        goods=goods,
        clients=clients,
        rates=rates,
        journal=journal,
        numbers=numbers,
        stock=Stockroom(journal),
        books=Books(journal, numbers, partial(rate_on, rates)),
        taxes=tax_book_unscoped(),
    )
    _grant_credit(world)
    return world, Supply(world)


def _grant_credit(world: World) -> None:
    """Give most customers a limit that fits what they will buy, some a tight one."""
    total = sum(client.share for client in world.clients)
    for client in world.clients:
        if world.rng.random() < 0.35:
            continue
        monthly = ORDERS / MONTHS * client.share / total * 9000 * client.size
        months = client.customer.payment_term.days / 30 + 1.2
        limit = Decimal(str(monthly * months * world.rng.uniform(1.3, 3.5) + 50_000))
        if client.customer.currency != "CNY":
            limit /= 7
        client.customer.credit_limit = limit.quantize(Decimal("1E4")).quantize(Decimal("0.01"))


def _simulate(world: World, supply: Supply) -> Delivery:
    first = min(client.since for client in world.clients)
    opening = to_work(max(first, world.clock.until - timedelta(days=round(MONTHS * 30.44) - 2)))
    supply.reorder_points()
    supply.open_shelves(opening)
    supply.plan_replenishment(opening)
    days = Delivery(world)
    days.plan_orders(first=opening, count=ORDERS - sum(number for _fate, number in FATES))
    world.clock.run()
    return days


def _write(world: World, days: Delivery) -> None:
    """Write everything the days left behind, by COPY, in the order of the floors."""
    copy_rows([client.customer for client in world.clients])
    copy_rows([one for client in world.clients for one in client.contacts])
    copy_rows([one for client in world.clients for one in client.addresses])
    Product.objects.bulk_update([good.product for good in world.goods], ["reorder_point"])
    copy_rows(days.orders)
    copy_rows(days.lines)
    OrderHold.objects.bulk_create(days.holds)
    for rows in (days.runs, days.run_steps, days.tasks):
        copy_rows(rows)
    world.stock.write()
    copy_rows(days.shipments)
    copy_values(ShipmentLine._meta.db_table, SHIPMENT_LINE_COLUMNS, days.shipment_lines)
    world.books.write()
    world.journal.write()
    world.numbers.settle()


def _retire(world: World) -> None:
    """Stop selling the goods that nobody could order for months."""
    leaving = [good.product.pk for good in world.goods if good.leaves_at is not None]
    Product.objects.filter(pk__in=leaving).update(status="retired")


class _Bar:
    """A progress bar that may be missing."""

    def __init__(self, progress: Progress | None, *, total: int) -> None:
        self._progress = progress
        self._task: TaskID | None = progress.add_task("demo", total=total) if progress else None

    def advance(self, steps: int = 1) -> None:
        """Move forward."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, steps)
