"""Why steps of orders are taken: reasons that an administrator keeps."""

from django.db import models
from django.db.models import Q, UniqueConstraint


class Reason(models.Model):
    """A reason that people choose at a step; retired ones go on naming what was chosen once."""

    step = models.TextField()
    code = models.TextField()
    label_zh = models.TextField()
    label_en = models.TextField()
    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["step", "code"], name="reason_code_once"),
            UniqueConstraint(fields=["step", "label_zh"], name="reason_label_zh_once"),
            UniqueConstraint(fields=["step", "label_en"], name="reason_label_en_once"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(label_zh="") & ~Q(label_en=""), name="reason_says_something"
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this reason."""
        return ("reason", int(self.pk))
