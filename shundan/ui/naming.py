"""What filters name: a customer, a warehouse, a type …; one that names nothing is told, not met by silence."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from shundan.accounts.queries import user_names
from shundan.catalog.queries import currencies_with_rates, get_product, list_categories
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, NotPermitted
from shundan.ledger.queries import get_ledger_account
from shundan.orders.queries import get_order, get_order_type, order_types
from shundan.parties.queries import get_customer, get_supplier, is_tag_used
from shundan.ui.names import is_english
from shundan.workflow.registries import APPROVAL_ENDS

# So many allowed values are named in a sentence; of longer lists nobody reads them.
MOST_NAMED = 30


def _user(key: str, *, by: Actor) -> Any:
    known = user_names({int(key)}, by=by) if key.isascii() and key.isdigit() and len(key) < 16 else {}
    return known or _missing("user", key)


def _category(key: str, *, by: Actor) -> Any:
    return any(str(one.pk) == key for one in list_categories(by=by)) or _missing("category", key)


def _warehouse(key: str, *, by: Actor) -> Any:
    return any(one.code == key for one in list_warehouses(by=by, active=False)) or _missing("warehouse", key)


def _tag(key: str, *, by: Actor) -> Any:
    return is_tag_used(key, by=by) or _missing("tag", key)


def _currency(key: str, *, by: Actor) -> Any:
    return key in currencies_with_rates() or _missing("currency", key)


def _approval_kind(key: str, *, by: Actor) -> Any:
    return key in APPROVAL_ENDS or _missing("kind", key)


def _missing(what: str, key: str) -> Any:
    raise NotFound(what=what, key=key[:100])


# Who finds a record by what a filter says; it raises NotFound or NotPermitted.
_FINDERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "account": get_ledger_account,
        "category": _category,
        "currency": _currency,
        "customer": get_customer,
        "kind": _approval_kind,
        "order": get_order,
        "product": get_product,
        "supplier": get_supplier,
        "tag": _tag,
        "type": get_order_type,
        "user": _user,
        "warehouse": _warehouse,
    }
)
# What there is to choose from where that is a short list.
_CHOICES: Mapping[str, Callable[[Actor], list[str]]] = MappingProxyType(
    {
        "currency": lambda by: list(currencies_with_rates()),
        "kind": lambda by: sorted(APPROVAL_ENDS),
        "type": lambda by: [one.code for one in order_types(by=by, with_retired=True)],
        "warehouse": lambda by: [one.code for one in list_warehouses(by=by, active=False)],
    }
)


def why_unknown(what: str, key: str, *, by: Actor) -> str | None:
    """Return the sentence why a filter names nothing that this actor may see, with the cure; None if it does."""
    try:
        _FINDERS[what](key, by=by)
    except NotFound as missing:
        return _and_choices(missing.message, what, by)
    except NotPermitted:
        return _and_choices(NotFound(what=what, key=key[:100]).message, what, by)
    return None


def _and_choices(sentence: str, what: str, by: Actor) -> str:
    choices = _CHOICES[what](by) if what in _CHOICES else []
    if not choices or len(choices) > MOST_NAMED:
        return sentence
    gap = " " if is_english() else ""
    return f"{sentence}{gap}{_('Choose one of: %(expected)s.') % {'expected': ', '.join(choices)}}"
