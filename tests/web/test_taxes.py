"""Pages of taxes and exchange rates: kept by finance, seen on orders and invoices."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shundan.billing.actions import issue_invoice
from shundan.billing.models import Invoice
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.catalog.models import ExchangeRate, RateService, TaxRate, TaxRule
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_tax_is_added_with_its_days_and_overlaps_stand_at_their_field(people: Cast, browser_of: Browser) -> None:
    zhao = browser_of(people.zhao)
    typed = {"code": "vat17", "name_zh": "曾为 17%", "name_en": "Once 17%", "country": "cn"}
    first = {"period-0-kind": "taxable", "period-0-rate": "17", "period-0-to": "2018-04-30"}
    second = {"period-3-kind": "taxable", "period-3-rate": "16", "period-3-from": "2018-04-30"}
    wrong = zhao.post("/taxes/new/", typed | first | second)
    said = wrong.content.decode()
    assert (wrong.status_code, 'id="f-period-1-from"' in said, "shares days" in said) == (422, True, True)
    second["period-3-from"] = "2018-05-01"
    made = zhao.post("/taxes/new/", typed | first | second | {"idempotency_key": str(uuid4())})
    assert (made.status_code, made.headers["Location"]) == (303, "/taxes/")
    tax = TaxRate.objects.get(code="vat17")
    periods = list(tax.periods.order_by("rate").values_list("rate", "valid_from", "valid_to"))
    assert (tax.country, periods) == (
        "CN",
        [(D("0.16"), date(2018, 5, 1), None), (D("0.17"), None, date(2018, 4, 30))],
    )
    page = zhao.get("/taxes/").content.decode()
    assert ("Once 17%" in page, "16%" in page, "Not taxable" in page) == (True, True, True)
    shown = zhao.get("/taxes/vat17/").content.decode()
    assert 'value="2018-05-01"' in shown
    stale = zhao.post("/taxes/vat17/", typed | first | {"version": "7"})
    assert stale.status_code == 409


def test_a_rule_is_made_changed_and_retired(people: Cast, browser_of: Browser) -> None:
    zhou = browser_of(people.zhou)
    typed = {"name": "德国客户", "rank": "40", "tax": "vat6", "trade": "sale", "country": "de", "is_active": "1"}
    taken = zhou.post("/taxes/rules/new/", typed)
    assert (taken.status_code, "Another rule has this place" in taken.content.decode()) == (422, True)
    made = zhou.post("/taxes/rules/new/", typed | {"rank": "35"})
    assert made.headers["Location"] == "/taxes/#rules"
    rule = TaxRule.objects.get(rank=35)
    assert (rule.country, rule.tax_rate.code) == ("DE", "vat6")
    zhou.post(f"/taxes/rules/{rule.pk}/", typed | {"rank": "35", "is_active": "", "version": "1"})
    rule.refresh_from_db()
    assert (rule.is_active, "Retired" in zhou.get("/taxes/").content.decode()) == (False, True)
    assert browser_of(people.wang).get("/taxes/").status_code == 403


def test_exempt_is_told_from_nothing_on_entry_order_and_paper(people: Cast, browser_of: Browser) -> None:
    customer = make.customer(tax_status="exempt", owner_id=people.wang.id)
    product = make.product("BOLT", stock=5)
    wang = browser_of(people.wang)
    picked = wang.get(f"/products/pick/?sku=BOLT&kind=sale&customer={customer.number}").json()["items"][0]
    assert (picked["tax_rate"], picked["tax_word"]) == ("0", "Exempt")
    plain = wang.get(f"/products/pick/?sku=BOLT&kind=sale&customer={people.boyuan.number}").json()["items"][0]
    assert (plain["tax_rate"], plain["tax_word"]) == ("0.13", "13%")
    order = make.order(of=customer, products=[product], quantity=1, state="shipped", by=people.wang)
    assert "Exempt" in wang.get(f"/orders/{order.number}/").content.decode()
    invoice = issue_invoice(order.number, by=make.boss())
    assert "Tax Exempt on" in browser_of(people.zhao).get(f"/invoices/{invoice.number}/").content.decode()


def test_rates_are_entered_taken_from_a_file_and_seen(people: Cast, browser_of: Browser) -> None:
    zhao = browser_of(people.zhao)
    typed = {"currency": "jpy", "valid_from": "2026-01-05", "per": "100", "rate": "4.65"}
    assert zhao.post("/exchange-rates/enter/", typed).status_code == 303
    assert ExchangeRate.objects.get().rate == D("0.0465")
    wrong = zhao.post("/exchange-rates/enter/", typed | {"currency": "CNY"})
    assert (wrong.status_code, "foreign currency" in wrong.content.decode()) == (422, True)
    file = SimpleUploadedFile("rates.csv", b"currency,date,rate\nUSD,2026-01-05,7.05\nUSD,2026-02-05,7.10")
    assert zhao.post("/exchange-rates/file/", {"file": file}).status_code == 303
    page = zhao.get("/exchange-rates/").content.decode()
    assert ("2 rates were taken" in page, "7.1000" in page, "0.0465" in page) == (True, True, True)
    bad = SimpleUploadedFile("rates.csv", b"currency,date,rate\nUSD,never,7.05")
    refused = zhao.post("/exchange-rates/file/", {"file": bad})
    assert (refused.status_code, "Row 2" in refused.content.decode()) == (422, True)
    manager = browser_of(people.zhang).get("/exchange-rates/").content.decode()
    assert ("7.1" in manager, "File of rates" in manager) == (True, False)
    assert browser_of(people.wang).get("/exchange-rates/").status_code == 403


def test_the_service_is_off_until_it_is_switched_on(people: Cast, browser_of: Browser) -> None:
    zhao = browser_of(people.zhao)
    asked = zhao.post("/exchange-rates/fetch/", {})
    assert (asked.status_code, "No rate service is switched on" in asked.content.decode()) == (409, True)
    typed = {"provider": "ecb", "url": "http://127.0.0.1:9/x.xml", "currencies": "usd, EUR", "version": "0"}
    assert zhao.post("/exchange-rates/service/", typed | {"is_active": "1"}).status_code == 303
    assert RateService.objects.get().currencies == ["EUR", "USD"]
    away = zhao.post("/exchange-rates/fetch/", {})
    assert (away.status_code, "ConnectError" in away.content.decode()) == (409, True)


def test_invoice_and_payment_show_what_exchange_made_of_them(people: Cast, browser_of: Browser) -> None:
    rates = [(1, "7.0000"), (2, "7.2000")]
    save_exchange_rates(
        [RateInput(currency="USD", valid_from=date(2026, 3, day), rate=D(rate)) for day, rate in rates], by=make.boss()
    )
    product = make.product(stock=1, prices=(PriceInput(amount=D(100), currency="USD"),))
    order = make.order(of=people.boyuan, products=[product], quantity=1, currency="USD", state="shipped")
    issue_invoice(order.number, by=make.boss())
    money = make.payment(people.boyuan, "100.00", currency="USD", received_on=date(2026, 3, 1))
    zhao = browser_of(people.zhao)
    for url in (f"/invoices/{Invoice.objects.get().number}/", f"/payments/{money.number}/"):
        page = zhao.get(url).content.decode()
        assert ("Exchange difference" in page, "20.00" in page) == (True, True), url
    summary = zhao.get("/exchange-rates/").content.decode()
    assert "Exchange differences" in summary


def test_a_file_of_lines_and_a_foreign_order_say_it_in_words(people: Cast, browser_of: Browser) -> None:
    save_exchange_rates([RateInput(currency="USD", valid_from=date(2026, 3, 1), rate=D("7.5"))], by=make.boss())
    customer = make.customer(tax_status="not_taxable", owner_id=people.wang.id)
    product = make.product(stock=2, prices=(PriceInput(amount=D(100), currency="USD"),))
    order = make.order(of=customer, products=[product], quantity=2, currency="USD", by=people.wang)
    wang = browser_of(people.wang)
    page = wang.get(f"/orders/{order.number}/").content.decode()
    assert ("Worth in CNY" in page, "at 7.5" in page, "1,500.00" in page) == (True, True, True)
    file = wang.get("/orders/export/lines/?format=csv&view=all")
    assert "Not taxable" in b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
