"""Rounds, parcels and counts: the warehouse does it, those who see the order look on."""

from tests.permissions.expectations import SEE_ORDERS, SEE_STOCK, Operation, _delete, _get, _post, _put

WAREHOUSE_WORK: dict[str, Operation] = {
    # Rounds and parcels are the warehouse's work.
    "packing_index": _get("/pick-rounds", {200: "warehouse"}),
    "packing_show": _get("/pick-rounds/{round}", {200: "warehouse"}, "round"),
    "packing_gather": _post("/pick-rounds", {201: "warehouse"}, {"shipments": ["{picking}"]}),
    "packing_scan": _post("/pick-rounds/{round}/scans", {201: "warehouse"}, {"code": "{sku}", "quantity": 1}, "round"),
    "packing_dissolve": _post("/pick-rounds/{round}/dissolve", {200: "warehouse"}, record="round"),
    "packing_parcels": _get(
        "/shipments/{picking}/parcels", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "picking"
    ),
    "packing_pack": _post("/shipments/{picking}/parcels", {201: "warehouse"}, {"weight": "1.5"}, "picking"),
    "packing_unpack": _delete("/shipments/{gone}/parcels/1", {204: "warehouse"}, "gone"),
    # Counts: the warehouse counts, finance or the executive approves what others counted.
    "counts_index": _get("/stock-counts", {200: SEE_STOCK}),
    "counts_show": _get("/stock-counts/{count}", {200: SEE_STOCK}),
    "count_classes_show": _get("/count-classes", {200: SEE_STOCK}),
    "count_classes_save": _put(
        "/count-classes",
        {200: "warehouse"},
        {"version": 0, "share_a": 70, "share_b": 20, "days_a": 20, "days_b": 60, "days_c": 180},
    ),
    "count_classes_plan_due": _post("/stock-counts/due", {201: "warehouse"}, {}),
    "counts_plan": _post("/stock-counts", {201: "warehouse"}, {"warehouse": "MAIN"}),
    "counts_scan": _post("/stock-counts/{count}/scans", {201: "warehouse"}, {"code": "{sku}", "location": "STOCK"}),
    "counts_finish": _post("/stock-counts/{count}/finish", {200: "warehouse"}, {"rest_is_empty": True}),
    "counts_cancel": _post("/stock-counts/{count}/cancel", {200: "warehouse"}),
    "counts_approve": _post("/stock-counts/{judged}/approve", {200: "finance executive"}),
    "counts_reject": _post("/stock-counts/{judged}/reject", {200: "finance executive"}),
}
