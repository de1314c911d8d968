"""What can be done with workflows and approvals."""

from shundan.workflow.actions.absence import (
    delegate_approvals,
    end_delegation,
    escalate_approvals,
    reassign_tasks_of,
)
from shundan.workflow.actions.decide import (
    Decided,
    LevelDecided,
    NotYourRequest,
    Request,
    approve_task,
    approve_tasks,
    end_approvals,
    reject_task,
    require_undecided,
    send_back,
    start_approval,
    withdraw_approval,
)
from shundan.workflow.actions.fire import (
    NoSuchTransition,
    check_inputs,
    clean_inputs,
    fire,
    fire_automatic,
    publish_definition,
)
from shundan.workflow.actions.signers import (
    NudgedAlready,
    add_signer,
    comment_approval,
    copy_approval,
    nudge_approvers,
    transfer_task,
)
from shundan.workflow.actions.steps import (
    AlreadySpoken,
    ApprovalEnded,
    ApprovalOutdated,
    ApproverNotAllowed,
    NotYourTurn,
    SelfApproval,
    task_of,
)
from shundan.workflow.actions.tables import publish_table, ship_table
from shundan.workflow.actions.verbs import VerbInput, do_with_approval
from shundan.workflow.rules.routes import Route, RouteStep

__all__ = [
    "AlreadySpoken",
    "ApprovalEnded",
    "ApprovalOutdated",
    "ApproverNotAllowed",
    "Decided",
    "LevelDecided",
    "NoSuchTransition",
    "NotYourRequest",
    "NotYourTurn",
    "NudgedAlready",
    "Request",
    "Route",
    "RouteStep",
    "SelfApproval",
    "VerbInput",
    "add_signer",
    "approve_task",
    "approve_tasks",
    "check_inputs",
    "clean_inputs",
    "comment_approval",
    "copy_approval",
    "delegate_approvals",
    "do_with_approval",
    "end_approvals",
    "end_delegation",
    "escalate_approvals",
    "fire",
    "fire_automatic",
    "nudge_approvers",
    "publish_definition",
    "publish_table",
    "reassign_tasks_of",
    "reject_task",
    "require_undecided",
    "send_back",
    "ship_table",
    "start_approval",
    "task_of",
    "transfer_task",
    "withdraw_approval",
]
