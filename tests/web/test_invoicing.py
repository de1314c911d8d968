"""Pages and API of gathered invoices and e-invoices: choose, tick, issue; check, send, and what to do."""

import pytest

from shundan.billing.actions import issue_invoice
from shundan.billing.models import Invoice
from shundan.einvoices.models import EInvoice, TaxGateway
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.einvoices.conftest import billed
from tests.integrations.nuonuo_desk import KEYS
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_several_orders_are_ticked_and_become_one_invoice(people: Cast, browser_of: Browser) -> None:
    orders = [make.order(state="shipped", of=people.boyuan, quantity=n) for n in (1, 2, 4)]
    browser = browser_of(people.zhao)
    assert people.boyuan.name in browser.get("/invoices/new/").content.decode()
    choose = f"/invoices/new/?customer={people.boyuan.number}&currency=CNY"
    page = browser.get(choose).content.decode()
    assert all(one.number in page for one in orders) and "700.00" in page
    typed = {"customer": people.boyuan.number, "currency": "CNY", "orders": [one.number for one in orders[:2]]}
    assert "300.00" in browser.post("/invoices/new/preview/", typed).content.decode()
    answer = browser.post("/invoices/new/", typed | {"idempotency_key": "k1"})
    made = Invoice.objects.get()
    assert (answer.status_code, answer["Location"], made.total) == (303, f"/invoices/{made.number}/", 300)
    assert browser.post("/invoices/new/", typed | {"idempotency_key": "k1"})["Location"] == answer["Location"]
    shown = browser.get(f"/invoices/{made.number}/").content.decode()
    assert all(one.number in shown for one in orders[:2])
    assert "and 1 more" in browser.get("/invoices/").content.decode()
    # What is left is one order; nothing ticked is said at the place.
    refused = browser.post("/invoices/new/", typed | {"orders": [], "idempotency_key": "k2"})
    assert refused.status_code == 422 and Invoice.objects.count() == 1


def test_the_api_gathers_and_says_what_each_order_gives(people: Cast) -> None:
    orders = [make.order(state="shipped", of=people.boyuan, quantity=n) for n in (1, 2)]
    finance = as_person(people.zhao)
    waiting = finance.get(f"/customers/{people.boyuan.number}/orders-to-invoice").body["items"]
    assert [(one["order"], one["total"], one["held"]) for one in waiting] == [
        (orders[0].number, "100.00", []),
        (orders[1].number, "200.00", []),
    ]
    made = finance.post("/invoices", {"orders": [one.number for one in orders]})
    assert (made.status, made.body["total"], made.body["orders"]) == (201, "300.00", [one.number for one in orders])
    again = finance.post("/invoices", {"orders": [one.number for one in orders]})
    assert (again.status, again.code) == (409, "nothing_to_invoice")


def test_the_page_says_what_to_mend_before_it_can_be_sent(people: Cast, browser_of: Browser) -> None:
    invoice = issue_invoice(make.order(state="shipped", of=people.boyuan).number, by=make.boss())
    browser = browser_of(people.zhao)
    url = f"/invoices/{invoice.number}/e-invoice/"
    page = browser.get(url).content.decode()
    assert "has no goods tax code of 19 digits" in page and "Our own tax number is missing" in page
    assert "Check and send it" in browser.get(f"/invoices/{invoice.number}/").content.decode()
    answer = browser.post(f"{url}send/", {"medium": "general", "idempotency_key": "k"})
    assert answer.status_code == 409 and "No gateway for e-invoices is set up" in answer.content.decode()
    assert EInvoice.objects.count() == 0


def test_settings_keep_secrets_and_an_invoice_is_sent_from_its_page(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(make.person("admin"))
    typed = {f"set-{name}": value for name, value in KEYS.items()}
    typed |= {"base_url": "http://127.0.0.1:9", "is_active": "1", "version": "0", "idempotency_key": "k"}
    company = {"name_zh": "上海顺单贸易有限公司", "tax_number": KEYS["tax_number"], "version": "0"}
    assert admin.post("/company/", company).status_code == 303
    assert admin.post("/e-invoices/", typed).status_code == 303
    page = admin.get("/e-invoices/").content.decode()
    assert KEYS["app_key"] in page and KEYS["app_secret"] not in page and KEYS["access_token"] not in page
    assert TaxGateway.objects.get().is_active
    invoice = billed()
    finance = browser_of(people.zhao)
    url = f"/invoices/{invoice.number}/e-invoice/"
    assert finance.post(f"{url}send/", {"medium": "special", "idempotency_key": "s"}).status_code == 303
    EInvoice.objects.update(state="refused", trouble_code="070304", trouble="bad credentials", asks_at=None)
    shown = finance.get(url).content.decode()
    assert "The gateway does not accept our credentials" in shown and "bad credentials" in shown
    told = as_person(people.zhao).get(f"/invoices/{invoice.number}/e-invoice").body
    assert (told["state"], told["trouble_code"], told["faults"]) == ("refused", "070304", [])
