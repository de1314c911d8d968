"""What a list's address says and nobody understands is told in words; no list is narrowed or widened in silence."""

import pytest
from django.urls import reverse

from shundan.web.frame import PLACES
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
UNCLEAR = "was not understood"
# Places that are no lists, or short ones that nothing narrows.
NO_LISTS = {
    *("home", "scan", "approvals", "demand", "sourcing", "categories", "discount_limits", "terms", "taxes"),
    *("warehouses", "shipping_rules", "imports", "workflows", "tables", "migrations", "what_if", "company"),
    *("paper_looks", "einvoices", "carriers", "gateways", "settlement_terms", "order_types", "reasons", "logistics"),
    *("reports", "forecasts"),
}


def test_lists_tell_which_filters_they_did_not_understand(people: Cast, browser_of: Browser) -> None:
    """Every list of the navigation, with a misspelt filter."""
    silent, doors = [], [browser_of(one) for one in (people.zhang, people.zhao, people.sun, people.zhou)]
    for place in PLACES:
        if place.name in NO_LISTS:
            continue
        url = f"{reverse(f'{place.name}.list')}?custmer=C-1"
        pages = [page for door in doors if (page := door.get(url)).status_code == 200]
        if not pages or UNCLEAR not in pages[0].content.decode():
            silent.append(place.name)
    assert silent == []


def test_a_list_without_strange_filters_says_nothing_of_them(people: Cast, browser_of: Browser) -> None:
    page = browser_of(people.zhang).get("/orders/?q=x&since=2026-01-01&payment=paid&size=20&sort=-id")
    assert UNCLEAR not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=nonsense", UNCLEAR),
        ("lifecycle=nonsense", UNCLEAR),
        ("view=nonsense", UNCLEAR),
        ("amount_from=a", UNCLEAR),
        ("owner=nobody", UNCLEAR),
        ("customer=C-NONE", "Customer C-NONE does not exist, or you may not see it."),
        ("warehouse=NONE", "Warehouse NONE does not exist, or you may not see it. Choose one of:"),
        ("type=nonsense", "Type nonsense does not exist"),
    ],
)
def test_orders_tell_what_they_could_not_be_narrowed_by(
    people: Cast, browser_of: Browser, query: str, sentence: str
) -> None:
    page = browser_of(people.zhang).get(f"/orders/?{query}")
    assert sentence in page.content.decode()
