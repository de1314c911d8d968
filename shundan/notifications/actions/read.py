"""Reading one's notices, and wishing which come how."""

from collections.abc import Iterable

from django.db.models import QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted
from shundan.notifications.models import Notice, NoticeChoice
from shundan.notifications.queries import Choice, choices_of, get_notice
from shundan.notifications.queries.lists import own_notices


@action
def read_notice(notice_id: int, *, by: Actor) -> Notice:
    """Note that the actor has read one of their notices, and return it. Raises: NotFound."""
    notice = get_notice(notice_id, by=by)
    _read(Notice.objects.filter(pk=notice.pk), by)
    return notice


@action
def read_notices(*, by: Actor, ids: Iterable[int] | None = None) -> int:
    """Note that the actor has read these notices of theirs, or all; return how many were new."""
    rows = own_notices(by)
    return _read(rows if ids is None else rows.filter(pk__in=list(ids)), by)


@action
def set_notice_choices(wanted: Iterable[Choice], *, by: Actor) -> list[Choice]:
    """Keep by which channels the actor wishes which notices. Raises: NotPermitted, Malformed for unknown ones."""
    if by.id is None:
        raise NotPermitted(permission="self.edit")
    asked = {(one.kind, one.channel): one.is_on for one in wanted}
    offered = {(one.kind, one.channel): one.is_on for one in choices_of(by=by)}
    wrong = [
        Detail(f"choices[{at}]", "unknown", _("Choose one of the offered values."))
        for at, key in enumerate(asked)
        if key not in offered
    ]
    if wrong:
        raise Malformed(details=wrong)
    for (kind, channel), is_on in asked.items():
        if is_on != offered[kind, channel]:
            NoticeChoice.objects.update_or_create(
                person_id=by.id, kind=kind, channel=channel, defaults={"is_on": is_on}
            )
    return choices_of(by=by)


def _read(rows: QuerySet[Notice], by: Actor) -> int:
    # A notice of this very moment is read no earlier than it came.
    return rows.filter(read_at=None).update(read_at=Greatest(Value(by.at), "created_at"))
