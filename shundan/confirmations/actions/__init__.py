"""Asking a customer to confirm an order as it stands, and taking what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.confirmations.models import Confirmation, LinkTry
from shundan.confirmations.queries import (
    CONFIRMED_KINDS,
    OPEN_CATEGORIES,
    TRY_MINUTES,
    awaits_customer,
    confirmation_address,
    confirmation_of_token,
    link_of_confirmation,
)
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.events import record
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lines_of
from shundan.papers.queries import print_paper

LINK_DAYS = 30
LONGEST_TEXT = 500


class NothingToConfirm(Refused):
    """Only what is confirmed here and runs is confirmed by the customer."""

    code = "nothing_to_confirm"
    sentence = _("%(number)s is not confirmed here, or has ended; the customer is asked once it is confirmed.")


class NobodyToConfirm(Refused):
    """Nobody said where the customer is reached."""

    code = "nobody_to_confirm"
    sentence = _("%(customer)s has no contact with an e-mail address. Enter one in the customer's record.")


class ConfirmationAnswered(Refused):
    """An answer is given once; the next one is about the next confirmation."""

    code = "confirmation_answered"
    sentence = _("This order was answered already. Ask your contact if something has changed.")


class CustomerNotAgreed(Refused):
    """Orders of this type go on once their customer has confirmed them as they stand."""

    code = "customer_not_agreed"
    sentence = _("The customer has not confirmed %(number)s (R%(revision)s) yet. Send it, or ask for their answer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAnswer:
    """What a customer says: their name stands for a signature; what is wrong, in general or by position of a line."""

    name: str
    remark: str = ""
    lines: Mapping[int, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.remark.strip() and not self.lines


@action
def ask_customer(number: str, *, by: Actor) -> Confirmation:
    """Mail an order as it stands to its customer, with an address where they confirm it; a job sends it.

    What was asked before and not answered is replaced. Raises: NotPermitted, NotFound, NothingToConfirm,
    NobodyToConfirm, ConfirmationAnswered where this revision is agreed already.
    """
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    if order.kind not in CONFIRMED_KINDS or order.category not in OPEN_CATEGORIES or order.customer is None:
        raise NothingToConfirm(number=order.number)
    if Confirmation.objects.filter(order=order, revision=order.revision, state="confirmed").exists():
        raise ConfirmationAnswered()
    address = confirmation_address(order.customer.pk)
    if not address:
        raise NobodyToConfirm(customer=order.customer.name)
    Confirmation.objects.filter(order=order, state="sent").update(state="replaced")
    content = print_paper("confirmation", order.number, by=by.as_system()).content
    one = Confirmation.objects.create(
        order=order,
        revision=order.revision,
        language=order.customer.language,
        content=content,
        digest=sha256(content).hexdigest(),
        sent_to=address,
        sent_at=by.at,
        sent_by_name=by.name,
        expires_at=by.at + timedelta(days=LINK_DAYS),
    )
    data = {"number": order.number, "address": address, "revision": order.revision, "confirmation": one.pk}
    record("order.confirmation_sent", subject=order.subject, by=by, data=data)
    return one


@action
def answer_confirmation(token: str, given: CustomerAnswer, *, at: datetime, address: str = "") -> Confirmation:
    """Take what a customer says by the signed link, once.

    Raises: LinkUnknown, LinkExpired, LinkOutdated, ConfirmationAnswered, Malformed.
    """
    known = confirmation_of_token(token, at=at)
    # An amendment and an answer of the same moment: one after the other, and the answer sees the new revision.
    order = get_order(known.order.number, by=system_actor(at), lock=True)
    one = Confirmation.objects.select_for_update().get(pk=known.pk)
    if one.state in ("confirmed", "wrong"):
        raise ConfirmationAnswered()
    confirmation_of_token(token, at=at)
    _check(order, given)
    one.state = "confirmed" if given.agrees else "wrong"
    one.answered_at, one.answered_by_name, one.address = at, given.name.strip(), address[:45]
    one.remark = given.remark.strip()
    one.lines = {str(position): text.strip() for position, text in given.lines.items()}
    one.save(update_fields=["state", "answered_at", "answered_by_name", "address", "remark", "lines"])
    by = Actor(id=None, name=f"{order.party_name} ({one.answered_by_name})", door="customer", at=at)
    said = [f"{position}: {text}" for position, text in one.lines.items()]
    data = {
        "number": order.number,
        "revision": one.revision,
        "digest": one.digest,
        "remark": "; ".join(part for part in (one.remark, *said) if part),
        "notify": [f"user:{order.owner_id}"] if order.owner_id else ["role:sales_manager"],
    }
    verb = "customer_confirmed" if given.agrees else "customer_objected"
    record(f"order.{verb}", subject=order.subject, by=by, data=data)
    return one


@action
def note_link_try(address: str, *, at: datetime) -> None:
    """Note that an address tried a link that holds nothing; old notes go."""
    LinkTry.objects.filter(at__lt=at - timedelta(minutes=TRY_MINUTES)).delete()
    LinkTry.objects.create(address=address[:45], at=at)


def refuse_unconfirmed(order: Order, step: str) -> None:
    """Refuse to pick, ship or invoice what the customer shall confirm first. Raises: CustomerNotAgreed."""
    # The house confirms first; the customer is asked for what it has confirmed.
    if step != "confirm" and awaits_customer(order):
        raise CustomerNotAgreed(number=order.number, revision=order.revision)


def mail_confirmation(one: Confirmation, *, message_id: str) -> None:
    """Mail an order in the customer's language with its PDF and the address where it is confirmed.

    Raises: smtplib's and the network's errors.
    """
    order = one.order
    facts = {"number": order.number, "total": f"{order.total:,.2f} {order.currency}", "link": link_of_confirmation(one)}
    with override(one.language):
        title = gettext("Please confirm your order %(number)s") % facts
        parts = (
            gettext("Thank you for your order %(number)s of %(total)s. The confirmation is attached."),
            gettext("Confirm it, or tell us what is wrong: %(link)s"),
            gettext("The link is for this order alone and holds for 30 days; you need not sign in."),
        )
        text = "\n\n".join(parts) % facts
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, f"{text}\n", to=[one.sent_to], headers=headers)
    mail.attach(f"{order.number}.pdf", bytes(one.content), "application/pdf")
    mail.send()


def _check(order: Order, given: CustomerAnswer) -> None:
    known, wrong = {line.position for line in lines_of(order)}, []
    texts = {"name": given.name, "remark": given.remark}
    texts |= {f"lines[{position - 1}]": text for position, text in given.lines.items()}
    if not given.name.strip():
        wrong.append(Detail("name", "required", _("This field is required.")))
    for path, text in texts.items():
        if "\x00" in text or len(text) > (100 if path == "name" else LONGEST_TEXT):
            sentence = _("This text is too long or contains characters that cannot be stored.")
            wrong.append(Detail(path, "invalid_text", sentence))
    for position, text in given.lines.items():
        if position not in known:
            wrong.append(Detail(f"lines[{position - 1}]", "unknown", _("There is no such line.")))
        elif not text.strip():
            wrong.append(Detail(f"lines[{position - 1}]", "required", _("Say what is wrong with this line.")))
    if wrong:
        raise Malformed(details=wrong)
