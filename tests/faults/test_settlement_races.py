"""Several who book the same money at the same moment: it is booked once, and nobody waits for nobody."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from shundan.billing.models import Payment, Refund
from shundan.settlement.actions import (
    book_bank_entry,
    import_bank_statement,
    send_gateway_refund,
    settle_gateway_refund,
)
from shundan.settlement.models import BankEntry, BankStatement, GatewayRefund
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks
from tests.integrations.depot import Asked, Said, open_depot
from tests.integrations.teller import Teller, approved, refund_of_stripe
from tests.integrations.test_gateways import asked, of_stripe, stripe, tell
from tests.settlement.samples import bank_csv

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


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
