"""Keeping warehouses: added, changed, closed when nothing needs them any more, opened again."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import actives_of_unscoped
from shundan.inventory.actions.places import check_place_code
from shundan.inventory.models import StockCount, StockPosition, Warehouse
from shundan.inventory.queries.warehouses import WarehouseClosed
from shundan.inventory.registries import WAREHOUSE_WORK
from shundan.inventory.rules import LONGEST_CODE, OPERATORS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, both_values, require
from shundan.kernel.events import record
from shundan.kernel.naming import listed

HIGHEST_PRIORITY = 100
LONGEST_TEXT = 200
# What a keeper is left at when nothing is said of one.
UNCHANGED = "unchanged"
# So many documents are named that still need a warehouse.
MOST_NAMED = 5


class WarehouseInUse(Refused):
    """Goods lie there, or documents still need it."""

    code = "warehouse_in_use"
    sentence = _("%(code)s is still needed, so it stays open: %(uses)s. Finish or move these first.")


class DefaultWarehouseNeeded(Refused):
    """There is always one warehouse that orders ship from unless they say otherwise."""

    code = "default_warehouse_needed"
    sentence = _("Orders ship from %(code)s unless they say otherwise. Make another warehouse the default first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseInput:
    """A warehouse as it is given.

    `keeper_id` is who answers for it: agrees to transfers from there, and signs for what arrives there. `is_default`
    makes it the one that orders ship from unless they say otherwise; None leaves that as it is.
    """

    name_zh: str
    name_en: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    contact_name: str = ""
    phone: str = ""
    operator: str = "own"
    priority: int = 0
    keeper_id: int | str | None = UNCHANGED
    is_default: bool | None = None


@action
def create_warehouse(*, code: str, by: Actor, is_new: bool = False, **facts: Any) -> Warehouse:
    """Add a warehouse with its default location, or, unless it must be new, change the one with this code.

    `facts` are those of `WarehouseInput`. Raises: NotPermitted, Malformed, DefaultWarehouseNeeded, WarehouseClosed.
    """
    require(by, "warehouse.edit")
    found = _locked(code)
    check_place_code(code, is_taken=is_new and found is not None)
    given = WarehouseInput(**facts)
    if found is not None:
        return _change(found, given, by=by)
    values = _checked(given, None)
    values["is_default"] = bool(given.is_default) or not Warehouse.objects.filter(is_default=True).exists()
    if values["is_default"]:
        _take_default_from_others(0)
    made = Warehouse.objects.create(code=code, **values)
    record("warehouse.created", subject=("warehouse", made.pk), by=by, data={"code": code, "name": given.name_zh})
    return made


@action
def change_warehouse(code: str, given: WarehouseInput, *, version: int, by: Actor) -> Warehouse:
    """Replace a warehouse's data if nobody else did meanwhile.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict (with both values), DefaultWarehouseNeeded,
    WarehouseClosed.
    """
    require(by, "warehouse.edit")
    return _change(_found(code), given, by=by, version=version)


@action
def close_warehouse(code: str, *, by: Actor) -> Warehouse:
    """Let nothing new go to a warehouse or come from it. Raises: NotPermitted, NotFound, WarehouseInUse,
    DefaultWarehouseNeeded.
    """
    require(by, "warehouse.edit")
    warehouse = _found(code)
    if not warehouse.is_active:
        return warehouse
    if warehouse.is_default or not Warehouse.objects.filter(is_active=True).exclude(pk=warehouse.pk).exists():
        raise DefaultWarehouseNeeded(code=warehouse.code)
    uses = _uses(warehouse)
    if uses:
        raise WarehouseInUse(code=warehouse.code, uses=listed(uses))
    return _set_open(warehouse, is_open=False, by=by)


@action
def reopen_warehouse(code: str, *, by: Actor) -> Warehouse:
    """Use a closed warehouse again. Raises: NotPermitted, NotFound."""
    require(by, "warehouse.edit")
    warehouse = _found(code)
    return warehouse if warehouse.is_active else _set_open(warehouse, is_open=True, by=by)


def _set_open(warehouse: Warehouse, *, is_open: bool, by: Actor) -> Warehouse:
    warehouse.is_active = is_open
    warehouse.version += 1
    warehouse.save(update_fields=["is_active", "version"])
    kind = "warehouse.reopened" if is_open else "warehouse.closed"
    record(kind, subject=("warehouse", warehouse.pk), by=by, data={"code": warehouse.code})
    return warehouse


def _change(warehouse: Warehouse, given: WarehouseInput, *, by: Actor, version: int | None = None) -> Warehouse:
    values = _checked(given, warehouse)
    kept = {name: getattr(warehouse, name) for name in values}
    changed = {name: value for name, value in values.items() if value != kept[name]}
    if version is not None and version != warehouse.version:
        raise VersionConflict(details=[both_values(name, changed[name], kept[name]) for name in changed])
    if not changed:
        return warehouse
    if changed.get("is_default") is False:
        raise DefaultWarehouseNeeded(code=warehouse.code)
    if changed.get("is_default"):
        if not warehouse.is_active:
            raise WarehouseClosed(code=warehouse.code)
        _take_default_from_others(warehouse.pk)
    before = warehouse.keeper.name if warehouse.keeper else ""
    for name, value in changed.items():
        setattr(warehouse, name, value)
    warehouse.version += 1
    warehouse.save()
    changes = {name: [kept[name], value] for name, value in changed.items() if name != "keeper_id"}
    if "keeper_id" in changed:
        changes["keeper"] = [before, warehouse.keeper.name if warehouse.keeper else ""]
    data = {"code": warehouse.code, "changes": changes}
    record("warehouse.changed", subject=("warehouse", warehouse.pk), by=by, data=data)
    return warehouse


def _take_default_from_others(pk: int) -> None:
    others = Warehouse.objects.filter(is_default=True).exclude(pk=pk)
    others.update(is_default=False, version=F("version") + 1)


def _locked(code: str) -> Warehouse | None:
    rows = Warehouse.objects.select_for_update(no_key=True)
    return rows.filter(code=code.replace("\x00", "")).first()


def _found(code: str) -> Warehouse:
    warehouse = _locked(code)
    if warehouse is None:
        raise NotFound(what="warehouse", key=code[:LONGEST_CODE])
    return warehouse


def _checked(given: WarehouseInput, known: Warehouse | None) -> dict[str, Any]:
    """Return the columns of what was given. Raises: Malformed."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(given).items()}
    wrong = [
        Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
        for path, text in values.items()
        if isinstance(text, str) and ("\x00" in text or len(text) > LONGEST_TEXT)
    ]
    if not values["name_zh"]:
        wrong.append(Detail("name_zh", "required", _("This field is required.")))
    if given.operator not in OPERATORS:
        wrong.append(Detail("operator", "unknown", _("Choose one of the offered values.")))
    if not -HIGHEST_PRIORITY <= given.priority <= HIGHEST_PRIORITY:
        wrong.append(Detail("priority", "out_of_range", _("Enter a number between -100 and 100.")))
    keeper = values["keeper_id"]
    if keeper == UNCHANGED:
        del values["keeper_id"]
    elif keeper not in (None, getattr(known, "keeper_id", None)) and not actives_of_unscoped([int(keeper)]):
        # Who left stays named until somebody else is.
        wrong.append(Detail("keeper", "unknown", _("Choose somebody who works here.")))
    if values["is_default"] is None:
        del values["is_default"]
    if wrong:
        raise Malformed(details=wrong)
    return values


def _uses(warehouse: Warehouse) -> list[str]:
    """Return what still needs a warehouse, in words: goods, counts, documents of the rooms above."""
    skus = StockPosition.objects.filter(warehouse=warehouse).order_by("product__sku")
    uses = list(skus.values_list("product__sku", flat=True).distinct()[:MOST_NAMED])
    counts = StockCount.objects.filter(warehouse=warehouse, closed_at=None).order_by("id")
    uses += counts.values_list("number", flat=True)[:MOST_NAMED]
    for documents in WAREHOUSE_WORK:
        uses += documents(warehouse.pk, MOST_NAMED)
    return [*uses[:MOST_NAMED], "…"] if len(uses) > MOST_NAMED else uses
