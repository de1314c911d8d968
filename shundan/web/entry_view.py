"""What the entry page shows and what a save answers: lines, sums, choices and the customer's credit."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.accounts.queries import list_departments
from shundan.billing.queries import Credit, credit_of
from shundan.catalog.queries import NoExchangeRate, sellable_products_unscoped, tax_in_words
from shundan.inventory.queries import availability_unscoped, available_of, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.actions import BY_RULES, is_named, own_discount, shown_attributes
from shundan.orders.queries import (
    Order,
    OrderLine,
    OrderType,
    Outlook,
    current_version_of,
    direction_of,
    lines_of,
    order_types,
    outlook_of_lines,
    returnable_of,
    short_lines,
    type_of,
)
from shundan.orders.queries.coupons import off_by_coupon_of
from shundan.orders.queries.entry import is_work
from shundan.orders.queries.kits import all_off_kit, as_entered
from shundan.parties.queries import Address, Customer, Supplier, get_customer, list_payment_terms
from shundan.ui.addresses import address_of
from shundan.web.attribute_view import attribute_fields, copied_values, grid_columns, header_state, typed_text
from shundan.web.coupons import coupon_shown
from shundan.web.kinds import FACES
from shundan.web.lots import lot_choices
from shundan.web.order_kits import with_kits
from shundan.web.units import entry_units
from shundan.web.words import name_of, unit_words


def entry_context(
    order: Order | None,
    by: Actor,
    *,
    order_type: OrderType,
    key: str,
    save_url: str,
    submit_url: str,
    copied: Order | None = None,
    origin: Order | None = None,
    party: Customer | Supplier | None = None,
) -> dict[str, Any]:
    """Return the context of orders/edit.html for a draft, or for a new order that may begin as a copy or a return."""
    source = order or copied
    origin = (order.origin if order else None) or origin
    face = FACES[order_type.kind]
    if source is not None or origin is not None:
        party = (source or origin).party  # type: ignore[union-attr]
    customer = get_customer(party.number, by=by) if isinstance(party, Customer) else None
    addresses = list(customer.addresses.all()) if customer else []
    is_return = origin is not None and order_type.kind == "return"
    lines = lines_of(source) if source else []
    rows = _lines(lines, source, by) if source or not is_return else _lines_back(origin, by)
    if copied is not None and order is None:
        # What was agreed then, promotions and all, is the line's own now; a coupon's use stays with its order.
        for row, (its, kit) in zip(rows, as_entered(lines), strict=True):
            off = all_off_kit(its, currency=copied.currency) if kit else its[0].discount
            row |= {"typed": True, "kept": True, "discount": plain(off - off_by_coupon_of(its)), "off": ""}
    currency = (order or origin or party).currency if (order or origin or party) else "CNY"  # type: ignore[union-attr]
    credit = _credit(customer, by) if order_type.kind in ("sale", "service") else None
    definition = type_of(order) if order else current_version_of(order_type)
    values = order.attributes if order else copied_values(copied) if copied else {}
    shown = shown_attributes(order, by=by)[0] if order else None
    is_between = is_work(order_type)
    departments = list_departments(by=by) if is_between else []
    home = next((one.code for one in departments if one.pk == by.department_id), "")
    warehouses = [(one.code, name_of(one)) for one in list_warehouses(by=by)]
    if order_type.kind == "sale" and len(warehouses) > 1:
        warehouses.append((BY_RULES, _("Chosen by the rules")))
    return {
        "order": _head(order, source, party, addresses, currency) | _ends(source, origin, order_type, home=home),
        "face": face,
        "goods": KINDS_OF_GOODS[order_type.kind] if not is_between else "work",
        "types": [] if order or copied or origin else _types(order_type, party, by),
        "choices": {
            "warehouses": warehouses,
            "departments": [(one.code, name_of(one)) for one in departments],
            "addresses": [(one.pk, _address(one)) for one in addresses],
            "terms": [(one.code, name_of(one)) for one in list_payment_terms(by=by)],
            "currencies": [(currency, currency)],
        },
        "attributes": attribute_fields(definition.of_place("header"), values, shown, new=order is None, by=by),
        "can_edit_price": not is_return and (order_type.kind != "transfer" or is_between),
        "prices_by_rules": KINDS_BY_LIST[order_type.kind],
        "has_prices": order_type.kind != "transfer" or is_between,
        "cancel_url": reverse("orders.show", kwargs={"number": (order or origin).number})  # type: ignore[union-attr]
        if order or origin
        else face.url(),
        "grid": {
            "save_url": save_url,
            "products_url": f"{reverse('products.pick')}?kind={order_type.kind}",
            "submit_url": submit_url,
            "lines": rows,
            "columns": grid_columns(definition, by, has_lots=order_type.kind in ("sale", "service", "transfer")),
            "totals": _totals(source),
            "draft_key": f"{by.id}:{key}",
        },
        "credit": _credit_shown(credit, order),
        "coupon": coupon_shown(order),
    }


# Where lists and promotions set the prices, so that only what was typed is sent as a price.
KINDS_BY_LIST = {"sale": True, "service": True, "purchase": False, "return": False, "transfer": False}
# Which ends of an order's way the page asks for.
KINDS_OF_GOODS = {"sale": "out", "purchase": "in", "return": "back", "service": "used", "transfer": "move"}


def _types(chosen: OrderType, party: Customer | Supplier | None, by: Actor) -> list[dict[str, Any]]:
    """Return the types of the kind to choose from; nothing where there is no choice."""
    found = [one for one in order_types(by=by) if one.kind == chosen.kind]
    url = reverse("orders.new")
    return [
        {"label": name_of(one), "url": f"{url}?type={one.code}", "active": one.code == chosen.code, "count": None}
        for one in (found if len(found) > 1 else ())
    ]


def _ends(source: Order | None, origin: Order | None, order_type: OrderType, *, home: str) -> dict[str, Any]:
    to_house = source.target_warehouse if source else None
    to_people = source.target_department if source else None
    place = source.warehouse if source else origin.warehouse if origin else None
    return {
        "type": order_type.code,
        "type_name": name_of(order_type),
        "party_kind": order_type.party,
        "origin": origin.number if origin else "",
        "warehouse": BY_RULES if source and source.is_sourced else place.code if place else "",
        "target_warehouse": to_house.code if to_house else "",
        "source_department": source.department.code if source and source.department else home,
        "target_department": to_people.code if to_people else "",
    }


def _lines_back(origin: Order | None, by: Actor) -> list[dict[str, Any]]:
    """Return what can still come back of an order, at the prices it was sold or bought for."""
    free = returnable_of(origin) if origin else {}
    rows = _lines([line for line, quantity in free.items() if quantity > 0], origin, by, folds=False)
    back = {line.position: quantity for line, quantity in free.items()}
    for row in rows:
        row["source"] = row["position"]
        # The share of the discount follows from the quantity, which the server works out.
        own = row["units"][0]["name"] if row["units"] else row["unit"]
        row |= {"unit": own, "unit_code": "", "units": [], "price": ""} if row["unit_code"] else {}
        row |= {"quantity": plain(back[row["position"]]), "discount": "", "gross": "", "net": "", "tax": ""}
    return rows


def saved_answer(order: Order, version: int, by: Actor) -> dict[str, Any]:
    """Return what a save tells the page: the server's amounts, warnings, and the credit left."""
    sells = order.kind in ("sale", "service") and order.customer is not None
    credit = _credit(get_customer(order.buyer.number, by=by), by) if sells else None
    lines = lines_of(order)
    return {
        "number": order.number,
        "url": reverse("orders.edit", kwargs={"number": order.number}),
        "version": version,
        "currency": order.currency,
        "lines": _lines(lines, order, by),
        "attributes": header_state(order, by=by),
        "totals": _totals(order),
        "coupon": coupon_shown(order),
        "warnings": _warnings(order, by),
        "credit": {"limit": _figure(credit.limit), "available": _figure(_left(credit, order))} if credit else None,
    }


