"""The permission matrix: every principal against every operation of the API and every page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.api.client import Api, Reply
from tests.permissions.buying import BUYING
from tests.permissions.expectations import OPERATIONS, Operation
from tests.permissions.imports import IMPORTS
from tests.permissions.invoicing import INVOICING
from tests.permissions.ledger import LEDGER
from tests.permissions.logistics import LOGISTICS
from tests.permissions.people import PEOPLE
from tests.permissions.pricing import PRICING
from tests.permissions.receiving import RECEIVING
from tests.permissions.settlement import SETTLEMENT
from tests.permissions.stock import STOCK
from tests.permissions.taxing import TAXING
from tests.permissions.warehouse_work import WAREHOUSE_WORK
from tests.permissions.world import OTHER, PRINCIPALS, STRANGERS, World, build
from tools.drift import OPENAPI

MISSING = "999999999999"
ALL = (
    OPERATIONS
    | BUYING
    | IMPORTS
    | INVOICING
    | LOGISTICS
    | PEOPLE
    | PRICING
    | RECEIVING
    | SETTLEMENT
    | LEDGER
    | STOCK
    | TAXING
    | WAREHOUSE_WORK
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once; each request is undone, and the world at the end."""
    with django_db_blocker.unblock(), override_settings(DEMO=False), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.mark.django_db  # one mark in the module, or no database is made when it runs alone
def test_every_operation_has_its_expectation() -> None:
    described = {
        (operation["operationId"], method.upper())
        for methods in json.loads(OPENAPI.read_text())["paths"].values()
        for method, operation in methods.items()
    }
    expected = {(name.partition(":")[0], one.method) for name, one in ALL.items()}
    assert expected == described


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_principal_gets_what_is_expected(world: World, name: str) -> None:
    operation = ALL[name]
    expected = expected_of(operation)
    got = {principal: _send(world, principal, operation).status for principal in PRINCIPALS}
    assert got == expected


@pytest.mark.parametrize("name", sorted(name for name, one in ALL.items() if one.record))
def test_a_foreign_record_looks_like_a_missing_one(world: World, name: str) -> None:
    operation = ALL[name]
    foreign = _send(world, OTHER, operation)
    missing = _send(world, OTHER, operation, missing=True)
    number = world.names[operation.record]
    assert foreign.status == missing.status
    assert json.dumps(foreign.body).replace(number, "N") == json.dumps(missing.body).replace(MISSING, "N")


def expected_of(operation: Operation) -> dict[str, int]:
    """Return the status of each principal."""
    named = {principal: status for status, names in operation.who.items() for principal in names.split()}
    unknown = set(named) - set(PRINCIPALS)
    assert not unknown, unknown
    return {one: 401 if one in STRANGERS else named.get(one, 403) for one in PRINCIPALS}


def _send(world: World, principal: str, operation: Operation, *, missing: bool = False) -> Reply:
    names = world.names | ({operation.record: MISSING} if missing else {})
    body = json.loads(_filled(json.dumps(operation.body), names)) if operation.body else None
    with transaction.atomic():
        reply = Api(world.tokens[principal]).call(operation.method, _filled(operation.path, names), body)
        transaction.set_rollback(True)
    return reply


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text
