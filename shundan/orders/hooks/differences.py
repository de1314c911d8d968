"""Guards and effects of transfers that two sides answer for: who gives, who receives, and what did not arrive."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import lose_in_transit
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.actions.transfers import require_side
from shundan.orders.hooks.selling import NotYet
from shundan.orders.models import Order, OrderLine, TransferDifference
from shundan.orders.queries import lines_of
from shundan.workflow.registries import effect, guard, name_things

Inputs = Mapping[str, str]


class SignedByYou(Refused):
    """One person cannot sign for both sides."""

    code = "signed_by_you"
    sentence = _("You have signed for the receiving side. Somebody of the sending side has to accept it.")


class SignedAlready(Refused):
    """What is missing is signed and waits for the other side."""

    code = "difference_signed"
    sentence = _("The difference is signed and waits for the sending side.")


@guard
def shortage_is_not_signed(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when what is missing is signed already."""
    if _waiting(order).filter(kind="short").exists():
        raise SignedAlready()


@guard
def signs_for_the_receiver(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever does not answer for the warehouse where goods arrive."""
    require_side(order.target_warehouse, by)


@guard
def signs_for_the_sender(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever signed for the other side, or does not answer for the warehouse that sent the goods."""
    if by.id is not None and _waiting(order).filter(signed_by_id=by.id).exists():
        raise SignedByYou()
    require_side(order.warehouse, by)


@guard
def gives_from_the_warehouse(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever does not answer for the warehouse that gives the goods."""
    require_side(order.warehouse, by)


@guard
def difference_waits(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when a difference is signed that the sending side has not accepted."""
    if not _waiting(order).exists():
        raise NotYet()


@guard
def differences_are_accepted(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when no difference waits for the sending side."""
    if _waiting(order).exists():
        raise NotYet()


@effect
def sign_shortage(order: Order, by: Actor, inputs: Inputs) -> None:
    """Sign for the receiving side what left and never arrived."""
    TransferDifference.objects.bulk_create(
        TransferDifference(
            order=order,
            line=line,
            kind="short",
            quantity=missing,
            reason=inputs.get("reason", "")[:500],
            signed_by_id=by.id,
            signed_by_name=by.name,
            signed_at=by.at,
        )
        for line in lines_of(order)
        if (missing := line.shipped - line.delivered - line.returned) > 0
    )


@effect
def accept_difference(order: Order, by: Actor, inputs: Inputs) -> None:
    """Accept for the sending side what the other one signed; what never arrived counts as lost on the way."""
    rows = list(_waiting(order))
    lost: dict[int, Decimal] = {row.line_id: row.quantity for row in rows if row.kind == "short"}
    changed = [line for line in lines_of(order) if line.pk in lost]
    for line in changed:
        line.returned += lost[line.pk]
    if changed:
        OrderLine.objects.bulk_update(changed, ["returned"])
        lose_in_transit(lost, source=order.subject, by=by)
    for row in rows:
        row.state, row.accepted_by_id, row.accepted_by_name, row.accepted_at = "accepted", by.id, by.name, by.at
    TransferDifference.objects.bulk_update(rows, ["state", "accepted_by", "accepted_by_name", "accepted_at"])


def _waiting(order: Order) -> QuerySet[TransferDifference]:
    return TransferDifference.objects.filter(order_id=order.pk, state="signed").order_by("id")


name_things(
    "guard",
    {
        "shortage_is_not_signed": _("What is missing is not signed yet"),
        "signs_for_the_receiver": _("Answers for the receiving warehouse"),
        "signs_for_the_sender": _("Answers for the sending warehouse and has not signed"),
        "gives_from_the_warehouse": _("Answers for the giving warehouse"),
        "difference_waits": _("A difference waits for the sending side"),
        "differences_are_accepted": _("No difference waits for the sending side"),
    },
    serves="transfer",
)
name_things(
    "effect",
    {
        "sign_shortage": _("Sign what never arrived"),
        "accept_difference": _("Accept the difference"),
    },
    serves="transfer",
)
