"""Signing in, keeping users, departments and teams, and handing out tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shundan.accounts.models import ApiToken, Department, SignInFailure, Team, User
from shundan.accounts.queries import seconds_locked, token_hash, user_by_email_unscoped
from shundan.accounts.rules import ROLES, SHORTEST_PASSWORD, TOKEN_DAYS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action, in_transaction
from shundan.kernel.errors import Detail, Malformed, NotFound, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.kernel.search import search_columns


class SignInRefused(Refused):
    """Wrong address or password; the two look the same."""

    code = "sign_in_refused"
    status = 401
    sentence = _("E-mail address or password is wrong.")


class SignInLocked(Refused):
    """Too many failures from this address to this account."""

    code = "sign_in_locked"
    status = 429

    @property
    def message(self) -> str:
        """Return the sentence with the waiting time in whole minutes."""
        sentence = ngettext(
            "Too many failed attempts. Try again in %(num)s minute.",
            "Too many failed attempts. Try again in %(num)s minutes.",
            self.facts["minutes"],
        )
        return sentence % {"num": self.facts["minutes"]}


class OwnRolesRefused(Refused):
    """Administrators do not change their own roles."""

    code = "own_roles"
    sentence = _("You cannot change your own roles; ask another administrator.")


def sign_in(*, email: str, password: str, address: str, at: datetime) -> User:
    """Return the user who gave the right password. Raises: SignInRefused, SignInLocked.

    Failures are counted in transactions of their own, so a refusal does not forget them.
    """
    account = email.strip().lower()[:200].replace("\x00", "")
    in_transaction(lambda: _count_attempt(account, address, at))
    user = user_by_email_unscoped(account)
    known = user.password if user is not None and user.is_active else _password_of_nobody()
    right = check_password(password[:1024], known)
    if user is None or not user.is_active or not right:
        raise SignInRefused()
    SignInFailure.objects.filter(account=account, address=address).delete()
    return user


@action
def create_user(
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[str],
    by: Actor,
    department: Department | None = None,
    team: Team | None = None,
    language: str = "zh-hans",
) -> User:
    """Add a person who can sign in. Raises: NotPermitted, Malformed."""
    require(by, "user.edit")
    roles = list(roles)
    _check_user(email=email, name=name, roles=roles, password=password)
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Malformed(details=[Detail("email", "taken", _("A user with this e-mail address exists already."))])
    user = User.objects.create(
        email=email.strip(),
        name=name.strip(),
        password=make_password(password),
        roles=roles,
        department=department,
        team=team,
        language=language,
        created_at=by.at,
        **search_columns(name, email),
    )
    record("user.created", subject=("user", user.pk), by=by, data={"email": user.email, "roles": roles})
    return user


@action
def change_user(
    user: User,
    *,
    by: Actor,
    name: str,
    roles: Iterable[str],
    department: Department | None,
    team: Team | None,
    is_active: bool,
) -> User:
    """Change a person's name, place, roles or access. Raises: NotPermitted, Malformed, OwnRolesRefused."""
    require(by, "user.edit")
    roles = list(roles)
    _check_user(email=user.email, name=name, roles=roles)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if by.id == locked.pk and (sorted(roles) != sorted(locked.roles) or not is_active):
        raise OwnRolesRefused()
    before = {"name": locked.name, "roles": locked.roles, "is_active": locked.is_active}
    locked.name, locked.roles, locked.is_active = name.strip(), roles, is_active
    locked.department, locked.team = department, team
    for column, value in search_columns(name, locked.email).items():
        setattr(locked, column, value)
    locked.save()
    after = {"name": locked.name, "roles": locked.roles, "is_active": locked.is_active}
    record("user.changed", subject=("user", locked.pk), by=by, data={"before": before, "after": after})
    return locked


@action
def change_password(user: User, *, password: str, by: Actor) -> None:
    """Set a password: one's own, or another's as administrator. Raises: NotPermitted, Malformed."""
    if by.id != user.pk:
        require(by, "user.edit")
    _check_user(email=user.email, name=user.name, roles=user.roles, password=password)
    User.objects.filter(pk=user.pk).update(password=make_password(password))
    record("user.password_changed", subject=("user", user.pk), by=by)


@action
def revise_user(
    user: User,
    *,
    by: Actor,
    name: str,
    roles: Iterable[str],
    department: Department | None,
    team: Team | None,
    is_active: bool,
    password: str | None = None,
) -> User:
    """Change a person as change_user does, and set a new password if one is given. Raises: as both."""
    changed = change_user(user, by=by, name=name, roles=roles, department=department, team=team, is_active=is_active)
    if password is not None:
        change_password(changed, password=password, by=by)
    return changed


@action
def change_own_password(user: User, *, current: str, password: str, by: Actor) -> None:
    """Set the actor's own password, who proves to know the present one. Raises: NotPermitted, Malformed."""
    if by.id != user.pk:
        raise NotPermitted(permission="self.edit")
    if not check_password(current[:1024], user.password):
        raise Malformed(details=[Detail("current", "wrong", _("The current password is not correct."))])
    change_password(user, password=password, by=by)


