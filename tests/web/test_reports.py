"""Pages of reports: figures, filters, files and the same over the API."""

import csv
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from shundan.analytics.queries import REPORTS
from shundan.catalog.actions import save_category, set_product_cost
from shundan.kernel.models import Event
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def a_stock() -> None:
    """Two goods, one of a category, with a known cost."""
    save_category(code="PUMPS", name_zh="泵", name_en="Pumps", by=make.boss())
    goods = make.product("RP-1", stock=12, category="PUMPS", name_zh="齿轮泵", name_en="=Gear pump")
    set_product_cost(goods.sku, Decimal("2.5"), version=1, by=make.boss())
    make.product("RP-2", stock=3)


def test_each_report_opens_and_says_its_totals(browser_of: Browser) -> None:
    a_stock()
    desk = browser_of(make.person("finance"))
    assert all(f"/reports/{code}/" in desk.get("/reports/").content.decode() for code in REPORTS)
    for code in REPORTS:
        assert desk.get(f"/reports/{code}/").status_code == 200, code
    page = desk.get("/reports/stock/").content.decode()
    assert all(word in page for word in ("RP-1", "RP-2", "¥30.00", "Pumps", "/reports/stock/export/?format=xlsx"))
    narrow = desk.get("/reports/stock/?q=RP-2&sort=quantity&size=20&page=1").content.decode()
    assert "RP-2" in narrow and "RP-1" not in narrow and "q=RP-2" in narrow
    assert "Nothing fits" in desk.get("/reports/ageing/?warehouse=NOWHERE").content.decode()
    refused = desk.get("/reports/moves/?since=2999-01-01")
    assert refused.status_code == 422 and "first day" in refused.content.decode()
    assert desk.get("/reports/nothing/").status_code == 404


def test_worth_is_on_no_page_and_in_no_file_of_who_may_not_know_costs(browser_of: Browser) -> None:
    a_stock()
    rep, keeper = browser_of(make.person("rep")), browser_of(make.person("warehouse"))
    for page in (rep.get("/reports/stock/"), keeper.get("/reports/turnover/")):
        assert page.status_code == 200 and "¥" not in page.content.decode()
    assert rep.get("/reports/stock/export/").status_code == 403
    file = b"".join(keeper.get("/reports/stock/export/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "30" not in file.replace("RP-", "") and "Worth" not in file


def test_files_hold_all_rows_and_the_totals_and_are_kept_on_record(browser_of: Browser) -> None:
    a_stock()
    desk = browser_of(make.person("finance"))
    answer = desk.get("/reports/stock/export/?format=csv&size=20&page=7")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0] == ["SKU", "Product", "Unit", "Category", "Warehouse", "On hand", "Unit cost", "Worth"]
    assert [row[0] for row in rows[1:]] == ["RP-1", "RP-2", "Total"]
    assert rows[1][1] == "'=Gear pump" and Decimal(rows[-1][5]) == 15 and Decimal(rows[-1][7]) == 30
    sheet = desk.get("/reports/stock/export/?format=xlsx&warehouse=MAIN")
    read = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content))).get_sheet_by_index(0)  # type: ignore[attr-defined]
    assert read.to_python()[-1][5:] == [15.0, "", 30.0]
    kept = [one.data for one in Event.objects.filter(kind="report.exported").order_by("id")]
    assert [(one["report"], one["form"]) for one in kept] == [("stock", "csv"), ("stock", "xlsx")]
    assert "warehouse=MAIN" in kept[1]["filters"]
    assert desk.get("/reports/stock/export/?format=exe").status_code == 422
    assert desk.get("/reports/nothing/export/").status_code == 404


def test_the_api_says_the_same() -> None:
    a_stock()
    api = as_person(make.person("finance"))
    answer = api.get("/reports/stock?sort=-value&limit=1")
    assert (answer.status, answer.body["count"], len(answer.body["items"])) == (200, 2, 1)
    assert [one["name"] for one in answer.body["columns"]] == ["quantity", "cost", "value"]
    assert answer.body["items"][0] == {"sku": "RP-1", "warehouse": "MAIN", "figures": ["12", "2.5", "30"]}
    assert answer.body["totals"] == ["15", None, "30"]
    assert api.get("/reports/moves?since=2999-01-01").status == 422
    assert api.get("/reports/nothing").status == 404
    blind = as_person(make.person("rep")).get("/reports/stock").body
    assert [one["name"] for one in blind["columns"]] == ["quantity"]


def test_days_at_the_ends_of_the_calendar_are_none(browser_of: Browser) -> None:
    finance = make.person("finance")
    desk, api = browser_of(finance), as_person(finance)
    for day in ("0001-01-01", "9999-12-31"):
        for place in (
            "/reports/moves",
            "/purchase-reports/suppliers",
            "/count-reports/accuracy",
            "/logistics-reports/region",
        ):
            answer = api.get(f"{place}?until={day}")
            assert (answer.status, answer.body["details"][0]["path"]) == (422, "query.until"), place
        assert api.get(f"/supplier-scores?on={day}").status == 422
        for place in ("/reports/stock/?until=", "/supplier-scores/?on=", "/logistics/figures/?until="):
            page = desk.get(place + day)
            assert (page.status_code, "was not understood" in page.content.decode()) == (200, True), place
