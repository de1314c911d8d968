"""Files as attributes: uploaded, taken by one order, read by who sees it."""

import pytest

from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import OrderInput, create_order, save_draft, upload_order_file
from shundan.orders.models import Order
from shundan.orders.queries import get_order_file
from tests import make
from tests.cast import Cast, everyone

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Cast:
    """The two companies and six people."""
    found = everyone()
    make.order_type("drawn", attributes=(make.attribute("drawing", "file"),))
    return found


def drawn(people: Cast, value: object) -> Order:
    given = OrderInput(customer=people.boyuan.number, type="drawn", attributes={"drawing": value})
    return create_order(given, by=people.wang)


def test_a_file_becomes_the_orders_and_whoever_sees_it_reads_it(people: Cast) -> None:
    file = upload_order_file("../图纸:1.pdf", b"%PDF-1.7", by=people.wang)
    with make.refused(NotFound):
        get_order_file(file.key, by=people.zhang)
    order = drawn(people, file.key)
    assert order.attributes == {"drawing": f"{file.key}:..图纸1.pdf"}
    assert bytes(get_order_file(file.key, by=people.zhang).content) == b"%PDF-1.7"
    given = OrderInput(customer=people.boyuan.number, type="drawn", attributes=order.attributes)
    assert save_draft(order.number, given, version=1, by=people.wang).attributes == order.attributes
    with make.refused(NotPermitted):
        get_order_file(file.key, by=make.actor("admin"))


def test_nobody_takes_a_file_of_somebody_else(people: Cast) -> None:
    mine = upload_order_file("a.txt", b"a", by=people.wang)
    drawn(people, mine.key)
    foreign = upload_order_file("b.txt", b"b", by=people.zhang)
    for key in (mine.key, foreign.key, "nothing"):
        with pytest.raises(Malformed) as refused:
            drawn(people, key)
        assert [(one.path, one.code) for one in refused.value.details] == [("attributes.drawing", "unknown_file")]


def test_what_cannot_be_kept_is_refused(people: Cast) -> None:
    for content in (b"", b"x" * (10 * 1024 * 1024 + 1)):
        with make.refused(Malformed):
            upload_order_file("a.txt", content, by=people.wang)
    with make.refused(NotPermitted):
        upload_order_file("a.txt", b"a", by=people.zhao)
