"""Finding what suppliers billed that is no goods, and which landed costs bear it."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, require
from shundan.orders.models import BilledCost

__all__ = ["BilledCost", "BilledCostBorne", "check_costs_are_free", "open_billed_costs", "takers_of"]


class BilledCostBorne(Refused):
    """A landed cost was spread from the bill."""

    code = "billed_cost_borne"
    sentence = _("Bill %(number)s is spread over goods by %(cost)s. Reverse that landed cost first.")


def open_billed_costs(*, by: Actor, bill_number: str = "", limit: int = 100) -> list[BilledCost]:
    """Return what was billed and landed costs do not bear wholly yet, latest first. Raises: NotPermitted."""
    require(by, "landed_cost.post")
    rows = BilledCost.objects.filter(taken__lt=F("net"), withdrawn_at__isnull=True)
    if bill_number:
        rows = rows.filter(bill_number=bill_number.replace("\x00", ""))
    return list(rows.select_related("order_line__order__supplier").order_by("-id")[:limit])


def check_costs_are_free(bill_number: str) -> None:
    """Refuse to withdraw a bill whose costs are spread over goods. Raises: BilledCostBorne."""
    borne = BilledCost.objects.filter(bill_number=bill_number, taken__gt=0).first()
    if borne is not None:
        raise BilledCostBorne(number=bill_number, cost=", ".join(takers_of(borne)))


def takers_of(billed: BilledCost) -> list[str]:
    """Return the numbers of the landed costs that bear it, in the order in which they took it."""
    return list(billed.shares.order_by("pk").values_list("taken_by", flat=True))
