"""Calls for quotations: the list, one with its offers side by side, and the signed link of a supplier."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core import signing
from django.db.models import Prefetch, Q, QuerySet

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.purchasing.models import Inquiry, InquiryLine, Invitation, Quote

SALT = "shundan.inquiry"
LINK_DAYS = 90


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's price for a line: as they said it, in company currency, and whether it is the best of its line."""

    supplier: str
    quote: Quote
    company_price: Decimal
    amount: Decimal
    is_cheapest: bool
    is_fastest: bool


def list_inquiries(
    *, by: Actor, state: str = "", search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[Inquiry]:
    """Return one page of calls for quotations, newest first. Raises: NotPermitted."""
    require(by, "inquiry.read")
    rows = Inquiry.objects.prefetch_related(_lines(), "invitations__supplier")
    if state:
        rows = rows.filter(state=state)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        asked = Invitation.objects.filter(supplier__name__icontains=wanted).values("inquiry_id")
        rows = rows.filter(Q(number__iexact=wanted) | Q(pk__in=asked))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_inquiry(number: str, *, by: Actor, permission: str = "inquiry.read") -> Inquiry:
    """Return a call for quotations with lines, suppliers and what they offered. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = Inquiry.objects.prefetch_related(_lines(), _invitations())
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="inquiry", key=number[:100])
    return found


def inquiry_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of an inquiry by its subject, or None for what is none or may not be seen."""
    if subject[0] != "inquiry" or not by.may("inquiry.read"):
        return None
    return Inquiry.objects.filter(pk=subject[1]).values_list("number", flat=True).first()


def offers_of_inquiry(inquiry: Inquiry) -> dict[int, dict[str, Offer]]:
    """Return the offers of a fetched inquiry by line id and supplier number, the best of each line marked."""
    rates = {one.pk: one for one in inquiry.invitations.all() if one.state == "quoted"}
    found: dict[int, dict[str, Offer]] = {}
    for line in inquiry.lines.all():
        quotes = [(rates[one.invitation_id], one) for one in _quotes(rates.values()) if one.line_id == line.pk]
        prices = {one.pk: one.unit_price * invitation.exchange_rate for invitation, one in quotes}
        days = [one.delivery_days for _invitation, one in quotes if one.delivery_days is not None]
        found[line.pk] = {
            invitation.supplier.number: Offer(
                invitation.supplier.number,
                one,
                prices[one.pk],
                prices[one.pk] * line.quantity,
                is_cheapest=prices[one.pk] == min(prices.values()),
                is_fastest=one.delivery_days is not None and one.delivery_days == min(days),
            )
            for invitation, one in quotes
        }
    return found


def inquiries_of_lines(line_ids: Iterable[int], *, by: Actor) -> dict[int, str]:
    """Return the number of an open inquiry by the id of the requested line it asks about."""
    if not by.may("inquiry.read"):
        return {}
    rows = InquiryLine.objects.filter(request_line_id__in=list(line_ids), inquiry__state="open")
    return dict(rows.order_by("inquiry_id").values_list("request_line_id", "inquiry__number"))


def token_of_invitation(invitation: Invitation) -> str:
    """Return what stands in the address where this supplier answers without signing in."""
    return signing.dumps(invitation.pk, salt=SALT, compress=False)


def invitation_of_token(token: str) -> Invitation:
    """Return the invitation whose address carries this token, with its inquiry. Raises: NotFound."""
    try:
        invitation_id = int(signing.loads(token, salt=SALT, max_age=LINK_DAYS * 86_400))
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise NotFound(what="inquiry", key=token[:20]) from wrong
    rows = Invitation.objects.select_related("inquiry", "supplier")
    found = rows.prefetch_related("quotes", Prefetch("inquiry__lines", queryset=_line_rows())).filter(pk=invitation_id)
    invitation = found.first()
    if invitation is None:
        raise NotFound(what="inquiry", key=token[:20])
    return invitation


def _quotes(invitations: Iterable[Invitation]) -> Iterable[Quote]:
    return (quote for one in invitations for quote in one.quotes.all())


def _line_rows() -> QuerySet[InquiryLine]:
    rows = InquiryLine.objects.select_related("request_line__product__unit", "request_line__request__warehouse")
    return rows.order_by("position")


def _lines() -> "Prefetch[str]":
    return Prefetch("lines", queryset=_line_rows())


def _invitations() -> "Prefetch[str]":
    rows = Invitation.objects.select_related("supplier").prefetch_related("quotes").order_by("id")
    return Prefetch("invitations", queryset=rows)
