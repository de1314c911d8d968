"""What purchase requests still need of a warehouse: goods that were asked for it and are not ordered yet."""

from collections.abc import Sequence

from shundan.inventory.registries import WAREHOUSE_WORK
from shundan.purchasing.models import PurchaseRequest
from shundan.purchasing.rules import WAITING


def _requests_for(warehouse_id: int, most: int) -> Sequence[str]:
    rows = PurchaseRequest.objects.filter(warehouse_id=warehouse_id, state__in=WAITING).order_by("id")
    return list(rows.values_list("number", flat=True)[:most])


WAREHOUSE_WORK.append(_requests_for)
