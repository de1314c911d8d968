"""The frame of every page: what a thumb reaches first depends on what somebody does all day."""

import re

import pytest

from shundan.accounts.queries import all_permissions
from shundan.web.right_words import AREAS
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "places"),
    [
        ("wang", ["/", "/orders/", "/customers/", "/approvals/"]),
        ("zhang", ["/", "/orders/", "/approvals/", "/customers/"]),
        ("sun", ["/", "/scan/", "/shipments/", "/receipts/"]),
        ("zhao", ["/", "/approvals/", "/invoices/", "/payments/"]),
    ],
)
def test_the_thumb_reaches_a_persons_own_work(
    people: Cast, browser_of: Browser, person: str, places: list[str]
) -> None:
    page = browser_of(getattr(people, person)).get("/").content.decode()
    bar = page[page.index('class="tabbar"') :]
    assert re.findall(r'<a href="([^"]+)"', bar[: bar.index("</nav>")]) == places


def test_every_area_of_rights_has_a_name() -> None:
    assert {code.split(".")[0] for code in all_permissions()} == set(AREAS)
