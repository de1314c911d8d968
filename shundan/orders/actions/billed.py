"""Keeping what suppliers billed that is no goods, and that landed costs never bear more than all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, round_amount, said_amount
from shundan.orders.models import BilledCost, BilledShare, Order, OrderLine
from shundan.orders.queries.billed import BilledCostBorne, takers_of


class BilledCostTaken(Refused):
    """Landed costs bear all of it already, or its bill was reversed."""

    code = "billed_cost_taken"
    sentence = _("What is billed with %(number)s is spread already, or its bill was reversed. Reload the page.")


class BilledCostExceeded(Refused):
    """More is to be spread than landed costs have left of it."""

    code = "billed_cost_exceeded"
    sentence = _("Of what is billed with %(number)s only %(left)s %(currency)s is left to spread. Enter at most that.")


@dataclass(frozen=True, slots=True)
class TakenCost:
    """What a landed cost takes of it: in the bill's currency, and in company currency at the bill's rate."""

    currency: str
    exchange_rate: Decimal
    net: Decimal
    worth: Decimal


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
        if one.taken > 0:
            raise BilledCostBorne(number=bill_number, cost=", ".join(takers_of(one)))
        one.withdrawn_at = by.at
        one.save(update_fields=["withdrawn_at"])


def take_billed_costs(wanted: Mapping[int, Decimal | None], *, taken_by: str) -> dict[int, TakenCost]:
    """Note how much a landed cost bears of each of these; None is all that is left.

    A part is worth in company currency what it adds to those that stand, so that all of them together are worth the
    whole, to the cent. Raises: BilledCostTaken, BilledCostExceeded.
    """
    found = {one.pk: one for one in BilledCost.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    taken = {}
    for pk, asked in sorted(wanted.items()):
        one = found.get(pk)
        if one is None or one.left <= 0 or one.withdrawn_at is not None:
            raise BilledCostTaken(number=one.bill_number if one else str(pk))
        net = one.left if asked is None else asked
        if net > one.left:
            left = said_amount(one.left, one.currency)
            raise BilledCostExceeded(number=one.bill_number, left=left, currency=one.currency, billed=pk)
        one.taken += net
        borne = one.shares.aggregate(worth=Sum("worth"))["worth"] or ZERO
        taken[pk] = TakenCost(one.currency, one.exchange_rate, net, round_amount(one.exchange_rate * one.taken) - borne)
        one.save(update_fields=["taken"])
    BilledShare.objects.bulk_create(
        BilledShare(billed_cost_id=pk, taken_by=taken_by, net=part.net, worth=part.worth) for pk, part in taken.items()
    )
    return taken


def give_back_billed_costs(taken_by: str) -> None:
    """Free what a landed cost bore that is taken back."""
    shares = dict(BilledShare.objects.filter(taken_by=taken_by).values_list("billed_cost_id", "net"))
    for one in BilledCost.objects.select_for_update().filter(pk__in=shares).order_by("pk"):
        one.taken -= shares[one.pk]
        one.save(update_fields=["taken"])
    BilledShare.objects.filter(taken_by=taken_by).delete()
