"""The administrator's page of reasons: added, renamed and retired there, offered where a step asks why."""

import pytest

from shundan.orders.models import Reason
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_what_is_added_is_offered_and_what_is_retired_is_not(people: Cast, browser_of: Browser) -> None:
    number = make.order(of=people.boyuan, by=people.wang).number
    admin, rep = browser_of(people.zhou), browser_of(people.wang)
    given = {"label_zh": "项目取消", "label_en": "Project dropped", "is_active": "1"}
    assert admin.post("/reasons/cancel/", given)["Location"] == "/reasons/#cancel"
    assert "Project dropped" in rep.get(f"/orders/{number}/").content.decode()
    one = Reason.objects.get(label_en="Project dropped")
    admin.post("/reasons/cancel/", given | {"code": one.code, "label_en": "Project ended", "do": "retire"})
    page = rep.get(f"/orders/{number}/").content.decode()
    assert "Project dropped" not in page
    assert "Project ended" not in page
    shown = admin.get("/reasons/").content.decode()
    assert "Project ended" in shown
    assert "Restore" in shown


def test_a_taken_name_is_refused_beside_its_button(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.zhou)
    given = {"label_zh": "缺货", "label_en": "Nothing left", "is_active": "1"}
    refused = admin.post("/reasons/hold/", given, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "already has a reason" in refused.content.decode()
    assert browser_of(people.wang).get("/reasons/").status_code == 403
