"""Several who use the same prepayment at the same moment: never more is offset or returned than is open."""

from decimal import Decimal

import pytest

from shundan.billing.actions import (
    offset_prepayment,
    pay_request,
    register_bill,
    request_prepayment,
    return_prepayment,
)
from shundan.billing.models import Prepayment
from shundan.fulfilment.actions import receive_goods
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks
from tests.ledger.test_journals import bought

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def test_bills_offsets_returns_and_payments_share_one_prepayment() -> None:
    order = bought(10, "100")
    boss, before = make.boss(), deadlocks()
    given = {"amount": Decimal(600), "method": "cash", "order": order.number, "by": boss}
    asked = request_prepayment(**given).number
    found = codes(crowd(3, lambda _i: pay_request(asked, by=boss)))
    assert found == ["ok", "request_not_approved", "request_not_approved"]
    found = codes(crowd(3, lambda _i: request_prepayment(**given | {"amount": Decimal(300)})))
    assert found == ["ok", "request_too_large", "request_too_large"]

    one = Prepayment.objects.get()
    receive_goods(order.number, by=boss)
    back = {"amount": Decimal(200), "method": "cash", "reason": "x", "by": boss}

    def use(turn: int) -> object:
        if turn % 2:
            return return_prepayment(one.number, **back)
        return register_bill(order.number, by=boss, quantities={1: Decimal(2)})

    found = codes(crowd(8, use))
    one.refresh_from_db()
    assert (one.open_amount, one.offset + one.returned) == (0, Decimal(600))
    assert set(found) <= {"ok", "prepayment_exceeded"} and found.count("ok") >= 4
    again = codes(crowd(2, lambda _i: offset_prepayment(one.number, bill="BL-2026-000001", by=boss)))
    assert set(again) <= {"prepayment_exceeded", "offset_mismatch"}
    assert deadlocks() == before
