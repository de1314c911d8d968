"""How the demo company comes to its purchases: reorder rules, requests, a call for quotations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.exchange.demo.people import BUYER, REPS, WAREHOUSE
from shundan.inventory.actions import ReorderInput, save_reorder_rule
from shundan.inventory.models import StockLevel
from shundan.kernel.actor import Actor
from shundan.parties.models import Supplier
from shundan.purchasing.actions import (
    InquiryInput,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    award_inquiry,
    open_inquiry,
    record_quotation,
    request_purchase,
)
from shundan.purchasing.models import PurchaseRequest

As = Callable[[User], Actor]
Job = Callable[[], None]

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
    """Makes rules, requests and inquiries with the real actions; `act` gives people their rights a moment later."""

    people: dict[str, User]
    act: As

    def jobs(self, suppliers: Sequence[Supplier]) -> list[Job]:
        """Return what there is to do, in its order."""
        asked: list[PurchaseRequest] = []
        return [
            lambda: self._keep_rules(suppliers),
            *(self._request(asked, *facts) for facts in REQUESTS),
            lambda: self._inquire(asked[3], suppliers[:3], is_decided=True),
            lambda: self._inquire(asked[4], suppliers[1:4], is_decided=False),
        ]

    def _keep_rules(self, suppliers: Sequence[Supplier]) -> None:
        """Give the goods that are shortest a rule; half of them are below its point."""
        scarce = StockLevel.objects.filter(product__status="active", on_hand__gt=0).select_related(
            "product", "warehouse"
        )
        by = self.act(self.people[BUYER])
        for at, level in enumerate(scarce.order_by("on_hand", "id")[:RULES]):
            free = level.available.to_integral_value()
            point = free + 5 if at % 2 == 0 else max(Decimal(1), free - 5)
            rule = ReorderInput(
                sku=level.product.sku,
                warehouse=level.warehouse.code,
                reorder_point=point,
                safety_stock=(point / 2).to_integral_value(),
                target=point * 3,
                supplier=suppliers[at % len(suppliers)].number,
                lead_days=5 + at % 4 * 3,
            )
            save_reorder_rule(rule, by=by)

    def _request(self, asked: list[PurchaseRequest], who: str, reason: str, quantity: int, count: int) -> Job:
        def work() -> None:
            by = self.act(self.people[who])
            first = 7 * len(asked)
            goods = StockLevel.objects.filter(product__status="active").order_by("product__sku", "id")
            skus = list(dict.fromkeys(goods.values_list("product__sku", flat=True)))[first : first + count]
            lines = tuple(
                RequestedLine(sku=sku, quantity=Decimal(quantity), expected_price=Decimal(18 + 7 * at))
                for at, sku in enumerate(skus)
            )
            needed_on = by.today + timedelta(days=10 + len(asked) * 4)
            asked.append(request_purchase(PurchaseRequestInput(lines=lines, needed_on=needed_on, reason=reason), by=by))

        return work

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
            positions = range(1, len(lines) + (at != 1 or len(lines) == 1))
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
