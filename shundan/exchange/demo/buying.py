"""How the demo company comes to its purchases: reorder rules, requests, calls for quotations, suppliers' answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.exchange.demo.people import BUYER, REPS, WAREHOUSE
from shundan.inventory.actions import ReorderInput, save_reorder_rule
from shundan.inventory.models import StockLevel
from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.parties.models import Supplier
from shundan.purchasing.actions import (
    InquiryInput,
    OrderAnswer,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    answer_order,
    award_inquiry,
    open_inquiry,
    record_quotation,
    request_purchase,
)
from shundan.purchasing.models import PurchaseRequest
from shundan.purchasing.queries import token_of_order

As = Callable[[User], Actor]

RULES = 14
# Who asks, for what reason, how many of how many products.
REQUESTS = (
    (WAREHOUSE, "劳保用品补充", 60, 2),
    (REPS["华东"][0], "客户展会样品", 4, 3),
    (WAREHOUSE, "库房改造", 400, 3),
    (BUYER, "季度集中采购", 30, 4),
    (BUYER, "设备检修备件", 12, 2),
)
REMARKS = ("含运费，含 13% 增值税", "满 5 万元包邮", "现货")


@dataclass(slots=True)
class Buying:
    """Makes it all with the real actions; `act` gives people their rights a moment later each time."""

    people: dict[str, User]
    act: As

    def live(self) -> None:
        """Keep rules, ask, call for quotations, and let a supplier answer an order otherwise."""
        suppliers = list(Supplier.objects.order_by("id"))
        self._keep_rules(suppliers)
        asked = [self._request(at, *facts) for at, facts in enumerate(REQUESTS)]
        self._inquire(asked[3], suppliers[:3], is_decided=True)
        self._inquire(asked[4], suppliers[1:4], is_decided=False)
        self._answer()

    def _keep_rules(self, suppliers: Sequence[Supplier]) -> None:
        """Give the goods that are shortest a rule; half of them are below its point."""
        scarce = StockLevel.objects.filter(product__status="active", product__unit__decimals=0, on_hand__gt=0)
        by = self.act(self.people[BUYER])
        for at, level in enumerate(scarce.select_related("product", "warehouse").order_by("on_hand", "id")[:RULES]):
            free = level.available.to_integral_value()
            point = free + 5 if at % 2 == 0 else max(Decimal(1), free - 5)
            rule = ReorderInput(
                sku=level.product.sku,
                warehouse=level.warehouse.code,
                reorder_point=point,
                safety_stock=Decimal(int(point / 2)),
                target=point * 3,
                supplier=suppliers[at % len(suppliers)].number,
                lead_days=5 + at % 4 * 3,
            )
            save_reorder_rule(rule, by=by)

    def _request(self, at: int, who: str, reason: str, quantity: int, count: int) -> PurchaseRequest:
        by = self.act(self.people[who])
        goods = StockLevel.objects.filter(product__status="active", product__unit__decimals=0)
        skus = list(dict.fromkeys(goods.order_by("product__sku", "id").values_list("product__sku", flat=True)))
        lines = tuple(
            RequestedLine(sku=sku, quantity=Decimal(quantity), expected_price=Decimal(18 + 7 * place))
            for place, sku in enumerate(skus[7 * at : 7 * at + count])
        )
        needed_on = by.today + timedelta(days=10 + at * 4)
        return request_purchase(PurchaseRequestInput(lines=lines, needed_on=needed_on, reason=reason), by=by)

    def _inquire(self, asked: PurchaseRequest, suppliers: Sequence[Supplier], *, is_decided: bool) -> None:
        lines = {line.pk: line.quantity for line in asked.lines.order_by("position")}
        by = self.act(self.people[BUYER])
        given = InquiryInput(
            lines=lines,
            suppliers=[one.number for one in suppliers],
            answer_by=by.today + timedelta(days=5),
            remark="请报含税单价",
        )
        number = open_inquiry(given, by=by).number
        for at, supplier in enumerate(suppliers):
            if at == 2 and not is_decided:
                continue
            # The second supplier does not offer everything.
            positions = range(1, len(lines) + (at != 1))
            quotation = Quotation(
                prices={position: Decimal(17 + 6 * position + (at * 5 + position * 3) % 4) for position in positions},
                days={position: 4 + (at * 3 + position) % 9 for position in positions},
                valid_until=by.today + timedelta(days=30),
                remark=REMARKS[at],
            )
            record_quotation(number, supplier.number, quotation, by=self.act(self.people[BUYER]))
        if is_decided:
            choices = dict.fromkeys(range(1, len(lines) + 1), suppliers[0].number)
            award_inquiry(number, choices, by=self.act(self.people[BUYER]))

    def _answer(self) -> None:
        """Let the supplier of the latest order that was issued say another day and another price."""
        order = Order.objects.filter(kind="purchase", state="issued").order_by("-id").first()
        if order is None:
            return
        by = self.act(self.people[BUYER])
        line = order.lines.order_by("position")[0]
        given = OrderAnswer(
            delivers_on=(order.requested_on or by.today) + timedelta(days=9),
            prices={line.position: (line.unit_price * Decimal("1.04")).quantize(Decimal("0.01"))},
            remark="原材料涨价，交期顺延",
        )
        answer_order(token_of_order(order), given, at=by.at)
