"""Who is acting, who works here, and which tokens are alive."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from shundan.accounts.models import ApiToken, Department, SignInFailure, Team, User
from shundan.accounts.rules import (
    LEADERS,
    LOCK_AFTER_FAILURES,
    LOCK_MINUTES,
    PERMISSIONS,
    POLICY,
    ROLES,
    grants_of,
    parts_of,
    permission_label,
)
from shundan.accounts.scopes import NOTHING
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.memory import remembered_rows
from shundan.kernel.models import Event
from shundan.kernel.search import matches
from shundan.kernel.timeline import events_of_unscoped

_ACTOR = """
select u.id, u.name, u.language, u.theme, u.has_letter_keys, u.roles, u.department_id, u.team_id, u.email,
       left(md5(u.password), 12),
       array(select d.id from accounts_department d where d.path like own.path || '%%')
from accounts_user u
left join accounts_department own on own.id = u.department_id
"""
_ACTOR_OF_TOKEN = (
    _ACTOR.replace("from accounts_user", ", t.expires_at from accounts_user")
    + " join accounts_apitoken t on t.user_id = u.id where t.hash = %s and t.revoked_at is null and u.is_active"
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The actor of a request and what pages need to know of the person."""

    actor: Actor
    email: str
    theme: str
    has_letter_keys: bool
    roles: tuple[str, ...]
    password_mark: str


def actor_of_user(user_id: int, *, door: str, at: datetime) -> SignedIn | None:
    """Return the actor of an active user with the rights of this moment, or None."""
    rows = fetch_prepared(_ACTOR + " where u.id = %s and u.is_active", [user_id])
    return _signed_in(rows[0], door, at) if rows else None


def actor_of_token(token: str, *, at: datetime) -> SignedIn | None:
    """Return the actor behind a live API token, or None; one round trip."""
    rows = remembered_rows(_ACTOR_OF_TOKEN, [token_hash(token)])
    if not rows:
        return None
    (*row, expires_at) = rows[0]
    return _signed_in(row, "api", at) if expires_at > at else None


def token_hash(token: str) -> str:
    """Return what is kept of a token; tokens are long and random, so a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def role_labels(roles: Iterable[str] | None = None, *, language: str) -> list[str]:
    """Return the names of these roles, or of all, in a language."""
    codes = ROLES if roles is None else [role for role in roles if role in ROLES]
    return [ROLES[code][1 if language.startswith("en") else 0] for code in codes]


def permission_names() -> tuple[str, ...]:
    """Return all permissions that a role may hold."""
    return PERMISSIONS


def role_codes() -> list[str]:
    """Return the codes of all roles, in the order people read them."""
    return list(ROLES)


def list_users(
    *,
    by: Actor,
    search: str = "",
    role: str = "",
    active: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[User]:
    """Return users, newest first. Raises: Malformed."""
    rows = _visible_users(by).select_related("department", "team").filter(matches(search))
    if role:
        rows = rows.filter(roles__contains=[role])
    if active is not None:
        rows = rows.filter(is_active=active)
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_user(user_id: int, *, by: Actor) -> User:
    """Return one user; everybody sees themselves. Raises: NotFound."""
    user = _visible_users(by, or_self=True).select_related("department", "team").filter(pk=user_id).first()
    if user is None:
        raise NotFound(what="user", key=user_id)
    return user


def user_by_email_unscoped(email: str) -> User | None:
    """Return the user with this address, for sign-in and the command line."""
    return User.objects.filter(email__iexact=email.strip()).first()


def colleagues(*, by: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of all active users, to choose an owner from; names are no secret among colleagues."""
    if by.id is None and not by.grants:
        return []
    return list(User.objects.filter(is_active=True).order_by("name").values_list("id", "name"))


def suggest_colleagues(search: str, *, by: Actor, limit: int = 8) -> list[User]:
    """Return active people for a picker, by name, pinyin or address; names are no secret among colleagues."""
    if by.id is None and not by.grants:
        return []
    return list(User.objects.filter(matches(search), is_active=True).order_by("name", "id")[:limit])


