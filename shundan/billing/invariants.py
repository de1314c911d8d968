"""Promises of money: invoices, payments and credit accounts always agree with the orders."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I20",
        "An invoice's amounts are the sums of its lines",
        "select i.id from billing_invoice i left join billing_invoiceline l on l.invoice_id = i.id group by i.id"
        " having (i.net, i.tax, i.total)"
        " <> (coalesce(sum(l.net), 0), coalesce(sum(l.tax), 0), coalesce(sum(l.gross), 0))",
    ),
    Invariant(
        "I21",
        "Never invoiced more than ordered, in quantity and in money; the line knows what is invoiced",
        "select l.id from orders_orderline l left join (select order_line_id, sum(quantity) q, sum(gross) g, sum(net) n"
        " from (select order_line_id, quantity, gross, net from billing_invoiceline union all"
        " select order_line_id, quantity, gross, net from billing_billline) b"
        " group by 1) x on x.order_line_id = l.id where not l.is_history"
        " and (l.invoiced <> coalesce(x.q, 0) or x.q > l.quantity + l.over or x.q < 0"
        " or x.g > case when l.over > 0 then round(l.gross * (l.quantity + l.over) / l.quantity, 2) else l.gross end"
        " or x.n > case when l.over > 0 then round(l.net * (l.quantity + l.over) / l.quantity, 2) else l.net end"
        " or (x.q = l.quantity and (x.g <> l.gross or x.n <> l.net)))",
    ),
    Invariant(
        "I22",
        "Invoice numbers have no gap in their series",
        "select id from (select id, substring(number from '\\d+$')::bigint"
        " - lag(substring(number from '\\d+$')::bigint, 1, 0)"
        " over (partition by kind, substring(number from '-(\\d{4})-') order by number) as step"
        " from billing_invoice) t where step <> 1",
    ),
    Invariant(
        "I23",
        "A credit note corrects an invoice and never more than it holds",
        "select c.corrects_id from billing_invoice c join billing_invoice i on i.id = c.corrects_id"
        " where c.kind = 'credit' group by 1, i.total, i.credited"
        " having -sum(c.total) > i.total or -sum(c.total) <> i.credited",
    ),
    Invariant(
        "I119",
        "A payment term says that it has steps exactly when a deposit or a plan is kept for it",
        "select t.id from parties_paymentterm t where t.has_steps <> (exists (select from billing_termdeposit d"
        " where d.payment_term_id = t.id) or exists (select from billing_termpart p where p.payment_term_id = t.id))",
    ),
    Invariant(
        "I24",
        "Receivable, money on account and open orders equal their papers",
        "select a.id from billing_creditaccount a where receivable <> (select coalesce(sum(total - allocated), 0)"
        " from billing_invoice i where i.customer_id = a.customer_id and i.currency = a.currency)"
        " or unallocated <> (select coalesce(sum(amount - allocated - refunded), 0) from billing_payment p"
        " where p.reversed_at is null and p.customer_id = a.customer_id and p.currency = a.currency)"
        " or ordered <> (select coalesce(sum(exposure), 0) from orders_order o"
        " where o.customer_id = a.customer_id and o.currency = a.currency)"
        " union all select o.id from orders_order o where o.exposure <> 0 and not exists (select 1"
        " from billing_creditaccount a where a.customer_id = o.customer_id and a.currency = o.currency)",
    ),
    Invariant(
        "I25",
        "Allocations never exceed the payment or the invoice, and stay with one customer and currency",
        "select p.id from billing_payment p left join billing_allocation a on a.payment_id = p.id group by p.id"
        " having p.allocated <> coalesce(sum(a.amount), 0) or p.allocated > p.amount - p.refunded - p.held - p.leaving"
        " union all select i.id from billing_invoice i left join billing_allocation a on a.invoice_id = i.id"
        " group by i.id having i.allocated <> coalesce(sum(a.amount), 0)"
        " union all select a.id from billing_allocation a join billing_payment p on p.id = a.payment_id"
        " join billing_invoice i on i.id = a.invoice_id"
        " where p.customer_id <> i.customer_id or p.currency <> i.currency"
        " union all select min(id) from billing_allocation group by payment_id, invoice_id having sum(amount) < 0",
    ),
    Invariant(
        "I82",
        "What allocations settle and receive in company currency adds up to the invoice and the payment",
        "select i.id from billing_invoice i"
        " join (select invoice_id, sum(settled) s from billing_allocation group by 1) a on a.invoice_id = i.id"
        " join (select invoice_id, sum(company_gross) w from billing_invoiceline group by 1) l"
        " on l.invoice_id = i.id where i.total <> 0 and (abs(a.s - l.w * i.allocated / i.total) > 0.02"
        " or (i.allocated = i.total and a.s <> l.w) or (i.allocated = 0 and a.s <> 0))"
        " union all select p.id from billing_payment p join (select payment_id, sum(received) r"
        " from billing_allocation group by 1) a on a.payment_id = p.id"
        " where abs(a.r - p.amount * p.exchange_rate * p.allocated / p.amount) > 0.01"
        " or (p.allocated = p.amount and a.r <> round(p.amount * p.exchange_rate, 2))"
        " or (p.allocated = 0 and a.r <> 0)"
        " union all select a.id from billing_allocation a join billing_payment p on p.id = a.payment_id"
        " where p.currency = 'CNY' and (a.received <> a.amount or a.settled <> a.amount)",
    ),
    Invariant(
        "I83",
        "Lines of invoices and bills are worth their amount at the paper's rate, rounded once",
        "select l.id from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id"
        " where l.company_gross <> round(l.gross * i.exchange_rate, 2)"
        " or l.company_net <> round(l.net * i.exchange_rate, 2)"
        " union all select l.id from billing_billline l join billing_bill b on b.id = l.bill_id"
        " where l.company_gross <> round(l.gross * b.exchange_rate, 2)"
        " or l.company_net <> round(l.net * b.exchange_rate, 2)",
    ),
    Invariant(
        "I26",
        "A provider's payment is booked once",
        "select provider, reference from billing_payment where reference <> ''"
        " and reversed_at is null group by 1, 2 having count(*) > 1",
    ),
    Invariant(
        "I27",
        "What an order knows as invoiced and paid is what its invoices hold",
        "select o.id from orders_order o left join (select order_id, sum(total) t, sum(paid) p"
        " from (select order_id, total, allocated as paid from billing_invoice i where not exists"
        " (select 1 from billing_gatheredorder g where g.invoice_id = i.id) union all"
        " select order_id, total, allocated from billing_gatheredorder union all"
        " select order_id, total - difference, case when kind = 'debit' then 0 when paid = total"
        " then total - difference else least(paid, total - difference) end"
        " from billing_bill) b group by 1) x on x.order_id = o.id"
        " where not o.is_history and (o.invoiced <> coalesce(x.t, 0) or o.paid <> coalesce(x.p, 0))",
    ),
    Invariant(
        "I27b",
        "An invoice over several orders is the sum of its orders, in amount, payments and credit notes",
        "select g.invoice_id from billing_gatheredorder g join billing_invoice i on i.id = g.invoice_id"
        " group by g.invoice_id, i.total, i.allocated, i.credited, i.kind having sum(g.total) <> i.total"
        " or sum(g.allocated) <> i.allocated or (i.kind = 'normal' and sum(g.credited) <> i.credited)"
        " union all select g.invoice_id from billing_gatheredorder g"
        " join orders_orderline ol on ol.order_id = g.order_id"
        " join billing_invoiceline l on l.order_line_id = ol.id and l.invoice_id = g.invoice_id"
        " group by g.id having sum(l.gross) <> g.total",
    ),
    Invariant(
        "I24b",
        "Only live orders and shipped-not-invoiced ones hold credit",
        "select id from orders_order where exposure <> 0 and category not in ('confirmed', 'in_progress', 'closed')",
    ),
    Invariant(
        "I98",
        "Deposits hold what their entries and offsets say, and payments hold it for them",
        "select d.id from billing_deposit d left join (select deposit_id, kind, sum(amount) s"
        " from billing_depositentry group by 1, 2) e on e.deposit_id = d.id"
        " group by d.id having d.received <> coalesce(sum(e.s) filter (where e.kind = 'received'), 0)"
        " or d.released <> coalesce(sum(e.s) filter (where e.kind = 'released'), 0)"
        " or d.forfeited <> coalesce(sum(e.s) filter (where e.kind = 'forfeited'), 0)"
        " or d.offset <> (select coalesce(sum(a.amount), 0) from billing_allocation a where a.deposit_id = d.id)"
        " union all select p.id from billing_payment p left join (select payment_id, sum(h) s from"
        " (select payment_id, case kind when 'received' then amount else -amount end as h from billing_depositentry"
        " union all select payment_id, -amount from billing_allocation where deposit_id is not null) x group by 1) y"
        " on y.payment_id = p.id where p.held <> coalesce(y.s, 0)"
        " union all select a.id from billing_allocation a join billing_deposit d on d.id = a.deposit_id"
        " join billing_invoice i on i.id = a.invoice_id where i.order_id <> d.order_id and not exists (select 1"
        " from billing_gatheredorder g where g.invoice_id = i.id and g.order_id = d.order_id)",
    ),
    Invariant(
        "I99",
        "An invoiced part of a plan is one invoice of its order, as much as that was issued for",
        "select p.id from billing_plannedpart p join billing_invoice i on i.id = p.invoice_id"
        " where i.order_id <> p.order_id or i.total <> p.amount or i.kind <> 'normal' or i.allocated > p.amount"
        " or exists (select 1 from billing_gatheredorder g where g.invoice_id = i.id)",
    ),
    Invariant(
        "I61",
        "Requests promise no more of a bill than is open, and what they paid is what they asked for",
        "select b.id from billing_bill b join billing_paymentrequest r on r.bill_id = b.id"
        " where r.state in ('pending', 'approved') group by b.id having sum(r.amount) > b.total - b.paid"
        " union all select r.id from billing_paymentrequest r left join billing_disbursement d"
        " on d.id = r.disbursement_id left join billing_refund f on f.id = r.refund_id"
        " left join billing_prepayment p on p.id = r.prepayment_id where r.state = 'paid'"
        " and (coalesce(d.amount, f.amount, p.amount) <> r.amount or d.bill_id is distinct from r.bill_id"
        " or f.payment_id is distinct from r.payment_id or p.order_id is distinct from r.order_id"
        " or p.supplier_id is distinct from r.supplier_id)",
    ),
    Invariant(
        "I111",
        "A prepayment knows what bills of its supplier took off and what came back; used up, nothing of it is carried",
        "select p.id from billing_prepayment p"
        " left join (select prepayment_id, sum(amount) s, sum(paid_out) w from billing_disbursement"
        " where reversed_at is null group by 1) d on d.prepayment_id = p.id"
        " left join (select prepayment_id, sum(amount) s, sum(carried) w from billing_prepaymentreturn group by 1) r"
        " on r.prepayment_id = p.id where p.offset <> coalesce(d.s, 0) or p.returned <> coalesce(r.s, 0)"
        " or p.paid_out < coalesce(d.w, 0) + coalesce(r.w, 0)"
        " or (p.amount = p.offset + p.returned and p.paid_out <> coalesce(d.w, 0) + coalesce(r.w, 0))"
        " union all select p.id from billing_prepayment p join billing_disbursement d on d.prepayment_id = p.id"
        " join billing_bill b on b.id = d.bill_id where b.supplier_id <> p.supplier_id or b.currency <> p.currency"
        " union all select b.id from billing_bill b left join (select bill_id, sum(amount) s"
        " from billing_disbursement where reversed_at is null group by 1) d on d.bill_id = b.id"
        " where b.paid <> coalesce(d.s, 0)",
    ),
)
