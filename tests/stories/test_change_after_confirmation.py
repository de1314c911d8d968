"""A customer changes an order that is half on its way; the house follows, and in the end everything adds up."""

from datetime import date
from decimal import Decimal

from shundan.billing.actions import issue_invoice, register_payment
from shundan.fulfilment.actions import ship_order
from shundan.orders.actions import ChangeWish, LineWish, ShipTo, amend_order
from shundan.orders.actions.change import ChangeBeyondLimits
from shundan.orders.actions.wishes import wish_to_restore
from shundan.orders.models import OrderRevision
from shundan.workflow.actions import SelfApproval, approve_task
from shundan.workflow.queries import latest_run_of
from tests import make
from tests.cast import Cast


def test_boyuan_changes_its_mind_twice(people: Cast) -> None:
    # Boyuan has ordered 20 pumps and 100 seals; 8 pumps left on Monday and were invoiced.
    pumps = make.product("PUMP-40", price="1899.00", stock=60, name_zh="离心泵")
    seals = make.product("SEAL-8", price="12.35", stock=500, name_zh="密封圈")
    order = make.order(products=[pumps, seals], of=people.boyuan, by=people.wang, quantity=20)
    ship_order(order.number, quantities={1: Decimal(8)}, by=people.sun)
    first = issue_invoice(order.number, by=people.zhao)
    assert (first.total, first.order_revision) == (Decimal("15192.00"), 1)

    # On Tuesday they want no more than 5 pumps in all. That is too late: Wang is told what is possible, and why.
    tuesday = make.on(people.wang, days=1)
    with make.refused(ChangeBeyondLimits) as caught:
        amend_order(order.number, _pumps("5"), by=tuesday, reason_code="customer_wish", initiator="customer")
    assert "8" in str(caught.value.details[0].message)

    # So it becomes 12 pumps, later and to another site. Dates and less for the same price need nobody's approval.
    wish = ChangeWish(
        lines=(LineWish(position=1, quantity=Decimal(12)),),
        requested_on=date(2026, 3, 20),
        ship_to=ShipTo(contact="李雷", province="江苏省", city="昆山市", street="前进路 8 号"),
    )
    done = amend_order(order.number, wish, by=tuesday, reason_code="customer_wish", initiator="customer")
    assert (done.state, done.revision) == ("applied", 2)
    # 8 pumps that are not wanted any more are free again, in stock and in Boyuan's credit.
    assert make.stock_of(pumps) == (Decimal(52), Decimal(4))
    assert make.credit(people.boyuan) == (Decimal("7843.00"), Decimal("15192.00"), Decimal(0))

    # On Wednesday they want 300 seals, and a better price for them. A lower price is Zhang's word.
    wednesday = make.on(people.wang, days=2)
    cheaper = ChangeWish(lines=(LineWish(position=2, quantity=Decimal(300), unit_price=Decimal("11.00")),))
    asked = amend_order(order.number, cheaper, by=wednesday, reason_code="price_agreed", initiator="customer")
    assert asked.state == "submitted"
    run = latest_run_of(asked.subject)
    assert run is not None
    with make.refused(SelfApproval):
        approve_task(run.pk, by=wednesday)
    approve_task(run.pk, by=make.on(people.zhang, days=2), remark="可以")
    asked.refresh_from_db()
    assert (asked.state, asked.revision, asked.remark) == ("applied", 3, "可以")
    assert make.stock_of(seals) == (Decimal(500), Decimal(300))

    # The rest leaves for the new site with version 3, is invoiced, and everything adds up to the cent.
    rest = ship_order(order.number, by=make.on(people.sun, days=3))
    assert rest.order_revision == 3
    second = issue_invoice(order.number, by=make.on(people.zhao, days=3))
    assert first.total + second.total == Decimal("1899.00") * 12 + Decimal("11.00") * 300
    ended = make.fresh(order.number)
    assert (ended.state, ended.invoiced, ended.exposure) == ("completed", ended.total, Decimal(0))
    register_payment(
        customer=people.boyuan.number, amount=ended.total, method="bank_transfer", by=make.on(people.zhao, days=4)
    )
    assert make.fresh(order.number).payment == "paid"

    # Each version can be read as it was.
    kept = OrderRevision.objects.filter(order=order).order_by("number")
    assert [[one["quantity"] for one in version.content["lines"]] for version in kept] == [
        ["20", "20"],
        ["12", "20"],
        ["12", "300"],
    ]


def test_haichuan_changes_and_changes_back(people: Cast) -> None:
    # Haichuan's order is doubled by mistake, and taken back to what it was: nothing of the mistake is left.
    bolts = make.product("BOLT-6", price="0.35", stock=5000)
    order = make.order(products=[bolts], of=people.haichuan, by=people.li, quantity=1000)
    before = (make.stock_of(bolts), make.credit(people.haichuan), make.fresh(order.number).content_hash)
    twice = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(2000)),))
    amend_order(order.number, twice, by=people.li, reason_code="entry_error")
    assert make.credit(people.haichuan)[0] == Decimal("700.00")
    first = OrderRevision.objects.get(order=order, number=1)
    back = wish_to_restore(make.fresh(order.number), first.content)
    amend_order(order.number, back, by=people.li, reason_code="entry_error")
    assert (make.stock_of(bolts), make.credit(people.haichuan), make.fresh(order.number).content_hash) == before
    assert make.fresh(order.number).revision == 3


def _pumps(quantity: str) -> ChangeWish:
    return ChangeWish(lines=(LineWish(position=1, quantity=Decimal(quantity)),))
