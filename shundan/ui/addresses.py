"""How the addresses of orders and customers are written, in one line."""

from shundan.kernel.addresses import COUNTRIES as COUNTRIES
from shundan.kernel.addresses import HOME as HOME
from shundan.kernel.addresses import UNKNOWN as UNKNOWN
from shundan.kernel.addresses import address_line as address_line
from shundan.orders.queries import Order
from shundan.parties.queries import Address


def ship_address(order: Order) -> str:
    """Return where an order's goods go, in one line."""
    town = (order.ship_province, order.ship_city, order.ship_district)
    return address_line(order.ship_country, *town, order.ship_street, order.ship_postal_code)


def address_of(one: Address) -> str:
    """Return an address of a customer, in one line."""
    return address_line(one.country, one.province, one.city, one.district, one.street, one.postal_code)
