"""Deposits, invoice plans and payment terms on the pages and over the API; who sees what."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.models import Deposit, Invoice, Payment, PaymentRequest
from shundan.fulfilment.actions import ship_order
from shundan.orders.actions import move_order
from shundan.settlement.actions import make_statement
from shundan.settlement.queries import aged_debts, lines_of_statement
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_deposit_goes_over_the_pages(browser_of: Browser) -> None:
    order = make.order(state="confirmed")
    finance = browser_of(make.person("finance", name="赵会计"))
    place = f"/orders/{order.number}/"
    assert f"{place}deposit/" in finance.get(place).content.decode()
    given = {"kind": "earnest", "way": "percent", "share": "20.01", "is_blocking": "1", "idempotency_key": "d-1"}
    refused = finance.post(f"{place}deposit/", given)
    assert (refused.status_code, "200.00" in refused.content.decode()) == (409, True)
    made = finance.post(f"{place}deposit/", given | {"share": "20", "idempotency_key": "d-2"})
    one = Deposit.objects.get()
    assert (made["Location"], one.amount) == (f"/deposits/{one.number}/", D(200))
    shown = finance.get(place).content.decode()
    assert one.number in shown and "is not paid" in shown
    assert finance.get(f"/deposits/{one.number}/pdf/").content[:4] == b"%PDF"
    assert one.number in finance.get("/deposits/?view=open").content.decode()
    pay = {"amount": "200.00", "method": "cash", "received_on": "2026-03-02", "idempotency_key": "d-3"}
    assert finance.post(f"/deposits/{one.number}/pay/", pay)["Location"] == f"/deposits/{one.number}/"
    money = Payment.objects.get()
    assert "held for deposits" in finance.get(f"/payments/{money.number}/").content.decode()
    assert "· deposit" in finance.get(place).content.decode()
    # Whoever only sees the order asks, but neither settles nor forfeits.
    rep = browser_of(make.person("rep"))
    assert rep.post(f"/deposits/{one.number}/settle/", {"outcome": "keep", "reason": "x"}).status_code == 403
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "x"})
    assert "still holds" in finance.get(place).content.decode()
    settled = {"outcome": "forfeit", "reason": "客户违约", "idempotency_key": "d-4"}
    assert finance.post(f"/deposits/{one.number}/settle/", settled).status_code == 422
    boss = browser_of(make.person("executive"))
    assert boss.post(f"/deposits/{one.number}/forfeit/", settled).status_code == 303
    one.refresh_from_db()
    assert (one.outcome, one.forfeited) == ("forfeit", D(200))
    assert make.credit(order.buyer) == (0, 0, 0)


def test_a_deposit_goes_over_the_api() -> None:
    order = make.order(state="confirmed")
    api = as_person(make.person("finance"))
    asked = api.post(f"/orders/{order.number}/deposits", {"kind": "advance", "percent": "30"})
    assert (asked.status, asked.body["amount"], asked.body["state"]) == (201, "300.00", "open")
    number = asked.body["number"]
    too_much = api.post(f"/orders/{order.number}/deposits", {"kind": "earnest", "amount": "200.01"})
    assert (too_much.status, too_much.code) == (409, "earnest_above_limit")
    blocked = as_person(make.person("warehouse")).post(f"/orders/{order.number}/shipments")
    assert (blocked.status, blocked.code) == (409, "deposit_unpaid")
    spare = make.payment(order.buyer, "100.00")
    assert api.post(f"/deposits/{number}/funds", {"payment": spare.number}).body["held"] == "100.00"
    assert api.delete(f"/deposits/{number}/funds/{spare.number}").body["held"] == "0.00"
    paid = api.post(f"/deposits/{number}/payments", {"amount": "300.00", "method": "bank_transfer"})
    assert (paid.status, paid.body["held"], paid.body["unallocated"]) == (201, "300.00", "0.00")
    ship_order(order.number, by=make.boss())
    invoice = api.post(f"/orders/{order.number}/invoices").body["number"]
    shown = api.get(f"/deposits/{number}").body
    assert (shown["state"], shown["offsets"][0]["invoice"], shown["offset"]) == ("used", invoice, "300.00")
    again = api.post(f"/deposits/{number}/offsets", {"invoice": invoice})
    assert (again.status, again.code) == (409, "deposit_too_much")
    assert [one["number"] for one in api.get("/deposits?view=all").body["items"]] == [number]


def test_statements_and_ages_know_deposits() -> None:
    invoice = make.invoice()
    order = make.order(state="confirmed", of=invoice.customer)
    finance = make.actor("finance")
    api = as_person(make.person("finance"))
    number = api.post(f"/orders/{order.number}/deposits", {"kind": "earnest", "amount": "200.00"}).body["number"]
    api.post(f"/deposits/{number}/payments", {"amount": "250.00", "method": "cash", "received_on": "2026-03-01"})
    debts, _count = aged_debts(by=finance)
    assert [(one.total, one.on_account, one.deposits) for one in debts] == [(D(1000), D(50), D(200))]
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "x"})
    boss = as_person(make.person("executive"))
    done = boss.post(f"/deposits/{number}/forfeit", {"outcome": "double", "reason": "我方违约"})
    assert (done.status, PaymentRequest.objects.count()) == (200, 2)
    today = make.on(finance, days=400)
    statement = make_statement(invoice.customer.number, until=today.today, from_on=date(2026, 3, 1), by=today)
    kinds = [one.kind for one in lines_of_statement(statement)]
    assert ("compensation" in kinds, statement.closing) == (True, D(1000) - D(250) - D(200))


def test_a_plan_and_its_term_over_pages_and_api(browser_of: Browser) -> None:
    person = make.person("finance")
    web, api = browser_of(person), as_person(person)
    term = {
        "name_zh": "三六一",
        "name_en": "30/60/10",
        "days": "30",
        "deposit_kind": "earnest",
        "deposit_percent": "10",
    }
    term |= {"deposit_is_blocking": "1", "code": "n361", "idempotency_key": "t-1"}
    rows = (("30", "order", "0"), ("60", "shipment", "0"), ("11", "delivery", "30"))
    for at, (percent, event, days) in enumerate(rows):
        term |= {f"part-{at}-percent": percent, f"part-{at}-event": event, f"part-{at}-days": days}
    assert web.post("/payment-terms/new/", term).status_code == 422
    good = term | {"part-2-percent": "10", "idempotency_key": "t-2"}
    assert web.post("/payment-terms/new/", good)["Location"] == "/payment-terms/"
    assert "30 % / 60 % / 10 %" in web.get("/payment-terms/").content.decode()
    known = api.get("/payment-terms/n361").body
    assert (known["deposit"]["percent"], [one["percent"] for one in known["parts"]]) == ("10", ["30", "60", "10"])
    assert 'value="60"' in web.get("/payment-terms/n361/").content.decode()

    order = make.order(state="confirmed")
    parts = [{"percent": percent, "event": event, "days": int(days)} for percent, event, days in rows]
    place = f"/orders/{order.number}/invoice-plan"
    assert api.put(place, {"parts": parts}).places == {"body.parts": "not_whole"}
    parts[2]["percent"] = "10"
    assert [one["amount"] for one in api.put(place, {"parts": parts}).body["parts"]] == ["300.00", "600.00", "100.00"]
    assert api.post(f"{place}/2/invoice").code == "plan_part_not_due"
    page = web.get(f"/orders/{order.number}/plan/").content.decode()
    assert page.count("/invoice/") == 1 and "300.00" in page
    assert web.get(f"/orders/{order.number}/invoice/")["Location"] == f"/orders/{order.number}/plan/"
    assert "invoice plan is due" in web.get(f"/orders/{order.number}/").content.decode()
    done = web.post(f"/orders/{order.number}/plan/1/invoice/", {"idempotency_key": "p-1"})
    assert (done.status_code, Invoice.objects.get().total) == (303, D(300))
    reached = api.post(f"{place}/3/reached").body["parts"][2]
    assert (reached["reached_on"] is not None, reached["is_due"]) == (True, False)
    fresh = {"part-0-percent": "100", "part-0-event": "note", "part-0-days": "0", "idempotency_key": "p-2"}
    assert web.post(f"/orders/{order.number}/plan/save/", fresh).status_code == 303
    assert [one["amount"] for one in api.get(place).body["parts"]] == ["300.00", "700.00"]
