"""Sessions as Django keeps them; each page begins with reading its own, so that read is a kept one."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as KeptInTable
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from shundan.kernel.kept import kept


@kept
def _living(key: Any, at: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


class SessionStore(KeptInTable):
    """A session in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _living(self.session_key, timezone.now())
        if not found:
            # Django's own way to say that a key it does not know begins a new session.
            self._session_key = None
        return found[0] if found else None
