"""One department asks another for work: who sees it, does it, confirms it, and what it is charged."""

from dataclasses import replace
from decimal import Decimal

from shundan.accounts.models import Department
from shundan.billing.models import DepartmentCharge
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound
from shundan.notifications.models import Notice
from shundan.orders.actions import LineInput, OrderInput, copy_order, create_order, move_order, save_draft
from shundan.orders.hooks.kinds import (
    DepartmentsMissing,
    GoodsInServiceTransfer,
    NobodyInDepartment,
    NotYourDepartment,
    PerformedByYou,
)
from shundan.orders.models import Order
from shundan.orders.queries import Direction, OrderFilter, direction_of, get_order, list_orders
from shundan.orders.queries.entry import is_work
from shundan.workflow.actions import publish_definition
from shundan.workflow.queries import current_version_id, definition_of
from shundan.workflow.rules.definition import definition_text
from tests import make
from tests.cast import Cast
from tests.jobs import do_jobs

HOURS = LineInput(sku="DESIGN", quantity=Decimal("2.5"), unit_price=Decimal(300))


def test_a_department_works_for_another(people: Cast) -> None:
    make.product("DESIGN", price="800.00", name_zh="包装设计", unit="hour", kind="service")
    make.product("PUMP-40", stock=1, name_zh="离心泵")
    chief = make.person("executive", "warehouse", name="钱总", department=people.east)
    hours = LineInput(sku="DESIGN", quantity=Decimal("2.5"), unit_price=Decimal(300))
    alone = create_order(OrderInput(type="service_transfer", lines=(hours,)), by=chief)
    with make.refused(DepartmentsMissing):
        move_order(alone.number, "submit", by=chief)
    goods = create_order(
        OrderInput(
            type="service_transfer", target_department="SOUTH", lines=(LineInput(sku="PUMP-40", quantity=Decimal(1)),)
        ),
        by=chief,
    )
    with make.refused(GoodsInServiceTransfer):
        move_order(goods.number, "submit", by=chief)
    order = create_order(OrderInput(type="service_transfer", target_department="SOUTH", lines=(hours,)), by=chief)
    # Nothing is shipped or received for work, and it has a price: the internal rate.
    assert direction_of(order) == Direction()
    move_order(order.number, "submit", by=chief)
    assert move_order(order.number, "perform", by=chief).state == "performed"
    # Confirming charges the other department, so who did the work does not do it.
    with make.refused(PerformedByYou):
        move_order(order.number, "complete", by=chief)
    other = make.person("executive", "warehouse", name="周总", department=people.south)
    assert move_order(order.number, "complete", by=other).state == "completed"
    charge = DepartmentCharge.objects.get()
    assert (charge.performer_id, charge.receiver_id, charge.amount) == (
        people.east.pk,
        people.south.pk,
        Decimal("750.00"),
    )


def asked(by: Actor, **more: str) -> Order:
    """Enter a transfer of design work."""
    make.product("DESIGN", price="800.00", name_zh="包装设计", unit="hour", kind="service")
    given = OrderInput(type="service_transfer", lines=(HOURS,), **{"source_department": "SERVICE", **more})
    return create_order(given, by=by)


def told(order: Order) -> set[int | None]:
    """Return who was told something since the last time."""
    do_jobs()
    people = set(Notice.objects.filter(subject_id=order.pk, read_at=None).values_list("person_id", flat=True))
    Notice.objects.update(read_at=make.boss().at)
    return people


def to_do(by: Actor) -> list[str]:
    """Return what waits for somebody of a department, as their pile shows it."""
    return [row.number for row in list_orders(wanted=OrderFilter(view="between", kinds=("transfer",)), by=by).items]


def test_who_needs_work_asks_for_it_and_both_departments_deal_with_it(people: Cast) -> None:
    care = make.department("SERVICE", name="客服部")
    hands, colleague = (make.person("service", name=name, department=care) for name in ("徐婷", "曹阳"))
    outsider = make.person("rep", name="外人", department=make.department("OTHER", name="别的部"))
    order = asked(people.wang, target_department="EAST")
    assert (order.owner_id, order.department_id, order.target_department_id) == (
        people.wang.id,
        care.pk,
        people.east.pk,
    )
    for nobody in (people.li, outsider):
        with make.refused(NotFound):
            get_order(order.number, by=nobody)
    move_order(order.number, "submit", by=people.wang)

    # The performing department hears of it; whoever works there has it in their pile, and does it.
    assert told(order) == {hands.id, colleague.id}
    assert (to_do(hands), to_do(people.wang)) == ([order.number], [])
    with make.refused(NotYourDepartment) as refused:
        move_order(order.number, "perform", by=people.wang)
    assert "客服部" in refused.value.message
    move_order(order.number, "perform", by=hands)

    # Now it waits for the receiver, who is charged by confirming.
    assert told(order) == {people.wang.id}
    assert (to_do(hands), to_do(people.wang)) == ([], [order.number])
    with make.refused(PerformedByYou):
        move_order(order.number, "complete", by=hands)
    with make.refused(NotYourDepartment):
        move_order(order.number, "complete", by=colleague)
    assert move_order(order.number, "complete", by=people.wang).state == "completed"
    charge = DepartmentCharge.objects.get()
    assert (charge.performer_id, charge.receiver_id, charge.amount) == (care.pk, people.east.pk, Decimal("750.00"))
    assert not to_do(people.wang)


