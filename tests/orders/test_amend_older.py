"""Orders whose version of the workflow was published before orders could be amended are amended all the same."""

from decimal import Decimal

import pytest

from shundan.orders.actions import ChangeWish, LineWish, amend_order, move_order
from shundan.orders.actions.amend import NotAmendable
from shundan.orders.models import Order, OrderAmendment
from shundan.orders.queries import offers_of_order
from shundan.workflow.actions import approve_task
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.orders.versions import confirmed_before_amendments

pytestmark = pytest.mark.django_db


@pytest.fixture
def older() -> Order:
    """A confirmed order whose version knows no changes; the version in force does."""
    return confirmed_before_amendments()


def amended(order: Order, quantity: int, *, price: str | None = None) -> OrderAmendment:
    """Ask for another quantity, or a lower price."""
    wish = LineWish(position=1, quantity=Decimal(quantity), unit_price=Decimal(price) if price else None)
    return amend_order(order.number, ChangeWish(lines=(wish,)), by=make.boss(), reason_code="customer_wish")


def test_it_is_amended_in_its_own_version_and_state(older: Order) -> None:
    assert amended(older, 7).state == "applied"
    found = make.fresh(older.number)
    assert (found.total, found.state, found.workflow_id) == (Decimal("700.00"), "confirmed", older.workflow_id)
    assert make.stock_of(older.lines.get().product)[1] == 7
    assert "amend" in [one.transition.name for one in offers_of_order(found, by=make.boss())]


def test_the_approvers_of_the_difference_are_asked(older: Order) -> None:
    waiting = amended(older, 10, price="50.00")
    assert waiting.state == "submitted"
    approve_task(ApprovalRun.objects.get(subject_kind="amendment").pk, by=make.boss())
    assert make.fresh(older.number).total == Decimal("500.00")


def test_what_was_asked_for_ends_with_the_order_though_its_version_does_not_say_so(older: Order) -> None:
    waiting = amended(older, 10, price="50.00")
    move_order(older.number, "cancel", by=make.boss(), inputs={"reason": "gone"})
    waiting.refresh_from_db()
    assert waiting.state == "stale"
    assert ApprovalRun.objects.get(subject_kind="amendment").state == "stale"
    with make.refused(NotAmendable):
        amended(older, 5)


def test_a_draft_of_an_older_version_is_edited_and_not_amended(older: Order) -> None:
    move_order(older.number, "unconfirm", by=make.boss())
    with make.refused(NotAmendable):
        amended(older, 5)
