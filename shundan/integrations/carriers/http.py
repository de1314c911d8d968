"""How carriers are spoken to over HTTP: one answer within seconds, and a clear word for each way it can fail."""

import base64
import binascii
import json
import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx

from shundan.fulfilment.registries import Booked, CarrierAway, CarrierRefused, Consignment, Quote, Tracked

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# A server that says a word now and then must not keep a worker for ever.
LONGEST_ANSWER = 60.0
LARGEST_ANSWER = 20 * 1024 * 1024
# A token is renewed a little before it ends.
EARLY = 60


def call(method: str, url: str, **given: Any) -> httpx.Response:
    """Send a request and return the answer, whatever its status below 500 (Any: what httpx takes).

    Nothing is sent twice, no redirect is followed: credentials go to the configured address alone.
    Raises: CarrierAway.
    """
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream(method, url, **given) as answer,
        ):
            parts, size, until = [], 0, time.monotonic() + LONGEST_ANSWER
            for part in answer.iter_bytes():
                if time.monotonic() > until:
                    raise CarrierAway("the answer takes too long", was_sent=True)
                size += len(part)
                if size > LARGEST_ANSWER:
                    raise CarrierAway("the answer is too large", was_sent=True)
                parts.append(part)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise CarrierAway(f"no connection: {type(error).__name__}", was_sent=False) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CarrierAway(f"no answer: {type(error).__name__}", was_sent=True) from error
    if answer.status_code == 429:
        raise CarrierAway("too many requests", was_sent=False)
    if answer.status_code >= 500:
        raise CarrierAway(f"HTTP {answer.status_code}", was_sent=True)
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-encoding"}
    return httpx.Response(answer.status_code, headers=kept, content=b"".join(parts), request=answer.request)


def json_of(answer: httpx.Response) -> Any:
    """Return an answer as JSON (Any: JSON). Raises: CarrierAway for what is none."""
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise CarrierAway(f"HTTP {answer.status_code} without JSON", was_sent=True) from error


class NothingOffered:
    """A carrier's client that can do nothing yet: each refuses what its interface lacks, none pretends."""

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Refuse: no prices are told."""
        raise CarrierRefused("not_offered", "the interface tells no prices")

    def find(self, consignment: Consignment) -> Booked | None:
        """Return nothing: the interface finds no order by our key."""
        return None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Refuse: no labels are given out."""
        raise CarrierRefused("not_offered", "the interface gives no labels as PDF")

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Refuse: nothing is taken back."""
        raise CarrierRefused("not_offered", "the interface cancels no order")

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Refuse: nothing is told of parcels."""
        raise CarrierRefused("not_offered", "the interface tells nothing of parcels")


def pdf_of_base64(text: object) -> bytes:
    """Return a label that came as Base64. Raises: CarrierRefused for what is no PDF."""
    try:
        content = base64.b64decode(str(text or ""), validate=True)
    except binascii.Error:
        content = b""
    if not content.startswith(b"%PDF"):
        raise CarrierRefused("no_label", "the label is no PDF")
    return content


def pdf_from(url: str, *, base_url: str) -> bytes:
    """Return a label from the address that the answer named: encrypted, or at the carrier's own configured host.

    No credentials go with the question. Raises: CarrierAway, CarrierRefused.
    """
    if not url.startswith("https://") and urlsplit(url).netloc != urlsplit(base_url).netloc:
        raise CarrierRefused("no_label", "the file is not at a safe address")
    answer = call("GET", url)
    if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
        raise CarrierRefused("no_label", "the label is no PDF")
    return answer.content


class Tokens:
    """Access tokens by what they were got with, kept until shortly before they end; one process, many threads."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[str, float]] = {}
        self._lock = Lock()

    def get(self, key: tuple[str, ...]) -> str | None:
        """Return a token that is still good."""
        with self._lock:
            token, until = self._known.get(key, ("", 0.0))
        return token if until > time.monotonic() else None

    def keep(self, key: tuple[str, ...], token: str, *, seconds: float) -> str:
        """Keep a token for so many seconds."""
        with self._lock:
            self._known[key] = (token, time.monotonic() + max(0.0, seconds - EARLY))
        return token

    def drop(self, key: tuple[str, ...]) -> None:
        """Forget a token that was refused."""
        with self._lock:
            self._known.pop(key, None)


def bearer_token(tokens: Tokens, key: tuple[str, ...], url: str, **given: Any) -> str:
    """Return an access token by OAuth 2 client credentials, a kept one while it is good (Any: what httpx takes).

    Raises: CarrierAway, CarrierRefused.
    """
    known = tokens.get(key)
    if known is not None:
        return known
    answer = call("POST", url, **given)
    content = json_of(answer)
    if answer.status_code != 200 or not content.get("access_token"):
        raise CarrierRefused(str(answer.status_code), said_by(content) or "the credentials were not accepted")
    seconds = float(content.get("expires_in") or 0)
    return tokens.keep(key, str(content["access_token"]), seconds=seconds)


def said_by(content: Any) -> str:
    """Return the first words of an error in one of the usual shapes (Any: JSON)."""
    if isinstance(content, Mapping):
        for name in ("errors", "response", "output", "detail", "message", "title", "error_description"):
            found = content.get(name)
            words = found if isinstance(found, str) else said_by(found)
            if words:
                return words
    if isinstance(content, list) and content:
        return said_by(content[0])
    return ""
