"""Publishing by the house and by tests: what is shipped is checked like what administrators write."""

from collections.abc import Sequence
from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.workflow.actions.designs import publish_text
from shundan.workflow.models import ApprovalTableVersion, WorkflowVersion
from shundan.workflow.queries.designs import CRAFTS, check_approval_table, check_workflow
from shundan.workflow.rules import Problem


def publish_definition(text: str, *, subject_kind: str = "order", by: Actor) -> WorkflowVersion:
    """Publish a definition as the next version of its workflow; unchanged meaning makes no new version.

    Raises: ValueError with the place of each fault and its cure for a definition that would not work: it names what
    nobody registered, strands documents, or runs in circles; the version in force stays.
    """
    _require_sound(check_workflow(text, subject_kind=subject_kind))
    made: WorkflowVersion = publish_text("workflow", text, by=by)
    return made


def publish_table(text: str, *, subject_kind: str, by: Actor) -> ApprovalTableVersion:
    """Publish a table as the next version for a kind of document; unchanged meaning makes no new version.

    Raises: ValueError with each fault and its cure for a table that would not work; the one in force stays.
    """
    _require_sound(check_approval_table(text, subject_kind=subject_kind))
    made: ApprovalTableVersion = publish_text("approval_table", text, by=by, subject_kind=subject_kind)
    return made


@action
def ship_definition(text: str, *, by: Actor) -> None:
    """Publish a shipped workflow unless somebody of the house has published their own."""
    if _is_ours("workflow", text, by):
        publish_definition(text, by=by)


@action
def ship_table(text: str, *, subject_kind: str, by: Actor) -> None:
    """Publish a shipped table unless somebody of the house has published their own."""
    if _is_ours("approval_table", text, by):
        publish_table(text, subject_kind=subject_kind, by=by)


def _is_ours(kind: str, text: str, by: Actor) -> bool:
    craft = CRAFTS[kind]
    latest: Any = craft.versions.objects.filter(code=craft.read(text).code).order_by("-version").first()
    # Versions of earlier releases do not say who published them: only we did.
    return latest is None or latest.published_by_name in ("", by.name)


def _require_sound(problems: Sequence[Problem]) -> None:
    wrong = [one for one in problems if one.is_error]
    if wrong:
        raise ValueError("; ".join(f"{one.place}: {one.sentence_en} {one.cure_en}" for one in wrong))
