"""What suppliers billed is spread over goods, on the pages and over the API."""

import pytest

from shundan.fulfilment.models import LandedCost
from tests import make
from tests.api.client import as_person
from tests.fulfilment.landed import freight_bill, goods
from tests.web.conftest import Browser


@pytest.mark.django_db
def test_over_the_api_and_on_the_pages(browser_of: Browser) -> None:
    receipt, bill = goods("LB-5"), freight_bill("LB-TRUCK")
    finance = make.person("finance", name="赵会计")
    api, web = as_person(finance), browser_of(finance)
    (billed,) = api.get("/billed-costs").body["items"]
    assert (billed["bill"], billed["net"], billed["name_zh"]) == (bill.number, "100.00", "海运费")
    page = web.get(f"/landed-costs/new/?bill={bill.number}&receipt={receipt.number}").content.decode()
    assert f'<option value="{billed["id"]}" selected>' in page
    assert "Spread over goods" in web.get(f"/bills/{bill.number}/").content.decode()
    typed = {
        "receipts": receipt.number,
        "charges-0-kind": "freight",
        "charges-0-billed": billed["id"],
        "charges-0-amount": "",
        "charges-0-currency": "CNY",
        "charges-0-spread_by": "value",
        "idempotency_key": "lb-a",
    }
    made = web.post("/landed-costs/new/", typed)
    assert made.status_code == 303
    assert bill.number in web.get(made["Location"]).content.decode()
    assert "Spread over goods" not in web.get(f"/bills/{bill.number}/").content.decode()
    body = {"receipts": [receipt.number], "charges": [{"kind": "freight", "billed": int(billed["id"])}]}
    assert api.post("/landed-costs", body).code == "billed_cost_taken"
    shown = api.get(f"/landed-costs/{LandedCost.objects.get().number}").body
    assert (shown["charges"][0]["bill"], shown["charges"][0]["foreign_amount"]) == (bill.number, None)


@pytest.mark.django_db
def test_a_part_of_a_bill_is_spread_on_the_page_and_the_rest_over_the_api(browser_of: Browser) -> None:
    receipt, bill = goods("LB-6"), freight_bill("LB-SHIP")
    finance = make.person("finance", name="赵会计")
    api, web = as_person(finance), browser_of(finance)
    (billed,) = api.get("/billed-costs").body["items"]
    typed = {
        "receipts": receipt.number,
        "charges-0-kind": "freight",
        "charges-0-billed": billed["id"],
        "charges-0-amount": "forty",
        "charges-0-spread_by": "value",
    }
    refused = web.post("/landed-costs/new/", typed | {"idempotency_key": "lb-p"})
    # What is no number is no part, and never taken for all of it.
    assert (refused.status_code, LandedCost.objects.count()) == (422, 0)
    assert "forty" in refused.content.decode()
    # Nor is a 0 that somebody typed.
    nothing = web.post("/landed-costs/new/", typed | {"charges-0-amount": "0", "idempotency_key": "lb-z"})
    assert (nothing.status_code, LandedCost.objects.count()) == (422, 0)
    typed |= {"charges-0-amount": "40", "idempotency_key": "lb-q"}
    assert web.post("/landed-costs/new/", typed).status_code == 303
    page = web.get(f"/landed-costs/new/?bill={bill.number}").content.decode()
    assert "60.00 of" in page
    (left,) = api.get("/billed-costs").body["items"]
    assert (left["net"], left["left"]) == ("100.00", "60.00")
    charge = {"kind": "freight", "billed": int(billed["id"]), "amount": "60.01"}
    assert api.post("/landed-costs", {"receipts": [receipt.number], "charges": [charge]}).code == "billed_cost_exceeded"
    charge["amount"] = "60"
    assert (
        api.post("/landed-costs", {"receipts": [receipt.number], "charges": [charge]}).body["charges"][0]["amount"]
        == "60.00"
    )
    assert api.get("/billed-costs").body["items"] == []
