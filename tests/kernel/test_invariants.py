"""The checker checked: for each invariant one planted corruption, which exactly this invariant reports."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connection, transaction

from shundan.billing.actions import credit_invoice
from shundan.billing.models import Invoice, Payment
from shundan.catalog.models import Product
from shundan.config.integrity import broken, invariants, run_checks
from shundan.fulfilment.actions import plan_shipment, receive_goods, ship_order
from shundan.inventory.actions import create_warehouse
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    create_order,
    move_order,
    place_order,
)
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Customer
from tests import make

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A small company in which every table has a row."""

    draft: Order
    other_draft: Order
    approved: Order
    big: Order
    backorder: Order
    picking: Order
    shipped: Order
    paid: Order
    credited: Order
    free: Product
    unstocked: Product
    invoice: Invoice
    payment: Payment
    bought: Order
    returned: Order
    keyed: Order
    amended: Order
    moved: Order

    def facts(self) -> dict[str, object]:
        """Return the ids that the corruptions name."""
        orders = {name: value for name, value in vars(self).items() if isinstance(value, Order)}
        found: dict[str, object] = {name: one.pk for name, one in vars(self).items()}
        found |= {f"{name}_line": one.lines.order_by("id")[0].pk for name, one in orders.items()}
        found |= {f"{name}_product": one.lines.order_by("id")[0].product_id for name, one in orders.items()}
        found |= {"number": self.draft.number, "warehouse": make.main_warehouse().pk, "at": make.AT}
        return found


@pytest.fixture
def world() -> World:
    """Orders in every stage, money and stock; nothing is broken."""
    customer = make.customer()
    backorder = make.order(state="confirmed", of=customer, allows_backorder=True)
    ship_order(backorder.number, by=make.boss(), quantities={1: Decimal(4)})
    picking = make.order(state="confirmed", of=customer)
    plan_shipment(picking.number, by=make.boss())
    paid = make.order(state="completed", of=customer)
    credited = make.order(state="invoiced", of=customer)
    credit_invoice(Invoice.objects.get(order=credited).number, reason="测试", by=make.boss())
    payment = make.payment(customer, "70.00", is_automatic=False)
    made = World(
        draft=make.order(state="draft", of=customer),
        other_draft=make.order(state="draft", of=customer),
        approved=make.order(state="approved", of=customer),
        big=make.order(state="confirmed", of=customer, quantity=600),
        backorder=backorder,
        picking=picking,
        shipped=make.order(state="shipped", of=customer),
        paid=paid,
        credited=credited,
        free=make.product(stock=5),
        unstocked=make.product(),
        invoice=Invoice.objects.get(order=paid, kind="normal"),
        payment=payment,
        bought=_bought(),
        returned=_returned(customer),
        keyed=_keyed(customer),
        amended=_amended(customer),
        moved=_moved(),
    )
    assert broken() == []
    return made


def _bought() -> Order:
    """A purchase of which half has come in."""
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=Decimal(10), unit_price=Decimal(5))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    receive_goods(order.number, by=make.boss(), quantities={1: Decimal(5)})
    return make.fresh(order.number)


def _keyed(customer: Customer) -> Order:
    """An order with a value that no other order of its type may have."""
    make.order_type("contract", attributes=(make.attribute("contract", is_unique=True),))
    lines = (LineInput(sku=make.product().sku, quantity=Decimal(1)),)
    given = OrderInput(customer=customer.number, type="contract", lines=lines, attributes={"contract": "HT-1"})
    return create_order(given, by=make.boss())


def _returned(customer: Customer) -> Order:
    """A sale of which two have come back."""
    order = make.order(state="shipped", of=customer)
    line = LineInput(sku=order.lines.get().sku, quantity=Decimal(2))
    back = create_order(OrderInput(type="sales_return", origin=order.number, lines=(line,)), by=make.boss())
    for step in ("submit", "confirm"):
        move_order(back.number, step, by=make.boss())
    receive_goods(back.number, by=make.boss())
    return make.fresh(order.number)


