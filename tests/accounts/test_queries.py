"""Scopes: own, team, department with all below it, released, all."""

import pytest

from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.orders.queries import list_orders
from shundan.orders.scopes import visible_orders
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders() -> dict[str, Order]:
    """Drafts and a confirmed order of people in two departments, one below the other, and of nobody."""
    sales = make.department("SALES")
    east = make.department("EAST", parent=sales)
    west = make.department("WEST")
    team = make.team(east, "E1")
    owners = {
        "mine": make.person("rep", department=east, team=team),
        "mate": make.person("rep", department=east, team=team),
        "east": make.person("rep", department=east),
        "head": make.person("sales_manager", department=sales),
        "west": make.person("rep", department=west),
    }
    customer = make.customer()
    found = {}
    for name, owner in owners.items():
        order = make.order(state="draft", of=customer)
        Order.objects.filter(pk=order.pk).update(
            owner_id=owner.id, department_id=owner.department_id, team_id=owner.team_id
        )
        found[name] = make.fresh(order.number)
    found["nobody"] = make.order(state="confirmed", of=customer)
    return found


def seen(by: Actor, orders: dict[str, Order]) -> set[str]:
    """Return the names of the orders that somebody sees; lists and scopes agree."""
    listed = {order.pk for order in list_orders(by=by).items}
    assert listed == set(visible_orders(by).values_list("pk", flat=True))
    return {name for name, order in orders.items() if order.pk in listed}


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("own", {"mine"}),
        ("team", {"mine", "mate"}),
        ("department", {"mine", "mate", "east"}),
        ("released", {"nobody"}),
        ("own+released", {"mine", "nobody"}),
        ("department+released", {"mine", "mate", "east", "nobody"}),
        ("all", {"mine", "mate", "east", "head", "west", "nobody"}),
    ],
)
def test_each_scope_shows_its_orders(scope: str, names: set[str], orders: dict[str, Order]) -> None:
    owner = orders["mine"].owner
    assert seen(make.actor(user=owner, grants={"order.read": scope}), orders) == names


def test_the_head_of_a_department_sees_those_below_not_beside(orders: dict[str, Order]) -> None:
    head = make.actor(user=orders["head"].owner, grants={"order.read": "department"})
    assert seen(head, orders) == {"mine", "mate", "east", "head"}


def test_somebody_who_is_nobody_owns_nothing(orders: dict[str, Order]) -> None:
    assert seen(make.actor(grants={"order.read": "own"}), orders) == set()
    assert seen(make.actor(grants={"order.read": "department"}), orders) == set()
