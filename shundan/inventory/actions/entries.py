"""Entries: the changes of positions that a posting is made of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shundan.inventory.rules import IN_TRANSIT
from shundan.kernel.money import ZERO

LevelKey = tuple[int, int]
PositionKey = tuple[int, int, int, int | None, int | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change of a position, in the product's base unit; `held` and `reserved` change along with it."""

    product_id: int
    warehouse_id: int
    location_id: int
    delta: Decimal
    kind: str
    lot_id: int | None = None
    owner_id: int | None = None
    status: str = "usable"
    line_id: int | None = None
    reason: str = ""
    remark: str = ""
    held: Decimal = ZERO
    reserved: Decimal = ZERO
    # When its oldest unit came, where it was before; without it, now.
    since: datetime | None = None

    @property
    def level(self) -> LevelKey:
        """Return the level it counts for."""
        return self.product_id, self.warehouse_id

    @property
    def position(self) -> PositionKey:
        """Return the position it changes."""
        return self.product_id, self.warehouse_id, self.location_id, self.lot_id, self.owner_id, self.status

    @property
    def is_on_hand(self) -> bool:
        """Tell whether its units are ours and in the warehouse."""
        return self.owner_id is None and self.status != IN_TRANSIT

    @property
    def is_usable(self) -> bool:
        """Tell whether its units are on hand and may be promised."""
        return self.is_on_hand and self.status == "usable"

    @property
    def is_blocked(self) -> bool:
        """Tell whether its units are on hand and must not be used."""
        return self.is_on_hand and self.status != "usable"
