"""Imports: what was read, how far it came, and what was found."""

from django.db import models


class ImportRun(models.Model):
    """One import of a source; running it again continues or confirms it."""

    source = models.TextField()
    place = models.TextField()
    state = models.TextField(default="running")
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by_name = models.TextField()


class OrderImport(models.Model):
    """A file of orders that somebody uploaded: checked first, then run; both are jobs that tell how far they came.

    `headings` are those of the file with examples from below them; the packed file itself is kept until it is run, so
    that its columns can be chosen anew.
    """

    by_id = models.BigIntegerField()
    by_name = models.TextField()
    at = models.DateTimeField()
    file_name = models.TextField()
    digest = models.TextField()
    encoding = models.TextField()
    type_code = models.TextField()
    until = models.TextField()
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    headings = models.JSONField(default=list, db_default=[])
    content = models.BinaryField(null=True)
    state = models.TextField(default="checking")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["mapping", "checking", "checked", "running", "done", "undoing", "undone"]
                ),
                name="order_import_state_known",
            )
        ]
        indexes = [models.Index(fields=["by_id", "-id"], name="order_import_by_user")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this import."""
        return ("order_import", int(self.pk))


class ImportedOrder(models.Model):
    """One order of an uploaded file, and what became of it."""

    order_import = models.ForeignKey(OrderImport, models.PROTECT, related_name="orders", db_index=False)
    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField()
    source_number = models.TextField(default="")
    given = models.JSONField()
    outcome = models.TextField(default="waiting")
    problems = models.JSONField(default=list)
    order_number = models.TextField(default="")
    # As it was placed: a later version was touched by somebody.
    order_version = models.PositiveIntegerField(null=True)
    currency = models.TextField(default="")
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_import", "position"], name="imported_order_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["waiting", "good", "bad", "known", "made", "failed", "undone"]),
                name="imported_order_outcome_known",
            ),
        ]


class MasterImport(models.Model):
    """A file of products, or of customers or suppliers: judged first, then run, as a file of orders is.

    With `is_update` records that exist are changed, else they are left as they are.
    """

    by_id = models.BigIntegerField()
    by_name = models.TextField()
    at = models.DateTimeField()
    kind = models.TextField()
    is_update = models.BooleanField(default=False)
    file_name = models.TextField()
    digest = models.TextField()
    encoding = models.TextField()
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    headings = models.JSONField(default=list)
    content = models.BinaryField(null=True)
    state = models.TextField(default="checking")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["mapping", "checking", "checked", "running", "done", "undoing", "undone"]
                ),
                name="master_import_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["product", "customer", "supplier"]), name="master_import_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["by_id", "kind", "-id"], name="master_import_by_user")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this import."""
        return ("master_import", int(self.pk))


class ImportedMaster(models.Model):
    """One record of a file, and what became of it.

    `version` is that of the record as it was written: a later one was touched by somebody. `before` is how a record
    was that the file changed; new ones have none.
    """

    master_import = models.ForeignKey(MasterImport, models.PROTECT, related_name="records", db_index=False)
    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField()
    number = models.TextField(default="")
    given = models.JSONField()
    outcome = models.TextField(default="waiting")
    is_new = models.BooleanField(default=True)
    problems = models.JSONField(default=list)
    version = models.PositiveIntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["master_import", "position"], name="imported_master_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["waiting", "good", "bad", "known", "made", "failed", "undone"]),
                name="imported_master_outcome_known",
            ),
        ]


class ColumnChoice(models.Model):
    """What somebody said a heading of their files of orders, or of a kind of record, means: a field, or nothing."""

    by_id = models.BigIntegerField()
    of = models.TextField(default="order", db_default="order")
    heading = models.TextField()
    field = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by_id", "of", "heading"], name="column_choice_once")]
