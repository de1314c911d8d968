"""The words of e-invoices: states, kinds, reasons of red letters, and what to do about each refusal."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shundan.einvoices.queries import EInvoice
from shundan.web.words import Word

STATES: dict[str, Word] = {
    "none": gettext_lazy("Not sent to the tax bureau"),
    "asked": gettext_lazy("Waits to be sent"),
    "requested": gettext_lazy("The gateway has it; the tax bureau's answer is awaited"),
    "waiting": gettext_lazy("The red letter waits for the other side's confirmation"),
    "confirmed": gettext_lazy("Confirmed; the red invoice is being issued"),
    "issued": pgettext_lazy("e-invoice", "Issued"),
    "refused": gettext_lazy("Refused"),
    "revoked": gettext_lazy("The red letter was revoked"),
}
MEDIUMS: dict[str, Word] = {
    "general": gettext_lazy("General (普票)"),
    "special": gettext_lazy("Special (专票): the buyer deducts the tax"),
}
REASONS: dict[str, Word] = {
    "returned": gettext_lazy("Goods returned"),
    "wrong": gettext_lazy("Invoiced wrongly"),
    "stopped": gettext_lazy("Service stopped"),
    "discount": gettext_lazy("Discount granted later"),
}
# By the code of the trouble: what happened, and what to do about it.
ADVICE: dict[str, tuple[str | Promise, str | Promise]] = {
    "away": (
        gettext_lazy("The gateway did not answer"),
        gettext_lazy("Nothing to do: it is tried again by itself, and never issued twice."),
    ),
    "denied": (
        gettext_lazy("The other side refused the red letter"),
        gettext_lazy(
            "Agree with the customer what is to be corrected, then send it again. The credit note in the books stays"
            " as it is."
        ),
    ),
    "expired": (
        gettext_lazy("Nobody confirmed the red letter within 72 hours"),
        gettext_lazy("Ask the customer to confirm it at the tax bureau, then send it again."),
    ),
    "not_accepted": (
        gettext_lazy("The tax bureau did not take the red letter"),
        gettext_lazy("Mend what its words say, then send it again."),
    ),
    "status_22": (
        gettext_lazy("The tax bureau did not issue the invoice"),
        gettext_lazy(
            "Mend what its words say: credit quota used up (授信额度) is raised at the tax bureau; wrong data of the"
            " buyer are corrected at the customer, then credit this invoice and issue it again. Then send it again."
        ),
    ),
    "status_24": (
        gettext_lazy("The invoice could not be sealed"),
        gettext_lazy("Look for it in the gateway's own console before you send it again."),
    ),
    "status_3": (
        gettext_lazy("The invoice was voided at the gateway"),
        gettext_lazy("Credit it here, too, or send it again."),
    ),
}
CREDENTIALS = (
    gettext_lazy("The gateway does not accept our credentials"),
    gettext_lazy(
        "Let the administrator check app key, secret and access token in the settings of e-invoices, then send it"
        " again."
    ),
)


def advice_of(one: EInvoice) -> tuple[str, str]:
    """Return what the trouble of an e-invoice is, and what to do about it."""
    if one.state not in ("refused", "revoked") and one.trouble_code != "away":
        return _("The gateway could not do what was asked"), _("It goes on as it was. Read the gateway's words.")
    known = ADVICE.get(one.trouble_code)
    if known is None and one.trouble_code.startswith(("0701", "0703")):
        known = CREDENTIALS
    if known is None:
        return _("The gateway refused it"), _("Mend what its words say, then send it again under a new key.")
    return str(known[0]), str(known[1])
