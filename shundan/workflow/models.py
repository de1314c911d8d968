"""Published workflow versions and decision tables; approvals: runs, steps, tasks, notes, delegations."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.workflow.rules import MODES
from shundan.workflow.rules.decisions import DECIDED, RUN_STATES, STEP_STATES, TASK_STATES, UNDECIDED


class WorkflowVersion(models.Model):
    """One published, immutable version of a workflow; documents keep the one they began with.

    `states` maps its states to their categories, so that the database can refuse a document in a state it lacks.
    """

    code = models.TextField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    content_hash = models.TextField()
    edges = models.JSONField(default=list)
    states = models.JSONField(default=dict)
    subject_kind = models.TextField(default="order", db_default="order")
    published_by_name = models.TextField(default="", db_default="")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code", "version"], name="workflow_version_once"),
        ]


class ApprovalTableVersion(models.Model):
    """One published, immutable version of a decision table: which document needs whom."""

    code = models.TextField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    content_hash = models.TextField()
    subject_kind = models.TextField(default="order", db_default="order")
    published_by_name = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["code", "version"], name="approval_table_version_once")]


class DesignDraft(models.Model):
    """A workflow or approval table that somebody is working on; nothing follows it until it is published.

    Its text may be half done. `based_on` is the version it began with, 0 for a new one; `version` counts its savings.
    """

    kind = models.TextField()
    code = models.TextField()
    content = models.TextField()
    # What a table that was never published will judge.
    subject_kind = models.TextField(default="", db_default="")
    based_on = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["kind", "code"], name="design_draft_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["workflow", "approval_table"]), name="design_draft_kind_known"
            ),
        ]


class ApprovalRun(models.Model):
    """One document going through its approval, as it was when it was submitted, with the facts of that moment.

    Where it belongs (owner, team, department) is copied: it says who may not decide, and who sees it.
    """

    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    content_hash = models.TextField()
    document_version = models.PositiveIntegerField(default=0)
    table = models.ForeignKey(ApprovalTableVersion, models.PROTECT, null=True, related_name="runs")
    title = models.TextField(default="")
    party = models.TextField(default="")
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    currency = models.TextField(default="")
    facts = models.JSONField(default=dict)
    problems = ArrayField(models.TextField(), default=list)
    right = models.TextField()
    applicant = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    applicant_name = models.TextField()
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    team_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    allows_own = models.BooleanField(default=False)
    state = models.TextField(default="pending")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["subject_kind", "subject_id"], name="approval_run_one_pending", condition=Q(state="pending")
            ),
            models.CheckConstraint(condition=Q(state__in=RUN_STATES), name="approval_run_state_known"),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True) | (~Q(state="pending") & Q(ended_at__isnull=False)),
                name="approval_run_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="approval_run_by_subject"),
            models.Index(fields=["applicant", "-id"], name="approval_run_by_applicant"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return which document it is about."""
        return (self.subject_kind, self.subject_id)


class ApprovalStep(models.Model):
    """One step of a run: who is asked in which mode, and by which row of the table.

    Steps of one level are open together. A step that is taken again has a higher round.
    """

    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="steps")
    level = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    mode = models.TextField()
    need = models.PositiveSmallIntegerField(default=0)
    who = models.TextField()
    rule = models.TextField(default="")
    why_zh = models.TextField(default="")
    why_en = models.TextField(default="")
    people = ArrayField(models.BigIntegerField(), default=list)
    state = models.TextField(default="waiting")
    escalate_after = models.DurationField(null=True)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["run", "position", "round"], name="approval_step_once"),
            models.CheckConstraint(condition=Q(state__in=STEP_STATES), name="approval_step_state_known"),
            models.CheckConstraint(condition=Q(mode__in=tuple(sorted(MODES))), name="approval_step_mode_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", opened_at__isnull=True) | ~Q(state="waiting"),
                name="approval_step_waits_unopened",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="approval_step_to_escalate",
                condition=Q(state="open", due_at__isnull=False, escalated_at__isnull=True),
            )
        ]


class ApprovalTask(models.Model):
    """What one person is asked in a step, and what they said; without assignee any holder of the right may answer.

    Applicant, owner and whether the table lets people decide about their own are copied from the run, so that the
    database itself can refuse it. A task that has ended is never changed again (trigger).
    """

    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="tasks")
    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="tasks", db_index=False)
    position = models.PositiveSmallIntegerField()
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.TextField(default="waiting")
    waits_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    is_added = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    came_from = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    applicant_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    allows_own = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by_name = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(default="")
    seen_hash = models.TextField(default="")
    seen_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TASK_STATES), name="approval_task_state_known"),
            UniqueConstraint(
                fields=["step", "assignee"], name="approval_task_one_open", condition=Q(state__in=UNDECIDED)
            ),
            UniqueConstraint(
                fields=["step", "decided_by"],
                name="approval_task_one_voice",
                condition=Q(state__in=DECIDED, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False)
                | (~Q(state__in=DECIDED) & Q(decided_by__isnull=True)),
                name="approval_task_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(allows_own=True)
                | (
                    (Q(assignee__isnull=True) | Q(applicant_id__isnull=True) | ~Q(assignee=F("applicant_id")))
                    & (Q(assignee__isnull=True) | Q(owner_id__isnull=True) | ~Q(assignee=F("owner_id")))
                    & (Q(decided_by__isnull=True) | Q(applicant_id__isnull=True) | ~Q(decided_by=F("applicant_id")))
                    & (Q(decided_by__isnull=True) | Q(owner_id__isnull=True) | ~Q(decided_by=F("owner_id")))
                ),
                name="approval_task_not_ones_own",
            ),
        ]
        indexes = [
            models.Index(fields=["step", "position"], name="approval_task_by_step"),
            models.Index(fields=["assignee", "due_at", "id"], name="approval_task_to_do", condition=Q(state="open")),
            models.Index(fields=["assignee"], name="approval_task_undecided", condition=Q(state__in=UNDECIDED)),
            models.Index(
                fields=["decided_by", "-decided_at", "-id"],
                name="approval_task_done",
                condition=Q(decided_by__isnull=False),
            ),
        ]


class ApprovalNote(models.Model):
    """What was said beside the decisions: a comment, a copy for somebody 抄送, a reminder 催办."""

    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="notes")
    kind = models.TextField()
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    author_name = models.TextField()
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["comment", "copy", "nudge"]), name="approval_note_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="copy", to__isnull=False) | (~Q(kind="copy") & Q(to__isnull=True)),
                name="approval_copy_for_somebody",
            ),
            UniqueConstraint(fields=["run", "to"], name="approval_copy_once", condition=Q(kind="copy")),
        ]
        indexes = [models.Index(fields=["to", "-id"], name="approval_copy_by_reader", condition=Q(kind="copy"))]


class Delegation(models.Model):
    """Somebody decides for somebody else from one day to another; no kinds means every kind of document."""

    giver = models.ForeignKey(User, models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    from_on = models.DateField()
    until_on = models.DateField()
    kinds = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="delegation_days_in_order"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_to_another"),
        ]
        indexes = [
            models.Index(fields=["taker", "until_on"], name="delegation_by_taker", condition=Q(ended_at__isnull=True))
        ]
