"""Language, theme, row height and keys: kept with the person, or in this browser for a visitor."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict

from shundan.accounts.actions import set_preferences
from shundan.ui.doors import actor_of, is_fragment, public
from shundan.web.frame import DENSITIES
from shundan.web.sign_in import inside

A_YEAR = 365 * 24 * 3600


@public
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to where it was chosen."""
    if request.method != "POST":
        return HttpResponseNotAllowed(("POST",))
    by, given = actor_of(request), request.POST
    if by is not None:
        keys = given.get("keys")
        set_preferences(
            by=by,
            language=given.get("language"),
            theme=given.get("theme"),
            letter_keys=None if keys is None else keys == "on",
        )
    answer: HttpResponse = HttpResponse(status=204) if is_fragment(request) else _back(given.get("next", ""))
    keep_in_browser(answer, given)
    return answer


def keep_in_browser(answer: HttpResponse, given: QueryDict) -> None:
    """Keep in cookies what also visitors may wish: the language and the row height."""
    if given.get("language") in dict(settings.LANGUAGES):
        _keep(answer, "language", given.get("language", ""))
    if given.get("density") in DENSITIES:
        _keep(answer, "density", given.get("density", ""))


def _back(target: str) -> HttpResponse:
    # The sign-in page is where visitors choose their language, so they may come back to it.
    is_sign_in = target.startswith("/sign-in/") and "\\" not in target
    return HttpResponseRedirect(target if is_sign_in else inside(target), status=303)


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True)
