"""Saved views on the list of orders: tabs, the bar that saves and changes them, columns of their own."""

import pytest

from shundan.orders.models import SavedView
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_filtered_list_becomes_a_tab_that_filters_the_same(people: Cast, browser_of: Browser) -> None:
    small = make.order(state="draft", of=people.boyuan, by=people.wang).number
    browser = browser_of(people.wang)
    assert "Save as view" not in browser.get("/orders/").content.decode()
    page = browser.get("/orders/?amount_from=1000000&sort=-total").content.decode()
    assert "Save as view" in page
    assert small not in page
    given = {"do": "new", "name": "Big ones", "query": "sort=-total&amount_from=1000000&after=xyz&size=20&strange=1"}
    saved = browser.post("/orders/saved-views/", given)
    view = SavedView.objects.get()
    assert view.query == "amount_from=1000000&sort=-total"
    assert (saved.status_code, saved["Location"]) == (303, f"/orders/?saved={view.pk}&{view.query}")
    page = browser.get(saved["Location"]).content.decode()
    assert "Big ones" in page
    assert "Not saved" not in page
    assert small not in page
    assert "Big ones" in browser.get("/orders/views/").content.decode()


def test_what_is_changed_in_a_view_is_saved_or_undone(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    browser.post("/orders/saved-views/", {"do": "new", "name": "Mine", "query": "view=mine"})
    view = SavedView.objects.get()
    page = browser.get(f"/orders/?saved={view.pk}&view=mine&q=abc").content.decode()
    assert "Not saved" in page
    assert f'href="?saved={view.pk}&amp;view=mine"' in page
    browser.post("/orders/saved-views/", {"do": "save", "id": view.pk, "query": "view=mine&q=abc"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Mine", "q=abc&view=mine")
    browser.post("/orders/saved-views/", {"do": "edit", "id": view.pk, "name": "abc", "query": "ignored=1"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("abc", "q=abc&view=mine")
    gone = browser.post("/orders/saved-views/", {"do": "delete", "id": view.pk})
    assert (gone.status_code, gone["Location"]) == (303, "/orders/")
    assert not SavedView.objects.exists()


def test_a_shared_view_is_read_by_others_and_changed_by_none_of_them(people: Cast, browser_of: Browser) -> None:
    manager, rep = browser_of(people.zhang), browser_of(people.wang)
    given = {"do": "new", "name": "Team", "query": "payment=unpaid", "audience": "department"}
    manager.post("/orders/saved-views/", given)
    view = SavedView.objects.get()
    page = rep.get(f"/orders/?saved={view.pk}&{view.query}").content.decode()
    assert "View of" in page
    assert "Edit view" not in page
    refused = rep.post("/orders/saved-views/", {"do": "delete", "id": view.pk}, headers={"HX-Request": "true"})
    assert refused.status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()
    taken = manager.post("/orders/saved-views/", given | {"query": "q=x"}, headers={"HX-Request": "true"})
    assert taken.status_code == 409
    assert "already have a view" in taken.content.decode()


def test_each_reader_has_their_own_columns_in_a_view(people: Cast, browser_of: Browser) -> None:
    make.order(state="draft", of=people.boyuan, by=people.wang)
    browser = browser_of(people.wang)
    browser.post("/orders/saved-views/", {"do": "new", "name": "Short", "query": "view=mine"})
    view = SavedView.objects.get()
    browser.post("/orders/columns/", {"columns": ["amount"], "view": f"saved-{view.pk}", "query": ""})
    assert '<th scope="col">Shipping</th>' not in browser.get(f"/orders/?saved={view.pk}&view=mine").content.decode()
    assert '<th scope="col">Shipping</th>' in browser.get("/orders/?view=mine").content.decode()
    assert '<th scope="col">Shipping</th>' in browser_of(people.zhang).get(f"/orders/?saved={view.pk}").content.decode()


def test_a_view_says_nothing_of_orders_that_its_reader_may_not_see(people: Cast, browser_of: Browser) -> None:
    mine = make.order(state="draft", of=people.boyuan, by=people.wang).number
    browser_of(people.zhang).post(
        "/orders/saved-views/", {"do": "new", "name": "All", "query": "sort=-total", "audience": "department"}
    )
    view = SavedView.objects.get()
    # Li sells in the south, below the same department.
    theirs = browser_of(people.li).get(f"/orders/?saved={view.pk}&{view.query}").content.decode()
    assert "View of" in theirs
    assert mine not in theirs
    assert mine in browser_of(people.wang).get(f"/orders/?saved={view.pk}").content.decode()
