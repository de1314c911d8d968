"""Kits of the demo company, orders with them at every stage, and what customers answered to their confirmation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from shundan.accounts.models import User
from shundan.billing.actions import issue_invoice
from shundan.catalog.actions import ComponentInput, PriceInput, ProductInput, create_product
from shundan.catalog.models import Product
from shundan.confirmations.actions import CustomerAnswer, answer_confirmation, ask_customer
from shundan.confirmations.queries import token_of_confirmation
from shundan.exchange.demo.people import BUYER, FINANCE, WAREHOUSE
from shundan.exchange.demo.world import Client, World
from shundan.fulfilment.actions import deliver_shipment, plan_shipment, ship_shipment
from shundan.inventory.models import StockLevel
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.papers.actions import continue_printing, start_printing

As = Callable[[User], Actor]

PLACE = "MAIN"
# SKU, Chinese, English, category, price of the kit, and of what families how many it holds.
KITS = (
    (
        "KIT-PPE-01",
        "新员工劳保套装",
        "Safety set for new hires",
        "PPE",
        "198.00",
        (("安全帽", 1), ("劳保安全鞋", 1), ("丁腈涂层手套", 1), ("反光背心", 2)),
    ),
    (
        "KIT-TOL-01",
        "电工工具套装",
        "Electrician's tool set",
        "TOL",
        "139.00",
        (("螺丝刀组套", 1), ("两用扳手", 4), ("钢卷尺", 1), ("热缩管", 10)),
    ),
    (
        "KIT-OFF-01",
        "新办公位套装",
        "Workplace set",
        "FUR",
        "2180.00",
        (("升降办公桌", 1), ("人体工学办公椅", 1), ("LED显示器", 2)),
    ),
)
# Kit, how many, how far the order with it comes.
ORDERS = (
    ("KIT-PPE-01", 6, "draft"),
    ("KIT-OFF-01", 1, "agreed"),
    ("KIT-TOL-01", 3, "objected"),
    ("KIT-PPE-01", 4, "asked"),
    ("KIT-TOL-01", 4, "part_shipped"),
    ("KIT-PPE-01", 3, "invoiced"),
)
BUYER_SAYS = "张经理"


@dataclass(slots=True)
class Kits:
    """Makes it all with the real actions; `act` gives people their rights a moment later each time."""

    world: World
    act: As
    orders: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Keep the kits, sell them, ask customers to confirm, and print what the warehouse takes along."""
        for sku, zh, en, category, price, parts in KITS:
            components = tuple(
                ComponentInput(sku=self._most_of(name).sku, quantity=Decimal(count)) for name, count in parts
            )
            kit = ProductInput(
                sku=sku,
                name_zh=zh,
                name_en=en,
                kind="kit",
                unit="set",
                category=category,
                components=components,
                prices=(PriceInput(amount=Decimal(price)),),
            )
            create_product(kit, by=self._by(BUYER))
        shipped = []
        clients = self._clients()
        for at, (sku, count, fate) in enumerate(ORDERS):
            number = self._sell(clients[at % len(clients)], sku, count, fate)
            self.orders.append(number)
            if fate in ("part_shipped", "invoiced"):
                shipped.append(self._ship(number, fate))
        self._print("confirmation", self.orders[1:])
        self._print("delivery_note", shipped)

    def _sell(self, client: Client, sku: str, count: int, fate: str) -> str:
        loose = self._most_of("钢卷尺" if sku != "KIT-TOL-01" else "封箱胶带")
        lines = (
            LineInput(sku=sku, quantity=Decimal(count)),
            LineInput(sku=loose.sku, quantity=Decimal(5 + count)),
        )
        by = self.act(client.rep)
        given = OrderInput(
            customer=client.customer.number,
            lines=lines,
            warehouse=PLACE,
            requested_on=by.today + timedelta(days=6 + count),
        )
        order = place_order(given, until="draft" if fate == "draft" else "confirmed", by=by)
        if fate in ("agreed", "objected", "asked"):
            self._ask(order, client, fate)
        return order.number

    def _ask(self, order: Order, client: Client, fate: str) -> None:
        asked = ask_customer(order.number, by=self.act(client.rep))
        if fate == "asked":
            return
        remark = "请改为下周三以后送货，仓库本周盘点" if fate == "objected" else ""
        lines = {order.line_count: "数量应为 10，请更正"} if fate == "objected" else {}
        answer = CustomerAnswer(name=BUYER_SAYS, remark=remark, lines=lines)
        answer_confirmation(token_of_confirmation(asked), answer, at=self.act(client.rep).at)

    def _ship(self, number: str, fate: str) -> str:
        """Send all of an order, or half of each line of its kit: two whole kits."""
        lines = Order.objects.get(number=number).lines.order_by("position")
        half = {one.position: one.quantity / 2 for one in lines if one.kit} if fate == "part_shipped" else None
        shipment = plan_shipment(number, by=self._by(WAREHOUSE), quantities=half, carrier="sf")
        ship_shipment(shipment.number, by=self._by(WAREHOUSE), tracking_number=f"SF{shipment.pk:013d}")
        if fate == "invoiced":
            deliver_shipment(shipment.number, by=self._by(WAREHOUSE))
            issue_invoice(number, by=self._by(FINANCE))
        return str(shipment.number)

    def _print(self, kind: str, numbers: list[str]) -> None:
        """Print several papers at once, as far as a job of the worker would."""
        by = self._by(FINANCE)
        run = start_printing(kind, numbers, by=by)
        while continue_printing(run.pk, by=by.as_system()):
            pass

    def _most_of(self, name: str) -> Product:
        """Return the size of a family of which most is free."""
        levels = StockLevel.objects.filter(
            warehouse__code=PLACE, product__name_zh__startswith=name, product__status="active"
        )
        leaving = [good.product.pk for good in self.world.goods if good.leaves_at is not None]
        found = levels.exclude(product_id__in=leaving).annotate(free=F("on_hand") - F("reserved"))
        return Product.objects.get(pk=found.order_by("-free", "product__sku")[0].product_id)

    def _clients(self) -> list[Client]:
        """Return customers without a limit who order from the main warehouse and can be asked by mail."""
        return [
            one
            for one in self.world.clients
            if one.customer.credit_limit is None
            and one.customer.currency == "CNY"
            and not one.is_abroad
            and one.warehouse.code == PLACE
            and any(contact.email for contact in one.contacts)
        ]

    def _by(self, email: str) -> Actor:
        return self.act(self.world.people[email])
