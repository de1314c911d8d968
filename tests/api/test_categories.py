"""Categories and units: added, renamed and moved by action and API; what would break what is kept is refused."""

import pytest

from shundan.catalog.actions import save_category, save_unit
from shundan.catalog.models import Category, Unit
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from tests import make
from tests.api.client import Api

pytestmark = pytest.mark.django_db


def test_a_category_is_added_renamed_and_moved_but_never_below_itself() -> None:
    boss = make.boss()
    pumps = save_category(code="PUMPS", name_zh="泵", name_en="", by=boss)
    assert (pumps.name_en, pumps.parent) == ("泵", None)
    small = save_category(code="SMALL", name_zh="小泵", name_en="Small pumps", parent=pumps, by=boss)
    tiny = save_category(code="TINY", name_zh="微泵", name_en="Tiny pumps", parent=small, by=boss)
    for below in (pumps, small, tiny):
        with pytest.raises(Malformed) as caught:
            save_category(code="PUMPS", name_zh="泵", name_en="Pumps", parent=below, by=boss)
        assert [(one.path, one.code) for one in caught.value.details] == [("parent", "below_itself")]
    moved = save_category(code="TINY", name_zh="微泵", name_en="Tiny pumps", parent=pumps, by=boss)
    assert (moved.pk, moved.parent) == (tiny.pk, pumps)
    assert save_category(code="TINY", name_zh="微泵", name_en="Tiny pumps", parent=pumps, by=boss) == tiny
    assert Event.objects.filter(kind="category.saved").count() == 4, "what changes nothing is no event"
    with pytest.raises(NotPermitted):
        save_category(code="X", name_zh="x", name_en="", by=make.actor("rep"))
    with pytest.raises(Malformed):
        save_category(code=" ", name_zh="x" * 101, name_en="\x00", by=boss)
    assert Category.objects.count() == 3


def test_a_unit_is_divided_more_finely_but_never_less() -> None:
    boss = make.boss()
    rolls = save_unit(code="roll", name_zh="卷", name_en="Roll", decimals=2, by=boss)
    assert save_unit(code="roll", name_zh="卷", name_en="Rolls", decimals=3, by=boss).pk == rolls.pk
    for decimals, code in ((2, "fewer_decimals"), (7, "out_of_range"), (-1, "out_of_range")):
        with pytest.raises(Malformed) as caught:
            save_unit(code="roll", name_zh="卷", name_en="Roll", decimals=decimals, by=boss)
        assert [one.code for one in caught.value.details] == [code]
    kept = Unit.objects.get(code="roll")
    assert (kept.name_en, kept.decimals) == ("Rolls", 3)


def test_over_the_api(zhang: Api, wang: Api) -> None:
    pumps = {"code": "PUMPS", "name_zh": "泵", "name_en": "Pumps", "parent": None}
    given = {name: pumps[name] for name in ("name_zh", "name_en")}
    assert zhang.put("/categories/PUMPS", given).body == pumps
    small = zhang.put("/categories/SMALL", {"name_zh": "小泵", "parent": "PUMPS"}).body
    assert small == {"code": "SMALL", "name_zh": "小泵", "name_en": "小泵", "parent": "PUMPS"}
    refused = zhang.put("/categories/PUMPS", given | {"parent": "NONE"})
    assert (refused.status, refused.body["details"][0]["path"]) == (422, "body.parent")
    listed = wang.get("/categories").body["items"]
    assert {one["code"]: one["parent"] for one in listed} == {"PUMPS": None, "SMALL": "PUMPS"}
    assert zhang.put("/units/roll", {"name_zh": "卷", "decimals": 2}).body["decimals"] == 2
    assert zhang.put("/units/roll", {"name_zh": "卷", "decimals": 1}).status == 422
    assert wang.put("/units/roll", {"name_zh": "卷", "decimals": 3}).status == 403
    assert {"code": "roll", "name_zh": "卷", "name_en": "卷", "decimals": 2} in wang.get("/units").body["items"]
