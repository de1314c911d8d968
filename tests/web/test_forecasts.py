"""The pages of the forecast: proposals, all forecasts, one product, the run; the same over the API."""

from decimal import Decimal

import pytest

from shundan.analytics.models import ForecastRun
from shundan.purchasing.models import PurchaseRequest
from tests import make
from tests.analytics.test_alerts import rule
from tests.analytics.test_forecasts import expect
from tests.api.client import as_person
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_buyer_looks_asks_and_runs(browser_of: Browser) -> None:
    buyer = make.person("purchasing")
    desk = browser_of(buyer)
    assert "No forecast yet" in desk.get("/forecasts/").content.decode()
    expect(make.product("WF-1", stock=10), 60, 60, 60)
    expect(make.product("WF-2", stock=500), 60, 60, 60)
    rule("WF-1", 20, 5)
    page = desk.get("/forecasts/").content.decode()
    assert "WF-1" in page and "WF-2" not in page and "5 to stay" in page
    every = desk.get("/forecasts/?view=all").content.decode()
    assert "WF-1" in every and "WF-2" in every and "10%" in every and "20%" in every
    one = desk.get("/forecasts/of/MAIN/WF-1/").content.decode()
    assert "2025-03" in one and "2026-05" in one and "Smoothed level" in one
    assert desk.get("/forecasts/of/SOUTH/WF-1/").status_code == 404
    file = b"".join(desk.get("/forecasts/export/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "WF-1" in file and "5 to stay" in file
    given = {"chosen": "MAIN|WF-1", "quantity-MAIN|WF-1": "70"}
    assert desk.post("/forecasts/", given).status_code == 303
    made = PurchaseRequest.objects.get()
    assert (made.source, made.lines.get().quantity) == ("forecast", Decimal(70))
    again = desk.post("/forecasts/", given)
    assert again.status_code == 409 and "no longer needed" in again.content.decode()
    assert desk.post("/forecasts/run/").status_code == 303
    assert ForecastRun.objects.get(state="running").asked_by_name == buyer.name
    assert "0%" in desk.get("/forecasts/progress/").content.decode()
    assert "hx-get" in desk.get("/forecasts/").content.decode()


def test_the_api_forecasts_too() -> None:
    buyer = make.person("purchasing")
    goods = make.product("AF-1", stock=10)
    expect(goods, 60, 61, 62)
    api = as_person(buyer)
    assert api.get("/forecasts").body["items"][0]["months"] == ["60", "61", "62"]
    assert api.get("/forecasts?pattern=seasonal").body["items"] == []
    proposal = api.get("/forecast-proposals").body["items"][0]
    assert (proposal["sku"], proposal["lead_days"], proposal["projected"]) == ("AF-1", 14, "10")
    lines = {"lines": [{"sku": "AF-1", "warehouse": "MAIN", "quantity": proposal["quantity"]}]}
    asked = api.post("/forecast-proposals/requests", lines)
    assert asked.status == 201 and len(asked.body["numbers"]) == 1
    assert api.post("/forecast-proposals/requests", lines).code == "demand_met"
    run = api.post("/forecast-runs", {})
    assert (run.status, run.body["state"]) == (201, "running")
    assert api.post("/forecast-runs", {}).body["id"] == run.body["id"]
