"""Where higher rooms hang carriers: what one needs to be set up, what it can do, and how it is spoken to."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.utils.functional import Promise

Word = str | Promise
log = logging.getLogger("shundan.carriers")
# What reading an answer of another shape than the documented one ends in.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class CarrierAway(Exception):
    """The carrier did not answer, or only that it has trouble. `was_sent`: it may have acted on it nevertheless."""

    def __init__(self, text: str, *, was_sent: bool) -> None:
        super().__init__(text)
        self.was_sent = was_sent


class CarrierRefused(Exception):
    """The carrier understood and said no, with its own code and words; the same again would be refused again."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


class BadSignature(Exception):
    """A pushed message was not signed by who it says it is from."""


@contextmanager
def understood() -> Iterator[None]:
    """Take an answer that nobody can read for none, so that others are still served. Raises: CarrierAway."""
    try:
        yield
    except _ODD as error:
        log.exception("a carrier's answer was not understood")
        raise CarrierAway(f"the answer was not understood: {type(error).__name__}", was_sent=True) from error


@contextmanager
def signed() -> Iterator[None]:
    """Take a pushed message that nobody can read for none of the carrier's. Raises: BadSignature."""
    try:
        yield
    except _ODD as error:
        raise BadSignature(f"not understood: {type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an account with a carrier needs; a secret one is sealed and never shown again."""

    code: str
    label: Word
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help: Word = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where goods are fetched or brought to."""

    company: str = ""
    contact: str = ""
    phone: str = ""
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a parcel is said to hold: a name, how many, and what one is worth in the consignment's currency."""

    name: str
    quantity: Decimal
    unit_price: Decimal = Decimal(0)
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What is handed to a carrier. `order_key` is ours and stays the same in every try; weight in kilograms."""

    order_key: str
    service: str
    sender: Place
    receiver: Place
    parcels: int
    weight: Decimal
    cargo: tuple[Cargo, ...] = ()
    currency: str = "CNY"
    remark: str = ""
    ship_on: str = ""
    vehicle: str = ""
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a service would cost, and when it would arrive."""

    service: str
    amount: Decimal | None
    currency: str = "CNY"
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What the carrier took on: its numbers, and what it said of cost, arrival and label (a PDF) in the same breath."""

    tracking_number: str
    parcel_numbers: tuple[str, ...] = ()
    reference: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    expected_at: datetime | None = None
    label: bytes = b""


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing that happened on the way: when, in which of our states, the carrier's code and words, and where."""

    at: datetime
    state: str
    code: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of one parcel number (or of our order key, where the carrier names that)."""

    number: str
    scans: tuple[Scan, ...]
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account opened for use: address, settings and secrets by code."""

    code: str
    base_url: str
    settings: Mapping[str, str]


class CarrierClient(Protocol):
    """How one carrier is spoken to. Every method raises CarrierAway and CarrierRefused."""

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return what the enabled services would cost."""

    def create(self, consignment: Consignment) -> Booked:
        """Hand over a consignment."""

    def find(self, consignment: Consignment) -> Booked | None:
        """Return what the carrier already took on under our order key, or None."""

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label as PDF."""

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take a consignment back before it is fetched."""

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return what happened to parcels."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message that a carrier sent by itself, and the answer that it expects."""

    tracked: tuple[Tracked, ...]
    answer: Mapping[str, object]


ESTIMATE, CREATE, LABEL, CANCEL, TRACK, PUSH = "estimate", "create", "label", "cancel", "track", "push"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier as the house knows it.

    `is_remote`: it is spoken to over the network, by jobs. `repeats_safely`: the same order key never makes two at
    the carrier's, so a create of unknown outcome may be sent again. `number_form`: its tracking numbers as a regular
    expression with their check in `number_check`, where it documents one; `is_form_closed`: it has no others.
    """

    code: str
    label: Word
    open: Callable[[Account], CarrierClient]
    settings: tuple[Setting, ...] = ()
    services: tuple[tuple[str, Word], ...] = ()
    abilities: frozenset[str] = frozenset()
    base_url: str = ""
    is_remote: bool = True
    repeats_safely: bool = False
    number_form: str = ""
    is_form_closed: bool = False
    number_check: Callable[[str], bool] | None = None
    read_push: Callable[[Account, Mapping[str, str], bytes], Pushed] | None = None
    track_many: int = field(default=10)


CARRIERS: dict[str, Carrier] = {}
