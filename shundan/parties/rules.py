"""What a customer's data must look like."""

import re

KINDS = ("company", "person")
STATUSES = ("active", "closed")
COUNTRY = re.compile(r"[A-Z]{2}")
EMAIL = re.compile(r"[^@\s]{1,100}@[^@\s]{1,150}")
CURRENCY = re.compile(r"[A-Z]{3}")
# What a customer takes at once: anything, whole lines, or the whole order.
DELIVERY_POLICIES = ("any", "complete_line", "complete_order")
# How a customer stands to taxes: as everybody, exporting what it buys, exempt (免税), or not taxable (不征税).
TAX_STATUSES = ("normal", "export", "exempt", "not_taxable")
LONGEST_NAME = 200
_UNIFIED_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_UNIFIED_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIFIED_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_unified_credit_code(code: str) -> bool:
    """Tell whether a 统一社会信用代码 is well formed (GB 32100-2015: 18 characters, weighted modulo 31)."""
    if not _UNIFIED_CODE.fullmatch(code):
        return False
    weighted = sum(_UNIFIED_ALPHABET.index(c) * w for c, w in zip(code, _UNIFIED_WEIGHTS, strict=False))
    return _UNIFIED_ALPHABET[(31 - weighted % 31) % 31] == code[-1]
