"""Who may do what with prices, promotions and our own company's data."""

from tests.permissions.expectations import _ORDER, Operation, _get, _post, _put

SEE_PRICES = "sales_manager finance executive auditor"
KEEP_PRICES = "sales_manager finance"
_LIST = {"name_zh": "渠道价", "items": [{"sku": "{sku}", "value": "1"}]}
_OFFER = {"name_zh": "满减", "kind": "percent", "percent": 5}

PRICING: dict[str, Operation] = {
    "price_lists_price_lists": _get("/price-lists", {200: SEE_PRICES}),
    "price_lists_show_price_list": _get("/price-lists/KEPT", {200: SEE_PRICES}),
    "price_lists_add_price_list": _post("/price-lists", {201: KEEP_PRICES}, _LIST | {"code": "NEW"}),
    "price_lists_change_price_list": _put("/price-lists/KEPT", {200: KEEP_PRICES}, _LIST | {"version": 1}),
    "promotions_promotions": _get("/promotions", {200: SEE_PRICES}),
    "promotions_show_promotion": _get("/promotions/KEPT", {200: SEE_PRICES}),
    "promotions_add_promotion": _post("/promotions", {201: KEEP_PRICES}, _OFFER | {"code": "NEW"}),
    "promotions_change_promotion": _put("/promotions/KEPT", {200: KEEP_PRICES}, _OFFER | {"version": 1}),
    "promotions_limits": _get("/discount-limits", {200: SEE_PRICES}),
    "promotions_change_limits": _put("/discount-limits", {200: "finance"}, {"limits": []}),
    "company_show": _get("/company", {200: "admin"}),
    "company_save": _put("/company", {200: "admin"}, {"name_zh": "本公司", "version": 0}),
    "orders_quote": _post("/orders/quote", {200: "rep sales_manager service", 422: "other_rep"}, _ORDER),
}
