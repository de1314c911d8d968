"""Several who book the same money at the same moment: it is booked once, and nobody waits for nobody."""

import pytest

from shundan.billing.models import Payment
from shundan.settlement.actions import book_bank_entry, import_bank_statement
from shundan.settlement.models import BankEntry, BankStatement
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks
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
