"""How invoices and payments show what they are worth in company currency, and what exchange made of them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from shundan.billing.queries import Allocation, Invoice, Payment, exchange_by_invoice, worth_of_invoice
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.money import plain, round_amount


def exchange_of_payment(one: Payment) -> dict[str, Any] | None:
    """Return a foreign payment's rate, worth and exchange difference; None in company currency."""
    if one.currency == COMPANY_CURRENCY:
        return None
    worth = round_amount(one.amount * one.exchange_rate, currency=COMPANY_CURRENCY)
    return _shown(one.exchange_rate, worth, sum(exchange_by_invoice(one).values(), Decimal(0)))


def exchange_of_invoice(one: Invoice, paid: Iterable[Allocation]) -> dict[str, Any] | None:
    """Return a foreign invoice's rate, worth and exchange difference; None in company currency."""
    if one.currency == COMPANY_CURRENCY:
        return None
    difference = sum((each.exchange_difference for each in paid), Decimal(0))
    return _shown(one.exchange_rate, worth_of_invoice(one), difference)


def _shown(rate: Decimal, worth: Decimal, difference: Decimal) -> dict[str, Any]:
    return {"rate": plain(rate), "worth": worth, "difference": difference, "currency": COMPANY_CURRENCY}
