"""Who acts: the person or machine behind a call, its door, its moment and its rights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shundan.kernel.days import company_zone

NO_GRANTS: Mapping[str, str] = MappingProxyType({})
EVERYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Say who does something, through which door, and when.

    `grants` maps a permission to the widest scope it holds in: own, team, department, all
    (or a narrower named one that a room defines). A missing permission is a refusal.
    Actions never read the clock: `at` is the moment of the whole request, in UTC.
    """

    id: int | None
    name: str
    door: str
    at: datetime
    language: str = "zh-hans"
    zone: str = field(default_factory=lambda: company_zone().key)
    grants: Mapping[str, str] = field(default_factory=lambda: NO_GRANTS)
    department_id: int | None = None
    team_id: int | None = None
    department_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()

    def scope_of(self, permission: str) -> str | None:
        """Return the scope in which this actor holds the permission, or None."""
        if EVERYTHING in self.grants:
            return "all"
        return self.grants.get(permission)

    def may(self, permission: str) -> bool:
        """Tell whether the permission is held in any scope."""
        return self.scope_of(permission) is not None

    def has_role_of(self, roles: Iterable[str]) -> bool:
        """Tell whether this actor has one of these roles; who may do everything counts as having all."""
        return EVERYTHING in self.grants or not set(roles).isdisjoint(self.roles)

    @property
    def today(self) -> date:
        """Return the business date: the company's calendar day, not UTC's."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def company_zone(self) -> ZoneInfo:
        """Return the time zone that moments without one are meant in."""
        return ZoneInfo(self.zone)

    def as_system(self) -> "Actor":
        """Return the system acting at the same moment on this actor's behalf, e.g. for automatic transitions."""
        return replace(self, id=None, name="system", grants=MappingProxyType({EVERYTHING: "all"}))


def system_actor(at: datetime, *, door: str = "system") -> Actor:
    """Return the actor of jobs and set-up, who may do everything."""
    return Actor(id=None, name="system", door=door, at=at, grants=MappingProxyType({EVERYTHING: "all"}))
