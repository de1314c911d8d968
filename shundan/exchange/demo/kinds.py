"""The demo company's other business of the last days: purchases, returns, services, transfers, in all their states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.billing.actions import issue_invoice, pay_bill, register_bill
from shundan.exchange.demo.people import BUYER, FINANCE, SAMPLES, WAREHOUSE
from shundan.exchange.demo.world import Good, World
from shundan.fulfilment.actions import receive_goods, ship_order
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order, OrderLine
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier

As = Callable[[User], Actor]
Job = Callable[[], None]

# name, city with street, contact, phone, payment term
SUPPLIERS = (
    ("无锡恒力泵阀有限公司", "江苏省无锡市新吴区长江北路 88 号", "顾建国", "13861700021", "net30"),
    ("宁波精诚密封件厂", "浙江省宁波市鄞州区启明路 306 号", "沈梅", "13957400318", "net30"),
    ("东莞市佳印包装材料有限公司", "广东省东莞市长安镇振安中路 12 号", "梁伟", "13790200455", "net15"),
    ("河北安盾劳保用品有限公司", "河北省石家庄市高新区湘江道 319 号", "韩雪", "13833100762", "net60"),
    ("上海明锐仪器有限公司", "上海市嘉定区马陆镇丰登路 615 号", "曹磊", "13816600930", "eom30"),
    ("Rheinwerk Messtechnik GmbH", "Industriestr. 14, 40764 Langenfeld", "Anna Vogel", "+49 2173 990 120", "net30"),
)

# How far so many of each kind come: the names of their last step.
PURCHASES = (
    *("paid", "paid", "requested", "billed", "received", "acknowledged", "partly", "submitted", "issued", "paid"),
    *("sourced", "approved", "partly", "issued", "cancelled", "submitted", "acknowledged", "requested", "sent_back"),
)
RETURNS = ("settled", "requested", "in_return", "settled", "received", "approved", "in_return", "cancelled", "settled")
SERVICES = ("invoiced", "requested", "planned", "working", "waiting", "done", "confirmed", "invoiced", "cancelled")
TRANSFERS = ("arrived", "requested", "in_transit", "partly", "planned", "arrived", "short")
# What an hour of work costs another department, in company currency.
INNER_RATE = Decimal("45.00")
INNER_WORK = ("completed", "requested", "performed")
# What was said of a return, its reason, and what the customer wants.
COMPLAINTS = (
    ("外壳破损", "damaged", "exchange"),
    ("型号发错", "wrong_item", "exchange"),
    ("客户多订", "not_wanted", "refund"),
    ("质量不符", "quality", "credit"),
)
# What was asked for, its kind, and the device with the beginning of its serial number.
WORKS = (
    ("泵运转有异响", "repair", "立式离心泵 ISG80", "ISG80"),
    ("年度保养", "maintenance", "多级离心泵 CDL16", "CDL16"),
    ("新设备安装调试", "installation", "变频供水机组 BPS2", "BPS2"),
    ("操作工培训", "training", "变频供水机组 BPS2", "BPS2"),
)
# Above this finance approves a purchase; a little more, so that rounding does not matter.
NEEDS_FINANCE = Decimal(52_000)
BOUGHT_FOR = Decimal("0.62")


@dataclass(slots=True)
class OtherKinds:
    """Makes the other business with the real actions; `act` gives people their rights a moment later each time."""

    world: World
    act: As

    def jobs(self) -> list[Job]:
        """Return what there is to do, the kinds side by side; the first one finds the suppliers."""
        suppliers: list[Supplier] = []
        queues: list[list[Job]] = [
            [self._job(self._purchase, fate, suppliers) for fate in PURCHASES],
            [self._job(self._return, fate) for fate in RETURNS],
            [self._job(self._service, fate) for fate in SERVICES],
            [self._job(self._transfer, fate) for fate in TRANSFERS],
            [self._job(self._inner_work, fate) for fate in INNER_WORK],
        ]
        mixed = sorted(
            ((place + 0.5) / len(queue), number, job)
            for number, queue in enumerate(queues)
            for place, job in enumerate(queue)
        )
        return [lambda: self._find_suppliers(suppliers), *(job for _place, _number, job in mixed)]

    def _job(self, work: Callable[..., None], *facts: object) -> Job:
        return lambda: work(*facts)

    def _by(self, email: str) -> Actor:
        return self.act(self.world.people[email])

    def _find_suppliers(self, found: list[Supplier]) -> None:
        for name, address, contact, phone, term in SUPPLIERS:
            country = "CN" if not name.isascii() else "DE"
            given = SupplierInput(
                name=name, address=address, contact_name=contact, phone=phone, payment_term=term, country=country
            )
            found.append(create_supplier(given, by=self._by(BUYER)))

    def _purchase(self, fate: str, suppliers: Sequence[Supplier]) -> None:
        supplier = self.world.rng.choice(suppliers)
        warehouse = self.world.rng.choice(list(self.world.warehouses))
        lines = self._bought(is_large=fate in ("submitted", "approved", "sent_back"))
        given = OrderInput(type="purchase", supplier=supplier.number, warehouse=warehouse, lines=tuple(lines))
        number = create_order(given, by=self._by(BUYER)).number
        if fate == "requested":
            return
        self._move(number, BUYER, "source")
        if fate == "sourced":
            return
        self._move(number, BUYER, "submit")
        if fate == "submitted":
            return
        if fate == "sent_back":
            self._move(number, FINANCE, "reject", "请重新询价，单价高于上次")
            return
        if self._state(number) == "submitted":
            self._move(number, FINANCE, "approve")
        if fate == "cancelled":
            self._move(number, BUYER, "cancel", "改由其他供应商供货")
            return
        if fate == "approved":
            return
        self._move(number, BUYER, "confirm")
        if fate == "issued":
            return
        self._move(number, BUYER, "acknowledge")
        if fate == "acknowledged":
            return
        self._receive_and_pay(number, fate)

    def _receive_and_pay(self, number: str, fate: str) -> None:
        half = {1: self._quantity(number) // 2} if fate == "partly" else None
        receive_goods(number, quantities=half, reference=f"送货单 {number[-4:]}", by=self._by(WAREHOUSE))
        if fate in ("partly", "received"):
            return
        bill = register_bill(number, reference=f"发票 {number[-6:]}", by=self._by(FINANCE))
        if fate == "paid":
            pay_bill(bill.number, amount=bill.total, method="bank_transfer", by=self._by(FINANCE))

    def _bought(self, *, is_large: bool) -> list[LineInput]:
        goods = self.world.rng.sample([one for one in self._goods("goods") if one.usual], self.world.rng.randint(1, 4))
        lines = []
        for good in goods:
            price = self._price(good) * BOUGHT_FOR
            quantity = Decimal(max(2, good.usual * self.world.rng.randint(4, 9)))
            if is_large:
                quantity = max(quantity, (NEEDS_FINANCE / len(goods) / price).to_integral_value() + 1)
            else:
                quantity = max(Decimal(2), min(quantity, (NEEDS_FINANCE / 3 / len(goods) / price).to_integral_value()))
            lines.append(LineInput(sku=good.product.sku, quantity=quantity, unit_price=price.quantize(Decimal("0.01"))))
        return lines

    def _return(self, fate: str) -> None:
        line = self._shipped_line()
        origin, rep = line.order, self._rep_of(line.order)
        quantity = max(Decimal(1), (line.shipped - line.returned) // 4)
        remark, reason, wish = self.world.rng.choice(COMPLAINTS)
        given = OrderInput(
            type="sales_return",
            origin=origin.number,
            remark=remark,
            attributes={"return_reason": reason, "return_wish": wish},
            lines=(LineInput(sku=line.sku, quantity=quantity, source_position=line.position),),
        )
        number = create_order(given, by=self.act(rep)).number
        if fate == "requested":
            return
        self._move_as(rep, number, "submit")
        if fate == "cancelled":
            self._move_as(rep, number, "cancel", "客户决定留用")
            return
        if fate == "approved" or self._state(number) != "approved":
            return
        self._move_as(rep, number, "confirm")
        if fate == "in_return":
            return
        receive_goods(number, by=self._by(WAREHOUSE))
        if fate == "settled":
            self._move(number, FINANCE, "settle")

    def _shipped_line(self) -> OrderLine:
        found = list(
            OrderLine.objects.filter(
                order__kind="sale",
                order__state__in=["completed", "in_progress"],
                order__currency="CNY",
                order__owner__roles=["rep"],
                is_stocked=True,
                returned=0,
                shipped__gte=4,
                order__followers__isnull=True,
            )
            .select_related("order__owner")
            .order_by("-order__created_at", "-order_id", "position")[:120]
        )
        return self.world.rng.choice(found)

    def _rep_of(self, order: Order) -> User:
        return next(one for one in self.world.people.values() if one.pk == order.owner_id)

    def _service(self, fate: str) -> None:
        client = self.world.rng.choice([one for one in self.world.clients if not one.is_abroad])
        work = self.world.rng.choice(self._goods("service"))
        lines = [LineInput(sku=work.product.sku, quantity=Decimal(self.world.rng.randint(1, 6)))]
        if fate not in ("invoiced", "requested"):
            part = self._in_stock(client.warehouse.pk)
            lines.append(LineInput(sku=part.product.sku, quantity=Decimal(1)))
        remark, kind, device, series = self.world.rng.choice(WORKS)
        by = self.act(client.rep)
        given = OrderInput(
            type="service",
            customer=client.customer.number,
            warehouse=client.warehouse.code,
            lines=tuple(lines),
            remark=remark,
            attributes={
                "service_kind": kind,
                "appointment_at": f"{by.today + timedelta(days=2)}T09:30",
                "device": device,
                "device_serial": f"{series}-{client.customer.number[-4:]}",
                "service_place": "客户现场",
            },
        )
        number = create_order(given, by=by).number
        ways: dict[str, Sequence[tuple[str, str]]] = {
            "requested": (),
            "cancelled": (("submit", ""), ("cancel", "客户已自行修复")),
            "confirmed": (("submit", ""), ("confirm", "")),
            "planned": (("submit", ""), ("confirm", ""), ("plan", "")),
            "working": (("submit", ""), ("confirm", ""), ("plan", ""), ("begin", "")),
            "waiting": (("submit", ""), ("confirm", ""), ("plan", ""), ("begin", ""), ("wait", "等待配件到货")),
        }
        done = (("submit", ""), ("confirm", ""), ("plan", ""), ("begin", ""), ("finish", ""))
        for transition, reason in ways.get(fate, done):
            self._move_as(client.rep, number, transition, reason)
        if fate == "invoiced":
            issue_invoice(number, by=self._by(FINANCE))

    def _transfer(self, fate: str) -> None:
        source, target = self.world.rng.sample(list(self.world.warehouses.values()), 2)
        good = self._in_stock(source.pk)
        quantity = max(Decimal(4), self.world.stock.free((good.product.pk, source.pk)) // 8)
        given = OrderInput(
            type="transfer",
            warehouse=source.code,
            target_warehouse=target.code,
            lines=(LineInput(sku=good.product.sku, quantity=quantity),),
            remark="补充安全库存",
        )
        number = create_order(given, by=self._by(WAREHOUSE)).number
        if fate == "requested":
            return
        self._move(number, WAREHOUSE, "submit")
        self._move(number, WAREHOUSE, "confirm")
        if fate == "planned":
            return
        ship_order(number, by=self._by(WAREHOUSE))
        if fate == "in_transit":
            return
        came = {"arrived": quantity, "partly": quantity // 2, "short": quantity - 1}[fate]
        receive_goods(number, quantities={1: came}, by=self._by(WAREHOUSE))
        if fate == "short":
            self._move(number, WAREHOUSE, "settle_difference", "途中破损一件")

    def _inner_work(self, fate: str) -> None:
        work = next(one for one in self._goods("service") if one.product.sku == "SRV-STOR")
        hours = Decimal(self.world.rng.randint(4, 12))
        given = OrderInput(
            type="service_transfer",
            source_department="warehouse",
            target_department="sales-1",
            lines=(LineInput(sku=work.product.sku, quantity=hours, unit_price=INNER_RATE),),
            remark="展会样品代存",
        )
        number = create_order(given, by=self._by(SAMPLES)).number
        steps = (("submit", SAMPLES), ("perform", WAREHOUSE), ("complete", SAMPLES))
        for transition, email in steps[: {"requested": 0, "performed": 2, "completed": 3}[fate]]:
            self._move(number, email, transition)

    def _goods(self, kind: str) -> list[Good]:
        return [one for one in self.world.goods if one.product.kind == kind and one.leaves_at is None]

    def _in_stock(self, warehouse_id: int) -> Good:
        return self.world.rng.choice(
            [one for one in self._goods("goods") if self.world.stock.free((one.product.pk, warehouse_id)) > 60]
        )

    def _price(self, good: Good) -> Decimal:
        return good.offers["CNY"].price(Decimal(1)) or Decimal(10)

    def _quantity(self, number: str) -> Decimal:
        return OrderLine.objects.get(order__number=number, position=1).quantity

    def _state(self, number: str) -> str:
        return Order.objects.get(number=number).state

    def _move(self, number: str, email: str, transition: str, reason: str = "") -> None:
        self._move_as(self.world.people[email], number, transition, reason)

    def _move_as(self, user: User, number: str, transition: str, reason: str = "") -> None:
        move_order(number, transition, by=self.act(user), inputs={"reason": reason} if reason else {})
