"""Orders are placed from memory in one statement, and nothing that changed meanwhile is ever believed."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shundan.accounts.models import ApiToken, User
from shundan.billing.actions import TermInput, save_payment_term
from shundan.catalog.models import Product, ProductPrice, TaxPeriod
from shundan.kernel import memory
from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.parties.models import Address, Customer
from tests import cast, make
from tests.api.client import Api, Reply, token_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class Shop:
    """A client who sends the same order again and again."""

    def __init__(self, people: Cast) -> None:
        self.people = people
        self.sku = make.product("MEM-1", price="10.00", stock=1000).sku
        self.api = Api(token_of(people.wang))

    def order(self, **more: Any) -> Reply:
        """Place a confirmed order of one piece."""
        line = {"sku": self.sku, "quantity": "1"}
        body = {"customer": self.people.boyuan.number, "lines": [line], "until": "confirmed"}
        return self.api.post("/orders", body | more)

    def statements(self, **more: Any) -> tuple[Reply, int]:
        """Place one and count the statements."""
        with CaptureQueriesContext(connection) as seen:
            answer = self.order(**more)
        return answer, len(seen)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop whose process remembers everything that an order needs."""
    memory.forget_everything()
    shop = Shop(cast.everyone())
    assert shop.order().status == 201
    assert shop.statements()[1] == 1
    yield shop
    memory.forget_everything()


CHANGES: dict[str, Callable[[Shop], object]] = {
    "a token is revoked": lambda shop: ApiToken.objects.update(revoked_at=timezone.now()),
    "a person leaves": lambda shop: User.objects.filter(pk=shop.people.wang.id).update(is_active=False),
    "rights are taken away": lambda shop: User.objects.filter(pk=shop.people.wang.id).update(roles=[]),
    "a customer is closed": lambda shop: Customer.objects.update(status="closed"),
    "a product is retired": lambda shop: Product.objects.update(status="retired"),
    "a price is gone": lambda shop: ProductPrice.objects.all().delete(),
}
ANSWERS = {
    "a token is revoked": (401, "invalid_token"),
    "a person leaves": (401, "invalid_token"),
    "rights are taken away": (403, "not_permitted"),
    "a customer is closed": (409, "customer_closed"),
    "a product is retired": (422, "invalid_input"),
    "a price is gone": (422, "invalid_input"),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_holds_for_the_very_next_order(shop: Shop, change: str) -> None:
    before = Order.objects.count()
    CHANGES[change](shop)
    refused = shop.order()
    assert (refused.status, refused.code) == ANSWERS[change]
    assert Order.objects.count() == before


def test_the_next_order_has_the_new_price_tax_and_address(shop: Shop) -> None:
    ProductPrice.objects.update(amount=Decimal("12.50"))
    assert shop.order().body["total"] == "12.50"
    TaxPeriod.objects.filter(tax_rate__code="vat13").update(rate=Decimal("0.25"))
    assert shop.order().body["tax"] == "2.50"
    Address.objects.create(customer=shop.people.boyuan, city="成都", is_main=True)
    assert shop.order().body["ship_to"]["city"] == "成都"


def test_who_has_nothing_to_do_for_an_order_gets_no_job_and_who_has_does_at_once(shop: Shop) -> None:
    def listeners() -> list[str]:
        """Return who hears of the order that is placed now."""
        event = Event.objects.get(kind="order.confirmed", data__number=shop.order().body["number"])
        with connection.cursor() as cursor:
            wanted = "select args ->> 'subscriber' from procrastinate_jobs where (args ->> 'event_id')::bigint = %s"
            cursor.execute(f"{wanted} order by 1", [event.pk])
            return [row[0] for row in cursor.fetchall()]

    assert listeners() == ["parties.count_customer_order"]
    term = shop.people.boyuan.payment_term
    assert term is not None
    asks = TermInput(name_zh="定金", name_en="earnest", days=30, deposit_kind="earnest", deposit_percent=Decimal(10))
    save_payment_term(term.code, asks, by=make.boss())
    assert listeners() == ["billing.hooks.deposits.apply_payment_term", "parties.count_customer_order"]
    save_payment_term(term.code, TermInput(name_zh="月结", name_en="monthly", days=30), by=make.boss())
    assert listeners() == ["parties.count_customer_order"]


def test_what_is_not_committed_is_not_known(shop: Shop) -> None:
    """Another's open transaction has a smaller number than ours, and commits after we looked."""
    import psycopg

    facts = connection.get_connection_params()
    address = {"host": facts["host"], "dbname": facts["dbname"], "user": facts["user"]}
    with psycopg.connect(**address) as other:
        other.execute("update catalog_productprice set amount = 33")
        memory.forget_everything()
        assert shop.order().body["total"] == "10.00"
        assert shop.statements()[1] == 1
        other.commit()
    assert shop.order().body["total"] == "33.00"


def test_after_a_change_memory_is_made_anew(shop: Shop) -> None:
    ProductPrice.objects.update(amount=Decimal(11))
    assert shop.statements()[1] > 1
    memory.forget_everything()
    shop.order()
    answer, count = shop.statements()
    assert (answer.body["total"], count) == ("11.00", 1)


def test_counting_a_customers_orders_changes_nothing_that_is_remembered(shop: Shop) -> None:
    from shundan.parties.actions import note_customer_ordered

    note_customer_ordered(shop.people.boyuan.pk, on=timezone.now().date())
    assert shop.statements()[1] == 1


def test_a_draft_and_a_refusal_are_written_once_and_from_the_database(shop: Shop) -> None:
    before = Order.objects.count()
    assert shop.order(until="draft").body["state"] == "draft"
    assert Order.objects.count() == before + 1
    assert shop.order(lines=[{"sku": shop.sku, "quantity": "5000"}]).code == "out_of_stock"
    assert shop.order(colour="red").places == {"body.colour": "unknown_field"}
    assert Order.objects.count() == before + 1


def test_an_answer_from_memory_reads_like_any_other(shop: Shop) -> None:
    from shundan.api.order_answers import Order as Schema

    short = shop.order().body
    full = Api(token_of(shop.people.wang)).get(f"/orders/{short['number']}").body
    assert Schema(**short).model_dump(mode="json") == short
    assert list(short) == list(Schema.model_fields)
    assert {name: full[name] for name in short} == short


def test_an_old_memory_is_outdated(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select kernel_require_known(pg_current_snapshot(), now() - interval '9 minutes')")
        with pytest.raises(Exception, match="outdated"):
            cursor.execute("select kernel_require_known(pg_current_snapshot(), now() - interval '11 minutes')")
        with pytest.raises(Exception, match="outdated"):
            cursor.execute("select kernel_require_known('900000000:900000000:'::pg_snapshot, now())")


def test_changes_are_kept_for_a_day(shop: Shop) -> None:
    from shundan.kernel.tasks import forget_changes

    with connection.cursor() as cursor:
        cursor.execute(
            "update kernel_masterchange set at = now() - interval '25 hours' where xid = ("
            "select min(xid) from kernel_masterchange)"
        )
        cursor.execute("select count(*) from kernel_masterchange")
        (before,) = cursor.fetchone()
        forget_changes(timestamp=0)
        cursor.execute("select count(*) from kernel_masterchange")
        assert cursor.fetchone() == (before - 1,)
