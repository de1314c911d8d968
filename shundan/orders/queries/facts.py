"""What decision tables may ask of an order; rooms above register facts of their own: credit, overdue money."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from shundan.accounts.queries import department_codes_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.fact_looks import dressed
from shundan.orders.queries.record import lines_of, short_lines
from shundan.orders.rules.margin import Margin, margin_of
from shundan.pricing.queries import limit_of_roles, off_by
from shundan.workflow.queries import LiveFacts
from shundan.workflow.registries import Fact

KIND = "order"
RATE = Decimal("0.0001")


def facts_of_order(order: Order, *, by: Actor) -> LiveFacts:
    """Return the facts of an order as it is now; each is worked out when it is asked for."""
    return LiveFacts(KIND, order, by)


def _department(order: Order, by: Actor) -> str | None:
    return department_codes_unscoped([order.department_id]).get(order.department_id) if order.department_id else None


def _discount_rate(order: Order, by: Actor) -> Decimal | None:
    """Return by how much it lies below the prices by rules, as a part of 1; without such prices nothing is known.

    What promotions took off is no gift of whoever sells.
    """
    lines = [line for line in lines_of(order) if line.list_price]
    listed = sum(((line.list_price or ZERO) * line.quantity for line in lines), ZERO)
    asked = sum((line.unit_price * line.quantity - _granted(line) for line in lines), ZERO)
    return ((listed - asked) / listed).quantize(RATE) if listed else None


def _granted(line: OrderLine) -> Decimal:
    """Return what was taken off a line by whoever sells: its own discount and its share of the order's."""
    return max(ZERO, line.discount - off_by(line.price_steps, "promotion", "kit_rounding"))


def _is_over_limit(order: Order, by: Actor) -> bool:
    """Tell whether a discount or margin is beyond what the roles of whoever sells may grant on their own."""
    if KINDS[order.type.kind].prices != "list" or by.id is None:
        return False
    limit = limit_of_roles(by.roles)
    if limit.most_discount is not None:
        rate = _discount_rate(order, by)
        if rate is not None and rate * 100 > limit.most_discount:
            return True
    if limit.least_margin is not None:
        margin = _margin_rate(order, by)
        return margin is not None and margin < limit.least_margin
    return False


def margin_of_order(order: Order, *, by: Actor) -> Margin | None:
    """Return what a sale earns over its cost; None for other kinds, for unknown cost, and for who may not know it."""
    return _margin(order) if by.may("product.cost") else None


def _margin(order: Order) -> Margin | None:
    is_sold = KINDS[order.type.kind].prices == "list"
    return margin_of(lines_of(order), exchange_rate=order.exchange_rate) if is_sold else None


def _margin_rate(order: Order, by: Actor) -> Decimal | None:
    margin = _margin(order)
    return margin.percent if margin else None


def _giving_keeper(order: Order, by: Actor) -> int | None:
    """Return who answers for the warehouse that a transfer takes goods from, unless it is who asks for them."""
    if KINDS[order.type.kind].goods != "move" or order.warehouse is None:
        return None
    return order.warehouse.keeper_id if order.warehouse.keeper_id != order.owner_id else None


def _requested_in_days(order: Order, by: Actor) -> int | None:
    return None if order.requested_on is None else (order.requested_on - by.today).days


_FACTS: Mapping[str, Fact] = {
    "number": Fact("text", lambda order, by: order.number),
    "company_total": Fact("number", lambda order, by: order.company_total, minimum=ZERO),
    "total": Fact("number", lambda order, by: order.total, minimum=ZERO),
    "currency": Fact("text", lambda order, by: order.currency),
    "type": Fact("text", lambda order, by: order.type.code),
    "kind": Fact("text", lambda order, by: order.type.kind),
    "department": Fact("text", _department, is_optional=True),
    "owner": Fact("person", lambda order, by: order.owner_id, is_optional=True),
    "giving_keeper": Fact("person", _giving_keeper, is_optional=True),
    "customer": Fact("text", lambda order, by: order.customer.number if order.customer else None, is_optional=True),
    "customer_class": Fact("text", lambda order, by: order.customer.kind if order.customer else None, is_optional=True),
    "customer_country": Fact(
        "text", lambda order, by: order.customer.country if order.customer else None, is_optional=True
    ),
    "customer_tags": Fact("texts", lambda order, by: tuple(order.customer.tags) if order.customer else ()),
    "supplier": Fact("text", lambda order, by: order.supplier.number if order.supplier else None, is_optional=True),
    "line_count": Fact("integer", lambda order, by: order.line_count, minimum=ZERO),
    "discount_rate": Fact("number", _discount_rate, is_optional=True),
    "margin_rate": Fact("number", _margin_rate, is_optional=True),
    "over_limit": Fact("yes_no", _is_over_limit),
    "payment_term": Fact(
        "text", lambda order, by: order.payment_term.code if order.payment_term else None, is_optional=True
    ),
    "ship_province": Fact("text", lambda order, by: order.ship_province or None, is_optional=True),
    "allows_backorder": Fact("yes_no", lambda order, by: order.allows_backorder),
    "stock_short": Fact("yes_no", lambda order, by: bool(short_lines(order))),
    "requested_in_days": Fact("integer", _requested_in_days, is_optional=True),
    "source": Fact("text", lambda order, by: order.source),
}
# These ask the database; the number is not known yet when an order is judged before it is written.
_ASKED_FOR = ("number", "department", "stock_short")
# These may change while nobody touches the order: with its customer, the stock, the day.
_OF_OTHERS = ("customer_class", "customer_country", "customer_tags", "stock_short", "requested_in_days", "over_limit")
FACTS_OF_ORDERS = dressed(
    {
        name: replace(one, is_at_hand=name not in _ASKED_FOR, is_own=name not in _OF_OTHERS)
        for name, one in _FACTS.items()
    }
)
