"""Entering orders: a new draft, a draft saved again, an order placed in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.accounts.scopes import may_with_kind
from shundan.catalog.queries import rate_of_exchange
from shundan.inventory.models import Warehouse
from shundan.inventory.queries import default_warehouse_unscoped, get_open_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.instances import unsaved
from shundan.kernel.money import AMOUNT_DECIMALS, ZERO, decimals_of, is_currency_code, round_amount
from shundan.kernel.numbering import next_in_series
from shundan.orders.actions.attributes import check_allowed, fill_attributes, write_keys
from shundan.orders.actions.clock import enter_state, first_look
from shundan.orders.actions.comparing import comparable, differing_places
from shundan.orders.actions.coupons import WITHOUT_USE, require_coupon, settle_coupon
from shundan.orders.actions.fingerprint import fingerprint_of
from shundan.orders.actions.kits import Unfolded, unfold_kits
from shundan.orders.actions.lines import LARGEST_AMOUNT, LineInput, price_lines
from shundan.orders.actions.lots import name_lots
from shundan.orders.actions.move import advance_order
from shundan.orders.actions.pricing import faults_of_discount, take_off
from shundan.orders.actions.rewrite import replace_lines
from shundan.orders.actions.sides import Sides, sides_of
from shundan.orders.actions.sourcing import BY_RULES, source_order
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine, OrderType
from shundan.orders.queries import entry_frame, get_order, lines_of, number_pattern, order_types
from shundan.orders.queries.entry import is_work
from shundan.orders.rules import LONGEST_TEXT, MOST_LINES
from shundan.orders.rules.patterns import NumberPattern
from shundan.parties.models import Address, PaymentTerm
from shundan.pricing.queries import typed_code
from shundan.workflow.queries import definition_of


class NotADraft(Refused):
    """Only drafts are edited in place."""

    code = "not_a_draft"
    sentence = _("%(number)s is no longer a draft. Withdraw it or revoke its approval first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipTo:
    """Where the goods go."""

    contact: str = ""
    phone: str = ""
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInput:
    """An order as it is given; None takes the party's or the company's default.

    `origin` is the order that goods are returned of, or that a service belongs to; `warehouse` is where goods leave
    from or, of purchases and returns, come in; `target_warehouse` and `target_department` are the other end of a
    transfer, `source_department` does the work for the other one (the department of whoever enters it by default). The
    rules choose the warehouses of a sale whose warehouse is `*`. `attributes` are those of the type's header, by code;
    one that is left out keeps its value, or takes the type's default. What is off the whole order is a percentage or an
    amount, spread over its lines after all that is off them; `coupon` is the code of one. `is_of_rejected` says of a
    new return to a supplier that it takes what an inspection rejected.
    """

    customer: str = ""
    type: str = "sales"
    supplier: str = ""
    origin: str = ""
    target_warehouse: str = ""
    source_department: str = ""
    target_department: str = ""
    lines: tuple[LineInput, ...] = ()
    currency: str | None = None
    includes_tax: bool | None = None
    customer_reference: str = ""
    requested_on: date | None = None
    ordered_on: date | None = None
    warehouse: str | None = None
    allows_backorder: bool = False
    payment_term: str | None = None
    payment_method: str = ""
    ship_to: ShipTo | None = None
    remark: str = ""
    attributes: Mapping[str, object] | None = None
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    coupon: str = ""
    is_of_rejected: bool = False


@action
def create_order(given: OrderInput, *, by: Actor, source: str = "") -> Order:
    """Enter a draft. Raises: NotPermitted, NotFound (customer), Malformed, CustomerClosed."""
    order, lines = compose_order(given, by=by, source=source)
    return insert_order(order, lines, by=by)


def compose_order(given: OrderInput, *, by: Actor, source: str = "") -> tuple[Order, list[OrderLine]]:
    """Return a checked, priced and taxed order with its lines, not saved and without a number.

    Raises: NotPermitted, NotFound (customer, supplier, origin), Malformed, CustomerClosed, CouponRefused.
    """
    require(by, "order.create")
    _check_header(given)
    frame = entry_frame(given.type)
    if frame is None:
        known = ", ".join(one.code for one in order_types(by=by))
        sentence = _("There is no such order type. Choose one of: %(expected)s.") % {"expected": known}
        raise Malformed(details=[Detail("type", "unknown", sentence)])
    if not may_with_kind(by, "order.create", frame.type.kind):
        raise NotPermitted(permission="order.create")
    sides = sides_of(given, frame.type, by=by)
    definition = definition_of(frame.workflow_id)
    order = unsaved(
        Order,
        type_id=frame.type.pk,
        type_version_id=frame.type_version_id,
        kind=frame.type.kind,
        owner_id=by.id or (sides.customer.owner_id if sides.customer else None),
        team_id=by.team_id or (sides.customer.team_id if sides.customer else None),
        department_id=by.department_id or (sides.customer.department_id if sides.customer else None),
        workflow_id=frame.workflow_id,
        state=definition.initial,
        category=definition.state(definition.initial).category,
        ordered_on=given.ordered_on or by.today,
        source=source or by.door,
        created_at=by.at,
        changed_at=by.at,
        is_of_rejected=given.is_of_rejected,
        holds=[],
        history_flags=[],
        attributes={},
    )
    order.type = frame.type
    enter_state(order, at=by.at)
    order.__dict__["approval_table_id"] = frame.approval_table_id
    lines = _fill(order, given, sides, by, default_warehouse=frame.warehouse, is_new=True)
    order.__dict__["loaded_lines"] = lines
    return order, lines


def insert_order(order: Order, lines: list[OrderLine], *, by: Actor) -> Order:
    """Write a composed order as a draft, with its number and event."""
    if order.coupon_code and order.category not in WITHOUT_USE:
        # Its workflow begins with something else than a draft.
        require_coupon(order)
    pattern = pattern_of(order)
    series = number_series(order.type, pattern, on=order.ordered_on)
    order.number = pattern.number(next_in_series(series)[0], order.ordered_on)
    order.save(force_insert=True)
    _insert_lines(order, lines)
    settle_coupon(order, by=by)
    write_keys(order, lines)
    record("order.created", subject=order.subject, by=by, data=order_facts(order) | {"to": order.state})
    return order


def pattern_of(order: Order) -> NumberPattern:
    """Return the pattern of an order's number, from the version of its type that it begins with."""
    return number_pattern(order.type_version_id)


