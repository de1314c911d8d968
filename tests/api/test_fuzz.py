"""Random requests by three roles over the whole description: never a failure of ours, never an undescribed answer.

Valid bodies and broken ones, NUL included; half of the requests name records that exist. The seed is fixed.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.permissions.world import World, build
from tools.drift import OPENAPI

ROLES = ("rep", "finance", "warehouse")
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 3}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TRANSITIONS = ("submit", "approve", "confirm", "cancel", "close", "hold", "release_hold", "unconfirm", "reject")
# Which known record a field or a part of the path may name.
KNOWN = {
    "customer": ("customer",),
    "sku": ("sku",),
    "line": ("sku",),
    "invoice": ("invoice", "paid_invoice"),
    "order": ("confirmed", "to_invoice"),
    "name": TRANSITIONS,
    "user_id": ("user",),
    "token_id": ("token",),
}
NUMBERS = {
    "orders": ("draft", "submitted", "approved", "confirmed", "shipped", "to_invoice"),
    "shipments": ("picking", "gone"),
    "invoices": ("invoice", "paid_invoice"),
    "payments": ("payment", "allocated"),
    "customers": ("customer",),
}

# The description in the docs is the one that is served (test_doors holds that), and costs seven seconds less to get.
DESCRIPTION = json.loads(OPENAPI.read_text(encoding="utf-8"))


@cache
def operations() -> dict[str, APIOperation]:
    """Return what can be asked, by method and path; every process collects the tests, and one needs this."""
    generation = GenerationConfig(with_security_parameters=False, allow_x00=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(DESCRIPTION, config=config)
    schema.app, schema.location = get_wsgi_application(), "/api/v1/openapi.json"
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once; each request is undone, and the world at the end."""
    # A served request closes a connection that is inside a transaction; ours must outlive them all.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), override_settings(DEMO=False), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _cases() -> Iterator[tuple[str, GenerationMode]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, one in methods.items():
            asks = any(each["in"] == "query" for each in one.get("parameters", ()))
            yield f"{method.upper()} {path}", GenerationMode.POSITIVE
            # Without a body or a question there is nothing to break: any text is a number that leads nowhere.
            if asks or "requestBody" in one:
                yield f"{method.upper()} {path}", GenerationMode.NEGATIVE


CASES = sorted(_cases())


def test_the_cases_are_all_that_can_be_asked() -> None:
    broken = {label for label, one in operations().items() if len(one.body) or len(one.query)}
    assert {label for label, _mode in CASES} == set(operations())
    assert {label for label, mode in CASES if mode is GenerationMode.NEGATIVE} == broken


@pytest.mark.parametrize(("label", "mode"), CASES, ids=[f"{label} {mode.value}" for label, mode in CASES])
def test_random_requests_never_break_us(world: World, label: str, mode: GenerationMode) -> None:
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operations()[label].as_strategy(generation_mode=mode), role=st.sampled_from(ROLES), pick=st.integers(0, 9)
    )
    def send(case: Case, role: str, pick: int) -> None:
        if pick % 2:
            _name_known_records(case, world, pick // 2)
        with transaction.atomic():
            answer = case.call(headers={"Authorization": f"Bearer {world.tokens[role]}"})
            transaction.set_rollback(True)
        case.validate_response(answer, checks=checks)

    send()


def _name_known_records(case: Case, world: World, pick: int) -> None:
    parts = case.path_parameters
    for name in list(parts or ()):
        choices = NUMBERS.get(case.path.split("/")[3], ()) if name == "number" else KNOWN.get(name, ())
        if choices:
            parts[name] = _known(choices, world, pick)
    if isinstance(case.body, dict | list):
        _fill(case.body, world, pick)


def _fill(value: Any, world: World, pick: int) -> None:
    for one in value if isinstance(value, list) else value.values():
        if isinstance(one, dict | list):
            _fill(one, world, pick)
    if isinstance(value, dict):
        for key in value.keys() & KNOWN.keys() - {"name"}:
            if isinstance(value[key], str):
                value[key] = _known(KNOWN[key], world, pick)


def _known(choices: tuple[str, ...], world: World, pick: int) -> str:
    chosen = choices[pick % len(choices)]
    return world.names.get(chosen, chosen)