def _head(
    order: Order | None,
    source: Order | None,
    party: Customer | Supplier | None,
    addresses: list[Address],
    currency: str,
) -> dict[str, Any]:
    chosen = next((one for one in addresses if order and one.street == order.ship_street), None)
    return {
        "number": order.number if order else None,
        "version": order.version if order else 0,
        "party": {"id": party.number, "name": party.name} if party else None,
        "customer_po": order.customer_reference if order else "",
        "currency": currency,
        "prices_include_tax": order.includes_tax if order else getattr(party, "includes_tax", True),
        "promised_on": order.requested_on if order else None,
        "address_id": chosen.pk if chosen else (addresses[0].pk if addresses else ""),
        "terms": _term(source, party),
        "note": source.remark if source else "",
        "owner": order.owner.name if order and order.owner else "",
        "allows_backorder": source.allows_backorder if source else False,
        "discount_percent": _figure(order.discount_percent) if order else None,
        "discount_amount": _figure(order.discount_amount) if order else None,
        "coupon": order.coupon_code if order else "",
    }


def _term(source: Order | None, party: Customer | Supplier | None) -> str:
    holder = source or party
    return holder.payment_term.code if holder and holder.payment_term else ""


def _lines(lines: list[OrderLine], order: Order | None, by: Actor, *, folds: bool = True) -> list[dict[str, Any]]:
    sees_stock = by.may("stock.read") and order is not None
    stocked = [line.product_id for line in lines if line.is_stocked] if sees_stock else []
    levels = availability_unscoped(stocked, warehouse_id=order.warehouse_id if order else None) if stocked else {}
    takes = sees_stock and order is not None and order.kind in ("sale", "service", "transfer")
    outlooks = outlook_of_lines(lines, by=by) if takes else {}
    units = unit_words(by)
    facts = sellable_products_unscoped({line.sku for line in lines}, currency=order.currency) if order else {}
    lots = lot_choices(stocked, order.warehouse_id if order else None, by) if takes else {}
    sources = {one.pk: one.position for one in lines_of(order.origin)} if order and order.origin else {}
    rows: list[dict[str, Any]] = [
        {
            "position": line.position,
            "sku": line.sku,
            "name": name_of(line),
            "spec": line.product.spec,
            "unit": units.get(line.order_unit or line.unit, line.order_unit or line.unit),
            "unit_code": line.order_unit,
            "units": entry_units(
                facts[line.sku], units.get(line.unit, line.unit), units, kind=order.kind, kept=line.ordered_in
            )
            if order is not None and line.sku in facts
            else [],
            "lot": line.lot_code,
            "lots": lots.get(line.product_id, []),
            "quantity": plain(line.ordered_quantity),
            "price": plain(line.agreed.amount),
            "discount": plain(own_discount(line)),
            "off": plain(line.discount - own_discount(line)),
            "typed": is_named(line),
            "kept": bool(line.price_steps) and line.price_steps[0]["kind"] == "kept",
            "tax_rate": plain(line.tax_rate),
            "tax_word": tax_in_words(line.tax_kind, line.tax_rate),
            "gross": plain(line.gross),
            "net": plain(line.net),
            "tax": plain(line.tax),
            "available": plain(available_of(line.product_id, levels)) if line.is_stocked and sees_stock else None,
            "promise": _promise(outlooks.get(line.position)),
            "source": sources.get(line.source_line_id) if line.source_line_id else None,
            "errors": {},
            **{f"a_{code}": typed_text(value) for code, value in line.attributes.items()},
        }
        for line in lines
    ]
    return with_kits(rows, lines, order, by) if order is not None and folds else rows


