"""How the prices of an order's lines come about, and what an order would cost."""

from decimal import Decimal
from typing import Any

from shundan.api.fields import Amount, Answer, Plain, Row, amount, number
from shundan.orders.queries import lines_of
from shundan.orders.queries.coupons import coupon_refusal, off_by_coupon_of


class RefusalAnswer(Answer):
    """Why something cannot be done now."""

    code: str
    message: str


class PriceStep(Answer):
    """A step on the way to what a line costs: what set the price of one, or took something `off` the line.

    `kind` is list, price_list, hand, kept, promotion, order_discount, kit (the line's share of its kit's price) or
    kit_rounding; `code` names the list, the promotion or the kit, `coupon` the code that the promotion was claimed by.
    """

    kind: str
    code: str | None = None
    coupon: str | None = None
    method: str | None = None
    price: Plain | None = None
    off: Amount | None = None
    percent: Plain | None = None
    from_quantity: Plain | None = None


class OrderCoupon(Answer):
    """The coupon of an order and what it takes off; `refusal` says why a draft could not be submitted with it now."""

    code: str
    off: Amount
    refusal: RefusalAnswer | None


def coupon_content(order: Row) -> dict[str, Any] | None:
    """Return the coupon of an order as plain data in the schema's order; nothing is asked where there is none."""
    if not order.coupon_code:
        return None
    found = coupon_refusal(order)
    return {
        "code": order.coupon_code,
        "off": amount(off_by_coupon_of(lines_of(order)), order.currency),
        "refusal": None if found is None else {"code": found.code, "message": found.message},
    }


class QuotedLine(Answer):
    """What a line would cost; the price is that of one of the unit it was given in."""

    position: int
    sku: str
    quantity: Plain
    unit_price: Plain
    discount: Amount
    net: Amount
    tax: Amount
    gross: Amount
    steps: list[PriceStep]


class Quotation(Answer):
    """What an order would cost now."""

    currency: str
    includes_tax: bool
    net: Amount
    tax: Amount
    total: Amount
    lines: list[QuotedLine]


def quotation_answer(order: Row) -> Quotation:
    """Return what an order that was only tried would cost."""
    currency = order.currency
    return Quotation(
        currency=currency,
        includes_tax=order.includes_tax,
        net=amount(order.net, currency),
        tax=amount(order.tax, currency),
        total=amount(order.total, currency),
        lines=[
            QuotedLine(
                position=line.position,
                sku=line.sku,
                quantity=number(line.ordered_quantity),
                unit_price=number(line.agreed.amount),
                discount=amount(line.discount, currency),
                net=amount(line.net, currency),
                tax=amount(line.tax, currency),
                gross=amount(line.gross, currency),
                steps=[PriceStep(**step_content(one, currency)) for one in _steps(line)],
            )
            for line in lines_of(order)
        ],
    )


def step_content(step: Row, currency: str) -> dict[str, Any]:
    """Return a kept step as plain data in the schema's order."""
    return {
        "kind": step["kind"],
        "code": step.get("code"),
        "coupon": step.get("coupon"),
        "method": step.get("method"),
        "price": number(Decimal(step["price"])) if "price" in step else None,
        "off": amount(Decimal(step["off"]), currency) if "off" in step else None,
        "percent": number(Decimal(step["percent"])) if "percent" in step else None,
        "from_quantity": number(Decimal(step["from_quantity"])) if "from_quantity" in step else None,
    }


def _steps(line: Row) -> list[dict[str, Any]]:
    """Return all steps, also the one that goes without saying where orders are kept."""
    return line.price_steps or [{"kind": "list", "price": number(line.agreed.amount)}]
