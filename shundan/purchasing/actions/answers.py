"""Suppliers answer the orders that were issued to them: as ordered, or other days and prices for us to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import list_units
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.kernel.events import record
from shundan.kernel.money import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    PRICE_DECIMALS,
    QUANTITY_DECIMALS,
    ZERO,
    decimal_places,
    plain,
    plain_price,
)
from shundan.orders.actions import ChangeWish, LineWish, amend_order, move_order
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    get_order,
    is_direct_purchase,
    lines_of,
    open_of,
    paper_of_order,
    quantity_in_words,
)
from shundan.papers.queries import pdf_of
from shundan.parties.queries import Supplier
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
    """What a supplier says: when they deliver, and prices, days and quantities by position; what is left out is kept.

    `delivers_on` holds for all lines of which `days` says nothing; a quantity is in the product's own unit.
    """

    delivers_on: date | None = None
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    days: Mapping[int, date] = field(default_factory=dict)
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    remark: str = ""


@action
def send_order_to_supplier(number: str, *, by: Actor) -> Order:
    """Mail an issued order to its supplier, with the address where they answer; a job sends it.

    Raises: NotPermitted, NotFound, OrderNotIssued, SupplierWithoutMail.
    """
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    supplier = _supplier_of_issued(order)
    if not supplier.email:
        raise SupplierWithoutMail(supplier=supplier.name)
    data = {"number": order.number, "address": supplier.email, "revision": order.revision}
    record("order.sent_to_supplier", subject=order.subject, by=by, data=data)
    return order


@action
def answer_order(token: str, given: OrderAnswer, *, at: datetime) -> SupplierAnswer:
    """Take what a supplier says of an order; as ordered acknowledges it, anything else waits for us to decide.

    Said anew, it replaces what nobody has decided yet. A day that has passed is no answer, be it as ordered. Raises:
    NotFound, Malformed, OrderNotIssued.
    """
    order = get_order(order_of_token(token).number, by=system_actor(at), lock=True)
    name = order.supplier.name if order.supplier else ""
    return _take(order, given, by=Actor(id=None, name=name, door="supplier", at=at))


@action
def enter_answer(number: str, given: OrderAnswer, *, by: Actor) -> SupplierAnswer:
    """Take what a supplier said of an order by telephone or their own system, as `answer_order` takes it of them.

    Raises: NotPermitted, NotFound, Malformed, OrderNotIssued.
    """
    return _take(get_order(number, by=by, lock=True, permission="order.confirm"), given, by=by)


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
        wish = ChangeWish(lines=_wishes(order, answer), requested_on=answer.delivers_on)
        answer.amendment = amend_order(
            number, wish, by=by, reason_code="supplier_change", reason=answer.remark, initiator="supplier"
        )
    answer.state = "accepted" if accept else "refused"
    answer.decided_at, answer.decided_by_name = by.at, by.name
    answer.save()
    record(f"order.supplier_{answer.state}", subject=order.subject, by=by, data={"number": order.number})
    # As long as the change waits for approval, we have agreed to nothing.
    if answer.amendment is not None and answer.amendment.state == "applied":
        _acknowledge(get_order(number, by=by.as_system()), by)
    return answer


@action
def acknowledge_changed_order(number: str, *, by: Actor) -> bool:
    """Acknowledge an order once the change is approved that its supplier asked for; tell whether it was to do.

    For the house alone. Raises: NotFound.
    """
    order = get_order(number, by=by, lock=True)
    last = SupplierAnswer.objects.filter(order=order).select_related("amendment").order_by("-id").first()
    if last is None or last.state != "accepted" or last.amendment is None or last.amendment.state != "applied":
        return False
    return _acknowledge(order, by)


def mail_order(order: Order, *, address: str, message_id: str) -> None:
    """Mail an order in words and as PDF with the address where it is answered, in English where the supplier is abroad.

    Raises: smtplib's and the network's errors.
    """
    abroad = order.supplier is not None and order.supplier.country != "CN"
    known = list_units(by=system_actor(order.created_at))
    units = {one.code: (one.name_en if abroad else "") or one.name_zh for one in known}
    days = {line.requested_on or order.requested_on for line in lines_of(order) if line.quantity > 0}
    lines = "\n".join(
        f"{line.position}. {line.sku}  {(line.name_en if abroad else '') or line.name_zh}"
        f"  {quantity_in_words(line.quantity, line, units)}"
        f"  × {plain_price(line.agreed.amount, currency=order.currency)}"
        + (f"  {line.requested_on or order.requested_on or ''}" if len(days) > 1 else "")
        for line in lines_of(order)
        if line.quantity > 0
    )
    link = f"{settings.PUBLIC_URL}/supply/{token_of_order(order)}/"
    facts = {"number": order.number, "lines": lines, "total": f"{order.total} {order.currency}", "link": link}
    parts_of_address = (order.ship_contact, order.ship_phone, order.ship_province, order.ship_city)
    facts["day"] = str(next(iter(days), None) or "")
    facts["address"] = " ".join(one for one in (*parts_of_address, order.ship_district, order.ship_street) if one)
    with override("en" if abroad else "zh-hans"):
        title = gettext("Purchase order %(number)s") % {"number": order.number}
        parts = (
            gettext("Please confirm our purchase order %(number)s."),
            "%(lines)s",
            gettext("Total: %(total)s"),
            *((gettext("Deliver by: %(day)s"),) if len(days) == 1 and facts["day"] else ()),
            *((gettext("Send it straight to our customer: %(address)s"),) if is_direct_purchase(order) else ()),
            gettext("Confirm it, or tell us other days, quantities or prices: %(link)s"),
        )
        text = "\n\n".join(parts) % facts
        paper = pdf_of(paper_of_order(order))
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, f"{text}\n", to=[address], headers=headers)
    mail.attach(f"{order.number}.pdf", paper, "application/pdf")
    mail.send()


def _supplier_of_issued(order: Order) -> Supplier:
    """Return whose an issued order is. Raises: OrderNotIssued."""
    if order.kind != "purchase" or order.category not in ISSUED or order.supplier is None:
        raise OrderNotIssued(number=order.number)
    return order.supplier


def _take(order: Order, given: OrderAnswer, *, by: Actor) -> SupplierAnswer:
    _supplier_of_issued(order)
    said = _said_otherwise(order, given, today=by.today)
    is_agreed = not said.differs
    SupplierAnswer.objects.filter(order=order, state="waiting").update(state="replaced")
    answer = SupplierAnswer.objects.create(
        order=order,
        order_revision=order.revision,
        state="agreed" if is_agreed else "waiting",
        delivers_on=said.delivers_on,
        prices={str(at): plain(price) for at, price in said.prices.items()},
        days={str(at): day.isoformat() for at, day in said.days.items()},
        quantities={str(at): plain(quantity) for at, quantity in said.quantities.items()},
        before=_ordered_of(order, said),
        remark=given.remark.strip(),
        answered_at=by.at,
    )
    told = [f"user:{order.owner_id}"] if order.owner_id else []
    data = {"number": order.number, "remark": answer.remark, "notify": told}
    record(f"order.supplier_{'agreed' if is_agreed else 'answered'}", subject=order.subject, by=by, data=data)
    if is_agreed:
        _acknowledge(order, by)
    return answer


def _acknowledge(order: Order, by: Actor) -> bool:
    way = definition_of(order.workflow_id).transition(ACKNOWLEDGE)
    if way is None or order.state not in way.sources:
        return False
    move_order(order.number, ACKNOWLEDGE, by=replace(by.as_system(), name=by.name, door=by.door))
    return True


@dataclass(frozen=True, slots=True)
class _Said:
    """Where an answer differs from what was ordered."""

    delivers_on: date | None
    prices: dict[int, Decimal]
    days: dict[int, date]
    quantities: dict[int, Decimal]

    @property
    def differs(self) -> bool:
        return self.delivers_on is not None or bool(self.prices or self.days or self.quantities)


def _said_otherwise(order: Order, given: OrderAnswer, *, today: date) -> _Said:
    """Return where an answer differs from the order. Raises: Malformed."""
    lines, wrong = {line.position: line for line in lines_of(order)}, []
    for name, given_ones in (
        ("unit_price", given.prices),
        ("requested_on", given.days),
        ("quantity", given.quantities),
    ):
        places = [at for at in given_ones if at not in lines]
        wrong += [Detail(f"lines[{at - 1}].{name}", "unknown", _("There is no such line.")) for at in places]
    for at, price in given.prices.items():
        if not ZERO <= price <= LARGEST_PRICE or decimal_places(price) > PRICE_DECIMALS:
            wrong.append(Detail(f"lines[{at - 1}].unit_price", "out_of_range", _("Enter a price of 0 or more.")))
    for at, quantity in given.quantities.items():
        if not ZERO <= quantity <= LARGEST_QUANTITY or decimal_places(quantity) > QUANTITY_DECIMALS:
            sentence = _("Enter a quantity of 0 or more.")
            wrong.append(Detail(f"lines[{at - 1}].quantity", "out_of_range", sentence))
    wrong += _past_days(lines, given, today)
    if "\x00" in given.remark or len(given.remark) > LONGEST_TEXT:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        wrong.append(Detail("remark", "invalid_text", sentence))
    if wrong:
        raise Malformed(details=wrong)
    days = {
        at: day
        for at, line in lines.items()
        if (day := given.days.get(at) or given.delivers_on) is not None
        and open_of(line) > 0
        and day != (line.requested_on or order.requested_on)
    }
    return _Said(
        delivers_on=given.delivers_on if given.delivers_on != order.requested_on else None,
        prices={at: price for at, price in given.prices.items() if price != lines[at].agreed.amount},
        days=days,
        quantities={at: one for at, one in given.quantities.items() if one != lines[at].quantity - lines[at].cancelled},
    )


def _past_days(lines: Mapping[int, OrderLine], given: OrderAnswer, today: date) -> list[Detail]:
    """Return what is wrong with days on which nothing can be delivered any more, of lines that wait for goods."""
    waiting = [at for at, line in lines.items() if open_of(line) > 0]
    own = [(f"lines[{at - 1}].requested_on", given.days[at]) for at in waiting if at in given.days]
    of_all = [("delivers_on", given.delivers_on)] if given.delivers_on and len(own) < len(waiting) else []
    sentence = _("%(day)s has passed. Enter the day on which you will deliver: %(today)s or later.")
    return [
        Detail(path, "in_past", sentence % {"day": day.isoformat(), "today": today.isoformat()})
        for path, day in [*of_all, *own]
        if day < today
    ]


def _ordered_of(order: Order, said: _Said) -> dict[str, Any]:
    """Return what the order says of all of which the supplier says otherwise."""
    lines = {line.position: line for line in lines_of(order)}
    days = {at: lines[at].requested_on or order.requested_on for at in said.days}
    return {
        "delivers_on": order.requested_on.isoformat() if order.requested_on else "",
        "prices": {str(at): plain(lines[at].agreed.amount) for at in said.prices},
        "days": {str(at): day.isoformat() if day else "" for at, day in days.items()},
        "quantities": {str(at): plain(lines[at].quantity - lines[at].cancelled) for at in said.quantities},
    }


def _wishes(order: Order, answer: SupplierAnswer) -> tuple[LineWish, ...]:
    """Return how the lines shall be; one that has a day of its own gets another, for the order's is not its."""
    day_of_order = answer.delivers_on or order.requested_on
    found = []
    for line in lines_of(order):
        at = str(line.position)
        price, quantity, day = answer.prices.get(at), answer.quantities.get(at), answer.days.get(at)
        wanted_on = date.fromisoformat(day) if day else None
        if wanted_on is not None and line.requested_on is None and wanted_on == day_of_order:
            wanted_on = None
        if price is None and quantity is None and wanted_on is None:
            continue
        wish = LineWish(
            position=line.position,
            # A quantity is in the product's own unit, a price that of the unit it was ordered in.
            kept_unit=line.ordered_in if price is not None else None,
            quantity=None if quantity is None else Decimal(quantity),
            unit_price=None if price is None else Decimal(price),
            requested_on=wanted_on,
        )
        found.append(wish)
    return tuple(found)
