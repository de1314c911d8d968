"""What counts how much when suppliers are graded."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from shundan.analytics.models import SupplierWeights
from shundan.analytics.rules.scores import MEASURES, USUAL_WEIGHTS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record


@action
def set_supplier_weights(weights: Mapping[str, int], *, version: int, by: Actor) -> SupplierWeights:
    """Set what the measures weigh from now on, on the version that was seen; ended periods keep their weights.

    The same weights again change nothing. Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "supplier.weigh")
    wrong = [
        Detail(name, "out_of_range", _("Enter a whole number from 0 to 100."))
        for name in MEASURES
        if not 0 <= weights.get(name, -1) <= 100
    ]
    if not wrong and sum(weights[name] for name in MEASURES) != 100:
        wrong = [Detail("weights", "not_whole", _("The weights must add up to 100."))]
    if wrong:
        raise Malformed(details=wrong)
    latest = SupplierWeights.objects.order_by("-version").first()
    before = latest.by_measure if latest else dict(USUAL_WEIGHTS)
    if dict(weights) == before:
        return latest or SupplierWeights(version=0, **before)
    if version != (latest.version if latest else 0):
        raise VersionConflict()
    made = SupplierWeights.objects.create(
        version=version + 1, set_at=by.at, set_by_name=by.name, **{name: weights[name] for name in MEASURES}
    )
    data = {"before": before, "after": made.by_measure}
    record("supplier_weights.set", subject=("supplier_weights", made.pk), by=by, data=data)
    return made
