"""What suppliers of the demo company bring to its customers: who brings what, and deliveries in each state."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from shundan.accounts.models import User
from shundan.exchange.demo.people import BUYER, FINANCE
from shundan.fulfilment.actions import deliver_direct_delivery, post_direct_delivery
from shundan.kernel.actor import Actor
from shundan.orders.actions import (
    DirectSupplierInput,
    deliver_directly,
    move_order,
    save_direct_supplier,
)
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Supplier

As = Callable[[User], Actor]

# How far the deliveries come, one sale each.
FATES = ("delivered", "sent", "ordered")
BOUGHT_FOR = Decimal("0.7")


@dataclass(slots=True)
class Direct:
    """Makes it all with the real actions; `act` gives people their rights a moment later each time."""

    people: dict[str, User]
    act: As

    def live(self) -> None:
        """Leave a line of some sales to suppliers, and let these send some of them."""
        suppliers = list(Supplier.objects.filter(currency="CNY").order_by("id"))
        fresh = OrderLine.objects.filter(
            order__kind="sale",
            order__category="confirmed",
            order__holds=[],
            order__currency="CNY",
            order__owner__isnull=False,
            is_stocked=True,
            picked=0,
            shipped=0,
            order_unit="",
        )
        lines: dict[int, OrderLine] = {}
        for line in fresh.select_related("order", "order__owner").order_by("order_id", "position"):
            if line.product_id not in {one.product_id for one in lines.values()}:
                lines.setdefault(line.order_id, line)
        for at, (fate, line) in enumerate(zip(FATES, lines.values(), strict=False)):
            self._leave(line, suppliers[at % len(suppliers)], fate)

    def _leave(self, line: OrderLine, supplier: Supplier, fate: str) -> None:
        wish = DirectSupplierInput(
            sku=line.sku,
            supplier=supplier.number,
            unit_price=(line.unit_price * BOUGHT_FOR).quantize(Decimal("0.01")),
            is_always=fate == "delivered",
        )
        save_direct_supplier(wish, by=self._by(BUYER))
        owner = line.order.owner
        assert owner is not None  # asked for above
        (purchase,) = deliver_directly(line.order.number, [line.position], by=self.act(owner))
        self._issue(purchase.number)
        if fate == "ordered":
            return
        by = self._by(BUYER)
        sent = post_direct_delivery(purchase.number, carrier="sf", tracking_number=f"SF{purchase.pk:013d}", by=by)
        if fate == "delivered":
            deliver_direct_delivery(sent.number, by=self._by(BUYER))

    def _issue(self, number: str) -> None:
        for step in ("source", "submit"):
            move_order(number, step, by=self._by(BUYER))
        if Order.objects.get(number=number).state == "submitted":
            move_order(number, "approve", by=self._by(FINANCE))
        move_order(number, "confirm", by=self._by(BUYER))

    def _by(self, email: str) -> Actor:
        return self.act(self.people[email])
