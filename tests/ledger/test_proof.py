"""The nightly proof: no difference where books and journals agree, and each planted one is found and shown."""

from decimal import Decimal

import pytest
from django.db import connection

from shundan.ledger.actions import post_missing_journals, prove_ledger
from shundan.ledger.models import LedgerProof
from shundan.ledger.tasks import prove
from tests import make
from tests.api.client import Api, token_of
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


def test_a_posting_without_its_journal_is_waiting_and_no_difference() -> None:
    make.payment(make.invoice().customer, "1200.00")
    proof = prove_ledger(by=make.boss())
    assert proof.differences == [] and proof.waiting > 0 and proof.journals == 0
    prove(0)
    latest = LedgerProof.objects.latest("id")
    assert (latest.differences, latest.waiting) == ([], 0) and latest.journals > 0


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("update billing_creditaccount set receivable = receivable + 1", "receivable"),
        ("update billing_creditaccount set unallocated = unallocated + 1", "advance"),
        ("update orders_order set invoiced = invoiced + 1", "orders"),
    ],
)
def test_a_difference_is_found_and_shown(statement: str, check: str) -> None:
    invoice = make.invoice()
    make.payment(invoice.customer, "1200.00")
    do_jobs()
    while post_missing_journals(at=make.AT):
        pass
    with connection.cursor() as cursor:
        cursor.execute(statement)
    proof = prove_ledger(by=make.boss())
    assert [one["check"] for one in proof.differences] == [check]
    (one,) = proof.differences
    assert Decimal(one["books"]) - Decimal(one["journals"]) == 1
    assert one["party"] == ("" if check == "orders" else invoice.customer.name)
    clerk = make.person("finance")
    shown = Api(token_of(clerk)).get("/ledger-proofs").body["items"][0]
    assert shown["differences"] == proof.differences
