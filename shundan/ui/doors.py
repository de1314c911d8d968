"""The doors of the pages: each declares its permission; a refusal becomes a sentence, never a stack trace."""

import functools
import secrets
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.queries import SignedIn
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require

View = Callable[..., HttpResponseBase]
PUBLIC = "public"
SIGNED_IN = "self.edit"


def page(permission: str, *, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """Declare a staff page: who may open it and by which methods; the view gets `by`, the actor.

    Visitors who are not signed in go to the sign-in page and come back afterwards.
    """
    allowed = tuple(methods)

    def declare(view: View) -> View:
        @functools.wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed and not (request.method == "HEAD" and "GET" in allowed):
                return HttpResponseNotAllowed(allowed)
            signed_in = signed_in_of(request)
            if signed_in is None:
                return _to_sign_in(request)
            try:
                require(signed_in.actor, permission)
                return view(request, *args, by=signed_in.actor, **kwargs)
            except Refused as refusal:
                return refusal_response(request, refusal)

        door.permission = permission  # type: ignore[attr-defined]
        door.methods = allowed  # type: ignore[attr-defined]
        return door

    return declare


def public(view: View) -> View:
    """Declare a page that anybody may open."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            return refusal_response(request, refusal)

    door.permission = PUBLIC  # type: ignore[attr-defined]
    return door


def signed_in_of(request: HttpRequest) -> SignedIn | None:
    """Return who is signed in, as the middleware found it."""
    return cast("SignedIn | None", getattr(request, "signed_in", None))


def actor_of(request: HttpRequest) -> Actor | None:
    """Return the actor of a request, or None for a visitor."""
    signed_in = signed_in_of(request)
    return signed_in.actor if signed_in else None


def refusal_response(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return a refusal in the form that the asker reads: JSON, a fragment for a toast, or a page."""
    if wants_json(request):
        return JsonResponse(refusal.as_json() | {"request_id": request_id(request)}, status=refusal.status)
    template = {403: "403.html", 404: "404.html"}.get(refusal.status, "409.html")
    facts = {"refusal": refusal, "request_id": request_id(request)}
    context = problem_context(request, refusal.status, refusal.message, code=refusal.code) | facts
    return render(request, template, context, status=refusal.status)


def problem_context(request: HttpRequest, status: int, text: str, *, code: str = "") -> dict[str, Any]:
    """Return what the error pages show: one sentence and one way out."""
    signed_in = signed_in_of(request)
    titles = {
        403: _("Access denied"),
        404: _("Page not found"),
        500: _("Something went wrong on our side"),
    }
    art = {403: "locked", 404: "lost", 500: "broken"}.get(status, "broken")
    link = {"label": _("Back to the home page"), "url": "/"}
    return {
        "page": {
            "title": titles.get(status, _("Not possible now")),
            "language": "en" if (get_language() or "").startswith("en") else "zh-Hans",
            "theme": signed_in.theme if signed_in else "auto",
        },
        "problem": {
            "status": status,
            "title": titles.get(status, _("Not possible now")),
            "text": text,
            "code": code,
            "request_id": request_id(request),
            "art": art,
            "link": link,
        },
    }


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the asker is a script of ours rather than a person's navigation."""
    return "application/json" in request.headers.get("Accept", "") or request.content_type == "application/json"


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether only a part of the page is asked for (HTMX)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def request_id(request: HttpRequest) -> str:
    """Return the id of this request, which error pages show and logs carry."""
    known = getattr(request, "request_id", "")
    if not known:
        known = secrets.token_hex(6)
        request.request_id = known  # type: ignore[attr-defined]
    return cast("str", known)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that carries no valid proof of origin."""
    text = _("This page has expired. Reload it and try again; nothing was changed.")
    if wants_json(request):
        return JsonResponse({"code": "csrf_failed", "message": text, "details": []}, status=403)
    return render(request, "403.html", problem_context(request, 403, text, code="csrf_failed"), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return refusal_response(request, NotFound(what=_("The page"), key=request.path[:80]))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when we failed; the request id leads to the log."""
    text = _("The error was logged. Please try again; if it persists, tell us the number below.")
    if wants_json(request) or request.path.startswith("/api/"):
        body = {"code": "internal_error", "message": text, "details": [], "request_id": request_id(request)}
        return JsonResponse(body, status=500)
    return render(request, "500.html", problem_context(request, 500, text), status=500)


def require_doors(patterns: Iterable[URLPattern | URLResolver], *, prefix: str = "") -> None:
    """Fail the start-up when a route declares no permission. Raises: ImproperlyConfigured naming the routes."""
    bare = [place for place, callback in routes_of(patterns, prefix=prefix) if not hasattr(callback, "permission")]
    if bare:
        raise ImproperlyConfigured(f"these routes declare no permission: {', '.join(bare)}")


def routes_of(patterns: Iterable[URLPattern | URLResolver], *, prefix: str = "") -> list[tuple[str, Any]]:
    """Return (path, view) of every route below the patterns."""
    found: list[tuple[str, Any]] = []
    for one in patterns:
        place = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            found += routes_of(one.url_patterns, prefix=place)
        else:
            found.append((place, one.callback))
    return found


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        body = {"code": "sign_in_needed", "message": _("Please sign in again."), "details": []}
        return JsonResponse(body, status=401)
    target = f"/sign-in/?{urlencode({'next': request.get_full_path()})}"
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
