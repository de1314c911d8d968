"""What money that went out probably pays: payments and prepayments to suppliers, refunds, requests to be paid."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from shundan.billing.models import Disbursement, PaymentRequest, Prepayment, PrepaymentReturn, Refund
from shundan.billing.queries import FORFEITED, WRITE_OFF
from shundan.billing.scopes import visible_bills, visible_payments, visible_prepayments, visible_requests
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.settlement.models import AcceptanceDraft, BankEntry, GatewayRefund
from shundan.settlement.rules.matching import (
    ACCOUNT,
    AMOUNT,
    LEAST,
    NAME,
    NUMBER,
    SURE,
    account_key,
    name_key,
    numbers_in,
)

SHOWN = 4
MOST_PAPERS = 2000
WORTH = {"number": NUMBER, "account": ACCOUNT, "name": NAME, "amount": AMOUNT}


@dataclass(frozen=True, slots=True)
class OutgoingPaper:
    """A paper by which money leaves the house, with whose money it becomes; or a supplier pays some of it back.

    Kinds: disbursement, prepayment, refund, request; prepayment_return.
    """

    kind: str
    paper: Disbursement | Prepayment | Refund | PaymentRequest | PrepaymentReturn
    number: str
    amount: Decimal
    currency: str
    payee: str
    accounts: tuple[str, ...]
    # What may stand in the bank's text.
    names: tuple[str, ...]

    @property
    def of(self) -> str:
        """Return the number of the document that it pays."""
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class OutgoingSuggestion:
    """A paper that an entry may pay, and why. Signs: number, account, name, amount."""

    one: OutgoingPaper
    score: int
    signs: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Tell whether enough speaks for it that a person may confirm it without looking closer."""
        return self.score >= SURE


def outgoing_suggestions(entries: Sequence[BankEntry], *, by: Actor) -> dict[int, list[OutgoingSuggestion]]:
    """Return which papers of exactly its amount each entry that went out may pay, the likeliest first, by entry.

    Of entries that came in: which prepayments a supplier paid back by them. The same few queries however
    many entries there are; only what the actor may see is suggested.
    """
    waiting = [one for one in entries if one.state in ("outgoing", "open")]
    if not waiting or not by.may("payment.register"):
        return {}
    papers: dict[tuple[Decimal, str], list[OutgoingPaper]] = defaultdict(list)
    for paper in _papers({-one.amount for one in waiting if one.amount < 0}, by):
        papers[(-paper.amount, paper.currency)].append(paper)
    came = {one.amount for one in waiting if one.amount > 0}
    for back in _returns(by).filter(amount__in=came).order_by("-id")[:MOST_PAPERS] if came else ():
        papers[(back.amount, back.prepayment.currency)].append(_of_return(back))
    made = {}
    for entry in waiting:
        found = [_suggestion(entry, one) for one in papers[(entry.amount, entry.currency)]]
        likely = sorted((one for one in found if one.score >= LEAST), key=lambda one: (-one.score, one.one.number))
        made[entry.pk] = likely[:SHOWN]
    return made


def get_outgoing_paper(kind: str, number: str, *, by: Actor) -> OutgoingPaper:
    """Return a paper that no entry was matched with. Raises: NotFound."""
    wanted = Q(number=number.replace("\x00", ""))
    if kind == "disbursement" and (paid := _disbursements(by).filter(wanted).first()):
        return _of_disbursement(paid)
    if kind == "prepayment" and (ahead := _prepayments(by).filter(wanted).first()):
        return _of_prepayment(ahead)
    if kind == "refund" and (back := _refunds(by).filter(wanted).first()):
        return _of_refund(back)
    if kind == "prepayment_return" and (given := _returns(by).filter(wanted).first()):
        return _of_return(given)
    raise NotFound(what="outgoing payment", key=number[:100])


def _papers(amounts: Iterable[Decimal], by: Actor) -> Iterable[OutgoingPaper]:
    exact = Q(amount__in=set(amounts))
    for paid in _disbursements(by).filter(exact).order_by("-id")[:MOST_PAPERS]:
        yield _of_disbursement(paid)
    for ahead in _prepayments(by).filter(exact).order_by("-id")[:MOST_PAPERS]:
        yield _of_prepayment(ahead)
    for back in _refunds(by).filter(exact).order_by("-id")[:MOST_PAPERS]:
        yield _of_refund(back)
    for asked in _requests(by).filter(exact).order_by("-id")[:MOST_PAPERS]:
        yield _of_request(asked)


def _disbursements(by: Actor) -> QuerySet[Disbursement]:
    """Return payments to suppliers that the bank may know: no drafts that were handed on, no offsets of prepayments."""
    if not by.may("bill.pay"):
        return Disbursement.objects.none()
    bills = visible_bills(by, "bill.pay").values("pk")
    rows = Disbursement.objects.filter(bill__in=bills, reversed_at=None, prepayment=None)
    linked = BankEntry.objects.filter(disbursement_id__isnull=False).values("disbursement_id")
    by_draft = AcceptanceDraft.objects.filter(disbursement_id__isnull=False).values("disbursement_id")
    return rows.exclude(pk__in=linked).exclude(pk__in=by_draft).select_related("bill__supplier", "bill__order")


