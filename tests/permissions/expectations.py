"""Who may do what over the API and on the pages: one row for each operation, reviewed by people, proven by the matrix.

`who` gives the principals by status; whoever is not named gets 403. Strangers always get 401.
"""

from dataclasses import dataclass, field
from typing import Any

EVERYBODY = "rep sales_manager finance warehouse service purchasing executive auditor admin other_rep"
# Those who see the rep's orders from the draft on: the rep, the manager of the department, and who sees all.
SEE_ORDERS = "rep sales_manager finance service executive auditor"
WITH_LISTS = f"{SEE_ORDERS} warehouse purchasing other_rep"
OTHERS_WITH_LISTS = WITH_LISTS.replace("rep ", "", 1)
SEE_APPROVAL = "rep sales_manager executive"
SEE_NO_APPROVAL = "finance warehouse service purchasing auditor admin other_rep"
ENTER_ORDERS = "rep sales_manager warehouse service purchasing other_rep"
SEE_MONEY = "rep sales_manager finance executive auditor"
ASK_TO_BUY = "rep sales_manager finance warehouse service purchasing other_rep"
SEE_FORECASTS = "sales_manager warehouse purchasing executive auditor"
SEE_STOCK = "rep sales_manager finance warehouse service purchasing executive auditor other_rep"


@dataclass(frozen=True)
class Operation:
    """A request and what each principal gets."""

    method: str
    path: str
    who: dict[int, str]
    body: dict[str, Any] = field(default_factory=dict)
    # The record in `path` that another department's rep must not be able to tell from a missing one.
    record: str = ""


def _get(path: str, who: dict[int, str], record: str = "") -> Operation:
    return Operation("GET", path, who, record=record)


def _post(path: str, who: dict[int, str], body: dict[str, Any] | None = None, record: str = "") -> Operation:
    return Operation("POST", path, who, body or {}, record)


def _put(path: str, who: dict[int, str], body: dict[str, Any], record: str = "") -> Operation:
    return Operation("PUT", path, who, body, record)


def _delete(path: str, who: dict[int, str], record: str = "") -> Operation:
    return Operation("DELETE", path, who, record=record)


_LINES = [{"sku": "{sku}", "quantity": 1}]
_ORDER = {"customer": "{customer}", "lines": _LINES}
_TYPE = {"name_zh": "样品订单", "name_en": "Sample order", "number": "YP-{yyyy}-{seq:6}"}
_MOVE = {"sku": "{sku}", "quantity": 1, "reason": "found"}
_FLOW = {"content": "code = 'broken'"}
_ALLOCATIONS = {"allocations": [{"invoice": "{invoice}", "amount": "1.00"}]}

