"""Who may give shipments to carriers and follow them; see expectations.py."""

from tests.permissions.operations import SEE_ORDERS, Operation, get, post, put

LOGISTICS: dict[str, Operation] = {
    # Carriers: the warehouse gives goods to them, who sees the order follows it, administrators set them up
    "waybills_costs": post("/shipments/{picking}/costs", {200: "warehouse"}, {"weight": "2"}, "picking"),
    "waybills_create": post("/shipments/{picking}/waybills", {201: "warehouse"}, {"account": "fleet"}, "picking"),
    "waybills_index": get("/waybills", {200: f"{SEE_ORDERS} warehouse other_rep"}),
    "waybills_show": get("/waybills/{waybill}", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "waybill"),
    "waybills_label": get("/waybills/{waybill}/label", {409: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, "waybill"),
    "waybills_cancel": post("/waybills/{waybill}/cancel", {200: "warehouse"}, record="waybill"),
    "waybills_news": post(
        "/waybills/{waybill}/news", {200: f"{SEE_ORDERS} warehouse", 404: "other_rep"}, record="waybill"
    ),
    "waybills_scan": post("/waybills/{waybill}/scans", {201: "warehouse"}, {"state": "in_transit"}, "waybill"),
    "waybills_report": post(
        "/waybills/{waybill}/problems",
        {201: f"{SEE_ORDERS} warehouse", 404: "other_rep"},
        {"kind": "damaged"},
        "waybill",
    ),
    "waybills_resolve": post("/delivery-problems/999999/resolve", {404: "warehouse"}, {"answer": "done"}),
    "waybills_settle": post("/waybills/{waybill}/settle", {409: "warehouse"}, {"tracking_number": ""}, "waybill"),
    "waybills_hand_out": post("/shipments/{gone}/hand-out", {404: "warehouse"}, {"pickup_code": "1"}),
    "carriers_kinds": get("/carriers", {200: "admin"}),
    "carriers_index": get("/carrier-accounts", {200: "admin"}),
    "carriers_create": post(
        "/carrier-accounts", {201: "admin"}, {"code": "own", "carrier": "fleet", "name": "自有车队"}
    ),
    "carriers_save": put(
        "/carrier-accounts/fleet", {200: "admin"}, {"code": "fleet", "carrier": "fleet", "name": "车队"}
    ),
}
