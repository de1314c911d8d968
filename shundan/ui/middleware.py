"""What every request passes: who asks, and which browser rules the answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from whitenoise.middleware import WhiteNoiseMiddleware

from shundan.accounts.queries import SignedIn, actor_of_user
from shundan.ui.policies import POLICIES

API = "/api/"


class OnlyPages:
    """What pages need and the API does without: machines ask for speed, and carry their rights in each request."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let requests of the API pass."""
        if request.path_info.startswith(API):
            passed: HttpResponseBase = self.get_response(request)  # type: ignore[attr-defined]
            return passed
        answer: HttpResponseBase = super().__call__(request)  # type: ignore[misc]
        return answer


class PagesStaticMiddleware(OnlyPages, WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serve static files."""


class PagesCompressedMiddleware(OnlyPages, GZipMiddleware):
    """Compress pages, a tenth of their size on the wire."""


class PagesSessionMiddleware(OnlyPages, SessionMiddleware):
    """Give pages their session; the API asks for a token instead."""


class PagesCsrfMiddleware(OnlyPages, CsrfViewMiddleware):
    """Check where forms come from; a token is sent by nobody unawares."""


class ContentSecurityMiddleware:
    """Tell the browser to run and show nothing but our own files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policies, except where a view set its own."""
        response = self.get_response(request)
        for name, value in POLICIES.items():
            response.headers.setdefault(name, value)
        if not response.streaming:
            # Without it the server answers in chunks, which costs more and hides progress from downloads.
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class ActorMiddleware:
    """Find out who is signed in, with the rights of this moment, and speak that person's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `request.signed_in` and the language; the API finds its actors by token instead."""
        if request.path.startswith("/static/"):
            return self.get_response(request)
        signed_in = None if request.path_info.startswith(API) else _signed_in(request)
        request.signed_in = signed_in  # type: ignore[attr-defined]
        with translation.override(signed_in.actor.language if signed_in else _language_of_visitor(request)):
            response = self.get_response(request)
        if signed_in is not None:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _signed_in(request: HttpRequest) -> SignedIn | None:
    user_id = request.session.get("user_id")
    if not isinstance(user_id, int):
        return None
    found = actor_of_user(user_id, door="web", at=timezone.now())
    if found is None or found.password_mark != request.session.get("password_mark"):
        request.session.flush()
        return None
    return found


def _language_of_visitor(request: HttpRequest) -> str:
    wished = request.COOKIES.get("language", "")
    if wished in dict(settings.LANGUAGES):
        return wished
    accepted = request.headers.get("Accept-Language", "").lower()
    return "en" if accepted.startswith("en") else "zh-hans"