def list_colleagues(*, by: Actor, search: str = "", cursor: str | None = None, limit: int = 50) -> Page[User]:
    """Return active people by name, to name one of them somewhere. Raises: NotPermitted, Malformed."""
    require(by, "self.edit")
    rows = User.objects.filter(matches(search), is_active=True).only("id", "name", "email")
    return page_of(rows, cursor=cursor, limit=limit, sort="name", allowed=("name",))


def user_names(ids: set[int], *, by: Actor) -> dict[int, str]:
    """Return the names of these users, for lists that show an owner."""
    return dict(User.objects.filter(pk__in=ids).values_list("id", "name")) if by.grants else {}


def home_of_user_unscoped(user_id: int) -> tuple[int | None, int | None]:
    """Return (department id, team id) of a user: where what they own belongs."""
    found = User.objects.filter(pk=user_id).values_list("department_id", "team_id").first()
    return found or (None, None)


def department_by_code_unscoped(code: str) -> Department | None:
    """Return the department with this code; departments are no secret among colleagues."""
    return Department.objects.filter(code=code.replace("\x00", "")).first()


def actives_of_unscoped(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of those among these people who are active."""
    return dict(User.objects.filter(pk__in=list(ids), is_active=True).values_list("id", "name"))


def superior_of_unscoped(user_id: int, *, besides: Iterable[int] = ()) -> int | None:
    """Return who leads a person: the nearest active leader at home in their department or above, else an executive.

    `besides` are passed over, too.
    """
    path = User.objects.filter(pk=user_id).values_list("department__path", flat=True).first() or ""
    passed = {user_id, *besides}
    return _leader_at(path, besides=passed) or next(
        (one for one in people_in_role_unscoped("executive", department=None) if one not in passed), None
    )


def head_of_department_unscoped(code: str) -> int | None:
    """Return who leads a department: the nearest active leader at home in it or above."""
    path = Department.objects.filter(code=code).values_list("path", flat=True).first() or ""
    return _leader_at(path, besides=())


def people_of_department_unscoped(code: str, *, permission: str, or_above: bool = False) -> list[int]:
    """Return the active people at home in a department, or above it, too, whose roles hold a permission."""
    path = Department.objects.filter(code=code).values_list("path", flat=True).first()
    roles = role_codes_holding(permission)
    people = User.objects.filter(is_active=True, department__isnull=False, roles__overlap=roles).order_by("id")
    homes = people.values_list("id", "department__path") if path and roles else ()
    return [person for person, home in homes if path == home or (or_above and str(path).startswith(home))]


def people_in_role_unscoped(role: str, *, department: str | None) -> list[int]:
    """Return the active people with a role, in a stable order; leaders only for departments at or below their own.

    With `department` None it is everybody with the role.
    """
    people = User.objects.filter(is_active=True, roles__contains=[role]).order_by("id")
    if department is None or role not in LEADERS:
        return list(people.values_list("id", flat=True))
    path = Department.objects.filter(code=department).values_list("path", flat=True).first() or ""
    homes = people.filter(department__isnull=False).values_list("id", "department__path")
    return [person for person, home in homes if path.startswith(home)]


def people_with_permission_unscoped(permission: str) -> list[int]:
    """Return the active people whose roles grant a permission in whatever scope, in a stable order."""
    roles = [role for role in ROLES if permission in grants_of([role])]
    people = User.objects.filter(is_active=True, roles__overlap=roles)
    return list(people.order_by("id").values_list("id", flat=True)) if roles else []


def department_codes_unscoped(ids: Iterable[int]) -> dict[int, str]:
    """Return the codes of departments by id."""
    return dict(Department.objects.filter(pk__in=list(ids)).values_list("id", "code"))


def list_departments(*, by: Actor) -> list[Department]:
    """Return the department tree in reading order."""
    return list(Department.objects.select_related("parent").order_by("path")) if by.grants else []


def list_teams(*, by: Actor) -> list[Team]:
    """Return all teams with their departments."""
    return list(Team.objects.select_related("department").order_by("code")) if by.grants else []


def members_of(*, by: Actor) -> tuple[dict[int, int], dict[int, int]]:
    """Return how many active people each department and each team has. Raises: NotPermitted."""
    require(by, "user.read")
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for department_id, team_id in User.objects.filter(is_active=True).values_list("department_id", "team_id"):
        for place, found in zip((department_id, team_id), counts, strict=True):
            if place is not None:
                found[place] = found.get(place, 0) + 1
    return counts


def tokens_of(user: User, *, by: Actor) -> list[ApiToken]:
    """Return a user's tokens, newest first; others than the user need user.read."""
    return list(ApiToken.objects.filter(user=user).order_by("-id")) if by.id == user.pk or by.may("user.read") else []


def timeline_of_user(user: User, *, by: Actor) -> list[Event]:
    """Return what happened to a user's account, newest first. Raises: NotPermitted."""
    require(by, "user.read")
    return events_of_unscoped([("user", user.pk)], limit=50)


def grants_of_roles(roles: Iterable[str]) -> dict[str, str]:
    """Return what these roles grant together, and in which scope."""
    return grants_of(roles)


def label_of_permission(permission: str, *, language: str) -> str:
    """Return a permission's name in a language."""
    return permission_label(permission, language=language)


def all_permissions() -> tuple[str, ...]:
    """Return every permission that a role may grant."""
    return PERMISSIONS


def list_own_tokens(*, by: Actor) -> list[ApiToken]:
    """Return the actor's own tokens, newest first."""
    return list(ApiToken.objects.filter(user_id=by.id or 0).order_by("-id"))


def seconds_locked(account: str, address: str, *, at: datetime) -> int:
    """Return how long sign-in from this address to this account stays closed, 0 if it is open."""
    since = at - timedelta(minutes=LOCK_MINUTES)
    failures = list(
        SignInFailure.objects.filter(account=account.lower()[:200], address=address, at__gt=since)
        .order_by("-at")
        .values_list("at", flat=True)[:LOCK_AFTER_FAILURES]
    )
    if len(failures) < LOCK_AFTER_FAILURES:
        return 0
    return max(1, int((failures[-1] + timedelta(minutes=LOCK_MINUTES) - at).total_seconds()))


def _leader_at(path: str, *, besides: Iterable[int]) -> int | None:
    above = [int(one) for one in path.split("/") if one][::-1]
    rows = User.objects.filter(is_active=True, roles__overlap=list(LEADERS), department_id__in=above)
    homes: dict[int | None, int] = {}
    for person, home in rows.exclude(pk__in=list(besides)).order_by("id").values_list("id", "department_id"):
        homes.setdefault(home, person)
    return next((homes[one] for one in above if one in homes), None)


def _visible_users(by: Actor, *, or_self: bool = False) -> QuerySet[User]:
    if not or_self:
        require(by, "user.read")
    rows = Q() if by.may("user.read") else NOTHING
    return User.objects.filter(rows | Q(pk=by.id) if or_self and rows else rows)


def _signed_in(row: Sequence[Any], door: str, at: datetime) -> SignedIn:
    user_id, name, language, theme, letter_keys, roles, department_id, team_id, email, mark, subtree = row
    grants = grants_of(roles)
    if settings.DEMO and "admin" in roles:
        grants[EVERYTHING] = "all"
    actor = Actor(
        id=user_id,
        name=name,
        door=door,
        at=at,
        language=language,
        zone=settings.TIME_ZONE,
        grants=grants,
        department_id=department_id,
        team_id=team_id,
        department_ids=tuple(subtree) or ((department_id,) if department_id else ()),
        team_ids=(team_id,) if team_id else (),
        roles=tuple(roles),
    )
    return SignedIn(actor, email, theme, letter_keys, tuple(roles), mark)


def roles_holding(permission: str, *, kind: str = "", language: str = "") -> list[str]:
    """Return the names of the roles that hold a permission, for records of a kind where one is given."""
    return role_labels(role_codes_holding(permission, kind=kind), language=language)


def role_codes_holding(permission: str, *, kind: str = "") -> list[str]:
    """Return the codes of the roles that hold a permission, for records of a kind where one is given."""
    held = []
    for role, grants in POLICY.items():
        parts = parts_of(grants[permission]) if permission in grants else ()
        if any(not kind or not part.kinds or kind in part.kinds for part in parts):
            held.append(role)
    return held
