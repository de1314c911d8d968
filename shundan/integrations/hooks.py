"""What the integrations room hangs into lower ones: the carriers that the house can speak to."""

from shundan.fulfilment.registries import CARRIERS
from shundan.integrations.carriers.local import FILE, FLEET, PICKUP
from shundan.integrations.carriers.sf import SF

CARRIERS.update((one.code, one) for one in (FLEET, PICKUP, FILE, SF))
