"""What settlement hangs into the rooms below, and what it does later by itself."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shundan.billing.registries import REVERSAL_FOLLOWERS
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.notifications.registries import SUBJECTS, About
from shundan.papers.registries import PaperKind, offer_paper
from shundan.settlement.actions.bank import reopen_entry_of_payment
from shundan.settlement.actions.drafts import refuse_reversal_of_draft
from shundan.settlement.actions.dunning import mail_reminder
from shundan.settlement.actions.gateways import open_charge
from shundan.settlement.actions.statements import mail_statement
from shundan.settlement.models import AcceptanceDraft, AccountStatement, DunningLetter
from shundan.settlement.queries import get_dunning, get_statement, paper_of_dunning, paper_of_statement
from shundan.settlement.queries.dunning import reminder_columns
from shundan.settlement.queries.statements import statement_columns

REVERSAL_FOLLOWERS += [refuse_reversal_of_draft, reopen_entry_of_payment]


def about_draft(draft_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of a draft's event is about."""
    draft = AcceptanceDraft.objects.select_related("customer").filter(pk=draft_id).first()
    if draft is None:
        return None
    words = f"承兑汇票 {draft.due_on} 到期", f"falls due on {draft.due_on}"
    return About(title=draft.number, party=draft.customer.name, words_zh=words[0], words_en=words[1])


SUBJECTS["acceptance_draft"] = about_draft


def _letter(number: str, by: Actor) -> DunningLetter:
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound(what="reminder", key=number[:100])
    return get_dunning(int(number), by=by)


offer_paper(
    PaperKind(
        code="statement",
        label=_("Statement of account"),
        find=lambda number, by: get_statement(number, by=by),
        draw=lambda statement, _by: paper_of_statement(statement),
        columns=statement_columns,
        language_of=lambda statement: statement.customer.language,
    )
)
offer_paper(
    PaperKind(
        code="reminder",
        label=_("Payment reminder"),
        find=_letter,
        draw=lambda letter, _by: paper_of_dunning(letter),
        columns=reminder_columns,
        language_of=lambda letter: letter.customer.language,
    )
)


@subscribe("charge.asked")
def open_asked_charge(event: Event) -> None:
    """Open the place to pay; what fails is shown at the charge and asked again by a person."""
    open_charge(event.subject_id, at=timezone.now())


@subscribe("statement.sent")
def mail_sent_statement(event: Event) -> None:
    """Mail the statement; a server that gets it twice can tell by its number."""
    if not settings.EMAIL_HOST:
        return
    statement = AccountStatement.objects.select_related("customer").get(pk=event.subject_id)
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    mail_statement(statement, address=event.data["address"], message_id=f"<statement-{event.pk}@{host}>")


@subscribe("dunning.sent")
def mail_sent_reminder(event: Event) -> None:
    """Mail the letter, unless it goes by post; a server that gets it twice can tell by its number."""
    if not settings.EMAIL_HOST or not event.data["address"]:
        return
    letter = DunningLetter.objects.select_related("customer").get(pk=event.subject_id)
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    mail_reminder(letter, message_id=f"<reminder-{event.pk}@{host}>")
