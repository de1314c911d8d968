"""Who may do what over the API of purchasing."""

from tests.permissions.expectations import _LINES, ASK_TO_BUY, SEE_STOCK, Operation, _delete, _get, _post, _put

BUYING: dict[str, Operation] = {
    # What is to be bought: everybody who works here asks, buyers order; reps see their own requests.
    "reorder_rules_index": _get("/reorder-rules", {200: SEE_STOCK}),
    "reorder_rules_save": _put(
        "/warehouses/MAIN/reorder-rules/{sku}", {200: "purchasing"}, {"reorder_point": 1, "target": 2}
    ),
    "reorder_rules_drop": _delete("/warehouses/MAIN/reorder-rules/{sku}", {204: "purchasing"}),
    "reorder_rules_demand": _get("/demand", {200: ASK_TO_BUY}),
    "purchase_requests_index": _get("/purchase-requests", {200: f"{ASK_TO_BUY} executive auditor"}),
    "purchase_requests_show": _get(
        "/purchase-requests/{purchase_request}",
        {
            200: "rep sales_manager finance purchasing executive auditor",
            404: "warehouse service other_rep",
        },
        "purchase_request",
    ),
    "purchase_requests_create": _post(
        "/purchase-requests", {201: ASK_TO_BUY}, {"lines": [_LINES[0] | {"expected_price": 1}]}
    ),
    "purchase_requests_for_demand": _post(
        "/demand/requests", {201: ASK_TO_BUY}, {"lines": [_LINES[0] | {"warehouse": "MAIN"}]}
    ),
    "purchase_requests_order": _post(
        "/purchases/of-requests",
        {201: "purchasing"},
        {"lines": [{"line": "{purchase_line}", "supplier": "{supplier}", "quantity": 1, "unit_price": 1}]},
    ),
    "purchase_requests_withdraw": _post(
        "/purchase-requests/{other_purchase_request}/withdraw",
        {200: "rep", 403: "sales_manager purchasing", 404: "finance warehouse service other_rep"},
        record="other_purchase_request",
    ),
    "purchase_requests_close": _post(
        "/purchase-requests/{purchase_request}/close", {200: "purchasing"}, {"reason": "x"}, "purchase_request"
    ),
}
