"""The SQL behind supplier scores: the documents of each measure as rows, so that sums and lists are the same rows.

A period reads what was ordered within it and the two years before, by the day of the order: no more, however many
orders there are.
"""

from shundan.purchasing.queries import faulty_goods_sql

# Orders that were issued to a supplier, whatever became of them since.
ISSUED = ("confirmed", "in_progress", "completed", "closed")
_WORTH = "l.net * o.exchange_rate / l.quantity"


def _issued(since: str, joins: str = "") -> str:
    return (
        f"from orders_order o {joins} where o.kind = 'purchase' and o.category = any(%(issued)s) and not o.is_history"
        " and (%(suppliers)s::bigint[] is null or o.supplier_id = any(%(suppliers)s))"
        f" and o.ordered_on between {since} and %(until)s"
    )


_LINES = "join orders_orderline l on l.order_id = o.id"
# What a supplier brought of a line of `d`: to us, or with a delivery of their own to the customer.
_BROUGHT = (
    "select c.quantity, r.posted_at as at from fulfilment_receiptline c"
    " join fulfilment_receipt r on r.id = c.receipt_id where c.order_line_id = d.line_id and r.state = 'posted'"
    " union all select c.quantity, s.shipped_at from fulfilment_directdeliveryline c"
    " join fulfilment_directdelivery s on s.id = c.delivery_id"
    " where c.purchase_line_id = d.line_id and s.state <> 'reversed'"
)
# Due: a line belongs to the day on which it was to be there, once that day is over. It is in time when all that is
# wanted of it had come by then; rejected goods had come: they tell against quality.
DUE = (
    "select d.supplier_id, d.due_on as at_day, d.order_id, d.line_id, d.wanted, coalesce(c.came, 0) as came,"
    " coalesce(c.came, 0) >= d.wanted as is_in_time, c.last_on from (select o.supplier_id, o.id as order_id,"
    " l.id as line_id, l.quantity - l.cancelled as wanted,"
    " coalesce(o.promised_on, l.requested_on, o.requested_on) as due_on"
    f" {_issued('%(since)s::date - 730', _LINES)} and l.is_stocked and l.quantity > l.cancelled) d"
    " left join lateral (select sum(c.quantity) filter (where analytics_day(c.at) <= d.due_on) as came,"
    f" max(analytics_day(c.at)) as last_on from ({_BROUGHT}) c) c"
    " on true where d.due_on between %(since)s and least(%(until)s::date, %(today)s::date - 1)"
)
# Came: what a receipt, or a delivery to a customer, brought of a line, what of it was rejected, and its part of what
# was found faulty later; worth at the net price of the order, so that units may differ.
_ARRIVED = (
    "select r.posted_at as at, 'receipt' as document, r.id as document_id, c.order_line_id as line_id, c.quantity,"
    " c.accepted from fulfilment_receipt r join fulfilment_receiptline c on c.receipt_id = r.id"
    " where r.state = 'posted' and r.posted_at >= %(from_at)s and r.posted_at < %(until_at)s"
    " union all select s.shipped_at, 'direct_delivery', s.id, c.purchase_line_id, c.quantity, c.quantity"
    " from fulfilment_directdelivery s join fulfilment_directdeliveryline c on c.delivery_id = s.id"
    " where s.state <> 'reversed' and s.shipped_at >= %(from_at)s and s.shipped_at < %(until_at)s"
)
CAME = (
    "select o.supplier_id, analytics_day(c.at) as at_day, o.id as order_id, l.id as line_id, c.document,"
    " c.document_id, c.quantity, c.quantity - c.accepted as rejected, b.faulty,"
    f" c.quantity * {_WORTH} as worth, (c.quantity - c.accepted + b.faulty) * {_WORTH} as faulty_worth"
    f" from ({_ARRIVED}) c join orders_orderline l on l.id = c.line_id join orders_order o on o.id = l.order_id"
    " cross join lateral (select case when l.shipped > 0"
    " then round(c.accepted * least(1, coalesce(max(f.faulty), 0) / l.shipped), 6) else 0 end as faulty"
    f" from ({faulty_goods_sql()}) f where f.line_id = l.id) b"
    " where o.kind = 'purchase' and not o.is_history and l.quantity > 0"
    " and (%(suppliers)s::bigint[] is null or o.supplier_id = any(%(suppliers)s))"
)
# Bought: what a supplier charged for a product in a period, purchases of old systems among them. The market is what all
# suppliers charged for it then.
BOUGHT = (
    "select o.supplier_id, date_trunc(%(unit)s, o.ordered_on::timestamp)::date as period, l.product_id,"
    f" sum(l.quantity - l.cancelled) as quantity, sum({_WORTH} * (l.quantity - l.cancelled)) as amount"
    " from orders_order o join orders_orderline l on l.order_id = o.id"
    " where o.kind = 'purchase' and o.category = any(%(issued)s)"
    " and o.ordered_on between %(since)s and %(until)s and l.quantity > l.cancelled"
    " and (%(suppliers)s::bigint[] is null or l.product_id in"
    f" (select l.product_id from orders_order o {_LINES} where o.supplier_id = any(%(suppliers)s)"
    " and o.ordered_on between %(since)s and %(until)s)) group by 1, 2, 3"
)
PRICED = (
    "select b.*, m.average from bought b join (select period, product_id, sum(amount) / sum(quantity) as average"
    " from bought group by 1, 2 having count(*) > 1) m using (period, product_id)"
)
# Asked: an order from its mail (or else its issue) until the supplier said anything, be it by delivering; an inquiry
# from its opening until the quotation. Silence of more than a day counts as long as the question stands: until the
# inquiry is decided, and no longer than the bound.
_SAID = (
    "cross join lateral (select coalesce(min(e.at) filter (where e.kind = 'order.sent_to_supplier'), min(e.at)"
    " filter (where e.kind = 'order.confirmed')) as asked_at, min(e.at) filter (where e.kind = 'order.acknowledged')"
    " as answered_at from kernel_event e where e.subject_kind = 'order' and e.subject_id = o.id) e"
    " cross join lateral (select min(a.answered_at) as answered_at from purchasing_supplieranswer a"
    " where a.order_id = o.id) s cross join lateral (select least((select min(r.posted_at) from fulfilment_receipt r"
    " where r.order_id = o.id and r.state = 'posted'), (select min(s.shipped_at) from fulfilment_directdelivery s"
    " where s.purchase_id = o.id and s.state <> 'reversed')) as answered_at) r"
)
_REPLIED = (
    "select o.supplier_id, 'order' as document, o.id as document_id, o.number, e.asked_at,"
    " least(e.answered_at, s.answered_at, r.answered_at) as answered_at,"
    " case when o.category = 'confirmed' then %(now)s::timestamptz end as ended_at"
    f" {_issued('%(since)s::date - 90', _SAID)}"
)
_QUOTED = (
    "select i.supplier_id, 'inquiry', q.id, q.number, q.created_at, i.answered_at,"
    " case q.state when 'open' then %(now)s else (select min(e.at) from kernel_event e"
    " where e.subject_kind = 'inquiry' and e.subject_id = q.id and e.kind = 'inquiry.awarded') end"
    " from purchasing_inquiry q join purchasing_invitation i on i.inquiry_id = q.id"
    " where q.created_at >= %(from_at)s and q.created_at < %(until_at)s and q.state <> 'cancelled'"
    " and (%(suppliers)s::bigint[] is null or i.supplier_id = any(%(suppliers)s))"
)
ASKED = (
    "select supplier_id, analytics_day(asked_at) as at_day, document, document_id, number, asked_at, answered_at,"
    " round(least(%(most)s, greatest(0, extract(epoch from coalesce(answered_at, ended_at) - asked_at) / 3600)), 1)"
    f" as hours from ({_REPLIED} union all {_QUOTED}) a where asked_at >= %(from_at)s and asked_at < %(until_at)s"
    " and (answered_at is not null or ended_at > asked_at + %(quick)s * interval '1 hour')"
)
_PERIOD = "date_trunc(%(unit)s, at_day::timestamp)::date"
_NOTHING = ["0::numeric"] * 8


