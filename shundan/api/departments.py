"""The departments and teams of the company, kept by administrators."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from shundan.accounts.actions import save_department, save_team
from shundan.accounts.queries import Department as DepartmentRecord
from shundan.accounts.queries import list_departments, list_teams
from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Named, Row, Words
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.ui.doors import SIGNED_IN

routes = Routes("departments")


class Department(Named):
    """A department, and the code of the one it lies below."""

    parent: str | None


class DepartmentList(Answer):
    """All departments, each after the one it lies below."""

    items: list[Department]


class Team(Named):
    """A team inside a department."""

    department: str


class TeamList(Answer):
    """All teams."""

    items: list[Team]


class DepartmentGiven(Given):
    """A department's names, and the code of the one it lies below."""

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Annotated[Words, Field(min_length=1)]
    parent: Code | None = None


class TeamGiven(Given):
    """A team's names and its department."""

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Annotated[Words, Field(min_length=1)]
    department: Code


@routes.get("/departments", permission=SIGNED_IN, answer=DepartmentList)
def index(request: HttpRequest) -> DepartmentList:
    """List the departments."""
    return DepartmentList(items=[_department(one) for one in list_departments(by=actor(request))])


@routes.put("/departments/{code}", permission="user.edit", answer=Department)
def save(request: HttpRequest, code: Code, given: DepartmentGiven) -> Department:
    """Add a department, or rename or move one with all below it."""
    by = actor(request)
    parent = department_of(given.parent, "parent", by)
    return _department(save_department(code=code, name_zh=given.name_zh, name_en=given.name_en, parent=parent, by=by))


@routes.get("/teams", permission="user.read", answer=TeamList)
def teams(request: HttpRequest) -> TeamList:
    """List the teams."""
    return TeamList(items=[_team(one) for one in list_teams(by=actor(request))])


@routes.put("/teams/{code}", permission="user.edit", answer=Team)
def save_one_team(request: HttpRequest, code: Code, given: TeamGiven) -> Team:
    """Add a team, or rename or move one."""
    by = actor(request)
    department = department_of(given.department, "department", by)
    if department is None:
        raise no_such("department")
    return _team(save_team(code=code, name_zh=given.name_zh, name_en=given.name_en, department=department, by=by))


def department_of(code: str | None, path: str, by: Actor) -> DepartmentRecord | None:
    """Return the department that a request names, None where it names none. Raises: Malformed."""
    found = next((one for one in list_departments(by=by) if one.code == code), None)
    if code is not None and found is None:
        raise no_such(path)
    return found


def no_such(path: str) -> Malformed:
    """Return the refusal of a code that nobody has."""
    return Malformed(details=[Detail(path, "unknown", _("There is no record with this code."))])


def _department(one: Row) -> Department:
    parent = one.parent.code if one.parent else None
    return Department(code=one.code, name_zh=one.name_zh, name_en=one.name_en, parent=parent)


def _team(one: Row) -> Team:
    return Team(code=one.code, name_zh=one.name_zh, name_en=one.name_en, department=one.department.code)
