"""One's own account: wishes, password and API tokens."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from shundan.accounts.actions import (
    change_own_password,
    issue_api_token,
    revoke_api_token,
    set_preferences,
)
from shundan.accounts.queries import actor_of_user, get_user, list_own_tokens
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import SIGNED_IN, page, signed_in_of
from shundan.web.forms import Given, errors_of, go, problems_of
from shundan.web.frame import density_of, frame, leave_message
from shundan.web.preferences import keep_in_browser
from shundan.web.users import token_row


@page(SIGNED_IN, methods=("GET", "POST"))
def account(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one's own account, or keep its wishes."""
    if request.method == "GET":
        return _account_page(request, by)
    given = Given(request.POST)
    try:
        language, theme = given.text("language", by.language), given.text("theme", "auto")
        set_preferences(by=by, language=language, theme=theme, letter_keys=given.flag("keys"))
    except Refused as refusal:
        return _account_page(request, by, refusal=refusal)
    with override(language):
        leave_message(request, _("Preferences saved."))
    answer = go(request, reverse("account"))
    keep_in_browser(answer, request.POST)
    return answer


@page(SIGNED_IN, methods=("POST",))
def password(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Change one's own password; other sessions end, this one goes on."""
    user = get_user(by.id or 0, by=by)
    try:
        change_own_password(
            user, current=request.POST.get("password", ""), password=request.POST.get("new_password", ""), by=by
        )
    except Refused as refusal:
        return _account_page(request, by, refusal=refusal)
    found = actor_of_user(user.pk, door="web", at=timezone.now())
    assert found is not None
    request.session.cycle_key()
    request.session["password_mark"] = found.password_mark
    leave_message(request, _("Your password was changed."))
    return go(request, reverse("account"))


@page("token.own", methods=("POST",))
def new_token(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Make an API token for oneself; it is shown once, on this page only."""
    user = get_user(by.id or 0, by=by)
    token = issue_api_token(user, name=request.POST.get("name", "").replace("\x00", ""), by=by)
    return _account_page(request, by, token=token)


@page("token.own", methods=("POST",))
def revoke_token(request: HttpRequest, token_id: int, *, by: Actor) -> HttpResponse:
    """End one of one's own tokens at once."""
    revoke_api_token(token_id, by=by)
    leave_message(request, _("The token was revoked."))
    return go(request, reverse("account"))


def _account_page(
    request: HttpRequest, by: Actor, *, refusal: Refused | None = None, token: str | None = None
) -> HttpResponse:
    signed_in = signed_in_of(request)
    values: dict[str, Any] = {
        "language": by.language,
        "theme": signed_in.theme if signed_in else "auto",
        "density": density_of(request),
        "keys": signed_in.has_letter_keys if signed_in else True,
    }
    renamed = {"password": "new_password"}
    errors = {renamed.get(path, path): said for path, said in errors_of(refusal).items()}
    errors = {"password" if path == "current" else path: said for path, said in errors.items()}
    context = {
        "page": frame(request, by, title=_("My account"), active=""),
        "values": values,
        "choices": {"languages": list(settings.LANGUAGES)},
        "submit_url": reverse("account"),
        "password_url": reverse("account.password"),
        "error_of": errors,
        "errors": [
            {"field": "f-password" if one["field"] == "f-current" else "f-new_password", "message": one["message"]}
            for one in problems_of(refusal)
        ],
        "tokens": [
            token_row(one, reverse("account.revoke_token", kwargs={"token_id": one.pk}))
            for one in list_own_tokens(by=by)
        ],
        "token_create_url": reverse("account.new_token"),
        "new_token": token,
    }
    return render(request, "account.html", context, status=refusal.status if refusal else 200)
