"""Publishing decision tables: checked first, immutable afterwards."""

import hashlib

from shundan.accounts.queries import role_codes
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record
from shundan.workflow.models import ApprovalTableVersion
from shundan.workflow.registries import facts_schema
from shundan.workflow.rules import Problem, check_table_text, has_errors, read_table


def check_approval_table(text: str, *, subject_kind: str) -> list[Problem]:
    """Return what is wrong with a table for a kind of document, errors and warnings."""
    return check_table_text(text, roles=role_codes(), facts=facts_schema(subject_kind))


@action
def publish_table(text: str, *, subject_kind: str, by: Actor) -> ApprovalTableVersion:
    """Publish a table as the next version for a kind of document; unchanged text makes no new version.

    Raises: ValueError with each fault and its cure for a table that would not work; the one in force stays.
    """
    problems = check_approval_table(text, subject_kind=subject_kind)
    if has_errors(problems):
        wrong = [one for one in problems if one.is_error]
        raise ValueError("; ".join(f"{one.place}: {one.sentence_en} {one.cure_en}" for one in wrong))
    table = read_table(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    latest = ApprovalTableVersion.objects.filter(code=table.code).order_by("-version").first()
    if latest is not None and latest.content_hash == digest:
        return latest
    made = ApprovalTableVersion.objects.create(
        code=table.code,
        version=latest.version + 1 if latest else 1,
        content=text,
        content_hash=digest,
        published_by_name=by.name,
        published_at=by.at,
    )
    if by.id is not None:  # what is shipped is no news
        record("approval_table.published", subject=("approval_table", made.pk), by=by, data={"code": table.code})
    return made


@action
def ship_table(text: str, *, subject_kind: str, by: Actor) -> None:
    """Publish a shipped table unless somebody of the house has published their own."""
    latest = ApprovalTableVersion.objects.filter(code=read_table(text).code).order_by("-version").first()
    if latest is None or latest.published_by_name == by.name:
        publish_table(text, subject_kind=subject_kind, by=by)
