"""How each kind of paper looks, in versions that are never changed, and papers that are printed together."""

from django.db import models


class PaperTemplate(models.Model):
    """One version of how a kind of paper looks; the newest holds, none means as shipped."""

    kind = models.TextField()
    version = models.PositiveIntegerField()
    content = models.JSONField()
    saved_by_name = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="paper_template_version_once"),
            models.CheckConstraint(condition=models.Q(version__gt=0), name="paper_template_version_counted"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this version."""
        return ("paper_template", int(self.pk))


class PrintRun(models.Model):
    """Papers that somebody wants as one PDF: a job makes them with that person's rights and tells how far it came."""

    kind = models.TextField()
    by_id = models.BigIntegerField()
    by_name = models.TextField()
    at = models.DateTimeField()
    language = models.TextField(default="")
    state = models.TextField(default="running")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    file = models.BinaryField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "done", "empty"]), name="print_run_state_known"
            ),
            models.CheckConstraint(condition=models.Q(done__lte=models.F("total")), name="print_run_counts"),
            models.CheckConstraint(
                condition=models.Q(state="running") | models.Q(finished_at__isnull=False), name="print_run_ends"
            ),
        ]
        indexes = [models.Index(fields=["by_id", "-id"], name="print_run_by_user")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this run."""
        return ("print_run", int(self.pk))


class PrintedPaper(models.Model):
    """One paper of a run: waiting, drawn, or left out with the reason; what was drawn is kept until all is one file."""

    run = models.ForeignKey(PrintRun, models.PROTECT, related_name="papers", db_index=False)
    position = models.PositiveIntegerField()
    number = models.TextField()
    state = models.TextField(default="waiting")
    data = models.JSONField(null=True)
    problem = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="printed_paper_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "drawn", "left_out"]), name="printed_paper_state_known"
            ),
        ]
