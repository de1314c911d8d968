"""The demo company's money beside invoices: deposits, plans, prepayments, drafts, and a refund by a gateway."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import QuerySet

from shundan.accounts.models import User
from shundan.billing.actions import (
    PartInput,
    TermInput,
    invoice_part,
    issue_invoice,
    pay_deposit,
    pay_request,
    plan_invoices,
    register_bill,
    request_deposit,
    request_prepayment,
    request_refund,
    return_prepayment,
    save_payment_term,
    withdraw_deposit,
)
from shundan.billing.models import Bill, Deposit, Invoice, PaymentRequest, Prepayment
from shundan.billing.queries import OPEN
from shundan.exchange.demo.people import BUYER, FINANCE, MANAGERS, WAREHOUSE
from shundan.exchange.demo.world import World
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.actor import Actor
from shundan.kernel.money import decimals_of
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Customer, Supplier
from shundan.settlement.actions import (
    DraftInput,
    GatewayAccountInput,
    ask_charge,
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    present_draft,
    save_gateway_account,
    send_gateway_refund,
    take_draft,
    take_gateway_notice,
)

As = Callable[[User], Actor]

THOUSAND = Decimal(1000)
BANKS = ("招商银行上海分行", "宁波银行", "江苏银行无锡分行", "浦发银行", "中国建设银行", "兴业银行", "中信银行")
# How far each draft comes, and in how many days it falls due.
DRAFTS = (
    ("received", 150),
    ("received", 6),
    ("presented", 2),
    ("collected", 0),
    ("discounted", 96),
    ("endorsed", 120),
    ("dishonoured", 1),
)
TERM = TermInput(
    name_zh="预付 30%，发货 60%，验收 10%",
    name_en="30 % in advance, 60 % at shipment, 10 % at acceptance",
    days=30,
    deposit_kind="advance",
    deposit_percent=Decimal(30),
    deposit_is_blocking=False,
    parts=(
        PartInput(percent=Decimal(30), event="order", name="预付款"),
        PartInput(percent=Decimal(60), event="shipment", name="发货款"),
        PartInput(percent=Decimal(10), event="delivery", days=30, name="验收款"),
    ),
)
BY_PROGRESS = (
    PartInput(percent=Decimal(40), event="order", name="首期款"),
    PartInput(percent=Decimal(50), event="delivery", name="到货款"),
    PartInput(percent=Decimal(10), event="delivery", days=90, name="质保金"),
)
# No account of anybody: its messages are signed here, and it is switched off again.
GATEWAY = {"secret_key": "sk_demo", "webhook_secret": "whsec_demo"}
PAID_TWICE = Decimal(86)


@dataclass(slots=True)
class Cash:
    """Makes it all with the real actions; `act` gives people their rights a moment later each time."""

    world: World
    act: As

    def live(self) -> None:
        """Ask for deposits, plan invoices, pay suppliers beforehand, take drafts in, pay a customer back."""
        self._deposits()
        self._plans()
        self._prepayments()
        self._drafts()
        self._refund()

    def _deposits(self) -> None:
        """Leave one deposit paid, one in part, one offset in part, one that goods wait for, and one withdrawn."""
        orders = iter(self._running_sales())
        paid = self._ask(next(orders), "earnest", "15")
        self._pay(paid, paid.amount)
        half = self._ask(next(orders), "advance", "30")
        self._pay(half, (half.amount / 2).quantize(Decimal(1)))
        self._ask(next(orders), "advance", "20", due_in=5)
        wrong = self._ask(next(orders), "advance", "50")
        withdraw_deposit(wrong.number, reason="客户改为全款到账后发货", by=self._by(FINANCE))
        used = self._ask(next(iter(self._delivered_sales())), "advance", "40", is_blocking=False)
        self._pay(used, used.amount)
        issue_invoice(used.order.number, by=self._by(FINANCE))

    def _ask(self, order: Order, kind: str, percent: str, *, due_in: int = 3, is_blocking: bool = True) -> Deposit:
        by = self._by(FINANCE)
        due_on = by.today + timedelta(days=due_in)
        return request_deposit(
            order.number, kind=kind, percent=Decimal(percent), is_blocking=is_blocking, due_on=due_on, by=by
        )

    def _pay(self, deposit: Deposit, amount: Decimal) -> None:
        pay_deposit(
            deposit.number, amount=amount, method="bank_transfer", account="工商银行 6688", by=self._by(FINANCE)
        )

    def _plans(self) -> None:
        """Sell by a term that asks for a deposit and three invoices, and plan the invoices of another order by hand."""
        save_payment_term("milestones", TERM, by=self._by(FINANCE))
        by_hand, model = self._running_sales()[:2]
        plan_invoices(by_hand.number, BY_PROGRESS, by=self._by(FINANCE))
        invoice_part(by_hand.number, 1, by=self._by(FINANCE))
        line = OrderLine.objects.filter(order=model).order_by("position")[0]
        owner = by_hand.owner
        assert owner is not None  # running sales have one
        given = OrderInput(
            customer=by_hand.buyer.number,
            lines=(LineInput(sku=line.sku, quantity=line.quantity * 2),),
            warehouse=model.warehouse.code if model.warehouse else None,
            payment_term="milestones",
            allows_backorder=True,
        )
        order = place_order(given, by=self.act(owner))
        if order.state == "submitted":
            manager = self.world.people[MANAGERS[owner.department.code if owner.department else "sales-1"]]
            move_order(order.number, "approve", by=self.act(manager))
        asked = Deposit.objects.filter(order=order).first()
        if asked is not None:
            self._pay(asked, asked.amount)
            invoice_part(order.number, 1, by=self._by(FINANCE))

    def _prepayments(self) -> None:
        """Pay suppliers before their bills: all open, offset in part, given back in part, and one to be approved."""
        suppliers = list(Supplier.objects.filter(currency="CNY").order_by("id"))
        goods = [one for one in self.world.goods if one.product.kind == "goods" and one.leaves_at is None]
        orders = [
            self._buy(supplier, goods[at * 7].product.sku, 40 + 20 * at) for at, supplier in enumerate(suppliers[:4])
        ]
        self._prepay(orders[0], "0.3")
        self._prepay(orders[1], "0.5")
        receive_goods(orders[1].number, reference="送货单 7290", by=self._by(WAREHOUSE))
        # The bill takes off what was paid before by itself.
        register_bill(orders[1].number, reference="发票 30551207", by=self._by(FINANCE))
        back = self._prepay(orders[2], "0.4")
        some = (back.amount / 4).quantize(Decimal(1))
        return_prepayment(
            back.number, amount=some, method="bank_transfer", reason="缺货，退部分预付款", by=self._by(FINANCE)
        )
        self._request(orders[3], "0.3")
        free = request_prepayment(
            amount=Decimal(3000),
            method="bank_transfer",
            supplier=suppliers[0].number,
            reason="年度框架协议保证金",
            by=self._by(BUYER),
        )
        pay_request(free.number, reference="回单 88120", by=self._by(FINANCE))
        waiting = request_prepayment(
            amount=Decimal(28_000),
            method="bank_transfer",
            supplier=suppliers[1].number,
            account="中国银行无锡分行 4563 5100 8812",
            reason="开模费预付",
            by=self._by(BUYER),
        )
        assert waiting.state == "pending"

    def _buy(self, supplier: Supplier, sku: str, quantity: int) -> Order:
        line = LineInput(sku=sku, quantity=Decimal(quantity), unit_price=Decimal("38.50"))
        given = OrderInput(type="purchase", supplier=supplier.number, warehouse="MAIN", lines=(line,))
        return place_order(given, by=self._by(BUYER))

    def _request(self, order: Order, share: str) -> PaymentRequest:
        amount = (order.total * Decimal(share)).quantize(Decimal(1))
        return request_prepayment(amount=amount, method="bank_transfer", order=order.number, by=self._by(BUYER))

    def _prepay(self, order: Order, share: str) -> Prepayment:
        asked = self._request(order, share)
        paid = pay_request(asked.number, reference=f"回单 {asked.number[-4:]}", by=self._by(FINANCE)).prepayment
        assert paid is not None
        return paid

    def _drafts(self) -> None:
        """Take drafts in that pay open invoices, and let each go its way."""
        owed: dict[int, list[Invoice]] = {}
        rows = Invoice.objects.filter(OPEN, currency="CNY").select_related("customer").order_by("issued_on", "pk")
        for one in rows:
            owed.setdefault(one.customer_id, []).append(one)
        # The latest ones are left to the bank statement, which names invoices that are due first.
        drawers = [found for found in owed.values() if sum(one.open_amount for one in found) > 5000][-len(DRAFTS) :]
        open_bills = Bill.objects.filter(kind="normal", currency="CNY", paid=0, debited=0, total__gte=2000).order_by(
            "total", "pk"
        )
        bill = open_bills.first()
        if not drawers:
            return
        for at, (fate, days) in enumerate(DRAFTS):
            # A small company has few who owe so much: some pay by two drafts.
            found = drawers[at % len(drawers)]
            worth = sum((one.open_amount for one in found), Decimal(0))
            amount = (min(worth, Decimal(200_000)) / THOUSAND).to_integral_value(ROUND_DOWN) * THOUSAND
            if fate == "endorsed" and bill is not None:
                amount = min(amount, (bill.open_amount / THOUSAND).to_integral_value(ROUND_DOWN) * THOUSAND)
            number = self._take(found[0].customer, amount, days, at)
            self._go(number, fate, at, bill)

    def _take(self, customer: Customer, amount: Decimal, days: int, at: int) -> str:
        by = self._by(FINANCE)
        draft = DraftInput(
            customer=customer.number,
            draft_number=f"1 3052900{at + 1} 0026 2026 {10_0301_77 + at * 4127:08d} {at + 3}",
            kind="commercial" if at == 6 else "bank",
            drawer=customer.name,
            acceptor=customer.name if at == 6 else BANKS[at],
            amount=amount,
            issued_on=by.today - timedelta(days=180 - days),
            due_on=by.today + timedelta(days=days),
        )
        return str(take_draft(draft, by=by).number)

    def _go(self, number: str, fate: str, at: int, bill: Bill | None) -> None:
        if fate in ("presented", "collected"):
            present_draft(number, by=self._by(FINANCE))
        if fate == "collected":
            collect_draft(number, by=self._by(FINANCE))
        elif fate == "discounted":
            discount_draft(number, bank=BANKS[at], cost=Decimal("88.40"), by=self._by(FINANCE))
        elif fate == "endorsed" and bill is not None:
            endorse_draft(number, bill=bill.number, by=self._by(FINANCE))
        elif fate == "dishonoured":
            dishonour_draft(number, reason="承兑人账户余额不足，拒绝付款", by=self._by(FINANCE))

    def _refund(self) -> None:
        """Let a customer abroad pay by a gateway, a little too much, which goes back the same way."""
        rows = Invoice.objects.filter(OPEN).select_related("customer").order_by("-pk")
        # A small company may have sold nothing for dollars that is still open.
        invoice = min(rows, key=lambda one: (one.currency != "USD", one.currency, -one.pk), default=None)
        admin = self.world.people["admin@example.com"]
        wanted = GatewayAccountInput(code="stripe", gateway="stripe", name="Stripe（演示）", settings=GATEWAY)
        account = save_gateway_account(wanted, by=self.act(admin), is_new=True)
        if invoice is not None:
            charge = ask_charge(invoice.number, account=account.code, by=self._by(FINANCE))
            paid = {
                "client_reference_id": charge.number,
                "payment_status": "paid",
                "amount_total": _cents(charge.amount + PAID_TWICE, charge.currency),
                "currency": charge.currency.lower(),
                "payment_intent": "pi_3QdemoShunda0001",
                "customer_details": {"email": "accounts@example.com"},
            }
            self._tell(account.push_key, "evt_demo_1", "checkout.session.completed", paid)
            charge.refresh_from_db()
            assert charge.payment is not None
            asked = request_refund(
                charge.payment.number,
                amount=PAID_TWICE,
                method="stripe",
                reason="客户重复支付运费",
                by=self._by(FINANCE),
            )
            made = send_gateway_refund(asked.number, by=self._by(FINANCE))
            said = {
                "id": "re_3QdemoShunda0001",
                "status": "succeeded",
                "amount": _cents(PAID_TWICE, charge.currency),
                "currency": charge.currency.lower(),
                "metadata": {"refund": made.number},
            }
            self._tell(account.push_key, "evt_demo_2", "refund.updated", said)
        # Nobody should ask a gateway for money with keys that open nothing.
        off = GatewayAccountInput(
            code=account.code, gateway="stripe", name=account.name, settings=GATEWAY, is_active=False
        )
        save_gateway_account(off, by=self.act(admin))

    def _tell(self, push_key: str, event: str, kind: str, thing: dict[str, object]) -> None:
        """Give a message of the gateway, signed as it signs them, to who reads them."""
        at = self._by(FINANCE).at
        body = json.dumps({"id": event, "type": kind, "data": {"object": thing}}).encode()
        stamp = str(int(at.timestamp()))
        key = GATEWAY["webhook_secret"].encode()
        mark = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        take_gateway_notice(push_key, {"Stripe-Signature": f"t={stamp},v1={mark}"}, body, at=at)

    def _running_sales(self) -> list[Order]:
        """Return sales that are confirmed and wait for their goods, the larger first."""
        rows = self._plain_sales().filter(category="confirmed", invoicing="none", discount_percent=None)
        return list(rows.exclude(lines__kit__isnull=False).order_by("-total", "pk"))

    def _delivered_sales(self) -> list[Order]:
        """Return sales whose goods went out and are not invoiced yet."""
        return list(self._plain_sales().filter(category="in_progress", invoicing="to_invoice").order_by("-pk"))

    def _plain_sales(self) -> QuerySet[Order]:
        rows = Order.objects.filter(kind="sale", type__code="sales", currency="CNY", holds=[], total__gt=500)
        rows = rows.filter(is_history=False, owner__isnull=False).select_related("owner__department", "warehouse")
        return rows.exclude(pk__in=Deposit.objects.values("order_id"))

    def _by(self, email: str) -> Actor:
        return self.act(self.world.people[email])


def _cents(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(decimals_of(currency)))
