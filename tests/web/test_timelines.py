"""The timeline of an order tells every event that it may meet."""

import pytest

from shundan.kernel.events import record
from shundan.web.words import EVENTS
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_no_event_hides_the_page_whatever_it_leaves_out(people: Cast, browser_of: Browser) -> None:
    order = make.order(state="draft", of=people.boyuan, by=people.wang)
    for kind in EVENTS:
        record(kind.split()[0], subject=order.subject, by=make.boss(), jobs=False)
    answer = browser_of(people.wang).get(f"/orders/{order.number}/")
    assert answer.status_code == 200
    assert "%(" not in answer.content.decode()


def test_what_an_event_says_stands_in_its_sentence(people: Cast, browser_of: Browser) -> None:
    order = make.order(state="draft", of=people.boyuan, by=people.wang)
    facts = {"requests": "PR-2026-000007, PR-2026-000008"}
    record("order.made_from_requests", subject=order.subject, by=make.boss(), data=facts, jobs=False)
    assert facts["requests"] in browser_of(people.wang).get(f"/orders/{order.number}/").content.decode()
