"""Imports: what was read, how far it came, and what was found."""

from django.db import models


class ImportRun(models.Model):
    """One import of a source; running it again continues or confirms it."""

    source = models.TextField()
    place = models.TextField()
    state = models.TextField(default="running")
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by_name = models.TextField()
