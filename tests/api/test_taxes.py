"""Taxes, rules and exchange rates over the API."""

import base64
from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.actions import issue_invoice
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
D = Decimal
TAX = {
    "code": "de_vat19",
    "name_zh": "德国增值税 19%",
    "name_en": "German VAT 19%",
    "country": "DE",
    "periods": [{"rate": "0.16", "valid_to": "2020-12-31"}, {"rate": "0.19", "valid_from": "2021-01-01"}],
}


@pytest.fixture
def zhao(people: Cast) -> Api:
    """Finance, over the API."""
    return as_person(people.zhao)


def test_a_tax_and_a_rule_are_kept_and_an_order_bears_them(zhao: Api, wang: Api) -> None:
    added = zhao.post("/taxes", TAX)
    assert (added.status, added.body["version"]) == (201, 1)
    rates = [one["rate"] for one in added.body["periods"]]
    assert rates == ["0.16", "0.19"]
    overlap = zhao.put("/taxes/de_vat19", _without_code(periods=[{"rate": "0.1"}, {"rate": "0.2"}], version=1))
    assert (overlap.status, overlap.places) == (422, {"body.periods[1].valid_from": "overlaps"})
    rule = {"name": "德国", "rank": 5, "tax": "de_vat19", "country": "DE"}
    made = zhao.post("/tax-rules", rule)
    assert (made.status, made.body["tax"]) == (201, "de_vat19")
    assert [one["rank"] for one in zhao.get("/tax-rules").body["items"]] == [5, 10, 20, 30, 40]
    product = make.product("PUMP", price="119.00", stock=3)
    buyer = wang.post("/customers", {"name": "Pumpen GmbH", "country": "DE"}).body
    order = wang.post("/orders", {"customer": buyer["number"], "lines": [{"sku": product.sku, "quantity": 1}]})
    line = order.body["lines"][0]
    assert (line["tax_code"], line["tax_kind"], line["tax_rate"], line["net"]) == (
        "de_vat19",
        "taxable",
        "0.19",
        "100.00",
    )
    retired = zhao.put(f"/tax-rules/{made.body['id']}", rule | {"is_active": False, "version": 1})
    assert (retired.status, retired.body["is_active"]) == (200, False)
    stale = zhao.put(f"/tax-rules/{made.body['id']}", rule | {"version": 1})
    assert (stale.status, stale.code) == (409, "version_conflict")


def _without_code(**more: object) -> dict[str, object]:
    return {name: value for name, value in TAX.items() if name != "code"} | more


def test_a_tax_status_is_finances_matter(wang: Api, zhao: Api) -> None:
    refused = wang.post("/customers", {"name": "免税学校", "tax_status": "exempt"})
    assert (refused.status, refused.code) == (403, "not_permitted")
    made = wang.post("/customers", {"name": "免税学校"}).body
    assert made["tax_status"] == "normal"
    again = wang.put(f"/customers/{made['number']}", {"name": "免税学校", "version": made["version"]})
    assert (again.status, again.body["tax_status"]) == (200, "normal")


def test_rates_come_by_hand_and_file_and_differences_are_listed(people: Cast, zhao: Api, wang: Api) -> None:
    entered = zhao.post("/exchange-rates", {"rates": [{"currency": "USD", "valid_from": "2026-03-01", "rate": "7"}]})
    assert (entered.status, entered.body) == (201, {"added": 1, "changed": 0, "same": 0})
    file = base64.b64encode("币种;日期;汇率\nUSD;2026-03-02;7.1\n".encode("gb18030")).decode()
    taken = zhao.post("/exchange-rates/files", {"content": file})
    assert (taken.status, taken.body["added"]) == (201, 1)
    listed = zhao.get("/exchange-rates?currency=USD").body["items"]
    assert [(one["valid_from"], one["rate"]) for one in listed] == [("2026-03-02", "7.1"), ("2026-03-01", "7")]
    product = make.product(stock=1, prices=(PriceInput(amount=D(100), currency="USD"),))
    order = make.order(of=people.boyuan, products=[product], quantity=1, currency="USD", state="shipped")
    invoice = issue_invoice(order.number, by=make.boss())
    make.payment(people.boyuan, "100.00", currency="USD", received_on=date(2026, 3, 1))
    shown = zhao.get(f"/invoices/{invoice.number}").body
    assert (shown["exchange_rate"], shown["lines"][0]["company_gross"]) == ("7.1", "710.00")
    (one,) = zhao.get("/exchange-differences").body["items"]
    told = {name: one[name] for name in ("received", "settled", "difference", "payment_rate", "invoice_rate")}
    assert told == {
        "received": "700.00",
        "settled": "710.00",
        "difference": "-10.00",
        "payment_rate": "7",
        "invoice_rate": "7.1",
    }
    assert wang.get("/exchange-rates").status == 403


def test_currencies_with_three_decimals_are_refused_clearly(people: Cast, wang: Api) -> None:
    save_exchange_rates([RateInput(currency="KWD", valid_from=date(2026, 1, 1), rate=D(23))], by=make.boss())
    product = make.product(stock=1)
    body = {"customer": people.boyuan.number, "currency": "KWD", "lines": [{"sku": product.sku, "quantity": 1}]}
    refused = wang.post("/orders", body)
    assert (refused.status, refused.places) == (422, {"body.currency": "unsupported"})