@action
def set_preferences(
    *, by: Actor, language: str | None = None, theme: str | None = None, letter_keys: bool | None = None
) -> None:
    """Keep the actor's own language, theme and keyboard wish. Raises: Malformed."""
    changes: dict[str, object] = {}
    if language is not None:
        changes["language"] = _one_of("language", language, ("zh-hans", "en"))
    if theme is not None:
        changes["theme"] = _one_of("theme", theme, ("auto", "light", "dark"))
    if letter_keys is not None:
        changes["has_letter_keys"] = letter_keys
    if changes:
        User.objects.filter(pk=by.id or 0).update(**changes)


@action
def issue_api_token(user: User, *, name: str, by: Actor, days: int = TOKEN_DAYS) -> str:
    """Make an API token for a user and return it; it is shown this once. Raises: NotPermitted, Malformed."""
    if by.id != user.pk:
        require(by, "user.edit")
    if not 1 <= days <= TOKEN_DAYS:
        raise Malformed(details=[Detail("days", "out_of_range", _("Use 1 to 90 days."))])
    name = name.replace("\x00", "").strip()[:100] or "API"
    token = f"sd_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        user=user,
        name=name,
        hash=token_hash(token),
        hint=token[-4:],
        created_at=by.at,
        expires_at=by.at + timedelta(days=days),
    )
    record("token.issued", subject=("user", user.pk), by=by, data={"name": name, "days": days})
    return token


@action
def revoke_api_token(token_id: int, *, by: Actor) -> None:
    """End one of the actor's own tokens at once (administrators: anybody's). Raises: NotFound."""
    rows = ApiToken.objects.filter(pk=token_id, revoked_at=None)
    if not by.may("user.edit"):
        rows = rows.filter(user_id=by.id or 0)
    token = rows.first()
    if token is None:
        raise NotFound(what="token", key=token_id)
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=by.at)
    record("token.revoked", subject=("user", token.user_id), by=by, data={"name": token.name})


@action
def save_department(*, code: str, name_zh: str, name_en: str, parent: Department | None, by: Actor) -> Department:
    """Add a department under another, or rename or move the one with this code, with all below it.

    Raises: NotPermitted, Malformed for a parent that lies below.
    """
    require(by, "user.edit")
    _check_texts(code=code, name_zh=name_zh, name_en=name_en)
    department, _made = Department.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "parent": parent}
    )
    if parent is not None and f"/{department.pk}/" in parent.path:
        raise Malformed(details=[Detail("parent", "below_itself", _("A department cannot be its own parent."))])
    before, path = department.path, f"{parent.path if parent else '/'}{department.pk}/"
    if path != before:
        Department.objects.filter(pk=department.pk).update(path=path)
        below = Department.objects.filter(path__startswith=before).exclude(pk=department.pk)
        if before != "/":
            below.update(path=Concat(Value(path), Substr("path", len(before) + 1)))
    department.path = path
    record("department.saved", subject=("department", department.pk), by=by, data={"code": code})
    return department


@action
def save_team(*, code: str, name_zh: str, name_en: str, department: Department, by: Actor) -> Team:
    """Add a team, or rename the one with this code. Raises: NotPermitted."""
    require(by, "user.edit")
    _check_texts(code=code, name_zh=name_zh, name_en=name_en)
    team, _made = Team.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "department": department}
    )
    record("team.saved", subject=("team", team.pk), by=by, data={"code": code})
    return team


def _count_attempt(account: str, address: str, at: datetime) -> None:
    """Note an attempt as failed before its password is looked at; the right one clears the notes.

    Counting afterwards would let as many guesses pass as come at the same moment. The lock is held for the count
    only, not while the password is hashed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {account} {address}"])
    locked = seconds_locked(account, address, at=at)
    if locked:
        raise SignInLocked(minutes=-(-locked // 60), seconds=locked)
    SignInFailure.objects.create(account=account, address=address, at=at)


@cache
def _password_of_nobody() -> str:
    """Return a hash to verify against when the account is unknown, so that both cases take the same time."""
    return make_password(secrets.token_hex(8))


def _check_user(*, email: str, name: str, roles: list[str], password: str | None = None) -> None:
    wrong = []
    if "@" not in email or len(email) > 200 or any(ord(char) < 33 for char in email.strip()):
        wrong.append(Detail("email", "invalid", _("Enter an e-mail address such as name@example.com.")))
    if not name.strip() or len(name) > 100 or "\x00" in name:
        wrong.append(Detail("name", "required", _("Enter a name of at most 100 characters.")))
    wrong += [Detail("roles", "unknown", _("There is no such role.")) for role in roles if role not in ROLES]
    if password is not None and len(password) < SHORTEST_PASSWORD:
        wrong.append(Detail("password", "too_short", _("Use at least 12 characters.")))
    if wrong:
        raise Malformed(details=wrong)


def _check_texts(**texts: str) -> None:
    wrong = [path for path, text in texts.items() if "\x00" in text or not text.strip() or len(text) > 100]
    if wrong:
        raise Malformed(
            details=[Detail(path, "required", _("Enter a name of at most 100 characters.")) for path in wrong]
        )


def _one_of(path: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Malformed(details=[Detail(path, "unknown", _("Choose one of the offered values."))])
    return value
