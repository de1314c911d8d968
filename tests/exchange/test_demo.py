"""The demo company: complete, believable, whole, and the same for the same seed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from shundan.accounts.actions import sign_in
from shundan.billing.models import Bill, Invoice, Payment
from shundan.catalog.models import Product
from shundan.config.integrity import broken
from shundan.exchange.demo import SIGN_INS, AlreadyFilled, load_demo
from shundan.exchange.demo.calendar import last_at_work, to_work, worked_after, worked_before
from shundan.fulfilment.models import DirectDelivery, Receipt
from shundan.inventory.models import StockLevel, Warehouse
from shundan.kernel.models import Event
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Customer, Supplier
from shundan.parties.rules import is_unified_credit_code
from shundan.pricing.models import CouponTally
from tests import make

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FACTS = """
select md5(string_agg(concat_ws('|', c.name, c.tax_number, u.name, o.state, o.fulfilment, o.invoicing, o.payment,
    o.total, o.invoiced, o.paid, o.ordered_on, o.line_count), ',' order by o.created_at, o.id)) from orders_order o
join parties_customer c on c.id = o.customer_id left join accounts_user u on u.id = o.owner_id
union all
select md5(string_agg(concat_ws('|', p.sku, p.barcode, s.on_hand, s.reserved), ',' order by p.sku, s.warehouse_id))
from inventory_stocklevel s join catalog_product p on p.id = s.product_id
union all
select md5(string_agg(concat_ws('|', kind, actor_name, at), ',' order by id)) from kernel_event
"""


def digest() -> str:
    """Return a fingerprint of what matters; numbers and ids come from sequences that other tests move too."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        return hashlib.sha256(str(cursor.fetchall()).encode()).hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_whole_company_the_same_for_the_same_seed(db: None) -> None:
    make.shipped()
    with undone():
        load_demo(now=NOW)
        first = digest()
        assert broken() == []
    # The autovacuum may look just now, and find many pages with nothing in them.
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    load_demo(now=NOW)
    assert digest() == first
    _check_counts()
    _check_other_kinds()
    _check_hours()
    _check_exports()
    _check_papers()
    _check_people_and_goods()
    with pytest.raises(AlreadyFilled):
        load_demo(now=NOW)
    assert digest() == first


def _check_counts() -> None:
    sales = Order.objects.filter(type__code="sales")
    # Two thousand that the days brought, the draft that shows how prices come about, four with coupons, six with kits,
    # one by milestones; beside the three hundred products one that is kept by lot, and three kits.
    assert (Customer.objects.count(), Product.objects.count(), sales.count()) == (200, 304, 2012)
    assert list(CouponTally.objects.filter(customer=None).order_by("uses").values_list("uses", flat=True)) == [1, 2]
    assert Warehouse.objects.count() == 3
    first, last = sales.order_by("ordered_on")[0], sales.order_by("-ordered_on")[0]
    assert 410 <= (last.ordered_on - first.ordered_on).days <= 430
    states = set(sales.values_list("state", flat=True))
    assert states == {"draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled"}
    tracks = {column: set(sales.values_list(column, flat=True)) for column in ("fulfilment", "invoicing", "payment")}
    assert tracks["fulfilment"] >= {"none", "reserved", "picking", "partly_shipped", "shipped", "delivered"}
    assert tracks["invoicing"] == {"none", "to_invoice", "part", "full"}
    assert tracks["payment"] >= {"unpaid", "part", "paid"}
    assert sales.filter(holds__len__gt=0).count() >= 3
    assert not sales.filter(state="cancelled", holds__len__gt=0).exists()
    assert sales.filter(due_on__lt=NOW.date()).exclude(payment="paid").count() >= 20
    assert set(sales.values_list("currency", flat=True)) == {"CNY", "USD", "EUR"}
    assert not sales.filter(is_history=True).exists()


def _check_other_kinds() -> None:
    """Every kind of order is there, in most of the states of its workflow, and what it moved has papers."""
    states: dict[str, set[str]] = {}
    for code, state in Order.objects.exclude(kind="sale").values_list("type__code", "state"):
        states.setdefault(code, set()).add(state)
    assert states["purchase"] >= {"requested", "submitted", "approved", "issued", "receiving", "completed", "cancelled"}
    assert states["sales_return"] >= {"requested", "in_return", "received", "completed", "cancelled"}
    assert states["service"] >= {"requested", "confirmed", "planned", "working", "waiting", "done", "completed"}
    assert states["transfer"] >= {"requested", "planned", "in_transit", "completed"}
    assert states["service_transfer"] == {"requested", "performed", "completed"}
    assert Supplier.objects.count() == 6
    assert list(DirectDelivery.objects.order_by("id").values_list("state", flat=True)) == ["delivered", "shipped"]
    assert Receipt.objects.count() >= 12 and Bill.objects.filter(paid__gt=0).exists()


def _check_hours() -> None:
    """Everything happens between nine and six in Shanghai, on no Sunday; Saturdays are quiet."""
    zone = ZoneInfo("Asia/Shanghai")
    moments = [
        *Event.objects.values_list("at", flat=True),
        *Order.objects.values_list("created_at", flat=True),
        *Customer.objects.values_list("created_at", flat=True),
        *Payment.objects.values_list("created_at", flat=True),
    ]
    local = [at.astimezone(zone) for at in moments]
    assert [at for at in local if not 9 <= at.hour < 18 or at.weekday() == 6] == []
    assert 0 < sum(at.weekday() == 5 for at in local) / len(local) < 0.1


def _check_exports() -> None:
    """Who buys from abroad pays no value added tax; who buys here does."""
    lines = OrderLine.objects.filter(order__kind="sale").exclude(order__customer__country="CN")
    assert set(lines.values_list("tax_code", "tax_rate", "tax")) == {("zero", 0, 0)}
    assert lines.count() > 500
    at_home = OrderLine.objects.filter(order__kind="sale", order__customer__country="CN")
    assert at_home.filter(tax_code="vat13").exists() and not at_home.filter(tax_code="zero").exists()


def _check_papers() -> None:
    assert Invoice.objects.filter(kind="credit").exists() and Payment.objects.count() > 1000
    assert Event.objects.filter(at__gt=NOW).count() == 0
    times = list(Event.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(times)
    assert StockLevel.objects.filter(on_hand=0).count() >= 5


def _check_people_and_goods() -> None:
    for _role, email, password in SIGN_INS:
        assert sign_in(email=email, password=password, address="127.0.0.1", at=NOW).email == email
    chinese = Customer.objects.filter(country="CN")
    assert 0.1 < 1 - chinese.count() / 200 < 0.2
    assert all(is_unified_credit_code(one.tax_number) for one in chinese)
    codes = [one.barcode for one in Product.objects.filter(kind="goods")]
    assert all(len(code) == 13 and _is_ean(code) for code in codes) and len(set(codes)) == len(codes)


def _is_ean(code: str) -> bool:
    return sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(code)) % 10 == 0


@pytest.mark.parametrize("hours", range(0, 24 * 8, 5))
def test_working_time_is_counted_both_ways(hours: int) -> None:
    at = last_at_work(NOW + timedelta(hours=hours))
    worked = timedelta(hours=18)
    assert worked_after(worked_before(at, worked), worked) == to_work(at) == at
    assert at <= NOW + timedelta(hours=hours) <= to_work(NOW + timedelta(hours=hours))
