"""Users, departments, teams and roles: the lists, and one user with rights, tokens and history."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shundan.accounts.actions import issue_api_token, revoke_api_token
from shundan.accounts.queries import (
    ApiToken,
    User,
    all_permissions,
    get_user,
    grants_of_roles,
    label_of_permission,
    list_departments,
    list_teams,
    list_users,
    members_of,
    role_codes,
    role_labels,
    timeline_of_user,
    tokens_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.listing import Page
from shundan.ui.doors import page
from shundan.web.forms import go, refusal_of_form
from shundan.web.frame import frame, initial_of, leave_message
from shundan.web.lists import State, plain_list, state_of
from shundan.web.right_words import AREAS, scope_words
from shundan.web.timeline import timeline
from shundan.web.words import name_of

TABS = (
    ("users", gettext_lazy("Users")),
    ("departments", gettext_lazy("Departments")),
    ("teams", gettext_lazy("Teams")),
    ("roles", gettext_lazy("Roles")),
)
CREATE = {
    "users": gettext_lazy("New user"),
    "departments": gettext_lazy("New department"),
    "teams": gettext_lazy("New team"),
}


@page("user.read")
def user_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show users, or departments, teams and roles."""
    state = state_of(request)
    tab = state.choice("tab", dict(TABS), "users")
    found, rows = _rows(tab, state, by)
    create_url = reverse(f"{tab}.new") if tab != "roles" and by.may("user.edit") else None
    here = reverse("users.list")
    listed = plain_list(
        state,
        found,
        rows,
        url=here,
        placeholder=_("Name or e-mail"),
        caption=str(dict(TABS)[tab]),
        create_label=str(CREATE.get(tab, "")),
        empty_title=_("No users yet"),
        hidden=("tab", "size"),
    )
    views = [
        {
            "label": str(label),
            "url": here if key == "users" else f"{here}?tab={key}",
            "active": key == tab,
            "count": None,
        }
        for key, label in TABS
    ]
    frame_of = frame(request, by, title=_("Users"), active="users", create_url=create_url)
    return render(request, "users/list.html", {"page": frame_of, "views": views, "tab": tab, **listed})


@page("user.read")
def show(request: HttpRequest, user_id: int, *, by: Actor) -> HttpResponse:
    """Show one user."""
    return _user_page(request, user_id, by)


@page("user.edit", methods=("POST",))
def new_token(request: HttpRequest, user_id: int, *, by: Actor) -> HttpResponse:
    """Make an API token for a user; it is shown once, on this page only."""
    user = get_user(user_id, by=by)
    try:
        token = issue_api_token(user, name=request.POST.get("name", "").replace("\x00", ""), by=by)
    except Refused as refusal:
        return _user_page(request, user_id, by, refusal=refusal)
    return _user_page(request, user_id, by, token=token)


@page("user.edit", methods=("POST",))
def revoke_token(request: HttpRequest, user_id: int, token_id: int, *, by: Actor) -> HttpResponse:
    """End a user's token at once."""
    try:
        revoke_api_token(token_id, by=by)
    except Refused as refusal:
        return _user_page(request, user_id, by, refusal=refusal)
    leave_message(request, _("The token was revoked."))
    return go(request, reverse("users.show", kwargs={"user_id": user_id}))


def token_row(one: ApiToken, revoke_url: str) -> dict[str, Any]:
    """Return a token as the list of tokens shows it; a dead one cannot be revoked again."""
    is_dead = one.revoked_at is not None or one.expires_at < timezone.now()
    return {
        "id": one.pk,
        "name": f"{one.name} ({_('revoked')})" if one.revoked_at else one.name,
        "hint": one.hint,
        "created_on": one.created_at,
        "expires_on": one.expires_at,
        "revoke_url": None if is_dead else revoke_url,
    }


