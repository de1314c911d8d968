"""People at their desks: each has a window of a real Chromium in which they are signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.test import override_settings

from tests import cast, make
from tests.browser.desk import Desk, Office
from tests.cast import Cast
from tests.sessions import end_sessions_left
from tools import screenshots
from tools.screenshots import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# An hour after the morning in which the factories live.
LATER = make.on(make.boss(), hours=1).at


@pytest.fixture
def live(transactional_db: None) -> Iterator[str]:
    """Serve the application as in production, its static files hashed and compressed; the address."""
    with serving(LATER) as address:
        yield address


@pytest.fixture
def office(live: str, browser: "Browser") -> Iterator[Office]:
    """A place where people can sign in; afterwards no script of ours may have failed."""
    office = Office(browser, live)
    yield office
    office.close()


@pytest.fixture
def people(live: str) -> Cast:
    """The two companies and six people of the stories."""
    return cast.everyone()


@pytest.fixture
def rep(office: Office, people: Cast) -> Desk:
    """Wang, who sells in the east."""
    return office.sign_in("wang@example.com")


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Serve a small demo company to all tests of a module; they may look at it and change nothing."""
    from django.core.management import call_command
    from django.db import connection

    from shundan.config.integrity import broken
    from shundan.exchange.demo import company, load_demo

    with django_db_blocker.unblock(), _test_database():
        make.shipped()
        with patch.object(company, "ORDERS", 160), patch.object(company, "CUSTOMERS", 40):
            load_demo(now=screenshots.NOW)
        with override_settings(DEMO=True), serving() as address:
            yield address
        found = broken()
        call_command("flush", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("truncate procrastinate_jobs cascade")
        _forget_versions()
        assert not found, found


def _forget_versions() -> None:
    """Forget what versions say: they never change, but an emptied database counts from one again."""
    from shundan.orders.actions.place import straight_way
    from shundan.orders.queries import types
    from shundan.workflow.queries.definitions import definition_of
    from shundan.workflow.queries.tables import table_of

    for kept in (straight_way, definition_of, table_of, types.type_version, types._number_of_version, types._catalogue):
        kept.cache_clear()


@contextmanager
def _test_database() -> Iterator[None]:
    """Make the test database where pytest-django made none, since no test of this run asks for one by itself."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    if connection.settings_dict["NAME"].startswith("test_"):
        yield
        return
    made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    assert connection.settings_dict["NAME"].startswith("test_")
    yield
    end_sessions_left(patience=2.0)
    teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def facts(company: str) -> dict[str, str]:
    """The numbers and people of the demo company that its pages are about."""
    return screenshots.facts_of_the_company()
