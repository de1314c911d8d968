"""Words of what is told of warehouses, and of the fields of records that people keep."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Word = str | Promise

WAREHOUSE_EVENTS: dict[str, tuple[str, str, Word]] = {
    "warehouse.created": ("plus", "quiet", _("added the warehouse")),
    "warehouse.changed": ("pencil", "quiet", _("changed the record")),
    "warehouse.closed": ("lock", "warn", _("closed the warehouse")),
    "warehouse.reopened": ("circle-check", "good", _("reopened the warehouse")),
    "location.saved": ("map-pin", "quiet", _("saved the location %(code)s")),
}
# Fields of warehouses and suppliers as changes name them.
RECORD_PLACES: dict[str, Word] = {
    "name": _("Name"),
    "name_zh": _("Name"),
    "name_en": _("English name"),
    "contact_name": _("Contact"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "country": _("Country"),
    "province": _("Province"),
    "city": _("City"),
    "district": _("District"),
    "street": _("Street"),
    "address": _("Address"),
    "operator": _("Run by"),
    "priority": _("Priority"),
    "keeper": _("Keeper"),
    "is_default": _("Default warehouse"),
    "payment_term": _("Payment terms"),
    "tax_number": _("Tax number"),
    "bank_name": _("Bank"),
    "bank_account": _("Bank account"),
}