def _moved() -> Order:
    """A transfer that is on its way."""
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku=make.product(stock=3).sku, quantity=Decimal(3))
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss())
    ship_order(order.number, by=make.boss())
    return make.fresh(order.number)


def _amended(customer: Customer) -> Order:
    """An order with two versions."""
    order = make.order(state="confirmed", of=customer)
    less = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(9)),))
    amend_order(order.number, less, by=make.boss(), reason_code="stock")
    return make.fresh(order.number)


LEVEL = "update inventory_stocklevel set {} where product_id = %({}_product)s"
PLACE = "(select id from inventory_location where is_default and warehouse_id = %(warehouse)s)"
MOVE = (
    "insert into inventory_stockmove (location_id, effective_at, product_id, warehouse_id, delta, balance, kind,"
    " reason, remark, source_kind, source_id, source_line_id, actor_name, at) "
)
POSITION = "insert into inventory_stockposition (location_id, product_id, warehouse_id, quantity, since, status) "
LIES = "update inventory_stockposition set {} where product_id = %({})s"
LINE = "update orders_orderline set {} where id = %({}_line)s"
ORDER = "update orders_order set {} where id = %({})s"
ACCOUNT = "update billing_creditaccount set {}"
# Summaries of the ledger, made anew where a corruption is not theirs.
COUNTED = "select analytics_count_again()"
ISSUE = "source_kind = 'shipment' and source_line_id = %(shipped_line)s"

