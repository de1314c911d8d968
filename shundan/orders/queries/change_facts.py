"""What decision tables may ask of a change of an order; rooms above register facts of their own: credit left."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shundan.accounts.queries import department_codes_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO, round_amount
from shundan.orders.models import Order
from shundan.orders.queries.fact_looks import dressed
from shundan.orders.rules.changes import Content, Difference, is_taken_off
from shundan.parties.models import Customer, Supplier
from shundan.workflow.queries import LiveFacts
from shundan.workflow.registries import Fact

KIND = "amendment"


@dataclass(frozen=True)
class Amended:
    """A change of an order as decision tables see it: the order as it is, both versions, and who asked for it."""

    order: Order
    before: Content
    after: Content
    differences: tuple[Difference, ...]
    initiator: str
    reason_code: str

    @property
    def rise(self) -> Decimal:
        """Return by how much the order's worth rises, in its currency; negative where it falls."""
        return Decimal(self.after["worth"]) - Decimal(self.before["worth"])


def facts_of_amendment(amended: Amended, *, by: Actor) -> Mapping[str, Any]:
    """Return the facts of a change; each is worked out when it is asked for."""
    return LiveFacts(KIND, amended, by)


def _company(amended: Amended, amount: Decimal) -> Decimal:
    return round_amount(amount * amended.order.exchange_rate)


def _department(amended: Amended, by: Actor) -> str | None:
    own = amended.order.department_id
    return department_codes_unscoped([own]).get(own) if own else None


def _number(party: Customer | Supplier | None) -> str | None:
    return party.number if party else None


def _prices(amended: Amended) -> list[tuple[Decimal, Decimal]]:
    """Return (before, after) prices per unit, discount taken off, of the lines that are in both versions."""
    old = {one["position"]: one for one in amended.before["lines"] if not is_taken_off(one)}
    found = []
    for one in amended.after["lines"]:
        before = old.get(one["position"])
        if before is not None and not is_taken_off(one) and _terms(before) != _terms(one):
            found.append((_unit_price(before), _unit_price(one)))
    return found


def _terms(line: Mapping[str, Any]) -> tuple[str, str]:
    return str(line["unit_price"]), str(line["discount"])


def _unit_price(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line["unit_price"]) - Decimal(line["discount"]) / Decimal(line["quantity"])


def _changed(amended: Amended, *names: str) -> bool:
    return any(one.path.rpartition(".")[2] in names or one.path.startswith(names) for one in amended.differences)


def _count(amended: Amended, *, added: bool) -> int:
    old = {one["position"] for one in amended.before["lines"]}
    off = {one["position"] for one in amended.before["lines"] if is_taken_off(one)}
    if added:
        return sum(1 for one in amended.after["lines"] if one["position"] not in old)
    return sum(1 for one in amended.after["lines"] if is_taken_off(one) and one["position"] in old - off)


_FACTS: Mapping[str, Fact] = {
    "number": Fact("text", lambda one, by: one.order.number),
    "type": Fact("text", lambda one, by: one.order.type.code),
    "kind": Fact("text", lambda one, by: one.order.type.kind),
    "department": Fact("text", _department, is_optional=True),
    "owner": Fact("person", lambda one, by: one.order.owner_id, is_optional=True),
    "customer": Fact(
        "text", lambda one, by: one.order.customer.number if one.order.customer else None, is_optional=True
    ),
    "customer_class": Fact(
        "text", lambda one, by: one.order.customer.kind if one.order.customer else None, is_optional=True
    ),
    "supplier": Fact(
        "text", lambda one, by: one.order.supplier.number if one.order.supplier else None, is_optional=True
    ),
    "currency": Fact("text", lambda one, by: one.order.currency),
    # Worth in company currency, with tax: before, after, and by how much it rises or falls.
    "amount_before": Fact("number", lambda one, by: _company(one, Decimal(one.before["worth"])), minimum=ZERO),
    "amount_after": Fact("number", lambda one, by: _company(one, Decimal(one.after["worth"])), minimum=ZERO),
    "amount_up": Fact("number", lambda one, by: max(ZERO, _company(one, one.rise)), minimum=ZERO),
    "amount_down": Fact("number", lambda one, by: max(ZERO, -_company(one, one.rise)), minimum=ZERO),
    "price_lowered": Fact("yes_no", lambda one, by: any(after < before for before, after in _prices(one))),
    "price_raised": Fact("yes_no", lambda one, by: any(after > before for before, after in _prices(one))),
    "lines_added": Fact("integer", lambda one, by: _count(one, added=True), minimum=ZERO),
    "lines_cancelled": Fact("integer", lambda one, by: _count(one, added=False), minimum=ZERO),
    "date_changed": Fact("yes_no", lambda one, by: _changed(one, "requested_on")),
    "address_changed": Fact("yes_no", lambda one, by: _changed(one, "ship_to")),
    "quantity_changed": Fact("yes_no", lambda one, by: _changed(one, "quantity")),
    "initiator": Fact("text", lambda one, by: one.initiator),
    "reason": Fact("text", lambda one, by: one.reason_code),
}
FACTS_OF_AMENDMENTS = dressed(_FACTS)
