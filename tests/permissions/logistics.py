"""Who may pick, ship and receive over the API, give shipments to carriers, follow them, and set carriers up."""

from tests.permissions.expectations import SEE_MONEY, SEE_ORDERS, Operation, _get, _post, _put

LOGISTICS: dict[str, Operation] = {
    # Shipments
    "shipments_index": _get("/shipments", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "shipments_show": _get("/shipments/{gone}", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "gone"),
    "shipments_create": _post("/orders/{confirmed}/shipments", {201: "warehouse"}, record="confirmed"),
    "shipments_stops": _get(
        "/shipments/{picking}/stops", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "picking"
    ),
    "shipments_scan": _post(
        "/shipments/{picking}/scans", {201: "warehouse"}, {"code": "{sku}", "quantity": 1}, "picking"
    ),
    "shipments_forget": _post("/shipments/{picking}/scans/forget", {200: "warehouse"}, record="picking"),
    # Nothing on that list is kept by lot.
    "shipments_swap": _post(
        "/shipments/{picking}/swaps", {422: "warehouse"}, {"sku": "{sku}", "lot": "B-1"}, "picking"
    ),
    "shipments_ship": _post("/shipments/{picking}/ship", {200: "warehouse"}, record="picking"),
    "shipments_deliver": _post("/shipments/{gone}/deliver", {200: "warehouse"}, record="gone"),
    "shipments_recall": _post("/shipments/{dock}/recall", {200: "warehouse"}, {"reason": "没有发出"}, record="dock"),
    "shipments_cancel": _post("/shipments/{picking}/cancel", {200: "warehouse"}, record="picking"),
    # Carriers: the warehouse gives goods to them, who sees the order follows it, administrators set them up
    "waybills_costs": _post("/shipments/{picking}/costs", {200: "warehouse"}, {"weight": "2"}, "picking"),
    "waybills_costs_so_far": _get("/shipments/{picking}/costs/{cost_question}", {200: "warehouse"}, "picking"),
    "waybills_create": _post("/shipments/{picking}/waybills", {201: "warehouse"}, {"account": "fleet"}, "picking"),
    "logistics_show": _get("/logistics-reports/carrier", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "waybills_index": _get("/waybills", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "waybills_show": _get("/waybills/{waybill}", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "waybill"),
    "waybills_label": _get("/waybills/{waybill}/label", {409: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "waybill"),
    "waybills_cancel": _post("/waybills/{waybill}/cancel", {200: "warehouse"}, record="waybill"),
    # The own fleet tells nothing by itself.
    "waybills_news": _post(
        "/waybills/{waybill}/news", {409: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, record="waybill"
    ),
    "waybills_scan": _post("/waybills/{waybill}/scans", {201: "warehouse"}, {"state": "in_transit"}, "waybill"),
    "waybills_report": _post(
        "/waybills/{waybill}/problems",
        {201: f"{SEE_ORDERS} warehouse", 404: "other_rep"},
        {"kind": "damaged"},
        "waybill",
    ),
    "delivery_problems_problems": _get("/delivery-problems", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "delivery_problems_resolve": _post("/delivery-problems/999999/resolve", {404: "warehouse"}, {"answer": "done"}),
    "delivery_problems_carriers_of": _get(
        "/tracking-numbers/1Z999AA10123456784/carriers", {200: f"{SEE_ORDERS} warehouse other_rep"}
    ),
    "papers_order_paper": _get(
        "/orders/{confirmed}/paper", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    "papers_paper_of_an_order": _get(
        "/orders/{confirmed}/papers/contract",
        {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"},
        "confirmed",
    ),
    "confirmations_index": _get(
        "/orders/{confirmed}/confirmations", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    # Nobody said where that customer is reached.
    "confirmations_ask": _post(
        "/orders/{confirmed}/confirmations",
        {409: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        record="confirmed",
    ),
    "papers_invoice_paper": _get("/invoices/{invoice}/paper", {200: SEE_ORDERS, 404: "other_rep"}, "invoice"),
    "papers_credit_note_paper": _get("/credit-notes/{invoice}/paper", {404: f"{SEE_ORDERS} other_rep"}),
    "papers_payment_paper": _get("/payments/{payment}/paper", {200: SEE_MONEY, 404: "other_rep"}, "payment"),
    "papers_statement_paper": _get("/account-statements/ST-1/paper", {404: f"{SEE_MONEY} other_rep"}),
    "papers_shipment_paper": _get(
        "/shipments/{gone}/papers/delivery-note", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "gone"
    ),
    "waybills_freight": _put(
        "/waybills/{waybill}/freight",
        {200: "warehouse finance"},
        {"amount": "12.50", "currency": "CNY", "reason": "承运商对账单"},
        "waybill",
    ),
    "waybills_settle": _post("/waybills/{waybill}/settle", {409: "warehouse"}, {"tracking_number": ""}, "waybill"),
    "waybills_hand_out": _post("/shipments/{gone}/hand-out", {404: "warehouse"}, {"pickup_code": "1"}),
    "carriers_kinds": _get("/carriers", {200: "admin"}),
    "carriers_index": _get("/carrier-accounts", {200: f"{SEE_ORDERS} warehouse other_rep admin"}),
    "carriers_create": _post(
        "/carrier-accounts", {201: "admin"}, {"code": "own", "carrier": "fleet", "name": "自有车队"}
    ),
    "carriers_save": _put(
        "/carrier-accounts/fleet", {200: "admin"}, {"code": "fleet", "carrier": "fleet", "name": "车队"}
    ),
    # Goods that come in
    "receipts_index": _get("/receipts", {200: "warehouse purchasing finance executive auditor"}),
    "receipts_show": _get("/receipts/{receipt}", {200: "warehouse purchasing finance executive auditor"}, "receipt"),
    "receipts_create": _post("/orders/{to_receive}/receipts", {201: "warehouse"}, record="to_receive"),
    "receipts_reverse": _post("/receipts/{receipt}/reverse", {200: "warehouse"}, record="receipt"),
}