def test_the_performing_department_can_be_changed_while_it_is_a_draft(people: Cast) -> None:
    make.department("SERVICE", name="客服部")
    order = asked(people.wang, target_department="EAST")
    given = OrderInput(type="service_transfer", source_department="SOUTH", target_department="EAST", lines=(HOURS,))
    save_draft(order.number, given, version=order.version, by=people.wang)
    assert get_order(order.number, by=people.wang).department_id == people.south.pk
    assert copy_order(order.number, by=people.wang).department_id == people.south.pk


def test_departments_belong_to_transfers_only(people: Cast) -> None:
    make.product("PUMP-40", stock=1, name_zh="离心泵")
    line = LineInput(sku="PUMP-40", quantity=Decimal(1))
    for name in ("source_department", "target_department"):
        with make.refused(Malformed) as refused:
            create_order(OrderInput(customer=people.boyuan.number, lines=(line,), **{name: "SOUTH"}), by=people.wang)
        assert [(one.path, one.code) for one in refused.value.details] == [(name, "not_of_this_type")]
        # Goods lie between warehouses; a department would take them out of the warehouse's work.
        with make.refused(Malformed) as refused:
            create_order(OrderInput(type="transfer", lines=(line,), **{name: "SOUTH"}), by=people.wang)
        assert [(one.path, one.code) for one in refused.value.details] == [(name, "not_of_this_type")]
    with make.refused(Malformed) as refused:
        asked(people.wang, source_department="NOWHERE", target_department="EAST")
    assert [one.path for one in refused.value.details] == ["source_department"]


def test_work_of_somebody_without_a_department_is_not_submitted(people: Cast) -> None:
    alone = make.person("warehouse", name="独行")
    order = asked(alone, source_department="", target_department="EAST")
    with make.refused(DepartmentsMissing):
        move_order(order.number, "submit", by=alone)


def test_work_for_a_department_without_people_is_not_submitted(people: Cast) -> None:
    make.department("EMPTY", name="筹备部")
    order = asked(people.wang, source_department="EMPTY", target_department="EAST")
    with make.refused(NobodyInDepartment) as refused:
        move_order(order.number, "submit", by=people.wang)
    assert "筹备部" in refused.value.message


def test_who_does_the_work_is_not_left_open_again(people: Cast) -> None:
    """Of a saved draft an emptied department is the one of whoever saves; who has none is asked."""
    make.department("SERVICE", name="客服部")
    order = asked(people.wang, target_department="SOUTH")
    given = OrderInput(type="service_transfer", lines=(HOURS,), target_department="SOUTH")
    with make.refused(Malformed) as refused:
        save_draft(order.number, given, version=order.version, by=make.boss())
    assert [(one.path, one.code) for one in refused.value.details] == [("source_department", "required")]
    saved = save_draft(order.number, given, version=order.version, by=people.wang)
    assert saved.department_id == people.east.pk
    assert not Order.objects.exclude(department=people.east).exists()


def test_a_company_may_draw_its_own_way_of_work(people: Cast) -> None:
    """What makes a type work is that its workflow asks for two departments, not the name of that workflow."""
    shipped = definition_of(current_version_id("service_transfer"))
    publish_definition(definition_text(replace(shipped, code="design_work")), by=make.boss())
    kind_of_work = make.order_type("design", kind="transfer", workflow="design_work")
    own_moves = replace(definition_of(current_version_id("transfer")), code="fast_moves")
    publish_definition(definition_text(own_moves), by=make.boss())
    moves = make.order_type("fast", kind="transfer", workflow="fast_moves")
    assert (is_work(kind_of_work), is_work(moves)) == (True, False)
    make.department("SERVICE", name="客服部")
    make.product("DESIGN", price="800.00", name_zh="包装设计", unit="hour", kind="service")
    sides = {"source_department": "SERVICE", "target_department": "EAST"}
    order = create_order(OrderInput(type="design", lines=(HOURS,), **sides), by=people.wang)
    assert (order.department, order.target_department) == (Department.objects.get(code="SERVICE"), people.east)
    with make.refused(Malformed) as refused:
        create_order(OrderInput(type="fast", lines=(HOURS,), **sides), by=people.wang)
    assert {one.code for one in refused.value.details} == {"not_of_this_type"}
