"""Those concerned are told of alerts once, and find them on a page, in a file and over the API."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from shundan.analytics.actions import watch_stock
from shundan.catalog.actions import set_product_cost
from shundan.inventory.actions import LotInput, create_warehouse, receive_stock
from shundan.kernel.models import Event
from shundan.notifications.models import Notice
from shundan.notifications.queries import words_of
from tests import make
from tests.analytics.test_alerts import later, rule
from tests.analytics.test_stock_reports import TODAY, book
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_those_concerned_are_told_of_what_is_new_once(browser_of: Browser) -> None:
    buyer, keeper = make.person("purchasing", name="吴刚"), make.person("warehouse", name="马军")
    make.person("rep", name="王芳")
    make.product("TE-1", stock=1)
    make.product("TE-2", stock=1)
    for sku in ("TE-1", "TE-2"):
        rule(sku, 5)
    for days in range(3):
        watch_stock(by=later(days))
    do_jobs()
    assert Event.objects.filter(kind="stock.alerted").count() == 1
    assert sorted(Notice.objects.values_list("person_id", flat=True)) == sorted([buyer.id, keeper.id])
    assert words_of(Notice.objects.all()[0]).sentence == "库存需要关注：2 项低于再订货点"
    desk = browser_of(buyer)
    assert "2 below reorder point" in desk.get("/notices/").content.decode()
    opened = desk.get(f"/notices/{Notice.objects.get(person_id=buyer.id).pk}/")
    assert opened.headers["Location"] == "/stock-alerts/"
    page = desk.get("/stock-alerts/?view=low").content.decode()
    assert "TE-1" in page and "TE-2" in page and "/stock-alerts/export/" in page
    assert "TE-2" not in desk.get("/stock-alerts/?q=TE-1").content.decode()
    assert "/stock-alerts/?view=low" in desk.get("/").content.decode()
    file = b"".join(desk.get("/stock-alerts/export/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("Below reorder point") == 2
    assert desk.get("/stock-alerts/export/?format=exe").status_code == 422
    answer = as_person(buyer).get("/stock-alerts?kind=low&limit=1")
    assert (answer.status, answer.body["items"][0]["sku"], answer.body["items"][0]["bound"]) == (200, "TE-2", "5")
    assert as_person(buyer).get(f"/stock-alerts?limit=1&cursor={answer.body['next']}").body["items"][0]["sku"] == "TE-1"


def test_page_files_and_api_tell_the_same_as_the_stock_in_both_languages(browser_of: Browser) -> None:
    short, much, dead = (make.product(f"SAME-{at}", name_zh=f"泵{at}", name_en=f"Pump {at}") for at in range(3))
    make.receive(short, 8)
    rule("SAME-0", 10, 3)
    for goods in (much, dead):
        book(goods, 100, 200)
    make.order(state="shipped", products=[much], quantity=10)
    paint = make.product("SAME-3", name_zh="漆", name_en="Paint", tracking="lot", has_expiry=True)
    known = {"product_id": paint.pk, "warehouse_id": make.main_warehouse().pk, "by": make.boss()}
    gone = (LotInput(code="=L1", quantity=Decimal(2), expires_on=TODAY + timedelta(days=9)),)
    receive_stock(quantity=Decimal(2), reason="purchase", lots=gone, **known)
    # In Shanghai it is the next day already.
    watch_stock(by=make.boss(datetime(2026, 3, 2, 17, 30, tzinfo=UTC)))
    expected = {
        ("low", "SAME-0", None, None, "8", "10"),
        ("over", "SAME-1", None, None, "90", "20"),
        ("dead", "SAME-2", None, None, "100", None),
        ("expiring", "SAME-3", "=L1", "2026-03-11", "2", None),
    }
    buyer = make.person("purchasing", name="吴刚")
    api = as_person(buyer).get("/stock-alerts").body["items"]
    names = ("kind", "sku", "lot", "expires_on", "quantity", "bound")
    assert {tuple(one[name] for name in names) for one in api} == expected
    assert {one["sku"] for one in as_person(buyer).get("/stock-alerts?search=Paint").body["items"]} == {"SAME-3"}
    kinds = {
        "en": {"low": "Below reorder point", "over": "Overstock", "dead": "Dead stock", "expiring": "Expires soon"},
        "zh-hans": {"low": "低于再订货点", "over": "库存积压", "dead": "呆滞库存", "expiring": "即将过期"},
    }
    for language, labels in kinds.items():
        desk = browser_of(buyer, language)
        page = desk.get("/stock-alerts/").content.decode()
        file = b"".join(desk.get("/stock-alerts/export/?format=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        rows = list(csv.reader(io.StringIO(file)))[1:]
        sheet = b"".join(desk.get("/stock-alerts/export/").streaming_content)  # type: ignore[attr-defined]
        cells = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()[1:]
        for kind, sku, lot, day, quantity, bound in expected:
            (row,) = (one for one in rows if one[1] == sku)
            assert (row[0], row[4], row[5], row[9]) == (labels[kind], f"'{lot}" if lot else "", day or "", "2026-03-03")
            assert (Decimal(row[6]), Decimal(row[7] or 0)) == (Decimal(quantity), Decimal(bound or 0))
            (cell,) = (one for one in cells if one[1] == sku)
            assert (cell[0], cell[6], cell[7], str(cell[9])) == (
                labels[kind], float(quantity), float(bound) if bound else "", "2026-03-03"
            )  # fmt: skip
            assert labels[kind] in page and sku in page
        assert len(rows) == len(cells) == len(expected)


def test_a_chart_says_what_lasts_where_and_its_amounts_are_for_those_who_know_costs(browser_of: Browser) -> None:
    short = make.product("CH-1", stock=8)
    set_product_cost(short.sku, Decimal(3), version=1, by=make.boss())
    for at in range(9):
        place = create_warehouse(code=f"W{at}", name_zh=f"{at}号仓", name_en=f"House {at}", by=make.boss())
        book(short, at + 1, 200, place=place)
    rule("CH-1", 10)
    watch_stock(by=make.boss())
    buyer, keeper = make.person("purchasing", name="吴刚"), make.person("warehouse", name="马军")
    page = browser_of(buyer).get("/stock-alerts/").content.decode()
    chart = page[page.index("list-figures") : page.index("</section>", page.index("list-figures"))]
    # Eight warehouses stand for themselves, two together; the totals are those of the list below.
    assert (chart.count("<rect "), "Other warehouses" in chart, "10 in all" in page) == (9, True, True)
    assert "¥6.00" in chart and "¥135.00" in chart and "?warehouse=W3" in chart
    narrowed = browser_of(buyer).get("/stock-alerts/?view=low&q=CH-1").content.decode()
    assert narrowed.count("<rect ") == 1 and "1 in all" in narrowed
    blind = browser_of(keeper).get("/stock-alerts/").content.decode()
    assert "list-figures" in blind and "¥" not in blind
    assert "list-figures" not in browser_of(keeper).get("/stock-alerts/?q=nothing").content.decode()
