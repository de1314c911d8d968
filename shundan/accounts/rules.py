"""Which role may do what, and in which scope: the policy table. No entry means no."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

# From narrow to wide. `released`: only orders that were handed to the warehouse (confirmed and later); it holds none
# of the narrower ones, so somebody with two roles may have `own+released`.
SCOPES = ("own", "team", "department", "released", "all")

ROLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "rep": ("销售代表", "Sales representative"),
        "sales_manager": ("销售经理", "Sales manager"),
        "finance": ("财务", "Finance"),
        "warehouse": ("仓库", "Warehouse"),
        "service": ("客服", "Customer service"),
        "purchasing": ("采购", "Purchasing"),
        "executive": ("管理层", "Executive"),
        "auditor": ("审计", "Auditor"),
        "admin": ("管理员", "Administrator"),
    }
)

_READ_BUSINESS = {
    "customer.read": "all",
    "product.read": "all",
    "stock.read": "all",
    "order.read": "all",
    "shipment.read": "all",
    "invoice.read": "all",
    "payment.read": "all",
    "event.read": "all",
}

POLICY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "rep": {
            "customer.read": "own",
            "customer.create": "own",
            "customer.edit": "own",
            "product.read": "all",
            "stock.read": "all",
            "order.read": "own",
            "order.create": "own",
            "order.edit": "own",
            "order.submit": "own",
            "order.confirm": "own",
            "order.cancel": "own",
            "order.close": "own",
            "order.hold": "own",
            "order.note": "own",
            "order.export": "own",
            "shipment.read": "own",
            "invoice.read": "own",
            "payment.read": "own",
            "event.read": "own",
        },
        "sales_manager": {
            "customer.read": "department",
            "customer.create": "department",
            "customer.edit": "department",
            "product.read": "all",
            "product.edit": "all",
            "stock.read": "all",
            "order.read": "department",
            "order.create": "department",
            "order.edit": "department",
            "order.submit": "department",
            "order.approve": "department",
            "order.confirm": "department",
            "order.cancel": "department",
            "order.close": "department",
            "order.hold": "department",
            "order.note": "department",
            "order.export": "department",
            "shipment.read": "department",
            "invoice.read": "department",
            "payment.read": "department",
            "event.read": "department",
        },
        "finance": {
            "customer.read": "all",
            "customer.credit": "all",
            "product.read": "all",
            "stock.read": "all",
            "order.read": "all",
            "order.hold": "all",
            "order.note": "all",
            "order.export": "all",
            "shipment.read": "all",
            "invoice.read": "all",
            "invoice.issue": "all",
            "invoice.credit": "all",
            "payment.read": "all",
            "payment.register": "all",
            "payment.allocate": "all",
            "event.read": "all",
        },
        "warehouse": {
            "product.read": "all",
            "stock.read": "all",
            "stock.receive": "all",
            "stock.adjust": "all",
            "warehouse.edit": "all",
            "order.read": "released",
            "order.hold": "released",
            "order.note": "released",
            "shipment.read": "released",
            "shipment.create": "released",
            "shipment.ship": "released",
            "event.read": "released",
        },
        "service": {
            "customer.read": "all",
            "customer.edit": "all",
            "product.read": "all",
            "stock.read": "all",
            "order.read": "all",
            "order.create": "all",
            "order.edit": "own",
            "order.submit": "own",
            "order.hold": "all",
            "order.note": "all",
            "shipment.read": "all",
            "invoice.read": "all",
            "event.read": "all",
        },
        "purchasing": {"product.read": "all", "product.edit": "all", "stock.read": "all", "stock.receive": "all"},
        "executive": {**_READ_BUSINESS, "order.approve": "all", "order.export": "all"},
        "auditor": {**_READ_BUSINESS, "user.read": "all"},
        # Administrators run the system, not the business (trust: none by default).
        "admin": {"user.read": "all", "user.edit": "all", "import.run": "all", "product.read": "all"},
    }
)

# Roles that reach over a whole department: whoever holds one leads the department they are at home in.
LEADERS: tuple[str, ...] = tuple(role for role, grants in POLICY.items() if "department" in grants.values())

PERMISSIONS: tuple[str, ...] = tuple(sorted({permission for grants in POLICY.values() for permission in grants}))

# Everybody who is signed in.
BASIC = {"self.edit": "own", "token.own": "own"}


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
    given = {part for scope in (one, other) if scope for part in scope.split("+")}
    if "all" in given:
        return "all"
    ladder = [scope for scope in SCOPES if scope in given and scope != "released"]
    return "+".join([*ladder[-1:], *(["released"] if "released" in given else [])])


def may_grant(own_roles: Iterable[str], user_id: int | None, *, to: int | None) -> bool:
    """Tell whether an administrator may change the roles of a user: anybody's but their own."""
    return "admin" in set(own_roles) and (to is None or user_id != to)


LOCK_AFTER_FAILURES = 5
LOCK_MINUTES = 15
SHORTEST_PASSWORD = 12
TOKEN_DAYS = 90
