"""Keeping order types."""

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.orders.kinds import KINDS
from shundan.orders.models import OrderType


@action
def save_order_type(*, code: str, kind: str, name_zh: str, name_en: str, by: Actor) -> OrderType:
    """Add a type with its kind's defaults, or rename the one with this code."""
    facts = KINDS[kind]
    order_type, _made = OrderType.objects.get_or_create(
        code=code,
        defaults={
            "kind": kind,
            "name_zh": name_zh,
            "name_en": name_en,
            "prefix": facts.prefix,
            "workflow": facts.workflow,
            "invoices_on": facts.invoices_on,
        },
    )
    return order_type
