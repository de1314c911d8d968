"""What leads on by itself is taken as soon as it may be, whatever made it so: progress, money, fields, others, time."""

from datetime import timedelta
from typing import Any

import pytest

from shundan.fulfilment.actions import ship_order
from shundan.kernel.models import Event
from shundan.orders.actions import (
    change_attributes,
    keep_migration_plan,
    move_order,
    run_migration,
    save_draft,
    take_due_orders,
    undo_migration,
)
from shundan.orders.actions.draft import OrderInput
from shundan.orders.actions.lines import LineInput
from shundan.orders.models import MigratedOrder, Order
from shundan.parties.models import Customer
from shundan.workflow.actions import publish_definition
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries import check_workflow, definition_of, looks_beyond
from tests import make
from tests.jobs import do_jobs
from tests.orders.versions import sale_text

pytestmark = pytest.mark.django_db
CONFIRMS = 'does = ["take_order_credit", "reserve_order_stock"]\nautomatic = true'


def publish_way(name: str, *, source: str, target: str, more: str) -> str:
    """Publish the workflow of sales with one more way, and return its text."""
    text = (
        f'{sale_text()}\n[transitions.{name}]\nzh = "{name}"\nen = "{name}"\nfrom = ["{source}"]\nto = "{target}"\n'
        f'permission = "order.confirm"\n{more}\n'
    )
    publish_definition(text, by=make.boss())
    return text


def taken(order: Order, name: str) -> list[str]:
    """Return who took a transition of an order, each time it was taken."""
    rows = Event.objects.filter(subject_kind="order", subject_id=order.pk, data__transition=name)
    return list(rows.order_by("id").values_list("actor_name", flat=True))


def test_what_waits_for_money_happens_with_the_last_payment() -> None:
    publish_way("archive", source="completed", target="closed", more='on = "paid"')
    held = make.order(state="invoiced")
    make.payment(held.customer, str(held.total - 1), order=held.number)  # type: ignore[arg-type]
    assert make.fresh(held.number).state == "completed"
    make.payment(held.customer, "1.00", order=held.number)  # type: ignore[arg-type]
    assert make.fresh(held.number).state == "closed"
    assert taken(held, "archive") == ["system"]


def test_closing_the_last_open_line_fulfils_the_order_at_once() -> None:
    publish_way("done", source="in_progress", target="closed", more='on = "fulfilled"')
    order = make.order(2, state="confirmed")
    first = order.lines.order_by("position")[0]
    ship_order(order.number, quantities={first.position: first.quantity}, by=make.boss())
    assert make.fresh(order.number).state == "in_progress"
    given = {"line": "2", "reason_code": "other", "reason": "no longer wanted"}
    move_order(order.number, "close_line", by=make.boss(), inputs=given)
    assert make.fresh(order.number).state == "closed"


def test_a_changed_attribute_opens_a_way_at_once() -> None:
    make.publish_type(attributes=(make.attribute("checked", "yes_no", editable_in=("approved",)),))
    publish_way("pass", source="approved", target="confirmed", more=f"when = 'attribute.checked == true'\n{CONFIRMS}")
    order = make.order(state="approved")
    assert Order.objects.get(pk=order.pk).acts_at is None
    change_attributes(order.number, header={"checked": True}, by=make.boss())
    assert make.fresh(order.number).state == "confirmed"


def test_what_others_decide_is_looked_at_each_minute() -> None:
    publish_way("vip", source="approved", target="confirmed", more="when = '\"vip\" in customer_tags'\n" + CONFIRMS)
    order, other = make.order(state="approved"), make.order(state="approved")
    since = Order.objects.get(pk=order.pk).state_since
    assert since is not None
    assert Order.objects.get(pk=order.pk).acts_at == since + timedelta(minutes=1)
    assert take_due_orders(by=make.on(make.boss(), hours=1)) == 0
    assert Order.objects.get(pk=order.pk).acts_at == since + timedelta(hours=1, minutes=1)
    Customer.objects.filter(pk=order.customer_id).update(tags=["vip"])
    assert take_due_orders(by=make.on(make.boss(), hours=2)) == 1
    assert [make.fresh(one.number).state for one in (order, other)] == ["confirmed", "approved"]
    assert Order.objects.get(pk=order.pk).acts_at is None


def test_nothing_shipped_is_looked_at_without_a_reason() -> None:
    make.shipped()
    for version in WorkflowVersion.objects.all():
        for state in definition_of(version.pk).states:
            # What waits for credit is looked at: money comes in while nobody touches the order (docs/adr/0073).
            waits = (version.code, state.name) in (("sale", "submitted"), ("service", "submitted"))
            assert looks_beyond(version.pk, state.name, kind="order") == waits, (version.code, state.name)


def test_orders_moved_to_a_version_take_what_is_open_there_and_are_left_when_that_is_taken_back() -> None:
    ready, waiting = make.order(state="approved", price="100.00"), make.order(state="approved", price="1.00")
    publish_way("go", source="approved", target="confirmed", more=f"when = 'company_total > 500'\n{CONFIRMS}")
    plan = keep_migration_plan("sale", target=2, by=make.actor("admin"))
    run_migration(plan.pk, by=make.actor("admin"))
    do_jobs()
    assert [make.fresh(one.number).state for one in (ready, waiting)] == ["confirmed", "approved"]
    assert make.stock_of(ready.lines.get().product)[1] == 10
    assert taken(ready, "go") == ["system"]
    assert Order.objects.get(pk=waiting.pk).acts_at is None
    undo_migration(plan.pk, by=make.actor("admin"))
    do_jobs()
    found = MigratedOrder.objects.order_by("order_id").values_list("order_id", "outcome", "reason")
    assert list(found) == [(ready.pk, "left", "moved_on"), (waiting.pk, "undone", "")]
    assert make.fresh(ready.number).state == "confirmed"


def test_a_draft_is_left_to_its_author_until_it_rests() -> None:
    publish_way("go", source="draft", target="submitted", more="when = 'line_count > 0'\nautomatic = true")
    order = make.order(state="draft")
    later = make.on(make.boss(), hours=1)
    line = LineInput(sku=order.lines.get().sku, quantity=order.lines.get().quantity)
    assert order.customer is not None
    save_draft(order.number, OrderInput(customer=order.customer.number, lines=(line,)), version=1, by=later)
    assert Order.objects.get(pk=order.pk).acts_at == later.at + timedelta(minutes=5)
    assert take_due_orders(by=later) == 0
    assert take_due_orders(by=make.on(later, hours=1)) == 1
    assert make.fresh(order.number).state != "draft"


def test_a_reminder_comes_once_each_time_its_span_has_passed() -> None:
    publish_way("remind", source="approved", target="=", more='event = "reminded"\nautomatic = true\nafter = "3 days"')
    order = make.order(state="approved")
    days = [take_due_orders(by=make.on(make.boss(), days=day)) for day in (2, 3, 3, 4, 5, 6, 6, 7)]
    assert days == [0, 1, 0, 0, 0, 1, 0, 0]
    assert taken(order, "remind") == ["system", "system"]


@pytest.mark.parametrize("more", ["automatic = true\nneeds = ['nothing_shipped']", 'on = "paid"'])
def test_what_would_be_taken_for_ever_is_not_published(more: str) -> None:
    way = (
        '[transitions.again]\nzh = "再来"\nen = "Again"\nfrom = ["approved"]\nto = "="\npermission = "order.confirm"\n'
    )
    problems: Any = check_workflow(f"{sale_text()}\n{way}{more}\nevent = 'again'\n")
    assert ("transitions.again.to", "repeats_without_end") in {(one.place, one.code) for one in problems}
