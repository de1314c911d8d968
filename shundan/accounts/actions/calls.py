"""How often a token may call the API: so many times a minute, counted over all processes and machines.

Each process counts by itself and tells the database every tenth call of a token what it has counted; so a call costs a
tenth of a statement, and at most nine calls of each other process are not yet known when the limit is reached.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import token_hash
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import Refused

TOLD_EVERY = 10
MOST_REMEMBERED = 10_000
_TELL = """
insert into accounts_apiuse as known (token_hash, minute, calls) values (%s, %s, %s)
on conflict (token_hash) do update set
    calls = case when known.minute = excluded.minute then known.calls + excluded.calls else excluded.calls end,
    minute = excluded.minute
returning calls
"""


class TooManyCalls(Refused):
    """The token has used up its calls of this minute."""

    code = "too_many_calls"
    status = 429
    sentence = _("This API token may call %(most)s times a minute. Try again in %(seconds)s seconds.")


@dataclass(slots=True)
class _Use:
    """What a process knows of a token's minute: what all had told when it last told, and what it has not told."""

    minute: int
    told: int = 0
    untold: int = 0


_uses: dict[str, _Use] = {}
_lock = Lock()


def count_api_call(token: str, *, at: datetime) -> None:
    """Count a call of a valid token. Raises: TooManyCalls with the seconds until the next minute."""
    most = settings.API_CALLS_PER_MINUTE
    if not most:
        return
    minute, second = divmod(int(at.timestamp()), 60)
    key = token_hash(token)
    with _lock:
        use = _uses.get(key)
        if use is None or use.minute != minute:
            if len(_uses) >= MOST_REMEMBERED:
                _uses.clear()
            use = _uses[key] = _Use(minute)
        use.untold += 1
        telling = 0
        if use.untold >= TOLD_EVERY and use.told < most:
            telling, use.untold = use.untold, 0
    if telling:
        use.told = max(use.told, fetch_prepared(_TELL, [key, minute, telling])[0][0])
    if use.told + use.untold > most:
        raise TooManyCalls(most=most, seconds=60 - second)
