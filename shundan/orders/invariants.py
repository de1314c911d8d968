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
        " and (o.kind in ('sale', 'transfer') or (o.kind = 'return' and o.supplier_id is not null))"
        " and l.is_stocked and l.reserved + l.shipped + l.cancelled < l.quantity",
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
        "Line arithmetic: the leading amount is price times quantity less discount, rounded once",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " where case when o.includes_tax then l.gross else l.net end <>"
        " round(l.quantity * l.unit_price,"
        " case when o.currency in ('JPY', 'KRW', 'VND') then 0 else 2 end) - l.discount"
        " or (not l.is_history and (l.quantity <= 0 or l.unit_price < 0 or l.discount < 0))",
    ),
    Invariant(
        "I12",
        "Every submitted order has lines",
        "select id from orders_order o where category not in ('draft', 'cancelled')"
        " and not exists (select 1 from orders_orderline where order_id = o.id)",
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
        "I15",
        "Only allowed transitions, unbroken",
        "select id from (select e.id, e.data ->> 'from' as source, e.data ->> 'to' as target, w.edges,"
        " lag(e.data ->> 'to') over (partition by e.subject_id order by e.id) as before"
        " from kernel_event e join orders_order o on o.id = e.subject_id"
        " join workflow_workflowversion w on w.id = o.workflow_id"
        " where e.subject_kind = 'order' and e.data ? 'to' and not o.is_history) t"
        " where before is not null and (source is distinct from before"
        " or (source <> target and not edges @> jsonb_build_array(jsonb_build_array(source, target))))",
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
        "The content is unchanged since it was approved",
        "select o.id from orders_order o join workflow_approvalrun a on a.subject_id = o.id"
        " where a.subject_kind = 'order' and a.state = 'approved' and a.content_hash <> o.content_hash"
        " and o.category not in ('draft', 'cancelled')",
    ),
    Invariant(
        "I37",
        "Every state an order reached has its event",
        "select o.id from orders_order o where not o.is_history and not exists (select 1 from kernel_event e"
        " where e.subject_kind = 'order' and e.subject_id = o.id and e.kind = 'order.created')",
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
