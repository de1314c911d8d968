"""Scanning, rounds, parcels and counts: the warehouse does it, those who see the order look on."""

from tests.permissions.operations import SEE_ORDERS, SEE_STOCK, Operation, delete, get, post

WAREHOUSE_WORK: dict[str, Operation] = {
    "shipments_stops": get("/shipments/{picking}/stops", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "picking"),
    "shipments_scan": post(
        "/shipments/{picking}/scans", {201: "warehouse"}, {"code": "{sku}", "quantity": 1}, "picking"
    ),
    "shipments_forget": post("/shipments/{picking}/scans/forget", {200: "warehouse"}, record="picking"),
    "shipments_index": get("/shipments", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "shipments_show": get("/shipments/{gone}", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "gone"),
    "shipments_create": post("/orders/{confirmed}/shipments", {201: "warehouse"}, record="confirmed"),
    "shipments_ship": post("/shipments/{picking}/ship", {200: "warehouse"}, record="picking"),
    "shipments_deliver": post("/shipments/{gone}/deliver", {200: "warehouse"}, record="gone"),
    "shipments_cancel": post("/shipments/{picking}/cancel", {200: "warehouse"}, record="picking"),
    # Rounds and parcels are the warehouse's work.
    "packing_index": get("/pick-rounds", {200: "warehouse"}),
    "packing_show": get("/pick-rounds/{round}", {200: "warehouse"}, "round"),
    "packing_gather": post("/pick-rounds", {201: "warehouse"}, {"shipments": ["{picking}"]}),
    "packing_scan": post("/pick-rounds/{round}/scans", {201: "warehouse"}, {"code": "{sku}", "quantity": 1}, "round"),
    "packing_dissolve": post("/pick-rounds/{round}/dissolve", {200: "warehouse"}, record="round"),
    "packing_parcels": get(
        "/shipments/{picking}/parcels", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "picking"
    ),
    "packing_pack": post("/shipments/{picking}/parcels", {201: "warehouse"}, {"weight": "1.5"}, "picking"),
    "packing_unpack": delete("/shipments/{gone}/parcels/1", {204: "warehouse"}, "gone"),
    # Counts: the warehouse counts, finance or the executive approves what others counted.
    "counts_index": get("/stock-counts", {200: SEE_STOCK}),
    "counts_show": get("/stock-counts/{count}", {200: SEE_STOCK}),
    "counts_plan": post("/stock-counts", {201: "warehouse"}, {"warehouse": "MAIN"}),
    "counts_scan": post("/stock-counts/{count}/scans", {201: "warehouse"}, {"code": "{sku}", "location": "STOCK"}),
    "counts_finish": post("/stock-counts/{count}/finish", {200: "warehouse"}, {"rest_is_empty": True}),
    "counts_cancel": post("/stock-counts/{count}/cancel", {200: "warehouse"}),
    "counts_approve": post("/stock-counts/{judged}/approve", {200: "finance executive"}),
    "counts_reject": post("/stock-counts/{judged}/reject", {200: "finance executive"}),
}
