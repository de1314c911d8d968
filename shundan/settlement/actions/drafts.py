"""Acceptance drafts: taken in, endorsed to a supplier, discounted, presented, collected, dishonoured or given back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import (
    deallocate_payment,
    free_bounced,
    lock_bounced,
    pay_bill,
    pay_request,
    register_payment,
    reverse_payment,
    take_back_disbursement,
)
from shundan.billing.models import Allocation, Disbursement, Payment, PaymentRequest
from shundan.billing.queries import get_bill
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_that_came
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, ZERO, decimal_places
from shundan.kernel.numbering import next_number
from shundan.parties.queries import get_customer
from shundan.settlement.models import AcceptanceDraft, DraftEntry
from shundan.settlement.models.drafts import LIVING
from shundan.settlement.queries import get_draft, settlement_terms

METHOD = "acceptance_draft"
LONGEST = 200
# From which states which step leads where.
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "endorse": (("received",), "endorsed"),
    "discount": (("received",), "discounted"),
    "present": (("received",), "presented"),
    "collect": (("received", "presented"), "collected"),
    "dishonour": (("received", "presented", "endorsed", "discounted"), "dishonoured"),
    "return": (("received",), "returned"),
}


class DraftKnown(Refused):
    """A draft of this number was taken in before."""

    code = "draft_known"
    sentence = _(
        "The draft %(draft)s is recorded already as %(number)s. Open that one, or check the number of the draft."
    )


class DraftNotThere(Refused):
    """The draft is not where this step begins."""

    code = "draft_not_there"
    sentence = _("%(number)s has moved on already; load the page again.")


class DraftHoldsPayment(Refused):
    """The payment is that of a draft."""

    code = "payment_of_draft"
    sentence = _("This payment came by the draft %(number)s. Note at the draft that it is dishonoured or given back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """A draft as it comes in."""

    customer: str
    draft_number: str
    kind: str
    drawer: str
    acceptor: str
    amount: Decimal
    issued_on: date
    due_on: date
    received_on: date | None = None
    remark: str = ""


@action
def take_draft(given: DraftInput, *, by: Actor, allocations: Mapping[str, Decimal] | None = None) -> AcceptanceDraft:
    """Take a draft in. Where drafts count on receipt it pays as given, else the invoices due first.

    Raises: NotPermitted, NotFound, Malformed, DraftKnown, and as register_payment.
    """
    require(by, "payment.register")
    payer = get_customer(given.customer, by=by)
    _check(given, by)
    number = given.draft_number.strip()
    known = AcceptanceDraft.objects.filter(draft_number=number).exclude(state="returned").first()
    if known is not None:
        raise DraftKnown(draft=number, number=known.number)
    draft = AcceptanceDraft.objects.create(
        number=next_number("acceptance_draft", prefix="AD", on=by.today),
        draft_number=number,
        kind=given.kind,
        customer=payer,
        drawer=given.drawer.strip(),
        acceptor=given.acceptor.strip(),
        currency=COMPANY_CURRENCY,
        amount=given.amount,
        issued_on=given.issued_on,
        due_on=given.due_on,
        received_on=given.received_on or by.today,
        remark=given.remark.strip(),
        counts_on=settlement_terms().drafts_count_on,
        moved_on=by.today,
        moved_by_name=by.name,
        created_at=by.at,
        created_by_name=by.name,
    )
    if draft.counts_on == "receipt":
        _count_as_paid(draft, by, allocations=allocations, on=draft.received_on)
        draft.save(update_fields=["payment"])
    record("draft.received", subject=draft.subject, by=by, data=_facts(draft))
    return draft


@action
def endorse_draft(number: str, *, bill: str, by: Actor) -> AcceptanceDraft:
    """Hand a draft on to a supplier (背书转让): it pays a bill with its whole amount.

    Where the payment needs approval, an approved request over the same amount is paid by it.
    Raises: NotPermitted, NotFound, DraftNotThere, Malformed, BillOverpaid, PaymentNeedsApproval.
    """
    require(by, "bill.pay")
    draft = _locked(number, "endorse", by)
    target = get_bill(bill, by=by, permission="bill.pay")
    if target.currency != draft.currency:
        sentence = _("The bill is in %(currency)s; drafts pay bills in their own currency.")
        raise Malformed(details=[Detail("bill", "other_currency", sentence % {"currency": target.currency})])
    draft.bill, draft.disbursement = target, _pay(draft, target.number, target.pk, by)
    # The supplier's side first: orders come before the customer's account (docs/adr/0007).
    _count_as_paid(draft, by)
    return _moved(draft, "endorse", by, more={"bill": target.number})


@action
def discount_draft(number: str, *, bank: str, cost: Decimal, by: Actor, on: date | None = None) -> AcceptanceDraft:
    """Sell a draft to a bank before it is due (贴现), for what the bank keeps. Raises: as endorse_draft."""
    draft = _locked(number, "discount", by)
    kept = bank.replace("\x00", "").strip()[:LONGEST]
    wrong = []
    if not 0 <= cost < draft.amount or decimal_places(cost) > AMOUNT_DECIMALS:
        wrong.append(Detail("cost", "out_of_range", _("Enter an amount from 0 to less than the draft's.")))
    if not kept:
        wrong.append(Detail("bank", "required", _("This field is required.")))
    if wrong:
        raise Malformed(details=wrong)
    draft.bank, draft.discount_cost = kept, cost
    _count_as_paid(draft, by, on=on)
    _enter(draft, "discounted", draft.amount - cost, on or by.today, cost=cost)
    return _moved(draft, "discount", by, on=on, more={"bank": kept, "cost": str(cost)})


@action
def present_draft(number: str, *, by: Actor, on: date | None = None) -> AcceptanceDraft:
    """Ask the acceptor to pay (提示付款). Raises: NotPermitted, NotFound, DraftNotThere."""
    return _moved(_locked(number, "present", by), "present", by, on=on)


@action
def collect_draft(number: str, *, by: Actor, on: date | None = None) -> AcceptanceDraft:
    """Note that the acceptor paid (托收到账); now it counts in any case. Raises: as present_draft."""
    draft = _locked(number, "collect", by)
    _count_as_paid(draft, by, on=on)
    _enter(draft, "collected", draft.amount, on or by.today)
    return _moved(draft, "collect", by, on=on)


@action
def dishonour_draft(number: str, *, reason: str, by: Actor) -> AcceptanceDraft:
    """Note that nobody paid (拒付): the invoices it paid are open again, and the supplier's bill, too.

    Raises: NotPermitted, NotFound, DraftNotThere, Malformed, PaymentUsed.
    """
    return _undone(number, "dishonour", reason, by)


@action
def return_draft(number: str, *, reason: str, by: Actor) -> AcceptanceDraft:
    """Give a draft back that was recorded wrongly or not accepted. Raises: as dishonour_draft."""
    return _undone(number, "return", reason, by)


def tell_due_drafts(*, by: Actor) -> int:
    """Tell finance of drafts that fall due soon, each once; return how many."""
    until = by.today + timedelta(days=settlement_terms().draft_notice_days)
    rows = AcceptanceDraft.objects.filter(state="received", noticed_at=None, due_on__lte=until).order_by("due_on", "pk")
    return sum(_tell_due(pk, by) for pk in list(rows.values_list("pk", flat=True)))


@action
def _tell_due(draft_id: int, by: Actor) -> bool:
    draft = AcceptanceDraft.objects.select_for_update().get(pk=draft_id)
    if draft.state != "received" or draft.noticed_at is not None:
        return False
    draft.noticed_at = by.at
    draft.save(update_fields=["noticed_at"])
    record("draft.due_soon", subject=draft.subject, by=by, data=_facts(draft) | {"notify": ["role:finance"]})
    return True


def refuse_reversal_of_draft(payment: Payment, by: Actor) -> None:
    """Refuse to take back a draft's payment alone: the draft says what became of it. Raises: DraftHoldsPayment."""
    draft = AcceptanceDraft.objects.filter(payment=payment, state__in=LIVING).first()
    if draft is not None:
        raise DraftHoldsPayment(number=draft.number)


