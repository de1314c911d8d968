"""With whom an order is made, where it comes from and where its goods go: what its type asks for, checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import Department
from shundan.accounts.queries import department_by_code_unscoped
from shundan.catalog.queries import COMPANY_CURRENCY, SellableProduct
from shundan.inventory.models import Warehouse
from shundan.inventory.queries import get_open_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.kernel.money import decimals_of, part_of
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine, OrderType
from shundan.orders.queries import get_order, last_purchase_prices_unscoped, lines_of
from shundan.orders.queries.entry import is_work
from shundan.orders.rules import AgreedPrice, price_in_unit
from shundan.parties.models import Address, Customer, PaymentTerm, Supplier
from shundan.parties.queries import buyer, get_supplier, main_address_of_buyer
from shundan.pricing.queries import PriceBook, Quote, Step

if TYPE_CHECKING:
    from shundan.orders.actions.draft import OrderInput
    from shundan.orders.actions.lines import Counted, LineInput


class CustomerClosed(Refused):
    """The customer was closed for new orders."""

    code = "customer_closed"
    sentence = _("%(name)s is closed for new orders. Reopen the customer, or choose another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The checked sides of an order and what follows from them while nothing else is given."""

    customer: Customer | None = None
    supplier: Supplier | None = None
    origin: Order | None = None
    target_warehouse: Warehouse | None = None
    source_department: Department | None = None
    target_department: Department | None = None

    @property
    def is_direct(self) -> bool:
        """Tell whether a supplier brings goods to the customer of the order this comes from."""
        return self.supplier is not None and self.origin is not None and self.origin.kind == "sale"

    @property
    def currency(self) -> str:
        """Return the currency of the order this comes from, of the party, or ours."""
        if self.origin is not None and not self.is_direct:
            return self.origin.currency
        party = self.customer or self.supplier
        return party.currency if party is not None else COMPANY_CURRENCY

    @property
    def includes_tax(self) -> bool:
        """Tell whether prices are agreed with tax."""
        if self.origin is not None and not self.is_direct:
            return self.origin.includes_tax
        return self.customer.includes_tax if self.customer else True

    @property
    def payment_term(self) -> PaymentTerm | None:
        """Return the party's term; a transfer has none."""
        party = self.customer or self.supplier
        return party.payment_term if party is not None else None

    @property
    def address(self) -> Address | None:
        """Return where goods go to by default: the customer's main address."""
        return main_address_of_buyer(self.customer) if self.customer else None


def sides_of(given: "OrderInput", order_type: OrderType, *, by: Actor) -> Sides:
    """Return the sides of an order as its type asks for them.

    Raises: NotPermitted, NotFound (customer, supplier, origin, warehouse), Malformed, CustomerClosed.
    """
    kind = KINDS[order_type.kind]
    # Who buys for a sale need not see it: its lines say what the supplier brings, no more is shown.
    origin = _origin(given.origin, by.as_system() if kind.goods == "in" else by) if given.origin else None
    _check_given(given, order_type, origin)
    customer = supplier = None
    if order_type.party == "customer":
        number = given.customer or (origin.customer.number if origin and origin.customer else "")
        customer = buyer(number, by=by)
        if customer.status != "active" and kind.goods != "back":
            raise CustomerClosed(name=customer.name)
    elif order_type.party == "supplier":
        number = given.supplier or (origin.supplier.number if origin and origin.supplier else "")
        supplier = get_supplier(number, by=by)
    return Sides(
        customer=customer,
        supplier=supplier,
        origin=origin,
        target_warehouse=get_open_warehouse(given.target_warehouse, by=by) if given.target_warehouse else None,
        source_department=_department(given, "source_department"),
        target_department=_department(given, "target_department"),
    )


def prices_of(
    order: Order, order_type: OrderType, book: PriceBook | None = None
) -> Callable[["Counted", SellableProduct, OrderLine | None], Quote | None]:
    """Return how a line without a given price is priced: by the customer's lists or ours, as last bought, as sold
    then, or not at all.

    The price is that of one of the unit that the line is counted in.
    """
    prices = KINDS[order_type.kind].prices
    if prices == "none":
        return lambda counted, product, source: Quote(Decimal(0), Step("none"))
    bought: dict[int, AgreedPrice] = {}

    def quote(counted: "Counted", product: SellableProduct, source: OrderLine | None) -> Quote | None:
        if book is not None:
            unit = counted.unit
            return book.quote(
                product,
                unit=unit.code,
                numerator=unit.numerator,
                denominator=unit.denominator,
                quantity=counted.quantity,
            )
        found = price(counted, product, source)
        return None if found is None else Quote(found, Step("list", price=found))

    def price(counted: "Counted", product: SellableProduct, source: OrderLine | None) -> Decimal | None:
        unit = counted.unit
        if prices == "list" or (prices == "source" and source is None):
            if not unit.code:
                return product.price(counted.quantity)
            return product.price_in(unit.code, unit.numerator, unit.denominator, counted.quantity)
        if source is not None and order.kind != "purchase":
            return price_in_unit(source.agreed, unit)
        if product.id not in bought:
            bought.update(last_purchase_prices_unscoped(order.supplier_id, order.currency, [product.id]))
        return price_in_unit(bought[product.id], unit) if product.id in bought else None

    return quote


