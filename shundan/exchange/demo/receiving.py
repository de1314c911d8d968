"""How the demo company receives: rules, goods in every state of their inspection, and freight that is spread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shundan.accounts.models import User
from shundan.billing.actions import register_bill
from shundan.exchange.demo.people import BUYER, FINANCE, WAREHOUSE
from shundan.fulfilment.actions import (
    ChargeInput,
    Finding,
    ReceivingRuleInput,
    agree_concession,
    decide_inspection,
    post_landed_cost,
    receive_goods,
    return_rejected,
    save_receiving_rule,
)
from shundan.fulfilment.models import Inspection
from shundan.inventory.actions import receive_consigned
from shundan.inventory.models import StockLevel
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.queries.billed import open_billed_costs
from shundan.parties.models import Supplier

As = Callable[[User], Actor]

# Of each delivery: ordered, came, rejected and conceded; without the last two nobody has inspected it yet.
DELIVERIES = ((120, 123, 8, 0), (80, 80, 0, 5), (60, 60, 0, 6), (200, 199, None, None))
FREIGHT = "FEE-FRT"
FAULTS = ("外壳划伤", "色差，不影响使用", "包装受潮", "")


@dataclass(slots=True)
class Receiving:
    """Makes it all with the real actions; `act` gives people their rights a moment later each time."""

    people: dict[str, User]
    act: As

    def live(self) -> None:
        """Keep rules, receive what a supplier sends, inspect most of it, and spread the freight of the first."""
        supplier = Supplier.objects.order_by("id")[0]
        for rule in (
            ReceivingRuleInput(over_percent=Decimal(2), short_percent=Decimal(1)),
            ReceivingRuleInput(
                supplier=supplier.number,
                over_percent=Decimal(3),
                short_percent=Decimal(1),
                examined="sample",
                sample_percent=Decimal(10),
            ),
        ):
            save_receiving_rule(rule, by=self._by(BUYER))
        goods = StockLevel.objects.filter(
            product__status="active", product__unit__decimals=0, product__tracking="none", warehouse__code="MAIN"
        )
        skus = list(goods.order_by("product__sku").values_list("product__sku", flat=True)[40 : 40 + len(DELIVERIES)])
        receipts = [self._receive(at, sku, supplier) for at, sku in enumerate(skus)]
        self._freight("386.50", "20381")
        (billed,) = open_billed_costs(by=self._by(FINANCE))
        charges = [
            ChargeInput(kind="freight", billed=billed.pk, spread_by="quantity"),
            ChargeInput(kind="insurance", amount=Decimal("6.00"), currency="USD"),
        ]
        post_landed_cost(receipts[:2], charges, reference="运费单 20381", by=self._by(FINANCE))
        # A second bill of freight waits to be spread.
        self._freight("218.00", "20407")
        self._consign(list(goods.order_by("product__sku")[60:62]), supplier)

    def _consign(self, levels: Sequence[StockLevel], supplier: Supplier) -> None:
        """Let two products of the supplier lie in the warehouse, and order some of one: it waits to be taken over."""
        for at, level in enumerate(levels):
            receive_consigned(
                supplier=supplier.number,
                product_id=level.product_id,
                warehouse_id=level.warehouse_id,
                quantity=Decimal(240 - at * 90),
                remark=f"寄售送货单 {3310 + at}",
                by=self._by(WAREHOUSE),
            )
        line = LineInput(sku=levels[0].product.sku, quantity=Decimal(60), unit_price=Decimal("18.50"))
        given = OrderInput(
            type="purchase", supplier=supplier.number, warehouse="MAIN", lines=(line,), remark="取用寄售商品"
        )
        place_order(given, by=self._by(BUYER))

    def _freight(self, price: str, paper: str) -> None:
        carrier = Supplier.objects.order_by("-id")[0]
        line = LineInput(sku=FREIGHT, quantity=Decimal(1), unit_price=Decimal(price))
        order = place_order(OrderInput(type="purchase", supplier=carrier.number, lines=(line,)), by=self._by(BUYER))
        register_bill(order.number, reference=f"运费单 {paper}", by=self._by(FINANCE))

    def _receive(self, at: int, sku: str, supplier: Supplier) -> str:
        ordered, came, rejected, conceded = DELIVERIES[at]
        line = LineInput(sku=sku, quantity=Decimal(ordered), unit_price=Decimal(12 + at * 7))
        given = OrderInput(type="purchase", supplier=supplier.number, warehouse="MAIN", lines=(line,))
        order = place_order(given, by=self._by(BUYER))
        receipt = receive_goods(
            order.number, quantities={1: Decimal(came)}, reference=f"送货单 {7120 + at}", by=self._by(WAREHOUSE)
        )
        if rejected is not None and conceded is not None:
            self._inspect(receipt.inspections.get(), Decimal(rejected), Decimal(conceded), at)
        return receipt.number

    def _inspect(self, inspection: Inspection, rejected: Decimal, conceded: Decimal, at: int) -> None:
        line = inspection.lines.get()
        finding = Finding(
            line_id=line.pk,
            accepted=line.quantity - rejected - conceded,
            conceded=conceded,
            rejected=rejected,
            reason=FAULTS[at],
        )
        decide_inspection(inspection.number, [finding], by=self._by(WAREHOUSE))
        if rejected:
            return_rejected(inspection.number, by=self._by(BUYER))
        elif at == 1:
            agree_concession(inspection.number, by=self._by(BUYER))

    def _by(self, email: str) -> Actor:
        return self.act(self.people[email])
