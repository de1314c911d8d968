"""Promises of the catalogue."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I70",
        "The last kept cost of a product is its standard cost",
        "select p.id from catalog_product p where p.standard_cost is distinct from (select c.cost"
        " from catalog_productcost c where c.product_id = p.id order by c.at desc, c.id desc limit 1)",
    ),
)
