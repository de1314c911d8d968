"""Signing in and out: the session is new after each sign-in; addresses to come back to stay inside the house."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from shundan.accounts.actions import sign_in as check_sign_in
from shundan.accounts.queries import actor_of_user
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import SIGNED_IN, page, public, signed_in_of
from shundan.web.frame import bare_frame
from shundan.web.words import is_english


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or let a person in who gives the right password."""
    target = inside(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "POST":
        return _try(request, target)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "POST"))
    if signed_in_of(request) is not None:
        return HttpResponseRedirect(target)
    return _form(request, target)


@page(SIGNED_IN, methods=("POST",))
def sign_out(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return HttpResponseRedirect("/sign-in/", status=303)


def inside(target: str) -> str:
    """Return an address of our own to go to, the home page for any other."""
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return target if is_ours and not target.startswith(("//", "/\\", "/sign-in/")) else "/"


def _try(request: HttpRequest, target: str) -> HttpResponse:
    demo = request.POST.get("demo", "")
    email = demo or request.POST.get("email", "")[:200]
    password = _demo_password(demo) if demo else request.POST.get("password", "")
    now = timezone.now()
    try:
        user = check_sign_in(email=email, password=password, address=request.META.get("REMOTE_ADDR", ""), at=now)
    except Refused as refusal:
        answer = _form(request, target, refusal=refusal, email=email)
        if refusal.facts.get("seconds"):
            answer.headers["Retry-After"] = str(refusal.facts["seconds"])
        return answer
    found = actor_of_user(user.pk, door="web", at=now)
    assert found is not None
    request.session.flush()
    request.session["user_id"] = user.pk
    request.session["password_mark"] = found.password_mark
    rotate_token(request)
    return HttpResponseRedirect(target, status=303)


def _form(request: HttpRequest, target: str, *, refusal: Refused | None = None, email: str = "") -> HttpResponse:
    context = {
        "page": bare_frame(request, title=_("Sign in")),
        "next": target,
        "email": email,
        "error": refusal.message if refusal else None,
        "code": refusal.code if refusal else None,
        **_demo_users(),
    }
    return render(request, "sign_in.html", context, status=refusal.status if refusal else 200)


def _demo_users() -> dict[str, list[dict[str, str]]]:
    """Return the demo's people: one of each role first, then the others."""
    first: dict[str, dict[str, str]] = {}
    others = []
    for label, address, _password in demo_sign_ins():
        zh, _space, en = label.partition(" ")
        person = {"role": en if is_english() else zh, "name": address.split("@")[0], "email": address}
        if first.setdefault(label, person) is not person:
            others.append(person)
    return {"demo_users": list(first.values()), "demo_others": others}


def demo_sign_ins() -> list[tuple[str, str, str]]:
    """Return (role, e-mail, password) of the demo company's people; only demo mode has any."""
    if not settings.DEMO or not find_spec("shundan.exchange.demo"):
        return []
    found: list[tuple[str, str, str]] = list(getattr(import_module("shundan.exchange.demo"), "SIGN_INS", ()))
    return found


def _demo_password(email: str) -> str:
    return next((password for _label, address, password in demo_sign_ins() if address == email), "")
