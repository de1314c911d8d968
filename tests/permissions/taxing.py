"""Who may keep taxes and rates of exchange."""

from tests.permissions.expectations import SEE_MONEY, Operation, _get, _post, _put

KEEP = "finance admin"
SEE_RATES = "sales_manager finance purchasing executive auditor admin"
_TAX = {
    "name_zh": "德国增值税 19%",
    "name_en": "German VAT 19%",
    "country": "DE",
    "periods": [{"rate": "0.19", "valid_from": "2020-01-01"}],
}
_RULE = {"name": "德国", "rank": 50, "tax": "vat1"}
_FILE = "Y3VycmVuY3ksZGF0ZSxyYXRlClNFSywyMDI2LTAxLTAyLDAuNzEK"
_SERVICE = {"provider": "ecb", "url": "http://127.0.0.1:9/", "currencies": [], "version": 0}
_RATE = {"currency": "SEK", "valid_from": "2026-01-01", "rate": "0.70"}

TAXING: dict[str, Operation] = {
    "taxes_index": _get("/taxes", {200: f"{KEEP} executive auditor"}),
    "taxes_add": _post("/taxes", {201: KEEP}, _TAX | {"code": "de_vat19"}),
    "taxes_save": _put("/taxes/vat1", {200: KEEP}, _TAX | {"version": 1}),
    "taxes_rules": _get("/tax-rules", {200: f"{KEEP} executive auditor"}),
    "taxes_add_rule": _post("/tax-rules", {201: KEEP}, _RULE),
    "taxes_save_rule": _put("/tax-rules/999999999", {404: KEEP}, _RULE | {"version": 1}),
    "exchange_rates_index": _get("/exchange-rates", {200: SEE_RATES}),
    "exchange_rates_enter": _post("/exchange-rates", {201: KEEP}, {"rates": [_RATE]}),
    "exchange_rates_take_file": _post("/exchange-rates/files", {201: KEEP}, {"content": _FILE}),
    "exchange_rates_show_service": _get("/exchange-rate-service", {200: KEEP}),
    "exchange_rates_save_service": _put("/exchange-rate-service", {200: KEEP}, _SERVICE),
    "exchange_rates_fetch": _post("/exchange-rate-service/fetch", {409: KEEP}),
    "exchange_rates_differences": _get("/exchange-differences", {200: f"{SEE_MONEY} other_rep"}),
}
