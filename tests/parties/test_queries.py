"""Finding customers by number, name, pinyin and initials, inside one's scope."""

import pytest

from shundan.parties.queries import CustomerFilter, list_customers, suggest_customers
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["博远", "boyuan", "shby", "SHBY", "科技 上海", "13800001111", "李雷", "lilei"])
def test_a_customer_is_found_by(words: str) -> None:
    found = make.customer("上海博远科技有限公司")
    make.customer("宁波海川贸易有限公司", contacts=())
    by = make.boss()
    assert [one.pk for one in list_customers(by=by, wanted=CustomerFilter(search=words)).items] == [found.pk]
    assert [one.pk for one in suggest_customers(words, by=by)] == [found.pk]


@pytest.mark.parametrize("words", ["\x00", "%", "_", "'", "x" * 5000, "博\x00远", "🙂", "\\", "a b c d e f"])
def test_any_words_may_be_searched(words: str) -> None:
    make.customer()
    list_customers(by=make.boss(), wanted=CustomerFilter(search=words, tag=words))
    suggest_customers(words, by=make.boss())


def test_a_search_finds_nothing_outside_the_scope() -> None:
    wang, li = make.person("rep"), make.person("rep")
    customer = make.customer("上海博远科技有限公司", owner_id=wang.id)
    assert [one.pk for one in suggest_customers(customer.number, by=wang)] == [customer.pk]
    assert suggest_customers(customer.number, by=li) == []
    assert list_customers(by=li, wanted=CustomerFilter(search="博远")).items == []
