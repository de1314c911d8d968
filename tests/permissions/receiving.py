"""Receiving: buyers say what is inspected, the warehouse inspects, another person agrees, finance spreads costs."""

from tests.permissions.expectations import Operation, _delete, _get, _post, _put

SEE_RECEIPTS = "warehouse purchasing finance executive auditor"
SEE_LANDED = "purchasing finance executive auditor"
_FOUND = {"lines": [{"line": "{inspection_line}", "accepted": 2}]}
_COSTS = {"receipts": ["{receipt}"], "charges": [{"kind": "freight", "amount": "1.00"}]}

RECEIVING: dict[str, Operation] = {
    "receiving_rules_index": _get("/receiving-rules", {200: SEE_RECEIPTS}),
    "receiving_rules_save": _put("/receiving-rules", {200: "purchasing"}, {"sku": "{sku}", "over_percent": 1}),
    "receiving_rules_drop": _delete("/receiving-rules?sku=CHECKED", {204: "purchasing"}),
    "inspections_index": _get("/inspections", {200: SEE_RECEIPTS}),
    "inspections_show": _get("/inspections/{inspection}", {200: SEE_RECEIPTS}, "inspection"),
    "inspections_decide": _post("/inspections/{inspection}/decide", {200: "warehouse"}, _FOUND, "inspection"),
    "inspections_agree": _post(
        "/inspections/{waiting_inspection}/agree", {200: "purchasing executive"}, record="waiting_inspection"
    ),
    "inspections_refuse": _post(
        "/inspections/{waiting_inspection}/refuse",
        {200: "purchasing executive"},
        {"reason": "x"},
        "waiting_inspection",
    ),
    "inspections_reopen": _post(
        "/inspections/{decided_inspection}/reopen", {201: "warehouse"}, {"reason": "x"}, "decided_inspection"
    ),
    "inspections_send_back": _post(
        "/inspections/{decided_inspection}/return",
        {201: "purchasing", 404: "rep sales_manager service other_rep"},
        record="decided_inspection",
    ),
    "landed_costs_index": _get("/landed-costs", {200: SEE_LANDED}),
    "landed_costs_show": _get("/landed-costs/{landed_cost}", {200: SEE_LANDED}),
    "landed_costs_billed": _get("/billed-costs", {200: "purchasing finance"}),
    "landed_costs_create": _post("/landed-costs", {201: "purchasing finance"}, _COSTS),
    "landed_costs_reverse": _post("/landed-costs/{landed_cost}/reverse", {200: "finance"}, {"reason": "x"}),
}
