"""How two versions of a record are told apart."""

from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail


def both_values(path: str, yours: object, theirs: object) -> Detail:
    """Return a field with what one wants and what somebody else saved meanwhile."""
    return Detail(path, "changed_by_other", _("Changed by another user."), yours=_said(yours), theirs=_said(theirs))


def _said(value: object) -> str:
    return "true" if value is True else str(value or "")