def number_series(order_type: OrderType, pattern: NumberPattern, *, on: date) -> str:
    """Return the name of the sequence of a type's numbers in the period of a business day."""
    period = pattern.period(on)
    return f"order_{order_type.code}_{period}" if period else f"order_{order_type.code}"


@action
def save_draft(number: str, given: OrderInput, *, version: int, by: Actor) -> Order:
    """Replace a draft's header and lines if nobody else did meanwhile.

    Raises: NotPermitted, NotFound, Malformed, NotADraft, CustomerClosed, LineOnPapers, VersionConflict (both values
    of each place).
    """
    require(by, "order.edit")
    _check_header(given)
    order = get_order(number, by=by, lock=True, permission="order.edit")
    if order.category != "draft":
        raise NotADraft(number=order.number)
    known = comparable(order, lines_of(order))
    if order.kind == "purchase" and order.origin is not None:
        # What a supplier brings to a customer stays so; nobody types it anew.
        given = replace(given, origin=order.origin.number)
    sides = sides_of(given, order.type, by=by)
    order.ordered_on = given.ordered_on or order.ordered_on
    lines = _fill(order, given, sides, by, default_warehouse=default_warehouse_unscoped(), is_new=False)
    if version != order.version:
        raise VersionConflict(details=differing_places(comparable(order, lines), known))
    order.version += 1
    order.changed_at = by.at
    order.acts_at = first_look(order.workflow_id, order.state, at=by.at)
    order.save()
    replace_lines(order, lines)
    write_keys(order, lines)
    changes = {path: [known.get(path), value] for path, value in comparable(order, lines).items()}
    changes = {path: both for path, both in changes.items() if both[0] != both[1]}
    record("order.edited", subject=order.subject, by=by, data={"number": order.number, "changes": changes})
    return order


@action
def delete_draft(number: str, *, by: Actor) -> None:
    """Cancel a draft that nobody needs; its number stays used. Raises: NotPermitted, NotFound, NotADraft."""
    order = get_order(number, by=by, lock=True, permission="order.edit")
    if order.category != "draft":
        raise NotADraft(number=order.number)
    advance_order(order, transitions=("cancel",), by=by, inputs={"reason": "draft deleted"})


def _fill(
    order: Order, given: OrderInput, sides: Sides, by: Actor, *, default_warehouse: Warehouse | None, is_new: bool
) -> list[OrderLine]:
    order.customer, order.supplier, order.origin = sides.customer, sides.supplier, sides.origin
    order.target_warehouse, order.target_department = sides.target_warehouse, sides.target_department
    _fill_performer(order, sides, by, is_new=is_new)
    order.currency = given.currency or sides.currency
    if decimals_of(order.currency) > AMOUNT_DECIMALS:
        sentence = _("Amounts have two decimals here; this currency needs three and cannot be used yet.")
        raise Malformed(details=[Detail("currency", "unsupported", sentence)])
    order.includes_tax = sides.includes_tax if given.includes_tax is None else given.includes_tax
    order.exchange_rate = rate_of_exchange(order.currency, on=order.ordered_on)
    order.payment_term = _term(given.payment_term) if given.payment_term else sides.payment_term
    order.payment_method = given.payment_method
    by_rules = given.warehouse == BY_RULES and order.kind == "sale"
    is_named = bool(given.warehouse) and not by_rules
    order.warehouse = get_open_warehouse(given.warehouse or "", by=by) if is_named else default_warehouse
    order.is_sourced = by_rules
    order.allows_backorder = given.allows_backorder
    order.customer_reference = given.customer_reference.strip()
    order.requested_on, order.remark = given.requested_on, given.remark
    if sides.is_direct and sides.origin is not None:
        copy_address(sides.origin, order)
    else:
        _fill_address(order, given.ship_to or _address(sides.address))
    _fill_discount(order, given)
    asked = unfold_kits(given.lines, order)
    if asked.places is None:
        return _fill_lines(order, asked, given, by, is_new=is_new)
    with asked.named_as_given():
        return _fill_lines(order, asked, given, by, is_new=is_new)


