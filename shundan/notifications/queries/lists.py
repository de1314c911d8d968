"""A person's own notices, newest first."""

from django.db.models import QuerySet

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.listing import Page, count_capped, page_of
from shundan.notifications.models import Notice


def list_notices(
    *, by: Actor, unread: bool = False, cursor: str | None = None, limit: int = 20, counted: bool = False
) -> Page[Notice]:
    """Return one page of the actor's own notices. Raises: Malformed."""
    rows = own_notices(by)
    return page_of(rows.filter(read_at=None) if unread else rows, cursor=cursor, limit=limit, counted=counted)


def count_unread(*, by: Actor, cap: int = 99) -> int:
    """Return how many notices the actor has not read, at most cap + 1."""
    return count_capped(unread_notices(by), cap=cap)


def unread_notices(by: Actor) -> QuerySet[Notice]:
    """Return the notices that the actor has not read."""
    return own_notices(by).filter(read_at=None)


def get_notice(notice_id: int, *, by: Actor) -> Notice:
    """Return one of the actor's own notices, also one that only went out by mail. Raises: NotFound."""
    found = Notice.objects.filter(pk=notice_id, person_id=by.id or 0).first()
    if found is None:
        raise NotFound(what="notice", key=notice_id)
    return found


def own_notices(by: Actor) -> QuerySet[Notice]:
    """Return the notices that show for the actor."""
    return Notice.objects.filter(person_id=by.id or 0, is_shown=True)
