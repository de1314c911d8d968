"""Orders that wait for credit: finance lets one pass with a reason; marks come and go with what blocks."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.billing.models import CreditRelease
from shundan.billing.queries.credit import CREDIT_HOLD, WAITING, standing_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.events import record
from shundan.orders.actions import go_on, lift_marks, mark_blocked, save_moved
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lock_orders_unscoped, open_holds

LASTS = timedelta(days=30)
LONGEST = timedelta(days=366)
LONGEST_REASON = 500


class NotBlocked(Refused):
    """Nothing of credit keeps the order."""

    code = "not_credit_blocked"
    sentence = _("%(number)s does not wait for credit.")


@action
def release_credit(number: str, *, reason: str, by: Actor, until_on: date | None = None) -> CreditRelease:
    """Let an order pass although its customer is blocked: up to what it is worth now, until a day.

    Raises: NotPermitted, NotFound, Malformed, NotBlocked.
    """
    order = get_order(number, by=by, lock=True, permission="credit.release")
    kept = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    last = until_on or by.today + LASTS
    wrong = []
    if not kept:
        wrong.append(Detail("reason", "required", _("This field is required.")))
    if not by.today <= last <= by.today + LONGEST:
        wrong.append(Detail("until_on", "out_of_range", _("Choose a last day from today on, within a year.")))
    if wrong:
        raise Malformed(details=wrong)
    holds = [one for one in open_holds(order) if one.code == CREDIT_HOLD]
    if not holds or order.category not in WAITING:
        raise NotBlocked(number=order.number)
    found = standing_unscoped(order.buyer.pk, on=by.today)
    made = CreditRelease.objects.create(
        order=order,
        amount=order.total if order.category in ("submitted", "approved") else max(order.total, order.exposure),
        until_on=last,
        reason=kept,
        released_at=by.at,
        released_by_name=by.name,
    )
    lift_marks(order, holds, by=by)
    order.version += 1
    # An order that only waited for this is approved by it.
    go_on(order, by=by)
    save_moved(order, by=by)
    data = {
        "number": order.number,
        "reason": kept,
        "until": last.isoformat(),
        "amount": str(made.amount),
        "used": str(found.used),
        "limit": str(found.limit),
        "overdue": str(found.late_amount),
    }
    told = _telling(order, "信用放行", "Let pass despite its credit")
    record("order.credit_released", subject=order.subject, by=by, data=data | told)
    return made


def review_credit(*, by: Actor) -> int:
    """Review the orders of all customers, each customer by itself; return how many orders changed."""
    rows = _waiting().order_by("customer_id").values_list("customer_id", flat=True).distinct()
    return sum(review_credit_of(int(pk), by=by) for pk in list(rows))


@action
def review_credit_of(customer_id: int, *, by: Actor) -> int:
    """Mark orders of a customer that are blocked now and lift the marks of others; return how many changed."""
    # All orders before the first look at the account (docs/adr/0007).
    orders = lock_orders_unscoped(_waiting().filter(customer_id=customer_id).values_list("pk", flat=True))
    return sum(_review(order, by) for order in orders.values())


def _waiting() -> QuerySet[Order]:
    return Order.objects.filter(category__in=WAITING, kind__in=("sale", "service"), customer__isnull=False)


def _review(order: Order, by: Actor) -> bool:
    if order.category not in WAITING or not mark_blocked(order, "review", by=by):
        return False
    order.version += 1
    go_on(order, by=by)
    save_moved(order, by=by)
    is_blocked = CREDIT_HOLD in order.holds
    said = ("信用冻结", "Blocked for its credit") if is_blocked else ("解除信用冻结", "Credit suffices again")
    facts = {"number": order.number} | _telling(order, *said)
    record(f"order.credit_{'blocked' if is_blocked else 'freed'}", subject=order.subject, by=by.as_system(), data=facts)
    return True


def _telling(order: Order, said_zh: str, said_en: str) -> dict[str, object]:
    """Return what of an event tells the order's owner."""
    return {"notify": [f"user:{order.owner_id}"] if order.owner_id else [], "said_zh": said_zh, "said_en": said_en}
