"""Keeping how far each role may go on its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import role_codes
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, plain
from shundan.pricing.models import DiscountLimit

LOWEST_MARGIN = -1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInput:
    """A role's largest discount and least margin in percent; None means no limit."""

    role: str
    most_discount: Decimal | None = None
    least_margin: Decimal | None = None


@action
def save_limits(given: Sequence[LimitInput], *, by: Actor) -> list[DiscountLimit]:
    """Keep the limits of roles, all of them at once; a role that is left out is not limited.

    Raises: NotPermitted, Malformed.
    """
    require(by, "price.limit")
    roles, wrong, seen = role_codes(), [], set()
    for at, one in enumerate(given):
        if one.role not in roles or one.role in seen:
            wrong.append(Detail(f"limits[{at}].role", "unknown", _("Choose one of the offered values.")))
        seen.add(one.role)
        for path, least in (("most_discount", 0), ("least_margin", LOWEST_MARGIN)):
            value = getattr(one, path)
            if value is not None and (not least <= value <= 100 or decimal_places(value) > 4):
                sentence = _("Enter a percentage of at most 100 with up to 4 decimals.")
                wrong.append(Detail(f"limits[{at}].{path}", "out_of_range", sentence))
    if wrong:
        raise Malformed(details=wrong)
    # One after another: two who save at once do not mix their rows.
    kept = {one.role: one for one in DiscountLimit.objects.select_for_update().order_by("role")}
    wanted = [one for one in given if one.most_discount is not None or one.least_margin is not None]
    DiscountLimit.objects.exclude(role__in=[one.role for one in wanted]).delete()
    rows = []
    for one in wanted:
        values = {"most_discount": one.most_discount, "least_margin": one.least_margin}
        rows.append(DiscountLimit.objects.update_or_create(role=one.role, defaults=values)[0])
    before, after = _said(kept.values()), _said(rows)
    if before != after:
        record(
            "discount_limits.changed",
            subject=("discount_limits", 1),
            by=by,
            data={"changes": {"limits": [before, after]}},
        )
    return rows


def _said(rows: Iterable[DiscountLimit]) -> str:
    """Return limits as events tell them."""
    said = [f"{one.role}: {_percent(one.most_discount)} / {_percent(one.least_margin)}" for one in rows]
    return "; ".join(sorted(said))


def _percent(value: Decimal | None) -> str:
    return "-" if value is None else f"{plain(value)} %"
