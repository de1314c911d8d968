"""Sending notices out of the house, each once: by e-mail, and by whatever channels higher rooms add."""

import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shundan.kernel.db import action
from shundan.notifications.models import Notice, NoticeDelivery
from shundan.notifications.queries import words_of
from shundan.notifications.registries import CHANNELS, Message, Undeliverable

LINK_SALT = "shundan.notice"
LONGEST_LINE = 150


@dataclass(frozen=True, slots=True)
class Written:
    """A notice as its reader gets it outside the house."""

    notice_id: int
    address: str
    title: str
    text: str


@action
def send_delivery(delivery_id: int) -> bool:
    """Send a notice by its channel unless it went out, its reader left, or it is being sent; tell whether it went.

    The row stays locked while it is sent. Raises: what the channel raises; then it is tried again.
    """
    rows = NoticeDelivery.objects.select_for_update(skip_locked=True, of=("self",))
    delivery = rows.select_related("notice__person").filter(pk=delivery_id, sent_at=None, problem="").first()
    if delivery is None or not delivery.notice.person.is_active:
        return False
    try:
        CHANNELS[delivery.channel].send(write_message(delivery.notice))
    except Undeliverable as reason:
        delivery.problem = str(reason)[:500]
    else:
        delivery.sent_at = timezone.now()
    delivery.save(update_fields=["sent_at", "problem"])
    return delivery.sent_at is not None


def write_message(notice: Notice) -> Written:
    """Return a notice in its reader's language, with a link that opens exactly what it is about after signing in."""
    person = notice.person
    with translation.override(person.language):
        words = words_of(notice)
        about = "\n".join(part for part in (words.sentence, words.detail) if part)
        way = _("Open it: %(link)s") % {"link": link_of_notice(notice.pk)}
        wishes = _("You can choose which messages come by e-mail under “Messages” in Shundan.")
    title = " ".join(words.sentence.split())[:LONGEST_LINE]
    return Written(notice.pk, person.email, title, f"{about}\n\n{way}\n\n{wishes}\n")


def link_of_notice(notice_id: int) -> str:
    """Return the signed address that opens what a notice is about, for its reader alone."""
    token = signing.dumps(notice_id, salt=LINK_SALT, compress=False)
    return f"{settings.PUBLIC_URL}{settings.NOTICE_PATH.format(token=token)}"


def send_mail(message: Message) -> None:
    """Send a message by the mail server. Raises: Undeliverable, and smtplib's and the network's own errors."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    # The same number each time: a server that got it twice can tell.
    headers = {"Message-ID": f"<notice-{message.notice_id}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(message.title, message.text, to=[message.address], headers=headers)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [answer[0] for answer in refused.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Undeliverable(f"{message.address}: {codes}") from refused
        raise
