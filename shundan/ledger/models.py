"""The chart of accounts, posting rules, periods, journals with their lines, opening balances, hand-overs, proofs."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.accounts.models import Department
from shundan.catalog.models import Category, TaxRate
from shundan.ledger.rules.chart import ACCOUNT_KINDS, LINE_ROLES, ROLES
from shundan.ledger.rules.formats import FORMATS
from shundan.parties.models import Customer, Supplier

HAND_OVER_STATES = ("waiting", "done", "withdrawn")


class LedgerAccount(models.Model):
    """An account (会计科目) of the chart; retired, never deleted."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="ledger_account_code_once"),
            models.CheckConstraint(condition=Q(kind__in=ACCOUNT_KINDS), name="ledger_account_kind_known"),
        ]


class PostingRule(models.Model):
    """To which account a part of postings goes, under which conditions; one without conditions is the default."""

    role = models.TextField()
    tax = models.ForeignKey(TaxRate, models.PROTECT, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    customer_kind = models.TextField(default="")
    method = models.TextField(default="")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["role", "tax", "category", "customer_kind", "method"],
                name="posting_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="posting_rule_role_known"),
        ]

    @property
    def is_default(self) -> bool:
        """Tell whether it holds where no other does."""
        return self.tax_id is None and self.category_id is None and not self.customer_kind and not self.method


class AccountingPeriod(models.Model):
    """A month (会计期间) that was closed at least once; a month without a row is open."""

    starts_on = models.DateField()
    state = models.TextField(default="open")
    reason = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["starts_on"], name="accounting_period_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="accounting_period_state"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="accounting_period_is_a_month"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this period."""
        return ("accounting_period", int(self.pk))


class HandOver(models.Model):
    """Journals that accounting got together (交接批次): a file, or rows by REST; a journal is in one at most."""

    number = models.TextField()
    form = models.TextField()
    from_on = models.DateField(null=True)
    until_on = models.DateField()
    state = models.TextField(default="waiting")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # The whole file once it is written, and its SHA-256; the same again each time it is fetched.
    content = models.BinaryField(default=b"")
    digest = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    finished_at = models.DateTimeField(null=True)
    # Taken back: its journals are free for the next batch, `WithdrawnJournal` remembers which they were.
    reason = models.TextField(default="", db_default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="hand_over_number_once"),
            models.CheckConstraint(
                condition=Q(form__in=list(FORMATS), state__in=HAND_OVER_STATES), name="hand_over_known"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total"), total__gt=0), name="hand_over_progress"),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | Q(state="done", finished_at__isnull=False, done=F("total"))
                | Q(state="withdrawn"),
                name="hand_over_done",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, reason=""),
                name="hand_over_withdrawn_with_reason",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this hand-over."""
        return ("hand_over", int(self.pk))


class Journal(models.Model):
    """A voucher (记账凭证) of one posting; balanced and final: a deferred trigger and one for changes say so."""

    number = models.TextField()
    # Its number within its month, without a gap.
    sequence = models.PositiveIntegerField()
    period = models.DateField()
    booked_on = models.DateField()
    # The row that was posted, once; and the page of the document it belongs to.
    source_kind = models.TextField()
    source_id = models.BigIntegerField()
    document = models.TextField()
    subject_kind = models.TextField()
    subject_key = models.TextField()
    currency = models.TextField()
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    # The sum of its debits, in company currency.
    total = models.DecimalField(max_digits=18, decimal_places=2)
    text = models.TextField(default="")
    hand_over = models.ForeignKey(HandOver, models.PROTECT, null=True, related_name="journals")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="journal_number_once"),
            UniqueConstraint(fields=["period", "sequence"], name="journal_sequence_once"),
            UniqueConstraint(fields=["source_kind", "source_id"], name="journal_source_once"),
        ]
        indexes = [
            models.Index(fields=["booked_on", "id"], name="journal_by_day"),
            models.Index(fields=["document"], name="journal_by_document"),
            models.Index(fields=["id"], name="journal_not_handed_over", condition=Q(hand_over__isnull=True)),
        ]


class JournalLine(models.Model):
    """An entry (分录): an account, debit or credit in company currency, its dimensions (辅助核算); red is negative."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    role = models.TextField()
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+")
    is_debit = models.BooleanField()
    debit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # That of its own where the journal has several (opening balances); empty is the journal's.
    currency = models.TextField(default="", db_default="")
    # In the currency of the document, on the same side; an exchange difference has none.
    document_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["journal", "position"], name="journal_line_once"),
            models.CheckConstraint(
                condition=Q(is_debit=True, credit=0) | Q(is_debit=False, debit=0), name="journal_line_on_one_side"
            ),
            models.CheckConstraint(condition=Q(role__in=LINE_ROLES), name="journal_line_role_known"),
        ]


class WithdrawnJournal(models.Model):
    """That a journal was in a batch until the batch was taken back; written once, never changed."""

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="withdrawn", db_index=False)
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["hand_over", "journal"], name="withdrawn_journal_once")]


class OpeningBalances(models.Model):
    """What stood on the accounts before the first period (期初余额), a journal on the day before; one set at a time."""

    starts_on = models.DateField()
    state = models.TextField(default="posted")
    # The sum of the debits, which is that of the credits.
    total = models.DecimalField(max_digits=18, decimal_places=2)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    reason = models.TextField(default="")
    reversed_at = models.DateTimeField(null=True)
    reversed_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["state"], condition=Q(state="posted"), name="opening_balances_once"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="opening_balances_begin_a_month"),
            models.CheckConstraint(
                condition=Q(state="posted", reversed_at__isnull=True)
                | Q(state="reversed", reversed_at__isnull=False) & ~Q(reason=""),
                name="opening_balances_reversed_with_reason",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call these balances."""
        return ("opening_balances", int(self.pk))


class Revaluation(models.Model):
    """Receivables and payables of a currency at the rate of a month's last day (期末调汇); reversed on the next day.

    A later one of the same month holds what was posted since; one that would change nothing is not made.
    """

    number = models.TextField()
    period = models.DateField()
    revalued_on = models.DateField()
    currency = models.TextField()
    run = models.PositiveSmallIntegerField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    # What the company gained, in its own currency; a loss is below 0.
    gain = models.DecimalField(max_digits=18, decimal_places=2)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="revaluation_number_once"),
            UniqueConstraint(fields=["period", "currency", "run"], name="revaluation_run_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="revaluation_rate_above_zero"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this revaluation."""
        return ("revaluation", int(self.pk))


class LedgerProof(models.Model):
    """What a comparison of journals, books and orders found; no difference is what is hoped for."""

    at = models.DateTimeField()
    by_name = models.TextField()
    # Postings without a journal yet, and journals in all.
    waiting = models.PositiveIntegerField(default=0)
    journals = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="ledger_proof_latest")]
