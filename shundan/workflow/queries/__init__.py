"""What can be asked of workflows and approvals."""

from shundan.workflow.models import ApprovalRun
from shundan.workflow.queries.approvals import (
    ApprovalStory,
    StepStory,
    approvals_of,
    delegations_of,
    get_run,
    latest_run_of,
    may_stand_in,
    open_tasks_for,
    story_of,
)
from shundan.workflow.queries.definitions import (
    Document,
    Offer,
    Transition,
    current_version_id,
    definition_of,
    may_fire,
    offers_of,
    refusal_of,
)
from shundan.workflow.queries.inbox import (
    BOXES,
    Inbox,
    InboxItem,
    count_to_decide,
    delegations_given,
    list_inbox,
    runs_by_ids,
)

__all__ = [
    "BOXES",
    "ApprovalRun",
    "ApprovalStory",
    "Document",
    "Inbox",
    "InboxItem",
    "Offer",
    "StepStory",
    "Transition",
    "approvals_of",
    "count_to_decide",
    "current_version_id",
    "definition_of",
    "delegations_given",
    "delegations_of",
    "get_run",
    "latest_run_of",
    "list_inbox",
    "may_fire",
    "may_stand_in",
    "offers_of",
    "open_tasks_for",
    "refusal_of",
    "runs_by_ids",
    "story_of",
]
