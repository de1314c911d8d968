"""Which role may do what, and in which scope: the policy table. No entry means no."""

from collections.abc import Mapping
from types import MappingProxyType

from shundan.accounts.rules.labels import PERMISSION_LABELS, permission_label

__all__ = ["PERMISSION_LABELS", "permission_label"]

# From narrow to wide. `released`: only orders that were handed to the warehouse (confirmed and later); it holds none
# of the narrower ones, so somebody with two roles may have `own+released`. A scope may be limited to kinds of order:
# `sale,service:own` are one's own sales and services; without kinds it holds for records of every kind.
SCOPES = ("own", "team", "department", "released", "all")
SELLING = "return,sale,service"
BUYING = "purchase,return"

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
    "product.cost": "all",
    "stock.read": "all",
    "order.read": "all",
    "shipment.read": "all",
    "invoice.read": "all",
    "payment.read": "all",
    "receipt.read": "all",
    "inspection.read": "all",
    "landed_cost.read": "all",
    "bill.read": "all",
    "supplier.read": "all",
    "payment_request.read": "all",
    "purchase_request.read": "all",
    "inquiry.read": "all",
    "event.read": "all",
    "report.export": "all",
    "forecast.read": "all",
}

POLICY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "rep": {
            "customer.read": "own",
            "customer.create": "own",
            "customer.edit": "own",
            "product.read": "all",
            "stock.read": "all",
            "purchase_request.read": "own",
            "purchase_request.create": "own",
            "order.read": f"{SELLING}:own",
            "order.create": f"{SELLING}:own",
            "order.edit": f"{SELLING}:own",
            "order.submit": f"{SELLING}:own",
            "order.confirm": f"{SELLING}:own",
            "order.cancel": f"{SELLING}:own",
            "order.close": f"{SELLING}:own",
            "order.amend": f"{SELLING}:own",
            "order.hold": f"{SELLING}:own",
            "order.note": f"{SELLING}:own",
            "order.export": f"{SELLING}:own",
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
            "product.cost": "all",
            "stock.read": "all",
            "purchase_request.read": "department",
            "purchase_request.create": "department",
            "purchase_request.approve": "department",
            "order.read": f"{SELLING}:department",
            "order.create": f"{SELLING}:department",
            "order.edit": f"{SELLING}:department",
            "order.submit": f"{SELLING}:department",
            "order.approve": f"{SELLING}:department",
            "order.confirm": f"{SELLING}:department",
            "order.cancel": f"{SELLING}:department",
            "order.close": f"{SELLING}:department",
            "order.amend": f"{SELLING}:department",
            "order.hold": f"{SELLING}:department",
            "order.note": f"{SELLING}:department",
            "stock.reallocate": f"{SELLING}:department",
            "order.export": f"{SELLING}:department",
            "report.export": "all",
            "forecast.read": "all",
            "shipment.read": "department",
            "invoice.read": "department",
            "payment.read": "department",
            "event.read": "department",
        },
        "finance": {
            "customer.read": "all",
            "customer.credit": "all",
            "product.read": "all",
            "product.cost": "all",
            "product.set_cost": "all",
            "stock.read": "all",
            "stock.approve_count": "all",
            "purchase_request.read": "all",
            "purchase_request.create": "own",
            "inquiry.read": "all",
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
            "payment.refund": "all",
            "payment.reverse": "all",
            "receipt.read": "all",
            "inspection.read": "all",
            "landed_cost.read": "all",
            "landed_cost.post": "all",
            "landed_cost.reverse": "all",
            "supplier.read": "all",
            "bill.read": "all",
            "bill.register": "all",
            "bill.pay": "all",
            "payment_request.read": "all",
            "payment_request.create": "all",
            "bill.reverse": "all",
            "report.export": "all",
            "order.approve": "purchase,return:all",
            "event.read": "all",
        },
        "warehouse": {
            "product.read": "all",
            "stock.read": "all",
            "purchase_request.read": "own",
            "purchase_request.create": "own",
            "stock.receive": "all",
            "stock.adjust": "all",
            "stock.reallocate": "released",
            "warehouse.edit": "all",
            "report.export": "all",
            "forecast.read": "all",
            "order.read": "released+transfer:all",
            "order.create": "transfer:all",
            "order.edit": "transfer:all",
            "order.submit": "transfer:all",
            "order.confirm": "transfer:all",
            "order.cancel": "transfer:all",
            "order.close": "transfer:all",
            "order.amend": "transfer:all",
            "receipt.read": "released",
            "receipt.post": "released",
            "receipt.reverse": "released",
            "inspection.read": "released",
            "inspection.decide": "released",
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
            "purchase_request.read": "own",
            "purchase_request.create": "own",
            "order.read": f"{SELLING}:all",
            "order.create": f"{SELLING}:all",
            "order.edit": f"{SELLING}:own",
            "order.submit": f"{SELLING}:own",
            "order.amend": f"{SELLING}:own",
            "order.hold": f"{SELLING}:all",
            "order.note": f"{SELLING}:all",
            "shipment.read": "all",
            "invoice.read": "all",
            "event.read": "all",
        },
        "purchasing": {
            "product.read": "all",
            "product.edit": "all",
            "product.cost": "all",
            "product.set_cost": "all",
            "stock.read": "all",
            "stock.receive": "all",
            "reorder_rule.edit": "all",
            "purchase_request.read": "all",
            "purchase_request.create": "all",
            "purchase_request.approve": "all",
            "purchase_request.source": "all",
            "inquiry.read": "all",
            "inquiry.edit": "all",
            "supplier.read": "all",
            "supplier.edit": "all",
            "report.export": "all",
            "forecast.read": "all",
            "forecast.run": "all",
            **{
                f"order.{verb}": f"{BUYING}:all"
                for verb in "read create edit submit amend confirm cancel close hold note export".split()
            },
            "receipt.read": "all",
            "receiving_rule.edit": "all",
            "inspection.read": "all",
            "inspection.concede": "all",
            "landed_cost.read": "all",
            "landed_cost.post": "all",
            "bill.read": "all",
            "payment_request.read": "own",
            "payment_request.create": "own",
            "event.read": f"{BUYING}:all",
        },
        "executive": {
            **_READ_BUSINESS,
            "purchase_request.approve": "all",
            "order.approve": "all",
            "order.export": "all",
            "payment_request.approve": "all",
            "stock.approve_count": "all",
<<<<<<<< HEAD:shundan/accounts/rules/__init__.py
            "inspection.concede": "all",
            "supplier.weigh": "all",
========
            "supplier.weigh": "all",
            "inspection.concede": "all",
>>>>>>>> origin/main:shundan/accounts/rules/policy.py
        },
        "auditor": {**_READ_BUSINESS, "user.read": "all"},
        # Administrators run the system, not the business (trust: none by default).
        "admin": {
            "user.read": "all",
            "user.edit": "all",
            "import.run": "all",
            "product.read": "all",
            "workflow.manage": "all",
            "approval_table.manage": "all",
            "order_type.manage": "all",
            "carrier.manage": "all",
        },
    }
)

# Roles that reach over a whole department: whoever holds one leads the department they are at home in.
LEADERS: tuple[str, ...] = tuple(role for role, grants in POLICY.items() if "department" in grants.values())

PERMISSIONS: tuple[str, ...] = tuple(sorted({permission for grants in POLICY.values() for permission in grants}))

# Everybody who is signed in.
BASIC = {"self.edit": "own", "token.own": "own"}
<<<<<<<< HEAD:shundan/accounts/rules/__init__.py


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
    steps = [scope for scope in SCOPES if scope in given and scope != "released"]
    return (*steps[-1:], *(["released"] if "released" in given else []))


def may_grant(own_roles: Iterable[str], user_id: int | None, *, to: int | None) -> bool:
    """Tell whether an administrator may change the roles of a user: anybody's but their own."""
    return "admin" in set(own_roles) and (to is None or user_id != to)


LOCK_AFTER_FAILURES = 5
LOCK_MINUTES = 15
SHORTEST_PASSWORD = 12
TOKEN_DAYS = 90
========
>>>>>>>> origin/main:shundan/accounts/rules/policy.py
