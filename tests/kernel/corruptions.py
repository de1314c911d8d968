"""One corruption of the data for each promise, in SQL; ids are those of the checked world."""

from tests.kernel.money_corruptions import MONEY_CORRUPTIONS

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

REQUEST = (
    "insert into purchasing_purchaserequest (number, source, warehouse_id, reason, state, company_amount, content_hash,"
    " requested_by_name, created_at) values ('R', 'person', %(warehouse)s, '', 'pending', {}, '', '', %(at)s)"
)
PROMISE = (
    "insert into orders_promise (order_id, line_id, made_at, promised_on, expected_on, arrival_on, cause, facts)"
    " values (%(backorder)s, %({})s, %(at)s, '2026-01-01', {}, {}, '', '{{}}')"
)
# What is done to the data, as somebody with the password of the database could: constraints dropped, triggers off.
CORRUPTIONS: dict[str, list[str]] = MONEY_CORRUPTIONS | {
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
    "I105": [
        (
            "insert into papers_papertemplate (kind, version, content, saved_by_name, saved_at)"
            " values ('invoice', 2, '{}', 'x', %(at)s)"
        )
    ],
    "I105b": [
        (
            "insert into papers_printrun (kind, by_id, by_name, at, language, state, total, done)"
            " values ('invoice', 1, 'x', %(at)s, '', 'running', 2, 0)"
        )
    ],
    "I105c": [
        (
            "insert into confirmations_confirmation (order_id, revision, state, language, content, digest, sent_to,"
            " sent_at, sent_by_name, expires_at, answered_by_name, address, remark, lines) select min(id), 1, 'sent',"
            " 'en', 'x', 'y', '', %(at)s, '', %(at)s, '', '', '', '{}' from orders_order"
        )
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
    "I5b": [
        "insert into inventory_lot (product_id, code, created_at) values (%(big_product)s, 'L', %(at)s)",
        "update inventory_reservation set lot_id = (select id from inventory_lot) where line_id = %(big_line)s",
    ],
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
    "I126": ["update fulfilment_receipt set is_consigned = true"],
    "I16h": [LINE.format("is_direct = true", "draft")],
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
    "I27b": [
        (
            "insert into billing_gatheredorder (invoice_id, order_id, order_revision, total, allocated, credited)"
            " select id, order_id, 1, total, allocated - 0.01, credited from billing_invoice where id = %(invoice)s"
        ),
        ORDER.format("paid = paid - 0.01", "paid"),
    ],
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
    "I32": [LINE.format("over = over + 1", "bought")],
    "I32b": [LINE.format("rejected = 1", "bought")],
    "I32c": [
        (
            "insert into fulfilment_inspection (number, receipt_id, state, created_at, decided_by_name, agreed_by_name)"
            " select 'Q', min(receipt_id), 'open', %(at)s, '', '' from fulfilment_receiptline"
            " where order_line_id = %(bought_line)s"
        ),
        (
            "insert into fulfilment_inspectionline (inspection_id, receipt_line_id, product_id, supplier_id, quantity,"
            " sample, accepted, conceded, rejected, reason) select i.id, l.id, %(free)s, s.id, l.accepted + 1, 1, 0, 0,"
            " 0, '' from fulfilment_inspection i join fulfilment_receiptline l on l.receipt_id = i.receipt_id,"
            " (select min(id) as id from parties_supplier) s"
        ),
    ],
    "I32d": [
        (
            "insert into fulfilment_landedcost (number, state, reference, remark, total, posted_at, posted_by_name,"
            " reversed_by_name, reason) values ('L', 'posted', '', '', 1, %(at)s, '', '', '')"
        )
    ],
    "I32e": [
        (
            "insert into orders_billedcost (order_line_id, bill_number, billed_on, net, currency, exchange_rate,"
            " taken) values (%(shipped_line)s, 'B', '2026-01-01', 1, 'CNY', 1, 1)"
        )
    ],
    "I72": [PROMISE.format("backorder_line", "'2026-01-02'", "null")],
    "I43": ["update analytics_stockday set came = came + 1 where product_id = %(free)s"],
    "I109": [
        "alter table catalog_kitcomponent disable trigger user",
        "insert into catalog_kitcomponent (kit_id, component_id, quantity) values (%(free)s, %(draft_product)s, 1)",
    ],
    "I110": [
        LINE.format(
            """kit = '{"group": 1, "product": 1, "sku": "K", "name_zh": "", "name_en": "", "unit": "set", "quantity":"""
            """ "9", "price": "1", "each": "9", "parts": 1}'""",
            "draft",
        )
    ],
    "I101": ["update pricing_coupon set uses = uses + 1"],
    "I108": [ORDER.format("coupon_code = 'OTHER'", "couponed")],
    "I70": ["update catalog_product set standard_cost = 7 where id = %(free)s"],
    "I24b": [ORDER.format("exposure = 1", "draft"), ACCOUNT.format("ordered = ordered + 1")],
}
# Promises that have more than one way to be broken.
MORE: list[tuple[str, list[str]]] = [
    ("I101", ["update pricing_coupontally set uses = uses + 1 where customer_id is not null"]),
    ("I101", ["delete from pricing_coupontally where customer_id is null"]),
    ("I108", [ORDER.format("coupon_code = 'TEN'", "approved")]),
    ("I108", [ORDER.format("coupon_code = ''", "couponed")]),
    (
        "I36",
        [
            (
                "insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at)"
                " values (1, 'POST /orders', 'k', 'h', now() - interval '1 hour')"
            )
        ],
    ),
    ("I72", [PROMISE.format("big_line", "'2026-01-01'", "null")]),
    ("I72", [PROMISE.format("backorder_line", "'2026-01-01'", "'2026-01-01'")]),
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
