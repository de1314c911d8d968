"""Writing the lines of a draft anew: those that papers name keep their rows."""

from collections.abc import Sequence

from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail, Refused
from shundan.orders.models import Order, OrderLine

# Kept rows stand aside here while the others take their positions.
ASIDE = 1_000_000


class LineOnPapers(Refused):
    """A line is to go that papers name: they were cancelled or reversed, and still say what they were of."""

    code = "line_on_papers"
    sentence = _(
        "%(number)s: papers that were cancelled name lines you removed (%(skus)s). Keep these products,"
        " or cancel the order and copy it."
    )


def replace_lines(order: Order, lines: list[OrderLine]) -> None:
    """Write these lines instead of those that a locked draft has. Raises: LineOnPapers."""
    for line in lines:
        line.order = order
    known = OrderLine.objects.filter(order_id=order.pk)
    try:
        known.delete()
    except ProtectedError:
        _take_rows(order, list(known.order_by("position")), lines)
    OrderLine.objects.bulk_create([line for line in lines if line._state.adding])
    order.__dict__["loaded_lines"] = lines


def _take_rows(order: Order, known: Sequence[OrderLine], lines: Sequence[OrderLine]) -> None:
    """Let lines take the rows of lines of their product that cannot go; the other rows go."""
    kept = [line for line in known if not _is_gone(line)]
    missing = []
    for old in kept:
        new = next((line for line in lines if line._state.adding and line.product_id == old.product_id), None)
        if new is None:
            missing.append(old)
        else:
            new.pk = old.pk
            new._state.adding = False
    if missing:
        sentence = _("%(sku)s stands on papers that were cancelled.")
        details = [
            Detail(f"lines[{old.position - 1}]", LineOnPapers.code, sentence % {"sku": old.sku}) for old in missing
        ]
        raise LineOnPapers(number=order.number, skus=", ".join(old.sku for old in missing), details=details)
    OrderLine.objects.filter(pk__in=[old.pk for old in kept]).update(position=F("position") + ASIDE)
    for line in lines:
        if not line._state.adding:
            line.save(force_update=True)


def _is_gone(line: OrderLine) -> bool:
    try:
        OrderLine.objects.filter(pk=line.pk).delete()
    except ProtectedError:
        return False
    return True
