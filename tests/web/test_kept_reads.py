"""The reads of the order pages whose text is kept: the same rows as the query they are written as, and few of them."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from shundan.kernel.kept import Kept
from shundan.orders.actions import choose_columns, move_order
from shundan.orders.queries import LIST_COLUMNS
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def plain(row: Any, *, deep: int = 2) -> Any:
    """Return a row with all that it holds, and the records that came with it."""
    if not isinstance(row, Model):
        return row
    held = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    if deep:
        held |= {f"={name}": plain(one, deep=deep - 1) for name, one in row._state.fields_cache.items()}
    return type(row), row._state.adding, row._state.db, held


def test_kept_reads_give_what_their_queries_give(
    people: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[Any, int] = {}
    usual = Kept.__call__

    def compared(self: Kept[Any], *values: Any, **shape: Any) -> list[Any]:
        found = usual(self, *values, **shape)
        asked = self.query(*values, **shape)
        kept, again = ([plain(row) for row in rows] for rows in (found, asked))
        # Who asks by ids puts what is found into order; two plans may find it in two orders.
        if not asked.ordered:
            kept, again = sorted(kept, key=repr), sorted(again, key=repr)
        assert kept == again
        seen[self] = max(seen.get(self, 0), len(found))
        return found

    numbers = [make.order(state=state, of=people.boyuan, by=people.wang).number for state in ("invoiced", "draft")]
    held = make.order(of=people.boyuan, by=people.wang).number
    move_order(held, "hold", by=people.wang, inputs={"reason": "x"})
    choose_columns(["party", "owner"], kind="sale", view="all", by=people.wang)
    browser = browser_of(people.wang)
    browser.post("/orders/saved-views/", {"do": "new", "name": "Mine", "query": "view=mine"})
    monkeypatch.setattr(Kept, "__call__", compared)
    addresses = [f"/orders/{number}/" for number in (*numbers, held)]
    for address in [*addresses, "/orders/", "/orders/?q=boyuan", "/orders/?view=mine&sort=total&size=20"]:
        assert browser.get(address).status_code == 200
    assert len(seen) >= 15
    assert sum(1 for rows in seen.values() if rows) >= 12


@pytest.mark.parametrize(("address", "most"), [("/orders/", 13), ("/orders/?view=mine", 13), ("/orders/?q=boyuan", 17)])
def test_the_list_asks_little_whatever_it_shows(people: Cast, browser_of: Browser, address: str, most: int) -> None:
    for _order in range(4):
        make.order(of=people.boyuan, by=people.wang)
    for view in ("all", "mine"):
        choose_columns(list(LIST_COLUMNS), kind="sale", view=view, by=people.wang)
    browser = browser_of(people.wang)
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(address).content.decode()
    assert page.count('data-cell="title"') == 4
    assert len(asked) <= most, [one["sql"][:120] for one in asked]


@pytest.mark.parametrize(("state", "most"), [("confirmed", 20), ("shipped", 24)])
@pytest.mark.parametrize("lines", [1, 30])
def test_an_order_asks_little_at_any_number_of_lines(
    people: Cast, browser_of: Browser, lines: int, state: str, most: int
) -> None:
    products = [make.product(stock=100) for _line in range(lines)]
    number = make.order(state=state, of=people.boyuan, by=people.wang, products=products).number
    browser = browser_of(people.zhang)
    browser.get(f"/orders/{number}/")
    with CaptureQueriesContext(connection) as asked:
        browser.get(f"/orders/{number}/")
    assert len(asked) <= most, [one["sql"][:120] for one in asked]


def test_all_forms_of_a_page_carry_one_proof_of_origin(people: Cast, browser_of: Browser) -> None:
    number = make.order(of=people.boyuan, by=people.wang).number
    page = browser_of(people.wang).get(f"/orders/{number}/").content.decode()
    proofs = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert len(proofs) > 3
    assert len(set(proofs)) == 1
