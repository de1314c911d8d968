"""Adding and editing users, departments and teams."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.actions import create_user, revise_user, save_department, save_team
from shundan.accounts.queries import (
    Department,
    Team,
    get_user,
    list_departments,
    list_teams,
    role_codes,
    role_labels,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of


@page("user.edit", methods=("GET", "POST"))
def new_user(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a person who can sign in."""
    given = Given(request.POST)
    if request.method == "GET":
        return _form(request, by, "user", {"roles": [], "is_active": True, "language": "zh-hans"}, _("New user"))

    def work() -> str:
        facts = {name: given.text(name) for name in ("email", "name", "password")}
        department, team = _chosen(given, by)
        language = given.text("language", "zh-hans")
        given.check()
        user = create_user(
            **facts, roles=given.data.getlist("roles"), department=department, team=team, language=language, by=by
        )
        return str(user.pk)

    try:
        user_id = int(do_once(request, by=by, work=work))
    except Refused as refusal:
        return _form(request, by, "user", _typed(given), _("New user"), refusal=refusal)
    leave_message(request, _("The user was added."))
    return go(request, reverse("users.show", kwargs={"user_id": user_id}))


@page("user.edit", methods=("GET", "POST"))
def edit_user(request: HttpRequest, user_id: int, *, by: Actor) -> HttpResponse:
    """Change a person's name, place, roles, access or password."""
    user = get_user(user_id, by=by)
    kept = {
        "name": user.name,
        "email": user.email,
        "department": user.department_id or "",
        "team": user.team_id or "",
        "roles": user.roles,
        "language": user.language,
        "is_active": user.is_active,
    }
    if request.method == "GET":
        return _form(request, by, "user", kept, user.name, is_old=True)
    given = Given(request.POST)
    try:
        department, team = _chosen(given, by)
        name, password = given.text("name"), given.text("password")
        given.check()
        revise_user(
            user,
            name=name,
            roles=given.data.getlist("roles"),
            department=department,
            team=team,
            is_active=given.flag("is_active"),
            password=password or None,
            by=by,
        )
    except Refused as refusal:
        return _form(
            request, by, "user", kept | _typed(given) | {"email": user.email}, user.name, refusal=refusal, is_old=True
        )
    leave_message(request, _("The user was saved."))
    return go(request, reverse("users.show", kwargs={"user_id": user_id}))


@page("user.edit", methods=("GET", "POST"))
def save_one_department(request: HttpRequest, code: str = "", *, by: Actor) -> HttpResponse:
    """Add a department, or rename and move one."""
    known = next((one for one in list_departments(by=by) if one.code == code), None) if code else None
    if code and known is None:
        raise NotFound(what="department", key=code)
    kept = _names(known) | {"parent": known.parent_id or "" if known else ""}
    title = name_of(known) if known else _("New department")
    if request.method == "GET":
        return _form(request, by, "department", kept, title, is_old=known is not None)
    given = Given(request.POST)
    try:
        zh, en, new_code = _read_names(given, code)
        parent = next((one for one in list_departments(by=by) if one.pk == given.whole("parent")), None)
        given.check()
        save_department(code=new_code, name_zh=zh, name_en=en, parent=parent, by=by)
    except Refused as refusal:
        return _form(request, by, "department", _typed(given), title, refusal=refusal, is_old=known is not None)
    leave_message(request, _("The department was saved."))
    return go(request, f"{reverse('users.list')}?tab=departments")


@page("user.edit", methods=("GET", "POST"))
def save_one_team(request: HttpRequest, code: str = "", *, by: Actor) -> HttpResponse:
    """Add a team, or rename and move one."""
    known = next((one for one in list_teams(by=by) if one.code == code), None) if code else None
    if code and known is None:
        raise NotFound(what="team", key=code)
    kept = _names(known) | {"department": known.department_id if known else ""}
    title = name_of(known) if known else _("New team")
    if request.method == "GET":
        return _form(request, by, "team", kept, title, is_old=known is not None)
    given = Given(request.POST)
    try:
        zh, en, new_code = _read_names(given, code)
        department = next((one for one in list_departments(by=by) if one.pk == given.whole("department")), None)
        given.check()
        if department is None:
            raise Malformed(details=[Detail("department", "required", _("Choose the department it belongs to."))])
        save_team(code=new_code, name_zh=zh, name_en=en, department=department, by=by)
    except Refused as refusal:
        return _form(request, by, "team", _typed(given), title, refusal=refusal, is_old=known is not None)
    leave_message(request, _("The team was saved."))
    return go(request, f"{reverse('users.list')}?tab=teams")


def _chosen(given: Given, by: Actor) -> tuple[Department | None, Team | None]:
    departments, teams = list_departments(by=by), list_teams(by=by)
    department = next((one for one in departments if one.pk == given.whole("department")), None)
    return department, next((one for one in teams if one.pk == given.whole("team")), None)


def _names(one: Department | Team | None) -> dict[str, Any]:
    if one is None:
        return {"code": "", "name": "", "name_en": ""}
    return {"code": one.code, "name": one.name_zh, "name_en": one.name_en}


def _read_names(given: Given, code: str) -> tuple[str, str, str]:
    zh, en, typed = given.text("name"), given.text("name_en"), code or given.text("code")
    if not zh:
        given.problems.append(Detail("name", "required", _("Enter a name of at most 100 characters.")))
    if not typed or len(typed) > 40 or not typed.replace("-", "").replace("_", "").isalnum():
        given.problems.append(
            Detail("code", "required", _("Enter a short code of letters and digits, such as sales-1."))
        )
    return zh, en or zh, typed


def _form(
    request: HttpRequest,
    by: Actor,
    kind: str,
    values: dict[str, Any],
    title: str,
    *,
    refusal: Refused | None = None,
    is_old: bool = False,
) -> HttpResponse:
    back = {"department": "?tab=departments", "team": "?tab=teams"}.get(kind, "")
    errors = errors_of(refusal)
    names = role_labels(language=get_language() or "")
    context = {
        "page": frame(request, by, title=title, active="users"),
        "kind": kind,
        "is_old": is_old,
        "submit_url": request.path,
        "cancel_url": f"{reverse('users.list')}{back}",
        "version": None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors,
        "values": values,
        "choices": {
            "departments": [(one.pk, name_of(one)) for one in list_departments(by=by)],
            "teams": [(one.pk, name_of(one)) for one in list_teams(by=by)],
            "roles": list(zip(role_codes(), names, strict=True)),
            "languages": [("zh-hans", "简体中文"), ("en", "English")],
        },
    }
    return render(request, "users/edit.html", context, status=refusal.status if refusal else 200)


def _typed(given: Given) -> dict[str, Any]:
    names = ("name", "name_en", "code", "email", "department", "team", "parent", "language")
    values: dict[str, Any] = {name: given.data.get(name, "") for name in names}
    return values | {"roles": given.data.getlist("roles"), "is_active": given.flag("is_active")}


routes = [
    path("users/new/", new_user, name="users.new"),
    path("users/departments/new/", save_one_department, name="departments.new"),
    path("users/departments/<str:code>/", save_one_department, name="departments.edit"),
    path("users/teams/new/", save_one_team, name="teams.new"),
    path("users/teams/<str:code>/", save_one_team, name="teams.edit"),
    path("users/<int:user_id>/edit/", edit_user, name="users.edit"),
]