# Keys are operation ids; a word after a colon tells several rows of one operation apart.
OPERATIONS: dict[str, Operation] = {
    # Approvals: everybody has an inbox; an item is seen by who takes part, asked for it, or oversees it by right.
    "approvals_index": _get("/approvals", {200: EVERYBODY}),
    "approvals_approve_many": _post("/approvals", {200: EVERYBODY}, {"items": [{"id": "{approval}"}]}),
    "approvals_show": _get("/approvals/{approval}", {200: SEE_APPROVAL, 404: SEE_NO_APPROVAL}, "approval"),
    "approvals_act": _post(
        "/approvals/{approval}/approve",
        {200: "sales_manager", 409: "rep executive", 404: SEE_NO_APPROVAL},
        {"remark": ""},
        "approval",
    ),
    "approvals_act:comment": _post(
        "/approvals/{approval}/comment", {200: SEE_APPROVAL, 404: SEE_NO_APPROVAL}, {"remark": "ok"}, "approval"
    ),
    "approvals_delegations": _get("/delegations", {200: EVERYBODY}),
    "approvals_delegate": _post(
        "/delegations",
        {201: EVERYBODY.replace("rep ", "", 1), 422: "rep"},
        {"to": "{user}", "from_on": "2099-01-01", "until_on": "2099-01-02"},
    ),
    "approvals_end": _delete(
        "/delegations/{delegation}", {204: "rep", 404: EVERYBODY.replace("rep ", "", 1)}, "delegation"
    ),
    # Messages: everybody has their own.
    "notices_index": _get("/notices", {200: EVERYBODY}),
    "notices_read": _post("/notices/read", {200: EVERYBODY}, {"ids": ["1"]}),
    "notices_choices": _get("/notices/choices", {200: EVERYBODY}),
    "notices_choose": _put(
        "/notices/choices",
        {200: EVERYBODY},
        {"items": [{"kind": "approval_asked", "channel": "email", "is_on": False}]},
    ),
    # Orders: the buyer works with purchases and returns alone, so that sales are not there for them.
    "orders_index": _get("/orders", {200: WITH_LISTS}),
    # Files of orders: who may enter orders uploads them, each sees their own.
    "order_imports_index": _get("/imports/orders", {200: ENTER_ORDERS}),
    "order_imports_upload": _post(
        "/imports/orders",
        {
            201: "rep sales_manager service other_rep",
            404: "purchasing",
            403: "warehouse finance executive auditor admin",
        },
        {"name": "a.csv", "content": "U0tVLFF0eQpYLDEK"},
    ),
    "order_imports_show": _get(
        "/imports/orders/{import}", {200: "rep", 404: ENTER_ORDERS.replace("rep ", "", 1)}, "import"
    ),
    "order_imports_run": _post(
        "/imports/orders/{import}/run", {200: "rep", 404: ENTER_ORDERS.replace("rep ", "", 1)}, record="import"
    ),
    "order_imports_fields": _get(
        "/imports/orders/fields", {200: ENTER_ORDERS.replace("purchasing ", "", 1), 404: "purchasing"}
    ),
    "order_imports_columns": _post(
        "/imports/orders/{import}/columns",
        {200: "rep", 404: ENTER_ORDERS.replace("rep ", "", 1)},
        {"columns": {}},
        record="import",
    ),
    "order_imports_undo": _post(
        "/imports/orders/{import}/undo", {409: "rep", 404: ENTER_ORDERS.replace("rep ", "", 1)}, record="import"
    ),
    "list_columns_show": _get("/list-columns?kind=sale&view=all", {200: WITH_LISTS}),
    "list_columns_choose": _put("/list-columns", {200: WITH_LISTS}, {"columns": ["party", "owner"]}),
    "reasons_index": _get("/reasons", {200: EVERYBODY}),
    "reasons_add": _post("/reasons", {201: "admin"}, {"step": "hold", "label_zh": "等印章", "label_en": "Seal"}),
    "reasons_change": _put(
        "/reasons/hold/postponed", {200: "admin"}, {"label_zh": "客户要求延期", "label_en": "Postponed on request"}
    ),
    "saved_views_show": _get("/saved-views?kind=sale", {200: WITH_LISTS}),
    "saved_views_create": _post("/saved-views", {201: WITH_LISTS}, {"name": "Mine", "query": "view=mine"}),
    "saved_views_create:shared": _post(
        "/saved-views",
        {201: "finance warehouse service purchasing executive"},
        {"name": "Ours", "query": "view=mine", "audience": "all"},
    ),
    "saved_views_change": _put(
        "/saved-views/{view}",
        {200: "rep", 404: OTHERS_WITH_LISTS},
        {"name": "Other", "query": "view=mine"},
        "view",
    ),
    "saved_views_delete": _delete(
        "/saved-views/{view}",
        {204: "rep", 404: OTHERS_WITH_LISTS},
        "view",
    ),
    "orders_lines": _get("/order-lines", {200: WITH_LISTS}),
    "orders_place": _post("/orders", {201: "rep sales_manager service", 422: "other_rep"}, _ORDER),
    "orders_place:confirmed": _post(
        "/orders", {201: "rep sales_manager", 422: "other_rep"}, _ORDER | {"until": "confirmed"}
    ),
    "orders_show:draft": _get("/orders/{draft}", {200: SEE_ORDERS, 404: "warehouse purchasing other_rep"}, "draft"),
    "orders_show": _get(
        "/orders/{confirmed}", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    "orders_save": _put(
        "/orders/{draft}",
        {200: "rep sales_manager", 404: "service warehouse purchasing other_rep"},
        _ORDER | {"version": 1},
        "draft",
    ),
    "orders_delete": _delete(
        "/orders/{draft}", {204: "rep sales_manager", 404: "service warehouse purchasing other_rep"}, "draft"
    ),
    "orders_move": _post(
        "/orders/{approved}/transitions/confirm",
        {200: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        record="approved",
    ),
    "orders_move:submit": _post(
        "/orders/{draft}/transitions/submit",
        {200: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        record="draft",
    ),
    "orders_move:approve": _post(
        "/orders/{submitted}/transitions/approve",
        # The table asks the manager; who holds the right but is not asked is told whose turn it is.
        {200: "sales_manager", 409: "executive", 404: "warehouse purchasing other_rep"},
        record="submitted",
    ),
    "orders_move:hold": _post(
        "/orders/{confirmed}/transitions/hold",
        {200: "rep sales_manager finance warehouse service", 404: "purchasing other_rep"},
        {"inputs": {"reason": "wait"}},
        "confirmed",
    ),
    "orders_attributes": _put(
        "/orders/{draft}/attributes",
        {200: "rep sales_manager", 404: "service warehouse purchasing other_rep"},
        {"attributes": {}},
        "draft",
    ),
    # A kit on a draft: whoever may edit the order; this one has none.
    "order_kits_break_up": _post(
        "/orders/{draft}/kits/1/break-up",
        {404: "rep sales_manager service warehouse purchasing other_rep"},
        {"version": None},
        "draft",
    ),
    # Files of attributes: whoever enters orders uploads; whoever sees the order reads.
    "order_files_upload": _post(
        "/order-files",
        {201: "rep sales_manager warehouse service purchasing other_rep"},
        {"name": "a.txt", "content": "YQ=="},
    ),
    "order_files_show": _get("/order-files/{file}", {200: SEE_ORDERS, 404: "warehouse purchasing other_rep"}, "file"),
    # Order types: everybody sees those they deal with, administrators keep all of them.
    "order_types_index": _get("/order-types", {200: EVERYBODY}),
    "order_types_show": _get("/order-types/sales", {200: EVERYBODY.replace("purchasing ", ""), 404: "purchasing"}),
    "order_types_create": _post("/order-types", {201: "admin"}, _TYPE | {"code": "sample", "kind": "sale"}),
    "order_types_publish": _put("/order-types/consignment", {200: "admin"}, _TYPE | {"version": 1}),
    "order_types_retire": _post("/order-types/consignment/retire", {200: "admin"}),
    "order_types_revive": _post("/order-types/consignment/revive", {200: "admin"}),
    "orders_events": _get(
        "/orders/{confirmed}/events", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    # Workflows and approval tables belong to administrators.
    "workflows_index": _get("/workflows", {200: "admin"}),
    "workflows_show": _get("/workflows/sale", {200: "admin"}),
    "workflows_show_version": _get("/workflows/sale/versions/1", {200: "admin"}),
    "workflows_check": _post("/workflows/sale/check", {200: "admin"}, _FLOW),
    "workflows_publish": _post("/workflows/sale/versions", {409: "admin"}, _FLOW),
    "workflows_compare": _get("/workflows/sale/diff?before=1&after=1", {200: "admin"}),
    "approval_tables_index": _get("/approval-tables", {200: "admin"}),
    "approval_tables_show": _get("/approval-tables/order", {200: "admin"}),
    "approval_tables_show_version": _get("/approval-tables/order/versions/1", {200: "admin"}),
    "approval_tables_check": _post("/approval-tables/order/check", {200: "admin"}, _FLOW),
    "approval_tables_publish": _post("/approval-tables/order/versions", {409: "admin"}, _FLOW),
    "approval_tables_compare": _get("/approval-tables/order/diff?before=1&after=1", {200: "admin"}),
    # Changes of running orders and their versions
    "amendments_ask": _post(
        "/orders/{confirmed}/amendments",
        {201: "rep sales_manager", 404: "service warehouse purchasing other_rep"},
        {"reason_code": "customer_wish", "lines": [{"position": 1, "quantity": 6}]},
        "confirmed",
    ),
    "amendments_preview": _post(
        "/orders/{confirmed}/amendments/preview",
        {200: "rep sales_manager", 404: "service warehouse purchasing other_rep"},
        {"lines": [{"position": 1, "quantity": 6}]},
        "confirmed",
    ),
    "amendments_index": _get(
        "/orders/{asked}/amendments", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "asked"
    ),
    "amendments_show": _get(
        "/orders/{asked}/amendments/1", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "asked"
    ),
    "amendments_withdraw": _post(
        "/orders/{asked}/amendments/1/withdraw",
        {200: "rep", 409: "sales_manager", 404: "service warehouse purchasing other_rep"},
        {"remark": ""},
        "asked",
    ),
    "amendments_revisions": _get(
        "/orders/{amended}/revisions", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "amended"
    ),
    "amendments_revision": _get(
        "/orders/{amended}/revisions/2", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "amended"
    ),
    "amendments_compare": _get(
        "/orders/{amended}/revisions/1/compare/2",
        {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"},
        "amended",
    ),
    "orders_copy": _post(
        "/orders/{confirmed}/copies",
        {201: "rep sales_manager service", 404: "purchasing other_rep"},
        record="confirmed",
    ),
    "orders_undo": _get(
        "/orders/{confirmed}/undo", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    # Suppliers and their bills
    "suppliers_index": _get("/suppliers", {200: "purchasing finance executive auditor"}),
    "suppliers_show": _get("/suppliers/{supplier}", {200: "purchasing finance executive auditor"}),
    "suppliers_create": _post("/suppliers", {201: "purchasing"}, {"name": "新供应商"}),
    "suppliers_save": _put("/suppliers/{supplier}", {200: "purchasing"}, {"name": "改名", "version": 1}),
    "bills_index": _get("/bills", {200: "purchasing finance executive auditor"}),
    "bills_show": _get("/bills/{bill}", {200: "purchasing finance executive auditor"}, "bill"),
    "bills_create": _post("/orders/{to_bill}/bills", {201: "finance"}, record="to_bill"),
    "bills_pay": _post("/bills/{bill}/payments", {201: "finance"}, {"amount": "1.00", "method": "cash"}, "bill"),
    # Payment requests: buyers and finance ask, finance pays; buyers see only their own.
    "payment_requests_index": _get("/payment-requests", {200: "purchasing finance executive auditor"}),
    "payment_requests_show": _get(
        "/payment-requests/{request}", {200: "finance executive auditor", 404: "purchasing"}, "request"
    ),
    "payment_requests_for_bill": _post(
        "/bills/{bill}/payment-requests", {201: "purchasing finance"}, {"amount": "0.10", "method": "cash"}, "bill"
    ),
    "payment_requests_for_refund": _post(
        "/payments/{payment}/refund-requests",
        {201: "finance"},
        {"amount": "0.10", "method": "cash", "reason": "back"},
        "payment",
    ),
    "payment_requests_pay": _post(
        "/payment-requests/{request}/pay", {200: "finance", 404: "purchasing"}, {"reference": "x"}, "request"
    ),
    "payment_requests_withdraw": _post(
        "/payment-requests/{other_request}/withdraw", {403: "finance", 404: "purchasing"}, record="other_request"
    ),
    "bills_reverse": _post("/bills/{bill}/reverse", {200: "finance"}, {"reason": "wrong"}, "bill"),
    "payments_reverse": _post("/payments/{payment}/reverse", {200: "finance"}, {"reason": "wrong"}, "payment"),
    # Purchases and transfers
    "orders_place:purchase": _post(
        "/orders",
        {201: "purchasing", 403: "rep sales_manager service other_rep warehouse finance executive auditor admin"},
        {"type": "purchase", "supplier": "{supplier}", "lines": [_LINES[0] | {"unit_price": "1.00"}]},
    ),
    "orders_place:transfer": _post(
        "/orders",
        {201: "warehouse rep sales_manager service other_rep purchasing"},
        {"type": "transfer", "target_warehouse": "{warehouse}", "lines": _LINES},
    ),
    "orders_show:purchase": _get(
        "/orders/{to_receive}",
        {200: "purchasing finance warehouse executive auditor", 404: "rep sales_manager service other_rep"},
        "to_receive",
    ),
    # Money
    "payments_refund": _post(
        "/payments/{payment}/refunds",
        {201: "finance"},
        {"amount": "1.00", "method": "cash", "reason": "back"},
        "payment",
    ),
    "invoices_index": _get("/invoices", {200: f"{SEE_ORDERS} other_rep"}),
    "invoices_show": _get("/invoices/{invoice}", {200: SEE_ORDERS, 404: "other_rep"}, "invoice"),
    "invoices_create": _post("/orders/{to_invoice}/invoices", {201: "finance"}, record="to_invoice"),
    "invoices_waiting": _get("/customers/{customer}/orders-to-invoice", {200: "finance"}),
    "invoices_gather": _post("/invoices", {201: "finance"}, {"orders": ["{to_invoice}"]}),
    "invoices_credit": _post("/invoices/{invoice}/credit-note", {201: "finance"}, {"reason": "wrong"}, "invoice"),
    "payments_index": _get("/payments", {200: f"{SEE_MONEY} other_rep"}),
    "payments_show": _get("/payments/{payment}", {200: SEE_MONEY, 404: "other_rep"}, "payment"),
    "payments_register": _post(
        "/payments", {201: "finance"}, {"customer": "{customer}", "amount": "1.00", "method": "cash"}
    ),
    "payments_allocate": _post("/payments/{payment}/allocations", {201: "finance"}, _ALLOCATIONS, "payment"),
    "payments_deallocate": _delete("/payments/{allocated}/allocations/{paid_invoice}", {200: "finance"}, "allocated"),
    # Customers
    "customers_index": _get("/customers", {200: f"{SEE_ORDERS} other_rep"}),
    "customers_create": _post("/customers", {201: "rep sales_manager other_rep"}, {"name": "新客户"}),
    "customers_show": _get("/customers/{customer}", {200: SEE_ORDERS, 404: "other_rep"}, "customer"),
    "customers_save": _put(
        "/customers/{customer}",
        {200: "rep sales_manager service", 404: "other_rep"},
        {"name": "改名", "version": 1},
        "customer",
    ),
    "customers_close": _post(
        "/customers/{customer}/close", {200: "rep sales_manager service", 404: "other_rep"}, record="customer"
    ),
    "customers_open_again": _post(
        "/customers/{customer}/open", {200: "rep sales_manager service", 404: "other_rep"}, record="customer"
    ),
    "customers_credit": _get("/customers/{customer}/credit", {200: SEE_ORDERS, 404: "other_rep"}, "customer"),
    "customers_limit": _put("/customers/{customer}/credit", {200: "finance"}, {"limit": "1.00"}, "customer"),
    # Products and stock
    "products_index": _get("/products", {200: EVERYBODY}),
    "products_create": _post("/products", {201: "sales_manager purchasing"}, {"sku": "NEW", "name_zh": "螺母"}),
    "products_show": _get("/products/{sku}", {200: EVERYBODY}),
    "products_save": _put("/products/{sku}", {200: "sales_manager purchasing"}, {"name_zh": "螺丝", "version": 1}),
    "products_set_cost": _put(
        "/product-costs/{sku}", {200: "finance purchasing"}, {"standard_cost": "7", "version": 1}
    ),
    "products_units": _get("/units", {200: EVERYBODY}),
    "products_categories": _get("/categories", {200: EVERYBODY}),
    "products_put_category": _put(
        "/categories/PUMPS", {200: "sales_manager purchasing"}, {"name_zh": "泵", "name_en": "Pumps"}
    ),
    "products_put_unit": _put("/units/pallet", {200: "sales_manager purchasing"}, {"name_zh": "托盘"}),
    "products_tax_rates": _get("/tax-rates", {200: EVERYBODY}),
    # Workflows: administrators alone
    "workflow_migrations_plan": _post("/workflow-migrations", {201: "admin"}, {"workflow": "sale", "target": 2}),
    "workflow_migrations_show": _get("/workflow-migrations/{migration}", {200: "admin"}),
    "workflow_migrations_run": _post("/workflow-migrations/{migration}/run", {200: "admin"}),
    "workflow_migrations_undo": _post("/workflow-migrations/{migration}/undo", {409: "admin"}),
    "what_if_ask": _post(
        "/what-if", {201: "admin"}, {"subject": "table", "code": "order", "before": 1, "after": 1, "days": 7}
    ),
    "what_if_show": _get("/what-if/{question}", {200: "admin"}),
    # Terms
    "terms_payment_terms": _get("/payment-terms", {200: EVERYBODY}),
    "terms_show": _get("/payment-terms/net30", {200: EVERYBODY}),
    "terms_save": _put("/payment-terms/net7", {200: "finance"}, {"name_zh": "七天", "name_en": "7 days", "days": 7}),
}
