"""What happened to some records, newest first; whoever asks has scoped the records and holds event.read."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from shundan.kernel.kept import kept
from shundan.kernel.models import Event


def events_of_unscoped(subjects: Iterable[tuple[str, int]], *, limit: int = 200) -> list[Event]:
    """Return the latest events of these subjects, newest first, in one query."""
    ids: dict[str, list[int]] = {}
    for kind, subject_id in subjects:
        ids.setdefault(kind, []).append(subject_id)
    kinds = tuple(sorted(ids))
    return _events(*(ids[kind] for kind in kinds), kinds=kinds, limit=limit)


@kept
def _events(*ids: Any, kinds: tuple[str, ...], limit: int) -> QuerySet[Event]:
    wanted = Q(pk__in=())
    for kind, ids_of_kind in zip(kinds, ids, strict=True):
        wanted |= Q(subject_kind=kind, subject_id__any_of=ids_of_kind)
    return Event.objects.filter(wanted).order_by("-id")[:limit]
