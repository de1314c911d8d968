"""Every principal against every page: strangers sign in first, roles without the permission are told so."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils import timezone

from shundan.accounts.queries import actor_of_user
from shundan.accounts.rules import ROLES, grants_of
from shundan.ui.doors import PUBLIC, routes_of
from tests.permissions.pages import PAGES
from tests.permissions.world import OTHER, World, build

NUMBERS = {
    "orders": "confirmed",
    "shipments": "gone",
    "logistics": "waybill",
    "invoices": "invoice",
    "payments": "payment",
    "receipts": "receipt",
    "bills": "bill",
    "payment-requests": "request",
    "purchase-requests": "purchase_request",
    "suppliers": "supplier",
    "inquiries": "inquiry",
    "supplier-scores": "supplier",
    "inspections": "inspection",
    "landed-costs": "landed_cost",
}
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
GUARDED = {place: row.rsplit(" ", 1) for place, row in PAGES.items() if row != PUBLIC}
CASES = [(place, method) for place, (methods, _permission) in GUARDED.items() for method in methods.split()]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once; each request is undone, and the world at the end."""
    with django_db_blocker.unblock(), override_settings(DEMO=False, STORAGES=PLAIN_FILES), transaction.atomic():
        world = build()
        yield world
        transaction.set_rollback(True)


def test_every_page_has_its_expectation() -> None:
    found = {
        place: " ".join((*getattr(view, "methods", ()), view.permission))
        for place, view in routes_of(get_resolver().url_patterns)
        if not place.startswith("api/")
    }
    assert found == PAGES


@pytest.mark.parametrize(("place", "method"), CASES, ids=[f"{method} {place}" for place, method in CASES])
def test_only_holders_of_the_permission_get_in(world: World, place: str, method: str) -> None:
    path, permission = _path(place, world), GUARDED[place][1]
    stranger = _status(None, method, path)
    assert (stranger[0], stranger[1].partition("?")[0]) == (302, "/sign-in/")
    for role in ROLES:
        if permission not in grants_of([role]):
            assert _status(_signed_in(world, role), method, path)[0] == 403, role


@pytest.mark.parametrize("place", [place for place, method in CASES if method == "GET" and "<str:number>" in place])
def test_a_foreign_page_looks_like_a_missing_one(world: World, place: str) -> None:
    if GUARDED[place][1] in grants_of(["rep"]):
        assert _status(_signed_in(world, OTHER), "GET", _path(place, world))[0] == 404


def _path(place: str, world: World) -> str:
    room = place.partition("/")[0]
    known = {"number": world.names[NUMBERS.get(room, "customer")], "sku": world.names["sku"], "status": "close"}
    known |= {"key": "00000000-0000-4000-8000-000000000000", "user_id": world.names["user"], "token_id": "1"}
    known |= {
        "problem_id": "1",
        "approval_id": world.names["approval"],
        "delegation_id": world.names["delegation"],
        "verb": "comment",
    }
    known |= {
        "notice_id": "1",
        "entry_id": "1",
        "letter_id": "1",
        "run_id": "1",
        "confirmation": "1",
        "position_id": "1",
        "position": "1",
        "answer": "1",
        "group": "1",
    }
    known |= {
        "code": {"workflows": "sale", "tables": "order", "price-lists": "KEPT", "promotions": "KEPT"}.get(
            room, "confirm"
        ),
        "version": "1",
    }
    known |= {"change": "1", "rule": "1", "position": "1", "import_id": world.names["import"]}
    known |= {"migration_id": world.names["migration"], "question_id": world.names["question"]}
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: known.get(found.group(1), "confirm"), place)


def _signed_in(world: World, principal: str) -> Client:
    """Return a client of a principal, who signs in once; what a request does to the session is undone with it."""
    client = Client(raise_request_exception=False)
    if principal not in world.sessions:
        user = world.users[principal]
        known = actor_of_user(user.pk, door="web", at=timezone.now())
        assert known is not None
        session = client.session
        session["user_id"], session["password_mark"] = user.pk, known.password_mark
        session.save()
        world.sessions[principal] = session.session_key or ""
    client.cookies["sessionid"] = world.sessions[principal]
    return client


def _status(client: Client | None, method: str, path: str) -> tuple[int, str]:
    with transaction.atomic():
        answer = (client or Client(raise_request_exception=False)).generic(method, path)
        transaction.set_rollback(True)
    return answer.status_code, answer.headers.get("Location", "")
