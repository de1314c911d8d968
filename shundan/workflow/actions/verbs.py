"""The verbs of an approval by name, for faces: one call, whichever button it was."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.workflow.actions.decide import approve_task, reject_task, send_back, withdraw_approval
from shundan.workflow.actions.signers import (
    add_signer,
    comment_approval,
    copy_approval,
    nudge_approvers,
    transfer_task,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbInput:
    """What a verb may be given; each takes what it needs."""

    remark: str = ""
    seen: str = ""
    to_id: int | None = None
    to_ids: tuple[int, ...] = ()
    to_level: int = 0
    is_before: bool = True


def do_with_approval(run_id: int, verb: str, given: VerbInput, *, by: Actor) -> None:
    """Do one thing with an approval. Raises: Malformed for an unknown verb, and what the verb refuses."""
    if verb not in VERBS:
        raise Malformed(details=[Detail("verb", "unknown", _("Choose one of the offered values."))])
    VERBS[verb](run_id, given, by)


def _person(given: VerbInput) -> int:
    if given.to_id is None:
        raise Malformed(details=[Detail("to", "required", _("Choose an active colleague."))])
    return given.to_id


def _transfer(run_id: int, given: VerbInput, by: Actor) -> None:
    transfer_task(run_id, to_id=_person(given), by=by, remark=given.remark)


def _add(run_id: int, given: VerbInput, by: Actor) -> None:
    add_signer(run_id, who_id=_person(given), is_before=given.is_before, by=by, remark=given.remark)


def _send_back(run_id: int, given: VerbInput, by: Actor) -> None:
    send_back(run_id, by=by, remark=given.remark, to_level=given.to_level, seen=given.seen)


VERBS: dict[str, Callable[[int, VerbInput, Actor], object]] = {
    "approve": lambda run_id, given, by: approve_task(run_id, by=by, remark=given.remark, seen=given.seen),
    "reject": lambda run_id, given, by: reject_task(run_id, by=by, remark=given.remark, seen=given.seen),
    "send_back": _send_back,
    "withdraw": lambda run_id, given, by: withdraw_approval(run_id, by=by, remark=given.remark),
    "transfer": _transfer,
    "add_signer": _add,
    "nudge": lambda run_id, _given, by: nudge_approvers(run_id, by=by),
    "comment": lambda run_id, given, by: comment_approval(run_id, text=given.remark, by=by),
    "copy": lambda run_id, given, by: copy_approval(run_id, to_ids=given.to_ids, by=by),
}
