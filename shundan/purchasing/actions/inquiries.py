"""Calls for quotations (询价单): ask suppliers, take down what they offer, choose by line, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import (
    LARGEST_PRICE,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    is_currency_code,
    plain,
)
from shundan.kernel.numbering import next_number
from shundan.orders.models import Order
from shundan.parties.models import Supplier
from shundan.purchasing.actions.order import OrderedAlready, Purchase, order_requested
from shundan.purchasing.actions.requests import STATES, PurchaseRequestNotApproved
from shundan.purchasing.models import Inquiry, InquiryLine, Invitation, Quote
from shundan.purchasing.queries.inquiries import get_inquiry, invitation_of_token
from shundan.purchasing.queries.requests import lock_lines_unscoped, ordered_of
from shundan.purchasing.rules import LONGEST_DELIVERY, LONGEST_TEXT, MOST_LINES, MOST_SUPPLIERS


class InquiryClosed(Refused):
    """What was awarded or cancelled takes no more answers."""

    code = "inquiry_closed"
    sentence = _("%(number)s takes no more quotations: it is decided or cancelled.")


class NotQuoted(Refused):
    """Only what a supplier offered can be chosen."""

    code = "not_quoted"
    sentence = _("%(supplier)s has offered no price for line %(position)s.")


class OfferExpired(Refused):
    """A supplier need not keep to what was offered until a day that is over."""

    code = "offer_expired"
    sentence = _(
        "The offer of %(supplier)s was valid until %(day)s. Ask them whether it still holds, and enter the quotation"
        " with its new day."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryInput:
    """How much of which requested lines (by id) is asked for, of which suppliers (by number), until when."""

    lines: Mapping[int, Decimal]
    suppliers: Sequence[str]
    answer_by: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """What a supplier offers: price and days of delivery by position; a line that is left out is not offered."""

    prices: Mapping[int, Decimal]
    days: Mapping[int, int] = field(default_factory=dict)
    currency: str = ""
    valid_until: date | None = None
    remark: str = ""


@action
def open_inquiry(given: InquiryInput, *, by: Actor) -> Inquiry:
    """Call for quotations for requested lines.

    Raises: NotPermitted, Malformed, PurchaseRequestNotApproved, OrderedAlready.
    """
    require(by, "inquiry.edit")
    lines = lock_lines_unscoped(given.lines)
    numbers = list(dict.fromkeys(given.suppliers))
    suppliers = {
        one.number: one for one in Supplier.objects.filter(number__in=[n.replace("\x00", "") for n in numbers])
    }
    wrong = []
    if not 1 <= len(given.lines) <= MOST_LINES or set(lines) != set(given.lines):
        wrong.append(Detail("lines", "required", _("Choose at least one line.")))
    if not 1 <= len(numbers) <= MOST_SUPPLIERS or set(numbers) != set(suppliers):
        wrong.append(Detail("suppliers", "required", _("Choose 1 to 20 suppliers.")))
    wrong += _long_texts({"remark": given.remark})
    if wrong:
        raise Malformed(details=wrong)
    for line_id, quantity in given.lines.items():
        request, left = lines[line_id].request, lines[line_id].quantity - ordered_of(lines[line_id])
        if request.state != "approved":
            raise PurchaseRequestNotApproved(number=request.number, state=str(STATES[request.state]))
        if not ZERO < quantity <= left:
            raise OrderedAlready(sku=lines[line_id].product.sku, number=request.number, left=plain(max(ZERO, left)))
    inquiry = Inquiry.objects.create(
        number=next_number("inquiry", prefix="IQ", on=by.today),
        answer_by=given.answer_by,
        remark=given.remark.strip(),
        owner_id=by.id,
        created_by_name=by.name,
        created_at=by.at,
    )
    InquiryLine.objects.bulk_create(
        InquiryLine(inquiry=inquiry, position=at, request_line_id=line_id, quantity=quantity)
        for at, (line_id, quantity) in enumerate(given.lines.items(), start=1)
    )
    Invitation.objects.bulk_create(
        Invitation(inquiry=inquiry, supplier=suppliers[number], currency=suppliers[number].currency)
        for number in numbers
    )
    data = {"number": inquiry.number, "suppliers": ", ".join(suppliers[number].name for number in numbers)}
    record("inquiry.opened", subject=inquiry.subject, by=by, data=data)
    return inquiry


@action
def record_quotation(number: str, supplier: str, given: Quotation, *, by: Actor) -> Invitation:
    """Take down what a supplier offers; said again, it replaces what was said before.

    Raises: NotPermitted, NotFound, Malformed, InquiryClosed, NoExchangeRate.
    """
    inquiry = lock_open_inquiry(get_inquiry(number, by=by, permission="inquiry.edit"))
    invitation = (
        Invitation.objects.select_related("supplier")
        .filter(inquiry=inquiry, supplier__number=supplier.replace("\x00", ""))
        .first()
    )
    if invitation is None:
        raise NotFound(what="supplier", key=supplier[:100])
    return _answer(inquiry, invitation, given, by=by)


@action
def answer_inquiry(token: str, given: Quotation, *, at: datetime) -> Invitation:
    """Take what a supplier offers through the signed address that they were given.

    Raises: NotFound, Malformed, InquiryClosed, NoExchangeRate.
    """
    invitation = invitation_of_token(token)
    inquiry = lock_open_inquiry(invitation.inquiry)
    return _answer(inquiry, invitation, given, by=_supplier(invitation, at))


@action
def decline_inquiry(token: str, *, at: datetime, remark: str = "") -> Invitation:
    """Note that a supplier offers nothing. Raises: NotFound, Malformed, InquiryClosed."""
    invitation = invitation_of_token(token)
    inquiry = lock_open_inquiry(invitation.inquiry)
    if wrong := _long_texts({"remark": remark}):
        raise Malformed(details=wrong)
    by = _supplier(invitation, at)
    invitation.quotes.all().delete()
    invitation.state, invitation.remark = "declined", remark.strip()
    invitation.answered_at, invitation.answered_by_name = by.at, by.name
    invitation.save()
    data = {"number": inquiry.number, "supplier": invitation.supplier.name, "notify": _owner(inquiry)}
    record("inquiry.declined", subject=inquiry.subject, by=by, data=data)
    return invitation


@action
def award_inquiry(number: str, choices: Mapping[int, str], *, by: Actor) -> list[Order]:
    """Order by position of the supplier chosen for it, at the price and in the time they offered.

    Raises: NotPermitted, NotFound, Malformed, InquiryClosed, NotQuoted, OfferExpired, OrderedAlready,
    PurchaseRequestNotApproved.
    """
    inquiry = lock_open_inquiry(get_inquiry(number, by=by, permission="inquiry.edit"))
    require(by, "purchase_request.source")
    if not choices:
        raise Malformed(details=[Detail("choices", "required", _("Choose at least one line."))])
    lines = {line.position: line for line in inquiry.lines.all()}
    invitations = {one.supplier.number: one for one in inquiry.invitations.select_related("supplier")}
    purchases, chosen = [], []
    for position, supplier in choices.items():
        invitation = invitations.get(supplier)
        quotes = invitation.quotes.filter(line__position=position) if invitation else Quote.objects.none()
        quote = quotes.first()
        if invitation is None or quote is None or position not in lines:
            raise NotQuoted(supplier=invitation.supplier.name if invitation else supplier[:60], position=position)
        if invitation.valid_until is not None and invitation.valid_until < by.today:
            raise OfferExpired(supplier=invitation.supplier.name, day=invitation.valid_until.isoformat())
        chosen.append(quote.pk)
        purchases.append(
            Purchase(
                line_id=lines[position].request_line_id,
                supplier=supplier,
                quantity=lines[position].quantity,
                unit_price=quote.unit_price,
                currency=invitation.currency,
                requested_on=None if quote.delivery_days is None else _in_days(by.today, quote.delivery_days),
            )
        )
    orders = order_requested(purchases, by=by, remark=inquiry.number)
    Quote.objects.filter(pk__in=chosen).update(is_chosen=True)
    inquiry.state = "awarded"
    inquiry.save(update_fields=["state"])
    data = {"number": inquiry.number, "orders": ", ".join(one.number for one in orders)}
    record("inquiry.awarded", subject=inquiry.subject, by=by, data=data)
    return orders


@action
def cancel_inquiry(number: str, *, by: Actor) -> Inquiry:
    """Ask no more. Raises: NotPermitted, NotFound, InquiryClosed."""
    inquiry = lock_open_inquiry(get_inquiry(number, by=by, permission="inquiry.edit"))
    inquiry.state = "cancelled"
    inquiry.save(update_fields=["state"])
    record("inquiry.cancelled", subject=inquiry.subject, by=by, data={"number": inquiry.number})
    return inquiry


def lock_open_inquiry(known: Inquiry) -> Inquiry:
    """Lock a fetched inquiry that takes answers. Raises: InquiryClosed."""
    inquiry = Inquiry.objects.select_for_update().get(pk=known.pk)
    if inquiry.state != "open":
        raise InquiryClosed(number=inquiry.number)
    return inquiry


def _answer(inquiry: Inquiry, invitation: Invitation, given: Quotation, *, by: Actor) -> Invitation:
    lines = {line.position: line for line in inquiry.lines.all()}
    currency = given.currency or invitation.currency
    _check_quotation(given, lines, currency)
    invitation.currency = currency
    invitation.exchange_rate = rate_of_exchange(currency, on=by.today)
    invitation.valid_until, invitation.remark = given.valid_until, given.remark.strip()
    invitation.state, invitation.answered_at, invitation.answered_by_name = "quoted", by.at, by.name
    invitation.save()
    invitation.quotes.all().delete()
    Quote.objects.bulk_create(
        Quote(invitation=invitation, line=lines[position], unit_price=price, delivery_days=given.days.get(position))
        for position, price in sorted(given.prices.items())
    )
    data = {"number": inquiry.number, "supplier": invitation.supplier.name}
    if by.door == "supplier":
        data["notify"] = _owner(inquiry)  # type: ignore[assignment]
    record("inquiry.quoted", subject=inquiry.subject, by=by, data=data)
    return invitation


def _check_quotation(given: Quotation, lines: Mapping[int, InquiryLine], currency: str) -> None:
    wrong = []
    if not given.prices:
        wrong.append(Detail("prices", "required", _("Enter at least one price.")))
    if not is_currency_code(currency):
        wrong.append(Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY.")))
    for position, price in given.prices.items():
        path = f"lines[{position - 1}].unit_price"
        if position not in lines:
            wrong.append(Detail(path, "unknown", _("There is no such line.")))
        elif not ZERO <= price <= LARGEST_PRICE or decimal_places(price) > PRICE_DECIMALS:
            wrong.append(Detail(path, "out_of_range", _("Enter a price of 0 or more.")))
    for position, days in given.days.items():
        if position not in given.prices or not 0 <= days <= LONGEST_DELIVERY:
            wrong.append(Detail(f"lines[{position - 1}].days", "out_of_range", _("Enter 0 to 730 days.")))
    wrong += _long_texts({"remark": given.remark})
    if wrong:
        raise Malformed(details=wrong)


def _long_texts(texts: Mapping[str, str]) -> list[Detail]:
    sentence = _("This text is too long or contains characters that cannot be stored.")
    return [
        Detail(path, "invalid_text", sentence)
        for path, text in texts.items()
        if "\x00" in text or len(text) > LONGEST_TEXT
    ]


def _supplier(invitation: Invitation, at: datetime) -> Actor:
    return Actor(id=None, name=invitation.supplier.name, door="supplier", at=at)


def _owner(inquiry: Inquiry) -> list[str]:
    return [f"user:{inquiry.owner_id}"] if inquiry.owner_id else []


def _in_days(today: date, days: int) -> date:
    return today + timedelta(days=days)
