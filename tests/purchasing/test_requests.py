"""Reorder rules, the demand that follows, purchase requests and the orders that are made of them."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import receive_goods
from shundan.inventory.actions import ReorderInput, create_warehouse, drop_reorder_rule, save_reorder_rule
from shundan.inventory.models import ReorderRule
from shundan.inventory.queries import list_reorder_rules
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.orders.actions import move_order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.purchasing.actions import (
    DemandMet,
    OrderedAlready,
    Purchase,
    PurchaseRequestInput,
    PurchaseRequestNotApproved,
    PurchaseRequestNotPending,
    RequestedLine,
    close_purchase_request,
    order_requested,
    request_demand,
    request_purchase,
    withdraw_purchase_request,
)
from shundan.purchasing.models import PurchaseRequest, PurchaseRequestLine
from shundan.purchasing.queries import (
    get_purchase_request,
    list_purchase_requests,
    open_request_lines,
    orders_of_request,
    progress_of_request,
    purchase_demand,
    requests_of_order,
)
from shundan.workflow.actions import approve_task, reject_task
from shundan.workflow.models import ApprovalRun
from shundan.workflow.queries import list_inbox
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Office:
    """A buyer, a rep who asks for things, the management, a supplier and a pump of which there is little."""

    buyer: Actor
    rep: Actor
    lin: Actor
    supplier: str
    pump: Product


@pytest.fixture
def office() -> Office:
    make.shipped()
    return Office(
        buyer=make.person("purchasing", name="何买"),
        rep=make.person("rep", name="王芳", department=make.department("EAST")),
        lin=make.person("executive", name="林国栋"),
        supplier=create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss()).number,
        pump=set_product_cost(make.product("PUMP-RQ", stock=4).sku, D(250), version=1, by=make.boss()),
    )


def rule(office: Office, **more: object) -> ReorderRule:
    values: dict[str, object] = {"reorder_point": D(10), "target": D(30), "safety_stock": D(5), "lead_days": 7}
    given = {"sku": office.pump.sku, "warehouse": "MAIN", "supplier": office.supplier} | values | more
    return save_reorder_rule(ReorderInput(**given), by=office.buyer)  # type: ignore[arg-type]


def asked(office: Office, quantity: str = "8", *, by: Actor | None = None, price: str | None = None) -> PurchaseRequest:
    line = RequestedLine(sku=office.pump.sku, quantity=D(quantity), expected_price=None if price is None else D(price))
    return request_purchase(PurchaseRequestInput(lines=(line,), reason="实验室"), by=by or office.rep)


def line_of(one: PurchaseRequest) -> int:
    return PurchaseRequestLine.objects.get(request=one).pk


def ordered(one: PurchaseRequest, office: Office, quantity: str, price: str | None = "240") -> str:
    purchase = Purchase(
        line_id=line_of(one),
        supplier=office.supplier,
        quantity=D(quantity),
        unit_price=None if price is None else D(price),
    )
    return order_requested([purchase], by=office.buyer)[0].number


def test_a_rule_is_kept_once_for_a_product_and_a_warehouse(office: Office) -> None:
    made = rule(office)
    changed = rule(office, target=D(40))
    assert (changed.pk, changed.version, changed.target) == (made.pk, 2, D(40))
    with make.refused(VersionConflict, "version_conflict"):
        given = ReorderInput(sku=office.pump.sku, warehouse="MAIN", reorder_point=D(1), target=D(2))
        save_reorder_rule(given, by=office.buyer, version=1)
    assert [one.pk for one in list_reorder_rules(by=office.buyer, search="PUMP-RQ").items] == [made.pk]
    drop_reorder_rule(office.pump.sku, "MAIN", by=office.buyer)
    with make.refused(NotFound, "not_found"):
        drop_reorder_rule(office.pump.sku, "MAIN", by=office.buyer)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"sku": "NONE"}, "sku"),
        ({"warehouse": "NONE"}, "warehouse"),
        ({"supplier": "NONE"}, "supplier"),
        ({"safety_stock": D(11)}, "safety_stock"),
        ({"target": D(9)}, "target"),
        ({"reorder_point": D("1.5")}, "reorder_point"),
        ({"lead_days": 731}, "lead_days"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(office: Office, wrong: dict[str, object], path: str) -> None:
    with make.refused(Malformed) as caught:
        rule(office, **wrong)
    assert [one.path for one in caught.value.details] == [path]


def test_the_database_refuses_a_rule_that_falls(office: Office) -> None:
    made = rule(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReorderRule.objects.filter(pk=made.pk).update(target=D(1))


def test_only_buyers_keep_rules(office: Office) -> None:
    given = ReorderInput(sku=office.pump.sku, warehouse="MAIN", reorder_point=D(1), target=D(2))
    with make.refused(NotPermitted):
        save_reorder_rule(given, by=office.rep)


def test_demand_counts_what_is_free_coming_asked_for_and_owed(office: Office) -> None:
    rule(office)
    [need] = purchase_demand(by=office.buyer)
    assert (need.available, need.projected, need.proposed, need.supplier) == (D(4), D(4), D(26), office.supplier)
    assert (need.source, need.is_urgent, (need.needed_on - office.buyer.today).days) == ("reorder", True, 7)
    one = asked(office, "3")
    [need] = purchase_demand(by=office.buyer)
    assert (need.requested, need.on_order, need.proposed) == (D(3), D(0), D(23))
    number = ordered(one, office, "2")
    [need] = purchase_demand(by=office.buyer)
    assert (need.requested, need.on_order, need.proposed) == (D(1), D(2), D(23))
    move_order(number, "cancel", by=office.buyer, inputs={"reason": "x"})
    [need] = purchase_demand(by=office.buyer)
    assert (need.requested, need.on_order, need.proposed) == (D(3), D(0), D(23))


def test_what_customers_wait_for_is_demand_without_a_rule(office: Office) -> None:
    make.order(state="confirmed", products=[office.pump], quantity=10, allows_backorder=True)
    [need] = purchase_demand(by=office.buyer)
    assert (need.available, need.backordered, need.proposed, need.source) == (D(0), D(6), D(6), "backorder")
    assert purchase_demand(by=office.buyer, warehouse="ELSEWHERE") == []


def test_demand_costs_one_query_for_any_number_of_products(office: Office) -> None:
    for _each in range(5):
        save_reorder_rule(
            ReorderInput(sku=make.product().sku, warehouse="MAIN", reorder_point=D(1), target=D(2)), by=office.buyer
        )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(purchase_demand(by=office.buyer)) == 5
    assert len(queries) == 1


def test_one_click_makes_a_request_for_each_warehouse(office: Office) -> None:
    south = create_warehouse(code="SOUTH-RQ", name_zh="华南仓", name_en="South", by=make.boss()).code
    rule(office)
    rule(office, warehouse=south)
    wanted = [(one.sku, one.warehouse, one.proposed) for one in purchase_demand(by=office.buyer)]
    made = request_demand(wanted, by=office.buyer)
    assert [(one.warehouse.code, one.source, one.state) for one in made] == [
        ("MAIN", "reorder", "approved"),
        (south, "reorder", "approved"),
    ]
    assert purchase_demand(by=office.buyer) == []
    with make.refused(DemandMet, "demand_met"):
        request_demand(wanted, by=office.buyer)


def test_a_small_request_is_approved_at_once_a_large_one_waits_for_the_management(office: Office) -> None:
    small, large = asked(office), asked(office, "100")
    assert (small.state, small.company_amount) == ("approved", D("2000.00"))
    assert (large.state, large.company_amount) == ("pending", D("25000.00"))
    [item] = list_inbox(by=office.lin).items
    assert (item.run.title, item.run.amount) == (large.number, D("25000.00"))
    with make.refused(PurchaseRequestNotApproved, "purchase_request_not_approved"):
        ordered(large, office, "1")
    approve_task(item.run.pk, by=office.lin)
    assert progress_of_request(get_purchase_request(large.number, by=office.rep)) == "to_order"


def test_what_is_rejected_is_not_ordered(office: Office) -> None:
    large = asked(office, "100")
    reject_task(ApprovalRun.objects.latest("id").pk, by=office.lin, remark="太贵")
    assert get_purchase_request(large.number, by=office.rep).state == "rejected"
    assert open_request_lines(by=office.buyer) == []


def test_nobody_knows_what_it_will_cost(office: Office) -> None:
    new = make.product("NEW-RQ")
    line = RequestedLine(sku=new.sku, quantity=D(1))
    one = request_purchase(PurchaseRequestInput(lines=(line,)), by=office.rep)
    assert one.state == "pending"
    assert [item.run.title for item in list_inbox(by=office.buyer).items] == [one.number]


def test_one_takes_back_what_is_not_ordered(office: Office) -> None:
    waiting, free, begun = asked(office, "100"), asked(office), asked(office)
    ordered(begun, office, "1")
    assert withdraw_purchase_request(waiting.number, by=office.rep).state == "withdrawn"
    with make.refused(NotPermitted):
        withdraw_purchase_request(free.number, by=office.buyer)
    assert withdraw_purchase_request(free.number, by=office.rep).state == "withdrawn"
    with make.refused(PurchaseRequestNotPending, "purchase_request_not_pending"):
        withdraw_purchase_request(begun.number, by=office.rep)


def test_orders_are_made_of_requests_and_know_them(office: Office) -> None:
    one = asked(office)
    number = ordered(one, office, "5")
    order = make.fresh(number)
    [line] = order.lines.all()
    assert (order.state, line.quantity, line.unit_price) == ("requested", D(5), D(240))
    found = get_purchase_request(one.number, by=office.buyer)
    assert (progress_of_request(found), [(o.number, q) for o, q in orders_of_request(found, by=office.buyer)]) == (
        "part",
        [(number, D(5))],
    )
    assert [each.number for each in requests_of_order(order, by=office.buyer)] == [one.number]
    with make.refused(OrderedAlready, "ordered_already") as caught:
        ordered(one, office, "4")
    assert caught.value.facts["left"] == "3"
    ordered(one, office, "3", price=None if order.category == "completed" else "1")
    assert progress_of_request(get_purchase_request(one.number, by=office.buyer)) == "ordered"
    assert [each.number for each in list_purchase_requests(by=office.buyer, view="ordered").items] == [one.number]
    assert list_purchase_requests(by=office.buyer, view="to_order").items == []


def test_what_was_last_paid_is_expected(office: Office) -> None:
    one = asked(office)
    number = ordered(one, office, "5", price="113")
    for verb in ("submit", "confirm"):
        move_order(number, verb, by=make.boss())
    receive_goods(number, by=make.boss())
    assert asked(office, "2").company_amount == D("226.00")


def test_the_rest_is_closed(office: Office) -> None:
    one = asked(office)
    assert close_purchase_request(one.number, by=office.buyer, reason="够了").state == "closed"
    with make.refused(PurchaseRequestNotApproved):
        close_purchase_request(one.number, by=office.buyer)
    with make.refused(NotPermitted):
        close_purchase_request(one.number, by=office.rep)


def test_reps_see_their_own_requests(office: Office) -> None:
    mine, other = asked(office), asked(office, by=office.buyer)
    assert [one.number for one in list_purchase_requests(by=office.rep).items] == [mine.number]
    with make.refused(NotFound):
        get_purchase_request(other.number, by=office.rep)
    assert len(list_purchase_requests(by=office.buyer, search="PUMP-RQ").items) == 2


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"sku": "NONE", "quantity": D(1)}, "lines[0].sku"),
        ({"quantity": D(0)}, "lines[0].quantity"),
        ({"quantity": D("0.5")}, "lines[0].quantity"),
        ({"quantity": D(1), "expected_price": D(-1)}, "lines[0].expected_price"),
        ({"quantity": D(1), "supplier": "NONE"}, "lines[0].supplier"),
        ({"quantity": D(1), "remark": "x" * 501}, "lines[0].remark"),
    ],
)
def test_a_malformed_request_says_where(office: Office, line: dict[str, object], path: str) -> None:
    given = PurchaseRequestInput(lines=(RequestedLine(**({"sku": office.pump.sku} | line)),))  # type: ignore[arg-type]
    with make.refused(Malformed) as caught:
        request_purchase(given, by=office.rep)
    assert [one.path for one in caught.value.details] == [path]
