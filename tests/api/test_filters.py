"""A filter that the API does not understand is refused: an empty list, or all of it, would be a wrong answer."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from shundan.accounts.rules.policy import ROLES
from shundan.api.reference import described
from shundan.api.urls import api as the_api
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Words that are searched for, and places in a list: any text is understood.
FREE = {"search", "cursor", "document"}
NO_FILTERS = {"/list-columns"}
READABLE = {"sku": "SCREW", "quantity": "1", "at": "2026-01-01T00:00:00Z", "order": "SO-1"}
NONSENSE = "9" * 41


def _filters() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described(the_api)["paths"].items():
        if "get" in methods and "{" not in path and path.removeprefix("/api/v1") not in NO_FILTERS:
            for one in methods["get"].get("parameters", []):
                if one["in"] == "query" and one["name"] not in FREE:
                    yield path.removeprefix("/api/v1"), one["name"], methods["get"]


def _nonsense(path: str, name: str, operation: dict[str, Any]) -> str:
    given = {
        one["name"]: READABLE.get(one["name"], "1")
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one["required"]
    }
    return f"{path}?{urlencode(given | {name: NONSENSE})}"


@pytest.fixture
def admin(people: Cast) -> Api:
    """Who may read everything."""
    return as_person(make.person(*ROLES))


def test_each_filter_of_each_list_says_when_it_does_not_understand_a_value(admin: Api, screws: str) -> None:
    silent = {}
    for path, name, operation in _filters():
        reply = admin.get(_nonsense(path, name, operation))
        places = [one.partition("[")[0] for one in reply.places] if reply.status == 422 else []
        if reply.status not in (404, 422) or (reply.status == 422 and f"query.{name}" not in places):
            silent[f"{path}?{name}="] = (reply.status, places)
    assert silent == {}, silent


def test_a_filter_that_names_nothing_is_refused_with_its_place_and_what_there_is(wang: Api, people: Cast) -> None:
    reply = wang.get("/orders?customer=C-NONE")
    assert (reply.status, reply.places) == (422, {"query.customer": "unknown_customer"})
    reply = wang.get("/orders?type=nonsense")
    assert (reply.status, reply.places) == (422, {"query.type": "unknown_type"})
    assert "Choose one of: sales," in reply.body["details"][0]["message"]
    assert wang.get("/order-lines?warehouse=NONE").places == {"query.warehouse": "unknown_warehouse"}
    assert wang.get("/orders?view=nonsense").places == {"query.view": "unknown_view"}
    assert "to_ship" in wang.get("/orders?view=nonsense").body["details"][0]["message"]
    assert wang.get("/orders?sort=nonsense").places == {"query.sort": "unknown_sort"}
    misspelt = wang.get("/orders?custmer=C-NONE")
    assert misspelt.places == {"query.custmer": "unknown_field"}
    assert "Known here: category, cursor, customer," in misspelt.body["details"][0]["message"]


def test_a_filter_that_is_understood_may_find_nothing(wang: Api, people: Cast) -> None:
    assert wang.get(f"/orders?customer={people.boyuan.number}&type=sales").body["items"] == []


def test_a_filter_that_names_what_one_may_not_see_looks_like_one_that_names_nothing(wang: Api, people: Cast) -> None:
    reply = wang.get(f"/orders?customer={people.haichuan.number}")
    assert (reply.status, reply.places) == (422, {"query.customer": "unknown_customer"})
