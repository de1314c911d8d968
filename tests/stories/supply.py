"""Random deeds of buyers and of the dock: bought, received in parts, consigned, taken over, called back, undone."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from shundan.fulfilment.actions import (
    Finding,
    ReceivingRuleInput,
    decide_inspection,
    recall_shipment,
    receive_goods,
    save_receiving_rule,
)
from shundan.fulfilment.models import Inspection, InspectionLine, Shipment
from shundan.inventory.actions import LotInput, hand_back_stock, receive_consigned
from shundan.inventory.models import StockLevel, StockPosition
from shundan.kernel.errors import Refused
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

PICK = st.integers(0, 10**6)
QUANTITY = st.integers(1, 12)


class Supply(RuleBasedStateMachine):
    """Two suppliers; what the second sends is examined."""

    skus: list[str]
    suppliers: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def begin_supply(self) -> None:
        """Add the suppliers and the rule for one of them."""
        self.suppliers = [create_supplier(SupplierInput(name=one), by=make.boss()).number for one in ("丁", "戊")]
        save_receiving_rule(ReceivingRuleInput(supplier=self.suppliers[1], examined="all"), by=make.boss())

    @rule(supplier=PICK, sku=PICK, quantity=QUANTITY)
    def buy(self, supplier: int, sku: int, quantity: int) -> None:
        line = LineInput(sku=self.skus[sku % 3], quantity=Decimal(quantity), unit_price=Decimal("7.77"))
        self.attempt(place_order, OrderInput(type="purchase", supplier=self.suppliers[supplier % 2], lines=(line,)))

    @rule(supplier=PICK, level=PICK, quantity=QUANTITY)
    def consign(self, supplier: int, level: int, quantity: int) -> None:
        """Let units of a supplier lie in a warehouse; those that are kept by lot, of a lot of their own."""
        if found := self.one(StockLevel, level):
            lots = [LotInput(code="L-0", quantity=Decimal(quantity))] if found.product.tracking == "lot" else []
            place = {"product_id": found.product_id, "warehouse_id": found.warehouse_id, "lots": lots}
            self.attempt(receive_consigned, supplier=self.suppliers[supplier % 2], quantity=Decimal(quantity), **place)

    @rule(order=PICK, quantity=QUANTITY, bad=st.integers(0, 2), is_consigned=st.booleans())
    def receive_bought(self, order: int, quantity: int, bad: int, is_consigned: bool) -> None:
        if found := self.one(Order, order, kind="purchase", category__in=["confirmed", "in_progress"]):
            kept = found.lines.filter(product__tracking="lot").exists() and not is_consigned
            units = {1: [LotInput(code="L-0", quantity=Decimal(max(0, quantity - bad)))]} if kept else None
            some = {"quantities": {1: Decimal(quantity)}, "rejected": {1: Decimal(bad)}, "lots": units}
            self.attempt(receive_goods, found.number, consigned=is_consigned, **some)

    @rule(position=PICK, quantity=QUANTITY)
    def hand_back(self, position: int, quantity: int) -> None:
        if found := self.one(StockPosition, position, owner__isnull=False):
            self.attempt(hand_back_stock, found.pk, quantity=Decimal(quantity))

    @rule(inspection=PICK, bad=st.integers(0, 3))
    def examine(self, inspection: int, bad: int) -> None:
        if found := self.one(Inspection, inspection, state="open"):
            line = InspectionLine.objects.filter(inspection=found).order_by("id")[0]
            bad = min(bad, int(line.quantity))
            finding = Finding(
                line_id=line.pk, accepted=line.quantity - bad, rejected=Decimal(bad), reason="随机" if bad else ""
            )
            self.attempt(decide_inspection, found.number, [finding])

    @rule(shipment=PICK)
    def call_back(self, shipment: int) -> None:
        if found := self.one(Shipment, shipment, state__in=["shipped", "delivered"]):
            self.attempt(recall_shipment, found.number, reason="随机")

    def attempt(self, deed: Any, *given: Any, **more: Any) -> None:
        """Do something; a refusal is a fine answer, anything else is a bug."""
        words = f"{deed.__name__}{given}{more}"
        try:
            with transaction.atomic():
                deed(*given, by=make.boss(), **more)
            self.done.append(words)
        except Refused as refusal:
            self.done.append(f"{words}: {refusal.code}")

    def one(self, model: Any, index: int, **narrow: Any) -> Any:
        """Return one row of many, or None when there is none."""
        rows = list(model.objects.filter(**narrow).order_by("id"))
        return rows[index % len(rows)] if rows else None
