"""Promises of stock: the ledger, the levels and the reservations always agree."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I1",
        "On hand equals the sum of the ledger",
        "select s.product_id, s.warehouse_id from inventory_stocklevel s"
        " left join inventory_stockmove m using (product_id, warehouse_id)"
        " group by 1, 2, s.on_hand having s.on_hand <> coalesce(sum(m.delta), 0)",
    ),
    Invariant(
        "I2",
        "No ledger row without a stock level",
        "select m.id from inventory_stockmove m left join inventory_stocklevel s using (product_id, warehouse_id)"
        " where s.id is null",
    ),
    Invariant(
        "I3",
        "Each ledger row continues the balance of the one before",
        "select id from (select *, lag(balance, 1, 0::numeric) over"
        " (partition by product_id, warehouse_id order by id) as before from inventory_stockmove) t"
        " where balance <> before + delta",
    ),
    Invariant(
        "I4",
        "Never negative, never oversold",
        "select id from inventory_stocklevel where on_hand < 0 or reserved < 0 or reserved > on_hand",
    ),
    Invariant(
        "I5",
        "Reserved equals the sum of the reservations",
        "select s.product_id, s.warehouse_id from inventory_stocklevel s"
        " left join inventory_reservation r using (product_id, warehouse_id)"
        " group by 1, 2, s.reserved having s.reserved <> coalesce(sum(r.quantity), 0)",
    ),
    Invariant(
        "I9",
        "One ledger row for each line of a paper",
        "select source_kind, source_id, source_line_id, kind from inventory_stockmove where source_id is not null"
        " group by 1, 2, 3, 4 having count(*) > 1",
    ),
)
