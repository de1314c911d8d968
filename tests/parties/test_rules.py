"""What a customer's data must look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.parties.rules import is_unified_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


# Published codes of well-known companies.
@pytest.mark.parametrize("code", ["91440300708461136T", "914403001922038216", "91110000802100433B"])
def test_real_codes_are_valid(code: str) -> None:
    assert is_unified_credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "91440300708461136X",
        "91440300708461136",
        "91440300708461136TT",
        "91440300708461136t",
        "9144030070846113OT",
        "",
        "914403007084611\x0036T",
        "９１440300708461136T",
    ],
)
def test_anything_else_is_not(code: str) -> None:
    assert not is_unified_credit_code(code)


@given(place=st.integers(0, 16), other=st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(place: int, other: str) -> None:
    right = "91440300708461136T"
    wrong = right[:place] + other + right[place + 1 :]
    assert is_unified_credit_code(wrong) == (wrong == right)