def _locked(number: str, step: str, by: Actor) -> AcceptanceDraft:
    known = get_draft(number, by=by, permission="payment.register")
    draft = AcceptanceDraft.objects.select_for_update(of=("self",)).select_related("customer").get(pk=known.pk)
    if draft.state not in STEPS[step][0]:
        raise DraftNotThere(number=draft.number)
    return draft


def _moved(
    draft: AcceptanceDraft, step: str, by: Actor, *, on: date | None = None, more: Mapping[str, str] | None = None
) -> AcceptanceDraft:
    came = day_that_came(on, today=by.today, path="on")
    draft.state, draft.moved_on, draft.moved_by_name = STEPS[step][1], came, by.name
    draft.save()
    record(f"draft.{draft.state}", subject=draft.subject, by=by, data=_facts(draft) | dict(more or {}))
    return draft


def _enter(draft: AcceptanceDraft, kind: str, money: Decimal, on: date, *, cost: Decimal = ZERO) -> None:
    DraftEntry.objects.create(draft=draft, kind=kind, on=on, money=money, cost=cost)


def _count_as_paid(
    draft: AcceptanceDraft, by: Actor, *, allocations: Mapping[str, Decimal] | None = None, on: date | None = None
) -> None:
    if draft.payment_id is None:
        draft.payment = register_payment(
            customer=draft.customer.number,
            amount=draft.amount,
            method=METHOD,
            by=by,
            currency=draft.currency,
            received_on=on,
            provider="draft",
            reference=draft.draft_number,
            remark=f"{draft.number} {draft.acceptor}"[:500],
            allocations=allocations,
        )


