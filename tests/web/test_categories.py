"""The page of categories and units: added and moved by who may edit products, read by the others."""

import pytest

from shundan.catalog.models import Category
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_on_the_page(people: Cast, browser_of: Browser) -> None:
    manager, rep = browser_of(people.zhang), browser_of(people.wang)
    assert "No categories yet" in manager.get("/categories/").content.decode()
    new = {"is_new": "1", "code": "PUMPS", "name_zh": "泵", "name_en": "Pumps", "parent": ""}
    assert manager.post("/categories/save/", new)["Location"] == "/categories/#categories"
    again = manager.post("/categories/save/", new | {"name_en": "Others"}, headers={"HX-Request": "true"})
    assert again.status_code == 422
    assert "exists already" in again.content.decode()
    below = {"is_new": "1", "code": "SMALL", "name_zh": "小泵", "name_en": "Small pumps", "parent": "PUMPS"}
    manager.post("/categories/save/", below)
    assert Category.objects.get(code="SMALL").parent == Category.objects.get(name_en="Pumps")
    unit = {"is_new": "1", "code": "roll", "name_zh": "卷", "name_en": "Roll", "decimals": "2"}
    assert manager.post("/categories/units/", unit)["Location"] == "/categories/#units"
    shown = rep.get("/categories/").content.decode()
    assert "Small pumps" in shown
    assert "Roll" in shown
    assert '<form class="reason-row' not in shown
    assert rep.post("/categories/save/", new).status_code == 403
