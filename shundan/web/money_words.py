"""What happened to invoices, bills and payments, in the words of timelines."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MONEY_EVENTS: dict[str, tuple[str, str, str | Promise]] = {
    "bill.registered": ("receipt", "accent", _("recorded bill %(number)s for %(total)s")),
    "bill.reversed": ("arrow-back-up", "warn", _("reversed bill %(number)s")),
    "payment.reversed": ("arrow-back-up", "warn", _("reversed payment %(number)s")),
    "bill.paid": ("cash", "good", _("paid %(amount)s of bill %(number)s")),
    "payment_request.made": ("send", "info", _("asked for a payment of %(amount)s")),
    "payment_request.approved": ("check", "good", _("approved payment request %(number)s")),
    "payment_request.rejected": ("x", "bad", _("rejected payment request %(number)s")),
    "payment_request.withdrawn": ("arrow-back-up", "warn", _("withdrew payment request %(number)s")),
    "payment_request.paid": ("cash", "good", _("paid request %(number)s")),
    "bill.debited": ("receipt", "warn", _("recorded debit note %(number)s for %(total)s")),
    "payment.refunded": ("arrow-back-up", "warn", _("refunded %(amount)s of payment %(number)s")),
    "invoice.issued": ("file-invoice", "accent", _("issued invoice %(number)s for %(total)s")),
    "invoice.credited": ("file-invoice", "warn", _("issued credit note %(number)s")),
    "e_invoice.asked": ("file-invoice", "accent", _("sent %(number)s to the tax bureau")),
    "e_invoice.requested": ("file-invoice", "quiet", _("the gateway took %(number)s")),
    "e_invoice.waiting": ("clock", "warn", _("the red letter of %(number)s waits for the other side")),
    "e_invoice.confirmed": ("circle-check", "info", _("the red letter of %(number)s is confirmed")),
    "e_invoice.issued": ("circle-check", "good", _("the tax bureau issued %(number)s as %(tax_number)s")),
    "e_invoice.refused": ("x", "bad", _("the tax bureau refused %(number)s: %(text)s")),
    "e_invoice.revoked": ("arrow-back-up", "warn", _("the red letter of %(number)s was revoked")),
    "e_invoice.revoke_asked": ("arrow-back-up", "warn", _("asked to revoke the red letter of %(number)s")),
    "payment.registered": ("cash", "good", _("recorded payment %(number)s for %(amount)s")),
    "payment.allocated": ("cash", "good", _("allocated payment %(number)s")),
    "payment.rest_written_off": ("x", "warn", _("kept the rest of %(amount)s as income (%(write_off)s)")),
    "invoice.written_off": ("x", "warn", _("wrote off %(amount)s (%(number)s)")),
    "payment.deallocated": ("cash", "warn", _("reversed an allocation of %(number)s")),
}
