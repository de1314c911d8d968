"""Promises of the ledger: journals balance, say what their documents say, and closed months are complete."""

from shundan.kernel.invariants import Invariant

_SAYS = (
    "select j.id from ledger_journal j join ({rows}) d on d.id = j.source_id and j.source_kind = '{kind}'"
    " left join (select journal_id, sum(case when is_debit then document_amount else -document_amount end) as said"
    " from ledger_journalline where role = '{role}' group by 1) l on l.journal_id = j.id"
    " where coalesce(l.said, 0) <> d.amount"
)
_DOCUMENTS = (
    ("invoice", "receivable", "select id, total as amount from billing_invoice"),
    ("payment", "advance", "select id, -amount as amount from billing_payment"),
    ("payment_reversal", "advance", "select id, amount from billing_payment"),
    ("allocation", "receivable", "select id, -amount as amount from billing_allocation"),
    ("refund", "advance", "select id, amount from billing_refund"),
    ("bill", "payable", "select id, -total as amount from billing_bill"),
    ("disbursement", "payable", "select id, amount from billing_disbursement"),
    ("disbursement_reversal", "payable", "select id, -amount as amount from billing_disbursement"),
    (
        "disbursement",
        "prepaid",
        "select id, case when prepayment_id is null then 0 else -amount end as amount from billing_disbursement",
    ),
    (
        "disbursement_reversal",
        "prepaid",
        "select id, case when prepayment_id is null then 0 else amount end as amount from billing_disbursement",
    ),
    ("prepayment", "prepaid", "select id, amount from billing_prepayment"),
    ("prepayment_return", "prepaid", "select id, -amount as amount from billing_prepaymentreturn"),
)
_CLOSED = (
    "select d.id from {table} d join ledger_accountingperiod p on p.state = 'closed'"
    " and date_trunc('month', {day})::date = p.starts_on where {extra} not exists"
    " (select from ledger_journal j where j.source_kind = '{kind}' and j.source_id = d.id)"
)
_DAYS = (
    ("invoice", "billing_invoice", "d.issued_on", ""),
    ("payment", "billing_payment", "d.received_on", "d.method <> 'write_off' and"),
    ("payment_reversal", "billing_payment", "ledger_day(d.reversed_at)", "d.method <> 'write_off' and"),
    ("allocation", "billing_allocation", "ledger_day(d.at)", ""),
    ("refund", "billing_refund", "d.refunded_on", ""),
    ("bill", "billing_bill", "d.billed_on", ""),
    ("disbursement", "billing_disbursement", "d.paid_on", ""),
    ("disbursement_reversal", "billing_disbursement", "ledger_day(d.reversed_at)", ""),
    ("prepayment", "billing_prepayment", "d.paid_on", ""),
    ("prepayment_return", "billing_prepaymentreturn", "d.returned_on", ""),
    ("draft", "settlement_draftentry", 'd."on"', ""),
)
INVARIANTS = (
    Invariant(
        "I102",
        "Each journal balances, and the numbers of a month have no gap",
        "select j.id from ledger_journal j left join ledger_journalline l on l.journal_id = j.id group by j.id"
        " having coalesce(sum(l.debit), 0) <> coalesce(sum(l.credit), 0) or coalesce(sum(l.debit), 0) <> j.total"
        " union all select min(id) from ledger_journal group by period"
        " having max(sequence) <> count(*) or min(sequence) <> 1",
    ),
    Invariant(
        "I103",
        "A journal says of receivables, advances and payables what its document says: the accounts are the open items",
        " union all ".join(_SAYS.format(kind=kind, role=role, rows=rows) for kind, role, rows in _DOCUMENTS),
    ),
    Invariant(
        "I104",
        "What was posted in a closed month has its journal, and a batch has the journals that it counted",
        " union all ".join(
            _CLOSED.format(kind=kind, table=table, day=day, extra=extra) for kind, table, day, extra in _DAYS
        )
        + " union all select h.id from ledger_handover h left join ledger_journal j on j.hand_over_id = h.id"
        " group by h.id having count(j.id) <> case h.state when 'withdrawn' then 0 else h.total end",
    ),
    Invariant(
        "I113",
        "Opening balances and revaluations have their journals, and what takes these back is exactly the opposite",
        "select o.id from ledger_openingbalances o"
        " left join ledger_journal j on j.source_kind = 'opening' and j.source_id = o.id"
        " left join ledger_journal r on r.source_kind = 'opening_reversal' and r.source_id = o.id"
        " where j.id is null or j.total <> o.total or (o.state = 'reversed') <> (r.id is not null)"
        " or r.total <> -o.total or r.booked_on <> j.booked_on"
        " union all select v.id from ledger_revaluation v"
        " left join ledger_journal j on j.source_kind = 'revaluation' and j.source_id = v.id"
        " left join ledger_journal r on r.source_kind = 'revaluation_reversal' and r.source_id = v.id"
        " where j.id is null or r.id is null or j.booked_on <> v.revalued_on or r.total <> -j.total"
        " or r.booked_on <> j.booked_on + 1",
    ),
    Invariant(
        "I125",
        "Nothing but the opening balances themselves is booked before the first period",
        "select j.id from ledger_openingbalances o join ledger_journal j on j.booked_on < o.starts_on"
        " and j.source_kind not in ('opening', 'opening_reversal') where o.state = 'posted'",
    ),
    Invariant(
        "I114",
        "A batch that was taken back still says which journals it had, and no other says so",
        "select h.id from ledger_handover h left join ledger_withdrawnjournal w on w.hand_over_id = h.id"
        " group by h.id having count(w.id) <> case h.state when 'withdrawn' then h.total else 0 end",
    ),
)
