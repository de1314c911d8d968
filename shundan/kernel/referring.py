"""Which records others refer to: what nothing uses may be removed again."""

from collections.abc import Collection

from django.db.models import ManyToOneRel, Model
from django.db.models.deletion import CASCADE
from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Refused


class InUse(Refused):
    """Something refers to the record."""

    code = "in_use"
    sentence = _("These are used already, so they stay: %(names)s. Close or change them instead.")


def referred_ids(model: type[Model], ids: Collection[int]) -> set[int]:
    """Return those of these ids that rows of any room refer to; parts that go with their record do not count."""
    found: set[int] = set()
    # Relations across rooms offer no way back up, so they are hidden.
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is not CASCADE:
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True).distinct())
    return found
