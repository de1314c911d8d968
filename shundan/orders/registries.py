"""Where higher rooms hang what must follow when a running order changes."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused

# Events whose data has this say that what can be invoiced of their order shall be, by a job after commit.
INVOICE_WANTED = "invoice_wanted"
# The same of the customer's confirmation.
CUSTOMER_ASKED = "customer_asked"

# Asked when `order.confirmed` is about to be written of an order: what the event says beside, so that those who have
# something to do for this order hear of it (kernel.events.subscribe, `carrying`), and nobody else's job is written.
# They read what is remembered, or what only an order has that was kept before.
CONFIRMATION_MARKS: list[Callable[[Any], Mapping[str, bool]]] = []

# What papers hold of order lines: gross and net by line id. Several rooms may answer; the answers add up.
PAPERS_OF_LINES: list[Callable[[Iterable[int]], Mapping[int, tuple[Decimal, Decimal]]]] = []

# How much of what came in with order lines is still being examined, by line id. Answers add up.
EXAMINED_GOODS: list[Callable[[Iterable[int]], Mapping[int, Decimal]]] = []

# Told when the fulfilment of a locked order has changed, with what it was: they lock and change papers.
FULFILMENT_FOLLOWERS: list[Callable[[Any, str, Actor], None]] = []

# Told which units of a locked order's lines left for the customer (negative when that is undone), by line id, before
# its fulfilment is told.
SHIPMENT_FOLLOWERS: list[Callable[[Any, Mapping[int, Decimal], Actor], None]] = []

# Told after the lines of a locked order changed in memory and before stock is touched, with the difference in worth
# (order's currency, with tax). They lock and change money, or refuse.
WORTH_FOLLOWERS: list[Callable[[Any, Decimal, Actor], None]] = []

# Asked for a locked order at a step (submit, release, pick, ship) before stock is touched. They lock money, and
# return what they refuse or nothing; what they raise is a mistake.
STEP_JUDGES: list[Callable[[Any, str, Actor], Refused | None]] = []

# The refusals of those judges by code: what a hold of such a cause says is their sentence, in the reader's language.
CAUSES_OF_HOLDS: dict[str, type[Refused]] = {}

# Asked where holds are, with a locked order and the step (confirm, pick, ship, invoice); they refuse what may not go on
# yet, before anything is changed.
STEP_CHECKS: list[Callable[[Any, str], None]] = []
