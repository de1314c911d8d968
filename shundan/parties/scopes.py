"""Which customers an actor sees."""

from django.db.models import QuerySet

from shundan.accounts.scopes import scope_filter
from shundan.kernel.actor import Actor
from shundan.parties.models import Customer


def visible_customers(by: Actor, permission: str = "customer.read") -> QuerySet[Customer]:
    """Return the customers for which the actor holds the permission."""
    return Customer.objects.filter(scope_filter(by, permission))
