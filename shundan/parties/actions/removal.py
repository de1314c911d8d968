"""Removing a customer or supplier that nothing refers to."""

from shundan.kernel.actor import Actor
from shundan.kernel.errors import VersionConflict
from shundan.kernel.events import record
from shundan.kernel.referring import InUse, referred_ids
from shundan.parties.models import Customer, Supplier


def remove_unused(party: Customer | Supplier, *, version: int, subject: str, by: Actor) -> None:
    """Remove a locked party as it was entered. Raises: VersionConflict, InUse."""
    if party.version != version:
        raise VersionConflict()
    if referred_ids(type(party), [party.pk]):
        raise InUse(names=party.number)
    data = {"number": party.number, "name": party.name}
    record(f"{subject}.removed", subject=(subject, party.pk), by=by, data=data)
    party.delete()
