"""The kinds of order: frozen facts that the core reads instead of asking which kind it is."""

from collections.abc import Mapping
from types import MappingProxyType

from shundan.orders.kinds.base import Kind
from shundan.orders.kinds.purchase import PURCHASE
from shundan.orders.kinds.returns import RETURN
from shundan.orders.kinds.sale import SALE
from shundan.orders.kinds.service import SERVICE
from shundan.orders.kinds.transfer import TRANSFER

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in (SALE, PURCHASE, RETURN, SERVICE, TRANSFER)})
