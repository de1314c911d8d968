"""Credit at every step: raises that end by themselves, overdue money, holds that come and go, finance letting pass."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.billing.actions import (
    CreditRuleInput,
    deallocate_payment,
    end_credit_raise,
    issue_invoice,
    raise_credit_limit,
    release_credit,
    reverse_payment,
    review_credit,
    save_credit_rules,
)
from shundan.billing.actions.letting import NotBlocked
from shundan.billing.actions.limits import NoLimitToRaise, RaiseOverlaps
from shundan.billing.hooks.credit import CreditExceeded, CreditOverdue, is_credit_blocked
from shundan.billing.queries import (
    credit_of,
    desk_rows,
    list_blocked,
    list_credit_rules,
    shipped_not_invoiced_of,
    version_of_credit_rules,
)
from shundan.catalog.actions import save_exchange_rate
from shundan.fulfilment.actions import plan_shipment, ship_order, ship_shipment
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order, OrderHold
from shundan.orders.queries import open_holds
from shundan.parties.actions import set_credit_limit
from tests import make
from tests.cast import Cast
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


def keep_rules(rules: list[CreditRuleInput], by: Actor) -> None:
    """Keep rules as somebody who has just read them."""
    save_credit_rules(rules, version=version_of_credit_rules(), by=by)


@pytest.fixture(autouse=True)
def press() -> None:
    """A press at 1,000.00."""
    make.product("PRESS-1", price="1000.00", stock=900)


def of(people: Cast, quantity: int) -> OrderInput:
    """So many presses for Boyuan, who may owe 100,000.00."""
    return OrderInput(customer=people.boyuan.number, lines=(LineInput(sku="PRESS-1", quantity=Decimal(quantity)),))


def submitted(people: Cast, quantity: int) -> Order:
    """An order that was entered and submitted."""
    order = create_order(of(people, quantity), by=people.wang)
    return move_order(order.number, "submit", by=people.wang)


def test_a_raise_holds_from_its_first_to_its_last_day(people: Cast) -> None:
    place_order(of(people, 50), by=people.wang)
    place_order(of(people, 50), by=people.wang)
    today = people.wang.today
    more = raise_credit_limit(
        people.boyuan.number, amount=Decimal(2000), until_on=today + timedelta(days=2), reason="旺季", by=people.zhao
    )
    people.boyuan.refresh_from_db()
    found = credit_of(people.boyuan, by=people.zhao)
    assert (found.limit, found.raised, found.raised_until) == (102000, 2000, more.until_on)
    assert place_order(of(people, 1), by=people.wang).state == "confirmed"
    # On its last day it still holds, on the next one it is over: nobody had to do anything.
    assert place_order(of(people, 1), by=make.on(people.wang, days=3)).state == "submitted"
    assert place_order(of(people, 1), by=make.on(people.wang, days=2)).state == "confirmed"
    # A day that is written on the order opens no door.
    backdated = OrderInput(
        customer=people.boyuan.number,
        ordered_on=today,
        lines=(LineInput(sku="PRESS-1", quantity=Decimal(1), unit_price=Decimal(1)),),
    )
    assert place_order(backdated, by=make.on(people.wang, days=5)).state == "submitted"


def test_who_raises_and_what_is_refused(people: Cast) -> None:
    number, today = people.boyuan.number, people.wang.today
    given = {"amount": Decimal(10), "until_on": today, "reason": "旺季"}
    for by in (people.wang, people.zhang, people.sun):
        with make.refused(NotPermitted):
            raise_credit_limit(number, **given, by=by)
    for wrong in ({"amount": Decimal(0)}, {"until_on": today - timedelta(days=1)}, {"reason": " "}):
        with make.refused(Malformed):
            raise_credit_limit(number, **{**given, **wrong}, by=people.zhao)
    with make.refused(NoLimitToRaise):
        raise_credit_limit(people.haichuan.number, **given, by=people.zhao)
    first = raise_credit_limit(number, **given, by=people.zhao)
    with make.refused(RaiseOverlaps):
        raise_credit_limit(number, **given, by=people.zhao)
    end_credit_raise(number, first.pk, reason="不再需要", by=people.zhao)
    raise_credit_limit(number, **given, by=people.zhao)
    kinds = list(Event.objects.filter(kind__startswith="customer.credit").order_by("id").values_list("kind", flat=True))
    assert kinds == ["customer.credit_raised", "customer.credit_raise_ended", "customer.credit_raised"]


def test_an_order_over_the_limit_is_held_at_submission_and_let_pass_by_finance(people: Cast) -> None:
    place_order(of(people, 50), by=people.wang)
    place_order(of(people, 45), by=people.wang)
    order = submitted(people, 7)
    assert order.holds == ["credit"] and order.state == "submitted"
    (row,) = desk_rows(list_blocked(by=people.zhao).items, by=people.zhao)
    assert (row.hold.order.number, row.hold.cause, row.over) == (order.number, "credit_exceeded", 2000)
    assert [one.order_id for one in list_blocked(by=people.wang, view="limit").items] == [order.pk]
    assert list_blocked(by=people.li).items == [] and list_blocked(by=people.zhao, view="overdue").items == []

    # What it waits for, not that its state has no such way.
    with make.refused(CreditExceeded):
        move_order(order.number, "confirm", by=people.wang)
    with make.refused(CreditExceeded):
        move_order(order.number, "release_hold", by=people.zhao)
    for by in (people.wang, people.zhang):
        with make.refused(NotPermitted):
            release_credit(order.number, reason="老客户", by=by)
    with make.refused(Malformed):
        release_credit(order.number, reason=" ", by=people.zhao)
    before = Event.objects.count()
    release_credit(order.number, reason="老板同意", by=people.zhao)
    # The release, and that the system approved it now.
    assert Event.objects.count() == before + 2
    assert (make.fresh(order.number).state, make.fresh(order.number).holds) == ("approved", [])
    with make.refused(NotBlocked):
        release_credit(order.number, reason="再放行", by=people.zhao)
    # It covers this order and its amount alone.
    assert move_order(order.number, "confirm", by=people.wang).state == "confirmed"
    ship_order(order.number, by=people.sun, quantities={1: Decimal(1)})
    assert place_order(of(people, 1), by=people.wang).state == "submitted"
    # Other orders of the customer wait until what is over is paid.
    with make.refused(CreditExceeded):
        plan_shipment(Order.objects.earliest("id").number, by=people.sun)
    with make.refused(CreditExceeded):
        ship_order(order.number, by=make.on(people.sun, days=31))


def test_the_desk_says_by_how_much_an_order_in_another_currency_is_over(people: Cast) -> None:
    save_exchange_rate(currency="USD", valid_from=date(2026, 1, 1), rate=Decimal("7.10"), by=make.boss())
    line = LineInput(sku="PRESS-1", quantity=Decimal(20), unit_price=Decimal("1000.00"))
    order = create_order(OrderInput(customer=people.boyuan.number, currency="USD", lines=(line,)), by=people.wang)
    move_order(order.number, "submit", by=people.wang)
    # 20,000.00 USD are 142,000.00 of a limit of 100,000.00.
    (row,) = desk_rows(list_blocked(by=people.zhao).items, by=people.zhao)
    assert row.over == 42000


def test_the_mark_comes_and_goes_with_what_blocks(people: Cast) -> None:
    order = place_order(of(people, 50), by=people.wang)
    planned = plan_shipment(order.number, by=people.sun)
    set_credit_limit(people.boyuan.number, limit=Decimal(40000), by=people.zhao)
    do_jobs()
    assert make.fresh(order.number).holds == ["credit"]
    with make.refused(CreditExceeded):
        ship_shipment(planned.number, by=people.sun)
    set_credit_limit(people.boyuan.number, limit=Decimal(50000), by=people.zhao)
    # The rule is asked, not its mark: nobody waits for the job.
    ship_shipment(planned.number, by=people.sun)
    do_jobs()
    assert make.fresh(order.number).holds == []
    assert list(OrderHold.objects.values_list("cause", "lifted_by_name")) == [("credit_exceeded", "system")]


def test_overdue_money_blocks_by_the_closest_rule(people: Cast) -> None:
    old = place_order(of(people, 3), by=people.wang)
    ship_order(old.number, by=people.sun)
    invoice = issue_invoice(old.number, by=people.zhao)
    running = place_order(of(people, 2), by=people.wang)
    days = (invoice.due_on - people.wang.today).days + 11
    wang, sun, zhao = (make.on(one, days=days) for one in (people.wang, people.sun, people.zhao))
    keep_rules([CreditRuleInput(overdue_days=10)], zhao)
    waits = place_order(of(people, 1), by=wang)
    (hold,) = open_holds(waits)
    assert (waits.state, hold.cause) == ("submitted", CreditOverdue.code)
    assert "3,000.00" in hold.reason and "11" in hold.reason
    with make.refused(CreditOverdue):
        ship_order(running.number, by=sun)
    with make.refused(CreditOverdue):
        move_order(
            running.number, "close_line", by=wang, inputs={"line": "1", "reason": "x", "quantity": "1"}
        ) and move_order(running.number, "reopen_line", by=wang, inputs={"line": "1"})
    assert review_credit(by=zhao) == 1
    assert make.fresh(running.number).holds == ["credit"]

    # A tag is closer than everybody, the customer closer than a tag; what is small is let pass.
    keep_rules([CreditRuleInput(overdue_days=10), CreditRuleInput(tag="vip", overdue_days=60)], zhao)
    people.boyuan.tags = ["vip"]
    people.boyuan.save(update_fields=["tags"])
    assert place_order(of(people, 1), by=wang).state == "confirmed"
    own = CreditRuleInput(customer=people.boyuan.number, overdue_days=0, least_amount=Decimal("3000.01"))
    keep_rules([own], zhao)
    assert place_order(of(people, 1), by=wang).state == "confirmed"
    keep_rules([CreditRuleInput(customer=people.boyuan.number, overdue_days=0)], zhao)
    assert place_order(of(people, 1), by=wang).state == "submitted"
    make.payment(invoice.customer, "3000.00")
    assert place_order(of(people, 1), by=wang).state == "confirmed"


def test_rules_that_two_keep_at_once_and_more_than_fit() -> None:
    finance = make.actor("finance")
    read = version_of_credit_rules()
    save_credit_rules([CreditRuleInput(overdue_days=10)], version=read, by=finance)
    with make.refused(VersionConflict):
        save_credit_rules([CreditRuleInput(tag="vip", overdue_days=60)], version=read, by=make.boss())
    many = [CreditRuleInput(tag=f"t{at}", overdue_days=1) for at in range(501)]
    with make.refused(Malformed) as caught:
        save_credit_rules(many, version=version_of_credit_rules(), by=finance)
    assert [(one.path, one.code) for one in caught.value.details] == [("rules", "too_many")]
    assert [one.overdue_days for one in list_credit_rules(by=finance)] == [10]


def test_exposure_in_its_parts_and_the_fact_for_approval_tables(people: Cast) -> None:
    order = place_order(of(people, 10), by=people.wang)
    ship_order(order.number, by=people.sun, quantities={1: Decimal(4)})
    issue_invoice(order.number, quantities={1: Decimal(1)}, by=people.zhao)
    found = credit_of(people.boyuan, by=people.zhao)
    assert (found.ordered, found.receivable) == (9000, 1000)
    assert shipped_not_invoiced_of(people.boyuan, by=people.zhao) == 3000
    small, large = (create_order(of(people, quantity), by=people.wang) for quantity in (90, 91))
    assert [is_credit_blocked(one, people.wang) for one in (small, large)] == [False, True]


def test_a_payment_taken_back_counts_again(people: Cast) -> None:
    order = place_order(of(people, 50), by=people.wang)
    ship_order(order.number, by=people.sun)
    invoice = issue_invoice(order.number, by=people.zhao)
    payment = make.payment(people.boyuan, "50000.00")
    for _i in range(2):
        place_order(of(people, 50), by=people.wang)
    deallocate_payment(payment.number, invoice=invoice.number, by=people.zhao)
    reverse_payment(payment.number, reason="退票", by=make.boss())
    invoice.refresh_from_db()
    assert (invoice.open_amount, credit_of(people.boyuan, by=people.zhao).exposure) == (50000, 150000)
    do_jobs()
    assert {tuple(one.holds) for one in Order.objects.filter(category="confirmed")} == {("credit",)}
