"""Promises of orders: amounts add up, states follow the workflow, reservations belong to live orders."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I6",
        "Reservations only for live orders",
        "select r.id from inventory_reservation r left join orders_orderline l on l.id = r.line_id"
        " left join orders_order o on o.id = l.order_id"
        " where o.id is null or o.category not in ('confirmed', 'in_progress')",
    ),
    Invariant(
        "I7",
        "A line's reservations equal what the line says and never exceed what is open",
        "select l.id from orders_orderline l left join inventory_reservation r on r.line_id = l.id"
        " group by l.id having l.reserved <> coalesce(sum(r.quantity), 0)"
        " or (not l.is_history and coalesce(sum(r.quantity), 0) > greatest(l.quantity - l.cancelled - l.shipped, 0))",
    ),
    Invariant(
        "I8",
        "Stocked lines of a confirmed order are reserved in full unless it allows backorders",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " where o.category in ('confirmed', 'in_progress') and not o.allows_backorder and not o.is_history"
        # A hold of the customer gives reservations up until it is lifted.
        " and not 'customer' = any(o.holds)"
        " and (o.kind in ('sale', 'transfer') or (o.kind = 'return' and o.supplier_id is not null))"
        " and l.is_stocked and not l.is_of_rejected and not l.is_direct"
        " and l.reserved + l.shipped + l.cancelled < l.quantity",
    ),
    Invariant(
        "I10",
        "An order's amounts are the sums of its lines",
        "select o.id from orders_order o left join orders_orderline l on l.order_id = o.id group by o.id"
        " having (o.net, o.tax) <> (coalesce(sum(l.net), 0), coalesce(sum(l.tax), 0)) or o.total <> o.net + o.tax"
        " or o.line_count <> count(l.id)",
    ),
    Invariant(
        "I11",
        "Line arithmetic: the leading amount is price times quantity less discount, rounded once;"
        " that of a divided line's part may be two cents off, and those of all add up (I10)",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " where abs(case when o.includes_tax then l.gross else l.net end -"
        " (round(case when l.order_price is null then l.quantity * l.unit_price"
        " else l.quantity * l.order_price * l.unit_denominator / l.unit_numerator end,"
        " case when o.currency in ('JPY', 'KRW', 'VND') then 0 else 2 end) - l.discount))"
        " > case when l.divided_from is null then 0 when o.currency in ('JPY', 'KRW', 'VND') then 2 else 0.02 end"
        " or (not l.is_history and (l.quantity < 0 or l.unit_price < 0 or l.discount < 0))",
    ),
    Invariant(
        "I12",
        "Every submitted order has lines",
        "select id from orders_order o where category not in ('draft', 'cancelled')"
        " and not exists (select 1 from orders_orderline where order_id = o.id)",
    ),
    Invariant(
        "I110",
        "On drafts the lines of a kit say the same of it, and are as many of each part as its number makes them",
        "select min(l.id) from orders_orderline l join orders_order o on o.id = l.order_id"
        " where o.category = 'draft' and l.kit is not null group by l.order_id, l.kit -> 'group'"
        " having count(distinct l.kit - 'each') > 1 or count(distinct l.product_id) <> min((l.kit ->> 'parts')::int)"
        " union all select min(l.id) from orders_orderline l join orders_order o on o.id = l.order_id"
        " where o.category = 'draft' and l.kit is not null group by l.order_id, l.kit -> 'group', l.product_id"
        " having sum(l.quantity) <> min((l.kit ->> 'each')::numeric * (l.kit ->> 'quantity')::numeric)",
    ),
    Invariant(
        "I101",
        "A coupon is used as often as it says, and so are all of its promotion, by each customer and in all",
        "select c.id from pricing_coupon c left join orders_couponuse u on u.coupon_id = c.id"
        " and u.given_back_at is null group by c.id having c.uses <> count(u.id)"
        " union all select t.id from pricing_coupontally t left join (select c.promotion_id, u.customer_id, u.id"
        " from orders_couponuse u join pricing_coupon c on c.id = u.coupon_id where u.given_back_at is null) s"
        " on s.promotion_id = t.promotion_id and (t.customer_id is null or s.customer_id = t.customer_id)"
        " group by t.id having t.uses <> count(s.id)"
        " union all select u.id from orders_couponuse u join pricing_coupon c on c.id = u.coupon_id"
        " where u.given_back_at is null and (select count(*) from pricing_coupontally t where"
        " t.promotion_id = c.promotion_id and (t.customer_id is null or t.customer_id = u.customer_id)) <> 2",
    ),
    Invariant(
        "I108",
        "An order with a coupon holds one use of it, its own customer's, unless it is a draft or cancelled",
        "select o.id from orders_order o where o.coupon_code <> '' and (o.category not in ('draft', 'cancelled'))"
        " <> exists (select 1 from orders_couponuse u join pricing_coupon c on c.id = u.coupon_id where"
        " u.order_id = o.id and u.given_back_at is null and c.code = o.coupon_code and u.customer_id = o.customer_id)"
        " union all select o.id from orders_couponuse u join orders_order o on o.id = u.order_id"
        " where u.given_back_at is null and o.coupon_code = ''",
    ),
    Invariant("I13", "Order numbers are unique", "select number from orders_order group by 1 having count(*) > 1"),
    Invariant(
        "I14",
        "The state equals that of the last event",
        "select o.id from orders_order o where not o.is_history and o.state is distinct from"
        " (select e.data ->> 'to' from kernel_event e where e.subject_kind = 'order' and e.subject_id = o.id"
        " and e.data ? 'to' order by e.id desc limit 1)",
    ),
    Invariant(
        # Each step is judged by the version the order had then: the one that the next migration says it left.
        "I15",
        "Only allowed transitions, unbroken",
        "select t.id from (select e.id, e.kind, e.subject_id, e.data ->> 'from' as source, e.data ->> 'to' as target,"
        " lag(e.data ->> 'to') over (partition by e.subject_id order by e.id) as before,"
        " min(e.id) filter (where e.kind in ('order.migrated', 'order.migrated_back'))"
        " over (partition by e.subject_id order by e.id desc rows between unbounded preceding and 1 preceding) as next"
        " from kernel_event e where e.subject_kind = 'order' and e.data ? 'to') t"
        " join orders_order o on o.id = t.subject_id and not o.is_history left join kernel_event m on m.id = t.next"
        " join workflow_workflowversion w on w.id = coalesce((m.data ->> 'version_left')::bigint, o.workflow_id)"
        " where t.before is not null and (t.source is distinct from t.before or not w.states ? t.target"
        " or (t.kind not in ('order.migrated', 'order.migrated_back') and t.source <> t.target"
        " and not w.edges @> jsonb_build_array(jsonb_build_array(t.source, t.target))))",
    ),
    Invariant(
        "I15b",
        "No order is in a state that its version lacks",
        "select o.id from orders_order o left join workflow_workflowversion v on v.id = o.workflow_id"
        " where (v.states ->> o.state) is distinct from o.category",
    ),
    Invariant(
        "I15c",
        "A moved order has the event that says from where to where",
        "select x.id from orders_migratedorder x left join kernel_event e on e.id = x.event_id"
        " where x.outcome in ('moved', 'undone', 'left') and (e.id is null or e.subject_id <> x.order_id"
        " or e.data ->> 'from' <> x.from_state or e.data ->> 'to' <> x.to_state)",
    ),
    Invariant(
        "I34",
        "Nothing that needs approval proceeds without it",
        "select o.id from orders_order o where o.category not in ('draft', 'submitted', 'cancelled')"
        " and not o.is_history and o.approval <> 'not_needed' and not exists (select 1 from workflow_approvalrun a"
        " where a.subject_kind = 'order' and a.subject_id = o.id and a.state = 'approved')",
    ),
    Invariant(
        "I35",
        "The content is unchanged since it was approved, but for changes that made versions",
        "select o.id from orders_order o join workflow_approvalrun a on a.subject_id = o.id"
        " where a.subject_kind = 'order' and a.state = 'approved' and a.content_hash <> o.content_hash"
        " and o.category not in ('draft', 'cancelled') and not exists (select 1 from orders_orderrevision r"
        " where r.order_id = o.id and r.content_hash = a.content_hash)",
    ),
    Invariant(
        "I42",
        "A running order says what its last version says, and every change of it was approved if it had to be",
        "select o.id from orders_order o left join (select distinct on (order_id) order_id, number, content_hash, at"
        " from orders_orderrevision order by order_id, number desc) r on r.order_id = o.id"
        " where o.revision <> coalesce(r.number, 1)"
        " or (o.category not in ('draft', 'submitted', 'approved', 'cancelled')"
        " and r.content_hash <> o.content_hash and not exists (select 1 from kernel_event e where"
        " e.subject_kind = 'order' and e.subject_id = o.id and e.kind = 'order.edited' and e.at >= r.at))"
        " union all select m.order_id from orders_orderamendment m where m.state = 'applied' and"
        " (not exists (select 1 from orders_orderrevision r where r.order_id = m.order_id and r.number = m.revision"
        " and r.amendment_id = m.id) or exists (select 1 from workflow_approvalrun a where"
        " a.subject_kind = 'amendment' and a.subject_id = m.id and a.state <> 'approved'))"
        " union all select m.order_id from orders_orderamendment m where m.state = 'approved'"
        " or (m.state = 'submitted' and not exists (select 1 from workflow_approvalrun a where"
        " a.subject_kind = 'amendment' and a.subject_id = m.id and a.state = 'pending'))",
    ),
    Invariant(
        "I37",
        "Every state an order reached has its event",
        "select o.id from orders_order o where not o.is_history and not exists (select 1 from kernel_event e"
        " where e.subject_kind = 'order' and e.subject_id = o.id and e.kind = 'order.created')",
    ),
    Invariant(
        "I72",
        "A promise is of a line of its order and of its goods, slips just when they come later, and then says why",
        "select p.id from orders_promise p join orders_order o on o.id = p.order_id"
        " left join orders_orderline l on l.id = p.line_id left join orders_orderline a on a.id = p.arrival_line_id"
        " where o.kind not in ('sale', 'service') or l.order_id <> p.order_id or a.product_id <> l.product_id"
        " or (p.arrival_line_id is null) <> (p.arrival_on is null) or (p.slipped_at is null) <> (p.cause = '')"
        " or (p.ended_at is null and (p.slipped_at is not null) <>"
        " (p.promised_on is not null and coalesce(p.expected_on > p.promised_on, true)))",
    ),
    Invariant(
        "I41b",
        "What is kept apart of attributes is what the order says",
        "select k.id from orders_attributekey k join orders_order o on o.id = k.order_id"
        " where left(o.attributes ->> k.attribute, length(k.value)) is distinct from k.value and not exists"
        " (select 1 from orders_orderline l where l.order_id = o.id"
        " and left(l.attributes ->> k.attribute, length(k.value)) = k.value)",
    ),
    Invariant(
        "I41",
        "No dangling references where no foreign key checks them",
        "select o.id from orders_order o left join orders_ordertype t on t.id = o.type_id"
        " left join orders_ordertypeversion x on x.id = o.type_version_id and x.type_id = o.type_id"
        " left join workflow_workflowversion v on v.id = o.workflow_id"
        " left join parties_paymentterm p on p.id = o.payment_term_id"
        " left join inventory_warehouse w on w.id = o.warehouse_id left join accounts_user u on u.id = o.owner_id"
        " left join accounts_team m on m.id = o.team_id left join accounts_department d on d.id = o.department_id"
        " where t.id is null or x.id is null or v.id is null or (o.payment_term_id is not null and p.id is null)"
        " or (o.warehouse_id is not null and w.id is null)"
        " or (o.owner_id is not null and u.id is null) or (o.team_id is not null and m.id is null)"
        " or (o.department_id is not null and d.id is null)"
        " union all select r.id from inventory_reservation r left join inventory_stocklevel s"
        " on s.product_id = r.product_id and s.warehouse_id = r.warehouse_id where s.id is null"
        " union all select l.id from orders_orderline l left join inventory_warehouse w on w.id = l.warehouse_id"
        " where l.warehouse_id is not null and w.id is null",
    ),
)
