"""Reasons by code: chosen instead of a text or beside one; unknown ones are refused."""

import pytest

from shundan.kernel.errors import Malformed
from shundan.kernel.models import Event
from shundan.orders.actions import move_order
from shundan.orders.rules.reasons import REASONS, with_reason
from tests import make
from tests.workflow.test_rules import sale


def test_every_step_with_reasons_is_one_that_asks_why() -> None:
    asking = {one.name for one in sale().transitions if "reason" in one.asks}
    assert set(REASONS) <= asking
    for reasons in REASONS.values():
        assert len({one.code for one in reasons}) == len(reasons)


def test_a_chosen_reason_stands_for_a_missing_text() -> None:
    assert with_reason("cancel", {"reason_code": "duplicate"}) == {"reason_code": "duplicate", "reason": "重复下单"}
    assert with_reason("cancel", {"reason_code": "duplicate", "reason": "两次"}) == {
        "reason_code": "duplicate",
        "reason": "两次",
    }
    assert with_reason("cancel", {"reason_code": "weather"}) is None
    assert with_reason("approve", {"remark": "ok"}) == {"remark": "ok"}


@pytest.mark.django_db
def test_what_was_chosen_is_kept_and_other_needs_words() -> None:
    order = make.order()
    for inputs in ({"reason_code": "other"}, {"reason_code": "weather"}, {}):
        with make.refused(Malformed):
            move_order(order.number, "cancel", by=make.boss(), inputs=inputs)
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason_code": "customer_cancelled"})
    kept = Event.objects.get(kind="order.cancelled").data["inputs"]
    assert kept == {"reason_code": "customer_cancelled", "reason": "客户取消"}
