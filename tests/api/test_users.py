"""People, departments and teams, kept over the API by an administrator."""

import pytest

from shundan.accounts.actions import sign_in
from shundan.accounts.models import User
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PERSON = {"email": "new@example.com", "name": "新同事", "password": "long enough 1", "roles": ["rep"]}


@pytest.fixture
def admin(people: Cast) -> Api:
    """Zhou, who keeps users."""
    return as_person(people.zhou)


def test_a_person_is_added_changed_and_shut_out(admin: Api) -> None:
    assert admin.put("/departments/WEST", {"name_zh": "西部", "name_en": "West"}).body["parent"] is None
    below = {"name_zh": "西一部", "name_en": "West 1", "parent": "WEST"}
    assert admin.put("/departments/WEST-1", below).body["parent"] == "WEST"
    team = {"name_zh": "西一组", "name_en": "West team", "department": "WEST-1"}
    assert admin.put("/teams/WT", team).body == {"code": "WT", **team}
    added = admin.post("/users", PERSON | {"department": "WEST-1", "team": "WT"}, key="once")
    assert added.status == 201, added.body
    again = admin.post("/users", PERSON | {"department": "WEST-1", "team": "WT"}, key="once")
    assert again.body == added.body
    assert (added.body["department"], added.body["team"], added.body["roles"]) == ("WEST-1", "WT", ["rep"])
    assert "password" not in added.body
    path = f"/users/{added.body['id']}"
    sign_in(email="new@example.com", password="long enough 1", address="192.0.2.1", at=make.AT)
    assert admin.put(f"{path}/password", {"password": "another one 2"}).status == 200
    sign_in(email="new@example.com", password="another one 2", address="192.0.2.1", at=make.AT)
    saved = admin.put(path, {"name": "新人", "roles": ["finance"], "is_active": False}).body
    assert (saved["name"], saved["roles"], saved["department"], saved["is_active"]) == (
        "新人",
        ["finance"],
        None,
        False,
    )
    assert admin.get(path).body == saved


def test_what_is_wrong_is_refused_at_its_place_and_changes_nothing(admin: Api, people: Cast) -> None:
    before = User.objects.count()
    for wrong, place in (
        ({"department": "NOWHERE"}, "department"),
        ({"team": "NOBODY"}, "team"),
        ({"email": "wang@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"roles": ["king"]}, "roles[0]"),
    ):
        refused = admin.post("/users", PERSON | wrong)
        assert (refused.status, [one["path"] for one in refused.body["details"]]) == (422, [f"body.{place}"])
    assert User.objects.count() == before
    own = admin.put(f"/users/{people.zhou.id}", {"name": "周", "roles": ["rep"]})
    assert (own.status, own.body["code"]) == (409, "own_roles")
    circle = {"name_zh": "华东", "name_en": "East", "parent": "EAST"}
    assert admin.put("/departments/EAST", circle).status == 422
