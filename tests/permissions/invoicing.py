"""Who may do what with e-invoices and their gateway."""

from tests.permissions.expectations import SEE_ORDERS, Operation, _get, _post, _put

_KEYS = {"app_key": "k", "app_secret": "s", "access_token": "t", "tax_number": "91310000MA1K30001G"}

INVOICING: dict[str, Operation] = {
    "einvoices_show": _get("/invoices/{invoice}/e-invoice", {200: SEE_ORDERS, 404: "other_rep"}, "invoice"),
    "einvoices_send": _post("/invoices/{invoice}/e-invoice", {409: "finance"}, record="invoice"),
    "einvoices_look": _post("/invoices/{invoice}/e-invoice/look", {404: "finance"}, record="invoice"),
    "einvoices_revoke": _post("/invoices/{invoice}/e-invoice/revoke", {404: "finance"}, record="invoice"),
    "einvoices_file": _get("/invoices/{invoice}/e-invoice/files/pdf", {404: f"{SEE_ORDERS} other_rep"}, "invoice"),
    "einvoices_ubl": _get("/invoices/{invoice}/ubl", {200: SEE_ORDERS, 404: "other_rep"}, "invoice"),
    "einvoices_gateway": _get("/e-invoice-gateway", {200: "admin"}),
    "einvoices_save_gateway": _put("/e-invoice-gateway", {200: "admin"}, {"gateway": "nuonuo", "settings": _KEYS}),
}
