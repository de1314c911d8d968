"""The caller and their tokens; users, for administrators and auditors to read, for administrators to keep."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.accounts.actions import change_password, create_user, issue_api_token, revise_user, revoke_api_token
from shundan.accounts.queries import (
    Department,
    Team,
    get_user,
    list_colleagues,
    list_own_tokens,
    list_teams,
    list_users,
)
from shundan.api.auth import actor, caller
from shundan.api.departments import department_of, no_such
from shundan.api.fields import Answer, Code, Flag, Given, Id, Moment, Row, Words, moment, moment_or_none
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.ui.doors import SIGNED_IN

routes = Routes("users")
OWN_TOKENS = "token.own"

Role = Literal["rep", "sales_manager", "finance", "warehouse", "service", "purchasing", "executive", "auditor", "admin"]


class User(Answer):
    """A person who signs in."""

    id: str
    email: str
    name: str
    roles: list[str]
    department: str | None
    team: str | None
    language: str
    is_active: bool
    created_at: Moment


class UserList(Answer):
    """One page of users."""

    items: list[User]
    next: Next


class Me(Answer):
    """The caller: who, with which roles, and each permission with its widest scope."""

    id: str
    email: str
    name: str
    roles: list[str]
    language: str
    permissions: dict[str, str]


class Token(Answer):
    """An API token; only its last characters are known."""

    id: str
    name: str
    hint: str
    created_at: Moment
    expires_at: Moment
    revoked_at: Moment | None


class TokenList(Answer):
    """The caller's tokens, newest first."""

    items: list[Token]


class NewToken(Token):
    """A new token; `token` is shown this once, a repeated request shows null."""

    token: str | None


class TokenGiven(Given):
    """What the token is for, and how long it lives."""

    name: Annotated[Code, Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=90, strict=True)] = 90


class PersonGiven(Given):
    """A person: name, roles, and their place by the codes of department and team."""

    name: Annotated[Words, Field(min_length=1)]
    roles: Annotated[list[Role], Field(max_length=9)]
    department: Code | None = None
    team: Code | None = None


class PersonToAdd(PersonGiven):
    """A new person, with the address and the password they sign in with."""

    email: Annotated[Words, Field(min_length=3)]
    password: Annotated[str, Field(max_length=1024)]
    language: Literal["zh-hans", "en"] = "zh-hans"


class PersonToSave(PersonGiven):
    """A person as they shall be; who is not active does not sign in, and their tokens open nothing."""

    is_active: Flag = True


class Colleague(Answer):
    """Somebody who works here."""

    id: str
    name: str
    email: str


class ColleagueList(Answer):
    """One page of colleagues."""

    items: list[Colleague]
    next: Next


class PasswordGiven(Given):
    """A new password."""

    password: Annotated[str, Field(max_length=1024)]


class UsersWanted(Searched):
    """What the list is narrowed to."""

    role: Role | None = None
    active: bool | None = None


@routes.get("/me", permission=SIGNED_IN, answer=Me)
def me(request: HttpRequest) -> Me:
    """Tell who you are and what you may do."""
    found = caller(request)
    return Me(
        id=str(found.actor.id),
        email=found.email,
        name=found.actor.name,
        roles=list(found.roles),
        language=found.actor.language,
        permissions=dict(sorted(found.actor.grants.items())),
    )


@routes.get("/me/tokens", permission=OWN_TOKENS, answer=TokenList)
def tokens(request: HttpRequest) -> TokenList:
    """List your API tokens."""
    return TokenList(items=[_token(one) for one in list_own_tokens(by=actor(request))])


@routes.post("/me/tokens", permission=OWN_TOKENS, answer=NewToken, shown_once="token")
def issue_token(request: HttpRequest, given: TokenGiven) -> NewToken:
    """Make an API token with your own rights; it is shown this once."""
    by = actor(request)
    token = issue_api_token(get_user(by.id or 0, by=by), name=given.name, days=given.days, by=by)
    newest = list_own_tokens(by=by)[0]
    return NewToken(**dict(_token(newest)), token=token)


@routes.delete("/me/tokens/{token_id}", permission=OWN_TOKENS)
def revoke_token(request: HttpRequest, token_id: Id) -> None:
    """End one of your tokens at once (administrators: anybody's)."""
    revoke_api_token(int(token_id), by=actor(request))


@routes.get("/colleagues", permission=SIGNED_IN, answer=ColleagueList)
def colleagues(request: HttpRequest, wanted: Query[Searched]) -> ColleagueList:
    """List who works here, by name, for whoever delegates, asks somebody or gives a customer an owner."""
    page = list_colleagues(by=actor(request), search=wanted.search, cursor=wanted.cursor, limit=wanted.limit)
    return ColleagueList(**page_members(page, lambda one: Colleague(id=str(one.pk), name=one.name, email=one.email)))


@routes.get("/users", permission="user.read", answer=UserList)
def index(request: HttpRequest, wanted: Query[UsersWanted]) -> UserList:
    """List users, newest first."""
    page = list_users(
        by=actor(request),
        search=wanted.search,
        role=wanted.role or "",
        active=wanted.active,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return UserList(**page_members(page, user_answer))


@routes.get("/users/{user_id}", permission=SIGNED_IN, answer=User)
def show(request: HttpRequest, user_id: Id) -> User:
    """Show a user; everybody may see themselves."""
    return user_answer(get_user(int(user_id), by=actor(request)))


@routes.post("/users", permission="user.edit", answer=User)
def create(request: HttpRequest, given: PersonToAdd) -> User:
    """Add a person who can sign in."""
    by = actor(request)
    department, team = _place(given, by)
    user = create_user(
        email=given.email,
        name=given.name,
        password=given.password,
        roles=given.roles,
        department=department,
        team=team,
        language=given.language,
        by=by,
    )
    return user_answer(get_user(user.pk, by=by))


@routes.put("/users/{user_id}", permission="user.edit", answer=User)
def change(request: HttpRequest, user_id: Id, given: PersonToSave) -> User:
    """Replace a person's name, roles, place and access; nobody changes their own roles."""
    by = actor(request)
    department, team = _place(given, by)
    revise_user(
        get_user(int(user_id), by=by),
        name=given.name,
        roles=given.roles,
        department=department,
        team=team,
        is_active=given.is_active,
        by=by,
    )
    return user_answer(get_user(int(user_id), by=by))


@routes.put("/users/{user_id}/password", permission="user.edit", answer=User)
def set_password(request: HttpRequest, user_id: Id, given: PasswordGiven) -> User:
    """Set a person's password; they are signed out everywhere."""
    by = actor(request)
    change_password(get_user(int(user_id), by=by), password=given.password, by=by)
    return user_answer(get_user(int(user_id), by=by))


def user_answer(user: Row) -> User:
    """Return a person as the API tells them."""
    return User(
        id=str(user.pk),
        email=user.email,
        name=user.name,
        roles=list(user.roles),
        department=user.department.code if user.department else None,
        team=user.team.code if user.team else None,
        language=user.language,
        is_active=user.is_active,
        created_at=moment(user.created_at),
    )


def _token(one: Row) -> Token:
    return Token(
        id=str(one.pk),
        name=one.name,
        hint=one.hint,
        created_at=moment(one.created_at),
        expires_at=moment(one.expires_at),
        revoked_at=moment_or_none(one.revoked_at),
    )


def _place(given: PersonGiven, by: Actor) -> tuple[Department | None, Team | None]:
    department = department_of(given.department, "department", by)
    team = next((one for one in list_teams(by=by) if one.code == given.team), None)
    if given.team is not None and team is None:
        raise no_such("team")
    return department, team
