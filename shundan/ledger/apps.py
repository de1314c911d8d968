"""The ledger room as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Register what accounting gets: journals of all that is posted, periods, hand-overs and their proof."""

    name = "shundan.ledger"
