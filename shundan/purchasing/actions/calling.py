"""Calls for quotations go out by mail, each supplier with an address of their own where they answer."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.kernel.events import record
from shundan.kernel.money import plain
from shundan.purchasing.actions.inquiries import lock_open_inquiry
from shundan.purchasing.models import Invitation
from shundan.purchasing.queries.inquiries import get_inquiry, token_of_invitation


class NobodyToMail(Refused):
    """Everybody has answered, or nobody said where mails go."""

    code = "nobody_to_mail"
    sentence = _(
        "No supplier of %(number)s who has yet to answer has an e-mail address. Enter one in the supplier's record, or"
        " send the address by hand."
    )


@action
def send_inquiry(number: str, *, by: Actor) -> list[str]:
    """Mail a call for quotations to all suppliers who have yet to answer; jobs send it. Return the addresses.

    Raises: NotPermitted, NotFound, InquiryClosed, NobodyToMail.
    """
    inquiry = lock_open_inquiry(get_inquiry(number, by=by, permission="inquiry.edit"))
    rows = Invitation.objects.filter(inquiry=inquiry).select_related("supplier").order_by("pk")
    invited = [one for one in rows if one.state == "invited" and one.supplier.email]
    if not invited:
        raise NobodyToMail(number=inquiry.number)
    for one in invited:
        data = {"number": inquiry.number, "invitation": one.pk, "address": one.supplier.email}
        record("inquiry.sent", subject=inquiry.subject, by=by, data=data)
    return [one.supplier.email for one in invited]


def mail_inquiry(invitation: Invitation, *, address: str, message_id: str) -> None:
    """Mail a call for quotations in words, in English where the supplier is abroad. Raises: SMTP's, the network's."""
    inquiry, abroad = invitation.inquiry, invitation.supplier.country != "CN"
    rows = inquiry.lines.select_related("request_line__product__unit").order_by("position")
    lines = "\n".join(
        f"{line.position}. {product.sku}  {(product.name_en if abroad else '') or product.name_zh}"
        f"  {plain(line.quantity)} {(product.unit.name_en if abroad else '') or product.unit.name_zh}"
        for line in rows
        for product in (line.request_line.product,)
    )
    facts = {
        "number": inquiry.number,
        "day": inquiry.answer_by.isoformat() if inquiry.answer_by else "",
        "link": f"{settings.PUBLIC_URL}/quotations/{token_of_invitation(invitation)}/",
    }
    with override("en" if abroad else "zh-hans"):
        title = gettext("Call for quotations %(number)s") % facts
        parts = (
            gettext("Please quote us for what is listed below (%(number)s).") % facts,
            lines,
            *((inquiry.remark,) if inquiry.remark else ()),
            *((gettext("Please answer by %(day)s.") % facts,) if inquiry.answer_by else ()),
            gettext("Enter prices and days of delivery here: %(link)s") % facts,
        )
    text = "\n\n".join(parts)
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    EmailMessage(title, f"{text}\n", to=[address], headers=headers).send()
