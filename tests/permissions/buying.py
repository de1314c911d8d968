"""Who may do what over the API of purchasing."""

from tests.permissions.expectations import _LINES, ASK_TO_BUY, SEE_STOCK, Operation, _delete, _get, _post, _put

SEE_OFFERS = "purchasing finance executive auditor"

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
    # Buyers call for quotations; finance and the management see them.
    "inquiries_index": _get("/inquiries", {200: SEE_OFFERS}),
    "inquiries_show": _get("/inquiries/{inquiry}", {200: SEE_OFFERS}, "inquiry"),
    "inquiries_create": _post(
        "/inquiries",
        {201: "purchasing"},
        {"lines": [{"line": "{purchase_line}", "quantity": 1}], "suppliers": ["{supplier}"]},
    ),
    "inquiries_quote": _put(
        "/inquiries/{inquiry}/quotations/{supplier}",
        {200: "purchasing"},
        {"lines": [{"position": 1, "unit_price": 2}]},
        "inquiry",
    ),
    "inquiries_award": _post(
        "/inquiries/{inquiry}/award",
        {200: "purchasing"},
        {"choices": [{"position": 1, "supplier": "{supplier}"}]},
        "inquiry",
    ),
    # Its supplier has no address for mails.
    "inquiries_send": _post("/inquiries/{inquiry}/send", {409: "purchasing"}, record="inquiry"),
    "inquiries_cancel": _post("/inquiries/{other_inquiry}/cancel", {200: "purchasing"}, record="other_inquiry"),
    # Buyers and finance ask for prepayments; finance alone moves their money.
    "payment_requests_for_order": _post(
        "/orders/{to_bill}/prepayment-requests",
        {201: "purchasing finance"},
        {"amount": "0.10", "method": "cash"},
        "to_bill",
    ),
    "payment_requests_for_supplier": _post(
        "/suppliers/{supplier}/prepayment-requests",
        {201: "purchasing finance"},
        {"amount": "0.10", "method": "cash", "reason": "x"},
    ),
    "prepayments_index": _get("/prepayments", {200: SEE_OFFERS}),
    "prepayments_show": _get("/prepayments/PP-1", {404: SEE_OFFERS}),
    "prepayments_offset": _post("/prepayments/PP-1/offsets", {404: "finance"}, {"bill": "BL-1"}),
    "prepayments_take_back": _post("/prepayments/PP-1/offsets/PV-1/take-back", {404: "finance"}, {"reason": "x"}),
    "prepayments_give_back": _post(
        "/prepayments/PP-1/returns", {404: "finance"}, {"amount": "1", "method": "cash", "reason": "x"}
    ),
    # Suppliers deliver to customers: who sells leaves lines to them, who buys notes what they sent.
    "direct_show": _get(
        "/orders/{confirmed}/direct",
        {200: "rep sales_manager finance warehouse service executive auditor", 404: "purchasing other_rep"},
        "confirmed",
    ),
    "direct_leave": _post(
        "/orders/{confirmed}/direct",
        {201: "rep sales_manager", 404: "warehouse service purchasing other_rep"},
        {"lines": [1]},
        "confirmed",
    ),
    "direct_take": _post(
        "/orders/{confirmed}/direct/take-back",
        {409: "rep sales_manager", 404: "warehouse service purchasing other_rep"},
        {"line": 1, "warehouse": "MAIN"},
        "confirmed",
    ),
    "direct_send": _post(
        "/orders/{answered}/direct-deliveries",
        {409: "purchasing", 404: "rep sales_manager warehouse other_rep"},
        record="answered",
    ),
    "direct_deliver": _post(
        "/direct-deliveries/DD-0/deliver", {404: "rep sales_manager warehouse purchasing other_rep"}
    ),
    "direct_reverse": _post(
        "/direct-deliveries/DD-0/reverse", {404: "rep sales_manager warehouse purchasing other_rep"}
    ),
    "direct_bring": _post(
        "/orders/{answered}/bring-to-stock",
        {409: "purchasing", 404: "rep sales_manager warehouse service other_rep"},
        {"warehouse": "MAIN"},
        "answered",
    ),
    "direct_suppliers": _get("/direct-suppliers", {200: SEE_OFFERS}),
    "direct_save": _put("/direct-suppliers/{sku}", {200: "purchasing"}, {"supplier": "{supplier}"}),
    "direct_drop": _delete("/direct-suppliers/BP-0", {404: "purchasing"}),
    # How suppliers are graded: who sees them; the management weighs. Figures of purchases and of counts.
    "supplier_scores_index": _get("/supplier-scores", {200: SEE_OFFERS}),
    "supplier_scores_show": _get("/supplier-scores/{supplier}", {200: SEE_OFFERS}),
    "supplier_scores_documents": _get("/supplier-scores/{supplier}/on_time", {200: SEE_OFFERS}),
    "supplier_scores_weights": _get("/supplier-weights", {200: SEE_OFFERS}),
    "supplier_scores_weigh": _put(
        "/supplier-weights",
        {200: "executive"},
        {"version": 0, "on_time": 25, "quality": 25, "price": 25, "response": 25},
    ),
    "summaries_purchases": _get("/purchase-reports/suppliers", {200: SEE_OFFERS}),
    "summaries_counting": _get("/count-reports/accuracy", {200: SEE_STOCK}),
    # Orders at their suppliers: buyers send them and decide what was answered otherwise.
    "supplier_answers_index": _get(
        "/orders/{answered}/supplier-answers",
        {200: "purchasing finance warehouse executive auditor", 404: "rep sales_manager service other_rep"},
        "answered",
    ),
    "supplier_answers_send": _post(
        "/orders/{answered}/send-to-supplier",
        {200: "purchasing", 404: "rep sales_manager warehouse other_rep"},
        record="answered",
    ),
    "supplier_answers_enter": _post(
        "/orders/{answered}/supplier-answers",
        {201: "purchasing", 404: "rep sales_manager warehouse other_rep"},
        record="answered",
    ),
    "supplier_answers_decide": _post(
        "/orders/{answered}/supplier-answers/{answer}/decide",
        {200: "purchasing", 404: "rep sales_manager service warehouse other_rep"},
        {"accept": False},
        "answered",
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

# Pages of calls for quotations and of goods that arrive.
BUYING_PAGES: dict[str, str] = {
    "orders/<str:number>/receive/": "GET POST receipt.post",
    "orders/<str:number>/receive/scan/": "POST receipt.post",
    "inquiries/": "GET inquiry.read",
    "inquiries/new/": "GET POST inquiry.edit",
    "inquiries/<str:number>/": "GET inquiry.read",
    "inquiries/<str:number>/award/": "POST inquiry.edit",
    "inquiries/<str:number>/send/": "POST inquiry.edit",
    "inquiries/<str:number>/cancel/": "POST inquiry.edit",
    "inquiries/<str:number>/quote/<str:supplier>/": "GET POST inquiry.edit",
}
