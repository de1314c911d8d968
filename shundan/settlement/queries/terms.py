"""The terms of settlement, as they are kept or as they are without anybody having kept them."""

from decimal import Decimal

from shundan.accounts.queries import role_codes_holding
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.settlement.models import SettlementTerms, WriteOffLimit
from shundan.settlement.rules.limits import SHIPPED_LIMITS, widest_limit


def settlement_terms() -> SettlementTerms:
    """Return the terms in force."""
    return SettlementTerms.objects.filter(pk=1).first() or SettlementTerms(id=1, version=0)


def write_off_limits() -> dict[str, Decimal | None]:
    """Return how much each role that may write off does so alone, in company currency; None is whatever it is."""
    kept = dict(WriteOffLimit.objects.values_list("role", "amount"))
    roles = role_codes_holding("payment.write_off")
    return {role: kept[role] if role in kept else SHIPPED_LIMITS.get(role, Decimal(0)) for role in roles}


def write_off_limit_of(by: Actor) -> Decimal | None:
    """Return how much somebody writes off alone: the highest limit of their roles; None is whatever it is."""
    if EVERYTHING in by.grants:
        return None
    limits = write_off_limits()
    return widest_limit(limits[role] for role in by.roles if role in limits)
