"""Jobs of the e-invoices room: documents go to the tax bureau's gateway, and its answers are asked for."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.einvoices.actions import ask_due_einvoices, speak_of_einvoice
from shundan.kernel.actor import system_actor


@app.task(name="einvoices.speak", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def speak(*, einvoice_id: int) -> None:
    """Send one e-invoice or ask how it stands; a gateway that is away is tried again for a day."""
    speak_of_einvoice(einvoice_id, by=system_actor(timezone.now()))


@app.periodic(cron="* * * * *")
@app.task(name="einvoices.ask_due", queueing_lock="einvoices.ask_due")
def ask_due(timestamp: int) -> None:
    """Ask how e-invoices stand that are under way; runs every minute."""
    ask_due_einvoices(by=system_actor(timezone.now()))