def _sums(rows: str, *, at: int, first: str, second: str, period: str = _PERIOD) -> str:
    figures = [*_NOTHING]
    figures[at], figures[at + 1] = first, second
    return f"select supplier_id, {period}, {', '.join(figures)} from ({rows}) x group by 1, 2"


# Supplier, first day of the period, and the sums of rules.scores.Measured in its order.
SCORES = (
    f"with bought as materialized ({BOUGHT}) select supplier_id, period, sum(due), sum(in_time), sum(received),"
    " sum(faulty), sum(charged), sum(market), sum(asked), sum(hours) from ("
    + " union all ".join(
        (
            _sums(DUE, at=0, first="count(*)::numeric", second="count(*) filter (where is_in_time)::numeric"),
            _sums(CAME, at=2, first="sum(worth)", second="sum(faulty_worth)"),
            _sums(PRICED, at=4, first="sum(amount)", second="sum(quantity * average)", period="period"),
            _sums(ASKED, at=6, first="count(*)::numeric", second="sum(hours)"),
        )
    )
    + ") parts (supplier_id, period, due, in_time, received, faulty, charged, market, asked, hours)"
    " where (%(suppliers)s::bigint[] is null or supplier_id = any(%(suppliers)s))"
    " and supplier_id is not null group by 1, 2"
)
