"""The accountant's story: a deposit, two shipments, two invoices, goods that come back, money back, dollars.

One pump costs 1,130.00 with 13 % tax: 1,000.00 net and 130.00 tax. Boyuan orders ten of them.
"""

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shundan.billing.actions import (
    allocate_payment,
    issue_invoice,
    pay_deposit,
    refund_payment,
    register_payment,
    request_deposit,
)
from shundan.billing.actions.deposits import DepositTooMuch
from shundan.billing.actions.issuing import NothingToInvoice
from shundan.billing.actions.payments import OverAllocated, OverRefunded, PaymentKnown
from shundan.billing.models import Allocation, Deposit, Invoice, Payment
from shundan.billing.queries.deposits import DepositUnpaid
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.fulfilment.actions import receive_goods, ship_order
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order
from shundan.settlement.actions import GatewayAccountInput, ask_charge, save_gateway_account
from shundan.settlement.queries.statements import movements_of
from tests import make
from tests.cast import Cast

D = Decimal


def books(people: Cast) -> dict[str, Decimal]:
    """Return what stands in the books of Boyuan: open orders, receivable, money on account."""
    ordered, receivable, on_account = make.credit(people.boyuan)
    return {"ordered": ordered, "receivable": receivable, "on_account": on_account}


def sold(people: Cast) -> Order:
    """Boyuan orders ten pumps: 11,300.00 with tax."""
    make.product("PUMP-40", price="1130.00", stock=40, name_zh="离心泵")
    lines = (LineInput(sku="PUMP-40", quantity=D(10)),)
    return place_order(OrderInput(customer=people.boyuan.number, lines=lines), by=people.wang)


def test_from_the_deposit_to_the_refund_every_cent_is_somewhere(people: Cast) -> None:
    order = sold(people)
    assert books(people) == {"ordered": D("11300.00"), "receivable": 0, "on_account": 0}

    # 1. Earnest money of 20 %: 2,260.00. Until it is paid no pump leaves the house.
    deposit = request_deposit(order.number, kind="earnest", percent=D(20), by=people.zhao)
    assert (deposit.number, deposit.amount) == ("DP-2026-000001", D("2260.00"))
    with make.refused(DepositUnpaid):
        ship_order(order.number, quantities={1: D(4)}, by=people.sun)
    money = pay_deposit(deposit.number, amount=D("2260.00"), method="bank_transfer", by=people.zhao)
    assert books(people) == {"ordered": D("11300.00"), "receivable": 0, "on_account": D("2260.00")}

    # 2. Four pumps go, and are invoiced: 4,520.00 (4,000.00 + 520.00). The deposit is taken off: 2,260.00 stay open.
    ship_order(order.number, quantities={1: D(4)}, by=people.sun)
    first = issue_invoice(order.number, by=people.zhao)
    first.refresh_from_db()
    assert (first.net, first.tax, first.total) == (D("4000.00"), D("520.00"), D("4520.00"))
    assert (first.allocated, first.open_amount) == (D("2260.00"), D("2260.00"))
    assert books(people) == {"ordered": D("6780.00"), "receivable": D("2260.00"), "on_account": 0}
    deposit.refresh_from_db()
    assert (deposit.received, deposit.offset, deposit.held) == (D("2260.00"), D("2260.00"), 0)

    # 3. The other six: 6,780.00. Nothing of the deposit is left to take off.
    ship_order(order.number, by=people.sun)
    second = issue_invoice(order.number, by=people.zhao)
    assert (second.total, second.open_amount) == (D("6780.00"), D("6780.00"))
    assert books(people) == {"ordered": 0, "receivable": D("9040.00"), "on_account": 0}

    # 4. Boyuan pays 9,040.00: the invoice that is due first, then the other.
    paid = register_payment(
        customer=people.boyuan.number,
        amount=D("9040.00"),
        method="bank_transfer",
        reference="ICBC-20260302-7",
        by=people.zhao,
    )
    assert books(people) == {"ordered": 0, "receivable": 0, "on_account": 0}
    assert make.fresh(order.number).payment == "paid"

    # 5. Two pumps come back. The credit note takes 2,260.00 (2,000.00 + 260.00) off the second invoice.
    lines = (LineInput(sku="PUMP-40", quantity=D(2)),)
    rma = create_order(OrderInput(type="sales_return", origin=order.number, lines=lines), by=people.wang)
    move_order(rma.number, "submit", by=people.wang)
    move_order(rma.number, "confirm", by=people.wang)
    receive_goods(rma.number, by=people.sun)
    move_order(rma.number, "settle", by=people.zhao)
    note = Invoice.objects.get(kind="credit")
    assert (note.number, note.corrects_id) == ("CN-2026-000001", second.pk)
    assert (note.net, note.tax, note.total) == (D("-2000.00"), D("-260.00"), D("-2260.00"))
    assert books(people) == {"ordered": 0, "receivable": 0, "on_account": D("2260.00")}

    # 6. What Boyuan has too much is paid back, not a cent more.
    with make.refused(OverAllocated):
        refund_payment(paid.number, amount=D("2260.01"), method="bank_transfer", reason="退货", by=people.zhao)
    refund_payment(paid.number, amount=D("2260.00"), method="bank_transfer", reason="退货", by=people.zhao)
    assert books(people) == {"ordered": 0, "receivable": 0, "on_account": 0}

    # 7. The statement of account says the same, line by line.
    moved = movements_of(people.boyuan.pk, "CNY", until=people.zhao.today, zone=people.zhao.company_zone)
    assert sorted((one.kind, one.amount) for one in moved) == [
        ("credit", D("-2260.00")),
        ("invoice", D("4520.00")),
        ("invoice", D("6780.00")),
        ("payment", D("-9040.00")),
        ("payment", D("-2260.00")),
        ("refund", D("2260.00")),
    ]
    assert sum(one.amount for one in moved) == 0
    assert money.number != paid.number


