"""What roles grant together, and what scopes add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from shundan.accounts.rules.policy import ASIDE, BASIC, POLICY, SCOPES


def grants_of(roles: Iterable[str]) -> dict[str, str]:
    """Return the union of the roles' grants, each in its widest scope; unknown roles grant nothing."""
    return dict(_grants_of(tuple(roles)))


@lru_cache(maxsize=1024)
def _grants_of(roles: tuple[str, ...]) -> dict[str, str]:
    grants = dict(BASIC)
    for role in roles:
        for permission, scope in POLICY.get(role, {}).items():
            grants[permission] = wider(grants.get(permission), scope)
    return grants


def wider(one: str | None, other: str) -> str:
    """Return the union of two scopes: the wider one, or both joined by `+` where neither holds the other."""
    by_kind: dict[str, set[str]] = {}
    for part in (part for scope in (one, other) if scope for part in parts_of(scope)):
        for kind in part.kinds or ("",):
            by_kind.setdefault(kind, set()).add(part.scope)
    of_all = by_kind.pop("", set())
    if "all" in of_all:
        return "all"
    # Kinds with the same reach are written together; what holds for every kind holds for each.
    kinds_of: dict[tuple[str, ...], list[str]] = {}
    for kind in sorted(by_kind):
        kinds_of.setdefault(_ladder(by_kind[kind] | of_all), []).append(kind)
    parts = list(_ladder(of_all))
    parts += [
        f"{','.join(kinds)}:{scope}" for reach, kinds in kinds_of.items() for scope in reach if scope not in parts
    ]
    return "+".join(parts)


@dataclass(frozen=True, slots=True)
class ScopePart:
    """A scope and the kinds of order it is limited to (none: every kind)."""

    scope: str
    kinds: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def parts_of(scope: str) -> tuple[ScopePart, ...]:
    """Return the parts of a scope, which add up."""
    found = []
    for part in scope.split("+"):
        kinds, _colon, name = part.rpartition(":")
        found.append(ScopePart(name, tuple(kinds.split(",")) if kinds else ()))
    return tuple(found)


def _ladder(given: set[str]) -> tuple[str, ...]:
    if "all" in given:
        return ("all",)
    steps = [scope for scope in SCOPES if scope in given and scope not in ASIDE]
    return (*steps[-1:], *(scope for scope in ASIDE if scope in given))


def may_grant(own_roles: Iterable[str], user_id: int | None, *, to: int | None) -> bool:
    """Tell whether an administrator may change the roles of a user: anybody's but their own."""
    return "admin" in set(own_roles) and (to is None or user_id != to)
