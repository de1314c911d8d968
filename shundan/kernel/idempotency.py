"""A request that is sent again gets its first answer; the work happens once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared, in_transaction
from shundan.kernel.errors import Detail, Malformed, Refused

LONGEST_KEY = 255
_CLAIM = (
    "insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at)"
    " values (%s::bigint, %s::text, %s::text, %s::text, %s::timestamptz) on conflict do nothing returning id"
)
_KEEP = "update kernel_answeredrequest set status = %s::smallint, body = %s::jsonb where id = %s::bigint"


class KeyReused(Refused):
    """The same key came with another request body."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This idempotency key was used for a different request. Use a new key for a new request.")


def answer_once(
    *, by: Actor, endpoint: str, key: str | None, payload: Any, work: Callable[[], tuple[int, Any]]
) -> tuple[int, Any]:
    """Run work and keep its answer under the key, in one transaction; a repeat gets the kept answer.

    A refusal rolls everything back and keeps nothing, so the request may be mended and sent again with the same key.
    Concurrent repeats wait for the first. Raises: Malformed (unusable key), KeyReused.
    """
    if key is None:
        return in_transaction(work)
    if not key.strip() or len(key) > LONGEST_KEY or "\x00" in key:
        raise Malformed(
            details=[Detail("header.Idempotency-Key", "invalid_key", _("Use 1 to 255 characters, best a UUID."))]
        )
    wanted = hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
    return in_transaction(lambda: _claim_or_replay(by, endpoint, key, wanted, work))


def _claim_or_replay(
    by: Actor, endpoint: str, key: str, wanted: str, work: Callable[[], tuple[int, Any]]
) -> tuple[int, Any]:
    claimed = fetch_prepared(_CLAIM, [by.id or 0, endpoint, key, wanted, by.at])
    if not claimed:
        return _kept_answer(by, endpoint, key, wanted)
    status, body = work()
    fetch_prepared(_KEEP, [status, json.dumps(body, default=str), claimed[0][0]])
    return status, body


def _kept_answer(by: Actor, endpoint: str, key: str, wanted: str) -> tuple[int, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select request_hash, status, body::text from kernel_answeredrequest"
            " where user_id = %s and endpoint = %s and key = %s",
            [by.id or 0, endpoint, key],
        )
        known, status, body = cursor.fetchone()
    if known != wanted:
        raise KeyReused()
    return status, json.loads(body)
