"""Accounts with payment gateways, what customers are asked to pay by them, and each message they sent."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.billing.models import Deposit, Invoice, Payment, PaymentRequest, Refund
from shundan.parties.models import Customer

CHARGE_STATES = ("asked", "open", "failed", "paid", "closed")
# Sent means that the gateway may have heard of it and nobody knows its answer.
REFUNDING = ("asked", "sent", "pending")
REFUND_STATES = (*REFUNDING, "success", "failed")


class GatewayAccount(models.Model):
    """An account with a gateway: address, settings, and keys that nobody sees again."""

    code = models.TextField()
    gateway = models.TextField()
    name = models.TextField()
    base_url = models.TextField(default="")
    settings = models.JSONField(default=dict)
    # Opened only where the gateway is spoken to (kernel/sealing.py).
    sealed = models.BinaryField(default=b"")
    # The last part of the address to which the gateway sends its messages.
    push_key = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="gateway_account_code_once"),
            UniqueConstraint(fields=["push_key"], name="gateway_account_push_key_once"),
        ]


class Charge(models.Model):
    """Money that a customer is asked to pay by a gateway for an invoice or a deposit; its number is the key there."""

    number = models.TextField()
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+")
    deposit = models.ForeignKey(Deposit, models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.TextField()
    state = models.TextField(default="asked")
    pay_url = models.TextField(default="")
    remote_id = models.TextField(default="")
    trouble = models.TextField(default="")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="charge_number_once"),
            UniqueConstraint(fields=["payment"], name="charge_payment_once", condition=Q(payment__isnull=False)),
            models.CheckConstraint(condition=Q(amount__gt=0, expires_at__gt=F("created_at")), name="charge_positive"),
            models.CheckConstraint(condition=Q(state__in=CHARGE_STATES), name="charge_state_known"),
            models.CheckConstraint(
                condition=Q(state="paid", payment__isnull=False) | (~Q(state="paid") & Q(payment__isnull=True)),
                name="charge_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, deposit__isnull=True)
                | Q(invoice__isnull=True, deposit__isnull=False),
                name="charge_for_one",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this charge."""
        return ("charge", int(self.pk))


class GatewayRefund(models.Model):
    """Money that a gateway pays back for an approved request; its number is the key at the gateway in every try.

    A try that failed for good stays as it is; the next one is another row with another number.
    """

    number = models.TextField()
    request = models.ForeignKey(PaymentRequest, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.TextField()
    state = models.TextField(default="asked")
    remote_id = models.TextField(default="")
    trouble = models.TextField(default="")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="gateway_refund_number_once"),
            UniqueConstraint(fields=["request"], name="gateway_refund_once", condition=~Q(state="failed")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="gateway_refund_positive"),
            models.CheckConstraint(condition=Q(state__in=REFUND_STATES), name="gateway_refund_state_known"),
            models.CheckConstraint(
                condition=Q(state="success", refund__isnull=False, ended_at__isnull=False)
                | Q(state="failed", refund__isnull=True, ended_at__isnull=False)
                | Q(state__in=REFUNDING, refund__isnull=True, ended_at__isnull=True),
                name="gateway_refund_booked_once",
            ),
        ]
        indexes = [models.Index(fields=["id"], name="gateway_refund_open", condition=Q(state__in=REFUNDING))]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this refund."""
        return ("gateway_refund", int(self.pk))


class GatewayNotice(models.Model):
    """A message that a gateway sent and proved; the same one again changes nothing."""

    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    notice_id = models.TextField()
    kind = models.TextField(default="")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="notices")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["account", "notice_id"], name="gateway_notice_once")]
