"""What the inventory room hangs into the catalog: how finely its products are counted in stock."""

from shundan.catalog.registries import COUNTED_DECIMALS
from shundan.inventory.queries import decimals_in_stock_unscoped

COUNTED_DECIMALS.append(decimals_in_stock_unscoped)
