"""Calling the API as somebody, in the fewest words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from psycopg.pq import TransactionStatus

from shundan.accounts.actions import issue_api_token
from shundan.accounts.models import User
from shundan.kernel.actor import Actor, system_actor

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Reply:
    """A status and what came with it."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        """Return the code of a refusal."""
        return str(self.body["code"])

    @property
    def places(self) -> dict[str, str]:
        """Return the codes of a refusal's details by path."""
        return {one["path"]: one["code"] for one in self.body["details"]}


class Api:
    """The API as one person calls it; without a token as a stranger."""

    def __init__(self, token: str | None = None, *, language: str = "en") -> None:
        known = {"authorization": f"Bearer {token}"} if token is not None else {}
        self.client = Client(headers={"accept-language": language, **known}, raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, raw: bytes | None = None
    ) -> Reply:
        """Send a request; `key` is its idempotency key, `raw` a body that is no JSON of ours."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        headers = {"idempotency-key": key} if key is not None else {}
        with transaction_of_its_own():
            answer: HttpResponse = self.client.generic(
                method, PREFIX + path, data, content_type="application/json", headers=headers
            )
        return Reply(answer.status_code, json.loads(answer.content) if answer.content else None, answer.headers)

    def get(self, path: str) -> Reply:
        """Read."""
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Reply:
        """Do."""
        return self.call("POST", path, body, key=key)

    def put(self, path: str, body: Any) -> Reply:
        """Replace."""
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Reply:
        """Take back."""
        return self.call("DELETE", path)


@contextmanager
def transaction_of_its_own() -> Iterator[None]:
    """Undo what a request left when PostgreSQL refused inside the test's transaction; a real one has its own."""
    if not connection.in_atomic_block:
        yield
        return
    mark = transaction.savepoint()
    yield
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        transaction.savepoint_rollback(mark)
    else:
        transaction.savepoint_commit(mark)


def token_of(who: Actor) -> str:
    """Make a token for a person of the cast."""
    return issue_api_token(User.objects.get(pk=who.id), name="test", by=system_actor(timezone.now()))


def as_person(who: Actor, *, language: str = "en") -> Api:
    """Return the API as a person of the cast calls it."""
    return Api(token_of(who), language=language)
