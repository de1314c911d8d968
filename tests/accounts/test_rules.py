"""The policy table: who may do what, and in which scope."""

import pytest

from shundan.accounts.rules import (
    BASIC,
    PERMISSION_LABELS,
    PERMISSIONS,
    POLICY,
    ROLES,
    SCOPES,
    grants_of,
    may_grant,
    parts_of,
    permission_label,
    wider,
)
from shundan.ui.doors import SIGNED_IN


def test_every_role_has_a_policy_of_known_scopes() -> None:
    assert set(POLICY) == set(ROLES)
    parts = [part for grants in POLICY.values() for scope in grants.values() for part in parts_of(scope)]
    assert {part.scope for part in parts} <= set(SCOPES)
    assert {kind for part in parts for kind in part.kinds} == {"sale", "purchase", "return", "service", "transfer"}


def test_each_permission_has_a_name_of_its_own_in_both_languages() -> None:
    assert set(PERMISSION_LABELS) == {*PERMISSIONS, *BASIC, SIGNED_IN}
    for labels in zip(*PERMISSION_LABELS.values(), strict=True):
        assert len(set(labels)) == len(labels) and all(label.strip() and "." not in label for label in labels)
    assert permission_label("order.approve", language="zh-hans") == "审批订单"
    assert permission_label("order.approve", language="en") == "Approve orders"


def test_unknown_roles_and_no_role_grant_nothing_but_oneself() -> None:
    assert grants_of([]) == grants_of(["root", ""]) == {"self.edit": "own", "token.own": "own"}


@pytest.mark.parametrize(
    ("one", "other", "union"),
    [
        (None, "own", "own"),
        ("own", "team", "team"),
        ("department", "own", "department"),
        ("released", "all", "all"),
        ("all", "released", "all"),
        ("own", "released", "own+released"),
        ("released", "department", "department+released"),
        ("own+released", "department", "department+released"),
        ("own+released", "all", "all"),
        ("released", "released", "released"),
        ("sale:own", "sale:all", "sale:all"),
        ("sale,service:own", "purchase:all", "purchase:all+sale,service:own"),
        ("purchase,return:all", "return,sale:own", "purchase,return:all+sale:own"),
        ("own", "purchase:all", "own+purchase:all"),
        ("sale:own", "all", "all"),
        ("sale:own", "released", "released+sale:own"),
        ("sale:own", "sale:released", "sale:own+sale:released"),
    ],
)
def test_the_union_of_scopes_holds_both(one: str | None, other: str, union: str) -> None:
    assert wider(one, other) == union


def test_two_roles_add_up() -> None:
    both = grants_of(["rep", "warehouse"])
    assert both["order.read"] == "released+return,sale,service:own+transfer:all"
    assert both["order.confirm"] == "return,sale,service:own+transfer:all"
    assert both["shipment.ship"] == "released"
    assert both["stock.adjust"] == "all"


# The few rights that make or lose money, each with everybody who has them.
@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("order.approve", {"sales_manager", "executive", "finance"}),
        ("order.confirm", {"rep", "sales_manager", "purchasing", "warehouse"}),
        ("customer.credit", {"finance"}),
        ("invoice.issue", {"finance"}),
        ("invoice.credit", {"finance"}),
        ("payment.register", {"finance"}),
        ("payment.allocate", {"finance"}),
        ("stock.adjust", {"warehouse"}),
        ("shipment.ship", {"warehouse"}),
        ("user.edit", {"admin"}),
        ("product.edit", {"sales_manager", "purchasing"}),
        ("product.cost", {"sales_manager", "purchasing", "finance", "executive", "auditor"}),
        ("product.set_cost", {"purchasing", "finance"}),
    ],
)
def test_these_rights_belong_to_these_roles_only(permission: str, roles: set[str]) -> None:
    assert permission in PERMISSIONS
    assert {role for role in ROLES if permission in grants_of([role])} == roles


def test_auditors_and_executives_change_nothing() -> None:
    changing = {"create", "edit", "submit", "confirm", "cancel", "close", "issue", "register", "ship", "adjust"}
    for role in ("auditor", "executive"):
        assert not {one for one in POLICY[role] if one.split(".")[1] in changing}, role


def test_administrators_do_no_business_and_not_their_own_roles() -> None:
    assert not {one for one in POLICY["admin"] if one.startswith(("order.", "invoice.", "payment.", "customer."))}
    assert may_grant(["admin"], 1, to=2)
    assert not may_grant(["admin"], 1, to=1)
    assert not may_grant(["finance"], 1, to=2)


@pytest.mark.parametrize(
    ("permission", "kind", "roles"),
    [
        ("order.approve", "sale", {"sales_manager", "executive"}),
        ("order.approve", "purchase", {"finance", "executive"}),
        ("order.approve", "transfer", {"executive"}),
        ("order.confirm", "sale", {"rep", "sales_manager"}),
        ("order.confirm", "purchase", {"purchasing"}),
        ("order.confirm", "transfer", {"warehouse"}),
        ("order.work", "transfer", set(ROLES) - {"auditor", "admin"}),
        ("order.create", "purchase", {"purchasing"}),
        ("order.create", "transfer", {"rep", "sales_manager", "service", "purchasing", "warehouse"}),
        ("order.create", "return", {"rep", "sales_manager", "service", "purchasing"}),
    ],
)
def test_these_rights_belong_to_these_roles_for_a_kind(permission: str, kind: str, roles: set[str]) -> None:
    def holds(role: str) -> bool:
        scope = grants_of([role]).get(permission)
        return scope is not None and any(not part.kinds or kind in part.kinds for part in parts_of(scope))

    assert {role for role in ROLES if holds(role)} == roles
