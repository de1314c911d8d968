"""What the product refuses, and how it says so: a stable code, a sentence, the places."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from shundan.kernel.money import decimals_of

# What may not be found; where it is not found, it is named by these words in small letters.
THINGS = (
    gettext_noop("Account"),
    gettext_noop("Allocation"),
    gettext_noop("Amendment"),
    gettext_noop("Approval"),
    gettext_noop("Approval table"),
    gettext_noop("Bank entry"),
    gettext_noop("Bill"),
    gettext_noop("Carrier account"),
    gettext_noop("Category"),
    gettext_noop("Charge"),
    gettext_noop("Credit raise"),
    gettext_noop("Acceptance draft"),
    gettext_noop("Step"),
    gettext_noop("Count"),
    gettext_noop("Coupon"),
    gettext_noop("Customer"),
    gettext_noop("Deposit"),
    gettext_noop("Currency"),
    gettext_noop("Delegation"),
    gettext_noop("Delivery problem"),
    gettext_noop("Department"),
    gettext_noop("Direct delivery"),
    gettext_noop("File"),
    gettext_noop("Forecast"),
    gettext_noop("Gateway account"),
    gettext_noop("Inquiry"),
    gettext_noop("Inspection"),
    gettext_noop("Invoice"),
    gettext_noop("Landed cost"),
    gettext_noop("Kit"),
    gettext_noop("Line"),
    gettext_noop("Hand-over"),
    gettext_noop("Journal"),
    gettext_noop("Kind"),
    gettext_noop("List view"),
    gettext_noop("Location"),
    gettext_noop("Lot"),
    gettext_noop("Posting rule"),
    gettext_noop("Migration"),
    gettext_noop("Notice"),
    gettext_noop("Offset"),
    gettext_noop("Opening balances"),
    gettext_noop("Order"),
    gettext_noop("Origin"),
    gettext_noop("Paper"),
    gettext_noop("Parcel"),
    gettext_noop("Part of the plan"),
    gettext_noop("Payment"),
    gettext_noop("Payment request"),
    gettext_noop("Payment term"),
    gettext_noop("Position"),
    gettext_noop("Prepayment"),
    gettext_noop("Price list"),
    gettext_noop("Print run"),
    gettext_noop("Product"),
    gettext_noop("Promotion"),
    gettext_noop("Purchase request"),
    gettext_noop("Question"),
    gettext_noop("Reason"),
    gettext_noop("Receipt"),
    gettext_noop("Receiving rule"),
    gettext_noop("Reminder"),
    gettext_noop("Reorder rule"),
    gettext_noop("Report"),
    gettext_noop("Revision"),
    gettext_noop("Round"),
    gettext_noop("Shipment"),
    gettext_noop("Statement"),
    gettext_noop("Supplier"),
    gettext_noop("Tag"),
    gettext_noop("Tax rule"),
    gettext_noop("Tax type"),
    gettext_noop("Team"),
    gettext_noop("Token"),
    gettext_noop("Type"),
    gettext_noop("User"),
    gettext_noop("Version"),
    gettext_noop("Warehouse"),
    gettext_noop("Waybill"),
    gettext_noop("Workflow"),
)


@dataclass(frozen=True, slots=True)
class Detail:
    """One place in the input and what is wrong there; `yours` and `theirs` serve edit conflicts."""

    path: str
    code: str
    message: str | Promise
    yours: str | None = None
    theirs: str | None = None

    def as_json(self) -> dict[str, str]:
        """Return the detail as the API shows it, without empty members."""
        members = {
            "path": self.path,
            "code": self.code,
            "message": str(self.message),
            "yours": self.yours,
            "theirs": self.theirs,
        }
        return {key: value for key, value in members.items() if value is not None}


class Refused(Exception):
    """A refusal that a user may cause: never a bug, always with a cure in its sentence."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str | Promise] = _("This is not possible now.")

    def __init__(self, *, details: Iterable[Detail] = (), **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.details = tuple(details)

    @property
    def message(self) -> str:
        """Return the sentence in the language that is active now."""
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)

    def as_json(self) -> dict[str, Any]:
        """Return the one error shape of the API."""
        return {"code": self.code, "message": self.message, "details": [detail.as_json() for detail in self.details]}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotPermitted(Refused):
    """The actor's roles do not allow this anywhere."""

    code = "not_permitted"
    status = 403
    sentence = _("You do not have the required permission “%(permission)s”; ask an administrator.")
    # The names stand beside the policy table, on a higher floor, which hangs them in here at the start.
    label_of: ClassVar[Callable[..., str]]

    @property
    def message(self) -> str:
        """Return the sentence with the permission's name in the language that is active now."""
        label = self.label_of(self.facts["permission"], language=get_language() or "")
        return str(self.sentence) % {"permission": label}


class NotFound(Refused):
    """The record does not exist, or the actor may not see it; both look the same."""

    code = "not_found"
    status = 404
    sentence = _("%(what)s %(key)s does not exist, or you may not see it.")

    @property
    def message(self) -> str:
        """Return the sentence with the thing's name in the language that is active now."""
        what = gettext(str(self.facts["what"]).capitalize())
        return str(self.sentence) % {**self.facts, "what": what}


class Malformed(Refused):
    """The input itself is wrong; each detail names a field and its cure."""

    code = "invalid_input"
    status = 422
    sentence = _("Some of the input is not valid; see the marked fields.")


class VersionConflict(Refused):
    """Somebody else saved the record after it was read; both values are in the details."""

    code = "version_conflict"
    sentence = _(
        "Another user has changed this meanwhile. Compare both values and save again; nothing was overwritten."
    )


def both_values(path: str, yours: object, theirs: object) -> Detail:
    """Return a field with what one wants and what somebody else saved meanwhile."""
    return Detail(path, "changed_by_other", _("Changed by another user."), yours=_said(yours), theirs=_said(theirs))


def _said(value: object) -> str:
    return "true" if value is True else str(value or "")


class Taken(Refused):
    """A record with the same number or code came into being at the same moment; the detail names the field."""

    code = "taken"
    sentence = _("A record with the same number or code exists already. Reload and try again.")


def require(by: Any, permission: str) -> None:
    """Refuse unless the actor holds the permission in some scope.

    Raises: NotPermitted.
    """
    if not by.may(permission):
        raise NotPermitted(permission=permission)


def amount_out_of_range(
    path: str, currency: str, *, given: Decimal, from_zero: bool = False, digits: int = 15
) -> Detail:
    """Return what is wrong with an amount: too large, not above 0, or finer than its currency is counted.

    `from_zero`: nothing at all would do as well; `digits`: so many may stand before the decimal point.
    """
    places = decimals_of(currency)
    sentence: str | Promise = _("Enter an amount above 0 with at most two decimals.")
    if given >= 10**digits:
        sentence = _("The amount is too large. Use at most %(digits)s digits before the decimal point.") % {
            "digits": digits
        }
    elif places == 0 and from_zero:
        sentence = _("Enter a whole amount of 0 or more: %(currency)s has no decimals.") % {"currency": currency}
    elif places == 0:
        sentence = _("Enter a whole amount above 0: %(currency)s has no decimals.") % {"currency": currency}
    elif from_zero:
        sentence = _("Enter an amount of 0 or more with at most two decimals.")
    elif places != 2:
        sentence = _("Enter an amount above 0 with at most %(places)s decimals.") % {"places": places}
    return Detail(path, "out_of_range", sentence)
