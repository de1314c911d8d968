"""Pages and API of supplier evaluation and of summaries: figures, the way to the documents, files, rights."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import timezone

from shundan.analytics.models import SupplierWeights
from shundan.analytics.queries import MEASURES, SUMMARIES
from shundan.kernel.models import Event
from shundan.purchasing.actions import (
    InquiryInput,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    open_inquiry,
    record_quotation,
    request_purchase,
)
from tests import make
from tests.analytics.test_stock_reports import days_ago
from tests.analytics.trading import bought, supplier
from tests.api.client import as_person
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
MONTH = "unit=month&on=2026-02-14"


def a_month() -> tuple[str, str]:
    """Two suppliers of the same pump in February: one in time, one late."""
    goods, one, other = make.product("WS-1", name_zh="齿轮泵"), supplier("准时泵业"), supplier("迟到泵业")
    bought(one, (goods, 10, "11.30"), days=20, due=days_ago(10).date(), came=[(12, 10)])
    bought(other, (goods, 10, "22.60"), days=20, due=days_ago(10).date(), came=[(8, 10, 5)])
    return one, other


def file_of(answer: object) -> list[list[str]]:
    """Return the rows of a CSV answer."""
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]


def test_suppliers_are_compared_and_each_figure_leads_to_its_documents(browser_of: Browser) -> None:
    one, other = a_month()
    desk = browser_of(make.person("finance"))
    page = desk.get(f"/supplier-scores/?{MONTH}").content.decode()
    assert page.index("准时泵业") < page.index("迟到泵业") and "2026-02" in page and "100%" in page
    assert page.index("迟到泵业", page.index("tbody")) > 0
    rising = desk.get(f"/supplier-scores/?{MONTH}&sort=score").content.decode().partition('id="list-body"')[2]
    assert rising.index("迟到泵业") < rising.index("准时泵业")
    card = desk.get(f"/supplier-scores/of/{other}/?{MONTH}").content.decode()
    assert all(f"/supplier-scores/of/{other}/{name}/?unit=month" in card for name in MEASURES)
    assert card.count("<rect") >= 12 and "50%" in card
    for name, words in (("on_time", "WS-1"), ("quality", "WS-1"), ("price", "WS-1"), ("response", "PO")):
        behind = desk.get(f"/supplier-scores/of/{other}/{name}/?{MONTH}")
        assert behind.status_code == 200 and words in behind.content.decode(), name
    assert "No documents" in desk.get(f"/supplier-scores/of/{one}/price/?on=2025-01-01").content.decode()
    assert desk.get(f"/supplier-scores/of/{one}/beauty/").status_code == 404
    assert desk.get("/supplier-scores/?unit=week").status_code == 422
    assert desk.get("/supplier-scores/of/NONE/").status_code == 404
    assert f"/supplier-scores/of/{one}/" in desk.get(f"/suppliers/{one}/").content.decode()
    assert desk.get(f"/supplier-scores/of/{one}/?unit=quarter&on=2026-02-14").status_code == 200


def test_the_comparison_is_a_file_that_is_kept_on_record(browser_of: Browser) -> None:
    one, other = a_month()
    desk = browser_of(make.person("executive"))
    rows = file_of(desk.get(f"/supplier-scores/export/?{MONTH}&format=csv"))
    assert rows[0][:5] == ["Number", "Supplier", "From", "Until", "Score"]
    assert [row[0] for row in rows[1:]] == [one, other] and Decimal(rows[1][rows[0].index("On time")]) == 1
    assert desk.get(f"/supplier-scores/export/?{MONTH}").headers["Content-Type"].endswith("sheet")
    assert [event.data["report"] for event in Event.objects.filter(kind="report.exported")] == ["supplier_scores"] * 2
    assert browser_of(make.person("warehouse")).get("/supplier-scores/export/").status_code == 403


def test_the_management_sets_weights(browser_of: Browser) -> None:
    boss = browser_of(make.person("executive"))
    assert 'value="40"' in boss.get("/supplier-scores/weights/").content.decode()
    body = {"version": "0", "on_time": "25", "quality": "25", "price": "25", "response": "24"}
    refused = boss.post("/supplier-scores/weights/", body)
    assert refused.status_code == 422 and "add up to 100" in refused.content.decode()
    assert boss.post("/supplier-scores/weights/", body | {"response": "x"}).status_code == 422
    assert boss.post("/supplier-scores/weights/", body | {"response": "25"}).status_code == 303
    assert SupplierWeights.objects.get().by_measure == dict.fromkeys(MEASURES, 25)
    assert boss.post("/supplier-scores/weights/", body | {"response": "25", "on_time": "24"}).status_code == 422
    late = boss.post("/supplier-scores/weights/", body | {"response": "26", "on_time": "24"})
    assert late.status_code == 409 and SupplierWeights.objects.count() == 1
    buyer = browser_of(make.person("purchasing"))
    assert buyer.get("/supplier-scores/weights/").status_code == 403
    assert "/supplier-scores/weights/" not in buyer.get("/supplier-scores/").content.decode()


def test_the_score_stands_beside_the_quotations(browser_of: Browser) -> None:
    goods, of, new = make.product("WS-2"), supplier("老供应商"), supplier("新供应商")
    buyer = make.person("purchasing")
    # Pages live now: this quarter's documents, too.
    days = (timezone.now() - make.AT).days
    order = bought(of, (goods, 10, "5"), days=-days, acknowledged=-days)
    assert order.state == "acknowledged"
    line = RequestedLine(sku=goods.sku, quantity=Decimal(1), expected_price=Decimal(5))
    asked = request_purchase(PurchaseRequestInput(lines=(line,)), by=buyer).lines.get()
    call = open_inquiry(InquiryInput(lines={asked.pk: Decimal(1)}, suppliers=[of, new]), by=make.on(buyer, days=days))
    record_quotation(call.number, of, Quotation(prices={1: Decimal(5)}), by=make.on(buyer, days=days))
    page = browser_of(buyer).get(f"/inquiries/{call.number}/").content.decode()
    assert f"/supplier-scores/of/{of}/?unit=quarter" in page and f"/supplier-scores/of/{new}/" not in page
    said = {
        one["supplier"]: (one["score"], one["grade"])
        for one in as_person(buyer).get(f"/inquiries/{call.number}").body["suppliers"]
    }
    # What rests on one measure of ten percent has no grade.
    assert said == {of: ("100", None), new: (None, None)}


def test_each_summary_opens_leads_on_and_is_a_file(browser_of: Browser) -> None:
    one, _other = a_month()
    desk = browser_of(make.person("finance"))
    cards = desk.get("/reports/").content.decode()
    place = {"buying": "purchase-reports", "counting": "count-reports"}
    for code, summary in SUMMARIES.items():
        path = f"/{place[summary.room]}/{code}/"
        assert path in cards and desk.get(path).status_code == 200, code
        wrong = f"/{place['counting' if summary.room == 'buying' else 'buying']}/{code}/"
        assert desk.get(wrong).status_code == 404
        rows = file_of(desk.get(f"{path}export/?format=csv&since=2025-06-01"))
        assert rows[-1][0] == "Total"
    span = "since=2026-02-01&until=2026-02-28"
    spend = desk.get(f"/purchase-reports/suppliers/?{span}").content.decode()
    assert "¥300.00" in spend and f"/purchases/?since=2026-02-01&amp;until=2026-02-28&amp;supplier={one}" in spend
    listed = desk.get(f"/purchases/?{span}&supplier={one}").content.decode()
    assert listed.count("data-row") >= 1 and "准时泵业" in listed
    assert "product=WS-1" in desk.get(f"/purchase-reports/prices/?{span}").content.decode()
    assert "/purchase-reports/suppliers/?" in desk.get(f"/purchase-reports/months/?{span}").content.decode()
    assert "齿轮泵" in desk.get(f"/purchase-reports/trend/?{span}").content.decode()
    assert desk.get("/purchase-reports/suppliers/?since=2999-01-01").status_code == 422
    assert "Nothing fits" in desk.get("/purchase-reports/suppliers/?supplier=NONE").content.decode()
    keeper = browser_of(make.person("warehouse"))
    assert keeper.get("/purchase-reports/suppliers/").status_code == 403
    assert keeper.get("/purchase-reports/suppliers/export/").status_code == 403
    assert "/purchase-reports/" not in keeper.get("/reports/").content.decode()
    assert "¥" not in keeper.get("/count-reports/accuracy/").content.decode()


def test_the_api_says_the_same() -> None:
    one, other = a_month()
    api = as_person(make.person("purchasing"))
    found = api.get(f"/supplier-scores?{MONTH}").body
    assert [item["supplier"] for item in found["items"]] == [one, other]
    measures = {item["name"]: item for item in found["items"][1]["measures"]}
    assert (measures["on_time"]["figure"], measures["quality"]["figure"]) == ("0", "0.5")
    assert found["items"][1]["grade"] == "D"
    card = api.get(f"/supplier-scores/{other}?{MONTH}").body["items"]
    assert (len(card), card[-1]["score"]) == (12, found["items"][1]["score"])
    behind = api.get(f"/supplier-scores/{other}/quality?{MONTH}").body
    assert (behind["count"], behind["items"][0]["part"], behind["items"][0]["kind"]) == (1, "5", "receipt")
    assert api.get("/supplier-scores?unit=week").status == 422 and api.get(f"/supplier-scores/{one}/x").status == 404
    assert api.get("/supplier-weights").body["on_time"] == 40
    boss = as_person(make.person("executive"))
    even = dict.fromkeys(MEASURES, 25)
    assert boss.put("/supplier-weights", even | {"version": 0}).body["version"] == 1
    assert boss.put("/supplier-weights", even | {"version": 0, "price": 26}).status == 422
    spend = api.get("/purchase-reports/suppliers?since=2026-02-01&until=2026-02-28&sort=ordered").body
    assert [item["key"] for item in spend["items"]] == [one, other] and spend["count"] == 2
    at = [column["name"] for column in spend["columns"]].index("ordered")
    assert spend["totals"][at] == "300"
    assert api.get("/purchase-reports/accuracy").status == 404
    assert api.get("/count-reports/accuracy?warehouse=MAIN").body["items"] == []
