"""Which role may do what, and in which scope: the policy table. No entry means no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

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
            "inspection.concede": "all",
            "supplier.weigh": "all",
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

# What people read instead of a code, where a right is shown or missing; one for each permission, both languages.
PERMISSION_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "approval_table.manage": ("管理审批表", "Manage approval tables"),
        "bill.pay": ("支付采购发票", "Pay bills"),
        "bill.read": ("查看采购发票", "View bills"),
        "bill.register": ("登记采购发票", "Register bills"),
        "bill.reverse": ("冲销采购发票", "Reverse bills"),
        "carrier.manage": ("管理承运商", "Manage carriers"),
        "customer.create": ("新增客户", "Create customers"),
        "customer.credit": ("设置信用额度", "Set credit limits"),
        "customer.edit": ("修改客户", "Edit customers"),
        "customer.read": ("查看客户", "View customers"),
        "event.read": ("查看日志", "View history"),
        "forecast.read": ("查看需求预测", "View demand forecasts"),
        "forecast.run": ("运行需求预测", "Run demand forecasts"),
        "import.run": ("导入数据", "Import data"),
        "inquiry.edit": ("询价", "Call for quotations"),
        "inquiry.read": ("查看询价单", "View calls for quotations"),
        "inspection.concede": ("批准让步接收", "Agree to concessions"),
        "inspection.decide": ("来料检验", "Inspect incoming goods"),
        "inspection.read": ("查看检验单", "View inspections"),
        "invoice.credit": ("开具红字发票", "Issue credit notes"),
        "invoice.issue": ("开具发票", "Issue invoices"),
        "invoice.read": ("查看发票", "View invoices"),
        "landed_cost.post": ("分摊到货成本", "Spread landed costs"),
        "landed_cost.read": ("查看到货成本", "View landed costs"),
        "landed_cost.reverse": ("冲销到货成本", "Reverse landed costs"),
        "order.amend": ("变更订单", "Amend orders"),
        "order.approve": ("审批订单", "Approve orders"),
        "order.cancel": ("取消订单", "Cancel orders"),
        "order.close": ("关闭余量", "Close the remainder"),
        "order.confirm": ("确认订单", "Confirm orders"),
        "order.create": ("新建订单", "Create orders"),
        "order.edit": ("修改订单", "Edit orders"),
        "order.export": ("导出订单", "Export orders"),
        "order.hold": ("挂起订单", "Hold orders"),
        "order.note": ("添加订单留言", "Add order notes"),
        "order.read": ("查看订单", "View orders"),
        "order.submit": ("提交订单审批", "Submit orders"),
        "order_type.manage": ("管理订单类型", "Manage order types"),
        "payment.allocate": ("核销收款", "Allocate payments"),
        "payment.read": ("查看收款单", "View payments"),
        "payment.refund": ("退款", "Refund payments"),
        "payment.register": ("登记收款", "Record payments"),
        "payment_request.approve": ("审批付款申请", "Approve payment requests"),
        "payment_request.create": ("提交付款申请", "Make payment requests"),
        "payment_request.read": ("查看付款申请", "View payment requests"),
        "payment.reverse": ("冲销收款", "Reverse payments"),
        "product.cost": ("查看成本和毛利", "View costs and margins"),
        "product.edit": ("修改商品", "Edit products"),
        "product.read": ("查看商品", "View products"),
        "product.set_cost": ("设置商品成本", "Set product costs"),
        "purchase_request.approve": ("审批请购单", "Approve purchase requests"),
        "purchase_request.create": ("提交请购", "Make purchase requests"),
        "purchase_request.read": ("查看请购单", "View purchase requests"),
        "purchase_request.source": ("安排采购", "Order what is requested"),
        "receipt.post": ("登记收货", "Post receipts"),
        "receipt.read": ("查看收货单", "View receipts"),
        "receipt.reverse": ("冲销收货", "Reverse receipts"),
        "receiving_rule.edit": ("维护收货规则", "Edit receiving rules"),
        "report.export": ("导出报表", "Export reports"),
        "reorder_rule.edit": ("维护补货规则", "Edit reorder rules"),
        "self.edit": ("修改自己的账户", "Edit own account"),
        "shipment.create": ("生成拣货单", "Create pick lists"),
        "shipment.read": ("查看发货单", "View shipments"),
        "shipment.ship": ("发货", "Ship goods"),
        "stock.adjust": ("调整库存", "Adjust stock"),
        "stock.approve_count": ("审批盘点差异", "Approve count differences"),
        "stock.reallocate": ("改分配预留", "Reallocate reservations"),
        "stock.read": ("查看库存", "View stock"),
        "stock.receive": ("办理入库", "Receive stock"),
        "supplier.edit": ("维护供应商", "Edit suppliers"),
        "supplier.read": ("查看供应商", "View suppliers"),
        "supplier.weigh": ("设置供应商评价权重", "Set the weights of supplier evaluation"),
        "token.own": ("使用 API 令牌", "Use API tokens"),
        "user.edit": ("管理用户", "Manage users"),
        "user.read": ("查看用户", "View users"),
        "warehouse.edit": ("修改仓库", "Edit warehouses"),
        "workflow.manage": ("管理流程", "Manage workflows"),
    }
)


def permission_label(permission: str, *, language: str) -> str:
    """Return a permission's name in a language; one that only a workflow of the house's own knows keeps its code."""
    zh, en = PERMISSION_LABELS.get(permission, (permission, permission))
    return en if language.startswith("en") else zh


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
