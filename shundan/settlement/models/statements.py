"""Statements of account (对账单): what moved between a customer and us in a period, agreed line by line."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.parties.models import Customer

STATEMENT_STATES = ("issued", "confirmed", "disputed", "void")
LINE_KINDS = ("invoice", "credit", "payment", "reversal", "refund", "write_off", "forfeit", "compensation")


class AccountStatement(models.Model):
    """What a customer owes in a currency at the end of a period and how it came about; never changed, made anew."""

    number = models.TextField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    currency = models.TextField()
    from_on = models.DateField()
    until_on = models.DateField()
    opening = models.DecimalField(max_digits=18, decimal_places=2)
    closing = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.TextField(default="issued")
    sent_to = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.TextField(default="")
    void_reason = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="account_statement_number_once"),
            # One line of statements: each begins where the one before ended.
            UniqueConstraint(
                fields=["customer", "currency", "from_on"],
                name="account_statement_from_once",
                condition=~Q(state="void"),
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="account_statement_period"),
            models.CheckConstraint(condition=Q(state__in=STATEMENT_STATES), name="account_statement_state_known"),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="account_statement_of")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this statement."""
        return ("account_statement", int(self.pk))


class StatementLine(models.Model):
    """One paper on a statement: above 0 the customer owes more by it."""

    statement = models.ForeignKey(AccountStatement, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.TextField()
    source_id = models.BigIntegerField()
    number = models.TextField()
    day = models.DateField()
    due_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.TextField(default="open")
    remark = models.TextField(default="")
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["statement", "position"], name="statement_line_position_once"),
            UniqueConstraint(fields=["kind", "source_id"], name="statement_line_once", condition=Q(is_void=False)),
            models.CheckConstraint(condition=Q(kind__in=LINE_KINDS), name="statement_line_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "confirmed"]) | (Q(state="disputed") & ~Q(remark="")),
                name="statement_line_state",
            ),
        ]
