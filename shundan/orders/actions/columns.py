"""Choosing the columns of a list for oneself."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, require
from shundan.orders.kinds import KINDS
from shundan.orders.models import ListColumns
from shundan.orders.queries import LIST_COLUMNS, column_attributes
from shundan.orders.rules.columns import LONGEST_VIEW, MOST_COLUMNS


@action
def choose_columns(columns: Sequence[str], *, kind: str, view: str, by: Actor) -> None:
    """Keep which columns the actor sees in a view of a kind's list; none brings back the standard ones.

    Raises: NotPermitted, Malformed.
    """
    require(by, "order.read")
    if by.id is None:
        raise NotPermitted(permission="order.read")
    if kind not in KINDS or not view or len(view) > LONGEST_VIEW or "\x00" in view:
        raise Malformed(details=[Detail("view", "unknown_view", _("There is no such view."))])
    known = {*LIST_COLUMNS, *column_attributes(columns)}
    wished = list(dict.fromkeys(columns))
    strange = next((one for one in wished if one not in known), None)
    if strange is not None or len(wished) > MOST_COLUMNS:
        raise Malformed(details=[Detail("columns", "unknown_column", _("Choose at most 30 of the offered columns."))])
    if wished:
        ListColumns.objects.update_or_create(user_id=by.id, kind=kind, view=view, defaults={"columns": wished})
    else:
        ListColumns.objects.filter(user_id=by.id or 0, kind=kind, view=view).delete()