def source_line_of(given: "LineInput", origin: Order | None) -> OrderLine | None:
    """Return the line that is taken back: the one named by its position, or the first of this product."""
    if origin is None:
        return None
    return _source_line(given, lines_of(origin))


def direct_line_of(given: "LineInput", origin: Order) -> OrderLine | None:
    """Return the line of a sale that a purchase brings to the customer, named as in source_line_of."""
    return _source_line(given, [line for line in lines_of(origin) if line.is_direct])


def _source_line(given: "LineInput", candidates: Sequence[OrderLine]) -> OrderLine | None:
    lines = [line for line in candidates if line.sku == given.sku]
    if given.source_position is not None:
        lines = [line for line in lines if line.position == given.source_position]
    return next(iter(lines), None)


def discount_of_part(source: OrderLine, quantity: Decimal, *, currency: str) -> Decimal:
    """Return the share of the source line's discount that belongs to a part of its quantity."""
    return part_of(source.discount, upto=min(quantity, source.quantity), of=source.quantity, currency=currency)


def _check_given(given: "OrderInput", order_type: OrderType, origin: Order | None) -> None:
    kind, wrong = KINDS[order_type.kind], []
    if given.customer and order_type.party != "customer":
        wrong.append(Detail("customer", "not_of_this_type", _("Orders of this type are not made with a customer.")))
    if given.supplier and order_type.party != "supplier":
        wrong.append(Detail("supplier", "not_of_this_type", _("Orders of this type are not made with a supplier.")))
    if order_type.party == "supplier" and not given.supplier and not (origin and origin.supplier_id):
        wrong.append(Detail("supplier", "required", _("Choose the supplier.")))
    if given.target_warehouse and kind.goods != "move":
        sentence = _("Only transfers have a warehouse that receives.")
        wrong.append(Detail("target_warehouse", "not_of_this_type", sentence))
    for name in ("source_department", "target_department"):
        if getattr(given, name) and not is_work(order_type):
            sentence = _("Only work for another department lies between two departments.")
            wrong.append(Detail(name, "not_of_this_type", sentence))
    if origin is not None:
        wrong += _faults_of_origin(given, order_type, origin)
    if wrong:
        raise Malformed(details=wrong)


def _faults_of_origin(given: "OrderInput", order_type: OrderType, origin: Order) -> list[Detail]:
    sides = {"customer": origin.customer, "supplier": origin.supplier}
    if order_type.kind == "purchase" and origin.kind == "sale":
        return []
    party = sides.get(order_type.party)
    if party is None or order_type.kind not in ("return", "service"):
        return [Detail("origin", "wrong_kind", _("An order of this type cannot come from that one."))]
    named = given.customer or given.supplier
    if named and named != party.number:
        return [Detail("origin", "other_party", _("That order belongs to another customer or supplier."))]
    if given.currency and given.currency != origin.currency:
        return [Detail("currency", "other_currency", _("Goods are taken back in the currency they were sold in."))]
    return []


def _origin(number: str, by: Actor) -> Order:
    try:
        return get_order(number, by=by)
    except NotFound as missing:
        # Not the order that is being entered: the field is at fault.
        raise NotFound(what="origin", key=number[:100]) from missing


def _department(given: "OrderInput", name: str) -> Department | None:
    code = getattr(given, name)
    found = department_by_code_unscoped(code) if code else None
    if code and found is None:
        raise Malformed(details=[Detail(name, "unknown", _("There is no such department."))])
    return found


def discount_out_of_range(path: str, currency: str) -> Detail:
    """Return what is wrong with a line's discount: below 0, too large, or finer than its currency is counted."""
    sentence: str | Promise = _("Enter a discount of 0 or more with at most two decimals.")
    if decimals_of(currency) == 0:
        sentence = _("Enter a whole discount of 0 or more: %(currency)s has no decimals.") % {"currency": currency}
    return Detail(f"{path}.discount", "out_of_range", sentence)
