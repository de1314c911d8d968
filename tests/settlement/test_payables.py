"""What we owe suppliers: by how late it is with what was prepaid, and their bills by the day they fall due."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import pay_bill, pay_request, register_bill, request_prepayment
from shundan.billing.models import Bill
from shundan.billing.queries import list_bills
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.errors import NotPermitted
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
from shundan.settlement.queries import payables_page
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 3, 2)


def purchase(of: Supplier, price: str = "10.00", *, quantity: int = 1) -> Order:
    """Order something of a supplier and have it sent to them."""
    line = LineInput(sku=make.product().sku, quantity=D(quantity), unit_price=D(price))
    order = place_order(OrderInput(type="purchase", supplier=of.number, lines=(line,)), by=make.boss())
    if order.category != "confirmed":
        for step in ("submit", "confirm"):
            order = move_order(order.number, step, by=make.boss())
    return order


def bill(of: Supplier, *, due: int, price: str = "10.00") -> Bill:
    """Book a bill that falls due so many days after today."""
    order = purchase(of, price)
    receive_goods(order.number, by=make.boss())
    made = register_bill(order.number, billed_on=TODAY, by=make.boss())
    Bill.objects.filter(pk=made.pk).update(due_on=TODAY + timedelta(days=due))
    made.refresh_from_db()
    return made


def suppliers(*names: str) -> list[Supplier]:
    """Add suppliers."""
    return [create_supplier(SupplierInput(name=name), by=make.boss()) for name in names]


def test_what_we_owe_is_added_up_by_age_in_few_queries(django_assert_num_queries: Any) -> None:
    first, second = suppliers("甲厂", "乙厂")
    ours = [bill(first, due=days).total for days in (0, -1, -30, -31, -60, -61, -90, -91)]
    one = ours[0]
    bill(second, due=3)
    paid = bill(second, due=-5)
    pay_bill(paid.number, amount=paid.total, method="bank_transfer", by=make.boss())
    part = bill(first, due=-200)
    pay_bill(part.number, amount=D("1.00"), method="bank_transfer", by=make.boss())
    asked = request_prepayment(
        order=purchase(second).number, amount=D("4.00"), method="bank_transfer", reason="定金", by=make.boss()
    )
    pay_request(asked.number, by=make.boss())
    with django_assert_num_queries(3):
        found = payables_page(by=make.boss())
    assert (found.count, [each.name for each in found.debts]) == (2, ["甲厂", "乙厂"])
    debt = found.debts[0]
    assert [debt.not_due, debt.days_30, debt.days_60, debt.days_90] == [one, 2 * one, 2 * one, 2 * one]
    assert (debt.older, debt.oldest_on) == (2 * one - 1, TODAY - timedelta(days=200))
    assert (found.debts[1].total, found.debts[1].on_account) == (one, 4)
    (whole,) = found.sums
    assert (whole.total, whole.late) == (10 * one - 1, 8 * one - 1)
    assert [each.name for each in payables_page(by=make.boss(), only_late=True).debts] == ["甲厂"]
    assert [each.name for each in payables_page(by=make.boss(), search="乙").debts] == ["乙厂"]
    assert payables_page(by=make.boss(), page=2, size=1).debts[0].name == "乙厂"
    with make.refused(NotPermitted):
        payables_page(by=make.actor("rep"))


def test_bills_come_by_the_day_they_fall_due() -> None:
    first, second = suppliers("甲厂", "乙厂")
    late, soon, later = bill(first, due=-1), bill(second, due=7), bill(first, due=8)
    today = bill(first, due=0)

    def numbers(view: str, **more: Any) -> list[str]:
        return [one.number for one in list_bills(by=make.boss(), view=view, **more).items]

    assert numbers("open") == [one.number for one in (late, today, soon, later)]
    assert numbers("soon") == [today.number, soon.number]
    assert numbers("overdue") == [late.number]
    assert numbers("open", supplier=first.number) == [late.number, today.number, later.number]
    assert numbers("open", due_from=TODAY, due_until=TODAY + timedelta(days=7)) == [today.number, soon.number]
    assert numbers("all") == [one.number for one in (today, later, soon, late)]
    # The second page goes on where the first one ended.
    page = list_bills(by=make.boss(), view="open", limit=3)
    rest = list_bills(by=make.boss(), view="open", limit=3, cursor=page.next)
    assert [one.number for one in rest.items] == [later.number]


def test_payables_have_a_page_a_file_and_the_api(browser_of: Browser) -> None:
    first, second = suppliers("甲厂", "乙厂")
    late, soon = bill(first, due=-40), bill(second, due=5)
    person = make.person("finance")
    web, api = browser_of(person), as_person(person)
    shown = web.get("/payables/").content.decode()
    assert "甲厂" in shown and "乙厂" in shown and f"/bills/?view=open&amp;supplier={first.number}" in shown
    assert "乙厂" not in web.get("/payables/?q=甲").content.decode()
    assert "Nothing fits" in web.get("/payables/?q=丙").content.decode()
    listed = web.get(f"/bills/?view=open&supplier={first.number}").content.decode()
    assert late.number in listed and soon.number not in listed
    assert "甲厂" in b"".join(web.get("/payables/export/?format=csv")).decode("utf-8-sig")  # type: ignore[call-overload]
    told = api.get("/payables?overdue=true").body
    assert told["count"] >= 1 and told["items"][0]["supplier"] == first.number
    assert told["items"][0]["prepaid"] == "0.00"
    wanted = f"/bills?view=open&supplier={second.number}&due_until=2099-01-01"
    assert [one["number"] for one in api.get(wanted).body["items"]] == [soon.number]
    assert as_person(make.person("rep")).get("/payables").status == 403


def test_nobody_owed_is_said(browser_of: Browser) -> None:
    assert "We owe nothing" in browser_of(make.person("purchasing")).get("/payables/").content.decode()
