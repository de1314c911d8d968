"""Who may do what with prices, promotions and our own company's data."""

from tests.permissions.expectations import _ORDER, EVERYBODY, Operation, _get, _post, _put

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
    "coupons_coupons": _get("/promotions/KEPT/coupons", {200: SEE_PRICES}),
    "coupons_add": _post("/promotions/CODED/coupons", {201: KEEP_PRICES}, {"code": "NEW-CODE"}),
    "coupons_draw": _post("/promotions/CODED/coupon-batches", {201: KEEP_PRICES}, {"count": 1}),
    "coupons_save": _put("/coupons/TEN", {200: KEEP_PRICES}, {"status": "retired"}),
    "coupons_uses": _get("/promotions/CODED/coupon-uses", {200: SEE_PRICES}),
    "promotions_limits": _get("/discount-limits", {200: SEE_PRICES}),
    "promotions_change_limits": _put("/discount-limits", {200: "finance"}, {"limits": []}),
    "paper_looks_kinds": _get("/paper-kinds", {200: "admin"}),
    "paper_looks_show": _get("/paper-kinds/quotation", {200: "admin"}),
    "paper_looks_save": _put("/paper-kinds/quotation", {200: "admin"}, {"size": "a5", "version": 0}),
    # Whoever is signed in may ask; what they may not see is left out.
    "paper_looks_start": _post("/print-runs", {201: EVERYBODY}, {"kind": "confirmation", "numbers": ["{confirmed}"]}),
    "paper_looks_runs": _get("/print-runs", {200: EVERYBODY}),
    "paper_looks_run": _get("/print-runs/999999", {404: EVERYBODY}),
    "paper_looks_file": _get("/print-runs/999999/file", {404: EVERYBODY}),
    "company_show": _get("/company", {200: "admin"}),
    "company_save": _put("/company", {200: "admin"}, {"name_zh": "本公司", "version": 0}),
    "orders_quote": _post("/orders/quote", {200: "rep sales_manager service", 422: "other_rep"}, _ORDER),
}
