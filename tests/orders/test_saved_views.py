"""Saved views: one's own, offered to a department or to everybody, changed and deleted by their owner alone."""

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    TooManyViews,
    ViewInput,
    ViewNameTaken,
    change_view,
    choose_columns,
    delete_view,
    save_view,
)
from shundan.orders.models import ListColumns, SavedView
from shundan.orders.queries import column_view, saved_views
from shundan.orders.rules.views import MOST_VIEWS
from tests.cast import Cast

pytestmark = pytest.mark.django_db
BIG = ViewInput("Big ones", "amount_from=10000&sort=-total")


def _names(people: Cast, who: str, kind: str = "sale") -> list[str]:
    return [one.name for one in saved_views(kind=kind, by=getattr(people, who))]


def test_a_view_is_its_owners_until_it_is_offered(people: Cast) -> None:
    view = save_view(BIG, kind="sale", by=people.zhang)
    assert (_names(people, "zhang"), _names(people, "wang")) == (["Big ones"], [])
    assert _names(people, "zhang", "purchase") == []
    change_view(view.pk, ViewInput("Large", BIG.query, "department"), by=people.zhang)
    assert _names(people, "wang") == ["Large"]
    assert [one.data["audience"] for one in Event.objects.filter(kind__startswith="view.").order_by("id")] == [
        "self",
        "department",
    ]


def test_only_those_with_the_right_offer_views_and_as_far_as_it_reaches(people: Cast) -> None:
    for who, audience in ((people.wang, "department"), (people.wang, "all"), (people.zhang, "all")):
        with pytest.raises(NotPermitted):
            save_view(ViewInput("Ours", "view=mine", audience), kind="sale", by=who)
    assert not SavedView.objects.exists()


def test_nobody_changes_or_deletes_the_view_of_another(people: Cast) -> None:
    view = save_view(ViewInput("Ours", "view=mine", "department"), kind="sale", by=people.zhang)
    with pytest.raises(NotFound):
        change_view(view.pk, BIG, by=people.wang)
    with pytest.raises(NotFound):
        delete_view(view.pk, by=people.wang)
    choose_columns(["amount"], kind="sale", view=column_view(view.pk), by=people.wang)
    delete_view(view.pk, by=people.zhang)
    assert not SavedView.objects.exists()
    assert not ListColumns.objects.exists()


def test_saving_the_same_twice_gives_one_view_and_another_under_its_name_is_refused(people: Cast) -> None:
    assert save_view(BIG, kind="sale", by=people.wang).pk == save_view(BIG, kind="sale", by=people.wang).pk
    with pytest.raises(ViewNameTaken):
        save_view(ViewInput(BIG.name, "view=mine"), kind="sale", by=people.wang)
    other = save_view(ViewInput("Other", "view=mine"), kind="sale", by=people.wang)
    with pytest.raises(ViewNameTaken):
        change_view(other.pk, BIG, by=people.wang)
    assert Event.objects.filter(kind="view.saved").count() == 2


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (ViewInput(" ", "view=mine"), "name"),
        (ViewInput("x" * 41, "view=mine"), "name"),
        (ViewInput("a\x00b", "view=mine"), "name"),
        (ViewInput("Empty", ""), "query"),
        (ViewInput("Long", "q=" + "x" * 2000), "query"),
        (ViewInput("For whom", "view=mine", "world"), "audience"),
    ],
)
def test_bad_input_names_its_place(people: Cast, given: ViewInput, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        save_view(given, kind="sale", by=people.wang)
    assert [detail.path for detail in refused.value.details] == [place]


def test_there_is_a_limit(people: Cast) -> None:
    for n in range(MOST_VIEWS):
        save_view(ViewInput(f"View {n}", "view=mine"), kind="sale", by=people.wang)
    with pytest.raises(TooManyViews):
        save_view(BIG, kind="sale", by=people.wang)


def test_the_database_keeps_an_offer_to_a_department_from_having_none(people: Cast) -> None:
    view = save_view(BIG, kind="sale", by=people.zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.filter(pk=view.pk).update(audience="department", department=None)


@pytest.mark.django_db(transaction=True)
def test_saving_at_the_same_moment_gives_one_view(people: Cast) -> None:
    start, found = Barrier(4), []

    def save() -> None:
        start.wait()
        found.append(save_view(BIG, kind="sale", by=people.wang).pk)
        connection.close()

    threads = [Thread(target=save) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), SavedView.objects.count()) == (4, 1, 1)
