"""Reminding customers of what is overdue: proposed each night, sent by a person or by the level itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, said_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.papers.queries import pdf_of
from shundan.settlement.actions.statements import CustomerWithoutMail
from shundan.settlement.models import DunningItem, DunningLetter, DunningLevel
from shundan.settlement.queries import get_dunning, mail_address_of, overdue_unscoped, paper_of_dunning
from shundan.settlement.queries.dunning import Overdue, dunning_levels

LONGEST_TEXT = 1000
QUIET_DAYS = 14


class ReminderDecided(Refused):
    """Only what is proposed is sent or dropped."""

    code = "reminder_decided"
    sentence = _("This reminder is sent or dropped already. Load the page again.")


class NothingOverdue(Refused):
    """What the letter was about is paid or disputed meanwhile."""

    code = "nothing_overdue"
    sentence = _("Nothing of this reminder is overdue any more. Drop it; the next night proposes anew.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelInput:
    """One level: from how many days late on, what the letter says, and whether it goes out by itself."""

    days: int
    text_zh: str
    text_en: str
    is_automatic: bool = False


@action
def save_dunning_levels(given: Sequence[LevelInput], *, by: Actor) -> list[DunningLevel]:
    """Keep all levels at once, the mildest first. Raises: NotPermitted, Malformed."""
    require(by, "dunning.edit")
    wrong, before = [], 0
    for at, one in enumerate(given):
        if not before < one.days <= 3650:
            sentence = _("Each level needs more days than the one before, at most 3650.")
            wrong.append(Detail(f"levels[{at}].days", "out_of_range", sentence))
        before = max(before, one.days)
        for path, text in (("text_zh", one.text_zh), ("text_en", one.text_en)):
            if not text.strip() or "\x00" in text or len(text) > LONGEST_TEXT:
                wrong.append(Detail(f"levels[{at}].{path}", "required", _("This field is required.")))
    if wrong:
        raise Malformed(details=wrong)
    list(DunningLevel.objects.select_for_update().order_by("level"))
    DunningLevel.objects.all().delete()
    rows = DunningLevel.objects.bulk_create(
        DunningLevel(
            level=level,
            days=one.days,
            text_zh=one.text_zh.strip(),
            text_en=one.text_en.strip(),
            is_automatic=one.is_automatic,
        )
        for level, one in enumerate(given, start=1)
    )
    record("dunning_levels.changed", subject=("dunning_levels", 1), by=by, data={"days": [one.days for one in rows]})
    return rows


@action
def propose_reminders(*, by: Actor) -> int:
    """Propose a letter to each customer who is to be reminded, anew from what is open now; return how many.

    Letters of automatic levels go out at once, where the customer has an address. Raises: NotPermitted.
    """
    require(by, "dunning.send")
    # Proposals are notes, not papers: two who propose at once wait for each other and find the same.
    old = DunningLetter.objects.select_for_update().filter(state="proposed")
    DunningLetter.objects.filter(pk__in=[one.pk for one in old.order_by("pk")]).delete()
    quiet = set(
        DunningLetter.objects.filter(state="dropped", quiet_until__gte=by.today).values_list("customer_id", "currency")
    )
    automatic = {one.level for one in dunning_levels() if one.is_automatic}
    found = {key: items for key, items in overdue_unscoped(by=by).items() if key not in quiet}
    letters = DunningLetter.objects.bulk_create(
        (
            DunningLetter(
                customer_id=customer_id,
                currency=currency,
                level=max(one.level for one in items),
                total=sum((one.invoice.open_amount for one in items), ZERO),
                proposed_at=by.at,
            )
            for (customer_id, currency), items in found.items()
        ),
        batch_size=1000,
    )
    DunningItem.objects.bulk_create(
        (_item(letter, one) for letter, items in zip(letters, found.values(), strict=True) for one in items),
        batch_size=1000,
    )
    record("dunning.proposed", subject=("dunning_levels", 1), by=by, data={"letters": len(letters)})
    for letter in letters:
        if letter.level in automatic and mail_address_of(letter.customer_id):
            send_reminder(letter.pk, by=by)
    return len(letters)


@action
def send_reminder(letter_id: int, *, by: Actor, by_mail: bool = True) -> DunningLetter:
    """Send a proposed letter about what of it is still overdue; a job mails it, or it is printed and posted.

    Raises: NotPermitted, NotFound, ReminderDecided, NothingOverdue, CustomerWithoutMail.
    """
    letter = _lock_proposed(letter_id, by=by)
    address = mail_address_of(letter.customer_id) if by_mail else ""
    if by_mail and not address:
        raise CustomerWithoutMail(customer=letter.customer.name)
    due = overdue_unscoped(by=by, customer_id=letter.customer_id).get((letter.customer_id, letter.currency), [])
    if not due:
        raise NothingOverdue()
    letter.items.all().delete()
    items = [_item(letter, one, is_counted=one.is_new) for one in due]
    DunningItem.objects.bulk_create(items, batch_size=1000)
    letter.level = max(one.level for one in items)
    letter.total = sum((one.open_amount for one in items), ZERO)
    letter.number = next_gapless_number("dunning", prefix="DL", on=by.today)
    letter.state, letter.sent_to = "sent", address
    letter.decided_at, letter.decided_by_name = by.at, by.name
    letter.save()
    facts = {"number": letter.number, "level": letter.level, "address": address, "party": letter.customer.name}
    record("dunning.sent", subject=letter.subject, by=by, data=facts)
    return letter


@action
def drop_reminder(letter_id: int, *, reason: str, by: Actor, quiet_until: date | None = None) -> DunningLetter:
    """Leave a customer in peace for a while. Raises: NotPermitted, NotFound, Malformed, ReminderDecided."""
    letter = _lock_proposed(letter_id, by=by)
    kept = reason.replace("\x00", "").strip()[:LONGEST_TEXT]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    letter.state, letter.reason = "dropped", kept
    letter.quiet_until = quiet_until or by.today + timedelta(days=QUIET_DAYS)
    letter.decided_at, letter.decided_by_name = by.at, by.name
    letter.save()
    data = {"reason": kept, "until": str(letter.quiet_until), "party": letter.customer.name}
    record("dunning.dropped", subject=letter.subject, by=by, data=data)
    return letter


def mail_reminder(letter: DunningLetter, *, message_id: str) -> None:
    """Mail a letter in the customer's language, with its PDF. Raises: smtplib's and the network's errors."""
    with override(letter.customer.language):
        paper = paper_of_dunning(letter)
        title = gettext("Payment reminder %(number)s") % {"number": letter.number}
        total = gettext("Overdue: %(total)s") % {
            "total": f"{said_amount(letter.total, letter.currency)} {letter.currency}"
        }
        content = pdf_of(paper)
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, f"{paper.note}\n\n{total}\n", to=[letter.sent_to], headers=headers)
    mail.attach(f"{letter.number}.pdf", content, "application/pdf")
    mail.send()


def _lock_proposed(letter_id: int, *, by: Actor) -> DunningLetter:
    known = get_dunning(letter_id, by=by, permission="dunning.send")
    rows = DunningLetter.objects.select_for_update(of=("self",)).select_related("customer")
    letter = rows.filter(pk=known.pk).first()
    if letter is None or letter.state != "proposed":
        raise ReminderDecided()
    return letter


def _item(letter: DunningLetter, one: Overdue, *, is_counted: bool = False) -> DunningItem:
    return DunningItem(
        letter=letter,
        invoice=one.invoice,
        level=one.level,
        open_amount=one.invoice.open_amount,
        days_late=one.days_late,
        is_counted=is_counted,
    )
