"""Where higher rooms hang gateways to the tax bureau: what one needs to be set up, and how it is spoken to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from shundan.einvoices.rules import RATES, SPECIAL, TaxDocument, TaxedLine, TaxParty

__all__ = ["RATES", "SPECIAL", "TaxDocument", "TaxParty", "TaxedLine"]

Word = str | Promise


class GatewayAway(Exception):
    """The gateway did not answer, or only that it has trouble; it may have acted on it nevertheless."""


class GatewayRefused(Exception):
    """The gateway understood and said no, with its own code and words; the same again would be refused again."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class GatewaySetting:
    """One thing that an account with a gateway needs; a secret one is sealed and never shown again."""

    code: str
    label: Word
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help: Word = ""


@dataclass(frozen=True, slots=True)
class OpenedGateway:
    """An account opened for use: address, settings and secrets by code."""

    base_url: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the gateway says of a document: its state in our words, and what is known of it then.

    `files` are addresses by kind: pdf, ofd, xml. `code` and `text` say why it was refused.
    """

    state: str
    number: str = ""
    issued_at: datetime | None = None
    form_number: str = ""
    code: str = ""
    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


class GatewayClient(Protocol):
    """How one gateway is spoken to. Every method raises GatewayAway and GatewayRefused."""

    def issue(self, document: TaxDocument) -> Told:
        """Ask for an invoice, or tell how it stands where the key is known already."""

    def look(self, key: str) -> Told:
        """Tell how the invoice of a key stands."""

    def request_red(self, document: TaxDocument) -> Told:
        """Ask for a red-letter confirmation (红字确认单), or tell how it stands where the key is known already."""

    def look_red(self, key: str) -> Told:
        """Tell how the red letter of a key stands."""

    def revoke_red(self, key: str) -> None:
        """Take back a red letter of ours that is not issued."""

    def answer_red(self, key: str, *, agrees: bool, reason: str) -> None:
        """Agree to a red letter that the other side asked for, or refuse it."""

    def fetch(self, url: str) -> bytes:
        """Return a file that the gateway named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway as the house knows it."""

    code: str
    label: Word
    open: Callable[[OpenedGateway], GatewayClient]
    settings: tuple[GatewaySetting, ...] = ()
    base_url: str = ""


TAX_GATEWAYS: dict[str, Gateway] = {}
