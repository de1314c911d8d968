"""Promises of the summaries: they say what the ledger says."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I43",
        "What came and went by day is what the ledger says",
        "select coalesce(d.product_id, m.product_id) from analytics_stockday d full join (select product_id,"
        ' warehouse_id, analytics_day(effective_at) as "on", kind, sum(greatest(delta, 0)) as came,'
        " sum(greatest(-delta, 0)) as went from inventory_stockmove where owner_id is null and status <> 'transit'"
        ' group by 1, 2, 3, 4) m using (product_id, warehouse_id, "on", kind)'
        " where (d.came, d.went) is distinct from (m.came, m.went)",
    ),
)
