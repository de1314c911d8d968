"""Sending an invoice to the tax bureau, asking again, and taking a red letter back; the speaking is done by jobs."""

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.billing.models import Invoice
from shundan.billing.queries import get_invoice
from shundan.einvoices.models import EInvoice
from shundan.einvoices.queries import check_of, document_of, einvoice_content, fault_sentence, gateway_in_use
from shundan.einvoices.rules import BLUE, ENDED, GENERAL, MEDIUMS, REASONS, RED
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record


class NoTaxGateway(Refused):
    """No gateway is in use."""

    code = "no_tax_gateway"
    sentence = _("No gateway for e-invoices is set up. Let the administrator enter one in the settings.")


class EInvoiceKnown(Refused):
    """It is on its way, or issued."""

    code = "e_invoice_known"
    sentence = _("The e-invoice of %(number)s is sent or issued already. Wait for the answer, or look at its state.")


class NothingToReverse(Refused):
    """The invoice that a credit note corrects was never issued as an e-invoice."""

    code = "e_invoice_nothing_to_reverse"
    sentence = _("%(number)s corrects an invoice without an issued e-invoice, so no red letter is needed.")


class EInvoiceFaulty(Refused):
    """The bureau would refuse it."""

    code = "e_invoice_faulty"
    sentence = _("The tax bureau would refuse this invoice. Mend what is listed, then send it.")


class NotRevocable(Refused):
    """There is no red letter under way."""

    code = "red_letter_not_revocable"
    sentence = _("Only a red letter that is asked for and not yet issued can be revoked.")


class NothingToAsk(Refused):
    """The gateway has nothing more to tell."""

    code = "e_invoice_settled"
    sentence = _("There is nothing to ask: the e-invoice is not under way.")


@action
def send_einvoice(number: str, *, by: Actor, medium: str = GENERAL, reason: str = "") -> EInvoice:
    """Have an invoice sent to the tax bureau, or for a credit note a red letter (红字确认单) asked for; by a job.

    What was refused or revoked is sent anew under another key. Raises: NotPermitted, NotFound, Malformed,
    NoTaxGateway, EInvoiceKnown, NothingToReverse, EInvoiceFaulty.
    """
    require(by, "invoice.issue")
    invoice = _locked(number, by)
    account = gateway_in_use()
    if account is None:
        raise NoTaxGateway()
    known = EInvoice.objects.select_for_update().filter(invoice_id=invoice.pk).first()
    if known is not None and known.state not in ENDED:
        raise EInvoiceKnown(number=invoice.number)
    original = _original(invoice)
    if original is not None:
        medium, reason = original.medium, reason or "wrong"
    if medium not in MEDIUMS or (original is not None and reason not in REASONS):
        raise Malformed(details=[Detail("medium", "unknown", _("Choose one of the offered values."))])
    attempt = known.attempt + 1 if known else 1
    key = f"{invoice.number}-{attempt}"
    reason = reason if original else ""
    document = document_of(invoice, medium=medium, key=key, drawer=by.name, reason=reason, original=original)
    faults = check_of(document, account=account)
    if faults:
        raise EInvoiceFaulty(details=[Detail(one.path, one.code, fault_sentence(one)) for one in faults])
    sent = known or EInvoice(invoice=invoice)
    sent.gateway, sent.kind, sent.medium, sent.state = account, RED if original else BLUE, medium, "asked"
    sent.key, sent.attempt, sent.content, sent.reason = key, attempt, einvoice_content(document), reason
    sent.trouble_code = sent.trouble = sent.form_number = ""
    sent.is_revoking, sent.files = False, {}
    sent.asked_at, sent.asked_by_id, sent.asked_by_name, sent.asks_at = by.at, by.id, by.name, by.at
    sent.save()
    record("e_invoice.asked", subject=sent.subject, by=by, data={"number": invoice.number, "key": key})
    _defer(sent)
    return sent


@action
def look_again(number: str, *, by: Actor) -> EInvoice:
    """Ask the gateway now how an e-invoice stands; asked twice it is one question. Raises: NothingToAsk."""
    require(by, "invoice.issue")
    sent = _known(number, by)
    if sent.asks_at is None:
        raise NothingToAsk()
    sent.asks_at = by.at
    sent.save(update_fields=["asks_at"])
    _defer(sent)
    return sent


@action
def revoke_red_letter(number: str, *, by: Actor) -> EInvoice:
    """Take a red letter of ours back before it is issued; the credit note in our books stays.

    Raises: NotPermitted, NotFound, NotRevocable.
    """
    require(by, "invoice.credit")
    sent = _known(number, by)
    if sent.kind != RED or sent.state not in ("requested", "waiting", "confirmed"):
        raise NotRevocable()
    sent.is_revoking, sent.asks_at = True, by.at
    sent.save(update_fields=["is_revoking", "asks_at"])
    record("e_invoice.revoke_asked", subject=sent.subject, by=by, data={"number": sent.invoice.number})
    _defer(sent)
    return sent


def _locked(number: str, by: Actor) -> Invoice:
    found = get_invoice(number, by=by, permission="invoice.issue")
    return Invoice.objects.select_for_update(of=("self",)).select_related("customer", "corrects").get(pk=found.pk)


def _known(number: str, by: Actor) -> EInvoice:
    invoice = _locked(number, by)
    sent = EInvoice.objects.select_for_update(of=("self",)).select_related("invoice").filter(invoice=invoice).first()
    if sent is None:
        raise NotFound(what="e-invoice", key=number[:100])
    return sent


def _original(invoice: Invoice) -> EInvoice | None:
    """Return what a credit note corrects at the bureau; None for an invoice. Raises: NothingToReverse."""
    if invoice.kind != "credit" or invoice.corrects_id is None:
        return None
    rows = EInvoice.objects.select_related("invoice").filter(invoice_id=invoice.corrects_id, state="issued")
    found = rows.first()
    if found is None:
        raise NothingToReverse(number=invoice.number)
    return found


def _defer(sent: EInvoice) -> None:
    app.configure_task("einvoices.speak").defer(einvoice_id=sent.pk)
