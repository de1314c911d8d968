"""A request that is sent again gets its first answer; the work happens once."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared, in_transaction
from shundan.kernel.errors import Detail, Malformed, Refused

LONGEST_KEY = 255
VISIBLE = "^[!-~]([ -~]*[!-~])?$"
_CLAIM = (
    "insert into kernel_answeredrequest (user_id, endpoint, key, request_hash, created_at)"
    " values (%s::bigint, %s::text, %s::text, %s::text, %s::timestamptz) on conflict do nothing returning id"
)
_KEPT = (
    "select request_hash, status, body from kernel_answeredrequest"
    " where user_id = %s::bigint and endpoint = %s::text and key = %s::text"
)
_KEEP = "update kernel_answeredrequest set status = %s::smallint, body = %s::text where id = %s::bigint"


class KeyReused(Refused):
    """The same key came with another request body."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This idempotency key was used for a different request. Use a new key for a new request.")


@dataclass(frozen=True, slots=True)
class Claim:
    """A request under its key: who sends what to where. The first to write it does the work."""

    user_id: int
    endpoint: str
    key: str
    request_hash: str
    at: datetime

    def as_facts(self) -> dict[str, Any]:
        """Return the claim as SQL functions take it."""
        return {
            "user_id": self.user_id,
            "endpoint": self.endpoint,
            "key": self.key,
            "request_hash": self.request_hash,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as JSON text, and whether it is the one that was kept for an earlier request."""

    status: int
    body: str
    is_replayed: bool = False


def claim_of(*, by: Actor, endpoint: str, key: str, payload: Any) -> Claim:
    """Return the claim of a request. Raises: Malformed (unusable key)."""
    if len(key) > LONGEST_KEY or not re.fullmatch(VISIBLE, key):
        sentence = _("Use 1 to 255 visible ASCII characters, best a UUID.")
        raise Malformed(details=[Detail("header.Idempotency-Key", "invalid_key", sentence)])
    wanted = hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
    return Claim(by.id or 0, endpoint, key, wanted, by.at)


def answer_once(
    *, by: Actor, endpoint: str, key: str | None, payload: Any, work: Callable[[], tuple[int, Any]]
) -> tuple[int, Any]:
    """Run work and keep its answer under the key, in one transaction; a repeat gets the kept answer.

    A refusal rolls everything back and keeps nothing, so the request may be mended and sent again with the same key.
    Concurrent repeats wait for the first. Raises: Malformed (unusable key), KeyReused.
    """
    if key is None:
        return in_transaction(work)
    answered = answer_claimed(claim_of(by=by, endpoint=endpoint, key=key, payload=payload), work)
    return answered.status, json.loads(answered.body)


def answer_claimed(claim: Claim, work: Callable[[], tuple[int, Any]]) -> Answered:
    """Run work under a claim, or return the answer that was kept. Raises: KeyReused."""
    return in_transaction(lambda: _work_or_replay(claim, work))


def kept_answer(claim: Claim, *, request_hash: str, status: int, body: str) -> Answered:
    """Return what was kept under a claim's key. Raises: KeyReused when it belongs to another request."""
    if request_hash != claim.request_hash:
        raise KeyReused()
    return Answered(status, body, is_replayed=True)


def _work_or_replay(claim: Claim, work: Callable[[], tuple[int, Any]]) -> Answered:
    claimed = fetch_prepared(_CLAIM, [claim.user_id, claim.endpoint, claim.key, claim.request_hash, claim.at])
    if not claimed:
        ((known, status, body),) = fetch_prepared(_KEPT, [claim.user_id, claim.endpoint, claim.key])
        return kept_answer(claim, request_hash=known, status=status, body=body)
    status, given = work()
    body = json.dumps(given, default=str, ensure_ascii=False)
    fetch_prepared(_KEEP, [status, body, claimed[0][0]])
    return Answered(status, body)