def _promise(one: Outlook | None) -> str | None:
    """Return the day that a line can be there, empty if nobody knows one, None where it is not asked."""
    if one is None:
        return None
    return one.on.isoformat() if one.on else ""


def _totals(order: Order | None) -> dict[str, str]:
    if order is None:
        return {"net": "0", "tax": "0", "total": "0"}
    return {"net": plain(order.net), "tax": plain(order.tax), "total": plain(order.total)}


def _warnings(order: Order, by: Actor) -> list[str]:
    takes = direction_of(order).goes_out or order.kind == "service"
    short = short_lines(order) if takes and by.may("stock.read") and not order.allows_backorder else []
    return [_("%(sku)s: only %(available)s in stock.") % {"sku": s, "available": plain(a)} for s, a in short[:5]]


def _credit(customer: Customer | None, by: Actor) -> Credit | None:
    if customer is None or customer.credit_limit is None:
        return None
    try:
        return credit_of(customer, by=by)
    except NoExchangeRate:
        return None


def _credit_shown(credit: Credit | None, order: Order | None) -> dict[str, Any] | None:
    if credit is None or credit.limit is None:
        return None
    return {"limit": credit.limit, "used": credit.exposure, "pending": order.total if order else Decimal(0)}


def _left(credit: Credit, order: Order) -> Decimal | None:
    return credit.after(order.total) if order.currency == credit.currency else credit.available


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _address(address: Address) -> str:
    return address_of(address) or address.contact_name or str(address.pk)
