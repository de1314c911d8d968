"""Who calls the API: a bearer token, checked with the rights of this moment, and the permission of the route."""

from typing import cast

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from shundan.accounts.actions import count_api_call
from shundan.accounts.queries import SignedIn, actor_of_token
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, require

LONGEST_TOKEN = 200


class Unauthenticated(Refused):
    """No token came with the request."""

    code = "unauthenticated"
    status = 401
    sentence = _("Send your API token in the header “Authorization: Bearer TOKEN”.")


class InvalidToken(Refused):
    """The token is unknown, expired or revoked, or its user may no longer sign in; all look the same."""

    code = "invalid_token"
    status = 401
    sentence = _("This API token is invalid or has expired. Create a new one under My account.")


class ApiToken(HttpBearer):
    """The door of one route: who stands there, and whether they hold the permission that the route declares."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> SignedIn:
        """Return who calls. Raises: Unauthenticated, InvalidToken, TooManyCalls, NotPermitted."""
        scheme, _space, token = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated()
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> SignedIn:
        """Find the actor behind the token and speak their language, unless the request wishes another."""
        signed_in = actor_of_token(token[:LONGEST_TOKEN], at=timezone.now())
        if signed_in is None:
            raise InvalidToken()
        if not getattr(request, "is_counted", False):  # a request that goes its full way after the short one
            request.is_counted = True  # type: ignore[attr-defined]
            count_api_call(token[:LONGEST_TOKEN], at=signed_in.actor.at)
        request.by = signed_in.actor  # type: ignore[attr-defined]
        request.signed_in = signed_in  # type: ignore[attr-defined]
        translation.activate(wished_language(request) or signed_in.actor.language)
        require(signed_in.actor, self.permission)
        return signed_in


def actor(request: HttpRequest) -> Actor:
    """Return who acts, as the door found out."""
    return cast("Actor", request.by)  # type: ignore[attr-defined]


def caller(request: HttpRequest) -> SignedIn:
    """Return the person who calls."""
    return cast("SignedIn", request.signed_in)  # type: ignore[attr-defined]


def wished_language(request: HttpRequest) -> str | None:
    """Return the first of our languages that the request accepts, or None if it names none."""
    for part in request.headers.get("Accept-Language", "")[:200].lower().split(","):
        language = part.partition(";")[0].strip()
        if language.startswith("en"):
            return "en"
        if language.startswith("zh"):
            return "zh-hans"
    return None
