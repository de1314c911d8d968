"""The inbox: pages of each box, at the same cost however much there is."""

from collections.abc import Iterator
from typing import Any

import pytest

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed
from shundan.workflow.queries import count_to_decide, list_inbox
from tests.workflow.papers import Paper, desk, people, step, submit

pytestmark = pytest.mark.django_db
Papers = dict[int, Paper]


@pytest.fixture
def papers() -> Iterator[Papers]:
    with desk() as found:
        yield found


@pytest.fixture
def five() -> list[Actor]:
    return people(5)


def test_the_inbox_pages_and_costs_the_same_however_much_there_is(
    papers: Papers, five: list[Actor], django_assert_num_queries: Any
) -> None:
    a, b, c, *_others = five
    runs = [submit(papers, step(b, hours=24 - i), by=a) for i in range(5)]
    costs = {"to_do": 2, "done": 1, "started": 1, "copied": 1}
    for _more in range(2):
        for box, cost in costs.items():
            with django_assert_num_queries(cost):
                list_inbox(by=b, box=box, limit=2)
        with django_assert_num_queries(2):
            count_to_decide(by=b)
        runs += [submit(papers, step(b, c), by=a) for _i in range(5)]
    first = list_inbox(by=b, limit=3, counted=True)
    assert ([item.run.pk for item in first.items], first.total) == ([one.pk for one in runs[4:1:-1]], 15)
    second = list_inbox(by=b, limit=3, cursor=first.next)
    assert [item.run.pk for item in second.items] == [runs[1].pk, runs[0].pk, runs[5].pk]
    assert len(list_inbox(by=a, box="started", limit=50).items) == 15
    with pytest.raises(Malformed):
        list_inbox(by=a, box="moon")
