"""Those concerned are told of alerts once, and find them on a page, in a file and over the API."""

import pytest

from shundan.analytics.actions import watch_stock
from shundan.kernel.models import Event
from shundan.notifications.models import Notice
from shundan.notifications.queries import words_of
from tests import make
from tests.analytics.test_alerts import later, rule
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
