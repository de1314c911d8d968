"""Keeping payment terms: due days, the deposit they ask for, the plan by which orders are invoiced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.models import TermDeposit, TermPart
from shundan.billing.rules import DEPOSIT_KINDS, MOST_PARTS, PLAN_EVENTS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places
from shundan.parties.models import PaymentTerm

LONGEST_NAME = 80
MOST_DAYS = 3650
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInput:
    """One part of an invoice plan: its share, what makes it due, and how many days after that."""

    percent: Decimal
    event: str
    days: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermInput:
    """A payment term as it is given; without `deposit_kind` it asks for no deposit, without parts for no plan."""

    name_zh: str
    name_en: str
    days: int
    is_end_of_month: bool = False
    deposit_kind: str = ""
    deposit_percent: Decimal | None = None
    deposit_is_blocking: bool = True
    parts: Sequence[PartInput] = field(default=())


@action
def save_payment_term(code: str, given: TermInput, *, by: Actor) -> PaymentTerm:
    """Add a payment term or change what it says from now on; running orders keep what they began with.

    Raises: NotPermitted, Malformed.
    """
    require(by, "payment_term.edit")
    wrong = [*_faults(code, given), *faults_of_parts(given.parts)]
    if wrong:
        raise Malformed(details=wrong)
    facts = {
        "name_zh": given.name_zh.strip(),
        "name_en": given.name_en.strip(),
        "days": given.days,
        "is_end_of_month": given.is_end_of_month,
        "has_steps": bool(given.parts) or bool(given.deposit_kind and given.deposit_percent is not None),
    }
    PaymentTerm.objects.get_or_create(code=code, defaults=facts)
    term = PaymentTerm.objects.select_for_update().get(code=code)
    PaymentTerm.objects.filter(pk=term.pk).update(**facts)
    asked = TermDeposit.objects.filter(payment_term_id=term.pk)
    since = asked.values_list("since", flat=True).first() or by.at
    asked.delete()
    if given.deposit_kind and given.deposit_percent is not None:
        TermDeposit.objects.create(
            payment_term=term,
            kind=given.deposit_kind,
            percent=given.deposit_percent,
            is_blocking=given.deposit_is_blocking,
            since=since,
        )
    TermPart.objects.filter(payment_term_id=term.pk).delete()
    TermPart.objects.bulk_create(
        TermPart(
            payment_term=term,
            position=at,
            percent=one.percent,
            event=one.event,
            days=one.days,
            name=one.name.strip(),
        )
        for at, one in enumerate(given.parts, start=1)
    )
    data = {"code": code, "deposit": given.deposit_kind, "parts": len(given.parts)}
    record("payment_term.saved", subject=("payment_term", term.pk), by=by, data=data)
    term.refresh_from_db()
    return term


def faults_of_parts(parts: Sequence[PartInput]) -> list[Detail]:
    """Return what is wrong with the parts of a plan; none at all are no plan."""
    wrong = []
    if len(parts) > MOST_PARTS:
        sentence = _("A plan has at most %(most)s parts.") % {"most": MOST_PARTS}
        wrong.append(Detail("parts", "too_many", sentence))
    for at, one in enumerate(parts):
        if not 0 < one.percent <= HUNDRED or decimal_places(one.percent) > 4:
            wrong.append(Detail(f"parts[{at}].percent", "out_of_range", _("Enter a percentage above 0 up to 100.")))
        if one.event not in PLAN_EVENTS:
            wrong.append(Detail(f"parts[{at}].event", "unknown", _("Choose one of the offered values.")))
        if not 0 <= one.days <= MOST_DAYS:
            wrong.append(Detail(f"parts[{at}].days", "out_of_range", _("Enter days between 0 and 3650.")))
        if "\x00" in one.name or len(one.name) > LONGEST_NAME:
            wrong.append(Detail(f"parts[{at}].name", "too_long", _("Enter a name of at most 80 characters.")))
    if parts and not wrong and sum((one.percent for one in parts), ZERO) != HUNDRED:
        wrong.append(Detail("parts", "not_whole", _("The parts must add up to 100 %.")))
    return wrong


def _faults(code: str, given: TermInput) -> Iterator[Detail]:
    if not code or len(code) > 40 or not code.replace("_", "").replace("-", "").isalnum() or not code.isascii():
        sentence = _("Enter a code of letters, digits, - and _, at most 40 characters.")
        yield Detail("code", "invalid_code", sentence)
    for path in ("name_zh", "name_en"):
        text = getattr(given, path)
        if not text.strip() or "\x00" in text or len(text) > LONGEST_NAME:
            yield Detail(path, "required", _("Enter a name of at most 80 characters."))
    if not 0 <= given.days <= MOST_DAYS:
        yield Detail("days", "out_of_range", _("Enter days between 0 and 3650."))
    if not given.deposit_kind:
        return
    percent = given.deposit_percent
    if given.deposit_kind not in DEPOSIT_KINDS:
        yield Detail("deposit_kind", "unknown", _("Choose one of the offered values."))
    elif percent is None or not 0 < percent <= HUNDRED or decimal_places(percent) > 4:
        yield Detail("deposit_percent", "out_of_range", _("Enter a percentage above 0 up to 100."))
    elif given.deposit_kind == "earnest" and percent > 20:
        yield Detail("deposit_percent", "above_limit", _("Earnest money is at most 20 % of the order."))
