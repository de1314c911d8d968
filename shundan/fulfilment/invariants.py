"""Promises of shipments: what lines say was shipped is what shipments carried and what left the ledger."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I16",
        "Shipped equals the shipment lines that left, those of suppliers among them",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " left join (select order_line_id, sum(quantity) q from (select order_line_id, quantity"
        " from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state in ('shipped', 'delivered') union all select order_line_id, quantity"
        " from fulfilment_directdeliveryline dl join fulfilment_directdelivery d on d.id = dl.delivery_id"
        " and d.state <> 'reversed') t group by 1) x on x.order_line_id = l.id"
        " where l.shipped <> coalesce(x.q, 0) and (o.kind in ('sale', 'transfer')"
        " or (o.kind = 'return' and o.supplier_id is not null))",
    ),
    Invariant(
        "I16c",
        "Received equals the receipt lines that stand, and what the supplier sent to our customer",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " left join (select order_line_id, sum(quantity) q, sum(accepted) a from (select order_line_id, quantity,"
        " accepted from fulfilment_receiptline rl join fulfilment_receipt r on r.id = rl.receipt_id"
        " and r.state = 'posted' union all select purchase_line_id, quantity, quantity"
        " from fulfilment_directdeliveryline dl join fulfilment_directdelivery d on d.id = dl.delivery_id"
        " and d.state <> 'reversed') t group by 1) x on x.order_line_id = l.id where not o.is_history and ("
        " (o.kind = 'purchase' and l.is_stocked and l.shipped <> coalesce(x.a, 0))"
        " or (o.kind = 'return' and o.customer_id is not null and l.shipped <> coalesce(x.q, 0))"
        " or (o.kind = 'transfer' and l.is_stocked and l.delivered <> coalesce(x.a, 0)))",
    ),
    Invariant(
        "I16d",
        "What a line knows as taken back is what returns brought",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id"
        " and o.kind in ('sale', 'purchase')"
        " left join (select source_line_id, sum(shipped) q from orders_orderline"
        " where source_line_id is not null and not is_direct group by 1) x on x.source_line_id = l.id"
        " where not l.is_history and l.returned <> coalesce(x.q, 0)",
    ),
    Invariant(
        "I18b",
        "Each received line entered the ledger once, and left it again when it was reversed",
        "select rl.id from fulfilment_receiptline rl join fulfilment_receipt r on r.id = rl.receipt_id"
        " left join inventory_stockmove m on (m.source_kind, m.source_id, m.source_line_id)"
        " = ('receipt', r.id, rl.order_line_id) and m.status <> 'transit' and m.owner_id is null"
        " group by rl.id, rl.accepted, r.state"
        " having coalesce(sum(m.delta), 0) <> case when r.state = 'posted' then rl.accepted else 0 end",
    ),
    Invariant(
        "I126",
        "Consigned goods become ours one for one with a receipt of their supplier, and theirs by its reversal",
        "select r.id from fulfilment_receipt r join orders_order o on o.id = r.order_id join inventory_stockmove m"
        " on (m.source_kind, m.source_id) = ('receipt', r.id) and m.status <> 'transit'"
        " where r.is_consigned or m.owner_id is not null group by r.id, o.supplier_id, m.source_line_id"
        " having sum(m.delta) <> 0 or not r.is_consigned or bool_or(m.owner_id <> o.supplier_id)",
    ),
    Invariant(
        "I16h",
        "What suppliers send belongs to the sale and the purchase of its delivery, and never lay in our stock",
        "select dl.id from fulfilment_directdeliveryline dl join fulfilment_directdelivery d on d.id = dl.delivery_id"
        " and d.state <> 'reversed' join orders_orderline s on s.id = dl.order_line_id"
        " join orders_orderline p on p.id = dl.purchase_line_id"
        " where s.order_id <> d.order_id or p.order_id <> d.purchase_id or p.source_line_id is distinct from s.id"
        " or not p.is_direct or s.product_id <> p.product_id"
        " union all select l.id from orders_orderline l where l.is_direct and (l.reserved > 0 or l.picked > 0"
        " or l.warehouse_id is not null)",
    ),
    Invariant(
        "I16b",
        "Picked equals the shipment lines that wait",
        "select l.id from orders_orderline l left join (select order_line_id, sum(quantity) q"
        " from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state = 'picking' group by 1) x on x.order_line_id = l.id where l.picked <> coalesce(x.q, 0)",
    ),
    Invariant(
        "I16e",
        "What is picked for a shipment lies held at named positions until it leaves",
        "select sl.id from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " left join inventory_stockpick p on (p.source_kind, p.source_id, p.line_id)"
        " = ('shipment', s.id, sl.order_line_id) group by sl.id, sl.quantity, s.state"
        " having coalesce(sum(p.quantity), 0) <> case when s.state = 'picking' then sl.quantity else 0 end",
    ),
    Invariant(
        "I16f",
        "Parcels hold no more than their shipment carries",
        "select sl.id from fulfilment_shipmentline sl join fulfilment_parcelline pl on pl.shipment_line_id = sl.id"
        " group by sl.id, sl.quantity having sum(pl.quantity) > sl.quantity"
        " union all select pl.id from fulfilment_parcelline pl join fulfilment_parcel p on p.id = pl.parcel_id"
        " join fulfilment_shipmentline sl on sl.id = pl.shipment_line_id where sl.shipment_id <> p.shipment_id",
    ),
    Invariant(
        "I16g",
        "A round is walked in one warehouse",
        "select s.id from fulfilment_shipment s join fulfilment_pickround r on r.id = s.round_id"
        " where r.warehouse_id <> s.warehouse_id",
    ),
    Invariant(
        "I31",
        "What transfers have on their way lies in transit",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id and o.kind = 'transfer'"
        " left join inventory_stockmove m on m.source_line_id = l.id and m.status = 'transit'"
        " where l.is_stocked and not l.is_history group by l.id"
        " having l.shipped - l.delivered - l.returned <> coalesce(sum(m.delta), 0)",
    ),
    Invariant(
        "I17",
        "Never shipped more than ordered, nor before confirmation",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id where not l.is_history"
        " and (l.shipped > l.quantity + l.over"
        " or (l.shipped > 0 and o.category in ('draft', 'submitted', 'approved')))",
    ),
    Invariant(
        "I32",
        "What came in above an order is within the tolerance of its day",
        "select l.id from orders_orderline l left join (select rl.order_line_id, sum(rl.over) as over"
        " from fulfilment_receiptline rl join fulfilment_receipt r on r.id = rl.receipt_id and r.state = 'posted'"
        " group by 1) x on x.order_line_id = l.id where l.over > coalesce(x.over, 0)"
        " union all select rl.id from fulfilment_receiptline rl join orders_orderline l on l.id = rl.order_line_id"
        " where rl.over > round(l.quantity * rl.over_percent / 100, 6)",
    ),
    Invariant(
        "I32b",
        "What inspections rejected and is still here is what the order's line knows as rejected",
        "select l.id from orders_orderline l left join (select rl.order_line_id, sum(il.rejected) as q"
        " from fulfilment_inspectionline il join fulfilment_receiptline rl on rl.id = il.receipt_line_id"
        " where il.decided_at is not null group by 1) x on x.order_line_id = l.id"
        " left join (select source_line_id, sum(shipped) as q from orders_orderline where is_of_rejected"
        " and source_line_id is not null group by 1) y on y.source_line_id = l.id"
        " where l.rejected <> coalesce(x.q, 0) - coalesce(y.q, 0)",
    ),
    Invariant(
        "I32c",
        "What was examined is what came, and the ledger says of each unit what became of it",
        "select i.id from fulfilment_inspection i join fulfilment_inspectionline il on il.inspection_id = i.id"
        " join fulfilment_receiptline rl on rl.id = il.receipt_line_id"
        " group by i.id, rl.id, rl.accepted having sum(il.quantity) <> rl.accepted"
        " union all select il.id from fulfilment_inspectionline il join fulfilment_inspection i"
        " on i.id = il.inspection_id left join (select source_id, source_line_id,"
        " sum(delta) filter (where status = 'quarantine') as waits,"
        " sum(delta) filter (where status = 'usable') as good,"
        " sum(delta) filter (where status = 'blocked') as bad from inventory_stockmove"
        " where source_kind = 'inspection' group by 1, 2) m on (m.source_id, m.source_line_id) = (i.id, il.id)"
        " where (i.state = 'decided') <> (il.decided_at is not null)"
        " or coalesce(m.waits, 0) <> case when i.state = 'decided' then -il.quantity else 0 end"
        " or coalesce(m.good, 0) <> case when i.state = 'decided' then il.accepted + il.conceded else 0 end"
        " or coalesce(m.bad, 0) <> case when i.state = 'decided' then il.rejected else 0 end",
    ),
    Invariant(
        "I32d",
        "The parts of each charge are the charge, and the charges are the landed cost",
        "select c.id from fulfilment_landedcharge c left join fulfilment_landedpart p on p.charge_id = c.id"
        " group by c.id, c.amount having c.amount <> coalesce(sum(p.amount), 0)"
        " union all select k.id from fulfilment_landedcost k left join fulfilment_landedcharge c"
        " on c.landed_cost_id = k.id group by k.id, k.total having k.total <> coalesce(sum(c.amount), 0)",
    ),
    Invariant(
        "I32e",
        "What a supplier billed is borne by the landed costs that took it, each by its share, and by no other",
        "select b.id from orders_billedcost b left join (select s.billed_cost_id, sum(s.net) as net"
        " from orders_billedshare s group by 1) t on t.billed_cost_id = b.id where coalesce(t.net, 0) <> b.taken"
        " union all select b.id from orders_billedcost b join orders_billedshare s on s.billed_cost_id = b.id"
        " where b.taken = b.net group by b.id having sum(s.worth) <> round(b.net * b.exchange_rate, 2)"
        " union all select coalesce(s.billed_cost_id, c.billed_cost_id) from orders_billedshare s full join"
        " (select c.billed_cost_id, k.number, coalesce(c.foreign_amount, c.amount) as net, c.amount"
        " from fulfilment_landedcharge c join fulfilment_landedcost k on k.id = c.landed_cost_id"
        " where k.state = 'posted' and c.billed_cost_id is not null) c"
        " on (c.billed_cost_id, c.number) = (s.billed_cost_id, s.taken_by)"
        " where (s.net, s.worth) is distinct from (c.net, c.amount)",
    ),
    Invariant(
        "I18",
        "Each shipped line left the ledger once",
        "select sl.id from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state in ('shipped', 'delivered') and not s.is_history left join inventory_stockmove m"
        " on (m.source_kind, m.source_id, m.source_line_id) = ('shipment', s.id, sl.order_line_id)"
        " and m.status <> 'transit'"
        " group by sl.id, sl.quantity having coalesce(sum(m.delta), 0) <> -sl.quantity",
    ),
)
