"""How far each role may go on its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.memory import remembered_rows
from shundan.pricing.models import DiscountLimit

_LIMITS = "select role, most_discount, least_margin from pricing_discountlimit order by role"


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest discount against the price by rules and the least margin, both in percent; None means none."""

    most_discount: Decimal | None = None
    least_margin: Decimal | None = None


def limit_of_roles(roles: Iterable[str]) -> Limit:
    """Return the widest limit of these roles; a role without one is not limited."""
    by_role = {row[0]: Limit(row[1], row[2]) for row in remembered_rows(_LIMITS, [])}
    roles = list(roles)
    if not by_role or not roles or any(role not in by_role for role in roles):
        return Limit()
    mine = [by_role[role] for role in roles]
    discounts = [one.most_discount for one in mine if one.most_discount is not None]
    margins = [one.least_margin for one in mine if one.least_margin is not None]
    return Limit(
        max(discounts) if len(discounts) == len(mine) else None, min(margins) if len(margins) == len(mine) else None
    )


def list_limits(*, by: Actor) -> list[DiscountLimit]:
    """Return the limits of roles. Raises: NotPermitted."""
    require(by, "price.read")
    return list(DiscountLimit.objects.order_by("role"))
