"""What customers were asked to confirm and said, the signed address where they say it, and what waits for it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from shundan.confirmations.models import Confirmation as Confirmation
from shundan.confirmations.models import LinkTry
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.orders.models import Order
from shundan.orders.queries import type_of
from shundan.parties.models import Contact

SALT = "confirmations.order"
MOST_TRIES = 20
TRY_MINUTES = 10
# Whom an order goes to, and in which of its categories it still can be answered.
CONFIRMED_KINDS = ("sale", "service")
OPEN_CATEGORIES = ("confirmed", "in_progress")


class LinkUnknown(Refused):
    """The token was never given out, or something of it was changed."""

    code = "confirmation_link_unknown"
    status = 404
    sentence = _("This link is not valid. Open the link of the mail again, or ask your contact for a new one.")


class LinkExpired(Refused):
    """The link was given out too long ago."""

    code = "confirmation_link_expired"
    status = 410
    sentence = _("This link has expired. Ask your contact for a new one.")


class LinkOutdated(Refused):
    """The order was sent anew, changed since, or has ended."""

    code = "confirmation_link_outdated"
    sentence = _("The order has changed since. Open the newest mail, or ask your contact.")


class TooManyTries(Refused):
    """One address tried too many links that hold nothing."""

    code = "too_many_tries"
    status = 429
    sentence = _("Too many attempts. Try again in a few minutes.")


def confirmations_of(order: Order, *, by: Actor) -> list[Confirmation]:
    """Return what the customer of a fetched order was asked and said, newest first. Raises: NotPermitted."""
    require(by, "order.read")
    return list(Confirmation.objects.filter(order=order).defer("content").order_by("-id"))


def get_confirmation(order: Order, confirmation_id: int, *, by: Actor) -> Confirmation:
    """Return one with its file, of a fetched order. Raises: NotPermitted, NotFound."""
    require(by, "order.read")
    found = Confirmation.objects.filter(order=order, pk=confirmation_id).first()
    if found is None:
        raise NotFound(what="order", key=str(confirmation_id)[:20])
    return found


def awaits_customer(order: Order) -> bool:
    """Tell whether an order waits until its customer confirms it as it stands now."""
    if order.kind not in CONFIRMED_KINDS or order.is_history or not type_of(order).asks_customer:
        return False
    return not Confirmation.objects.filter(order=order, revision=order.revision, state="confirmed").exists()


def token_of_confirmation(one: Confirmation) -> str:
    """Return what stands in the address where this one, and no other, is answered."""
    return signing.dumps([one.pk, one.digest[:16]], salt=SALT, compress=False)


def link_of_confirmation(one: Confirmation) -> str:
    """Return the whole address where the customer answers."""
    return f"{settings.PUBLIC_URL}/confirm/{token_of_confirmation(one)}/"


def confirmation_of_token(token: str, *, at: datetime) -> Confirmation:
    """Return what a customer was given this token for. Raises: LinkUnknown, LinkExpired, LinkOutdated."""
    try:
        confirmation_id, digest = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise LinkUnknown() from wrong
    found = Confirmation.objects.select_related("order__customer").filter(pk=confirmation_id).first()
    if found is None or found.digest[:16] != digest:
        raise LinkUnknown()
    if found.state == "replaced" or (found.state == "sent" and _is_outdated(found)):
        raise LinkOutdated()
    if found.expires_at <= at:
        raise LinkExpired()
    return found


def refuse_eager(address: str, *, at: datetime) -> None:
    """Refuse an address that tried too many links which hold nothing. Raises: TooManyTries."""
    since = at - timedelta(minutes=TRY_MINUTES)
    if LinkTry.objects.filter(address=address, at__gt=since).count() >= MOST_TRIES:
        raise TooManyTries()


def confirmation_address(customer_id: int) -> str:
    """Return where a customer's orders are confirmed: the main contact's address, else any; empty without one."""
    rows = Contact.objects.filter(customer_id=customer_id).exclude(email="").order_by("-is_main", "pk")
    return rows.values_list("email", flat=True).first() or ""


def _is_outdated(one: Confirmation) -> bool:
    return one.revision != one.order.revision or one.order.category not in OPEN_CATEGORIES
