"""People at their desks: each has a window of a real Chromium in which they are signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.test import override_settings

from tests import cast, make
from tests.browser.desk import Desk, Office
from tests.cast import Cast
from tests.database import put_back
from tools import screenshots
from tools.found import facts_of_the_company
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
    from shundan.config.integrity import broken
    from shundan.exchange.demo import company, load_demo

    with django_db_blocker.unblock():
        with patch.object(company, "ORDERS", 160), patch.object(company, "CUSTOMERS", 40):
            load_demo(now=screenshots.NOW)
        with override_settings(DEMO=True), serving() as address:
            yield address
        found = broken()
        put_back()
        assert not found, found


@pytest.fixture(scope="module")
def facts(company: str) -> dict[str, str]:
    """The numbers and people of the demo company that its pages are about."""
    return facts_of_the_company()
