"""English pages count one thing in the singular and say no word twice."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from shundan.accounts.actions import SignInLocked
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db

NOUNS = "order line unit note change day hour minute field invoice row decimal item customer product payment record"
ONE_OF_MANY = re.compile(rf"(?<![\d.,/-])1 ({'|'.join(NOUNS.split())})s\b")
TWICE = re.compile(r"\b([A-Za-z]{2,})[ -]\1\b", re.IGNORECASE)
LISTS = ("/", "/orders/", "/shipments/", "/invoices/", "/payments/", "/customers/", "/products/", "/stock/", "/users/")


def _faults(page: str) -> Iterator[str]:
    """Tell what is said wrongly; words that tags part are parted for the reader, too."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    whole = re.sub(r"\s+", " ", html.unescape(re.sub(r"</?(b|strong|span)\b[^>]*>", "", text)))
    yield from (found[0] for found in ONE_OF_MANY.finditer(re.sub(r"<[^>]*>", "|", whole)))
    for piece in re.split(r"<[^>]*>", whole):
        yield from (found[0] for found in TWICE.finditer(piece))


@pytest.fixture
def one_of_each(people: Cast) -> str:
    """An order of one unit that waits to be shipped, entered now, and an older one of which everything is done."""
    by = replace(make.boss(), at=datetime.now(UTC))
    sku = make.product("BOLT", stock=3).sku
    lines = (LineInput(sku=sku, quantity=Decimal(1)),)
    numbers = []
    for entered_by in (by, make.boss()):
        given = OrderInput(customer=people.boyuan.number, lines=lines, customer_reference="PO-1")
        numbers.append(create_order(given, by=entered_by).number)
    move_order(numbers[0], "submit", by=by)
    move_order(numbers[0], "confirm", by=by)
    make.advance(numbers[1], "completed")
    return numbers[0]


def test_one_is_singular_and_no_word_is_said_twice(people: Cast, browser_of: Browser, one_of_each: str) -> None:
    said: dict[str, list[str]] = {}
    for person in (people.zhang, people.sun, people.zhao, people.zhou):
        browser = browser_of(person)
        for url in (*LISTS, f"/orders/{one_of_each}/", f"/orders/{one_of_each}/ship/"):
            answer = browser.get(url)
            if answer.status_code == 200:
                faults = list(_faults(answer.content.decode()))
                said |= {url: faults} if faults else {}
    assert said == {}


def test_the_order_is_counted_in_the_singular(people: Cast, browser_of: Browser, one_of_each: str) -> None:
    home = browser_of(people.zhang).get("/").content.decode()
    assert ">1 order<" in home
    order = browser_of(people.sun).get(f"/orders/{one_of_each}/").content.decode()
    assert "0 of 1 line · 0 units shipped" in order and "1 unit open" in order


def test_a_customers_number_says_po_once(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.zhang)
    for reference, shown in (("PO-1", ">PO-1<"), ("4500", ">PO 4500<"), ("po 7", ">po 7<")):
        make.order(state="draft", of=people.boyuan, by=people.wang, customer_reference=reference)
        assert shown in browser.get("/orders/").content.decode()


def test_the_lock_counts_minutes() -> None:
    with translation.override("en"):
        assert SignInLocked(minutes=1, seconds=50).message.endswith("in 1 minute.")
        assert SignInLocked(minutes=15, seconds=900).message.endswith("in 15 minutes.")
