"""Recording a payment: what is wrong stands at its field, once, in words that lead on."""

import re

import pytest

from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _refused(browser: object, url: str, **given: str) -> str:
    answer = browser.post(url, given)  # type: ignore[attr-defined]
    assert answer.status_code == 422
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("amount", "said"),
    [("abc", "Enter a number such as 1234.50."), ("-5", "above 0"), ("1" * 40, "too large"), ("1.234", "two decimals")],
)
def test_a_bad_amount_is_marked_at_its_field_and_said_once_at_the_top(
    people: Cast, browser_of: Browser, amount: str, said: str
) -> None:
    given = {"customer": people.boyuan.number, "amount": amount, "method": "cash", "received_on": "2026-03-02"}
    page = _refused(browser_of(people.zhao), "/payments/new/", **given)
    field = re.search(r'<input[^>]*name="amount"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert re.search(r'id="f-amount-error">.*?' + re.escape(said), page, re.S)
    # In the summary with its link and at the field, and nowhere else.
    assert page.count(said) == 2


def test_a_bad_share_is_marked_at_its_invoice(people: Cast, browser_of: Browser) -> None:
    invoice = make.invoice(make.order(state="shipped", of=people.boyuan, by=people.wang))
    given = {"customer": people.boyuan.number, "amount": "5", "method": "cash", "received_on": "2026-03-02"}
    page = _refused(browser_of(people.zhao), "/payments/new/", **given, **{f"allocate-{invoice.number}": "many"})
    field = re.search(rf'<input[^>]*name="allocate-{invoice.number}"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
