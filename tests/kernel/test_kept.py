"""Kept queries: the text is made once for each shape, the rows are always those of now."""

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import pytest
from django.db.models import Q, QuerySet, Sum

from shundan.accounts.scopes import reader_of
from shundan.inventory.models import StockLevel, Warehouse
from shundan.kernel.kept import kept
from tests import make

pytestmark = pytest.mark.django_db
made: list[Any] = []


@kept
def levels(product_ids: Any, *, with_place: bool) -> QuerySet[StockLevel]:
    made.append(with_place)
    rows = StockLevel.objects.filter(product_id__any_of=product_ids).order_by("id")
    return rows.select_related("warehouse") if with_place else rows


@kept
def sums(*product_ids: Any) -> QuerySet[Any, tuple[Any, ...]]:
    chosen = reduce(or_, (Q(product_id=one) for one in product_ids))
    rows = StockLevel.objects.filter(chosen).order_by("product_id")
    return rows.values_list("product_id").annotate(Sum("on_hand"))


@kept
def nothing() -> QuerySet[Any, str]:
    return Warehouse.objects.filter(pk__in=()).values_list("code", flat=True)


def test_rows_are_those_of_now_and_the_text_is_made_once(django_assert_num_queries: Any) -> None:
    one, other = make.product(stock=3), make.product(stock=5)
    made.clear()
    assert [level.on_hand for level in levels([one.pk, other.pk], with_place=True)] == [3, 5]
    make.receive(one, 4)
    code = make.main_warehouse().code
    with django_assert_num_queries(1):
        (level,) = levels([one.pk], with_place=True)
        assert (level.on_hand, level.warehouse.code, level.product_id) == (7, code, one.pk)
    assert levels([], with_place=True) == []
    assert made == [True]
    assert "warehouse" not in levels([one.pk], with_place=False)[0]._state.fields_cache
    assert made == [True, False]


def test_values_come_in_any_number_and_nothing_asks_nothing(django_assert_num_queries: Any) -> None:
    one, other = make.product(stock=3), make.product(stock=5)
    assert sums(one.pk) == [(one.pk, 3)]
    assert sums(one.pk, other.pk) == list(sums.query(one.pk, other.pk)) == [(one.pk, 3), (other.pk, 5)]
    with django_assert_num_queries(0):
        assert nothing() == []


def test_whatever_changes_what_somebody_sees_makes_another_text() -> None:
    by = make.person("rep")
    later = make.on(by, hours=1)
    assert reader_of(by) == reader_of(later) == reader_of(replace(by, language="en"))
    for other in (
        make.on(by, days=1),
        replace(by, grants={**by.grants, "order.read": "all"}),
        replace(by, team_ids=(7,)),
        replace(by, department_ids=(7,)),
        replace(by, id=7),
    ):
        assert reader_of(other) != reader_of(by)
