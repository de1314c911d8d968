"""Warehouses: all of them, one by its code, and the one that orders ship from."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.kept import kept
from shundan.kernel.models import Event
from shundan.kernel.timeline import events_of_unscoped


class WarehouseClosed(Refused):
    """Nothing new goes to a closed warehouse or comes from it."""

    code = "warehouse_closed"
    sentence = _("Warehouse %(code)s is closed. Choose another one, or open it again.")


def active_warehouses_unscoped() -> list[Warehouse]:
    """Return the active warehouses, the default one first."""
    return list(Warehouse.objects.filter(is_active=True).order_by("-is_default", "id"))


def list_warehouses(*, by: Actor, active: bool = True) -> list[Warehouse]:
    """Return the warehouses, the first one being the default."""
    return _warehouses(only_active=active) if by.grants else []


@kept
def _warehouses(*, only_active: bool) -> QuerySet[Warehouse]:
    rows = Warehouse.objects.select_related("keeper").order_by("-is_default", "id")
    return rows.filter(is_active=True) if only_active else rows


def get_warehouse(code: str, *, by: Actor) -> Warehouse:
    """Return a warehouse by its code. Raises: NotFound."""
    found = next((one for one in list_warehouses(by=by, active=False) if one.code == code), None)
    if found is None:
        raise NotFound(what="warehouse", key=code)
    return found


def get_open_warehouse(code: str, *, by: Actor) -> Warehouse:
    """Return a warehouse that something new may go to or come from. Raises: NotFound, WarehouseClosed."""
    found = get_warehouse(code, by=by)
    if not found.is_active:
        raise WarehouseClosed(code=found.code)
    return found


def timeline_of_warehouse(warehouse: Warehouse, *, by: Actor) -> list[Event]:
    """Return what happened to a warehouse's record, newest first; none for actors who may not read events."""
    return events_of_unscoped([("warehouse", warehouse.pk)]) if by.may("event.read") else []


def default_warehouse_unscoped() -> Warehouse | None:
    """Return the warehouse that orders ship from unless they say otherwise."""
    return Warehouse.objects.filter(is_active=True).order_by("-is_default", "id").first()


def codes_of_warehouses_unscoped(ids: Iterable[int]) -> dict[int, str]:
    """Return codes by warehouse id, for papers that name where their goods come from."""
    wanted = sorted(set(ids))
    return dict(Warehouse.objects.filter(pk__in=wanted).values_list("id", "code")) if wanted else {}
