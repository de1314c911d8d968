"""Who may do what with statements of banks, write-offs and what customers owe."""

from tests.permissions.expectations import SEE_ORDERS, Operation, _delete, _get, _post, _put

SEE_BANK = "finance executive auditor"
SEE_OWED = "rep sales_manager finance executive auditor"
WRITE_OFF = "finance executive"
_FILE = {"name": "a.csv", "content": "ZGF0ZSxhbW91bnQKMjAyNi0wMy0wMSw1Cg=="}
_ACCOUNT = {"gateway": "stripe", "name": "S", "settings": {"secret_key": "k", "webhook_secret": "w"}}

_DRAFT = {
    "customer": "{customer}",
    "draft_number": "1102",
    "drawer": "D",
    "acceptor": "A",
    "amount": "1.00",
    "issued_on": "2026-01-01",
    "due_on": "2026-07-01",
}

SETTLEMENT: dict[str, Operation] = {
    "bank_upload": _post("/bank-statements", {201: "finance"}, _FILE),
    "bank_statements": _get("/bank-statements", {200: SEE_BANK}),
    "bank_index": _get("/bank-entries", {200: SEE_BANK}),
    "bank_show": _get("/bank-entries/999999", {404: SEE_BANK}),
    "bank_book": _post("/bank-entries/999999/book", {404: "finance"}, {"customer": "{customer}"}),
    "bank_link": _post("/bank-entries/999999/link", {404: "finance"}, {"payment": "{payment}"}),
    "bank_match": _post("/bank-entries/999999/match", {404: "finance"}, {"kind": "refund", "number": "RF-1"}),
    "bank_ignore": _post("/bank-entries/999999/ignore", {404: "finance"}, {"reason": "利息"}),
    "bank_reopen": _post("/bank-entries/999999/reopen", {404: "finance"}),
    "gateways_index": _get("/gateway-accounts", {200: "finance executive auditor admin"}),
    "gateways_add": _post("/gateway-accounts", {201: "admin"}, {"code": "s", **_ACCOUNT}),
    "gateways_change": _put("/gateway-accounts/none", {404: "admin"}, _ACCOUNT),
    "gateways_charges": _get(
        "/invoices/{invoice}/charges", {200: "rep sales_manager finance executive auditor", 404: "other_rep"}, "invoice"
    ),
    "gateways_ask": _post("/invoices/{invoice}/charges", {422: "finance"}, {"account": "none"}, "invoice"),
    "gateways_deposit_charges": _get(
        "/deposits/DP-1/charges", {404: "rep sales_manager finance executive auditor other_rep"}
    ),
    "gateways_ask_deposit": _post("/deposits/DP-1/charges", {404: "finance"}, {"account": "none"}),
    "gateways_show": _get("/charges/PL-1", {404: "rep sales_manager finance executive auditor other_rep"}),
    "gateways_ask_again": _post("/charges/PL-1/ask-again", {404: "finance"}),
    "gateways_refunds": _get(
        "/payment-requests/{request}/gateway-refunds", {200: "finance executive auditor", 404: "purchasing"}, "request"
    ),
    "gateways_refund": _post("/payment-requests/{request}/gateway-refunds", {404: "finance"}, record="request"),
    "gateways_ask_refund": _post("/gateway-refunds/GR-1/ask", {404: "finance"}),
    "account_statements_receivables": _get("/receivables", {200: f"{SEE_OWED} service other_rep"}),
    "account_statements_payables": _get("/payables", {200: "purchasing finance executive auditor"}),
    "account_statements_index": _get("/account-statements", {200: f"{SEE_OWED} other_rep"}),
    "account_statements_make": _post(
        "/account-statements", {409: "finance"}, {"customer": "{customer}", "until": "2026-01-31"}
    ),
    "account_statements_show": _get("/account-statements/ST-1", {404: f"{SEE_OWED} other_rep"}),
    "account_statements_send": _post("/account-statements/ST-1/send", {404: "finance"}),
    "account_statements_note": _post("/account-statements/ST-1/answer", {404: "finance"}, {"disputes": []}),
    "account_statements_void": _post("/account-statements/ST-1/void", {404: "finance"}, {"reason": "重做"}),
    "deposits_index": _get("/deposits", {200: f"{SEE_OWED} service other_rep"}),
    "deposits_show": _get("/deposits/DP-1", {404: f"{SEE_OWED} service other_rep"}),
    "deposits_ask": _post(
        "/orders/{confirmed}/deposits",
        {201: "rep sales_manager finance", 404: "other_rep"},
        {"kind": "advance", "percent": "1"},
    ),
    "deposits_pay": _post("/deposits/DP-1/payments", {404: "finance"}, {"amount": "1.00", "method": "cash"}),
    "deposits_fund": _post("/deposits/DP-1/funds", {404: "finance"}, {"payment": "{payment}"}),
    "deposits_unfund": _delete("/deposits/DP-1/funds/RC-1", {404: "finance"}),
    "deposits_offset": _post("/deposits/DP-1/offsets", {404: "finance"}, {"invoice": "{invoice}"}),
    "deposits_withdraw": _post("/deposits/DP-1/withdraw", {404: "finance"}, {"reason": "另议"}),
    "deposits_unblock": _post("/deposits/DP-1/unblock", {404: "finance"}, {"reason": "老客户"}),
    "deposits_settle": _post("/deposits/DP-1/settle", {404: "finance"}, {"outcome": "keep", "reason": "取消"}),
    "deposits_forfeit": _post("/deposits/DP-1/forfeit", {404: "executive"}, {"outcome": "forfeit", "reason": "违约"}),
    "invoice_plans_show": _get(
        "/orders/{confirmed}/invoice-plan", {200: f"{SEE_OWED} service", 404: "other_rep"}, "confirmed"
    ),
    "invoice_plans_change": _put("/orders/{confirmed}/invoice-plan", {200: "finance"}, {"parts": []}),
    "invoice_plans_issue": _post("/orders/{confirmed}/invoice-plan/1/invoice", {404: "finance"}),
    "invoice_plans_reached": _post("/orders/{confirmed}/invoice-plan/1/reached", {404: "finance"}),
    "dunning_levels": _get("/reminder-levels", {200: f"{SEE_OWED} other_rep"}),
    "dunning_change_levels": _put("/reminder-levels", {200: "finance"}, {"levels": []}),
    "dunning_index": _get("/reminders", {200: f"{SEE_OWED} other_rep"}),
    "dunning_propose": _post("/reminders/propose", {200: "finance"}),
    "dunning_show": _get("/reminders/999999", {404: f"{SEE_OWED} other_rep"}),
    "dunning_send": _post("/reminders/999999/send", {404: "finance"}, {"by_mail": True}),
    "dunning_drop": _post("/reminders/999999/drop", {404: "finance"}, {"reason": "已约定"}),
    "credit_desk": _get("/credit-desk", {200: f"{SEE_OWED} other_rep"}),
    "credit_release": _post("/orders/{draft}/credit-release", {409: WRITE_OFF}, {"reason": "已约定"}, "draft"),
    "credit_raises": _get("/customers/{customer}/credit/raises", {200: SEE_ORDERS, 404: "other_rep"}, "customer"),
    "credit_raise_limit": _post(
        "/customers/{customer}/credit/raises",
        {409: "finance"},
        {"amount": "1.00", "until_on": "2099-01-01", "from_on": "2099-01-01", "reason": "旺季"},
        "customer",
    ),
    "credit_end_raise": _post("/customers/{customer}/credit/raises/999999/end", {404: "finance"}, {"reason": "还清"}),
    "credit_rules": _get("/credit-rules", {200: f"{SEE_OWED} other_rep"}),
    "credit_change_rules": _put("/credit-rules", {200: "finance"}, {"rules": [], "version": 0}),
    "drafts_index": _get("/acceptance-drafts", {200: f"{SEE_OWED} other_rep"}),
    "drafts_take": _post("/acceptance-drafts", {201: "finance"}, _DRAFT),
    "drafts_show": _get("/acceptance-drafts/AD-1", {404: f"{SEE_OWED} other_rep"}),
    "drafts_endorse": _post("/acceptance-drafts/AD-1/endorse", {404: "finance"}, {"bill": "BL-1"}),
    "drafts_discount": _post("/acceptance-drafts/AD-1/discount", {404: "finance"}, {"bank": "工行", "cost": "1.00"}),
    "drafts_present": _post("/acceptance-drafts/AD-1/present", {404: "finance"}, {"on": None}),
    "drafts_collect": _post("/acceptance-drafts/AD-1/collect", {404: "finance"}, {"on": None}),
    "drafts_dishonour": _post("/acceptance-drafts/AD-1/dishonour", {404: "finance"}, {"reason": "拒付"}),
    "drafts_give_back": _post("/acceptance-drafts/AD-1/return", {404: "finance"}, {"reason": "记错"}),
    "settling_allocate": _post("/payments/{payment}/allocate-automatically", {200: "finance"}, record="payment"),
    "settling_invoice": _post(
        "/invoices/{invoice}/write-off", {201: WRITE_OFF}, {"reason": "零头", "amount": "0.01"}, "invoice"
    ),
    "settling_rest": _post("/payments/{payment}/write-off", {201: "executive", 403: "finance"}, {"reason": "零头"}),
    "settling_terms": _get("/settlement-terms", {200: f"{WRITE_OFF} auditor"}),
    "settling_change_terms": _put(
        "/settlement-terms", {200: "executive"}, {"write_off_limits": [{"role": "finance", "amount": "5.00"}]}
    ),
}
