"""Promises of stock: the ledger, the levels and the reservations always agree."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I1",
        "On hand equals the sum of the ledger",
        "select s.product_id, s.warehouse_id from inventory_stocklevel s"
        " left join inventory_stockmove m on (m.product_id, m.warehouse_id) = (s.product_id, s.warehouse_id)"
        " and m.owner_id is null and m.status <> 'transit'"
        " group by 1, 2, s.on_hand having s.on_hand <> coalesce(sum(m.delta), 0)",
    ),
    Invariant(
        "I1b",
        "Each position equals the sum of its moves",
        "select coalesce(p.product_id, m.product_id) from (select product_id, warehouse_id, location_id,"
        " coalesce(lot_id, 0) as lot, coalesce(owner_id, 0) as owner, status, sum(delta) as quantity"
        " from inventory_stockmove group by 1, 2, 3, 4, 5, 6) m full join (select *, coalesce(lot_id, 0) as lot,"
        " coalesce(owner_id, 0) as owner from inventory_stockposition) p"
        " using (product_id, warehouse_id, location_id, lot, owner, status)"
        " where coalesce(m.quantity, 0) <> coalesce(p.quantity, 0)",
    ),
    Invariant(
        "I1c",
        "Blocked equals the sum of our positions that must not be used",
        "select s.product_id, s.warehouse_id from inventory_stocklevel s left join inventory_stockposition p"
        " on (p.product_id, p.warehouse_id) = (s.product_id, s.warehouse_id) and p.owner_id is null"
        " and p.status not in ('usable', 'transit')"
        " group by 1, 2, s.blocked having s.blocked <> coalesce(sum(p.quantity), 0)",
    ),
    Invariant(
        "I1d",
        "What is held at a position is what was picked from it",
        "select p.id from inventory_stockposition p left join inventory_stockpick k on k.position_id = p.id"
        " group by p.id, p.held having p.held <> coalesce(sum(k.quantity), 0)",
    ),
    Invariant(
        "I1e",
        "A place belongs to its warehouse, a lot to its product, and a serial number is one unit",
        "select p.id from inventory_stockposition p left join inventory_location l on l.id = p.location_id"
        " left join inventory_lot t on t.id = p.lot_id where l.warehouse_id is distinct from p.warehouse_id"
        " or (p.lot_id is not null and t.product_id is distinct from p.product_id)"
        " or ((l.kind = 'transit') <> (p.status = 'transit'))"
        " union all select p.lot_id from inventory_stockposition p join catalog_product g on g.id = p.product_id"
        " where g.tracking = 'serial' and p.lot_id is not null group by p.lot_id having sum(p.quantity) > 1",
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
        " (partition by product_id, warehouse_id order by id) as before from inventory_stockmove"
        " where owner_id is null and status <> 'transit') t"
        " where balance <> before + delta",
    ),
    Invariant(
        "I4",
        "Never negative, never oversold",
        "select id from inventory_stocklevel where on_hand < 0 or blocked < 0 or reserved < 0"
        " or reserved > on_hand - blocked",
    ),
    Invariant(
        "I5",
        "Reserved equals the sum of the reservations",
        "select s.product_id, s.warehouse_id from inventory_stocklevel s"
        " left join inventory_reservation r using (product_id, warehouse_id)"
        " group by 1, 2, s.reserved having s.reserved <> coalesce(sum(r.quantity), 0)",
    ),
    Invariant(
        "I5b",
        "What is promised of a lot by name, and not picked for it yet, lies there for it",
        "select r.lot_id, r.warehouse_id from (select x.lot_id, x.warehouse_id, sum(x.quantity - coalesce((select"
        " sum(k.quantity) from inventory_stockpick k join inventory_stockposition p on p.id = k.position_id"
        " where k.line_id = x.line_id and p.warehouse_id = x.warehouse_id and p.lot_id = x.lot_id), 0)) as quantity"
        " from inventory_reservation x where x.lot_id is not null group by 1, 2) r"
        " left join inventory_stockposition p on (p.lot_id, p.warehouse_id) = (r.lot_id, r.warehouse_id)"
        " and p.owner_id is null and p.status = 'usable' group by 1, 2, r.quantity"
        " having coalesce(sum(p.quantity - p.held), 0) < r.quantity"
        " union all select r.id, r.warehouse_id from inventory_reservation r join inventory_lot l on l.id = r.lot_id"
        " where l.product_id <> r.product_id",
    ),
    Invariant(
        "I1f",
        "A posted count has changed the ledger by its differences, any other by nothing",
        "select l.id from inventory_countline l join inventory_stockcount c on c.id = l.count_id"
        " left join inventory_stockmove m on (m.source_kind, m.source_id, m.source_line_id)"
        " = ('stock_count', c.id, l.id) group by l.id, l.found, l.expected, c.state"
        " having coalesce(sum(m.delta), 0) <> case when c.state = 'posted'"
        " then coalesce(l.found - l.expected, 0) else 0 end",
    ),
    Invariant(
        "I9",
        "One ledger row for each line of a paper",
        "select source_kind, source_id, source_line_id, kind from inventory_stockmove where source_id is not null"
        " group by 1, 2, 3, 4, warehouse_id, location_id, lot_id, owner_id, status having count(*) > 1",
    ),
)
