"""Promises of shipments: what lines say was shipped is what shipments carried and what left the ledger."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I16",
        "Shipped equals the shipment lines that left",
        "select l.id from orders_orderline l left join (select order_line_id, sum(quantity) q"
        " from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state in ('shipped', 'delivered') group by 1) x on x.order_line_id = l.id"
        " where l.shipped <> coalesce(x.q, 0)",
    ),
    Invariant(
        "I16b",
        "Picked equals the shipment lines that wait",
        "select l.id from orders_orderline l left join (select order_line_id, sum(quantity) q"
        " from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state = 'picking' group by 1) x on x.order_line_id = l.id where l.picked <> coalesce(x.q, 0)",
    ),
    Invariant(
        "I17",
        "Never shipped more than ordered, nor before confirmation",
        "select l.id from orders_orderline l join orders_order o on o.id = l.order_id where not l.is_history"
        " and (l.shipped > l.quantity or (l.shipped > 0 and o.category in ('draft', 'submitted', 'approved')))",
    ),
    Invariant(
        "I18",
        "Each shipped line left the ledger once",
        "select sl.id from fulfilment_shipmentline sl join fulfilment_shipment s on s.id = sl.shipment_id"
        " and s.state in ('shipped', 'delivered') and not s.is_history left join inventory_stockmove m"
        " on (m.source_kind, m.source_id, m.source_line_id) = ('shipment', s.id, sl.order_line_id)"
        " group by sl.id, sl.quantity having coalesce(sum(m.delta), 0) <> -sl.quantity",
    ),
)