def _prepayments(by: Actor) -> QuerySet[Prepayment]:
    if not by.may("bill.pay"):
        return Prepayment.objects.none()
    linked = BankEntry.objects.filter(prepayment_id__isnull=False).values("prepayment_id")
    return visible_prepayments(by, "bill.pay").exclude(pk__in=linked).select_related("supplier", "order")


def _returns(by: Actor) -> QuerySet[PrepaymentReturn]:
    if not by.may("bill.pay"):
        return PrepaymentReturn.objects.none()
    linked = BankEntry.objects.filter(prepayment_return_id__isnull=False).values("prepayment_return_id")
    rows = PrepaymentReturn.objects.filter(prepayment__in=visible_prepayments(by, "bill.pay").values("pk"))
    return rows.exclude(pk__in=linked).select_related("prepayment__supplier", "prepayment__order")


def _refunds(by: Actor) -> QuerySet[Refund]:
    """Return refunds that the bank may know: neither what was kept as income nor what a gateway paid."""
    if not by.may("payment.refund"):
        return Refund.objects.none()
    rows = Refund.objects.filter(payment__in=visible_payments(by, "payment.refund").values("pk"))
    linked = BankEntry.objects.filter(refund_id__isnull=False).values("refund_id")
    by_gateway = GatewayRefund.objects.filter(refund_id__isnull=False).values("refund_id")
    rows = rows.exclude(method__in=[WRITE_OFF, FORFEITED])
    return rows.exclude(pk__in=linked).exclude(pk__in=by_gateway).select_related("payment__customer")


def _requests(by: Actor) -> QuerySet[PaymentRequest]:
    rights = (("bill", "bill.pay"), ("prepayment", "bill.pay"), ("refund", "payment.refund"))
    kinds = [kind for kind, right in rights if by.may(right)]
    if not kinds or not by.may("payment_request.read"):
        return PaymentRequest.objects.none()
    rows = visible_requests(by).filter(state="approved", kind__in=kinds)
    return rows.select_related("bill__supplier", "bill__order", "payment__customer", "supplier", "order")


def _of_disbursement(one: Disbursement) -> OutgoingPaper:
    bill, supplier = one.bill, one.bill.supplier
    names = (one.number, one.reference, bill.reference, bill.order.number, bill.number)
    return OutgoingPaper(
        "disbursement", one, one.number, one.amount, bill.currency, supplier.name, (supplier.bank_account,), names
    )


def _of_prepayment(one: Prepayment) -> OutgoingPaper:
    names = (one.number, one.reference, one.order.number if one.order is not None else one.supplier.number)
    return OutgoingPaper(
        "prepayment",
        one,
        one.number,
        one.amount,
        one.currency,
        one.supplier.name,
        (one.supplier.bank_account,),
        names,
    )


def _of_return(one: PrepaymentReturn) -> OutgoingPaper:
    ahead = one.prepayment
    supplier, order = ahead.supplier, ahead.order
    names = (one.number, one.reference, order.number if order is not None else supplier.number, ahead.number)
    return OutgoingPaper(
        "prepayment_return",
        one,
        one.number,
        one.amount,
        ahead.currency,
        supplier.name,
        (supplier.bank_account,),
        names,
    )


def _of_refund(one: Refund) -> OutgoingPaper:
    payment = one.payment
    customer, names = payment.customer, (one.number, one.reference, payment.number)
    return OutgoingPaper(
        "refund", one, one.number, one.amount, payment.currency, customer.name, (customer.bank_account,), names
    )


def _of_request(one: PaymentRequest) -> OutgoingPaper:
    names: tuple[str, ...] = (one.number,)
    account = ""
    if one.bill is not None:
        names = (one.number, one.bill.reference, one.bill.order.number, one.bill.number)
        account = one.bill.supplier.bank_account
    elif one.payment is not None:
        names, account = (one.number, one.payment.number), one.payment.customer.bank_account
    elif one.supplier is not None:
        names, account = (one.number, one.source_number), one.supplier.bank_account
    accounts = (one.account or account,)
    return OutgoingPaper("request", one, one.number, one.amount, one.currency, one.payee, accounts, names)


def _suggestion(entry: BankEntry, one: OutgoingPaper) -> OutgoingSuggestion:
    told = {"amount"}
    text = f"{entry.text} {entry.reference}"
    said = numbers_in(text) | {entry.reference.upper()} - {""}
    if not said.isdisjoint(name.upper() for name in one.names if name):
        told.add("number")
    account = account_key(entry.payer_account)
    # Accounts are kept with the name of the bank before them at times.
    if account and any(account_key(known).endswith(account) for known in one.accounts if known):
        told.add("account")
    if name_key(entry.payer) and name_key(entry.payer) == name_key(one.payee):
        told.add("name")
    signs = tuple(sign for sign in WORTH if sign in told)
    return OutgoingSuggestion(one, sum(WORTH[sign] for sign in signs), signs)
