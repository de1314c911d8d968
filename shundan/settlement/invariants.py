"""Promises of settlement: what banks said is booked as they said it, once."""

from shundan.kernel.invariants import Invariant
from shundan.settlement.queries.ageing import AGED_INVOICES, BUCKET_NAMES

_KEPT = ", ".join(f"k.{name}" for name in (*BUCKET_NAMES, "oldest_on"))
_FOUND = ", ".join(f"found.{name}" for name in (*BUCKET_NAMES, "oldest_on"))

INVARIANTS = (
    Invariant(
        "I95",
        "A booked entry of the bank and its payment say the same, and the payment stands",
        "select e.id from settlement_bankentry e left join billing_payment p on p.id = e.payment_id"
        " where e.state = 'booked' and (p.id is null or p.amount <> e.amount or p.currency <> e.currency"
        " or p.reversed_at is not null)"
        " union all select p.id from billing_payment p where p.provider like 'bank:%' and p.reversed_at is null"
        " and not exists (select 1 from settlement_bankentry e where e.payment_id = p.id)",
    ),
    Invariant(
        "I97",
        "A statement's lines lead from its opening to its closing balance, and each statement begins where one ended",
        "select s.id from settlement_accountstatement s left join settlement_statementline l on l.statement_id = s.id"
        " group by s.id having s.closing <> s.opening + coalesce(sum(l.amount), 0)"
        " or bool_or(l.is_void is distinct from (s.state = 'void')) is true and count(l.id) > 0"
        " union all select id from (select id, opening - lag(closing) over w as jump, from_on - lag(until_on) over w"
        " as days from settlement_accountstatement where state <> 'void'"
        " window w as (partition by customer_id, currency order by from_on)) t where jump <> 0 or days <> 1",
    ),
    Invariant(
        "I100",
        "A draft and its payment say the same; it stands while the draft does, and pays the bill it was handed on for",
        "select d.id from settlement_acceptancedraft d left join billing_payment p on p.id = d.payment_id"
        " left join billing_disbursement x on x.id = d.disbursement_id"
        " where (p.id is not null and (p.amount <> d.amount or p.currency <> d.currency"
        " or p.customer_id <> d.customer_id"
        " or (p.reversed_at is null) <> (d.state not in ('dishonoured', 'returned'))))"
        " or (p.id is null and d.counts_on = 'receipt')"
        " or (x.id is not null and (x.amount <> d.amount or x.bill_id <> d.bill_id"
        " or (x.reversed_at is null) <> (d.state = 'endorsed')))"
        " union all select d.id from settlement_acceptancedraft d left join settlement_draftentry e"
        " on e.draft_id = d.id group by d.id having coalesce(sum(e.money + e.cost), 0) <>"
        " case when d.state in ('discounted', 'collected') then d.amount else 0 end",
    ),
    Invariant(
        "I96",
        "A write-off holds nothing: what does not settle invoices was taken back",
        "select id from billing_payment where method = 'write_off' and amount <> allocated + refunded",
    ),
    Invariant(
        "I106",
        "What is on its way back by gateways is kept apart on its payment, and what they paid back is booked as it was",
        "select p.id from billing_payment p left join settlement_gatewayrefund g on g.payment_id = p.id"
        " and g.state in ('asked', 'sent', 'pending') group by p.id having p.leaving <> coalesce(sum(g.amount), 0)"
        " union all select g.id from settlement_gatewayrefund g join billing_paymentrequest q on q.id = g.request_id"
        " left join billing_refund r on r.id = g.refund_id where g.payment_id <> q.payment_id or g.amount <> q.amount"
        " or (g.state in ('asked', 'sent', 'pending')) and q.state <> 'sending'"
        " or g.state = 'success' and (q.refund_id <> g.refund_id or r.amount <> g.amount)"
        " union all select q.id from billing_paymentrequest q where q.state = 'sending' and not exists (select 1 from"
        " settlement_gatewayrefund g where g.request_id = q.id and g.state in ('asked', 'sent', 'pending'))",
    ),
    Invariant(
        "I107",
        "A matched entry of the bank and what it paid say the same, and that stands",
        "select e.id from settlement_bankentry e left join billing_disbursement d on d.id = e.disbursement_id"
        " left join billing_bill b on b.id = d.bill_id left join billing_refund r on r.id = e.refund_id"
        " left join billing_payment p on p.id = r.payment_id"
        " left join billing_prepaymentreturn t on t.id = e.prepayment_return_id"
        " left join billing_prepayment a on a.id = coalesce(e.prepayment_id, t.prepayment_id) where e.state = 'matched'"
        " and (-e.amount <> coalesce(d.amount, r.amount, -t.amount, a.amount)"
        " or e.currency <> coalesce(b.currency, p.currency, a.currency)"
        " or d.reversed_at is not null or d.prepayment_id is not null or r.method in ('write_off', 'forfeited'))",
    ),
    Invariant(
        "I118",
        "What is kept of the age of a debt is what the invoices say, while the account did not move",
        "select k.id from settlement_agedaccount k join billing_creditaccount account using (customer_id, currency)"  # noqa: S608 - names of ours
        " cross join lateral (select k.as_of as today) day"
        f" cross join lateral ({AGED_INVOICES}) found"
        f" where k.revision = account.revision and ({_KEPT}) is distinct from ({_FOUND})"
        " union all select i.id from billing_invoice i where i.total > i.allocated + i.credited and not exists (select"
        " from billing_creditaccount a where a.customer_id = i.customer_id and a.currency = i.currency)",
    ),
)
