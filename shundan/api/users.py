"""The caller and their tokens; users, for administrators and auditors."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.accounts.actions import issue_api_token, revoke_api_token
from shundan.accounts.queries import get_user, list_own_tokens, list_users
from shundan.api.auth import actor, caller
from shundan.api.fields import Answer, Code, Given, Id, Moment, Row, moment, moment_or_none
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
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
    return UserList(**page_members(page, _answer))


@routes.get("/users/{user_id}", permission=SIGNED_IN, answer=User)
def show(request: HttpRequest, user_id: Id) -> User:
    """Show a user; everybody may see themselves."""
    return _answer(get_user(int(user_id), by=actor(request)))


def _answer(user: Row) -> User:
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
