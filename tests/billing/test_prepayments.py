"""Prepayments to suppliers: asked for, paid, offset by itself and by hand, taken back, returned, in the books."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from shundan.billing.actions import (
    offset_prepayment,
    pay_bill,
    pay_request,
    register_bill,
    request_prepayment,
    return_prepayment,
    reverse_bill,
    take_back_offset,
)
from shundan.billing.actions.prepayments import (
    NotPrepayable,
    OffsetMismatch,
    PrepaymentExceeded,
    PrepaymentTooLarge,
)
from shundan.billing.actions.requests import RequestTooLarge
from shundan.billing.models import Bill, Disbursement, Prepayment, PrepaymentReturn
from shundan.billing.queries import exchange_results, list_prepayments, offsettable_bills, payable_of, prepaid_of
from shundan.catalog.actions import RateInput, save_exchange_rates
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.ledger.actions import close_period
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.models import JournalLine
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.workflow.actions import approve_task
from shundan.workflow.queries import list_inbox
from tests import make
from tests.api.client import as_person
from tests.ledger.test_journals import entries, settled
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Trade:
    """A purchase of 10 pumps at 1,130.00 with tax, and who pays."""

    order: str
    supplier: str
    clerk: Actor


@pytest.fixture
def trade() -> Trade:
    make.shipped()
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司", bank_account="6222 0001"), by=make.boss())
    make.product("PUMP")
    return Trade(
        order=purchase(supplier.number).number, supplier=supplier.number, clerk=make.person("finance", name="赵敏")
    )


def purchase(supplier: str, *, quantity: int = 10, **more: str) -> Order:
    line = LineInput(sku="PUMP", quantity=D(quantity), unit_price=D(1130))
    order = place_order(OrderInput(type="purchase", supplier=supplier, lines=(line,), **more), by=make.boss())
    for each in list_inbox(by=make.boss()).items:
        approve_task(each.run.pk, by=make.boss())
    order = make.fresh(order.number)
    return order if order.category == "confirmed" else move_order(order.number, "confirm", by=make.boss())


def prepaid(trade: Trade, amount: str, **given: str) -> Prepayment:
    given = given or {"order": trade.order}
    asked = request_prepayment(amount=D(amount), method="bank_transfer", by=trade.clerk, reason="订货", **given)
    paid = pay_request(asked.number, by=trade.clerk, reference="ICBC-7").prepayment
    assert paid is not None
    return paid


def billed(order: str, quantity: int, *, day: int = 0) -> Bill:
    by = make.on(make.boss(), days=day)
    receive_goods(order, by=by, quantities={1: D(quantity)})
    return Bill.objects.get(pk=register_bill(order, by=by).pk)


def test_money_before_the_bill_is_taken_off_when_the_bill_comes(trade: Trade) -> None:
    one = prepaid(trade, "3390.00")
    assert (one.number, one.state, one.open_amount) == ("PP-2026-000001", "open", D(3390))
    first = billed(trade.order, 2)
    assert (first.total, first.paid, first.open_amount) == (D(2260), D(2260), 0)
    second = billed(trade.order, 8)
    assert (second.paid, second.open_amount) == (D(1130), D(7910))
    one.refresh_from_db()
    assert (one.state, one.offset) == ("used", D(3390))
    order = make.fresh(trade.order)
    assert (order.paid, order.invoiced, order.due_on) == (D(3390), D(11300), second.due_on)
    assert payable_of(one.supplier_id, by=trade.clerk) == {"CNY": D(7910)}
    settled()
    assert entries("prepayment") == [("1123", D(3390), 0), ("1002", 0, D(3390))]
    assert entries("disbursement") == [
        ("2202", D(2260), 0),
        ("1123", 0, D(2260)),
        ("2202", D(1130), 0),
        ("1123", 0, D(1130)),
    ]


def test_never_more_than_the_purchase_is_worth(trade: Trade) -> None:
    prepaid(trade, "3390.00")
    with make.refused(RequestTooLarge, "request_too_large"):
        prepaid(trade, "7910.01")
    # Both were asked for before either was paid; meanwhile a bill was paid.
    given = {"method": "bank_transfer", "by": trade.clerk, "order": trade.order}
    asked = request_prepayment(amount=D(7910), **given)
    with make.refused(RequestTooLarge):
        request_prepayment(amount=D("0.01"), **given)
    bill = billed(trade.order, 9)
    pay_bill(bill.number, amount=D(10), method="cash", by=trade.clerk)
    with make.refused(PrepaymentTooLarge, "prepayment_too_large"):
        pay_request(asked.number, by=trade.clerk)
    assert Prepayment.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Prepayment.objects.update(returned=D(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Prepayment.objects.update(amount=D(1))


def test_only_a_purchase_that_runs_is_prepaid_and_by_whom_it_is_allowed(trade: Trade) -> None:
    given = {"amount": D(10), "method": "cash"}
    with make.refused(NotPermitted):
        request_prepayment(order=trade.order, by=make.person("rep"), **given)
    sale = make.order(state="confirmed")
    with make.refused(NotPrepayable, "not_prepayable"):
        request_prepayment(order=sale.number, by=make.boss(), **given)
    with make.refused(Malformed):
        request_prepayment(supplier=trade.supplier, by=trade.clerk, **given)
    with make.refused(NotFound):
        request_prepayment(supplier="S-9", reason="x", by=trade.clerk, **given)
    buyer = make.person("purchasing")
    asked = request_prepayment(order=trade.order, by=buyer, **given)
    with make.refused(NotPermitted):
        pay_request(asked.number, by=buyer)
    move_order(trade.order, "cancel", by=make.boss(), inputs={"reason": "x"})
    with make.refused(NotPrepayable):
        pay_request(asked.number, by=trade.clerk)


def test_who_pays_bills_in_part_prepays_that_part_only(trade: Trade) -> None:
    by_place = [{"order": trade.order}, {"supplier": trade.supplier, "reason": "年框"}]
    asked = [request_prepayment(amount=D(10), method="cash", by=trade.clerk, **each).number for each in by_place]
    grants = {"payment_request.read": "all", "payment_request.create": "all", "bill.read": "all", "bill.pay": "own"}
    other = make.actor("finance", user=make.user("finance"), grants=grants | {"supplier.read": "all"})
    for number in asked:
        with make.refused(NotFound):
            pay_request(number, by=other)
    assert not Prepayment.objects.exists()
    own = request_prepayment(amount=D(10), method="cash", by=other, supplier=trade.supplier, reason="年框")
    assert pay_request(own.number, by=other).state == "paid"


def test_an_offset_is_taken_back_and_made_by_hand(trade: Trade) -> None:
    one = prepaid(trade, "1130.00")
    bill = billed(trade.order, 2)
    offset = Disbursement.objects.get()
    assert (offset.method, offset.amount) == ("prepayment", D(1130))
    with make.refused(Malformed):
        take_back_offset(one.number, offset=offset.number, reason=" ", by=trade.clerk)
    freed = take_back_offset(one.number, offset=offset.number, reason="先付现款", by=trade.clerk)
    assert (freed.open_amount, freed.state) == (D(1130), "open")
    assert take_back_offset(one.number, offset=offset.number, reason="again", by=trade.clerk).open_amount == D(1130)
    bill.refresh_from_db()
    assert (bill.paid, make.fresh(trade.order).paid) == (0, 0)
    with make.refused(PrepaymentExceeded, "prepayment_exceeded"):
        offset_prepayment(one.number, bill=bill.number, amount=D("1130.01"), by=trade.clerk)
    with make.refused(Malformed):
        offset_prepayment(one.number, bill=bill.number, amount=D(0), by=trade.clerk)
    assert offset_prepayment(one.number, bill=bill.number, amount=D(30), by=trade.clerk).amount == D(30)
    assert offset_prepayment(one.number, bill=bill.number, by=trade.clerk).amount == D(1100)
    with make.refused(PrepaymentExceeded):
        offset_prepayment(one.number, bill=bill.number, by=trade.clerk)
    settled()
    assert entries("disbursement_reversal") == [("2202", D(-1130), 0), ("1123", 0, D(-1130))]


def test_free_money_waits_for_a_person_and_pays_bills_of_its_supplier_only(trade: Trade) -> None:
    one = prepaid(trade, "5000.00", supplier=trade.supplier)
    assert prepaid_of(one.supplier_id, by=trade.clerk) == {"CNY": D(5000)}
    bill = billed(trade.order, 10)
    assert bill.paid == 0, "what is for no order is offset by hand"
    other = create_supplier(SupplierInput(name="常州电机"), by=make.boss())
    foreign = billed(purchase(other.number).number, 1)
    assert [each.number for each in offsettable_bills(one, by=trade.clerk)] == [bill.number]
    with make.refused(OffsetMismatch, "offset_mismatch"):
        offset_prepayment(one.number, bill=foreign.number, by=trade.clerk)
    offset_prepayment(one.number, bill=bill.number, by=trade.clerk)
    bill.refresh_from_db()
    assert bill.paid == D(5000)
    # While its purchase runs, what is for it pays nothing else; when that has ended, it may.
    second = purchase(trade.supplier)
    bound = prepaid(trade, "100.00", order=second.number)
    with make.refused(OffsetMismatch):
        offset_prepayment(bound.number, bill=bill.number, by=trade.clerk)
    move_order(second.number, "cancel", by=make.boss(), inputs={"reason": "缺货"})
    assert offset_prepayment(bound.number, bill=bill.number, by=trade.clerk).amount == D(100)


def test_a_bill_taken_back_frees_it_and_booked_anew_takes_it_again(trade: Trade) -> None:
    one = prepaid(trade, "1000.00")
    bill = billed(trade.order, 10)
    reverse_bill(bill.number, reason="数量错", by=make.boss())
    one.refresh_from_db()
    assert (one.open_amount, make.fresh(trade.order).paid) == (D(1000), 0)
    assert Bill.objects.get(pk=register_bill(trade.order, by=make.boss()).pk).paid == D(1000)
    settled()


def test_a_cancelled_purchase_has_it_returned(trade: Trade) -> None:
    one = prepaid(trade, "1130.00")
    move_order(trade.order, "cancel", by=make.boss(), inputs={"reason": "缺货"})
    assert [each.number for each in list_prepayments(by=trade.clerk, view="to_return").items] == [one.number]
    given = {"method": "bank_transfer", "reason": "订单取消", "by": trade.clerk}
    with make.refused(PrepaymentExceeded):
        return_prepayment(one.number, amount=D("1130.01"), **given)
    return_prepayment(one.number, amount=D(130), **given)
    return_prepayment(one.number, amount=D(1000), **given)
    one.refresh_from_db()
    assert (one.state, one.open_amount, list_prepayments(by=trade.clerk, view="open").items) == ("returned", 0, [])
    settled()
    assert entries("prepayment_return")[:2] == [("1002", D(130), 0), ("1123", 0, D(130))]
    with pytest.raises(IntegrityError), transaction.atomic():
        PrepaymentReturn.objects.update(amount=D(1))


def test_of_foreign_money_nothing_stays_behind_in_the_books(trade: Trade) -> None:
    rates = [("7.0003", 1), ("7.1", 5), ("7.2", 9)]
    save_exchange_rates(
        [RateInput(currency="USD", valid_from=date(2026, 3, day), rate=D(rate)) for rate, day in rates],
        by=make.boss(),
    )
    order = purchase(trade.supplier, currency="USD")
    one = prepaid(trade, "1000.01", order=order.number)
    assert one.paid_out == D("7000.37")
    bill = billed(order.number, 10)
    offset = Disbursement.objects.get()
    assert (offset.paid_out, bill.paid) == (D("7000.37"), D("1000.01"))
    take_back_offset(one.number, offset=offset.number, reason="x", by=trade.clerk)
    for share in ("333.33", "333.34"):
        offset_prepayment(one.number, bill=bill.number, amount=D(share), by=trade.clerk)
    later = make.on(trade.clerk, days=8)
    back = return_prepayment(one.number, amount=D("333.34"), method="bank_transfer", reason="x", by=later)
    assert (back.carried, back.received) == (D("2333.48"), D("2400.05"))
    settled()
    assert entries("prepayment_return") == [
        ("1002", D("2400.05"), 0),
        ("1123", 0, D("2333.48")),
        ("660302", 0, D("66.57")),
    ]


def test_a_foreign_bill_is_settled_to_the_cent_whatever_was_taken_back_between(trade: Trade) -> None:
    save_exchange_rates([RateInput(currency="USD", valid_from=date(2026, 3, 1), rate=D("7.003"))], by=make.boss())
    order = purchase(trade.supplier, currency="USD")
    bill = billed(order.number, 1)
    one = prepaid(trade, "1130.00", order=order.number)
    shares = [D("445.00"), D("377.91"), D("307.09")]
    first, *_others = [
        offset_prepayment(one.number, bill=bill.number, amount=each, by=trade.clerk).number for each in shares
    ]
    take_back_offset(one.number, offset=first, reason="x", by=trade.clerk)
    offset_prepayment(one.number, bill=bill.number, by=trade.clerk)
    standing = Disbursement.objects.filter(reversed_at=None).values_list("settled", flat=True)
    assert sum(standing) == bill.lines.get().company_gross == D("7913.39")
    settled()


def test_what_exchange_made_of_an_offset_goes_with_it_and_comes_with_a_return(trade: Trade) -> None:
    rates = [
        RateInput(currency="USD", valid_from=date(2026, 3, day), rate=D(rate)) for day, rate in ((1, "7"), (5, "8"))
    ]
    save_exchange_rates(rates, by=make.boss())
    order = purchase(trade.supplier, currency="USD")
    later = replace(trade, clerk=make.on(trade.clerk, days=5))
    one = prepaid(later, "1130.00", order=order.number)
    bill = billed(order.number, 1)
    assert [each.loss for each in exchange_results(by=make.boss(), year=2026)] == [D(-1130)]
    reverse_bill(bill.number, reason="数量错", by=make.boss())
    assert [each.total for each in exchange_results(by=make.boss(), year=2026)] == [0]
    return_prepayment(one.number, amount=D(130), method="cash", reason="x", by=trade.clerk)
    assert [each.loss for each in exchange_results(by=make.boss(), year=2026)] == [D(-130)]
    settled()
    booked = JournalLine.objects.filter(role="exchange").aggregate(sum=Sum(F("debit") - F("credit")))["sum"]
    assert booked == D(130)


def test_nothing_of_it_is_posted_into_a_closed_month(trade: Trade) -> None:
    one = prepaid(trade, "10.00")
    settled()
    close_period(date(2026, 3, 1), by=make.on(make.boss(), days=40))
    with make.refused(PeriodClosed):
        return_prepayment(one.number, amount=D(1), method="cash", reason="x", by=trade.clerk)
    asked = request_prepayment(amount=D(1), method="cash", order=trade.order, by=trade.clerk)
    with make.refused(PeriodClosed):
        pay_request(asked.number, by=trade.clerk)


def test_a_prepayment_goes_over_the_pages(trade: Trade, browser_of: Browser) -> None:
    finance = browser_of(trade.clerk)
    place = f"/orders/{trade.order}/"
    assert f"{place}prepay/" in finance.get(place).content.decode()
    assert "11,300.00" in finance.get(f"{place}prepay/").content.decode()
    given = {"amount": "3390.00", "method": "bank_transfer", "idempotency_key": "p-1"}
    asked = finance.post(f"{place}prepay/", given)["Location"]
    assert finance.post(f"{asked}pay/", {"paid_on": "2026-03-02", "idempotency_key": "p-2"}).status_code == 303
    one = Prepayment.objects.get()
    page = f"/prepayments/{one.number}/"
    assert page in finance.get(asked).content.decode()
    shown = finance.get(place).content.decode()
    assert one.number in shown and "· prepaid" in shown
    assert "prepaid to them" in finance.get(f"/suppliers/{trade.supplier}/").content.decode()
    bill = billed(trade.order, 1)
    offset = Disbursement.objects.get()
    assert (bill.open_amount, "Prepayment" in finance.get(f"/bills/{bill.number}/").content.decode()) == (0, True)
    take_back = f"{page}offsets/{offset.number}/take-back/"
    assert finance.post(take_back, {"reason": "", "idempotency_key": "p-3"}).status_code == 422
    assert finance.post(take_back, {"reason": "错单", "idempotency_key": "p-4"})["Location"] == page
    too_much = finance.post(f"{page}offset/", {"bill": bill.number, "share": "9999", "idempotency_key": "p-5"})
    assert (too_much.status_code, "3,390.00" in too_much.content.decode()) == (409, True)
    assert (
        finance.post(f"{page}offset/", {"bill": bill.number, "share": "", "idempotency_key": "p-6"}).status_code == 303
    )
    back = {"amount": "260.00", "method": "cash", "reason": "退款", "idempotency_key": "p-7"}
    assert finance.post(f"{page}return/", back).status_code == 303
    one.refresh_from_db()
    assert (one.offset, one.returned, one.open_amount) == (D(1130), D(260), D(2000))
    listed = finance.get("/prepayments/?view=open").content.decode()
    assert one.number in listed and one.number not in finance.get("/prepayments/?view=free").content.decode()
    free = finance.post(f"/suppliers/{trade.supplier}/prepay/", given | {"reason": "年框", "idempotency_key": "p-8"})
    assert free.status_code == 303
    move_order(trade.order, "close", by=make.boss(), inputs={"reason": "停产"})
    assert "still holds" in finance.get(page).content.decode() and "still holds" in finance.get(place).content.decode()


def test_a_prepayment_goes_over_the_api(trade: Trade) -> None:
    api = as_person(trade.clerk)
    given = {"amount": "1130.00", "method": "bank_transfer"}
    too_much = api.post(f"/orders/{trade.order}/prepayment-requests", given | {"amount": "11300.01"})
    assert (too_much.status, too_much.code) == (409, "request_too_large")
    asked = api.post(f"/orders/{trade.order}/prepayment-requests", given)
    assert (asked.status, asked.body["kind"], asked.body["order"]) == (201, "prepayment", trade.order)
    number = api.post(f"/payment-requests/{asked.body['number']}/pay", {}).body["paid_as"]
    bill = billed(trade.order, 1)
    shown = api.get(f"/prepayments/{number}").body
    assert (shown["state"], shown["offset"], shown["offsets"][0]["bill"]) == ("used", "1130.00", bill.number)
    key = shown["offsets"][0]["number"]
    freed = api.post(f"/prepayments/{number}/offsets/{key}/take-back", {"reason": "x"})
    assert (freed.status, freed.body["open_amount"], freed.body["offsets"][0]["is_taken_back"]) == (
        200,
        "1130.00",
        True,
    )
    part = api.post(f"/prepayments/{number}/offsets", {"bill": bill.number, "amount": "30.00"})
    assert (part.status, part.body["state"]) == (201, "part")
    paper = api.get(f"/bills/{bill.number}").body
    assert [(line["quantity"], line["gross"]) for line in paper["lines"]] == [("1", paper["total"])]
    assert [(one["amount"], one["prepayment"]) for one in paper["payments"]] == [("30.00", number)]
    gone = api.post(f"/prepayments/{number}/returns", {"amount": "1100.01", "method": "cash", "reason": "x"})
    assert (gone.status, gone.code) == (409, "prepayment_exceeded")
    back = api.post(f"/prepayments/{number}/returns", {"amount": "1100.00", "method": "cash", "reason": "x"})
    assert (back.status, back.body["state"], back.body["returned"]) == (201, "returned", "1100.00")
    free = api.post(f"/suppliers/{trade.supplier}/prepayment-requests", given | {"reason": "年框"})
    assert (free.status, free.body["order"], free.body["supplier"]) == (201, None, trade.supplier)
    assert [one["number"] for one in api.get("/prepayments?view=used").body["items"]] == [number]
