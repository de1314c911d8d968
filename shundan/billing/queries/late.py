"""How late customers are with money, for decisions about their orders."""

from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, Sum

from shundan.billing.models import Invoice
from shundan.billing.queries.books import OPEN
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.money import ZERO, round_amount


def overdue_amount_unscoped(customer_id: int, *, on: date) -> Decimal:
    """Return what a customer should have paid by a day and has not, in company currency at the invoices' own rates."""
    worth = (F("total") - F("credited") - F("allocated")) * F("exchange_rate")
    rows = Invoice.objects.filter(OPEN, customer_id=customer_id, due_on__lt=on)
    late = rows.aggregate(late=Sum(worth, output_field=DecimalField()))["late"]
    return round_amount(late or ZERO, currency=COMPANY_CURRENCY)
