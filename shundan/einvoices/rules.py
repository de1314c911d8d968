"""What is true of fully digital e-invoices (数电发票): how a line must add up, and where a document stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
BLUE, RED = "blue", "red"
# 数电专票 and 数电普票.
SPECIAL, GENERAL = "special", "general"
MEDIUMS = (SPECIAL, GENERAL)
# asked: a job is to send it; requested: the gateway has it; waiting: for the other side of a red letter; confirmed:
# by both, the red invoice is being issued.
STATES = ("asked", "requested", "waiting", "confirmed", "issued", "refused", "revoked")
UNDER_WAY = ("asked", "requested", "waiting", "confirmed")
# From here it may be sent anew, under a new key.
ENDED = ("refused", "revoked")
REASONS = ("returned", "wrong", "stopped", "discount")
# Why nothing is charged at 0 %: these three differ.
# Why a line bears no tax, as the bureau says it, by the kinds of our taxes.
NO_TAX_OF_KINDS = {"zero": "zero", "exempt": "exempt", "not_taxable": "untaxed"}
NO_TAX = tuple(NO_TAX_OF_KINDS.values())
RATES = "0.13 0.09 0.06 0.05 0.03 0.01 0"
# How far a line may be off, as gateways check it before the bureau does.
AMOUNT_TOLERANCE = Decimal("0.01")
TAX_TOLERANCE = Decimal("0.06")
TOTAL_TOLERANCE = Decimal("1.27")
PRICE_DECIMALS = 10
_TAX_NUMBER = re.compile(r"[0-9A-HJ-NP-RTUWXY]{15}|[0-9A-Z]{17,20}")
_CODE = re.compile(r"\d{19}")
_NUMBER = re.compile(r"\d{20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxParty:
    """Who sells or buys, as the tax bureau knows them."""

    name: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine:
    """One line without tax: quantity times price is the net. `no_tax` says why 0 % is charged."""

    position: int
    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    net: Decimal
    tax: Decimal
    rate: Decimal
    code: str
    no_tax: str = ""
    # Our code of the unit, whose name stands above.
    unit_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxDocument:
    """An invoice as it is sent. `key` is ours, the same in every try.

    A red letter has negative quantities and amounts, names the invoice it corrects, and gives its lines the positions
    that they have there; `is_whole` corrects all of it.
    """

    key: str
    kind: str
    medium: str
    number: str
    seller: TaxParty
    buyer: TaxParty
    lines: tuple[TaxedLine, ...]
    net: Decimal
    tax: Decimal
    remark: str = ""
    drawer: str = ""
    original: str = ""
    reason: str = ""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class TaxFault:
    """What the bureau would refuse: where, which, and the figures of the sentence."""

    path: str
    code: str
    facts: tuple[tuple[str, str], ...] = ()


def unit_price_of(net: Decimal, quantity: Decimal) -> Decimal:
    """Return the price without tax that times the quantity gives the net; 10 decimals, as the bureau takes at most."""
    return round(net / quantity, PRICE_DECIMALS) if quantity else ZERO


def faults_of(document: TaxDocument, *, rates: Iterable[Decimal]) -> list[TaxFault]:
    """Return everything that the bureau would refuse; nothing means that it may be sent."""
    allowed = set(rates)
    found = [*_party_faults(document)]
    for line in document.lines:
        found += _line_faults(line, allowed)
    return [*found, *_total_faults(document.lines)]


def _party_faults(document: TaxDocument) -> list[TaxFault]:
    found = []
    seller, buyer = document.seller, document.buyer
    if not _TAX_NUMBER.fullmatch(seller.tax_number):
        found.append(TaxFault("seller.tax_number", "seller_tax_number"))
    # A person needs none on a general invoice; a company always does.
    needs_number = document.medium == SPECIAL or not buyer.is_person
    if (needs_number or buyer.tax_number) and not _TAX_NUMBER.fullmatch(buyer.tax_number):
        found.append(TaxFault("buyer.tax_number", "buyer_tax_number"))
    if document.medium == SPECIAL and buyer.is_person:
        found.append(TaxFault("medium", "special_for_person"))
    if document.kind == RED and not is_bureau_number(document.original):
        found.append(TaxFault("original", "no_original"))
    return found


def _line_faults(line: TaxedLine, rates: set[Decimal]) -> list[TaxFault]:
    path = f"lines[{line.position - 1}]"
    named = (("name", line.name),)
    found = []
    if not _CODE.fullmatch(line.code):
        found.append(TaxFault(path, "no_tax_code", named))
    if line.rate not in rates:
        found.append(TaxFault(path, "rate_not_allowed", (*named, ("rate", f"{line.rate:.2%}"))))
    if line.rate == 0 and line.no_tax not in NO_TAX:
        found.append(TaxFault(path, "no_reason_for_zero", named))
    if abs(line.quantity * line.price - line.net) > AMOUNT_TOLERANCE:
        found.append(TaxFault(path, "amount_is_off", named))
    if abs(line.net * line.rate - line.tax) > TAX_TOLERANCE:
        found.append(TaxFault(path, "tax_is_off", named))
    return found


def _total_faults(lines: Sequence[TaxedLine]) -> list[TaxFault]:
    if not lines:
        return [TaxFault("lines", "no_lines")]
    off = sum((line.net * line.rate - line.tax for line in lines), ZERO)
    return [TaxFault("lines", "total_tax_is_off")] if abs(off) > TOTAL_TOLERANCE else []


def is_bureau_number(number: str) -> bool:
    """Tell whether this is the number of a fully digital e-invoice: 20 digits."""
    return _NUMBER.fullmatch(number) is not None


def rates_from(text: str) -> list[Decimal]:
    """Return the rates that a gateway's setting allows: shares with a blank between them. Raises: ValueError."""
    try:
        return [Decimal(one) for one in text.split()]
    except ArithmeticError as error:
        raise ValueError(text) from error
