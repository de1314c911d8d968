"""Where higher rooms hang the guards and effects that definitions name."""

from collections.abc import Callable, Mapping
from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.db import RefusalMaker
from shundan.kernel.registry import Registry

# A guard asks: it refuses by raising `Refused` and changes nothing. An effect does, or refuses, in the transaction.
Guard = Callable[[Any, Actor, Mapping[str, str]], None]
Effect = Callable[[Any, Actor, Mapping[str, str]], None]

GUARDS: Registry[Guard] = Registry("guard")
EFFECTS: Registry[Effect] = Registry("effect")

# Effects that also exist as an SQL function of the order's row, so that a whole order is placed in one round trip.
SQL_EFFECTS: dict[str, str] = {}
SQL_REFUSALS: dict[str, RefusalMaker] = {}

guard = GUARDS.add
effect = EFFECTS.add
