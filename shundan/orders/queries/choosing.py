"""Which lines of an order a paper takes, and how much of each: one rule for shipments and invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shundan.catalog.models import Unit
from shundan.catalog.queries import unit_in_words
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import decimal_places, plain
from shundan.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Choice:
    """How a room says no: nothing is free, more is wanted than is free, the line is none that it takes.

    `exceeded` is filled in with sku, wanted and free. `divides_goods` is false for papers, which name parts of a
    service or freight that no unit of goods is cut for.
    """

    nothing: type[Refused]
    too_many: type[Refused]
    unknown: str | Promise
    exceeded: str | Promise
    divides_goods: bool = True

    def of(
        self, order: Order, free: Mapping[OrderLine, Decimal], quantities: Mapping[int, Decimal] | None
    ) -> dict[OrderLine, Decimal]:
        """Return what is taken of each line: all that is free, or the given quantities by line position.

        A given 0 leaves its line out; where all are 0 though something is free, it is said where to enter more. Raises:
        Malformed and the room's own two refusals, with all places at once.
        """
        if quantities is None:
            chosen = {line: quantity for line, quantity in free.items() if quantity > 0}
        else:
            lines = {line.position: line for line in free}
            self._check(lines, free, quantities)
            chosen = {lines[position]: quantity for position, quantity in quantities.items() if quantity > 0}
            if not chosen:
                _refuse_zeros(free, quantities)
        if not chosen:
            raise self.nothing(number=order.number)
        return chosen

    def _check(
        self, lines: Mapping[int, OrderLine], free: Mapping[OrderLine, Decimal], quantities: Mapping[int, Decimal]
    ) -> None:
        malformed, too_many = [], []
        wanted = {lines[position]: quantity for position, quantity in quantities.items() if position in lines}
        parts = {line: (quantity, free[line]) for line, quantity in wanted.items()}
        finer = too_fine_of(parts) if self.divides_goods else {}
        for position, quantity in quantities.items():
            path, line = f"lines[{position - 1}]", lines.get(position)
            if line is None:
                malformed.append(Detail(path, "unknown_line", self.unknown))
            elif quantity < 0:
                malformed.append(Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity of 0 or more.")))
            elif quantity > free[line]:
                facts = {"sku": line.sku, "wanted": plain(quantity), "free": plain(free[line])}
                too_many.append(Detail(f"{path}.quantity", self.too_many.code, str(self.exceeded) % facts))
            elif line in finer:
                malformed.append(decimals_fault(f"{path}.quantity", line.unit, finer[line]))
        if malformed:
            raise Malformed(details=malformed)
        if too_many:
            raise self.too_many(details=too_many)


def _refuse_zeros(free: Mapping[OrderLine, Decimal], quantities: Mapping[int, Decimal]) -> None:
    """Say where to enter a quantity, if there is a line that has something to give. Raises: Malformed."""
    givers = {line.position for line, quantity in free.items() if quantity > 0}
    if givers:
        sentence = _("All quantities are 0. Enter how much here, or at another line.")
        paths = [f"lines[{position - 1}].quantity" for position in quantities if position in givers] or ["lines"]
        raise Malformed(details=[Detail(path, "all_zero", sentence) for path in paths])


def too_fine(line: OrderLine, quantity: Decimal, free: Decimal) -> int | None:
    """Return how many decimals the unit of a line takes where a quantity has more, None where it fits.

    What is there in full may be taken as it is, be it finer.
    """
    return too_fine_of({line: (quantity, free)}).get(line)


def too_fine_of(parts: Mapping[OrderLine, tuple[Decimal, Decimal]]) -> dict[OrderLine, int]:
    """Return the decimals that units take by line where a quantity of what is free has more; as too_fine."""
    divided = {
        line: decimal_places(quantity)
        for line, (quantity, free) in parts.items()
        if quantity != free and decimal_places(quantity) > 0
    }
    if not divided:
        return {}
    codes = {line.unit for line in divided}
    takes = dict(Unit.objects.filter(code__in=codes).values_list("code", "decimals"))
    return {line: takes[line.unit] for line, places in divided.items() if places > takes.get(line.unit, places)}


def decimals_fault(path: str, unit: str, decimals: int) -> Detail:
    """Say at its place that a quantity is finer than its unit."""
    words = {"unit": unit_in_words(unit), "num": decimals}
    if decimals == 0:
        return Detail(path, "too_many_decimals", _("Enter a whole number: %(unit)s takes no decimals.") % words)
    sentence = ngettext("%(unit)s takes at most %(num)s decimal.", "%(unit)s takes at most %(num)s decimals.", decimals)
    return Detail(path, "too_many_decimals", sentence % words)
