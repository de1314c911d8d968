"""The fixtures every test may ask for: invariants afterwards, a browser, a served application."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.cast import Cast


pytest.register_assert_rewrite("tests.make", "tests.cast")
# The same examples every time, and no stopwatch: the machines of CI are busy.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Make the test database; a test that commits leaves it as it found it."""
    from django.test import TransactionTestCase

    from tests.database import own_database, put_back

    with (
        django_db_blocker.unblock(),
        own_database(),
        django_db_blocker.block(),
        patch.object(TransactionTestCase, "_fixture_teardown", lambda _self: put_back()),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def clients(django_test_environment: None) -> Iterator[None]:
    """Spare each new test client the look through all static files."""
    from tests.handlers import one_chain_for_all

    with one_chain_for_all():
        yield


@pytest.fixture(autouse=True)
def invariants(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that used the database nothing may contradict the invariants of `shundan check`."""
    if not _uses_database(request):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    if request.node.get_closest_marker("breaks_invariants"):
        return
    from shundan.config.integrity import broken

    assert not (found := broken()), "\n".join(f"{each.code} {each.promise}: {each.examples}" for each in found)


@pytest.fixture
def people(db: None) -> "Cast":
    """Bring the two companies and six people of the stories on stage."""
    from tests import cast

    return cast.everyone()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Start one Chromium for the session; a machine without one fails with the cure, it never skips."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    from tools.chromium import FLAGS, need_chromium

    chromium = need_chromium()
    with sync_playwright() as playwright:
        # No script of ours lives long enough to earn back what the optimising compiler costs.
        flags = [*FLAGS, "--js-flags=--no-opt"]
        browser = playwright.chromium.launch(executable_path=chromium.path, args=flags, env={**chromium.environment})
        yield browser
        browser.close()
        # While Playwright's event loop runs, Django keeps other connections than before and after.
        connections.close_all()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """Open an empty page, 1440 px wide, Chinese, that fails the test when a script of ours throws."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(120_000)
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    context.close()
    assert not thrown, thrown


@pytest.fixture
def live(live_server: "LiveServer") -> "LiveServer":
    """Serve the application with this test's database on a free port; `live.url` is its address."""
    return live_server


def _uses_database(request: pytest.FixtureRequest) -> bool:
    asked = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}
    return request.node.get_closest_marker("django_db") is not None or bool(asked & set(request.fixturenames))


def pytest_report_header() -> str:
    """Say which database the tests use."""
    return f"database: {os.environ.get('DATABASE_URL')}"
