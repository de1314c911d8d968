"""Where higher rooms hang payment gateways: what one needs, how it is asked for money, how its messages are proven."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise

Word = str | Promise


class GatewayAway(Exception):
    """The gateway did not answer in a way that says anything; the same may be asked again."""


class GatewayRefused(Exception):
    """The gateway understood and said no, in its own words; the same again would be refused again."""


class BadNotice(Exception):
    """A message was not signed by the gateway, is too old, or is for somebody else."""


@dataclass(frozen=True, slots=True)
class GatewaySetting:
    """One thing that an account with a gateway needs; a secret one is sealed and never shown again."""

    code: str
    label: Word
    is_secret: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class OpenedGateway:
    """An account opened for use: where it is asked, where it tells, its settings and secrets by code."""

    base_url: str
    notify_url: str
    return_url: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskedMoney:
    """What a customer is asked to pay. `number` is ours and the same in every try."""

    number: str
    amount: Decimal
    currency: str
    subject: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PayPlace:
    """Where the customer pays: an address or what a square code says, and the gateway's own id of it."""

    url: str
    remote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """What is to be paid back of a payment. `number` is ours and the same in every try; `paid` is the whole payment."""

    number: str
    transaction: str
    amount: Decimal
    paid: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundSaid:
    """What a gateway says of a refund: success, pending, failed, or unknown where it has never heard of it."""

    state: str
    remote_id: str = ""
    reason: str = ""
    # Where the message says it; it must be what was asked.
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidNotice:
    """A proven message. `number` is empty where it says nothing of money that came in; `id` is never used twice.

    `refund_number` is not empty where it is of a refund of ours, of which it says `refund`.
    """

    id: str
    kind: str
    number: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    transaction: str = ""
    payer: str = ""
    refund_number: str = ""
    refund: RefundSaid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A payment gateway: `ask` opens a place to pay, `read` proves and reads a message (raises BadNotice).

    `refund` pays back, the same number never twice; `find_refund` asks what became of it. Both raise GatewayAway where
    the answer proves nothing, and GatewayRefused only where it is certain that no money went.
    """

    code: str
    label: Word
    method: str
    base_url: str
    currencies: Sequence[str]  # empty: any
    settings: Sequence[GatewaySetting]
    ask: Callable[[OpenedGateway, AskedMoney, datetime], PayPlace]
    read: Callable[[OpenedGateway, Mapping[str, str], bytes, datetime], PaidNotice]
    refund: Callable[[OpenedGateway, RefundAsked, datetime], RefundSaid]
    find_refund: Callable[[OpenedGateway, RefundAsked, datetime], RefundSaid]
    # What the gateway wants to hear when a message has arrived: body and content type.
    thanks: tuple[str, str]


GATEWAYS: dict[str, Gateway] = {}
