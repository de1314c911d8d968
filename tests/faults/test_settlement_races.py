"""Several who book the same money at the same moment: it is booked once, and nobody waits for nobody."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from shundan.billing.actions import refund_payment, request_bill_payment, request_deposit
from shundan.billing.models import Deposit, Disbursement, Payment, Refund
from shundan.settlement.actions import (
    book_bank_entry,
    import_bank_statement,
    match_bank_entry,
    reopen_bank_entry,
    send_gateway_refund,
    settle_gateway_refund,
)
from shundan.settlement.models import BankEntry, BankStatement, GatewayRefund
from tests import make
from tests.billing.test_requests import Office
from tests.billing.test_requests import office as office
from tests.faults.crowd import codes, crowd, deadlocks
from tests.integrations.depot import Asked, Said, open_depot
from tests.integrations.teller import Teller, approved, refund_of_stripe
from tests.integrations.test_gateways import asked, of_stripe, stripe, tell
from tests.settlement.samples import bank_csv
from tests.settlement.test_outgoing import paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
D = Decimal


def test_one_file_one_entry_and_one_message_become_one_payment_each() -> None:
    invoice = make.invoice()
    before = deadlocks()
    content = bank_csv(f"20260302,10.00,,,{invoice.customer.name},,,L1", "20260302,10.00,,,,,,L2")
    found = codes(crowd(6, lambda _i: import_bank_statement("a.csv", content, by=make.boss(), account="1")))
    assert found == ["bank_statement_known"] * 5 + ["ok"]
    assert (BankStatement.objects.count(), BankEntry.objects.count()) == (1, 2)

    entry = BankEntry.objects.earliest("pk")
    number = invoice.customer.number
    booked = codes(crowd(6, lambda _i: book_bank_entry(entry.pk, customer=number, by=make.boss())))
    assert booked == ["bank_entry_decided"] * 5 + ["ok"]
    assert Payment.objects.count() == 1

    of = stripe()
    charge = asked(of, invoice)
    message = of_stripe(charge, amount_total=99000)
    assert crowd(6, lambda _i: tell(of, message)) == [(200, "{}")] * 6
    assert Payment.objects.count() == 2
    invoice.refresh_from_db()
    assert invoice.open_amount == 0
    assert deadlocks() == before


def test_an_entry_is_held_for_one_deposit_once() -> None:
    order = make.order()
    deposits = [request_deposit(order.number, kind="advance", percent=D(30), by=make.boss()) for _ in range(2)]
    content = bank_csv("20260302,300.00,,,,,,L1")
    import_bank_statement("a.csv", content, by=make.boss(), account="1")
    entry, buyer = BankEntry.objects.get(), order.buyer.number
    before = deadlocks()

    def book(i: int) -> object:
        return book_bank_entry(entry.pk, customer=buyer, deposit=deposits[i % 2].number, by=make.boss())

    assert codes(crowd(6, book)) == ["bank_entry_decided"] * 5 + ["ok"]
    assert sum(one.received for one in Deposit.objects.all()) == Payment.objects.get().held == 300
    assert deadlocks() == before


def test_what_went_out_is_matched_once_whoever_does_it_and_by_whichever_entry(office: Office) -> None:
    rows = [f"20260302,,{amount},,,,,L{n}" for n, amount in enumerate(("500", "500", "500", "70", "70", "9", "9"))]
    import_bank_statement("a.csv", bank_csv(*rows), by=make.boss(), account="1")
    first, second, third, *others = BankEntry.objects.order_by("pk")
    papers = [paid(office, "500.00").number for _ in range(2)]
    before = deadlocks()

    def match(entry: BankEntry, kind: str, number: str) -> object:
        return match_bank_entry(entry.pk, kind=kind, number=number, by=make.boss())

    # One entry: six people say what it pays, some this and some that.
    found = codes(crowd(6, lambda i: match(first, "disbursement", papers[i % 2])))
    assert found == ["bank_entry_decided"] * 5 + ["ok"]
    taken = BankEntry.objects.get(state="matched")
    assert taken.pk == first.pk and taken.disbursement is not None
    # One payment: two entries of its amount, three people each.
    (left,) = set(papers) - {taken.disbursement.number}
    found = codes(crowd(6, lambda i: match((second, third)[i % 2], "disbursement", left)))
    assert found.count("ok") == 1 and set(found) <= {"ok", "bank_entry_decided", "bank_entry_differs", "not_found"}
    assert BankEntry.objects.filter(disbursement__number=left, state="matched").count() == 1
    # One request that is paid by matching it: it is paid once.
    asked_for = request_bill_payment(office.bill, amount=D(70), method="bank_transfer", by=office.zhao, reason="货款")
    found = codes(crowd(6, lambda i: match(others[i % 2], "request", asked_for.number)))
    assert found.count("ok") == 1
    assert Disbursement.objects.filter(amount=70).count() == BankEntry.objects.filter(disbursement__amount=70).count()
    assert Disbursement.objects.filter(amount=70).count() == 1
    # One refund by two entries.
    payment = make.payment(make.customer(), "9.00", allocations={})
    refund = refund_payment(payment.number, amount=D(9), method="bank_transfer", reason="多付", by=make.boss())
    found = codes(crowd(6, lambda i: match(others[2 + i % 2], "refund", refund.number)))
    assert found.count("ok") == 1 and BankEntry.objects.filter(refund=refund).count() == 1
    # Matched and reopened at the same moment: whichever came last stands, nothing is half done.
    crowd(6, lambda i: reopen_bank_entry(first.pk, by=make.boss()) if i % 2 else match(first, "refund", refund.number))
    first.refresh_from_db()
    assert (first.state, first.disbursement_id) == ("outgoing", None)
    assert deadlocks() == before


def test_a_refund_is_noted_before_the_gateway_hears_of_it_and_booked_once_however_many_settle_it() -> None:
    before = deadlocks()
    teller, states = Teller(), set()

    def desk(one: Asked) -> Said:
        states.update(GatewayRefund.objects.values_list("state", flat=True))
        connection.close()
        return teller.stripe(one)

    with open_depot(desk) as depot:
        of = stripe(depot.url)
        one = approved(of, of_stripe)
        asked_at_once = codes(crowd(4, lambda _i: send_gateway_refund(one.number, by=make.boss())))
        assert asked_at_once == ["ok"] + ["request_not_approved"] * 3
        made = GatewayRefund.objects.get()

        def settle(i: int) -> object:
            if i % 2:
                return tell(of, refund_of_stripe(made.number, "300.00"))
            settle_gateway_refund(made.pk, at=datetime.now(UTC))
            return None

        crowd(6, settle)
    assert "asked" not in states and teller.paid in ([], [made.number])
    made.refresh_from_db()
    made.payment.refresh_from_db()
    assert (made.state, Refund.objects.get().amount, made.payment.leaving) == ("success", Decimal(300), Decimal(0))
    assert deadlocks() == before
