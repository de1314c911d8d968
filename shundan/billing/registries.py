"""Where higher rooms hang what must follow when a payment is taken back."""

from collections.abc import Callable

from shundan.billing.models import Payment
from shundan.kernel.actor import Actor

# Told of a locked payment that is being reversed, in the same transaction.
REVERSAL_FOLLOWERS: list[Callable[[Payment, Actor], None]] = []
