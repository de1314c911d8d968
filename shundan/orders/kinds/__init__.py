"""The kinds of order: frozen facts that the core reads instead of asking which kind it is."""

from collections.abc import Mapping
from types import MappingProxyType

from shundan.orders.kinds.base import Kind
from shundan.orders.kinds.sale import SALE

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in (SALE,)})