def test_dollars_are_worth_less_when_they_come(people: Cast) -> None:
    """Invoiced at 7.20 a dollar, paid at 7.10: of 1,000.00 dollars 100.00 yuan are lost to exchange."""
    rates = ((date(2026, 3, 1), "7.20"), (date(2026, 3, 9), "7.10"))
    save_exchange_rates(
        [RateInput(currency="USD", valid_from=day, rate=D(rate)) for day, rate in rates], by=people.zhao
    )
    make.product("VALVE-9", stock=10, name_zh="阀门", prices=(PriceInput(amount=D("100.00"), currency="USD"),))
    lines = (LineInput(sku="VALVE-9", quantity=D(10)),)
    given = OrderInput(customer=people.boyuan.number, currency="USD", lines=lines)
    order = place_order(given, by=people.wang)
    # An advance payment of 200.00 dollars on the day of the order: at 7.20, as the invoice.
    advance = request_deposit(order.number, kind="advance", amount=D("200.00"), by=people.zhao)
    pay_deposit(advance.number, amount=D("200.00"), method="bank_transfer", by=people.zhao)
    ship_order(order.number, by=people.sun)
    invoice = issue_invoice(order.number, by=people.zhao)
    assert (invoice.total, invoice.exchange_rate) == (D("1000.00"), D("7.20"))
    later = make.on(people.zhao, days=10)
    register_payment(
        customer=people.boyuan.number, currency="USD", amount=D("800.00"), method="bank_transfer", by=later
    )
    shares = Allocation.objects.order_by("id")
    assert [(one.amount, one.received, one.settled, one.exchange_difference) for one in shares] == [
        (D("200.00"), D("1440.00"), D("1440.00"), D("0.00")),
        (D("800.00"), D("5680.00"), D("5760.00"), D("-80.00")),
    ]
    assert make.credit(people.boyuan, "USD") == (0, 0, 0)


