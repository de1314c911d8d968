"""How much each role writes off alone before anybody has set it: finance a little, the management whatever it is."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

# In company currency; None is whatever it is. A role that is not here writes off nothing alone.
SHIPPED_LIMITS: Mapping[str, Decimal | None] = MappingProxyType({"finance": Decimal("10.00"), "executive": None})


def widest_limit(limits: Iterable[Decimal | None]) -> Decimal | None:
    """Return the highest of these limits; None is whatever it is, no limit at all is nothing."""
    found = list(limits)
    known = [one for one in found if one is not None]
    return None if len(known) < len(found) else max(known, default=Decimal(0))
