"""What a definition itself asks of a transition: conditions, required fields, roles, occasions; what it may not say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shundan.fulfilment.actions import ship_order
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.workflow.actions import publish_definition
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries import ConditionNotMet, FieldsMissing, offers_of
from tests import make

pytestmark = pytest.mark.django_db


def publish(old: str, new: str) -> WorkflowVersion:
    """Publish the workflow of sales with something else in it."""
    make.shipped()
    content = WorkflowVersion.objects.filter(code="sale").order_by("-version")[0].content
    assert old in content
    return publish_definition(content.replace(old, new, 1), by=make.boss())


def draft(**more: object) -> Order:
    """Enter an order of ten screws at 100.00."""
    make.product("SCREW", stock=10)
    lines = (LineInput(sku="SCREW", quantity=Decimal(10)),)
    return create_order(OrderInput(customer=make.customer().number, lines=lines, **more), by=make.boss())  # type: ignore[arg-type]


SUBMIT = '[transitions.submit]\nzh = "提交"\n'


def test_a_condition_closes_the_way_and_says_why() -> None:
    publish(SUBMIT, SUBMIT + 'when = "company_total >= 2000"\n')
    order = draft()
    with make.refused(ConditionNotMet) as caught:
        move_order(order.number, "submit", by=make.boss())
    assert "本位币总额 ≥ 2,000.00" in str(caught.value.message)
    offer = next(one for one in offers_of(order, by=make.boss()) if one.transition.name == "submit")
    assert (offer.is_open, offer.refusal and offer.refusal.code) == (False, "condition_not_met")


def test_a_condition_that_holds_opens_the_way() -> None:
    publish(SUBMIT, SUBMIT + "when = 'company_total >= 1000 and kind == \"sale\"'\n")
    assert move_order(draft().number, "submit", by=make.boss()).state == "approved"


def test_required_fields_are_filled_first() -> None:
    publish(SUBMIT, SUBMIT + 'required = ["requested_on", "customer_reference"]\n')
    order = draft(customer_reference="PO-1")
    with make.refused(FieldsMissing) as caught:
        move_order(order.number, "submit", by=make.boss())
    assert [detail.path for detail in caught.value.details] == ["requested_on"]
    Order.objects.filter(pk=order.pk).update(requested_on=date(2026, 4, 1))
    assert move_order(order.number, "submit", by=make.boss()).state == "approved"


def test_roles_narrow_who_may() -> None:
    publish(SUBMIT, SUBMIT + 'roles = ["sales_manager"]\n')
    rep = make.person("rep")
    make.product("SCREW", stock=10)
    customer = make.customer(owner_id=rep.id)
    order = create_order(
        OrderInput(customer=customer.number, lines=(LineInput(sku="SCREW", quantity=Decimal(1)),)), by=rep
    )
    assert [one for one in offers_of(order, by=rep) if one.transition.name == "submit"] == []
    both = replace(rep, roles=("rep", "sales_manager"))
    assert move_order(order.number, "submit", by=both).state == "approved"


def test_what_occurred_moves_an_order_by_itself() -> None:
    publish(
        "[transitions.complete]\n",
        '[transitions.finish]\nzh = "发完即关闭"\nen = "Closed when shipped"\nfrom = ["in_progress"]\n'
        'to = "closed"\n'
        'permission = "order.confirm"\non = "fulfilled"\n\n[transitions.complete]\n',
    )
    order = make.order(quantity=10)
    part = ship_order(order.number, quantities={1: Decimal(4)}, by=make.boss())
    assert (part.state, make.fresh(order.number).state) == ("shipped", "in_progress")
    ship_order(order.number, by=make.boss())
    assert make.fresh(order.number).state == "closed"
    steps = [event.data["transition"] for event in Event.objects.filter(kind="order.closed")]
    assert steps == ["finish"]


def test_orders_keep_the_version_they_began_with() -> None:
    before = draft()
    publish(SUBMIT, SUBMIT + 'when = "company_total >= 2000"\n')
    assert move_order(before.number, "submit", by=make.boss()).state == "approved"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (SUBMIT, SUBMIT + 'when = "no_such_fact > 1"\n', "transitions.submit.when"),
        (SUBMIT, SUBMIT + 'when = "company_total > \\"many\\""\n', "transitions.submit.when"),
        (SUBMIT, SUBMIT + 'required = ["colour"]\n', "transitions.submit.required"),
        (SUBMIT, SUBMIT + 'roles = ["wizard"]\n', "transitions.submit.roles"),
        ('permission = "order.submit"\n', 'permission = "order.fly"\n', "transitions.submit.permission"),
        ('to = "completed"\n', 'to = "confirmed"\n', "completed"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_with_its_place(old: str, new: str, place: str) -> None:
    make.shipped()
    count = WorkflowVersion.objects.count()
    with pytest.raises(ValueError, match=place):
        publish(old, new)
    assert WorkflowVersion.objects.count() == count