def _pay(draft: AcceptanceDraft, bill: str, bill_id: int, by: Actor) -> Disbursement:
    asked = PaymentRequest.objects.filter(bill__pk=bill_id, state="approved", amount=draft.amount, method=METHOD)
    number = asked.order_by("pk").values_list("number", flat=True).first()
    if number is None:
        return pay_bill(bill, amount=draft.amount, method=METHOD, reference=draft.draft_number, by=by)
    paid = pay_request(number, reference=draft.draft_number, by=by).disbursement
    assert paid is not None
    return paid


def _undone(number: str, step: str, reason: str, by: Actor) -> AcceptanceDraft:
    draft = _locked(number, step, by)
    kept = reason.replace("\x00", "").strip()[:500]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    draft.reason = kept
    if draft.state == "discounted":
        # The bank takes the whole amount back (追索); what it kept is lost.
        _enter(draft, "recourse", -draft.amount, by.today)
    _moved(draft, step, by, more={"reason": kept})
    lock_bounced(draft.payment_id or 0, orders=[draft.bill.order_id] if draft.bill is not None else [])
    # Whoever notes it need not be allowed to take back payments.
    clerk = replace(by.as_system(), id=by.id, name=by.name, door=by.door)
    if draft.disbursement_id is not None:
        take_back_disbursement(draft.disbursement_id, reason=kept, by=clerk)
    if draft.payment is not None:
        rows = Allocation.objects.filter(payment=draft.payment).values("invoice__number")
        for row in rows.annotate(paid=Sum("amount")).filter(paid__gt=0).order_by("invoice__number"):
            deallocate_payment(draft.payment.number, invoice=row["invoice__number"], by=clerk)
        free_bounced(draft.payment, reason=kept, by=clerk)
        reverse_payment(draft.payment.number, reason=kept, by=clerk)
    return draft


def _check(given: DraftInput, by: Actor) -> None:
    wrong = []
    for name in ("draft_number", "drawer", "acceptor"):
        value = getattr(given, name)
        if not value.strip() or "\x00" in value or len(value) > LONGEST:
            wrong.append(Detail(name, "required", _("This field is required.")))
    if "\x00" in given.remark or len(given.remark) > 500:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        wrong.append(Detail("remark", "invalid_text", sentence))
    if given.kind not in ("bank", "commercial"):
        wrong.append(Detail("kind", "unknown", _("Choose one of the offered values.")))
    if not 0 < given.amount < 10**15 or decimal_places(given.amount) > AMOUNT_DECIMALS:
        wrong.append(amount_out_of_range("amount", COMPANY_CURRENCY, given=given.amount))
    if given.due_on < given.issued_on:
        wrong.append(Detail("due_on", "out_of_range", _("A draft falls due after it was issued.")))
    if (given.received_on or by.today) > by.today:
        wrong.append(Detail("received_on", "out_of_range", _("This day has not come yet.")))
    if wrong:
        raise Malformed(details=wrong)


def _facts(draft: AcceptanceDraft) -> dict[str, object]:
    return {
        "number": draft.number,
        "draft": draft.draft_number,
        "amount": str(draft.amount),
        "due_on": draft.due_on.isoformat(),
        "customer_id": draft.customer_id,
    }
