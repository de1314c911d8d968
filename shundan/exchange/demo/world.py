"""What the demo's simulated days share: people, goods, customers, stock, books, the clock and the dice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random

from shundan.accounts.models import User
from shundan.catalog.models import ExchangeRate, Product
from shundan.catalog.queries import SellableProduct, TaxBook
from shundan.exchange.demo.books import Books
from shundan.exchange.demo.calendar import Clock, day_of
from shundan.exchange.demo.journal import Journal, Numbers
from shundan.exchange.demo.stockroom import Stockroom
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.orders.models import OrderType
from shundan.parties.models import Address, Contact, Customer


@dataclass(slots=True)
class Good:
    """A product, how much of it is bought at a time and how often."""

    product: Product
    usual: int
    popularity: float
    offers: dict[str, SellableProduct] = field(default_factory=dict)
    leaves_at: datetime | None = None


@dataclass(slots=True)
class Client:
    """A customer and how it buys."""

    customer: Customer
    addresses: list[Address]
    contacts: list[Contact]
    warehouse: Warehouse
    rep: User
    share: float
    size: float
    favourites: list[Good]
    tardiness: float
    since: datetime

    @property
    def is_abroad(self) -> bool:
        """Tell whether what this customer buys is exported."""
        return bool(self.customer.country != "CN")


@dataclass(slots=True)
class World:
    """The whole company while it is simulated."""

    rng: Random
    clock: Clock
    people: dict[str, User]
    order_type: OrderType
    type_version_id: int
    workflow_id: int
    warehouses: dict[str, Warehouse]
    goods: list[Good]
    clients: list[Client]
    rates: dict[str, list[ExchangeRate]]
    journal: Journal
    numbers: Numbers
    stock: Stockroom
    books: Books
    taxes: TaxBook

    def actor(self, email: str, at: datetime, *, door: str = "web") -> Actor:
        """Return a person acting at a moment."""
        return acting(self.people[email], at, door=door)

    def rate(self, currency: str, at: datetime) -> Decimal:
        """Return the company's rate of exchange of a day."""
        return rate_on(self.rates, currency, day_of(at))


def rate_on(rates: Mapping[str, Sequence[ExchangeRate]], currency: str, on: date) -> Decimal:
    """Return the company's rate of exchange of a day."""
    if currency == "CNY":
        return Decimal(1)
    return next(row.rate for row in reversed(rates[currency]) if row.valid_from <= on)


def acting(user: User, at: datetime, *, door: str = "web") -> Actor:
    """Return a user acting at a moment; simulated steps ask for no rights."""
    return Actor(id=user.pk, name=user.name, door=door, at=at, language=user.language)
