"""Promises of the catalogue."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I70",
        "The last kept cost of a product is its standard cost",
        "select p.id from catalog_product p where p.standard_cost is distinct from (select c.cost"
        " from catalog_productcost c where c.product_id = p.id order by c.at desc, c.id desc limit 1)",
    ),
    Invariant(
        "I109",
        "Kits are made of what is no kit, and active kits of what is active",
        "select c.id from catalog_kitcomponent c join catalog_product k on k.id = c.kit_id"
        " join catalog_product p on p.id = c.component_id"
        " where k.kind <> 'kit' or p.kind = 'kit' or (k.status = 'active' and p.status <> 'active')",
    ),
)
