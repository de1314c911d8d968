"""What happened to some records, newest first; whoever asks has scoped the records and holds event.read."""

from collections.abc import Iterable

from django.db.models import Q

from shundan.kernel.models import Event


def events_of_unscoped(subjects: Iterable[tuple[str, int]], *, limit: int = 200) -> list[Event]:
    """Return the latest events of these subjects, newest first, in one query."""
    wanted = Q(pk__in=())
    for kind, subject_id in subjects:
        wanted |= Q(subject_kind=kind, subject_id=subject_id)
    return list(Event.objects.filter(wanted).order_by("-id")[:limit])
