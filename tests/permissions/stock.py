"""Who may do what over the API of stock, its reports and its forecasts."""

from tests.permissions.expectations import (
    _MOVE,
    EVERYBODY,
    SEE_FORECASTS,
    SEE_ORDERS,
    SEE_STOCK,
    Operation,
    _get,
    _post,
    _put,
)

STOCK: dict[str, Operation] = {
    # Reports of stock: who sees stock; worth only with the right for costs.
    # The forecast: who plans sees it, buyers run it; proposals are asked for by who may ask for goods.
    "forecasts_index": _get("/forecasts", {200: SEE_FORECASTS}),
    "forecasts_proposals": _get("/forecast-proposals", {200: SEE_FORECASTS}),
    "forecasts_run": _post("/forecast-runs", {201: "purchasing"}),
    "forecasts_for_proposals": _post(
        "/forecast-proposals/requests",
        {409: "sales_manager warehouse purchasing"},
        {"lines": [{"sku": "{sku}", "warehouse": "MAIN", "quantity": 1}]},
    ),
    "reports_alert_figures": _get("/stock-alerts/by-warehouse", {200: SEE_STOCK}),
    "reports_alerts": _get("/stock-alerts", {200: SEE_STOCK}),
    "reports_show": _get("/reports/stock", {200: SEE_STOCK}),
    # Stock, who holds it, and which warehouse ships
    "stock_index": _get("/stock", {200: SEE_STOCK}),
    "stock_availability": _get("/availability?sku={sku}", {200: SEE_STOCK}),
    "stock_receive": _post("/stock/receipts", {201: "warehouse purchasing"}, _MOVE),
    "stock_adjust": _post("/stock/adjustments", {201: "warehouse"}, _MOVE),
    "stock_correct": _post(
        "/stock/corrections",
        {201: "warehouse"},
        {"code": "{sku}", "warehouse": "MAIN", "what": "found", "reason": "found"},
    ),
    "stock_correct_days": _put("/stock/lots", {404: "warehouse"}, {"sku": "{sku}", "lot": "NONE", "reason": "x"}),
    "stock_warehouses": _get("/warehouses", {200: EVERYBODY}),
    "stock_add_warehouse": _post("/warehouses", {201: "warehouse"}, {"code": "NEW", "name_zh": "新仓"}),
    "stock_warehouse": _get("/warehouses/MAIN", {200: EVERYBODY}),
    "stock_save_warehouse": _put("/warehouses/MAIN", {200: "warehouse"}, {"name_zh": "主仓库", "version": 1}),
    "stock_close": _post("/warehouses/MAIN/close", {409: "warehouse"}),
    "stock_reopen": _post("/warehouses/MAIN/reopen", {200: "warehouse"}),
    "stock_places_positions": _get("/stock/positions?sku={sku}", {200: SEE_STOCK}),
    "stock_places_on_hand_at": _get("/stock/at?sku={sku}&at=2026-03-02T09:00:00Z", {200: SEE_STOCK}),
    "stock_places_shift": _post("/stock/positions/999999/shift", {404: "warehouse"}, {"quantity": 1}),
    "stock_places_scrap": _post(
        "/stock/positions/999999/scrap", {404: "warehouse"}, {"quantity": 1, "reason": "damaged"}
    ),
    "consigned_index": _get("/stock/consigned", {200: SEE_STOCK}),
    "consigned_receive": _post(
        "/stock/consigned", {422: "warehouse purchasing"}, {"supplier": "NOBODY", "sku": "{sku}", "quantity": 1}
    ),
    "consigned_hand_back": _post("/stock/positions/999999/hand-back", {404: "warehouse"}, {"quantity": 1}),
    "stock_places_shortage": _get("/stock/shortage?sku={sku}", {200: SEE_STOCK}),
    "sourcing_index": _get("/sourcing", {200: SEE_STOCK}),
    "sourcing_save": _put(
        "/sourcing",
        {200: "warehouse"},
        {
            "rules": [
                {"kind": one}
                for one in ("nearest", "single_parcel", "own_fleet", "priority", "split", "divide", "direct")
            ]
        },
    ),
    "sourcing_preview": _get(
        "/sourcing/preview?order={confirmed}", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}
    ),
    "promises_outlook": _get("/stock/promise?sku={sku}&quantity=5", {200: SEE_STOCK}),
    "promises_show": _get(
        "/orders/{confirmed}/promises", {200: f"{SEE_ORDERS} warehouse", 404: "purchasing other_rep"}, "confirmed"
    ),
    "stock_places_hand_over": _post(
        "/stock/hand-overs",
        {409: "sales_manager warehouse"},
        {"giver": "{confirmed}", "taker": "{confirmed}", "sku": "{sku}", "quantity": 1, "reason": "急"},
    ),
    "stock_places_limit": _put(
        "/orders/{confirmed}/reservations",
        {200: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        {"until": None},
        record="confirmed",
    ),
    "stock_places_release": _post(
        "/orders/{confirmed}/reservations/release",
        {409: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        {"reason": "不急"},
        record="confirmed",
    ),
    "stock_places_backorders": _put(
        "/orders/{confirmed}/backorders",
        {200: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        {"allowed": True},
        record="confirmed",
    ),
    "stock_places_prioritise": _put(
        "/orders/{confirmed}/priority", {200: "sales_manager warehouse"}, {"priority": 1}, record="confirmed"
    ),
    # It is a sale: nothing of it leaves for another warehouse.
    "stock_places_plan": _put(
        "/orders/{confirmed}/plan",
        {409: "rep sales_manager", 404: "warehouse purchasing other_rep"},
        {"planned_on": None},
        record="confirmed",
    ),
    "stock_places_relot": _put(
        "/orders/{confirmed}/lines/1/lot",
        {200: "rep sales_manager", 404: "service warehouse purchasing other_rep"},
        {"lot": ""},
        record="confirmed",
    ),
    "stock_places_locations": _get("/warehouses/MAIN/locations", {200: SEE_STOCK}),
    "stock_places_add_location": _post("/warehouses/MAIN/locations", {201: "warehouse"}, {"code": "A-01"}),
}