def test_what_an_accountant_must_not_do_is_refused_and_nothing_changes(people: Cast) -> None:
    order = sold(people)
    deposit = request_deposit(order.number, kind="advance", amount=D("1000.00"), by=people.zhao)
    pay_deposit(deposit.number, amount=D("1000.00"), method="bank_transfer", by=people.zhao)
    ship_order(order.number, by=people.sun)
    invoice = issue_invoice(order.number, by=people.zhao)
    bank = {"customer": people.boyuan.number, "method": "bank_transfer", "reference": "ICBC-1", "by": people.zhao}
    paid = register_payment(amount=D("300.00"), is_automatic=False, **bank)
    before = books(people)

    # Posting twice: neither the invoice nor the bank's money, nor the deposit's.
    with make.refused(NothingToInvoice, "nothing_to_invoice"):
        issue_invoice(order.number, by=people.zhao)
    with make.refused(PaymentKnown, "payment_already_booked"):
        register_payment(amount=D("300.00"), **bank)
    with make.refused(DepositTooMuch, "deposit_too_much"):
        pay_deposit(deposit.number, amount=D("1.00"), method="cash", by=people.zhao)

    # Editing a posted invoice: the database itself refuses, whoever asks.
    for wrong in (
        "update billing_invoice set total = total + 1, net = net + 1",
        "update billing_invoiceline set gross = 1",
        "delete from billing_invoice",
        "update billing_allocation set amount = 1",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(wrong)

    # Paying back more than there is, and money that is used already.
    with make.refused(OverRefunded, "over_refunded"):
        refund_payment(paid.number, amount=D("300.01"), method="bank_transfer", reason="退款", by=people.zhao)
    used = Payment.objects.exclude(pk=paid.pk).get()
    with make.refused(OverRefunded, "over_refunded"):
        refund_payment(used.number, amount=D("0.01"), method="bank_transfer", reason="退款", by=people.zhao)

    # Allocating the same money twice.
    allocate_payment(paid.number, {invoice.number: D("300.00")}, by=people.zhao)
    with make.refused(OverAllocated, "over_allocated"):
        allocate_payment(paid.number, {invoice.number: D("300.00")}, by=people.zhao)

    invoice.refresh_from_db()
    after = before | {"receivable": before["receivable"] - D(300), "on_account": before["on_account"] - D(300)}
    assert (books(people), invoice.allocated, Invoice.objects.count(), Payment.objects.count()) == (
        after,
        D("1300.00"),
        1,
        2,
    )
    assert Deposit.objects.get().offset == D("1000.00")


def test_a_forged_message_of_a_gateway_books_nothing(people: Cast) -> None:
    """Somebody who knows the address, but not the secret, says that 11,300.00 were paid."""
    order = sold(people)
    ship_order(order.number, by=people.sun)
    invoice = issue_invoice(order.number, by=people.zhao)
    secrets = {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"}
    given = GatewayAccountInput(code="shop", gateway="stripe", name="商城", settings=secrets)
    account = save_gateway_account(given, by=people.zhou, is_new=True)
    charge = ask_charge(invoice.number, account="shop", by=people.zhao)
    before = books(people)

    def told(secret: str) -> int:
        paid = {"client_reference_id": charge.number, "payment_status": "paid", "amount_total": 1130000}
        paid |= {"id": "cs_1", "currency": "cny", "payment_intent": "pi_1"}
        body = json.dumps({"id": "evt_1", "type": "checkout.session.completed", "data": {"object": paid}})
        stamp = int(datetime.now(UTC).timestamp())
        mark = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        url = f"/api/v1/gateway-notices/{account.push_key}"
        head = {"HTTP_STRIPE_SIGNATURE": f"t={stamp},v1={mark}"}
        return Client().post(url, body, content_type="application/json", **head).status_code  # type: ignore[arg-type]

    assert told("whsec_forged") >= 400
    assert (books(people), Payment.objects.count()) == (before, 0)
    # The same message under the right secret is believed, once however often it comes.
    assert (told("whsec_1"), told("whsec_1")) == (200, 200)
    assert (books(people)["receivable"], Payment.objects.get().amount) == (0, D("11300.00"))
