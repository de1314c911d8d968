"""From the confirmed order to the paid invoice in the browser; a double click makes one paper."""

import csv
import io
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shundan.billing.models import Invoice, Payment
from shundan.fulfilment.models import Shipment
from shundan.inventory.models import StockMove
from shundan.parties.actions import AddressInput
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _confirmed(people: Cast, quantity: int = 10) -> str:
    product = make.product("BOLT", price="10.00", stock=100)
    return make.order(state="confirmed", of=people.boyuan, by=people.wang, products=[product], quantity=quantity).number


def _twice(browser: Client, url: str, given: dict[str, str]) -> list[str]:
    given = {**given, "idempotency_key": str(uuid4())}
    answers = [browser.post(url, given) for _click in range(2)]
    assert [one.status_code for one in answers] == [303, 303], answers[0].content.decode()[:2000]
    return [one["Location"] for one in answers]


def test_from_the_shelf_to_the_bank_with_every_button_clicked_twice(people: Cast, browser_of: Browser) -> None:
    number = _confirmed(people)
    warehouse, finance = browser_of(people.sun), browser_of(people.zhao)
    given = {"quantity-1": "4", "carrier": "sf", "tracking": "SF7444400000000"}
    first, second = _twice(warehouse, f"/orders/{number}/ship/", given)
    assert first == second
    sent = Shipment.objects.get()
    assert (sent.state, sent.carrier, sent.tracking_number) == ("shipped", "sf", "SF7444400000000")
    first, second = _twice(finance, f"/orders/{number}/invoice/", {"quantity-1": "3"})
    assert first == second
    invoice = Invoice.objects.get()
    assert (invoice.total, first) == (Decimal("30.00"), f"/invoices/{invoice.number}/")
    given = {"customer": people.boyuan.number, "amount": "50", "method": "cash", f"allocate-{invoice.number}": "30"}
    first, second = _twice(finance, "/payments/new/", given)
    payment = Payment.objects.get()
    assert (payment.amount, payment.allocated, first) == (Decimal(50), Decimal(30), f"/payments/{payment.number}/")
    assert "Partly allocated" in finance.get(first).content.decode()
    back = f"/payments/{payment.number}/deallocate/{invoice.number}/"
    assert finance.post(back).status_code == 303
    _twice(finance, f"/payments/{payment.number}/allocate/", {f"allocate-{invoice.number}": "30"})
    payment.refresh_from_db()
    assert payment.allocated == Decimal(30)


