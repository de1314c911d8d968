"""Our account with a gateway, and what the tax bureau knows of each invoice and credit note."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.billing.models import Invoice
from shundan.einvoices.rules import MEDIUMS, REASONS, STATES


class TaxGateway(models.Model):
    """An account with a gateway to the tax bureau; one is in use."""

    gateway = models.TextField()
    base_url = models.TextField(default="")
    settings = models.JSONField(default=dict)
    # Opened only where the gateway is spoken to (kernel/sealing.py).
    sealed = models.BinaryField(default=b"")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["gateway"], name="tax_gateway_once"),
            UniqueConstraint(fields=["is_active"], name="tax_gateway_one_active", condition=Q(is_active=True)),
        ]


class EInvoice(models.Model):
    """One invoice at the tax bureau: blue for an invoice, red for a credit note.

    `key` is our number at the gateway: the same in every try, another one only after a refusal. `content` is the
    document as it is sent, so that a second try sends the same.
    """

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="+")
    gateway = models.ForeignKey(TaxGateway, models.PROTECT, related_name="+")
    kind = models.TextField()
    medium = models.TextField()
    state = models.TextField(default="asked")
    key = models.TextField()
    attempt = models.PositiveIntegerField(default=1)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # 20 digits, given by the bureau.
    number = models.TextField(default="")
    # That of a red letter's confirmation form (红字确认单编号).
    form_number = models.TextField(default="")
    reason = models.TextField(default="")
    trouble_code = models.TextField(default="")
    trouble = models.TextField(default="")
    # Somebody wants it taken back; the gateway is still to be asked.
    is_revoking = models.BooleanField(default=False)
    files = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.TextField()
    issued_at = models.DateTimeField(null=True)
    # When the gateway is asked again; nothing when there is nothing to ask.
    asks_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["key"], name="e_invoice_key_once"),
            UniqueConstraint(fields=["number"], name="e_invoice_number_once", condition=~Q(number="")),
            models.CheckConstraint(
                condition=Q(state__in=STATES, kind__in=("blue", "red"), medium__in=MEDIUMS), name="e_invoice_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="blue", reason="") & ~Q(state__in=("waiting", "confirmed", "revoked"))
                | Q(kind="red", reason__in=REASONS),
                name="e_invoice_kind_and_state",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", number__regex=r"^\d{20}$", issued_at__isnull=False)
                | ~Q(state="issued") & Q(number="", issued_at__isnull=True),
                name="e_invoice_issued_has_number",
            ),
        ]
        indexes = [models.Index(fields=["asks_at"], name="e_invoice_to_ask", condition=Q(asks_at__isnull=False))]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call it: they stand in the history of its invoice."""
        return ("invoice", int(self.invoice_id))


class EInvoiceFile(models.Model):
    """The file of an issued e-invoice as the bureau made it."""

    einvoice = models.ForeignKey(EInvoice, models.PROTECT, related_name="kept_files", db_index=False)
    kind = models.TextField()
    content = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["einvoice", "kind"], name="e_invoice_file_once")]


class CategoryTaxCode(models.Model):
    """The goods' tax code (税收分类编码) of a category of products, where a product has none of its own."""

    category_code = models.TextField()
    tax_code = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["category_code"], name="category_tax_code_once"),
            models.CheckConstraint(condition=Q(tax_code__regex=r"^\d{19}$"), name="category_tax_code_form"),
        ]
