"""Effects that hold an order for a reason and let it go on; each code says what it blocks and who lifts it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import role_labels
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.naming import listed
from shundan.orders.actions.marks import CODE, judged_by_rules, mark_blocked
from shundan.orders.actions.progress import reserve_open_quantities
from shundan.orders.hooks.selling import give_back_stock
from shundan.orders.models import Order, OrderHold
from shundan.orders.queries import is_live, open_holds
from shundan.orders.rules.holds import HOLDS, RELEASING, lifters_of
from shundan.workflow.registries import effect, guard

Inputs = Mapping[str, str]


class HoldNotYours(Refused):
    """Others decide about this hold."""

    code = "hold_not_yours"
    sentence = _("This hold is released by: %(roles)s.")


class NotOnHold(Refused):
    """There is no hold to release."""

    code = "not_on_hold"
    sentence = _("The order is not on hold.")


@guard
def is_on_hold(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when there is no hold, or none that this actor may lift: who may not is told so before trying."""
    if not order.holds:
        raise NotOnHold()
    _require_mine(order.holds, by)


@effect
def place_order_hold(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold the order for a reason; its code says what waits meanwhile. Raises: Malformed for an unknown code."""
    code = inputs.get("code") or "manual"
    if code not in HOLDS:
        raise Malformed(details=[Detail("inputs.code", "unknown", _("Choose one of the offered values."))])
    OrderHold.objects.create(
        order_id=order.pk, code=code, reason=inputs["reason"], placed_by_name=by.name, placed_at=by.at
    )
    order.holds = sorted({*order.holds, code})
    if code in RELEASING and is_live(order):
        give_back_stock(order)


@effect
def release_order_holds(order: Order, by: Actor, inputs: Inputs) -> None:
    """Lift the holds that the actor may lift, or the one named by its code; what they gave up is reserved again.

    Where credit does not suffice it stays blocked, with a hold of its own. Raises: HoldNotYours, OutOfStock, and what
    the rules refuse.
    """
    wanted = [one for one in open_holds(order) if inputs.get("code", "") in ("", one.code)]
    codes = _require_mine([one.code for one in wanted], by)
    mine = [one for one in wanted if one.code in codes]
    # Money is asked before stock is touched (docs/adr/0007).
    if CODE in {one.code for one in mine}:
        # Whoever lifts it says that credit suffices again; letting an order pass that is blocked is another right.
        found = judged_by_rules(order, "release", by=by)
        if found is not None:
            raise found
    elif is_live(order):
        mark_blocked(order, "release", by=by)
    _lift(order, mine, by)


@effect
def lift_order_holds(order: Order, by: Actor, inputs: Inputs) -> None:
    """Lift every open hold: the order ends."""
    OrderHold.objects.filter(order_id=order.pk, lifted_at=None).update(lifted_by_name=by.name, lifted_at=by.at)
    order.holds = []


def _require_mine(codes: Iterable[str], by: Actor) -> list[str]:
    """Return the codes of holds that the actor may lift. Raises: HoldNotYours where there is none."""
    mine = [code for code in codes if not lifters_of(code) or by.has_role_of(lifters_of(code))]
    if not mine:
        roles = sorted({role for code in codes for role in lifters_of(code)})
        raise HoldNotYours(roles=listed(role_labels(roles, language=get_language() or "")))
    return mine


def _lift(order: Order, holds: list[OrderHold], by: Actor) -> None:
    given_up = set(order.holds) & set(RELEASING)
    ids = [one.pk for one in holds]
    OrderHold.objects.filter(pk__in=ids).update(lifted_by_name=by.name, lifted_at=by.at)
    order.holds = sorted({one.code for one in open_holds(order)})
    if given_up and not set(order.holds) & set(RELEASING) and is_live(order):
        reserve_open_quantities(order, by=by, partly=order.allows_backorder)