# What is done to the data, as somebody with the password of the database could: constraints dropped, triggers off.
REQUEST = (
    "insert into purchasing_purchaserequest (number, source, warehouse_id, reason, state, company_amount, content_hash,"
    " requested_by_name, created_at) values ('R', 'person', %(warehouse)s, '', 'pending', {}, '', '', %(at)s)"
)
CORRUPTIONS: dict[str, list[str]] = {
    "I36": [
        "alter table kernel_answeredrequest drop constraint answered_request_once",
        (
            "insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, status, created_at)"
            " select 1, 'POST /orders', 'k', 'h', 201, %(at)s from generate_series(1, 2)"
        ),
    ],
    "I38": [
        "alter table kernel_eventreceipt drop constraint event_receipt_once",
        "insert into kernel_eventreceipt (subscriber, event_id) select 'x', 1 from generate_series(1, 2)",
    ],
    "I1": [LEVEL.format("on_hand = on_hand + 1", "shipped")],
    "I2": [
        MOVE + f"values ({PLACE}, %(at)s, %(unstocked)s, %(warehouse)s, 5, 5, 'receipt', '', '', '', null, null, 'x',"
        " %(at)s)",
        POSITION + f"values ({PLACE}, %(unstocked)s, %(warehouse)s, 5, %(at)s, 'usable')",
        COUNTED,
    ],
    "I3": ["update inventory_stockmove set balance = balance + 1 where product_id = %(free)s"],
    "I4": [
        "alter table inventory_stocklevel drop constraint stock_on_hand_not_negative",
        "alter table inventory_stocklevel drop constraint stock_never_oversold",
        "alter table inventory_stockmove drop constraint stock_move_balance_not_negative",
        "alter table inventory_stockposition drop constraint stock_position_not_empty",
        "alter table inventory_stockposition drop constraint stock_position_holds",
        LIES.format("quantity = -1", "free"),
        MOVE + f"values ({PLACE}, %(at)s, %(free)s, %(warehouse)s, -6, -1, 'adjustment', '', '', '', null, null,"
        " 'x', %(at)s)",
        "update inventory_stocklevel set on_hand = -1 where product_id = %(free)s",
        COUNTED,
    ],
    "I1b": [LIES.format("quantity = quantity + 1", "free")],
    "I1c": ["update inventory_stocklevel set blocked = 1 where product_id = %(free)s"],
    "I1d": [LIES.format("held = 1", "free")],
    "I1e": [
        "insert into inventory_lot (product_id, code, created_at) values (%(unstocked)s, 'L', %(at)s)",
        LIES.format("lot_id = (select id from inventory_lot)", "free"),
        "update inventory_stockmove set lot_id = (select id from inventory_lot) where product_id = %(free)s",
    ],
    "I16e": ["delete from inventory_stockpick", "update inventory_stockposition set held = 0"],
    "I31": [LINE.format("returned = returned + 1", "moved")],
    "I5": ["update inventory_stocklevel set reserved = 1 where product_id = %(free)s"],
    "I9": [
        "drop index stock_move_once",
        MOVE + "select location_id, effective_at, product_id, warehouse_id, -4, balance, kind, '', '',"
        f" source_kind, source_id, source_line_id, 'x', %(at)s from inventory_stockmove where {ISSUE}",
        f"update inventory_stockmove set delta = -6, balance = balance + 4 where {ISSUE} and delta = -10",
        COUNTED,
    ],
    "I33": [
        "alter table workflow_approvaltask drop constraint approval_task_not_ones_own",
        "update workflow_approvaltask set applicant_id = 5, decided_by_id = 5",
    ],
    "I33b": [
        "update workflow_approvaltask set state = 'open', decided_at = null, decided_by_id = null",
        "update workflow_approvalstep set state = 'withdrawn'",
    ],
    "I6": [
        LINE.format("reserved = 1", "draft"),
        (
            "insert into inventory_reservation (product_id, warehouse_id, line_id, quantity, at)"
            " values (%(draft_product)s, %(warehouse)s, %(draft_line)s, 1, %(at)s)"
        ),
        LEVEL.format("reserved = reserved + 1", "draft"),
    ],
    "I7": [LINE.format("reserved = reserved - 1", "backorder")],
    "I8": [
        LINE.format("reserved = reserved - 1", "big"),
        LEVEL.format("reserved = reserved - 1", "big"),
        "update inventory_reservation set quantity = quantity - 1 where line_id = %(big_line)s",
    ],
    "I10": [ORDER.format("net = net + 0.01, total = total + 0.01", "draft")],
    "I11": [LINE.format("unit_price = unit_price + 1", "draft")],
    "I12": [
        "delete from orders_orderline where order_id = %(approved)s",
        ORDER.format("net = 0, tax = 0, total = 0, line_count = 0", "approved"),
    ],
    "I13": [
        "alter table orders_order drop constraint order_number_once",
        ORDER.format("number = %(number)s", "other_draft"),
    ],
    "I14": [ORDER.format("state = 'approved', category = 'approved'", "draft")],
    "I15": [
        ORDER.format("state = 'completed', category = 'completed'", "draft"),
        (
            "insert into kernel_event (kind, subject_kind, subject_id, actor_name, door, at, data) values"
            " ('order.completed', 'order', %(draft)s, 'x', 'x', %(at)s,"
            " jsonb_build_object('from', 'draft', 'to', 'completed'))"
        ),
    ],
    "I15b": [ORDER.format("category = 'approved'", "draft")],
    "I15c": [
        (
            "with m as (insert into orders_workflowmigration (code, target_id, moves, state, total, done, by_name,"
            " planned_at) select 'sale', workflow_id, '{}', 'done', 1, 1, 'x', %(at)s from orders_order"
            " where id = %(draft)s returning id, target_id) insert into orders_migratedorder (migration_id, order_id,"
            " version_id, from_state, to_state, outcome, reason) select id, %(draft)s, target_id, 'draft', 'draft',"
            " 'moved', '' from m"
        )
    ],
    "I34": ["update workflow_approvalrun set state = 'withdrawn' where subject_id = %(big)s"],
    "I35": [ORDER.format("content_hash = 'other'", "big")],
    "I42": [ORDER.format("revision = 3", "amended")],
    "I37": ["delete from kernel_event where subject_id = %(big)s and kind = 'order.created'"],
    "I41b": [ORDER.format('attributes = \'{"contract": "HT-2"}\'', "keyed")],
    "I41": [ORDER.format("owner_id = 999999", "draft")],
    "I16": [LINE.format("shipped = shipped - 1", "backorder")],
    "I16c": [
        LINE.format("shipped = shipped - 1, delivered = delivered - 1", "bought"),
    ],
    "I16d": [LINE.format("returned = returned - 1", "returned")],
    "I18b": [
        "delete from inventory_stockmove where source_kind = 'receipt' and source_line_id = %(bought_line)s",
        LEVEL.format("on_hand = on_hand - 5", "bought"),
        "delete from inventory_stockposition where product_id = %(bought_product)s",
        COUNTED,
    ],
    "I16b": [LINE.format("picked = picked - 1", "picking")],
    "I17": [
        "alter table orders_orderline drop constraint order_line_quantities_agree",
        LINE.format("quantity = 8, unit_price = 125", "shipped"),
    ],
    "I18": [
        f"delete from inventory_stockmove where {ISSUE}",
        LEVEL.format("on_hand = on_hand + 10", "shipped"),
        POSITION + f"values ({PLACE}, %(shipped_product)s, %(warehouse)s, 10, %(at)s, 'usable')",
        COUNTED,
    ],
    "I20": [
        "update billing_invoice set net = net + 0.01, total = total + 0.01 where id = %(invoice)s",
        ACCOUNT.format("receivable = receivable + 0.01"),
        ORDER.format("invoiced = invoiced + 0.01", "paid"),
    ],
    "I21": [LINE.format("invoiced = invoiced - 1", "paid")],
    "I22": [
        "update billing_invoice set number = replace(number, '-000002', '-000009') where kind = 'normal'",
    ],
    "I23": ["update billing_invoice set credited = credited - 0.01 where order_id = %(credited)s and kind = 'normal'"],
    "I24": [ACCOUNT.format("receivable = receivable + 0.01")],
    "I25": [
        "update billing_payment set allocated = 0.01 where id = %(payment)s",
        ACCOUNT.format("unallocated = unallocated - 0.01"),
    ],
    "I26": [
        "drop index payment_booked_once",
        "update billing_payment set reference = 'R-1'",
    ],
    "I27": [ORDER.format("paid = paid + 0.01", "draft")],
    "I60": [
        (
            "insert into notifications_notice (person_id, event_id, kind, subject_kind, subject_id, facts, is_shown,"
            " created_at) select 1, id, 'document_moved', 'somewhere', 0, '{}', true, at from kernel_event limit 1"
        )
    ],
    "I61": [
        (
            "insert into billing_bill (id, number, kind, order_id, supplier_id, reference, currency, exchange_rate,"
            " net, tax, total, paid, billed_on, due_on, created_at, created_by_name) values (987654, 'B', 'normal',"
            " %(draft)s, 1, '', 'CNY', 1, 0, 0, 0, 0, %(at)s, %(at)s, %(at)s, '')"
        ),
        (
            "insert into billing_paymentrequest (number, kind, bill_id, payee, amount, currency, company_amount,"
            " method, account, reason, state, content_hash, requested_by_name, created_at) values ('R', 'bill',"
            " 987654, '', 1, 'CNY', 1, 'cash', '', '', 'pending', '', '', %(at)s)"
        ),
    ],
    "I1f": [
        (
            "insert into inventory_stockcount (number, warehouse_id, zone, state, remark, created_at, created_by_name,"
            " closed_by_name) values ('C', %(warehouse)s, '', 'posted', '', %(at)s, '', '')"
        ),
        (
            "insert into inventory_countline (count_id, product_id, location_id, status, found, expected,"
            " was_disturbed, found_by_name) select c.id, %(free)s, (select min(id) from inventory_location), 'usable',"
            " 3, 2, false, '' from inventory_stockcount c"
        ),
    ],
    "I16f": [
        (
            "insert into fulfilment_parcel (shipment_id, position, tracking_number, packed_at, packed_by_name)"
            " select min(id), 1, '', %(at)s, '' from fulfilment_shipment"
        ),
        (
            "insert into fulfilment_parcelline (parcel_id, shipment_line_id, quantity)"
            " select p.id, l.id, l.quantity + 1 from fulfilment_parcel p"
            " join fulfilment_shipmentline l on l.shipment_id = p.shipment_id"
        ),
    ],
    "I16g": [
        (
            "insert into fulfilment_pickround (number, warehouse_id, kind, remark, created_at, created_by_name)"
            " select 'W', max(id), 'batch', '', %(at)s, '' from inventory_warehouse"
        ),
        (
            "update fulfilment_shipment set round_id = (select id from fulfilment_pickround)"
            " where warehouse_id = %(warehouse)s"
        ),
    ],
    "I50": [REQUEST.format(1)],
    "I50b": [
        REQUEST.format(0),
        (
            "insert into purchasing_purchaserequestline (request_id, position, product_id, quantity, remark)"
            " select id, 1, %(free)s, 1, '' from purchasing_purchaserequest"
        ),
        (
            "insert into purchasing_requestsupply (line_id, order_id, quantity)"
            " select id, %(draft)s, 1 from purchasing_purchaserequestline"
        ),
    ],
    "I43": ["update analytics_stockday set came = came + 1 where product_id = %(free)s"],
    "I70": ["update catalog_product set standard_cost = 7 where id = %(free)s"],
    "I24b": [ORDER.format("exposure = 1", "draft"), ACCOUNT.format("ordered = ordered + 1")],
}
# Promises that have more than one way to be broken.
MORE: list[tuple[str, list[str]]] = [
    (
        "I36",
        [
            (
                "insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at)"
                " values (1, 'POST /orders', 'k', 'h', now() - interval '1 hour')"
            )
        ],
    ),
    ("I24", ["delete from billing_creditaccount"]),
    (
        "I25",
        [
            (
                "insert into billing_allocation (payment_id, invoice_id, amount, at, by_name)"
                " select p, %(invoice)s, a, %(at)s, 'x' from (values (%(payment)s, -1),"
                " ((select min(id) from billing_payment), 1)) as t(p, a)"
            ),
            "alter table billing_payment drop constraint payment_never_over_allocated",
            "update billing_payment set allocated = allocated + 1 where id <> %(payment)s",
            "update billing_payment set allocated = allocated - 1 where id = %(payment)s",
        ],
    ),
    ("I14", ["delete from kernel_event where subject_id = %(draft)s and data ? 'to'"]),
    ("I42", ["delete from orders_orderrevision where order_id = %(amended)s and number = 2"]),
]


