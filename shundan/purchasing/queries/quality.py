"""What of the goods that suppliers delivered turned out faulty after it was taken in."""

# Each branch reads a line by its id, for a caller that asks line by line; a line may be in several branches: goods that
# are found faulty and then sent back are the same goods, so the largest of them counts.
# What an inspection let pass despite its faults was faulty, too.
_FAULTY = (
    "select id as line_id, returned as faulty from orders_orderline where returned > 0 union all"
    " select c.order_line_id, sum(i.rejected + i.conceded) from fulfilment_inspectionline i"
    " join fulfilment_receiptline c on c.id = i.receipt_line_id where i.decided_at is not null"
    " group by c.order_line_id having sum(i.rejected + i.conceded) > 0 union all"
    # What a customer sent back of goods that the supplier brought to them: in proportion, where others brought some.
    " select d.purchase_line_id, sum(d.quantity * s.returned / s.shipped) from fulfilment_directdeliveryline d"
    " join fulfilment_directdelivery e on e.id = d.delivery_id and e.state <> 'reversed'"
    " join orders_orderline s on s.id = d.order_line_id where s.returned > 0 and s.shipped > 0"
    " group by d.purchase_line_id"
)


def faulty_goods_sql() -> str:
    """Return a select of (line_id, faulty): of which purchase line how much turned out faulty, in its unit.

    Goods that were sent back to their supplier or, brought to a customer by the supplier, by that customer; and what
    inspections rejected or took despite its faults. What was
    rejected on arrival is on its receipt. A line may be there several times; its largest quantity counts.
    """
    return _FAULTY
