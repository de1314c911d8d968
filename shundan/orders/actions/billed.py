"""Keeping what suppliers billed that is no goods, and that each of it is borne by one landed cost at most."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.models import BilledCost, Order, OrderLine
from shundan.orders.queries.billed import BilledCostBorne


class BilledCostTaken(Refused):
    """A landed cost bears it already, or its bill was reversed."""

    code = "billed_cost_taken"
    sentence = _("What is billed with %(number)s is spread already, or its bill was reversed. Reload the page.")


def note_billed_costs(order: Order, bill_number: str, nets: Mapping[OrderLine, Decimal], *, on: date) -> None:
    """Keep what of a bill of a locked order is no goods."""
    BilledCost.objects.bulk_create(
        BilledCost(
            order_line=line,
            bill_number=bill_number,
            billed_on=on,
            net=net,
            currency=order.currency,
            exchange_rate=order.exchange_rate,
        )
        for line, net in nets.items()
        if not line.is_stocked and net > 0
    )


def withdraw_billed_costs(bill_number: str, *, by: Actor) -> None:
    """Let nobody spread a bill that is reversed. Raises: BilledCostBorne."""
    rows = BilledCost.objects.select_for_update().filter(bill_number=bill_number).order_by("pk")
    for one in rows:
        if one.taken_by:
            raise BilledCostBorne(number=bill_number, cost=one.taken_by)
        one.withdrawn_at = by.at
        one.save(update_fields=["withdrawn_at"])


def take_billed_costs(ids: Iterable[int], *, taken_by: str) -> dict[int, BilledCost]:
    """Note which landed cost bears these; each is borne once. Raises: BilledCostTaken."""
    wanted = sorted(set(ids))
    found = {one.pk: one for one in BilledCost.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    for pk in wanted:
        one = found.get(pk)
        if one is None or one.taken_by or one.withdrawn_at is not None:
            raise BilledCostTaken(number=one.bill_number if one else str(pk))
    BilledCost.objects.filter(pk__in=wanted).update(taken_by=taken_by)
    return found


def give_back_billed_costs(taken_by: str) -> None:
    """Free what a landed cost bore that is taken back."""
    BilledCost.objects.filter(taken_by=taken_by).update(taken_by="")