def _fill_performer(order: Order, sides: Sides, by: Actor, *, is_new: bool) -> None:
    if sides.source_department is not None:
        order.department = sides.source_department
    elif not is_new and is_work(order.type) and order.department_id is not None:
        if by.department_id is None:
            sentence = _("Choose the department that does the work.")
            raise Malformed(details=[Detail("source_department", "required", sentence)])
        order.department_id = by.department_id


def _fill_lines(order: Order, asked: Unfolded, given: OrderInput, by: Actor, *, is_new: bool) -> list[OrderLine]:
    lines = price_lines(asked.lines, asked.products, order=order, book=asked.book)
    take_off(order, lines, asked.products, asked.book)
    name_lots(order, lines, [line.lot for line in asked.lines], today=by.today)
    if order.is_sourced:
        source_order(order, lines)
    check_allowed(order, lines)
    total_up(order, lines)
    of_lines = [line.attributes for line in asked.lines]
    fill_attributes(order, lines, header=given.attributes, of_lines=of_lines, by=by, is_new=is_new)
    if order.attributes or any(line.attributes for line in lines):
        order.content_hash = fingerprint_of(order, lines)
    return lines


def _fill_discount(order: Order, given: OrderInput) -> None:
    wrong = list(faults_of_discount(given.discount_percent, given.discount_amount, currency=order.currency))
    if not wrong and KINDS[order.type.kind].prices != "list":
        sentence = _("Only what we sell has a discount on the whole order, or a coupon.")
        names = ("discount_percent", "discount_amount", "coupon")
        wrong = [Detail(name, "not_of_this_type", sentence) for name in names if getattr(given, name)]
    if wrong:
        raise Malformed(details=wrong)
    order.discount_percent, order.discount_amount = given.discount_percent or None, given.discount_amount or None
    order.coupon_code = typed_code(given.coupon)


def total_up(order: Order, lines: Sequence[OrderLine]) -> None:
    """Set the header's sums and its fingerprint from the lines. Raises: Malformed for a total beyond all reason."""
    order.net = sum((line.net for line in lines), ZERO)
    order.tax = sum((line.tax for line in lines), ZERO)
    order.total = order.net + order.tax
    order.company_total = sum((round_amount(line.gross * order.exchange_rate) for line in lines), ZERO)
    if max(abs(order.total), abs(order.company_total)) >= LARGEST_AMOUNT:
        raise Malformed(details=[Detail("lines", "out_of_range", _("The order's total is too large; split it."))])
    order.line_count = len(lines)
    order.content_hash = fingerprint_of(order, lines)


def _insert_lines(order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    order.__dict__["loaded_lines"] = lines


def order_facts(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "kind": order.kind,
        "customer_id": order.customer_id,
        "ordered_on": order.ordered_on.isoformat(),
        "total": str(order.total),
        "currency": order.currency,
    }


def _check_header(given: OrderInput) -> None:
    wrong = []
    if len(given.lines) > MOST_LINES:
        wrong.append(Detail("lines", "too_many_lines", _("An order has at most 2,000 lines; split it.")))
    texts = {name: getattr(given, name) for name in ("customer_reference", "remark", "customer", "supplier", "origin")}
    ends = ("target_warehouse", "source_department", "target_department")
    texts |= {name: getattr(given, name) for name in ends}
    texts |= {"payment_method": given.payment_method, "coupon": given.coupon}
    if given.ship_to:
        texts |= {f"ship_to.{one.name}": getattr(given.ship_to, one.name) for one in fields(given.ship_to)}
    for path, text in texts.items():
        if "\x00" in text or len(text) > LONGEST_TEXT:
            wrong.append(
                Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
            )
    if given.currency is not None and not is_currency_code(given.currency):
        wrong.append(Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY.")))
    if wrong:
        raise Malformed(details=wrong)


def _term(code: str) -> PaymentTerm:
    found = PaymentTerm.objects.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise Malformed(details=[Detail("payment_term", "unknown", _("There is no such payment term."))])
    return found


def _address(address: Address | None) -> ShipTo:
    if address is None:
        return ShipTo()
    return ShipTo(
        contact=address.contact_name,
        phone=address.phone,
        country=address.country,
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
        postal_code=address.postal_code,
    )


def copy_address(source: Order, order: Order) -> None:
    """Let an order go where another one goes."""
    for one in fields(ShipTo):
        setattr(order, f"ship_{one.name}", getattr(source, f"ship_{one.name}"))


def _fill_address(order: Order, ship_to: ShipTo) -> None:
    for one in fields(ship_to):
        setattr(order, f"ship_{one.name}", getattr(ship_to, one.name))
