"""What the integrations room hangs into lower ones: the carriers that the house can speak to."""

from shundan.fulfilment.registries import CARRIERS
from shundan.integrations.carriers.dhl import DHL
from shundan.integrations.carriers.fedex import FEDEX
from shundan.integrations.carriers.local import FILE, FLEET, PICKUP
from shundan.integrations.carriers.sf import SF
from shundan.integrations.carriers.zto import ZTO

CARRIERS.update((one.code, one) for one in (FLEET, PICKUP, FILE, SF, ZTO, DHL, FEDEX))
