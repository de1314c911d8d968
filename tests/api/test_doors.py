"""The doors of the API: tokens, unknown addresses, failures of ours, the description, and doors that were forgotten."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import get_resolver, path
from django.utils import timezone
from ninja import NinjaAPI, Router

from shundan.accounts.actions import change_user, issue_api_token
from shundan.accounts.models import User
from shundan.api.fields import Answer, Given
from shundan.api.routes import Routes, guarded_patterns
from shundan.api.urls import api
from shundan.kernel.actor import system_actor
from shundan.ui.doors import require_doors
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast
from tools.drift import OPENAPI


@pytest.mark.django_db
def test_a_stranger_is_asked_for_a_token() -> None:
    answer = Api().get("/orders")
    assert (answer.status, answer.code, answer.body["details"]) == (401, "unauthenticated", [])
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "sd_unknown", "ü", "x" * 10_000])
def test_a_wrong_token_opens_nothing(token: str) -> None:
    assert (Api(token).get("/me").status, Api(token).get("/me").code) == (401, "invalid_token")


def test_a_token_ends_with_its_time_and_with_its_user(people: Cast) -> None:
    user = User.objects.get(pk=people.wang.id)
    now = timezone.now()
    old = issue_api_token(user, name="old", days=1, by=system_actor(now - timedelta(days=1, seconds=1)))
    live = issue_api_token(user, name="live", by=system_actor(now))
    assert (Api(old).get("/me").status, Api(live).get("/me").status) == (401, 200)
    place = {"name": user.name, "roles": user.roles, "department": user.department, "team": user.team}
    change_user(user, is_active=False, by=make.boss(), **place)
    assert Api(live).get("/me").code == "invalid_token"


@pytest.mark.django_db
def test_addresses_that_lead_nowhere_answer_json(wang: Api) -> None:
    assert (wang.get("/nothing").status, wang.get("/nothing").code) == (404, "no_such_address")
    answer = wang.call("PATCH", "/orders", {})
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method_not_allowed", "GET, POST")


@pytest.mark.django_db
def test_a_failure_of_ours_answers_json_with_the_id_of_the_log(wang: Api, caplog: pytest.LogCaptureFixture) -> None:
    with patch("shundan.api.users.caller", side_effect=RuntimeError("boom")):
        answer = wang.get("/me")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert "boom" not in json.dumps(answer.body)
    assert answer.body["request_id"] in caplog.text


def test_refusals_name_rights_and_things_in_the_readers_language(people: Cast) -> None:
    chinese, english = (as_person(people.sun, language=language) for language in ("zh-CN", "en"))
    said = {"Set credit limits": english, "设置信用额度": chinese}
    for name, api_of in said.items():
        answer = api_of.put("/customers/C1/credit", {"limit": "1"})
        assert (answer.status, answer.code) == (403, "not_permitted")
        assert f"“{name}”" in answer.body["message"] and "customer.credit" not in answer.body["message"]
    wang = as_person(people.wang, language="zh-CN")
    assert wang.get("/customers/C1").body["message"] == "客户 C1 不存在，或您无权查看。"
    line = {"sku": "X", "quantity": "1"}
    answer = wang.post("/orders", {"customer": "C1", "lines": [line]})
    assert answer.body["details"][0]["message"] == "客户 C1 不存在，或您无权查看。"


def test_the_description_is_public_and_the_one_in_the_docs() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    # That the docs are, to the letter, what the code describes is seen by `make house`.
    assert answer.json() == json.loads(OPENAPI.read_text())


@pytest.mark.django_db
def test_the_reference_shows_every_operation_and_loads_nothing_foreign(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>" not in text
    assert "style=" not in text
    assert "http://" not in text
    assert "https://" not in text
    for routes in json.loads(OPENAPI.read_text())["paths"].values():
        for operation in routes.values():
            assert f'id="{operation["operationId"]}"' in text


def _kinds_of(base: type) -> set[type]:
    return {kind for each in base.__subclasses__() for kind in {each} | _kinds_of(each)}


def test_no_two_models_of_the_description_share_a_name() -> None:
    """The description keeps one model for each name, so that of two the second would be described as the first."""
    assert api is not None
    models = {kind for kind in _kinds_of(Given) | _kinds_of(Answer) if kind.__module__.startswith("shundan.")}
    assert len(models) > 500
    named = Counter(kind.__name__ for kind in models)
    assert [name for name, times in named.items() if times > 1] == []


def test_every_route_declares_its_permission() -> None:
    require_doors(get_resolver().url_patterns)
    assert api is not None


def _view(_request: object) -> None:
    return None


def _page_without_door() -> list[Any]:
    return [path("forgotten/", _view)]


def _operation_without_door() -> list[Any]:
    bare = Router()
    bare.get("/forgotten")(lambda request: None)
    made = NinjaAPI(openapi_url=None, docs_url=None, urls_namespace="forgotten")
    made.add_router("", bare)
    return list(guarded_patterns(made))


@pytest.mark.parametrize("patterns", [_page_without_door, _operation_without_door])
def test_the_start_fails_when_a_route_declares_none(patterns: Callable[[], list[Any]]) -> None:
    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        require_doors(patterns())


def test_a_route_cannot_be_declared_without_a_permission() -> None:
    with pytest.raises(TypeError, match="permission"):
        Routes("x").get("/x", answer=None)  # type: ignore[call-arg, arg-type]
