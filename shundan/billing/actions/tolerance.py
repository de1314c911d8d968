"""Keeping how far a supplier's bill may be from order and receipt."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.models import BillTolerance
from shundan.kernel.errors import Detail, Malformed, amount_out_of_range
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places

Changed = dict[str, tuple[Decimal, Decimal]]


def keep_bill_tolerance(*, percent: Decimal | None, amount: Decimal | None) -> Changed:
    """Keep what is given of the tolerance; return what was changed, each as (before, after). Raises: Malformed.

    The caller tells of it; who locks the terms of settlement lets no other one in.
    """
    wrong = []
    if percent is not None and (not 0 <= percent <= 100 or decimal_places(percent) > 2):
        sentence = _("Enter a percentage from 0 to 100 with at most two decimals.")
        wrong.append(Detail("bill_tolerance_percent", "out_of_range", sentence))
    if amount is not None and (not 0 <= amount < 10**12 or decimal_places(amount) > AMOUNT_DECIMALS):
        wrong.append(amount_out_of_range("bill_tolerance_amount", "CNY", given=amount, from_zero=True, digits=12))
    if wrong:
        raise Malformed(details=wrong)
    kept, _made = BillTolerance.objects.get_or_create(id=1)
    changed: Changed = {}
    for name, value in (("percent", percent), ("amount", amount)):
        if value is not None and value != getattr(kept, name):
            changed[name] = (getattr(kept, name), value)
            setattr(kept, name, value)
    if changed:
        kept.save()
    return changed
