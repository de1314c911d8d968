"""Where customers stand with their credit: limit with raises, exposure, overdue money, and which orders wait for it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from shundan.billing.models import CreditRaise, CreditRelease, CreditRule
from shundan.catalog.queries import NoExchangeRate, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import round_amount
from shundan.orders.models import Order, OrderHold
from shundan.orders.scopes import order_scope
from shundan.parties.models import Customer

CREDIT_HOLD = "credit"
# What events call the rules for overdue money: they are kept as a whole.
CREDIT_RULES = ("credit_rules", 1)
# Orders that may go on once credit suffices.
WAITING = ("submitted", "approved", "confirmed", "in_progress")
# Why an order waits, as the address of a list says it; a person's hold has no cause.
DESK_VIEWS = {
    "all": Q(),
    "limit": Q(cause="credit_exceeded"),
    "overdue": Q(cause="credit_overdue"),
    "person": Q(cause=""),
}
_STANDING = (
    "select c.id, s.own, s.credit_limit + s.raised, s.raised, s.used, s.allowed_days, s.late_amount, s.late_since"
    " from unnest(%s::bigint[]) as c(id), billing_credit_standing(c.id, %s::date) s"
)
_SHIPPED = """
    select coalesce(sum(round(least(o.exposure, l.worth) * billing_rate(o.currency, %(on)s)
                              / billing_rate(%(own)s, %(on)s), 2)), 0)
    from orders_order o join lateral (
        select sum(round(l.gross * greatest(least(l.shipped, l.quantity - l.cancelled) - l.invoiced, 0)
                         / l.quantity, 2)) as worth
        from orders_orderline l where l.order_id = o.id and l.quantity > 0) l on true
    where o.customer_id = %(customer)s and o.exposure > 0
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands on a day, in the customer's currency; `limit` is with what it is raised by.

    `late_amount`, in company currency, is overdue for longer than the rule lets pass.
    """

    currency: str
    limit: Decimal | None
    raised: Decimal
    used: Decimal
    allowed_days: int | None
    late_amount: Decimal
    late_since: date | None

    @property
    def over(self) -> Decimal:
        """Return by how much the limit is exceeded already."""
        return max(Decimal(0), self.used - self.limit) if self.limit is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """An order that waits for credit, with where its customer stands."""

    hold: OrderHold
    standing: Standing
    # By how much the limit is exceeded with this order, in the customer's currency.
    over: Decimal


def standing_unscoped(customer_id: int, *, on: date) -> Standing:
    """Return where a customer stands, for decisions."""
    return standings_unscoped([customer_id], on=on)[customer_id]


def standings_unscoped(customer_ids: Iterable[int], *, on: date) -> dict[int, Standing]:
    """Return where customers stand, by id, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [sorted(set(customer_ids)), on])
        return {row[0]: Standing(*row[1:]) for row in cursor.fetchall()}


def shipped_not_invoiced_of(customer: Customer, *, by: Actor) -> Decimal:
    """Return which part of a customer's exposure has left and is not invoiced, in the customer's currency."""
    require(by, "customer.read")
    with connection.cursor() as cursor:
        cursor.execute(_SHIPPED, {"customer": customer.pk, "on": by.today, "own": customer.currency})
        return Decimal(cursor.fetchone()[0])


def raises_of(customer: Customer, *, by: Actor) -> list[CreditRaise]:
    """Return all raises of a customer's limit, the latest first. Raises: NotPermitted."""
    require(by, "customer.read")
    return list(CreditRaise.objects.filter(customer_id=customer.pk).order_by("-until_on", "-id"))


def releases_of_order(order_id: int) -> list[CreditRelease]:
    """Return how an order that the caller may see was let pass, the latest first."""
    return list(CreditRelease.objects.filter(order_id=order_id).order_by("-id"))


def list_credit_rules(*, by: Actor) -> list[CreditRule]:
    """Return the rules for overdue money, everybody's first. Raises: NotPermitted."""
    require(by, "credit.read")
    return list(CreditRule.objects.select_related("customer").order_by("customer__number", "tag"))


def version_of_credit_rules() -> int:
    """Return what tells that somebody has saved the rules for overdue money meanwhile; it only grows."""
    kind, key = CREDIT_RULES
    saved = Event.objects.filter(subject_kind=kind, subject_id=key).order_by("-id").values_list("id", flat=True).first()
    return saved or 0


def list_blocked(
    *, by: Actor, view: str = "all", search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[OrderHold]:
    """Return one page of the holds of orders that wait for credit, the longest waiting first. Raises: NotPermitted."""
    rows = _blocked(by, view, search).select_related("order__customer", "order__owner")
    return page_of(rows, cursor=cursor, limit=limit, sort="id", counted=counted)


def desk_rows(holds: Sequence[OrderHold], *, by: Actor) -> list[DeskRow]:
    """Return with holds that the actor sees where each customer stands."""
    standings = standings_unscoped((one.order.buyer.pk for one in holds), on=by.today)
    # Each currency is asked once, however many orders wait in it.
    rate_of = cache(partial(rate_of_exchange, on=by.today))
    found = ((one, standings[one.order.buyer.pk]) for one in holds)
    return [DeskRow(hold, standing, _over(hold.order, standing, rate_of)) for hold, standing in found]


def blocked_sums(*, by: Actor, view: str = "all", search: str = "") -> list[tuple[str, int, int, Decimal]]:
    """Return by currency how many orders of how many customers wait, and what they are worth."""
    rows = _blocked(by, view, search).values("order__currency").order_by("order__currency")
    found = rows.annotate(
        orders=Count("order"), customers=Count("order__customer", distinct=True), sum=Sum("order__total")
    )
    return [(row["order__currency"], row["orders"], row["customers"], row["sum"]) for row in found]


def blocked_counts(*, by: Actor) -> dict[str, int]:
    """Return how many orders wait in each view of the desk."""
    rows = _blocked(by, "all", "")
    return rows.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in DESK_VIEWS.items() if wanted})


def _blocked(by: Actor, view: str, search: str) -> QuerySet[OrderHold]:
    require(by, "credit.read")
    rows = OrderHold.objects.filter(
        order_scope(by, "credit.read", path="order__"),
        DESK_VIEWS.get(view, Q()),
        code=CREDIT_HOLD,
        lifted_at=None,
        order__category__in=WAITING,
    )
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(order__number__iexact=wanted)
            | Q(order__customer__number__iexact=wanted)
            | Q(order__customer__search_text__contains=wanted.lower())
        )
    return rows


def over_with_order(order: Order, standing: Standing, *, on: date) -> Decimal:
    """Return by how much a customer's limit is exceeded with an order, in the customer's currency, never below 0.

    What is not confirmed yet comes on top, at the rates of the day as the check itself takes it.
    """
    return _over(order, standing, partial(rate_of_exchange, on=on))


def _over(order: Order, standing: Standing, rate_of: Callable[[str], Decimal]) -> Decimal:
    if standing.limit is None:
        return Decimal(0)
    over = standing.used - standing.limit
    if order.category in ("submitted", "approved"):
        over += _worth_in(standing.currency, order, rate_of)
    return max(Decimal(0), over)


def _worth_in(currency: str, order: Order, rate_of: Callable[[str], Decimal]) -> Decimal:
    if order.currency == currency:
        return order.total
    try:
        rate, own = rate_of(order.currency), rate_of(currency)
    except NoExchangeRate:
        return Decimal(0)
    return round_amount(order.total * rate / own, currency=currency)
