"""The papers about money: invoices, credit notes, receipts."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shundan.billing.models import Invoice
from shundan.billing.queries.papers import (
    get_invoice_of_paper,
    get_payment_of_paper,
    invoice_columns,
    paper_of_invoice,
    paper_of_payment,
    receipt_columns,
)
from shundan.kernel.actor import Actor
from shundan.papers.registries import PaperKind, offer_paper


def _invoice(number: str, by: Actor, *, kind: str) -> Invoice:
    return get_invoice_of_paper(number, by=by, kind=kind)


for code, label in (("invoice", _("Commercial invoice")), ("credit_note", _("Credit note"))):
    offer_paper(
        PaperKind(
            code=code,
            label=label,
            find=partial(_invoice, kind=code),
            draw=lambda invoice, _by: paper_of_invoice(invoice),
            columns=invoice_columns,
            language_of=lambda invoice: invoice.customer.language,
        )
    )
offer_paper(
    PaperKind(
        code="receipt",
        label=pgettext_lazy("money", "Receipt"),
        find=lambda number, by: get_payment_of_paper(number, by=by),
        draw=lambda payment, _by: paper_of_payment(payment),
        columns=receipt_columns,
        language_of=lambda payment: payment.customer.language,
    )
)
