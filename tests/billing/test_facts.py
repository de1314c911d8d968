"""What approval tables may ask of billing about an order."""

from decimal import Decimal

import pytest

from shundan.billing.models import Invoice
from shundan.workflow.queries import LiveFacts
from tests import make

pytestmark = pytest.mark.django_db


def test_what_a_customer_owes_too_long_is_a_fact_of_their_orders() -> None:
    customer = make.customer()
    pump = make.product(price="100.00", stock=50)
    invoice = make.invoice(make.order(state="shipped", of=customer, products=[pump], quantity=5))
    order = make.order(state="draft", of=customer, products=[pump], quantity=1)
    in_time = LiveFacts("order", order, make.boss())
    assert (in_time["overdue_amount"], in_time["overdue_days"]) == (Decimal("0.00"), 0)
    late = make.on(make.boss(), days=(invoice.due_on - make.boss().today).days + 3)
    make.payment(customer, "200.00", allocations={invoice.number: Decimal(200)})
    facts = LiveFacts("order", order, late)
    assert Invoice.objects.get().open_amount == Decimal("300.00")
    assert (facts["overdue_amount"], facts["overdue_days"]) == (Decimal("300.00"), 3)
