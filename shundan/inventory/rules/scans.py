"""What a scanned code says: GS1 element strings with their application identifiers, GTINs, and plain codes."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# The separator that ends an element of variable length; scanners send it for FNC1.
GROUP = "\x1d"
LONGEST_SCAN = 200
# What a scanner may put in front to tell the symbology: GS1-128, GS1 DataMatrix, GS1 QR, GS1 DataBar.
_SYMBOLOGIES = ("]C1", "]d2", "]Q3", "]e0", "]J1")
# Elements of fixed length, which need no separator.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
# Elements of variable length and their longest content.
_VARIABLE = {"10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "240": 30, "241": 30, "400": 30}
_QUANTITIES = ("30", "37")
_WITH_CHECK_DIGIT = ("00", "01", "02")
# What a person reads below the bars.
_READABLE = re.compile(r"\((\d{2,4})\)([^()]*)")
_RAW = re.compile(r"(01|02)\d{14}|00\d{18}$")
GTIN_LENGTHS = (8, 12, 13, 14)


class BadCode(ValueError):
    """A code that claims to be GS1 and is not: `check_digit`, `date`, `quantity` or `structure`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan says; `text` is the code as it came, a plain code has nothing else."""

    text: str
    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    quantity: Decimal | None = None
    is_gs1: bool = False

    @property
    def unit(self) -> str:
        """Return the serial number or the lot: how stock calls the units."""
        return self.serial or self.lot

    @property
    def product_codes(self) -> tuple[str, ...]:
        """Return under which SKUs or barcodes the product may be kept."""
        if self.gtin:
            return gtin_forms(self.gtin)
        if self.is_gs1:
            return ()
        is_gtin = self.text.isascii() and self.text.isdigit() and len(self.text) in GTIN_LENGTHS
        forms = gtin_forms(self.text) if is_gtin and has_check_digit(self.text) else ()
        return tuple(dict.fromkeys((self.text, self.text.upper(), *forms)))

    @property
    def is_misread(self) -> bool:
        """Tell whether it looks like the number of a product, but its check digit is wrong."""
        is_number = self.text.isascii() and self.text.isdigit() and len(self.text) in (12, 13, 14)
        return is_number and not has_check_digit(self.text)


def read_scan(raw: str) -> Scan:
    """Return what a code says. Raises: BadCode for GS1 that breaks its own rules."""
    text = raw.strip("\r\n\t ")[:LONGEST_SCAN]
    code = next((text[len(mark) :] for mark in _SYMBOLOGIES if text.startswith(mark)), text)
    is_marked = code != text or code.startswith(GROUP)
    code = code.lstrip(GROUP)
    if _READABLE.match(code):
        if _READABLE.sub("", code).strip():
            raise BadCode("structure")
        return _said(text, {identifier: content.strip() for identifier, content in _READABLE.findall(code)})
    if is_marked or (_RAW.match(code) and has_check_digit(code[2 : 2 + _FIXED[code[:2]]])):
        return _said(text, _elements(code))
    return Scan(text)


def has_check_digit(number: str) -> bool:
    """Tell whether the last digit of a GTIN or SSCC is the one that the others demand."""
    *digits, check = (int(digit) for digit in number)
    weighed = sum(digit * (1 if i % 2 else 3) for i, digit in enumerate(reversed(digits)))
    return check == -weighed % 10


def gtin_forms(gtin: str) -> tuple[str, ...]:
    """Return a GTIN in all lengths in which it may be kept: leading zeros change nothing."""
    whole = gtin.rjust(14, "0")
    return tuple(whole[-length:] for length in reversed(GTIN_LENGTHS) if not whole[:-length].strip("0"))


def _elements(code: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while code:
        identifier = next((code[:n] for n in (2, 3) if code[:n] in _FIXED or code[:n] in _VARIABLE), "")
        if not identifier:
            raise BadCode("structure")
        rest = code[len(identifier) :]
        if identifier in _FIXED:
            length = _FIXED[identifier]
            content, code = rest[:length], rest[length:].removeprefix(GROUP)
        else:
            content, _separator, code = rest.partition(GROUP)
        found[identifier] = content
    return found


def _said(text: str, elements: dict[str, str]) -> Scan:
    for identifier, content in elements.items():
        _check(identifier, content)
    quantity = next((Decimal(elements[one]) for one in _QUANTITIES if one in elements), None)
    return Scan(
        text,
        gtin=elements.get("01") or elements.get("02", ""),
        lot=elements.get("10", ""),
        serial=elements.get("21", ""),
        expires_on=_day(elements["17"]) if "17" in elements else None,
        quantity=quantity,
        is_gs1=True,
    )


def _check(identifier: str, content: str) -> None:
    is_number = content.isascii() and content.isdigit()
    if identifier in _FIXED and not (is_number and len(content) == _FIXED[identifier]):
        raise BadCode("structure")
    if identifier in _VARIABLE and not (0 < len(content) <= _VARIABLE[identifier] and content.isprintable()):
        raise BadCode("structure")
    if identifier not in _FIXED and identifier not in _VARIABLE:
        raise BadCode("structure")
    if identifier in _WITH_CHECK_DIGIT and not has_check_digit(content):
        raise BadCode("check_digit")
    if identifier in _QUANTITIES and not (is_number and int(content) > 0):
        raise BadCode("quantity")


def _day(digits: str) -> date:
    """Return a GS1 date: two digits of the year, and day 00 for the month's last."""
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError as error:
        raise BadCode("date") from error
