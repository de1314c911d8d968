"""Invoice plans: parts that add up to the order to the cent, due by their events, changed with the order."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.actions import (
    PartInput,
    TermInput,
    credit_invoice,
    invoice_part,
    issue_gathered_invoice,
    issue_invoice,
    issue_reached_parts,
    note_part_reached,
    plan_invoices,
    save_payment_term,
)
from shundan.billing.actions.invoices import InvoicedByPlan
from shundan.billing.actions.issuing import NothingToInvoice
from shundan.billing.actions.plans import NotPlannable, PartInvoiced, PartNotDue
from shundan.billing.models import Invoice, PlannedPart
from shundan.billing.queries import invoice_plan
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.catalog.models import ExchangeRate
from shundan.catalog.queries import NoExchangeRate
from shundan.fulfilment.actions import deliver_shipment, ship_order
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.orders.actions import ChangeWish, LineWish, amend_order, move_order
from shundan.orders.models import Order
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
D = Decimal
THREE = (
    PartInput(percent=D(30), event="order", name="预付"),
    PartInput(percent=D(60), event="shipment"),
    PartInput(percent=D(10), event="delivery", days=30, name="质保金"),
)


def amounts(order: Order) -> list[Decimal]:
    """Return what the parts of an order's plan are worth now."""
    return [one.amount for one in invoice_plan(make.fresh(order.number), by=make.boss())]


def due(order: Order, *, days: int = 0) -> list[int]:
    """Return which parts may be invoiced so many days later."""
    by = make.on(make.boss(), days=days)
    return [one.part.position for one in invoice_plan(make.fresh(order.number), by=by) if one.is_due]


def test_the_term_plans_and_each_part_is_due_by_its_event() -> None:
    order = make.order(state="draft", price="33.37", quantity=3, lines=3)
    code = order.payment_term.code
    save_payment_term(code, TermInput(name_zh="三期", name_en="3 parts", days=0, parts=THREE), by=make.actor("finance"))
    move_order(order.number, "submit", by=make.boss())
    if make.fresh(order.number).state == "approved":
        move_order(order.number, "confirm", by=make.boss())
    do_jobs()
    # 300.33: 90.10, 180.20 and 30.03 are what 30, 60 and 10 % make of it, no cent lost.
    assert amounts(order) == [D("90.10"), D("180.20"), D("30.03")]
    assert due(order) == [1]
    with make.refused(InvoicedByPlan):
        issue_invoice(order.number, by=make.boss())
    with make.refused(InvoicedByPlan):
        issue_gathered_invoice([order.number], by=make.boss())
    with make.refused(PartNotDue):
        invoice_part(order.number, 2, by=make.boss())
    first = invoice_part(order.number, 1, by=make.boss())
    assert (first.total, first.due_on) == (D("90.10"), date(2026, 3, 2))
    with make.refused(PartInvoiced):
        invoice_part(order.number, 1, by=make.boss())
    shipment = ship_order(order.number, by=make.boss())
    assert due(order) == [2]
    invoice_part(order.number, 2, by=make.boss())
    deliver_shipment(shipment.number, by=make.boss())
    assert (due(order, days=29), due(order, days=30)) == ([], [3])
    last = invoice_part(order.number, 3, by=make.on(make.boss(), days=30))
    found = make.fresh(order.number)
    assert (last.total, found.invoiced, found.state) == (D("30.03"), D("300.33"), "completed")
    assert [line.invoiced for line in found.lines.all()] == [D(3)] * 3


@pytest.mark.parametrize("percents", [("33.3333", "33.3333", "33.3334"), ("1", "98", "1"), ("50", "50")])
@pytest.mark.parametrize("price", ["0.01", "9.99", "1234567.89"])
def test_parts_add_up_to_the_order_exactly(percents: tuple[str, ...], price: str) -> None:
    order = make.order(lines=3, price=price, quantity=7)
    plan_invoices(order.number, [PartInput(percent=D(p), event="order") for p in percents], by=make.boss())
    expected = amounts(order)
    assert sum(expected) == order.total
    # One cent cannot be shared: a part that is worth nothing is never invoiced.
    wanted = [(at, amount) for at, amount in enumerate(expected, start=1) if amount]
    made = [(at, invoice_part(order.number, at, by=make.boss()).total) for at, _amount in wanted]
    assert made == wanted
    found = make.fresh(order.number)
    assert (found.invoiced, found.exposure) == (order.total, 0)


