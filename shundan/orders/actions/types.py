"""Keeping order types."""

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.orders.kinds import KINDS
from shundan.orders.models import OrderType


@action
def save_order_type(
    *,
    code: str,
    kind: str,
    name_zh: str,
    name_en: str,
    by: Actor,
    prefix: str | None = None,
    party: str | None = None,
    workflow: str | None = None,
) -> OrderType:
    """Add a type with its kind's defaults, unless there is one with this code."""
    facts = KINDS[kind]
    order_type, _made = OrderType.objects.get_or_create(
        code=code,
        defaults={
            "kind": kind,
            "name_zh": name_zh,
            "name_en": name_en,
            "prefix": prefix or facts.prefix,
            "party": party or (facts.parties[0] if facts.parties else "none"),
            "workflow": workflow or facts.workflow,
            "invoices_on": facts.invoices_on,
        },
    )
    return order_type
