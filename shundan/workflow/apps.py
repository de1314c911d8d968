"""The workflow room as a Django app."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Register workflow definitions and approvals."""

    name = "shundan.workflow"
