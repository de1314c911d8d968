"""Carriers without an interface: our own vehicles, pick-up at the warehouse, and companies that exchange files."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    ESTIMATE,
    Account,
    Booked,
    Carrier,
    Consignment,
    Quote,
    Setting,
    Tracked,
)
from shundan.integrations.rules import Tariff
from shundan.kernel.money import parse_decimal

TARIFF = (
    Setting("first_weight", _("First weight in kg"), is_required=False, default="1"),
    Setting("first_price", _("Price of the first weight"), is_required=False, default="0"),
    Setting("further_price", _("Price of each further kg"), is_required=False, default="0"),
)


class Local:
    """A carrier that takes every consignment; what it costs says a tariff in the account."""

    def __init__(self, account: Account, *, numbers_itself: bool) -> None:
        self.account, self.numbers_itself = account, numbers_itself

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return the price by the account's tariff."""
        return [Quote(consignment.service, self._price(consignment), "CNY")]

    def create(self, consignment: Consignment) -> Booked:
        """Take the consignment; our own key is its number where nobody else gives one."""
        number = consignment.order_key if self.numbers_itself else ""
        return Booked(tracking_number=number, amount=self._price(consignment))

    def find(self, consignment: Consignment) -> Booked | None:
        """Return nothing: what is taken here is taken in one transaction."""
        return None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return nothing: there is no label."""
        return b""

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Let the consignment go; nobody else knows of it."""

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return nothing: events are entered by hand or read from files."""
        return []

    def _price(self, consignment: Consignment) -> Decimal:
        values = [parse_decimal(self.account.settings.get(one.code, "")) or Decimal(0) for one in TARIFF]
        return Tariff(*values).price(consignment.weight)


FLEET = Carrier(
    code="fleet",
    label=_("Own fleet"),
    open=lambda account: Local(account, numbers_itself=True),
    settings=TARIFF,
    abilities=frozenset({ESTIMATE, CREATE, CANCEL}),
    is_remote=False,
    repeats_safely=True,
)
PICKUP = Carrier(
    code="pickup",
    label=_("Customer picks up"),
    open=lambda account: Local(account, numbers_itself=True),
    abilities=frozenset({CREATE, CANCEL}),
    is_remote=False,
    repeats_safely=True,
)
FILE = Carrier(
    code="file",
    label=_("Carrier that exchanges files"),
    open=lambda account: Local(account, numbers_itself=False),
    settings=TARIFF,
    abilities=frozenset({ESTIMATE, CREATE, CANCEL}),
    is_remote=False,
    repeats_safely=True,
)
