"""Suppliers answer the orders that were issued to them: as ordered, or other days and prices for us to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_PRICE, PRICE_DECIMALS, ZERO, decimal_places, plain, plain_price
from shundan.orders.actions import ChangeWish, LineWish, amend_order, move_order
from shundan.orders.models import Order
from shundan.orders.queries import get_order, is_direct_purchase, lines_of, paper_of_order, quantity_in_words
from shundan.papers.queries import pdf_of
from shundan.purchasing.models import SupplierAnswer
from shundan.purchasing.queries.answers import ISSUED, order_of_token, token_of_order
from shundan.purchasing.rules import LONGEST_TEXT
from shundan.workflow.queries import definition_of

ACKNOWLEDGE = "acknowledge"


class OrderNotIssued(Refused):
    """Only what stands with a supplier is sent and answered."""

    code = "order_not_issued"
    sentence = _("%(number)s is not open at the supplier: issue it first, or it has ended.")


class SupplierWithoutMail(Refused):
    """Nobody said where the order shall be sent."""

    code = "supplier_without_mail"
    sentence = _("%(supplier)s has no e-mail address. Enter one in the supplier's record, or send the address by hand.")


class AnswerDecided(Refused):
    """Somebody decided, or the supplier said it anew."""

    code = "answer_decided"
    sentence = _("This answer is decided already, or the supplier answered anew. Load the page again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """What a supplier says: when they deliver and their prices by position; what is None or left out is as ordered."""

    delivers_on: date | None = None
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    remark: str = ""


@action
def send_order_to_supplier(number: str, *, by: Actor) -> Order:
    """Mail an issued order to its supplier, with the address where they answer; a job sends it.

    Raises: NotPermitted, NotFound, OrderNotIssued, SupplierWithoutMail.
    """
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    if order.kind != "purchase" or order.category not in ISSUED or order.supplier is None:
        raise OrderNotIssued(number=order.number)
    if not order.supplier.email:
        raise SupplierWithoutMail(supplier=order.supplier.name)
    data = {"number": order.number, "address": order.supplier.email, "revision": order.revision}
    record("order.sent_to_supplier", subject=order.subject, by=by, data=data)
    return order


@action
def answer_order(token: str, given: OrderAnswer, *, at: datetime) -> SupplierAnswer:
    """Take what a supplier says of an order; as ordered acknowledges it, anything else waits for us to decide.

    Said anew, it replaces what nobody has decided yet. Raises: NotFound, Malformed, OrderNotIssued.
    """
    known = order_of_token(token)
    order = get_order(known.number, by=system_actor(at), lock=True)
    if order.category not in ISSUED or order.supplier is None:
        raise OrderNotIssued(number=order.number)
    prices = _changed_prices(order, given)
    delivers_on = given.delivers_on if given.delivers_on != order.requested_on else None
    is_agreed = not prices and delivers_on is None
    SupplierAnswer.objects.filter(order=order, state="waiting").update(state="replaced")
    answer = SupplierAnswer.objects.create(
        order=order,
        order_revision=order.revision,
        state="agreed" if is_agreed else "waiting",
        delivers_on=delivers_on,
        prices={str(position): plain(price) for position, price in prices.items()},
        remark=given.remark.strip(),
        answered_at=at,
    )
    by = Actor(id=None, name=order.supplier.name, door="supplier", at=at)
    told = [f"user:{order.owner_id}"] if order.owner_id else []
    data = {"number": order.number, "remark": answer.remark, "notify": told}
    record(f"order.supplier_{'agreed' if is_agreed else 'answered'}", subject=order.subject, by=by, data=data)
    if is_agreed:
        _acknowledge(order, by)
    return answer


@action
def decide_answer(number: str, answer_id: int, *, accept: bool, by: Actor) -> SupplierAnswer:
    """Accept what a supplier said otherwise, which asks for a change of the order, or keep to what was ordered.

    The change goes the way of all changes: what the table wants approved waits. Raises: NotPermitted, NotFound,
    AnswerDecided, and what refuses the change.
    """
    order = get_order(number, by=by, lock=True, permission="order.amend")
    answer = SupplierAnswer.objects.select_for_update().filter(pk=answer_id, order=order).first()
    if answer is None:
        raise NotFound(what="order", key=str(answer_id)[:20])
    if answer.state != "waiting":
        raise AnswerDecided()
    if accept:
        lines = tuple(
            LineWish(
                position=line.position, unit=line.order_unit, unit_price=Decimal(answer.prices[str(line.position)])
            )
            for line in lines_of(order)
            if str(line.position) in answer.prices
        )
        wish = ChangeWish(lines=lines, requested_on=answer.delivers_on)
        answer.amendment = amend_order(
            number, wish, by=by, reason_code="supplier_change", reason=answer.remark, initiator="supplier"
        )
    answer.state = "accepted" if accept else "refused"
    answer.decided_at, answer.decided_by_name = by.at, by.name
    answer.save()
    record(f"order.supplier_{answer.state}", subject=order.subject, by=by, data={"number": order.number})
    if accept:
        _acknowledge(get_order(number, by=by.as_system()), by)
    return answer


def mail_order(order: Order, *, address: str, message_id: str) -> None:
    """Mail an order in words and as PDF with the address where it is answered, in English where the supplier is abroad.

    Raises: smtplib's and the network's errors.
    """
    abroad = order.supplier is not None and order.supplier.country != "CN"
    lines = "\n".join(
        f"{line.position}. {line.sku}  {(line.name_en if abroad else '') or line.name_zh}"
        f"  {quantity_in_words(line.quantity, line, {})}  × {plain_price(line.agreed.amount, currency=order.currency)}"
        for line in lines_of(order)
        if line.quantity > 0
    )
    link = f"{settings.PUBLIC_URL}/supply/{token_of_order(order)}/"
    facts = {"number": order.number, "lines": lines, "total": f"{order.total} {order.currency}", "link": link}
    parts_of_address = (order.ship_contact, order.ship_phone, order.ship_province, order.ship_city)
    facts["address"] = " ".join(one for one in (*parts_of_address, order.ship_district, order.ship_street) if one)
    with override("en" if abroad else "zh-hans"):
        title = gettext("Purchase order %(number)s") % {"number": order.number}
        parts = (
            gettext("Please confirm our purchase order %(number)s."),
            "%(lines)s",
            gettext("Total: %(total)s"),
            *((gettext("Send it straight to our customer: %(address)s"),) if is_direct_purchase(order) else ()),
            gettext("Confirm it, or tell us other days or prices: %(link)s"),
        )
        text = "\n\n".join(parts) % facts
        paper = pdf_of(paper_of_order(order))
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, f"{text}\n", to=[address], headers=headers)
    mail.attach(f"{order.number}.pdf", paper, "application/pdf")
    mail.send()


def _acknowledge(order: Order, by: Actor) -> None:
    way = definition_of(order.workflow_id).transition(ACKNOWLEDGE)
    if way is not None and order.state in way.sources:
        move_order(order.number, ACKNOWLEDGE, by=replace(by.as_system(), name=by.name, door=by.door))


def _changed_prices(order: Order, given: OrderAnswer) -> dict[int, Decimal]:
    lines, wrong = {line.position: line for line in lines_of(order)}, []
    for position, price in given.prices.items():
        path = f"lines[{position - 1}].unit_price"
        if position not in lines:
            wrong.append(Detail(path, "unknown", _("There is no such line.")))
        elif not ZERO <= price <= LARGEST_PRICE or decimal_places(price) > PRICE_DECIMALS:
            wrong.append(Detail(path, "out_of_range", _("Enter a price of 0 or more.")))
    if "\x00" in given.remark or len(given.remark) > LONGEST_TEXT:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        wrong.append(Detail("remark", "invalid_text", sentence))
    if wrong:
        raise Malformed(details=wrong)
    return {at: price for at, price in given.prices.items() if price != lines[at].agreed.amount}