def _rows(tab: str, state: State, by: Actor) -> tuple[Page[Any], list[dict[str, Any]]]:
    if tab == "users":
        found = list_users(
            by=by,
            search=state.text("q"),
            role=state.choice("role", role_codes(), ""),
            cursor=state.cursor,
            limit=state.size,
            counted=True,
        )
        return found, [_user_row(one) for one in found.items]
    in_departments, in_teams = members_of(by=by)
    if tab == "roles":
        rows = _role_rows()
    elif tab == "teams":
        rows = [
            {**_place(one, "teams", in_teams), "parent": name_of(one.department), "depth": 0}
            for one in list_teams(by=by)
        ]
    else:
        rows = [
            {
                **_place(one, "departments", in_departments),
                "parent": name_of(one.parent) if one.parent else None,
                "depth": max(0, one.path.strip("/").count("/")),
            }
            for one in list_departments(by=by)
        ]
    return Page(items=[], next=None, previous=None, total=len(rows)), rows


def _place(one: Any, kind: str, members: dict[int, int]) -> dict[str, Any]:  # Any: a department or a team
    url = reverse(f"{kind}.edit", kwargs={"code": one.code})
    return {"id": one.pk, "name": name_of(one), "url": url, "members": members.get(one.pk, 0)}


def _role_rows() -> list[dict[str, Any]]:
    names = role_labels(language=get_language() or "")
    return [
        {
            "id": code,
            "code": code,
            "name": name,
            "url": f"{reverse('users.list')}?role={code}",
            "permissions": len(grants_of_roles([code])),
        }
        for code, name in zip(role_codes(), names, strict=True)
    ]


def _user_row(one: User) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "initial": initial_of(one.name),
        "email": one.email,
        "url": reverse("users.show", kwargs={"user_id": one.pk}),
        "department": name_of(one.department) if one.department else None,
        "teams": [name_of(one.team)] if one.team else [],
        "roles": role_labels(one.roles, language=get_language() or ""),
        "state": "active" if one.is_active else "inactive",
        "created_on": one.created_at,
        "is_new": False,
    }


def _user_page(
    request: HttpRequest, user_id: int, by: Actor, *, refusal: Refused | None = None, token: str | None = None
) -> HttpResponse:
    one = get_user(user_id, by=by)
    may_edit = by.may("user.edit")
    edit = {"name": "edit", "label": _("Edit"), "kind": "primary", "icon": "pencil", "allowed": True, "why": None}
    href = reverse("users.edit", kwargs={"user_id": one.pk})
    context = {
        "page": frame(request, by, title=one.name, active="users"),
        "user": {
            **_user_row(one),
            "language": "English" if one.language == "en" else "简体中文",
            "version": None,
        },
        "permissions": _permissions(one),
        "transitions": [{**edit, "href": href}] if may_edit else [],
        "more": [],
        "refusal": refusal_of_form(refusal) if refusal else None,
        "tokens": [
            token_row(each, reverse("users.revoke_token", kwargs={"user_id": one.pk, "token_id": each.pk}))
            for each in tokens_of(one, by=by)
        ],
        "token_create_url": reverse("users.new_token", kwargs={"user_id": one.pk}) if may_edit else None,
        "new_token": token,
        "events": timeline(timeline_of_user(one, by=by)),
    }
    return render(request, "users/show.html", context, status=refusal.status if refusal else 200)


def _permissions(one: User) -> list[dict[str, Any]]:
    grants = grants_of_roles(one.roles)
    groups = []
    for area, codes in groupby(all_permissions(), key=lambda code: code.split(".")[0]):
        rows = [_permission(code, grants.get(code)) for code in codes]
        groups.append({"area": str(AREAS.get(area, area)), "rows": rows})
    return groups


def _permission(code: str, scope: str | None) -> dict[str, Any]:
    return {
        "name": label_of_permission(code, language=get_language() or ""),
        "scope": scope,
        "scope_label": scope_words(scope or ""),
    }


routes = [
    path("users/", user_list, name="users.list"),
    path("users/<int:user_id>/", show, name="users.show"),
    path("users/<int:user_id>/tokens/", new_token, name="users.new_token"),
    path("users/<int:user_id>/tokens/<int:token_id>/revoke/", revoke_token, name="users.revoke_token"),
]