def test_too_much_is_refused_at_the_line_and_the_typing_stays(people: Cast, browser_of: Browser) -> None:
    number = _confirmed(people)
    answer = browser_of(people.sun).post(f"/orders/{number}/ship/", {"quantity-1": "11", "tracking": "SF9"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "BOLT: 11 requested, 10 reserved and not yet picked." in page
    assert "quantity_not_reserved" in page
    assert 'value="11"' in page
    assert 'value="SF9"' in page
    assert not Shipment.objects.exists()


def test_what_is_no_number_is_refused_at_its_line(people: Cast, browser_of: Browser) -> None:
    number = _confirmed(people)
    answer = browser_of(people.sun).post(f"/orders/{number}/ship/", {"quantity-1": "two"})
    assert answer.status_code == 422
    assert "Enter a number such as 1234.50." in answer.content.decode()


def test_a_pick_list_is_made_then_shipped_then_delivered(people: Cast, browser_of: Browser) -> None:
    number, warehouse = _confirmed(people), browser_of(people.sun)
    place = warehouse.post(f"/orders/{number}/ship/", {"quantity-1": "10", "what": "plan"})["Location"]
    assert "Picked and ready to ship" in warehouse.get(place).content.decode()
    warehouse.post(f"{place}ship/", {"carrier": "deppon", "tracking": "D1"})
    assert warehouse.post(f"{place}ship/", {}).status_code == 409
    warehouse.post(f"{place}deliver/")
    assert Shipment.objects.get().state == "delivered"


def test_a_cancelled_pick_list_leaves_the_goods_reserved(people: Cast, browser_of: Browser) -> None:
    number, warehouse = _confirmed(people), browser_of(people.sun)
    place = warehouse.post(f"/orders/{number}/ship/", {"quantity-1": "10", "what": "plan"})["Location"]
    warehouse.post(f"{place}cancel/")
    line = make.fresh(number).lines.get()
    assert (line.picked, line.reserved) == (Decimal(0), Decimal(10))


def test_the_preview_shows_the_domains_amounts(people: Cast, browser_of: Browser) -> None:
    number = make.order(
        state="shipped", of=people.boyuan, by=people.wang, products=[make.product(price="9.99", stock=9)], quantity=7
    ).number
    page = browser_of(people.zhao).post(f"/orders/{number}/invoice/preview/", {"quantity-1": "3"}).content.decode()
    assert "¥29.97" in page
    assert not Invoice.objects.exists()


def test_a_credit_note_needs_a_reason_and_an_unpaid_invoice(people: Cast, browser_of: Browser) -> None:
    invoice, finance = make.invoice(), browser_of(people.zhao)
    url = f"/invoices/{invoice.number}/credit/"
    assert finance.post(url, {"reason": ""}).status_code == 422
    answer = finance.post(url, {"reason": "价格有误"})
    note = Invoice.objects.get(kind="credit")
    assert (answer["Location"], note.total) == (f"/invoices/{note.number}/", -invoice.total)
    refused = finance.post(url, {"reason": "again"})
    assert refused.status_code == 409
    assert "invoice_settled" in refused.content.decode()


def test_stock_is_received_once_and_corrected_with_a_reason(people: Cast, browser_of: Browser) -> None:
    product, warehouse = make.product("BOLT", stock=5), browser_of(people.sun)
    before = StockMove.objects.count()
    given = {"product": "BOLT", "kind": "receipt", "warehouse": "MAIN", "quantity": "7", "reason": "purchase"}
    _twice(warehouse, "/stock/adjust/", given)
    assert make.stock_of(product)[0] == Decimal(12)
    answer = warehouse.post("/stock/adjust/", {**given, "kind": "adjustment", "quantity": "-20", "reason": "lost"})
    assert answer.status_code == 409
    assert "BOLT: only 12 available" in answer.content.decode()
    assert StockMove.objects.count() == before + 1


def test_who_holds_the_stock_is_shown_with_order_numbers(people: Cast, browser_of: Browser) -> None:
    number = _confirmed(people)
    assert number in browser_of(people.zhang).get("/stock/of/BOLT/").content.decode()
    assert number not in browser_of(people.li).get("/stock/of/BOLT/").content.decode()


def test_exports_cannot_carry_formulas(people: Cast, browser_of: Browser) -> None:
    evil = make.customer('=HYPERLINK("http://evil")', owner_id=people.wang.id)
    number = make.order(state="draft", of=evil, by=people.wang, customer_reference="@SUM(1)").number
    browser = browser_of(people.wang)
    answer = browser.get("/orders/export/?format=csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    head, row = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert head[:3] == ["Number", "Customer number", "Customer"]
    assert (row[0], row[2], row[3]) == (number, '\'=HYPERLINK("http://evil")', "'@SUM(1)")
    sheet = browser.get("/orders/export/?format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content))).get_sheet_by_index(0)  # type: ignore[attr-defined]
    cells = rows.to_python()[1]
    assert cells[2] == '=HYPERLINK("http://evil")'
    assert cells[13] == float(make.fresh(number).total)


def test_ticked_rows_alone_are_exported_and_it_is_on_record(people: Cast, browser_of: Browser) -> None:
    from shundan.kernel.models import Event

    numbers = [make.order(state="draft", of=people.boyuan, by=people.wang).number for _order in range(3)]
    answer = browser_of(people.wang).post("/orders/export/?format=csv", {"ids": numbers[:2]})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert (numbers[0] in text, numbers[1] in text, numbers[2] in text) == (True, True, False)
    assert Event.objects.filter(kind="orders.exported", actor_id=people.wang.id).count() == 1


def test_nobody_exports_without_the_right(people: Cast, browser_of: Browser) -> None:
    assert browser_of(people.sun).get("/orders/export/?format=csv").status_code == 403


def test_a_parcel_that_leaves_the_country_names_it(people: Cast, browser_of: Browser) -> None:
    berlin = AddressInput(country="DE", city="Berlin", street="Obere Str. 57", postal_code="12209")
    buyer = make.customer("Alfreds Futterkiste", addresses=(berlin,))
    number = make.order(state="confirmed", of=buyer).number
    page = browser_of(people.sun).get(f"/orders/{number}/").content.decode()
    assert "Obere Str. 57, 12209 Berlin, Germany" in page


def test_a_payment_for_one_invoice_proposes_its_amount_to_the_cent(people: Cast, browser_of: Browser) -> None:
    product = make.product("BOLT", price="131.65", stock=100)
    order = make.order(state="invoiced", of=people.boyuan, by=people.wang, products=[product], price="131.65")
    invoice = Invoice.objects.get(order=order)
    given = {"customer": people.boyuan.number, "invoice": invoice.number}
    page = browser_of(people.zhao).get("/payments/new/", given).content.decode()
    assert page.count('value="1,316.50"') == 2


def test_the_ledger_and_the_product_say_in_words_who_received_goods_and_why(people: Cast, browser_of: Browser) -> None:
    make.product("BOLT", stock=100)
    keeper = browser_of(people.sun)
    ledger = keeper.get("/stock/of/BOLT/").content.decode()
    assert "System · " in ledger
    assert "system · " not in ledger
    assert "+100 · Opening stock" in keeper.get("/products/of/BOLT/").content.decode()
