"""Where higher rooms hang the guards and effects that definitions name."""

from collections.abc import Callable, Mapping
from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.registry import Registry

# A guard asks: it refuses by raising `Refused` and changes nothing. An effect does, or refuses, in the transaction.
Guard = Callable[[Any, Actor, Mapping[str, str]], None]
Effect = Callable[[Any, Actor, Mapping[str, str]], None]

GUARDS: Registry[Guard] = Registry("guard")
EFFECTS: Registry[Effect] = Registry("effect")

guard = GUARDS.add
effect = EFFECTS.add
