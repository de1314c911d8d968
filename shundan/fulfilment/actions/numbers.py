"""Tracking numbers that people type: held against the forms and check digits of their carrier, before they are kept."""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import CARRIERS, Carrier
from shundan.kernel.errors import Detail, Refused


class TrackingNumberWrong(Refused):
    """The carrier has no such numbers, or its check digit says that it was mistyped."""

    code = "tracking_number_wrong"
    status = 422
    sentence = _("%(number)s is no tracking number of %(carrier)s. Check each digit, or choose another carrier.")


class TrackingNumberUnusual(Refused):
    """It looks like none of the carrier's numbers; the carrier may have others, so a person may insist."""

    code = "tracking_number_unusual"
    sentence = _(
        "%(number)s does not look like a tracking number of %(carrier)s. Check it, choose another carrier, or confirm"
        " that it is right."
    )


def check_tracking_number(number: str, *, carrier: str, is_sure: bool = False, path: str = "tracking_number") -> None:
    """Refuse a number that is not its carrier's; names who else it looks like. Unknown carriers are not judged.

    With `is_sure` a person insists, where the carrier may have numbers of other forms.
    Raises: TrackingNumberWrong, TrackingNumberUnusual.
    """
    known = CARRIERS.get(carrier.lower())
    if not number or known is None or not known.number_form or _fits(known, number):
        return
    if is_sure and not known.is_form_closed:
        return
    guesses = [str(CARRIERS[code].label) for code in guess_carriers(number)]
    details = []
    if guesses:
        sentence = gettext("It looks like a number of: %(carriers)s.") % {"carriers": ", ".join(guesses)}
        details = [Detail(path, "looks_like_another", sentence)]
    refusal = TrackingNumberWrong if known.is_form_closed else TrackingNumberUnusual
    raise refusal(number=number, carrier=known.label, details=details)


def guess_carriers(number: str) -> list[str]:
    """Return the codes of the carriers whose number this could be, the likeliest first.

    Letters and check digits say more than a count of digits.
    """
    fitting = [one for one in CARRIERS.values() if one.number_form and _fits(one, number)]
    telling = [one for one in fitting if one.number_check is not None or not number.isdigit()]
    return [one.code for one in telling or fitting]


def _fits(carrier: Carrier, number: str) -> bool:
    if not re.fullmatch(carrier.number_form, number, re.ASCII):
        return False
    return carrier.number_check is None or carrier.number_check(number)
