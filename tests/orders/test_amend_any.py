"""Whatever is changed on whatever order, and changed back: quantities, stock and exposure are what they were."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shundan.billing.actions import credit_invoice, issue_invoice
from shundan.billing.models import Invoice
from shundan.config.integrity import broken
from shundan.fulfilment.actions import plan_shipment, ship_order
from shundan.kernel.errors import Refused
from shundan.orders.actions import ChangeWish, LineInput, LineWish, OrderInput, amend_order, place_order
from shundan.orders.actions.wishes import wish_to_restore
from shundan.orders.models import OrderRevision
from tests import make
from tests.orders.test_amend import figures

PART = st.integers(0, 12)
CENTS = st.integers(0, 400)
WISH = st.tuples(
    st.integers(1, 4),
    st.none() | PART,
    st.none() | st.sampled_from(["33.33", "0.07", "0.335", "120"]),
    st.none() | CENTS,
)
PRICES = ("33.33", "0.07", "0.335", "250.50")


@pytest.mark.django_db
@settings(max_examples=40, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12), CENTS), min_size=1, max_size=3),
    tax=st.booleans(),
    shipped=st.lists(PART, max_size=2),
    invoiced=st.none() | PART,
    credited=st.booleans(),
    wishes=st.lists(st.lists(WISH, min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_amend_and_amend_back(
    lines: list[tuple[int, int, int]],
    tax: bool,
    shipped: list[int],
    invoiced: int | None,
    credited: bool,
    wishes: list[list[tuple[int, int | None, str | None, int | None]]],
) -> None:
    with make.undone():
        goods = [make.product(price=price, stock=60) for price in PRICES]
        given_lines = tuple(
            LineInput(sku=goods[at].sku, quantity=Decimal(quantity), discount=min(Decimal(off) / 100, Decimal("0.05")))
            for at, quantity, off in lines
        )
        buyer = make.customer(limit="100000.00")
        order = place_order(OrderInput(customer=buyer.number, lines=given_lines, includes_tax=tax), by=make.boss())
        for at, part in enumerate(shipped):
            _try(ship_order if at == 0 else plan_shipment, order.number, quantities={at + 1: Decimal(part)})
        if invoiced is not None:
            _try(issue_invoice, order.number, quantities={1: Decimal(invoiced)})
        if credited and (paper := Invoice.objects.filter(order=order).first()):
            _try(credit_invoice, paper.number, reason="x")
        before = figures(order)
        for wanted in wishes:
            _try(
                amend_order,
                order.number,
                ChangeWish(lines=tuple(_wish(goods, one) for one in wanted)),
                reason_code="other",
                reason="随机",
            )
            found = broken()
            assert not found, [(one.code, one.promise, one.examples) for one in found]
        first = OrderRevision.objects.filter(order=order, number=1).first()
        # What was completed by reducing it to what is done has ended; everything else goes back exactly.
        if first is None or make.fresh(order.number).category not in ("confirmed", "in_progress"):
            return
        changed = make.fresh(order.number)
        _try(amend_order, order.number, wish_to_restore(changed, first.content), reason_code="entry_error")
        assert figures(order) == before
        assert broken() == []


def _wish(goods: list[object], one: tuple[int, int | None, str | None, int | None]) -> LineWish:
    position, quantity, price, off = one
    if position == 4:
        sku = getattr(goods[(quantity or 0) % 4], "sku")  # noqa: B009 - products of any kind
        return LineWish(sku=sku, quantity=Decimal((quantity or 0) + 1))
    return LineWish(
        position=position,
        quantity=None if quantity is None else Decimal(quantity),
        unit_price=None if price is None else Decimal(price),
        discount=None if off is None else Decimal(off) / 100,
    )


def _try(deed: object, *given_: object, **more: object) -> str:
    """Do something that needs nobody else; a refusal is a fine answer."""
    try:
        with transaction.atomic():
            asked = deed(*given_, by=make.boss(), **more)  # type: ignore[operator]
            if getattr(asked, "state", "") == "submitted":
                from shundan.workflow.actions import approve_task
                from shundan.workflow.queries import latest_run_of

                run = latest_run_of(asked.subject)
                assert run is not None
                approve_task(run.pk, by=make.boss())
        return ""
    except Refused as refusal:
        return refusal.code
