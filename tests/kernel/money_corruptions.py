"""Corruptions of money's promises: taxes, rates, e-invoices, deposits, drafts, bank, statements, reminders, ledger."""

E_INVOICE = (
    "with g as (insert into einvoices_taxgateway (gateway, base_url, settings, sealed, is_active, version, changed_at)"
    " values ('x', '', '{{}}', '', false, 1, %(at)s) returning id) insert into einvoices_einvoice (invoice_id,"
    " gateway_id, kind, medium, state, key, attempt, content, number, form_number, reason, trouble_code, trouble,"
    " is_revoking, files, asked_at, asked_by_name, issued_at, asks_at) select i.id, g.id, '{}', 'general', '{}', 'k',"
    " 1, '{{}}', {}, '', '', '', '', false, '{{}}', %(at)s, 'x', {}, {} from billing_invoice i, g where order_id = {}"
)

MONEY_CORRUPTIONS: dict[str, list[str]] = {
    "I119": [
        "update parties_paymentterm set has_steps = not has_steps where id = (select min(id) from parties_paymentterm)"
    ],
    "I118": [
        (
            "insert into settlement_agedaccount (customer_id, currency, as_of, revision, not_due, days_30, days_60,"
            " days_90, older) select customer_id, currency, %(at)s, revision, receivable + 1, 0, 0, 0, 0"
            " from billing_creditaccount limit 1"
        )
    ],
    "I99": [
        (
            "insert into billing_plannedpart (order_id, position, percent, event, days, name, reached_by_name,"
            " invoice_id, amount) select order_id, 1, 100, 'order', 0, '', '', id, total + 1 from billing_invoice"
            " where kind = 'normal' order by id limit 1"
        )
    ],
    "I111": [
        (
            "insert into billing_prepayment (number, supplier_id, currency, exchange_rate, amount, paid_out,"
            " \"offset\", returned, method, reference, reason, paid_on, created_at, created_by_name) select 'PP',"
            " min(id), 'CNY', 1, 5, 5, 2, 0, 'cash', '', '', %(at)s, %(at)s, 'x' from parties_supplier"
        ),
    ],
    "I98": [
        (
            "insert into billing_deposit (number, order_id, customer_id, kind, currency, amount, order_total,"
            ' is_of_term, is_blocking, requested_on, due_on, remark, received, "offset", released, forfeited,'
            " outcome, reason, ended_by_name, created_at, created_by_name) select 'DP', id, customer_id, 'advance',"
            " currency, 5, 5, false, false, %(at)s, %(at)s, '', 5, 0, 0, 0, '', '', '', %(at)s, 'x' from orders_order"
            " where kind = 'sale' limit 1"
        ),
    ],
    "I82": [
        "alter table billing_allocation disable trigger allocation_append_only",
        (
            "update billing_allocation set settled = settled - 0.01, received = received - 0.01"
            " where id = (select max(id) from billing_allocation)"
        ),
    ],
    "I83": [
        "alter table billing_invoiceline disable trigger invoice_line_final",
        "update billing_invoiceline set company_net = company_net + 0.01 where invoice_id = %(invoice)s",
    ],
    "I95": [
        (
            "insert into settlement_bankstatement (file_name, form, account, file_hash, entries_new, entries_known,"
            " created_at, created_by_name) values ('a', 'csv', '', 'h', 1, 0, %(at)s, '')"
        ),
        (
            "insert into settlement_bankentry (statement_id, fingerprint, booked_on, amount, currency, payer,"
            " payer_account, text, reference, state, payment_id, decided_by_name, reason) select (select max(id) from"
            " settlement_bankstatement), 'f', '2026-03-02', amount + 1, currency, '', '', '', '', 'booked', id, '', ''"
            " from billing_payment order by id limit 1"
        ),
    ],
    "I107": [
        (
            "insert into settlement_bankstatement (file_name, form, account, file_hash, entries_new, entries_known,"
            " created_at, created_by_name) values ('a', 'csv', '', 'h', 1, 0, %(at)s, '')"
        ),
        (
            "insert into settlement_bankentry (statement_id, fingerprint, booked_on, amount, currency, payer,"
            " payer_account, text, reference, state, refund_id, decided_by_name, reason) select (select max(id) from"
            " settlement_bankstatement), 'f', '2026-03-02', -amount - 1, 'CNY', '', '', '', '', 'matched', id, '', ''"
            " from billing_refund order by id limit 1"
        ),
    ],
    "I106": [
        (
            "update billing_payment set leaving = 0.01 where id = (select max(id) from billing_payment where"
            " reversed_at is null and amount > allocated + refunded + held)"
        ),
    ],
    "I100": [
        (
            "insert into settlement_acceptancedraft (number, draft_number, kind, customer_id, drawer, acceptor,"
            " currency, amount, issued_on, due_on, received_on, remark, state, counts_on, payment_id, bank,"
            " discount_cost, moved_on, moved_by_name, reason, created_at, created_by_name) select 'AD-1', '1', 'bank',"
            " customer_id, '', '', currency, amount + 1, '2026-03-02', '2026-03-02', '2026-03-02', '', 'received',"
            " 'receipt', id, '', 0, '2026-03-02', '', '', %(at)s, '' from billing_payment limit 1"
        ),
    ],
    "I97": [
        (
            "insert into settlement_accountstatement (number, customer_id, currency, from_on, until_on, opening,"
            " closing, state, sent_to, answered_by_name, void_reason, created_at, created_by_name) select 'ST-1', id,"
            " 'CNY', '2026-01-01', '2026-01-31', 0, 1, 'issued', '', '', '', %(at)s, '' from parties_customer limit 1"
        ),
    ],
    "I96": [
        "alter table billing_payment disable trigger write_off_holds_nothing",
        "update billing_payment set method = 'write_off' where amount > allocated + refunded and reversed_at is null",
    ],
    "I102": [
        (
            "insert into ledger_journal (number, sequence, period, booked_on, source_kind, source_id, document,"
            " subject_kind, subject_key, currency, exchange_rate, total, text, created_at) values ('J', 1,"
            " '2026-03-01', '2026-03-02', 'x', 1, '', '', '', 'CNY', 1, 5, '', %(at)s)"
        ),
    ],
    "I103": [
        (
            "insert into ledger_journal (number, sequence, period, booked_on, source_kind, source_id, document,"
            " subject_kind, subject_key, currency, exchange_rate, total, text, created_at) values ('J', 1,"
            " '2026-03-01', '2026-03-02', 'invoice', %(invoice)s, '', '', '', 'CNY', 1, 0, '', %(at)s)"
        ),
    ],
    "I104": [
        (
            "insert into ledger_accountingperiod (starts_on, state, reason, changed_at, changed_by_name)"
            " values ('2026-03-01', 'closed', '', %(at)s, '')"
        ),
    ],
    "I113": [
        (
            "insert into ledger_openingbalances (starts_on, state, total, created_at, created_by_name, reason,"
            " reversed_by_name) values ('2026-03-01', 'posted', 5, %(at)s, '', '', '')"
        ),
    ],
    "I125": [
        (
            "insert into ledger_openingbalances (starts_on, state, total, created_at, created_by_name, reason,"
            " reversed_by_name) values ('2099-01-01', 'posted', 0, %(at)s, '', '', '')"
        ),
        (
            "insert into ledger_journal (number, sequence, period, booked_on, source_kind, source_id, document,"
            " subject_kind, subject_key, currency, exchange_rate, total, text, created_at) select 'JV-' || kind, 1,"
            " date_trunc('month', day), day, kind, key, '', '', '', 'CNY', 1, 0, '', %(at)s from (select 'opening' as"
            " kind, '2098-12-31'::date as day, max(id) as key from ledger_openingbalances"
            " union all select 'payment', '2098-11-01', 999999999) made"
        ),
    ],
    "I114": [
        (
            "insert into ledger_handover (number, form, until_on, state, total, done, content, digest, created_at,"
            " created_by_name, reason, withdrawn_at, withdrawn_by_name)"
            " values ('HO-1', 'csv', '2026-03-31', 'withdrawn', 1, 0, '', '', %(at)s, '', 'x', %(at)s, '')"
        ),
    ],
    "I90": [
        E_INVOICE.format("blue", "issued", "repeat('2', 20)", "%(at)s", "null", "%(credited)s and kind = 'credit'")
    ],
    "I91": [E_INVOICE.format("blue", "asked", "''", "null", "null", "%(paid)s")],
}
