"""Keeping what products are sorted and counted by: categories and units of quantity."""

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category, Unit
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS

LONGEST_CODE, LONGEST_NAME = 40, 100


@action
def save_category(*, code: str, name_zh: str, name_en: str, by: Actor, parent: Category | None = None) -> Category:
    """Add a category, or rename or move the one with this code, with all below it. Raises: NotPermitted, Malformed.

    An English name that is not given is the Chinese one.
    """
    require(by, "product.edit")
    code, name_zh, name_en = _checked(code, name_zh, name_en)
    # All of them: two that are moved below each other at the same moment would make a circle.
    kept = {one.pk: one for one in Category.objects.select_for_update().order_by("pk")}
    known = next((one for one in kept.values() if one.code == code), None)
    above = kept.get(parent.pk) if parent else None
    while known is not None and above is not None:
        if above.pk == known.pk:
            sentence = _("A category cannot lie below itself.")
            raise Malformed(details=[Detail("parent", "below_itself", sentence)])
        above = kept.get(above.parent_id) if above.parent_id else None
    values = {"name_zh": name_zh, "name_en": name_en, "parent": parent}
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    category, _made = Category.objects.update_or_create(code=code, defaults=values)
    said = {"code": code, "name_zh": name_zh, "name_en": name_en, "parent": parent.code if parent else None}
    record("category.saved", subject=("category", category.pk), by=by, data=said)
    return category


@action
def save_unit(*, code: str, name_zh: str, name_en: str, decimals: int, by: Actor) -> Unit:
    """Add a unit of quantity, or rename the one with this code or let it be divided more finely.

    What has been counted stays exact, so the decimals of a unit never become fewer. Raises: NotPermitted, Malformed.
    """
    require(by, "product.edit")
    code, name_zh, name_en = _checked(code, name_zh, name_en)
    known = Unit.objects.select_for_update().filter(code=code).first()
    if not 0 <= decimals <= QUANTITY_DECIMALS:
        sentence = _("Use 0 to %(most)s decimals.") % {"most": QUANTITY_DECIMALS}
        raise Malformed(details=[Detail("decimals", "out_of_range", sentence)])
    if known is not None and decimals < known.decimals:
        fewer = _("Quantities were counted with %(kept)s decimals; add another unit instead.")
        raise Malformed(details=[Detail("decimals", "fewer_decimals", fewer % {"kept": known.decimals})])
    values = {"name_zh": name_zh, "name_en": name_en, "decimals": decimals}
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    unit, _made = Unit.objects.update_or_create(code=code, defaults=values)
    record("unit.saved", subject=("unit", unit.pk), by=by, data={"code": code, **values})
    return unit


def _checked(code: str, name_zh: str, name_en: str) -> tuple[str, str, str]:
    texts = {"code": code.strip(), "name_zh": name_zh.strip(), "name_en": name_en.strip() or name_zh.strip()}
    wrong = []
    for path, text in texts.items():
        most = LONGEST_CODE if path == "code" else LONGEST_NAME
        if not text or len(text) > most or "\x00" in text:
            sentence = _("Enter 1 to %(most)s characters.") % {"most": most}
            wrong.append(Detail(path, "out_of_range", sentence))
    if wrong:
        raise Malformed(details=wrong)
    return texts["code"], texts["name_zh"], texts["name_en"]
