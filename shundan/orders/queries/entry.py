"""What a new order begins with."""

from dataclasses import dataclass

from shundan.inventory.models import Warehouse
from shundan.kernel.instances import fetched
from shundan.kernel.memory import remembered_rows
from shundan.orders.kinds import KINDS
from shundan.orders.models import OrderType
from shundan.workflow.queries import current_version_id, definition_of

_TYPE_COLUMNS = tuple(field.attname for field in OrderType._meta.concrete_fields)
_WAREHOUSE_COLUMNS = tuple(field.attname for field in Warehouse._meta.concrete_fields)
_FRAME = (
    "select (select v.id from workflow_workflowversion v"  # noqa: S608 - our own column names
    " where v.code = t.workflow order by v.version desc limit 1),"
    " (select a.id from workflow_approvaltableversion a"
    " where a.code = coalesce(v.content ->> 'approval_table', 'order') order by a.version desc limit 1), v.id, "
    + ", ".join([*(f"t.{one}" for one in _TYPE_COLUMNS), *(f"w.{one}" for one in _WAREHOUSE_COLUMNS)])
    + " from orders_ordertype t"
    " left join orders_ordertypeversion v on v.type_id = t.id and v.version = t.version left join lateral"
    " (select * from inventory_warehouse where is_active order by is_default desc, id limit 1) w on true"
    " where t.code = %s and t.is_active"
)


@dataclass(frozen=True, slots=True)
class EntryFrame:
    """What a new order of a type begins with."""

    type: OrderType
    type_version_id: int
    workflow_id: int
    approval_table_id: int
    warehouse: Warehouse | None


def entry_frame(type_code: str) -> EntryFrame | None:
    """Return the active type with this code, its current workflow and the default warehouse; one round trip."""
    rows = remembered_rows(_FRAME, [type_code.replace("\x00", "")])
    if not rows:
        return None
    (workflow_id, table_id, version_id, *row), end = rows[0], len(_TYPE_COLUMNS)
    has_warehouse = row[end] is not None
    return EntryFrame(
        fetched(OrderType, _TYPE_COLUMNS, row[:end]),
        version_id,
        workflow_id,
        table_id,
        fetched(Warehouse, _WAREHOUSE_COLUMNS, row[end:]) if has_warehouse else None,
    )


def is_work(order_type: OrderType) -> bool:
    """Tell whether one department works for another by a type: its workflow asks for both of them."""
    if KINDS[order_type.kind].goods != "move":
        return False
    frame = entry_frame(order_type.code)
    definition = definition_of(frame.workflow_id if frame else current_version_id(order_type.workflow))
    return any("has_two_departments" in one.needs for one in definition.transitions)