def test_a_change_of_the_order_shares_out_what_is_not_invoiced() -> None:
    order = make.order(state="confirmed")
    plan_invoices(order.number, THREE, by=make.boss())
    invoice_part(order.number, 1, by=make.boss())
    less = ChangeWish(lines=(LineWish(position=1, quantity=D(8)),))
    amend_order(order.number, less, by=make.boss(), reason_code="stock")
    # 800.00 less 300.00, by 60 to 10.
    assert amounts(order) == [D("300.00"), D("428.57"), D("71.43")]
    with make.refused(Malformed):
        plan_invoices(order.number, THREE[:2], by=make.boss())
    plan_invoices(order.number, [PartInput(percent=D(100), event="note")], by=make.boss())
    assert amounts(order) == [D("300.00"), D("500.00")]
    assert due(order) == []
    position = PlannedPart.objects.get(invoice=None).position
    note_part_reached(order.number, position, by=make.boss())
    assert invoice_part(order.number, position, by=make.boss()).total == D("500.00")


def test_a_credited_part_is_invoiced_again_and_others_stay() -> None:
    order = make.order(state="confirmed")
    plan_invoices(order.number, THREE, by=make.boss())
    first = invoice_part(order.number, 1, by=make.boss())
    credit_invoice(first.number, reason="抬头有误", by=make.boss())
    assert amounts(order) == [D(300), D(600), D(100)]
    assert invoice_part(order.number, 1, by=make.boss()).total == D(300)


def test_a_type_that_invoices_by_itself_invoices_the_parts() -> None:
    make.publish_type("sales", invoices_itself=True)
    order = make.order(state="draft")
    code = order.payment_term.code
    save_payment_term(code, TermInput(name_zh="三期", name_en="3 parts", days=0, parts=THREE), by=make.boss())
    move_order(order.number, "submit", by=make.boss())
    if make.fresh(order.number).state == "approved":
        move_order(order.number, "confirm", by=make.boss())
    do_jobs()
    shipment = ship_order(order.number, by=make.boss())
    do_jobs()
    deliver_shipment(shipment.number, by=make.boss())
    do_jobs()
    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [D(300), D(600)]
    assert issue_reached_parts(by=make.on(make.boss(), days=29)) == 0
    assert issue_reached_parts(by=make.on(make.boss(), days=30)) == 1
    assert issue_reached_parts(by=make.on(make.boss(), days=31)) == 0
    assert make.fresh(order.number).invoiced == D(1000)


# Each order is a transaction of its own.
@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_refused_stops_none_of_the_others() -> None:
    make.publish_type("sales", invoices_itself=True)
    rates = [RateInput(currency="USD", valid_from=date(2026, 3, 1), rate=D(7))]
    save_exchange_rates(rates, by=make.boss())
    goods = make.product(stock=10, prices=(PriceInput(amount=D(9), currency="USD"),))
    foreign = make.order(state="confirmed", products=[goods], currency="USD")
    ours = make.order(state="confirmed")
    for one in (foreign, ours):
        plan_invoices(one.number, (PartInput(percent=D(100), event="order", days=30),), by=make.boss())
    ExchangeRate.objects.all().delete()
    with pytest.raises(NoExchangeRate):
        issue_reached_parts(by=make.on(make.boss(), days=30))
    assert [one.order for one in Invoice.objects.all()] == [ours]


def test_who_may_plan_and_what() -> None:
    order = make.order(state="confirmed")
    with make.refused(NotPermitted):
        plan_invoices(order.number, THREE, by=make.actor("rep"))
    for wrong in (
        (PartInput(percent=D(99), event="order"),),
        (PartInput(percent=D(100), event="moon"),),
        (PartInput(percent=D(0), event="order"), PartInput(percent=D(100), event="order")),
        (PartInput(percent=D(100), event="order", days=-1),),
    ):
        with make.refused(Malformed):
            plan_invoices(order.number, wrong, by=make.boss())
    plan_invoices(order.number, THREE, by=make.boss())
    plan_invoices(order.number, (), by=make.boss())
    with make.refused(NothingToInvoice):
        issue_invoice(order.number, by=make.boss())
    done = make.order(state="completed")
    with make.refused(NotPlannable):
        plan_invoices(done.number, THREE, by=make.boss())
