"""Who may do what with journals, accounts, periods and hand-overs, over the API and on the pages."""

from tests.permissions.expectations import Operation, _delete, _get, _post, _put

SEE_BOOKS = "finance executive auditor"

LEDGER: dict[str, Operation] = {
    "ledger_journals": _get("/journals", {200: SEE_BOOKS}),
    "ledger_journal": _get("/journals/JV-1", {404: SEE_BOOKS}),
    "ledger_balances": _get("/trial-balance?first=2026-03", {200: SEE_BOOKS}),
    "ledger_accounts_accounts": _get("/accounts", {200: SEE_BOOKS}),
    "ledger_accounts_save_account": _put("/accounts/6052", {200: "finance"}, {"name_zh": "其他收入", "kind": "income"}),
    "ledger_accounts_rules": _get("/posting-rules", {200: SEE_BOOKS}),
    "ledger_accounts_save_rule": _put("/posting-rules", {200: "finance"}, {"role": "revenue", "account": "6001"}),
    "ledger_accounts_remove_rule": _delete("/posting-rules/999999", {404: "finance"}),
    "ledger_periods": _get("/accounting-periods", {200: SEE_BOOKS}),
    "ledger_close": _post("/accounting-periods/2001-01/close", {200: "finance"}, {"reason": "月末"}),
    "ledger_reopen": _post("/accounting-periods/2001-02/reopen", {409: "executive"}, {"reason": "补票"}),
    "ledger_proofs": _get("/ledger-proofs", {200: SEE_BOOKS}),
    "ledger_prove": _post("/ledger-proofs", {201: "finance"}),
    "hand_overs_index": _get("/hand-overs", {200: SEE_BOOKS}),
    "hand_overs_make": _post("/hand-overs", {409: "finance"}, {"form": "csv", "last": "2001-01-31"}),
    "hand_overs_show": _get("/hand-overs/HO-1", {404: SEE_BOOKS}),
    "hand_overs_journals": _get("/hand-overs/HO-1/journals", {404: SEE_BOOKS}),
    "hand_overs_take_back": _post("/hand-overs/HO-1/take-back", {404: "finance"}, {"reason": "未导入"}),
    "opening_balances": _get("/opening-balances", {200: SEE_BOOKS}),
    "opening_enter": _post(
        "/opening-balances", {409: "finance"}, {"period": "2001-01", "lines": [{"account": "1001", "debit": "1"}]}
    ),
    "opening_take_back": _post("/opening-balances/take-back", {404: "finance"}, {"reason": "更正"}),
    "opening_revaluation": _get("/accounting-periods/2001-03/revaluation", {200: SEE_BOOKS}),
    "opening_revalue": _post("/accounting-periods/2001-03/revalue", {200: "finance"}),
    "hand_overs_file": _get("/hand-overs/HO-1/file", {404: SEE_BOOKS}),
}
LEDGER_PAGES = {
    "journals/": "GET ledger.read",
    "journals/<str:number>/": "GET ledger.read",
    "trial-balance/": "GET ledger.read",
    "accounts/": "GET ledger.read",
    "accounts/save/": "POST ledger.edit",
    "accounts/rules/": "POST ledger.edit",
    "accounts/rules/<int:rule>/remove/": "POST ledger.edit",
    "accounting-periods/": "GET ledger.read",
    "accounting-periods/<str:month>/close/": "POST ledger.close",
    "accounting-periods/<str:month>/reopen/": "POST ledger.reopen",
    "ledger-proof/": "GET ledger.read",
    "ledger-proof/now/": "POST ledger.edit",
    "hand-overs/": "GET ledger.read",
    "hand-overs/make/": "POST ledger.hand_over",
    "hand-overs/<str:number>/": "GET ledger.read",
    "hand-overs/<str:number>/take-back/": "POST ledger.hand_over",
    "opening-balances/": "GET ledger.read",
    "opening-balances/enter/": "POST ledger.edit",
    "opening-balances/take-back/": "POST ledger.edit",
    "revaluation/": "GET ledger.read",
    "revaluation/<str:month>/": "POST ledger.close",
    "hand-overs/<str:number>/file/": "GET ledger.read",
}