def test_every_invariant_has_its_corruption() -> None:
    codes = [invariant.code for _room, invariant in invariants()]
    assert len(set(codes)) == len(codes)
    assert set(CORRUPTIONS) == set(codes)


def test_a_corruption_is_reported_by_its_invariant_and_no_other(world: World) -> None:
    """One test for all, for the world takes longer to make than to break; each corruption is rolled back."""
    facts = world.facts()
    reported = {code: reported_after(statements, facts) for code, statements in CORRUPTIONS.items()}
    assert reported == {code: [code] for code in CORRUPTIONS}
    others = [(code, reported_after(statements, facts)) for code, statements in MORE]
    assert [code for code, found in others if code not in found] == []


def reported_after(statements: list[str], facts: dict[str, object]) -> list[str]:
    """Return what the checker reports after statements that run with triggers and foreign keys off; undo them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        # The owner of the tables may do this; the role that switches off everything is for superusers only.
        cursor.execute("select distinct tgrelid::regclass::text from pg_trigger where not tgisinternal")
        for (table,) in cursor.fetchall():
            cursor.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            cursor.execute(statement, facts)
        found = broken()
        assert [one.code for one in run_checks() if one.count] == [one.code for one in found]
        assert all(one.examples for one in found)
        transaction.set_rollback(True)
    return [one.code for one in found]
